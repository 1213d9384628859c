// Every page in Chromium, in both themes, on a phone and on a desk: axe-core finds nothing, nothing is wider than the window,
// the browser reports no error and nothing that the policy refused; then eight tabs at once, and the visible one stays live.
//
//     npm install --no-save axe-core puppeteer-core
//     tests/outside/stage.py target/debug/newswatch node tests/outside/pages.mjs
//
// NODE_PATH says where the modules are, where not here; CHROMIUM=/path/to/it, where it is not in the PATH. SHOTS=FOLDER keeps
// a picture of each.
import { execFileSync, execSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const require = createRequire(resolve("package.json"));
const missing = (what) => { console.log(`missing: ${what}: the pages were not looked at in a browser`); process.exit(0); };
const found = (name) => { try { return require.resolve(name); } catch { return missing(`${name} (npm install --no-save axe-core puppeteer-core)`); } };
found("puppeteer-core");
const puppeteer = require("puppeteer-core"), axe = found("axe-core/axe.min.js");
const inPath = () => { try { return execSync("command -v chromium || command -v google-chrome").toString().trim(); } catch { return missing("chromium"); } };
const executablePath = process.env.CHROMIUM ?? inPath();
const { SITE, NEWSWATCH, CONFIG, MAILS, SHOTS, RELEASE, TOKEN_ADMIN } = process.env;
if (SHOTS) mkdirSync(SHOTS, { recursive: true });

const link = (role, config = CONFIG) => execFileSync(NEWSWATCH, ["web", "login", "--role", role, "--config", config], { stdio: ["ignore", "pipe", "ignore"] }).toString().split("\n")[0];
const api = async (path, method = "GET", body = undefined) => {
  const answer = await fetch(`${SITE}/api/v1${path}`, { method, body, headers: { Authorization: `Bearer ${TOKEN_ADMIN}` } });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
};
// Mails hold signed links; a line that ends in "=" goes on (quoted-printable).
const mails = readdirSync(MAILS).map((name) => readFileSync(join(MAILS, name), "utf8").replace(/=\r?\n/g, "").replace(/=3D/g, "="));
const signed = (kind) => mails.flatMap((mail) => mail.match(new RegExp(`/${kind}/[\\w.~-]+`, "g")) ?? [])[0];

const browser = await puppeteer.launch({ executablePath, args: ["--no-sandbox"] });
let findings = 0, looks = 0, scans = 0;
const say = (where, text) => { findings += 1; console.log(`${where}: ${text}`); };

// Somebody in a browser of their own.
const somebody = async (role, config = CONFIG) => {
  const context = await browser.createBrowserContext();
  if (role) {
    const page = await context.newPage();
    await page.goto(link(role, config));
    await Promise.all([page.waitForNavigation(), page.click("form button")]);
    await page.close();
  }
  return context;
};

const look = async (context, name, path, { theme, width, expects = 200, open, site = SITE }) => {
  const page = await context.newPage(), where = `${name} (${theme}, ${width})`;
  page.on("console", (message) => {
    const text = message.text();
    if (["error", "warn"].includes(message.type()) && !(expects >= 400 && text.includes(String(expects)))) say(where, `console: ${text}`);
  });
  page.on("pageerror", (error) => say(where, `script: ${error.message}`));
  page.on("dialog", (dialog) => { say(where, `a stranger's script ran: ${dialog.message()}`); dialog.dismiss(); });
  await page.evaluateOnNewDocument(() => {
    globalThis.refused = [];
    document.addEventListener("securitypolicyviolation", (event) => globalThis.refused.push(`${event.violatedDirective} ${event.blockedURI}`));
  });
  await page.setViewport({ width, height: 800 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }, { name: "prefers-reduced-motion", value: "reduce" }]);
  const answer = await page.goto(site + path, { waitUntil: "load" });
  looks += 1;
  if (answer.status() !== expects) say(where, `answered ${answer.status()}`);
  if (open) {
    const opened = await page.$$eval(open, (all) => all.map((one) => { one.showPopover ? (one.matches("details") ? (one.open = true) : one.showPopover()) : (one.open = true); }).length);
    if (!opened) say(where, `nothing to open: ${open}`);
  }
  const seen = await page.evaluate(() => ({
    title: document.title, wide: document.documentElement.scrollWidth, refused: globalThis.refused,
    h1: document.querySelectorAll("h1").length,
    // Text that a box cuts off without saying so: what is clamped ends in an ellipsis.
    cut: [...document.querySelectorAll("main *")].filter((one) => {
      const style = getComputedStyle(one), hides = ["hidden", "clip"].includes(style.overflowX);
      return hides && one.scrollWidth > one.clientWidth + 1 && style.textOverflow !== "ellipsis" && !one.matches(".hidden, svg, svg *, td, thead, .facts, input");
    }).map((one) => one.outerHTML.slice(0, 120)),
    small: [...document.querySelectorAll("a, button, input, select, summary")].filter((one) => {
      const box = one.getBoundingClientRect(), inline = getComputedStyle(one).display === "inline";
      return box.width && !inline && (box.height < 23.5 || box.width < 23.5) && !one.matches(".skip, [type=hidden]");
    }).map((one) => one.outerHTML.slice(0, 120)),
  }));
  if (!seen.title || !seen.title.endsWith("newswatch")) say(where, `title: ${seen.title}`);
  if (seen.wide > width) say(where, `${seen.wide} px wide`);
  if (seen.h1 !== 1) say(where, `${seen.h1} headings of the first rank`);
  for (const one of seen.refused) say(where, `refused by the policy: ${one}`);
  for (const one of seen.cut) say(where, `cut off: ${one}`);
  for (const one of seen.small) say(where, `smaller than 24 px: ${one}`);
  // The policy lets no script of others in; what axe-core is handed by the debugger is not under it.
  await page.evaluate(readFileSync(axe, "utf8"));
  const { violations } = await page.evaluate(() => globalThis.axe.run({ resultTypes: ["violations"] }));
  scans += 1;
  for (const { id, help, nodes } of violations) for (const node of nodes) say(where, `${id}: ${help}: ${node.html.slice(0, 200)}`);
  if (SHOTS) {
    const height = await page.evaluate(() => Math.min(document.documentElement.scrollHeight, 6000));
    await page.setViewport({ width, height: Math.max(800, height) });
    await page.screenshot({ path: join(SHOTS, `${name}-${theme}-${width}.png`) });
  }
  await page.close();
};

// What there is to look at.
const id = (text) => encodeURIComponent(text);
const { items: alerts } = await api("/alerts?limit=500");
const of = (watch) => alerts.find((alert) => alert.watch === watch);
const { items: watches } = await api("/watches");
const { items: feeds } = await api("/feeds");
const { items: stories } = await api("/stories?limit=100");
const { id: paused } = feeds.find((feed) => feed.name === "Cyber Ledger");
await api(`/feeds/${paused}/pause`, "POST", JSON.stringify({ why: "over, will be back in March " + "W".repeat(250) }));
await api("/silences", "POST", JSON.stringify({ watch: "Reef construction", feed: "tag:asia", reason: "three desks have it " + "W".repeat(250), end: new Date(Date.now() + 8e7).toISOString() }));
await api(`/alerts/${of("East Sea incidents").id}/mark`, "PUT", JSON.stringify({ mark: "useful" }));
const feed = (name) => feeds.find((one) => one.name.startsWith(name)).id;
const pages = {
  now: "/", "now-filter": "/?watch=Code%20of%20Conduct", "now-nothing": "/?watch=Reef%20construction",
  alert: `/alerts/${of("East Sea incidents").id}`, "alert-whole": `/alerts/${of("East Sea incidents").id}?text=whole`,
  "alert-arabic": `/alerts/${of("Ransomware on hospitals").id}`,
  watches: "/watches", "watches-nothing": "/watches?find=zzzz", watch: `/watches/${id("East Sea incidents")}`, "watch-hostile": `/watches/${id("Hostile texts")}`,
  "watch-long": `/watches/${id(watches.find((one) => one.name.startsWith("Donau")).name)}`,
  feeds: "/feeds", "feeds-failing": "/feeds?state=failing", feed: `/feeds/${feed("Manila")}`, "feed-failing": `/feeds/${feed("Ministry")}`, "feed-gone": `/feeds/${feed("Old")}`,
  "feed-paused": `/feeds/${paused}`, "feed-pausing": `/feeds/${feed("Manila")}?pause=1`, "feed-hostile": `/feeds/${feed("Hostile")}`,
  stories: "/stories", search: "/search", "search-found": "/search?q=%22code+of+conduct%22&days=30", "search-mistake": "/search?q=%22open", "search-hostile": "/search?q=reef&days=30",
  deliveries: "/deliveries", "deliveries-abandoned": "/deliveries?state=abandoned", silences: "/silences", "silences-preview": "/silences?watch=Hostile%20texts&why=x",
  why: "/why", "why-alert": `/why?q=${of("East Sea incidents").id}`, "why-unknown": "/why?q=https%3A%2F%2Fnowhere.example%2F" + "x".repeat(600),
  journal: "/journal", settings: "/settings",
};
alerts.filter((alert) => alert.watch === "Hostile texts").forEach((alert, n) => { pages[`alert-hostile-${n}`] = `/alerts/${alert.id}`; });
stories.slice(0, 12).forEach((story, n) => { pages[`story-${n}`] = `/stories/${story.story}`; });
const most = stories.reduce((a, b) => (b.articles ?? b.reports) > (a.articles ?? a.reports) ? b : a);
pages.story = `/stories/${most.story}`;

// BRIEF: each page once in each theme, the one on a phone, the other on a desk; of texts made to break a page the worst.
const brief = process.env.BRIEF;
if (brief) for (const name of Object.keys(pages)) if (/^(alert-hostile-[2-9]|story-\d|now-nothing|watches-nothing|feeds-failing|feed-gone|search$|why$|deliveries-ab|watch-long|now-filter|alert-arabic|alert-whole|search-mistake|why-unknown|feed-pausing)/.test(name)) delete pages[name];
const only = process.env.ONLY?.split(",");
const wanted = (name) => !only || only.some((one) => name.startsWith(one));
const sizes = brief ? [["dark", 390], ["light", 1280]] : [["light", 390], ["dark", 390], ["light", 1280], ["dark", 1280]];
const admin = await somebody("admin"), nobody = await somebody(undefined), reader = await somebody("reader");
for (const [theme, width] of sizes) {
  const as = { theme, width };
  for (const [name, path] of Object.entries(pages)) if (wanted(name)) await look(admin, name, path, as);
  for (const name of brief ? ["alert", "deliveries"] : ["now", "alert", "feed", "deliveries", "silences", "settings"]) if (wanted(name)) await look(reader, `${name}-reader`, pages[name], as);
  if (wanted("error")) await look(admin, "error-404", "/no-such-page", { ...as, expects: 404 });
  if (wanted("login")) {
    await look(nobody, "login", "/login", as);
    await look(nobody, "login-link", new URL(link("reader")).pathname, as);
    await look(nobody, "login-used", "/login/used", { ...as, expects: 410 });
    for (const kind of ["unsubscribe", "act"]) if (signed(kind)) await look(nobody, `link-${kind}`, signed(kind), as); else if (theme === sizes[0][0] && width === 390) say(`link-${kind}`, "no mail has such a link");
    await look(nobody, "link-wrong", "/act/wrong", { ...as, expects: 404 });
  }
  if (width === 390) for (const name of ["now", "feeds", "journal"]) if (wanted(name)) await look(admin, `${name}-menu`, pages[name], { ...as, open: "details.menu" });
  if (wanted("alert")) await look(admin, "alert-open", pages.alert, { ...as, open: "main details" });
  if (wanted("watch")) await look(admin, "watch-open", pages.watch, { ...as, open: "main details" });
}
// Before anything is set up.
if (wanted("first")) {
  const folder = mkdtempSync(join(tmpdir(), "newswatch-bare-")), config = join(folder, "newswatch.toml");
  const port = await new Promise((done) => { const probe = createServer().listen(0, "127.0.0.1", () => { const { port } = probe.address(); probe.close(() => done(port)); }); });
  writeFileSync(config, `state_dir = "${folder}/state"\n[web]\nlisten = "127.0.0.1:${port}"\nurl = "http://127.0.0.1:${port}"\n`);
  const bare = spawn(NEWSWATCH, ["run", "--config", config], { stdio: "ignore" }), site = `http://127.0.0.1:${port}`;
  try {
    for (let n = 0; n < 100 && !(await fetch(`${site}/readyz`).then((answer) => answer.ok, () => false)); n += 1) await new Promise((done) => setTimeout(done, 100));
    const first = await somebody("admin", config);
    for (const [theme, width] of sizes) for (const [name, path] of brief ? [["first", "/"]] : [["first", "/"], ["first-feeds", "/feeds"], ["first-watches", "/watches"], ["first-deliveries", "/deliveries"], ["first-stories", "/stories"]]) await look(first, name, path, { theme, width, site });
  } finally {
    bare.kill();
    await new Promise((done) => bare.on("exit", done));
    rmSync(folder, { recursive: true });
  }
}
// A page of another origin that sends a form of ours by itself, with the cookie that the browser has.
if (wanted("foreign")) {
  const page = await admin.newPage();
  await page.goto(RELEASE, { waitUntil: "load" });
  const before = (await api("/journal?limit=1")).next;
  const [answer] = await Promise.all([page.waitForNavigation(), page.evaluate((site) => {
    const form = document.createElement("form");
    form.method = "post";
    form.action = `${site}/deliveries/test`;
    form.innerHTML = '<input name="channel" value="ops-hook">';
    document.body.append(form);
    form.submit();
  }, SITE)]);
  console.log(`a page of another origin sends a form in Chromium: ${answer.status()}`);
  if (answer.status() < 400 || (await api("/journal?limit=1")).next !== before) say("foreign", `the form was done: ${answer.status()}`);
  await page.close();
}
// Between the two.
for (const width of brief ? [320] : [320, 360, 800, 1600]) for (const [name, path] of Object.entries(pages)) if (wanted(name) && !(brief && !/^(now|alert|feeds|deliveries|story)$/.test(name))) await look(admin, name, path, { theme: "light", width, });

// Eight tabs at once, over HTTP/1.1, of which browsers open six connections to a host.
if (!only || only.includes("tabs")) {
  const tabs = [], begun = Date.now();
  for (let n = 0; n < 8; n += 1) tabs.push(await admin.newPage());
  const errors = [];
  for (const tab of tabs) tab.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  await Promise.all(tabs.map((tab) => tab.goto(`${SITE}/`, { waitUntil: "load", timeout: 20_000 })));
  const loaded = Date.now() - begun;
  const state = (tab) => tab.$eval("[data-live]", (one) => one.textContent);
  const last = tabs[7];
  await last.bringToFront();
  await last.waitForFunction(() => document.querySelector("[data-live]").textContent.includes("live") && !document.querySelector("[data-live]").textContent.includes("not"), { timeout: 10_000 }).catch(() => say("tabs", "the visible one is not live"));
  const before = Date.now();
  await fetch(RELEASE, { method: "POST" });
  await last.waitForFunction(() => !document.querySelector("[data-news]").hidden, { timeout: 40_000 }).catch(() => say("tabs", "the visible one heard nothing of a new alert"));
  const heard = Date.now() - before;
  const news = await last.$eval("[data-news]", (one) => one.textContent.trim());
  await last.click("[data-news] a");
  const shown = await last.waitForFunction(() => document.querySelector("#list h3").textContent.includes("Water cannon used"), { timeout: 30_000 }).then(() => true).catch(() => { say("tabs", "what is new is not shown"); return false; });
  await tabs[2].bringToFront();
  await tabs[2].reload({ waitUntil: "load", timeout: 10_000 }).catch(() => say("tabs", "the third tab hangs"));
  const states = await Promise.all(tabs.map(state));
  for (const error of errors) say("tabs", `console: ${error}`);
  console.log(`eight tabs: all loaded in ${loaded} ms; the visible one heard "${news}" ${heard} ms after it was published, shown without a reload: ${shown}; they say: ${states.join(" | ")}`);
}
await browser.close();
console.log(`${looks} looks at ${Object.keys(pages).length} pages and more, ${scans} scans of axe-core ${require("axe-core/package.json").version}, ${findings} findings`);
process.exit(findings ? 1 : 0);
