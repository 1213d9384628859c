// axe-core on HTML files, in both themes: every finding is printed; exit 1 if there is one.
//
//     npm install --no-save axe-core puppeteer-core
//     node tests/outside/axe.mjs FILE.html...
//
// It wants a chromium in the PATH, or CHROMIUM=/path/to/it.
import { execSync } from "node:child_process";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { resolve } from "node:path";

const require = createRequire(resolve("package.json"));
const puppeteer = require("puppeteer-core");
const axe = require.resolve("axe-core/axe.min.js");
const executablePath = process.env.CHROMIUM ?? execSync("command -v chromium").toString().trim();
const browser = await puppeteer.launch({ executablePath, args: ["--no-sandbox"] });
let found = 0;
for (const file of process.argv.slice(2)) {
  for (const theme of ["light", "dark"]) {
    const page = await browser.newPage();
    await page.setViewport({ width: 360, height: 800 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
    await page.goto(pathToFileURL(resolve(file)).href);
    await page.addScriptTag({ path: axe });
    const { violations } = await page.evaluate(() => globalThis.axe.run());
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    if (wide > 360) {
      found += 1;
      console.log(`${file} (${theme}): ${wide} px wide in a window of 360`);
    }
    for (const { id, help, nodes } of violations) {
      found += nodes.length;
      console.log(`${file} (${theme}): ${id}: ${help}: ${nodes[0].html.slice(0, 160)}`);
    }
    await page.close();
  }
}
await browser.close();
console.log(`${process.argv.length - 2} files, ${found} findings`);
process.exit(found ? 1 : 0);
