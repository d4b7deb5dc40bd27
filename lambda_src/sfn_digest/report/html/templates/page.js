
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

  /** Hide the trend, of which nothing is known by machine, and environments of which nothing is left. */
  function foldMore(filtered) {
    const trend = document.getElementById("trend")?.parentElement;
    if (trend) {
      trend.hidden = filtered;
      document.querySelector('.contents a[href="#trend"]').parentElement.hidden = filtered;
    }
    for (const heading of document.querySelectorAll("tbody.environment")) {
      heading.hidden = true;
      for (let next = heading.nextElementSibling; next && !next.matches(".environment"); next = next.nextElementSibling)
        heading.hidden &&= next.hidden;
    }
    for (const each of document.querySelectorAll(".numbers .was, .against")) each.hidden = filtered;
  }

  /** Count what fits: executions by status and failed attempts, and executions by bar and series. */
  function counted(picked) {
    const { machines, rows, ended } = JSON.parse(filter.dataset.counted);
    const wanted = Object.fromEntries(picked.map(({ name, value }) => [name, value]));
    const fits = (place, cause) =>
      [machines[place][0], undefined].includes(wanted.machine) &&
      [machines[place][1], undefined].includes(wanted.owner) &&
      (cause === undefined || [cause, undefined].includes(wanted.cause));
    const numbers = [0, 0, 0, 0];
    const bars = {};
    for (const [place, cause, status, bar, series, count] of ended) {
      if (!fits(place, cause)) continue;
      if (wanted.cause !== undefined) numbers[status] += count;
      bars[`${bar} ${series}`] = (bars[`${bar} ${series}`] ?? 0) + count;
    }
    if (wanted.cause === undefined)
      machines.forEach(([, , ...statuses], place) => {
        if (fits(place)) statuses.forEach((count, status) => (numbers[status] += count));
      });
    for (const [place, cause, attempts] of rows) if (fits(place, cause)) numbers[3] += attempts;
    return { numbers, bars };
  }

  const shown = (number) => number.toLocaleString(language);

  /** Write the totals again; what stood there before comes back with null. */
  function total(numbers) {
    document.querySelectorAll(".numbers dd:not(.was)").forEach((cell, place) => {
      cell.dataset.whole ??= cell.textContent;
      cell.textContent = numbers ? shown(numbers[place]) : cell.dataset.whole;
    });
  }

  /** Draw the chart over time again, and its table. */
  function draw(bars) {
    const chart = document.querySelector("#timeline ~ figure .chart");
    if (!chart) return;
    const height = Number(chart.querySelector(".axis").getAttribute("y1"));
    const parts = [...chart.querySelectorAll("rect[data-bar]")];
    const sums = {};
    for (const [key, count] of Object.entries(bars)) sums[key.split(" ")[0]] = (sums[key.split(" ")[0]] ?? 0) + count;
    const top = Math.max(1, ...parts.map(({ dataset }) => sums[dataset.bar] ?? 0));
    const below = {};
    for (const part of parts) {
      const { bar, series } = part.dataset;
      const tall = (height * (bars[`${bar} ${series}`] ?? 0)) / top;
      below[bar] = (below[bar] ?? 0) + tall;
      part.setAttribute("height", tall.toFixed(2));
      part.setAttribute("y", (height - below[bar]).toFixed(2));
    }
    chart.querySelector(".top").textContent = shown(top);
    for (const row of document.querySelectorAll("#timeline-table ~ tbody > tr")) {
      row.hidden = !sums[row.dataset.bar];
      for (const cell of row.querySelectorAll("td"))
        cell.textContent = shown(bars[`${row.dataset.bar} ${cell.dataset.series}`] ?? 0);
    }
  }

  /** Tell how many state machines and executions are left. */
  function tell() {
    const count = (selector, left) =>
      shown([...document.querySelectorAll(selector)].filter((each) => !left || !each.hidden).length);
    const machines = "#machines-table ~ tbody[data-machine]";
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
      const picked = selects.filter((select) => select.value);
      narrow(picked);
      fold();
      foldMore(picked.length > 0);
      const { numbers, bars } = counted(picked);
      total(picked.length > 0 ? numbers : null);
      draw(bars);
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
