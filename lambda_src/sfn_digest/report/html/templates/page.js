
"use strict";
// Narrows the page to one state machine, cause or owner. Without this script all is shown.
{
  const filter = document.getElementById("filter");
  const entries = [...document.querySelectorAll("main [data-machine], main [data-cause]")];
  const language = document.documentElement.lang;

  /** Offer every value that an entry has; a choice without any is left out. */
  function offer(select) {
    const values = new Set(entries.map((entry) => entry.dataset[select.name]).filter(Boolean));
    const sorted = [...values].sort((one, other) => one.localeCompare(other, language));
    for (const value of sorted) select.add(new Option(value, value));
    select.parentElement.hidden = values.size === 0;
  }

  /** Show what fits the choices: an entry that lacks a value, where others that fit share it. */
  function narrow(picked) {
    const fits = ({ dataset }) =>
      picked.every(({ name, value }) => dataset[name] === undefined || dataset[name] === value);
    const exact = entries.filter((each) => each.dataset.machine && each.dataset.cause && fits(each));
    const machines = new Set(exact.map((each) => each.dataset.machine));
    const causes = new Set(exact.map((each) => each.dataset.cause));
    const byCause = picked.some(({ name }) => name === "cause");
    for (const entry of entries) {
      const { machine, cause } = entry.dataset;
      const shared = (cause || !byCause || machines.has(machine)) && (machine || causes.has(cause));
      entry.hidden = picked.length > 0 && !(fits(entry) && shared);
    }
  }

  /** Leave out sections of which nothing is left, and their lines in the contents. */
  function fold() {
    for (const section of document.querySelectorAll("main section")) {
      const within = entries.filter((entry) => section.contains(entry));
      section.hidden = within.length > 0 && within.every((entry) => entry.hidden);
      const line = document.querySelector(`.contents a[href="#${section.getAttribute("aria-labelledby")}"]`);
      if (line) line.parentElement.hidden = section.hidden;
    }
  }

  /** Tell how many state machines and executions are left. */
  function tell() {
    const count = (selector, left) =>
      [...document.querySelectorAll(selector)].filter((each) => !left || !each.hidden).length.toLocaleString(language);
    const machines = "#machines-table ~ tbody";
    const executions = "#executions-table ~ tbody > tr";
    const numbers = {
      machines: count(machines, true),
      all_machines: count(machines),
      executions: count(executions, true),
      all_executions: count(executions),
    };
    const status = filter.querySelector(".shown");
    status.textContent = status.dataset.said.replace(/\{(\w+)\}/g, (_, name) => numbers[name]);
  }

  if (filter) {
    const selects = [...filter.querySelectorAll("select")];
    const apply = () => {
      narrow(selects.filter((select) => select.value));
      fold();
      tell();
    };
    selects.forEach(offer);
    filter.addEventListener("change", apply);
    filter.querySelector("button").addEventListener("click", () => {
      for (const select of selects) select.value = "";
      apply();
    });
    filter.hidden = false;
  }
}
