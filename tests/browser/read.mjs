// Reads pages as a browser, a keyboard and axe do. Standard input: a list of
// {file, scheme, width, keyboard, script}; standard output: for each what was found, as JSON.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { launch } from "./launch.mjs";

const MOST_STOPS = 600;
const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const browser = await launch();
const found = [];
for (const job of JSON.parse(await text(process.stdin))) found.push(await read(job));
await browser.close();
process.stdout.write(JSON.stringify(found));

async function read({ file, scheme, width, keyboard, script = true }) {
  const context = await browser.newContext({
    colorScheme: scheme,
    viewport: { width, height: 800 },
    reducedMotion: "reduce",
    javaScriptEnabled: script,
  });
  const page = await context.newPage();
  const requests = [];
  const complaints = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(pathToFileURL(file).href);
  const walked = keyboard ? { ...(await walk(page)), ...(await narrowed(page)) } : {};
  if (!script) {
    const entries = await page.locator("main").locator("[data-machine], [data-cause]").filter({ visible: true }).count();
    const filter = await page.locator("#filter").isVisible();
    await context.close();
    return { entries, filter };
  }
  await page.evaluate(() => document.querySelectorAll("details").forEach((each) => (each.open = true)));
  const result = {
    requests: requests.length,
    complaints,
    ...walked,
    overflow: await overflow(page),
    sideways: await sideways(page),
    contents: await contents(page),
    ground: await page.evaluate(() => getComputedStyle(document.body).backgroundColor),
    violations: await violations(page),
  };
  if (keyboard) {
    await page.emulateMedia({ media: "print" });
    result.printed = await overflow(page);
  }
  await context.close();
  return result;
}

/** By how many pixels the page is wider than the window. */
async function overflow(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}

/** By how many pixels the widest of the tables that stack on a phone is wider than its place. */
async function sideways(page) {
  return page.evaluate(() =>
    Math.max(
      0,
      ...[...document.querySelectorAll(".scroll:has(> .stacked)")].map((each) => each.scrollWidth - each.clientWidth),
    ),
  );
}

/** Whether the contents are in the window at the very end of the page. */
async function contents(page) {
  return page.evaluate(() => {
    const place = document.querySelector(".contents")?.getBoundingClientRect();
    scrollTo(0, document.documentElement.scrollHeight);
    const { top, bottom } = document.querySelector(".contents")?.getBoundingClientRect() ?? {};
    scrollTo(0, 0);
    return !!place && top >= 0 && bottom <= innerHeight;
  });
}

/** What the page shows before the filter is used, after its first machine and its second cause
 * are chosen with the keyboard, and after all is shown again; null where it has no filter. */
async function narrowed(page) {
  if (!(await page.locator("#filter").isVisible())) return { narrowed: null };
  const before = await page.evaluate(shown);
  await page.locator("#filter-machine").focus();
  await page.keyboard.press("ArrowDown");
  const machine = await page.evaluate(shown);
  await page.locator("#filter button").focus();
  await page.keyboard.press("Enter");
  await page.locator("#filter-cause").focus();
  await page.keyboard.press("ArrowDown");
  const cause = await page.evaluate(shown);
  await page.locator("#filter button").focus();
  await page.keyboard.press("Enter");
  const found = { before, machine, cause, after: await page.evaluate(shown) };
  if (!(await page.locator("#filter-owner").isVisible())) return { narrowed: found };
  await page.locator("#filter-owner").focus();
  await page.keyboard.press("ArrowDown");
  found.owner = await page.evaluate(shown);
  await page.locator("#filter button").focus();
  await page.keyboard.press("Enter");
  return { narrowed: found };
}

function shown() {
  const visible = (selector) => [...document.querySelectorAll(selector)].filter((each) => each.checkVisibility());
  const of = (selector, key) => [...new Set(visible(selector).map((each) => each.dataset[key]))];
  return {
    picked: [...document.querySelectorAll("#filter select")].map((each) => each.value),
    entries: visible("main [data-machine], main [data-cause]").length,
    machines: of("main [data-machine]", "machine"),
    causes: of("main [data-cause]", "cause"),
    totals: visible(".numbers dd:not(.was)").map((each) => each.textContent),
    drawn: [...document.querySelectorAll("#timeline ~ figure rect[data-bar]")].filter((each) => Number(each.getAttribute("height")) > 0).length,
    top: document.querySelector("#timeline ~ figure .top")?.textContent,
    tallest: Math.max(0, ...[...document.querySelectorAll("#timeline ~ figure rect[data-bar]")].map((each) => 160 - Number(each.getAttribute("y")))),
    tabled: [...document.querySelectorAll("#timeline-table ~ tbody > tr:not([hidden]) > td")].reduce((sum, each) => sum + Number(each.textContent.replaceAll(",", "")), 0),
    trend: visible("#trend").length,
    environments: visible("tbody.environment").map((each) => each.textContent.trim()),
    status: document.querySelector("#filter .shown").textContent,
    empty: visible("main section").filter((each) => each.querySelector("[data-machine]") && !each.querySelector("[data-machine]:not([hidden]), [data-cause]:not([hidden])")).length,
    dead: visible(".contents a").filter((each) => !document.querySelector(each.hash).checkVisibility()).length,
  };
}

/** What axe finds; it is evaluated by the browser itself, since the page lets no script in. */
async function violations(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => axe.run({ resultTypes: ["violations"] }));
  return violations.map(({ id, nodes }) => ({
    id,
    nodes: nodes.slice(0, 5).map((node) => `${node.target}: ${node.failureSummary}`),
  }));
}

/** Go through the page with the Tab key, and use the skip link and the first details on the way. */
async function walk(page) {
  const stops = [];
  await page.keyboard.press("Tab");
  for (let stop; stops.length < MOST_STOPS && (stop = await page.evaluate(focused)); ) {
    stops.push(stop);
    await page.keyboard.press("Tab");
  }
  return { stops, skips: await skips(page), opens: await opens(page) };
}

function focused() {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const { top, bottom, left, right, width, height } = element.getBoundingClientRect();
  const last = window.lastStop;
  window.lastStop = element;
  const over = document.querySelector(".contents");
  const covered = !!over && !over.contains(element) && bottom <= over.getBoundingClientRect().bottom && top >= over.getBoundingClientRect().top;
  return {
    tag: element.localName,
    name: element.textContent.trim().slice(0, 60),
    forward: !last || !!(last.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING),
    seen: !covered && width > 0 && height > 0 && bottom > 0 && top < innerHeight && right > 0 && left < innerWidth,
    outlined: getComputedStyle(element).outlineStyle !== "none",
  };
}

/** Where the skip link leads the focus. */
async function skips(page) {
  await page.locator("a.skip").focus();
  await page.keyboard.press("Enter");
  return page.evaluate(() => document.activeElement.id);
}

/** Whether Enter opens the first details. */
async function opens(page) {
  await page.locator("summary").first().focus();
  await page.keyboard.press("Enter");
  return page.locator("details").first().evaluate((each) => each.open);
}
