// Draws pictures in headless Chromium. Standard input: a list of {name, kind, data, width, height,
// scheme, begin, out}. Fonts come from npm, so that every machine draws the same.
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { Message } from "slack-blocks-to-jsx";
import { launch } from "../tests/browser/launch.mjs";

const PACKAGES = new URL("node_modules/", import.meta.url);
const ORIGIN = "http://pictures.invalid/";
const MONDAY = new Date("2026-11-16T09:00:00Z");
const LOGO =
  "data:image/svg+xml," +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 36 36"><rect width="36" height="36" rx="8" fill="#7a1f5c"/>' +
      '<g fill="none" stroke="#fff" stroke-width="2.5"><circle cx="18" cy="9" r="3.5"/><circle cx="10" cy="26" r="3.5"/>' +
      '<circle cx="26" cy="26" r="3.5"/><path d="M16.4 12.4 11.6 22.6M19.6 12.4l4.8 10.2"/></g></svg>',
  );
const FONTS = [
  "@fontsource/lato/400.css",
  "@fontsource/lato/700.css",
  "@fontsource/lato/900.css",
  "@fontsource-variable/inter/index.css",
  "@fontsource/dejavu-mono/400.css",
  "@fontsource/dejavu-mono/700.css",
  "@fontsource-variable/noto-sans-jp/index.css",
];
const SANS = '"Inter Variable", "Noto Sans JP Variable", sans-serif';
const SLACK = 'Lato, "Noto Sans JP Variable", sans-serif';
const MONO = '"DejaVu Mono", "Noto Sans JP Variable", monospace';

const SCALE = { sheet: 1, thread: 1.25 };

process.env.TZ = "UTC";
const styles = (await Promise.all(FONTS.map(styleSheet))).join("\n");
const slackStyles = await readFile(new URL("slack-blocks-to-jsx/dist/style.css", PACKAGES), "utf8");
const TERMINAL = `body { margin: 0; padding: 16px }
  pre { margin: 0; padding: 20px 24px; border-radius: 10px; background: #16181d; color: #d8dbe0;
    font: 13.5px/1.45 ${MONO} }
  pre a { color: inherit; text-decoration: underline; text-underline-offset: 3px }`;
const SLACK_STYLES = `${slackStyles} body { margin: 0; padding: 20px 24px; background: #fff }
  #slack_blocks_to_jsx, #slack_blocks_to_jsx * { font-family: ${SLACK} }
  #slack_blocks_to_jsx :is(code, pre, pre *) { font-family: ${MONO}; font-size: 12px }
  #slack_blocks_to_jsx + #slack_blocks_to_jsx { margin-top: 20px }`;
const THREAD = `main { columns: 2; column-gap: 40px }
  section.reply { position: relative; max-height: 350px; margin-bottom: 24px; overflow: hidden; break-inside: avoid }
  section.cut::after { content: ""; position: absolute; inset: auto 0 0; height: 80px;
    background: linear-gradient(#fff0, #fff) }`;
const SHEET = `main { display: grid; grid-template-columns: repeat(3, 1fr); gap: 24px 32px; align-items: start }
  section.cell { border: 1px solid #d0d7de; border-radius: 8px; padding: 14px 16px }
  h2 { margin: 0; font: 700 19px ${SLACK} } p.size { margin: 2px 0 12px; color: #57606a; font: 15px ${SLACK} }`;

const browser = await launch();
for (const job of JSON.parse(await text(process.stdin))) await draw(job);
await browser.close();

async function draw({ kind, data, width, height, scheme, begin, out }) {
  const context = await browser.newContext({
    viewport: { width, height: height ?? 100 },
    deviceScaleFactor: SCALE[kind] ?? 2,
    colorScheme: scheme,
    bypassCSP: true,
  });
  const page = await context.newPage();
  await page.route("**/*", (route) => serve(route, html(kind, data)));
  await page.goto(ORIGIN);
  if (kind === "page") {
    await page.addStyleTag({ content: `${styles} body { font-family: ${SANS} } pre { font-family: ${MONO} }` });
  }
  await page.evaluate(() => document.fonts.ready);
  await page.waitForLoadState("networkidle");
  await page.evaluate(fadeWhatIsCut);
  const whole = await page.evaluate(() => document.documentElement.scrollHeight);
  const y = begin ? (await page.locator(begin).boundingBox()).y - 24 : 0;
  const clip = { x: 0, y, width, height: Math.min(whole - y, height ?? whole) };
  await page.screenshot({ path: out, fullPage: true, clip });
  await context.close();
}

function fadeWhatIsCut() {
  for (const each of document.querySelectorAll("section.reply")) {
    each.classList.toggle("cut", each.scrollHeight > each.clientHeight);
  }
}

function html(kind, data) {
  if (kind === "page") return data;
  if (kind === "terminal") return framed(`body { background: #fff } ${TERMINAL}`, `<pre>${data}</pre>`);
  if (kind === "slack") return framed(SLACK_STYLES, data.map(posted).join(""));
  if (kind === "thread") return framed(SLACK_STYLES + THREAD, `<main>${data.map(reply).join("")}</main>`);
  return framed(SLACK_STYLES + SHEET, `<main>${data.map(cell).join("")}</main>`);
}

function framed(style, body) {
  return `<!doctype html><meta charset="utf-8"><style>${styles} ${style}</style>${body}`;
}

function posted(blocks) {
  // The renderer takes "verbatim" for plain text; Slack leaves out no more than links of its own.
  blocks = JSON.parse(JSON.stringify(blocks, (key, value) => (key === "verbatim" ? undefined : value)));
  return renderToStaticMarkup(
    createElement(Message, { blocks, name: "sfn-digest", logo: LOGO, time: MONDAY }),
  );
}

function reply(blocks) {
  return `<section class="reply">${posted(blocks)}</section>`;
}

function cell({ title, size, blocks }) {
  return `<section class="cell"><h2>${title}</h2><p class="size">${size}</p>${posted(blocks)}</section>`;
}

/** Answer the page itself and its fonts; there is nothing else to ask for. */
async function serve(route, body) {
  const path = decodeURIComponent(route.request().url().slice(ORIGIN.length));
  if (!path) return route.fulfill({ body, contentType: "text/html; charset=utf-8" });
  if (!path.startsWith("@fontsource")) return route.abort();
  return route.fulfill({ path: fileURLToPath(new URL(path, PACKAGES)) });
}

/** A package's style sheet whose fonts are asked for under our own address. */
async function styleSheet(name) {
  const folder = name.slice(0, name.lastIndexOf("/"));
  const css = await readFile(new URL(name, PACKAGES), "utf8");
  return css.replaceAll("url(./", `url(${ORIGIN}${folder}/`);
}
