// Reads pages as a browser, a keyboard and axe do. Standard input: a list of
// {file, scheme, width, keyboard}; standard output: for each what was found, as JSON.
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

async function read({ file, scheme, width, keyboard }) {
  const context = await browser.newContext({
    colorScheme: scheme,
    viewport: { width, height: 800 },
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  const requests = [];
  const complaints = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(pathToFileURL(file).href);
  const walked = keyboard ? await walk(page) : {};
  await page.evaluate(() => document.querySelectorAll("details").forEach((each) => (each.open = true)));
  const result = {
    requests: requests.length,
    complaints,
    ...walked,
    overflow: await overflow(page),
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
  return {
    tag: element.localName,
    name: element.textContent.trim().slice(0, 60),
    forward: !last || !!(last.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING),
    seen: width > 0 && height > 0 && bottom > 0 && top < innerHeight && right > 0 && left < innerWidth,
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
