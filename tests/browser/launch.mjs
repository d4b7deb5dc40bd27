// The one way the project starts a browser: a Chromium that npm brings, pinned by the lock file,
// so that a machine needs neither a browser nor root. It is built for Linux on x86-64; elsewhere
// SFN_BROWSER names a Chromium or Chrome to use.
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

// It is unpacked beside its package, so that another version never meets an old one.
const HOME = fileURLToPath(new URL("../../node_modules/.browser", import.meta.url));

const FONTS = `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<dir>${HOME}/fonts</dir><dir>/usr/share/fonts</dir><cachedir>${HOME}/font-cache</cachedir>
</fontconfig>`;

/** Start a browser without a screen; the caller closes it. */
export async function launch() {
  return chromium.launch({
    executablePath: process.env.SFN_BROWSER ?? (await bundled()),
    args: ["--no-sandbox", "--disable-gpu", "--font-render-hinting=none"],
  });
}

async function bundled() {
  await mkdir(HOME, { recursive: true });
  await writeFile(`${HOME}/fonts.conf`, FONTS);
  // The libraries that a bare machine lacks are unpacked only where it believes to be in Lambda.
  Object.assign(process.env, {
    TMPDIR: HOME,
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs22.x",
    FONTCONFIG_FILE: `${HOME}/fonts.conf`,
  });
  const { default: bundle } = await import("@sparticuz/chromium");
  bundle.setGraphicsMode = false;
  return bundle.executablePath();
}
