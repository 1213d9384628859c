#!/usr/bin/env python3
"""Mails as another make reads them: Python's mail parser, a browser, axe-core.

    tests/outside/mails.py target/debug/newswatch FOLDER [--relay HOST:PORT]

Feeds newswatch thirty nasty headlines and one message of each kind, takes the mails by SMTP, checks them with the email
package and writes them to FOLDER (N.eml, N.html). With a browser (chromium) in the PATH each is drawn at 360 and 700 px,
light and dark, without its style block, and with text at 200 %. With --relay nothing is taken here: the mails go to that
server.
"""
import email
import email.policy
import html
import http.server
import os
import pathlib
import shutil
import socketserver
import subprocess
import sys
import threading

NASTY = [
    "An ordinary headline of some words", "=?utf-8?q?=0D=0ABcc:_x@evil.example?= subject",
    "line\r\nBcc: everybody@evil.example\r\n\r\nbody", "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "\"><a href=\"javascript:alert(1)\">click</a>", "</b></td></tr></table><form action=//evil.example>",
    "<!channel> <https://evil.example|bank.example> @everyone @here", "[click](https://evil.example) **bold** `code`",
    "{{ config }} ${HOME} {% include '/etc/passwd' %} %s {{DATE(2020-01-01,LONG)}}", "\u009b31m and \u0085next",
    "safe\u202egpj.exe\u2066x\u2069\u200f", "\u2028line\u2029end", ".\r\n.\r\nMAIL FROM:<evil@example.org>",
    "\",\"type\":\"forged\",\"x\":\"", "]]> --> */ \\ \\\\", "<@U123456> <@&987> <#C1> :boom: <t:1:R>",
    "<tg-spoiler>x</tg-spoiler><blockquote>y</blockquote>", "&lt;b&gt; &amp;amp; &#x3c; &nbsp",
    "https://evil.example/ www.evil.example evil@example.org", "1. first 2) second * third + fourth",
    "مرحبا <b>بالعالم</b> 123", "שביתה ב-12 נמלים https://a.example/x?y=1", "日本語の見出し「引用」！？",
    "ASEAN họp bàn quy tắc ứng xử ở Biển Đông", "x" * 3000, "ế" * 3000, "a" + "\u0301" * 2000,
    "👩‍👩‍👧‍👦" * 300, "From the desk\nFrom here", "\ufeff\u200b\u00ad soft",
]
KINDS = ["alert", "group", "update", "digest", "storm", "spike", "health", "heartbeat"]


class Sink(socketserver.StreamRequestHandler):
    mails = []

    def handle(self):
        say = lambda text: self.wfile.write(text.encode() + b"\r\n")
        say("220 here")
        to = ""
        while line := self.rfile.readline():
            verb = line.split(b" ")[0].strip().upper()
            if verb == b"RCPT":
                to = line.decode().split("<")[1].split(">")[0]
            if verb != b"DATA":
                say("221 bye" if verb == b"QUIT" else "250 ok")
                if verb == b"QUIT":
                    return
                continue
            say("354 go ahead")
            data = b""
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                assert line.endswith(b"\r\n"), line
                data += line[1:] if line.startswith(b".") else line
            Sink.mails.append((to, data))
            say("250 kept")


def feed():
    items = "".join(
        f"<item><guid>{n}</guid><title>{html.escape(html.escape(strip(text)))}</title>"
        f"<link>http://127.0.0.1:{PORTS[0]}/{n}</link><description>Notes on a ferry.</description></item>"
        for n, text in enumerate(NASTY)
    )
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Post</title>{items}</channel></rss>'


def strip(text):
    return "".join(c for c in text if c in "\n\r\t" or ord(c) >= 32)


class Site(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = feed().encode() if self.path == "/rss" else b""
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "application/rss+xml")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def check(to, data):
    """What is wrong with a mail; nothing, as a rule."""
    wrong = []
    mail = email.message_from_bytes(data, policy=email.policy.default)
    head = data.split(b"\r\n\r\n")[0]
    if mail.defects or any(part.defects for part in mail.walk()):
        wrong.append(f"defects: {mail.defects}")
    for field in mail.values():
        if getattr(field, "defects", ()):
            wrong.append(f"{field.name}: {field.defects}")
    if not head.isascii():
        wrong.append("a head that is not ASCII")
    if any(len(line) > 998 for line in data.split(b"\r\n")):
        wrong.append("a line of more than 998 bytes")
    for once in ["From", "To", "Subject", "Date", "Message-ID", "List-Id", "List-Unsubscribe", "Auto-Submitted"]:
        if len(mail.get_all(once, [])) != 1:
            wrong.append(f"{once} is not there once")
    if mail["Bcc"] or mail["Reply-To"] or mail["To"] != to:
        wrong.append("an address that is not the configuration's")
    if mail["From"].addresses[0].addr_spec != "watch@sender.example":
        wrong.append("another sender")
    kinds = [part.get_content_type() for part in mail.walk() if not part.is_multipart()]
    if kinds != ["text/plain", "text/html"]:
        wrong.append(f"parts: {kinds}")
    page = mail.get_body(("html",)).get_content()
    if len(page.encode()) > 80_000:
        wrong.append("HTML of more than 80 kB")
    for tag in ["<script", "<img", "<form", "<iframe", "<link", "url("]:
        if tag in page.lower():
            wrong.append(f"{tag} in the HTML")
    return mail, page, wrong


def draw(browser, folder, name, page):
    forms = {"": page, "-bare": page.split("<style>")[0] + page.split("</style>")[1]}
    for suffix, text in forms.items():
        path = folder / f"{name}{suffix}.html"
        path.write_text(text)
        for width in [360, 700]:
            for theme in ["light", "dark"] if not suffix else ["light"]:
                shot(browser, path, folder / f"{name}{suffix}-{width}-{theme}.png", width, theme, 1)
    shot(browser, folder / f"{name}.html", folder / f"{name}-360-double.png", 360, "light", 2)


def shot(browser, path, to, width, theme, scale):
    """A window of half the width at twice the scale is text at 200 %."""
    dark = ["--blink-settings=preferredColorScheme=0"] if theme == "dark" else []
    subprocess.run(
        [browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", *dark,
         f"--force-device-scale-factor={scale}", f"--window-size={max(width // scale, 180)},1400",
         f"--screenshot={to}", path.as_uri()],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60,
    )


def main():
    program, folder = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    relay = sys.argv[4] if "--relay" in sys.argv else None
    site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    sink = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Sink)
    PORTS.append(site.server_address[1])
    for server in [site, sink]:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    host, port = (relay or f"127.0.0.1:{sink.server_address[1]}").split(":")
    recipients = os.environ.get("RECIPIENTS", "desk@example.org").split()
    config = folder / "newswatch.toml"
    config.write_text(f"""
state_dir = "state"
timezone = "Asia/Ho_Chi_Minh"
[poll]
first_poll = "alert"
[http]
allow_private = ["127.0.0.1"]
[[feed]]
url = "http://127.0.0.1:{PORTS[0]}/rss"
article = "never"
[[watch]]
name = "Code of Conduct"
query = "ferry"
notify = ["desk"]
[[channel]]
name = "desk"
type = "email"
to = [{", ".join(f'"{to}"' for to in recipients)}]
from = "newswatch <watch@sender.example>"
group_wait = "0s"
storm = "off"
smtp = {{ host = "{host}", port = {port}, tls = "none" }}
""")
    shutil.rmtree(folder / "state", ignore_errors=True)
    for kind in KINDS:
        run = [program, "notify", "test", "desk", "--kind", kind, "--config", config]
        subprocess.run(run, check=relay is None, stdout=subprocess.DEVNULL)
    subprocess.run([program, "run", "--once", "--config", config], check=True, stderr=subprocess.DEVNULL)
    if relay:
        print("sent")
        return 0
    browser = shutil.which("chromium")
    bad = 0
    for number, (to, data) in enumerate(Sink.mails):
        name = KINDS[number] if number < len(KINDS) else f"nasty-{number - len(KINDS) + 1}"
        (folder / f"{name}.eml").write_bytes(data)
        mail, page, wrong = check(to, data)
        (folder / f"{name}.html").write_text(page)
        # Of the nasty ones those that are drawn in another way: from right to left, and with words that never end.
        is_odd = any("\u0590" < c < "\u08ff" for c in mail["Subject"]) or max(map(len, mail["Subject"].split())) > 80
        if browser and os.environ.get("DRAW", "1") == "1" and (number < len(KINDS) or is_odd):
            draw(browser, folder, name, page)
        bad += len(wrong)
        print(f"{name:<10} {len(data):>7} bytes  {mail['Subject'][:60]!r}  {'; '.join(wrong)}")
    print(f"{len(Sink.mails)} mails, {bad} findings")
    return 1 if bad or len(Sink.mails) < len(KINDS) + 25 else 0


PORTS = []
if __name__ == "__main__":
    sys.exit(main())
