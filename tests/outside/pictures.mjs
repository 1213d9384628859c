// The pictures of docs/CHANNELS.md: mails as a browser shows them, chats drawn from the very bodies that are posted.
//
//     NEWSWATCH_GALLERY=/tmp/gallery cargo test --test it gallery
//     npm install --no-save puppeteer-core
//     node tests/outside/pictures.mjs /tmp/gallery docs/pictures && pngquant --nofs --ext .png --force 32 docs/pictures/*.png
//     node tests/outside/pictures.mjs /tmp/gallery FOLDER --sheets
//
// With --sheets every mail is drawn to be looked at: at 360 and 700 px, light, dark, without its style block, with colours
// turned by a program and by a filter, and with letters twice as large; what is wider than its window is named, exit 1.
// It wants a chromium in the PATH, or CHROMIUM=/path/to/it.
import { execSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const require = createRequire(resolve("package.json"));
const puppeteer = require("puppeteer-core");
const [from, to] = process.argv.slice(2);
const executablePath = process.env.CHROMIUM ?? execSync("command -v chromium").toString().trim();
const start = (more = []) => puppeteer.launch({ executablePath, args: ["--no-sandbox", ...more] });
const browser = await start();
mkdirSync(to, { recursive: true });

const read = (name) => readFileSync(join(from, name), "utf8");
const escape = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
const clock = (date) => new Intl.DateTimeFormat("en-GB", { timeStyle: "short", timeZone: "Asia/Ho_Chi_Minh" }).format(date);

// Markdown as Discord and Mattermost read it, as far as newswatch writes it.
const inline = (text) => {
  let html = "", at = 0;
  while (at < text.length) {
    const link = /^\[((?:\\.|[^\]\\])*)\]\(([^)]*)\)/s.exec(text.slice(at));
    if (text[at] === "\\") { html += escape(text[at + 1] ?? ""); at += 2; }
    else if (text.startsWith("**", at)) { html += html.lastIndexOf("<b>") > html.lastIndexOf("</b>") ? "</b>" : "<b>"; at += 2; }
    else if (link) { html += `<a>${inline(link[1])}</a>`; at += link[0].length; }
    else { html += escape(text[at]); at += 1; }
  }
  return html;
};
const markdown = (text) => text.replaceAll("\u200b", "").split("\n").filter((line) => line).map((line) =>
  line.startsWith("> ") ? `<blockquote dir=auto>${inline(line.slice(2))}</blockquote>`
    : line.startsWith("-# ") ? `<p class=small>${inline(line.slice(3))}</p>` : `<p>${inline(line)}</p>`).join("");

const draw = {
  slack: ({ blocks }) => blocks.flatMap((block) => block.elements).map((part) => {
    const pieces = part.elements.map((piece) => {
      const text = piece.type === "date" ? `Today at ${clock(piece.timestamp * 1000)}` : piece.text;
      const html = escape(text).replace(/\n/g, "<br>");
      return piece.type === "link" ? `<a>${piece.style?.bold ? `<b>${html}</b>` : html}</a>` : piece.style?.bold ? `<b>${html}</b>` : html;
    }).join("");
    return part.type === "rich_text_quote" ? `<blockquote dir=auto>${pieces}</blockquote>` : `<div dir=auto>${pieces}</div>`;
  }).join(""),
  discord: ({ embeds: [embed] }) => `<div class=card style="border-left:4px solid #${embed.color.toString(16).padStart(6, "0")}">
    <p class=small><b>${escape(embed.author?.name ?? "")}</b></p><p class=title dir=auto><a><b>${inline(embed.title)}</b></a></p>
    ${markdown(embed.description)}<p class=small>${escape(embed.footer.text)} • Today at ${clock(Date.parse(embed.timestamp))}</p></div>`,
  teams: ({ attachments: [{ content }] }) => {
    const runs = (block) => block.inlines.map((run) => {
      const text = escape(run.text);
      const bold = run.weight === "Bolder" ? `<b>${text}</b>` : text;
      return run.highlight ? `<mark>${bold}</mark>` : run.size === "Large" ? `<span class=title>${bold}</span>` : run.isSubtle ? `<span class=small>${bold}</span>` : bold;
    }).join("");
    const element = (one) => one.type === "Container" ? `<div class="${one.style === "emphasis" ? "box" : ""}" ${one.rtl ? "dir=rtl" : ""}>${one.items.map(element).join("")}</div>`
      : one.type === "TextBlock" ? `<p class=small>${new Date(/\((\S+),/.exec(one.text)[1]).toDateString()} ${clock(Date.parse(/\((\S+),/.exec(one.text)[1]))}</p>`
      : `<p dir=auto>${runs(one)}</p>`;
    const buttons = content.actions.map((action) => `<span class=button>${escape(action.title)}</span>`).join(" ");
    return `<div class=card>${content.body.map(element).join("")}<p>${buttons}</p></div>`;
  },
  telegram: ({ text, reply_markup }) => {
    const html = text.replace(/<tg-time[^>]*>(.*?)<\/tg-time>/g, "<a>$1</a>").replace(/ href="[^"]*"/g, "");
    const lines = html.replace(/<blockquote[^>]*>/g, "<blockquote dir=auto>").split("\n").map((line) => line.startsWith("<blockquote") ? line : `<div dir=auto>${line}</div>`);
    const rows = reply_markup.inline_keyboard.map((row) => `<div class=keys>${row.map((key) => `<span>${escape(key.text)}</span>`).join("")}</div>`);
    return `<div class=bubble>${lines.join("")}</div>${rows.join("")}`;
  },
  ntfy: ({ title, message, tags, actions }) => `<div class=bubble><p class=small>ntfy · news · now</p><p dir=auto><b>${tags?.includes("exclamation") ? "❗ " : ""}${escape(title)}</b></p>
    ${message.split("\n").map((line) => `<p dir=auto>${escape(line)}</p>`).join("")}<p>${(actions ?? []).map((one) => `<a><b>${escape(one.label)}</b></a>`).join(" &nbsp; ")}</p></div>`,
  gotify: ({ title, message }) => `<div class=bubble><p class=small>Gotify · now</p><p dir=auto><b>${escape(title)}</b></p>${message.split("\n").map((line) => `<p dir=auto>${escape(line)}</p>`).join("")}</div>`,
  apprise: ({ title, body }) => `<div class=bubble><p dir=auto><b>${escape(title)}</b></p>${body.split("\n").map((line) => `<p dir=auto>${escape(line)}</p>`).join("")}</div>`,
  matrix: ({ formatted_body }) => formatted_body.replace(/ href="[^"]*"/g, "").replace(/<(p|h4|h5|blockquote)>/g, "<$1 dir=auto>"),
  mattermost: ({ attachments: [one] }) => `<div class=card style="border-left:4px solid ${one.color}"><p class=small><b>${escape(one.author_name ?? "")}</b></p>
    <p class=title dir=auto><a><b>${escape(one.title.replaceAll("\u200b", ""))}</b></a></p>${markdown(one.text)}</div>`,
};

const STYLE = `body{margin:0;padding:14px 16px;width:508px;font:15px/22px 'Noto Sans',system-ui,sans-serif;color:#1b1f24;background:#fff}
p,h4,h5{margin:2px 0;font-size:15px;line-height:22px}a{color:#0b4fc4}.small{font-size:13px;color:#57606a}.title{font-size:17px;line-height:24px}
blockquote{margin:5px 0;padding:0 12px;border-inline-start:4px solid #c8ccd1}mark{background:#ffefb0;padding:0 2px}
.card{background:#f6f7f8;border:1px solid #e1e4e8;border-radius:5px;padding:9px 14px}.box{background:#ebedef;padding:6px 10px;margin:6px 0}
.button{display:inline-block;border:1px solid #57606a;border-radius:4px;padding:2px 10px;margin:3px 2px 0 0;font-weight:bold;font-size:14px}
.bubble{border:1px solid #d5dbe1;border-radius:12px;padding:8px 12px}.keys{display:flex;gap:4px;margin-top:4px}
.keys span{flex:1;background:#8aa68a;color:#fff;border-radius:6px;padding:5px;text-align:center;font-size:14px}
pre{margin:0;font:13px/19px 'Noto Sans Mono','DejaVu Sans Mono',monospace;white-space:pre-wrap;overflow-wrap:anywhere}`;

const shoot = async (html, name, width, { theme = "light", type = "png" } = {}) => {
  const page = await browser.newPage();
  await page.setViewport({ width, height: 60 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
  await page.setContent(html);
  await page.screenshot({ path: join(to, `${name}.${type}`), fullPage: true });
  await page.close();
};

async function pictures() {
  for (const [service, write] of Object.entries(draw)) {
    const bodies = service === "apprise" ? ["alert"] : ["alert", "alert-ar"];
    const drawn = bodies.map((name) => write(JSON.parse(read(`${name}.${service}.json`))));
    await shoot(`<style>${STYLE}</style><body>${drawn.join("<div style='height:12px'></div>")}`, service, 540);
  }
  const colours = { 1: "font-weight:bold;color:#ffd866", 2: "font-weight:bold", 3: "color:#8b929c", 4: "color:#7cb7ff", 5: "font-weight:bold;color:#ff8a80" };
  const terminal = ["alert", "alert-vi", "health"].map((name) => escape(read(`${name}.console.json`))
    .replace(/[\x01-\x05]/g, (look) => `<span style="${colours[look.charCodeAt(0)]}">`).replaceAll("\x06", "</span>")).join("");
  await shoot(`<style>${STYLE}</style><body style="width:668px;background:#0f1318;color:#e9ecef"><pre>${terminal.trimEnd()}</pre>`, "console", 700);
  for (const name of ["alert", "update", "digest", "storm", "health"]) await shoot(read(`${name}.html`), `mail-${name}`, 640);
}

async function sheets() {
  const forced = await start(["--enable-features=WebContentsForceDark"]);
  const invert = (page) => page.addStyleTag({ content: "html{filter:invert(1) hue-rotate(180deg);background:#fff}" });
  const twice = (page) => page.evaluate(() => {
    const all = [...document.querySelectorAll("*")].map((one) => [one, getComputedStyle(one)]).map(([one, style]) => [one, parseFloat(style.fontSize), parseFloat(style.lineHeight)]);
    for (const [one, size, line] of all) {
      one.style.setProperty("font-size", `${size * 2}px`, "important");
      if (line) one.style.setProperty("line-height", `${line * 2}px`, "important");
    }
  });
  let wide = 0;
  for (const file of readdirSync(from).filter((name) => name.endsWith(".html"))) {
    const html = read(file);
    const bare = html.replace(/<style>.*?<\/style>/s, "");
    const unaware = bare.replace(/<meta name="[a-z-]*color-scheme[a-z-]*"[^>]*>/g, "");
    const forms = [
      ["light 360", browser, html, 360, "light"], ["light 700", browser, html, 700, "light"],
      ["dark 360", browser, html, 360, "dark"], ["dark 700", browser, html, 700, "dark"],
      ["bare", browser, bare, 360, "light"], ["turned dark", forced, unaware, 360, "light"],
      ["inverted", browser, bare, 360, "light", invert], ["letters twice as large", browser, html, 360, "light", twice],
    ];
    const shots = [];
    for (const [label, by, text, width, theme, change] of forms) {
      const page = await by.newPage();
      await page.setViewport({ width, height: 60 });
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
      await page.setContent(text);
      await change?.(page);
      const is = await page.evaluate(() => document.documentElement.scrollWidth);
      if (is > width) { wide += 1; console.log(`${file}, ${label}: ${is} px in a window of ${width}`); }
      shots.push([label, await page.screenshot({ fullPage: true, encoding: "base64" })]);
      await page.close();
    }
    const cells = shots.map(([label, data]) => `<div style="flex:none"><div>${label}</div><img src="data:image/png;base64,${data}"></div>`);
    await shoot(`<body style="margin:0;background:#8b9099;display:flex;gap:10px;align-items:flex-start">${cells.join("")}`, file.replace(".html", ""), 3650);
  }
  await forced.close();
  console.log(`${wide} wider than their windows`);
  return wide;
}

const wide = process.argv.includes("--sheets") ? await sheets() : await pictures();
await browser.close();
process.exit(wide ? 1 : 0);
