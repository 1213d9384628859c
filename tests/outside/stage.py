#!/usr/bin/env python3
"""A service with something on every page, on this machine alone, for as long as a command runs.

    tests/outside/stage.py target/debug/newswatch COMMAND...

Feeds in five scripts, copies, feeds that fail in each way, texts made to break a page (titles of 5,000 letters, words of 600,
text that turns round, controls, markup), channels that accept, refuse and misbehave. COMMAND finds in its environment: SITE,
NEWSWATCH (the program), CONFIG, MAILS (a folder with a file for each mail that came), LOG, and TOKEN_READER, TOKEN_EDITOR,
TOKEN_ADMIN; a POST to RELEASE publishes one more story. Python's own library is enough.
"""
import http.server, json, os, socket, socketserver, subprocess, sys, tempfile, threading, time, urllib.request
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from xml.sax.saxutils import escape

PLAIN = {
    "Manila Signal": [
        ("Two coast guard ships touch hulls off Half Moon Shoal, fourth time this year", "en", [
            "Two coast guard ships touched hulls at dawn on Thursday near Half Moon Shoal, the fourth such contact this year, officials on both sides said.",
            "The ships were nine miles from the shoal when the smaller one turned north, according to a log that both services have shown to reporters.",
            "The collision came hours before envoys were to resume talks on a code of conduct in the South China Sea.",
            "“We ask for restraint,” a spokesperson said. No crew member was hurt; a water cannon mount on the smaller vessel was bent.",
            "Fishing boats from three provinces had left the area the evening before, after a warning on the radio."]),
        ("Remarks on the code of conduct talks are put off", "en", [
            "The code of conduct in the South China Sea will be on the table again next week, the ministry said on Wednesday.",
            "No reason was given for the delay. Delegations had been told to expect a short statement in the morning."])],
    "Jakarta Dispatch": [
        ("Coast guard ships touch hulls off Half Moon Shoal", "en", [
            "Two coast guard ships touched hulls at dawn on Thursday near Half Moon Shoal, the fourth such contact this year, officials on both sides said.",
            "The ships were nine miles from the shoal when the smaller one turned north, according to a log that both services have shown to reporters.",
            "The collision came hours before envoys were to resume talks on a code of conduct in the South China Sea.",
            "“We ask for restraint,” a spokesperson said. No crew member was hurt; a water cannon mount on the smaller vessel was bent.",
            "Insurers in Jakarta said that premiums for the strait would not change this month."]),
        ("Repair ship reaches broken cable; traffic to move back on Saturday", "en", [
            "The consortium said both cable ends were found and a repair ship had begun the splice.",
            "Until Saturday most traffic goes by the northern route, which is slower by a third."])],
    "Báo Biển Xanh": [
        ("Việt Nam yêu cầu các bên kiềm chế sau va chạm tàu ở Biển Đông", "vi", [
            "Người phát ngôn nói Việt Nam quan ngại sâu sắc trước vụ va chạm và đề nghị các bên tôn trọng luật pháp quốc tế trên Biển Đông.",
            "Tàu nhỏ hơn mang số hiệu 5901, theo ảnh chụp của ngư dân có mặt tại khu vực vào sáng thứ Năm."])],
    "الميدان": [
        ("هجوم فدية يعطل نظام المواعيد في مستشفيين", "ar", [
            "قالت الوزارة إن هجوم الفدية لم يصل إلى ملفات المرضى، وإن العمل عاد جزئيا صباح الخميس.",
            "وأضافت أن فريقا من ثلاثين مهندسا يعمل على إعادة الخوادم إلى الخدمة قبل نهاية الأسبوع."])],
    "Cyber Ledger": [
        ("Attackers use file-transfer flaw CVE-2026-41188 before the patch, regional CERT says", "en", [
            "At least three ministries were reached through CVE-2026-41188, which was exploited as a zero-day from 9 November.",
            "The vendor has sent a patch to those who pay for support and will publish it on Monday."])],
}
REEF = "The reef was surveyed again and divers found new concrete on the reef. "
HOSTILE = [
    ("Reef " + "Eine Überschrift ohne Ende, " * 178, [REEF + "Zeile ohne Ende " * 900]),
    ("Reef " + "Donaudampfschifffahrtsgesellschaftskapitän" * 15, [REEF + "A" * 600 + " reef " + "B" * 5000]),
    ("Reef \u202egnp.exe\u202c \u2066\u2067 <b>bold</b> & **md** @channel \u200b\u200d\ufeff\u0085\u009b31m", [REEF + "\u202eturned round\u202c </p><script>alert(1)</script> \u2028 end"]),
    ("<script>alert(document.domain)</script><img src=x onerror=alert(1)> reef", [REEF + "<svg onload=alert(1)> \" onmouseover=alert(1) x='"]),
    ("قال المتحدث إن ASEAN و«مدونة السلوك» reef ستُناقش في 14 December 2026 (HTTP/2).", ["قال المتحدث إن ASEAN reef و«مدونة السلوك» ستُناقش في 14 December 2026 (HTTP/2). " * 6]),
    ("เรือยามฝั่งสองลำชนกันใกล้สันดอน" * 30 + " reef", ["两艘海警船在半月礁附近碰撞今年第四次 reef " + "南海" * 900]),
    ("Reef " + "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324\u031e\u0349\u035a\u032f\u031e\u0320\u034da\u0357" * 60, [REEF + "x\u0301\u0302\u0303\u0304\u0305\u0306\u0307" * 200]),
    ("Reef https://very.long.example/" + "a/" * 400, [REEF + "https://very.long.example/" * 40]),
]
BEGUN = datetime.now(timezone.utc)


def feed(title, items, base):
    text = f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>{escape(title)}</title><link>{base}/</link><description>x</description>'
    for number, (key, headline, author) in enumerate(items):
        link = key if ":" in key else f"{base}/a/{key}"
        at = format_datetime(BEGUN - timedelta(minutes=3 * number + 2))
        text += f"<item><title>{escape(headline)}</title><link>{escape(link)}</link><guid>{escape(key)}</guid><dc:creator>{escape(author)}</dc:creator><pubDate>{at}</pubDate></item>"
    return (text + "</channel></rss>").encode()


def page(pages, key, headline, lang, outlet, paragraphs):
    body = "".join(f"<p>{escape(one)}</p>" for one in paragraphs)
    rtl = ' dir="rtl"' if lang == "ar" else ""
    html = f'<!doctype html><html lang="{lang}"{rtl}><head><title>{escape(headline)}</title><meta property="og:site_name" content="{escape(outlet)}"></head><body><article><h1>{escape(headline)}</h1>{body}</article></body></html>'
    pages[f"/a/{key}"] = (200, "text/html; charset=utf-8", html.encode())


def newsroom():
    """Addresses and what they answer: (status, kind, body)."""
    pages, feeds = {}, []
    for number, (outlet, stories) in enumerate(PLAIN.items()):
        items = []
        for n, (headline, lang, paragraphs) in enumerate(stories):
            page(pages, f"{number}-{n}", headline, lang, outlet, paragraphs)
            items.append((f"{number}-{n}", headline, "Rosa Dizon"))
        feeds.append((f"/f/{number}", outlet, items))
    items = []
    for n, (headline, paragraphs) in enumerate(HOSTILE):
        page(pages, f"h-{n}", headline, "ar" if n == 4 else "en", "W" * 300 + "\u202e outlet", paragraphs)
        items.append((f"h-{n}", headline, "\u202eauthor " + "W" * 600))
    items.append(("javascript:alert(document.domain)//", "Reef behind an address that is a script", "x"))
    items.append(("data:text/html,<script>alert(1)</script>", "Reef behind an address that is a page", "x"))
    feeds.append(("/f/hostile", None, items))
    return pages, feeds


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, *_):
        """Who hangs up is no mistake of ours."""


def serve(pages, feeds, address):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        def answer(self, status, kind, body):
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)
        def do_GET(self):
            base = "http://{}:{}".format(*self.server.server_address)
            path = self.path.split("?")[0]
            for at, title, items in feeds:
                if path == at:
                    name = title or "Hostile \u202e<b>feed</b> " + "T" * 600 + " no end" * 700
                    return self.answer(200, "application/rss+xml", feed(name, items, base))
            if path in pages:
                return self.answer(*pages[path])
            status = {"/f/forbidden": 403, "/f/gone": 410}.get(path, 200 if path == "/f/page" else 404)
            self.answer(status, "text/html", b"<!doctype html><title>Request blocked</title><p>Request blocked. Ray 8f1c")
        def do_POST(self):
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.path == "/release":
                key = f"r-{len(pages)}"
                page(pages, key, f"Water cannon used in the South China Sea, report {key}", "en", "Manila Signal", [f"A water cannon was used in the South China Sea, report {key} says."])
                feeds[0][2].insert(0, (key, f"Water cannon used in the South China Sea, report {key}", "Rosa Dizon"))
                return self.answer(204, "text/plain", b"")
            if self.path == "/hook/ok":
                return self.answer(204, "text/plain", b"")
            if self.path == "/hook/hostile":
                return self.answer(400, "text/plain", ("<script>alert(1)</script>\u202e" + "0123456789abcdef" * 600).encode())
            self.answer(401, "application/json", b'{"error":"token expired"}')
        def log_message(self, *_):
            pass
    server = Server((address, 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://{address}:{server.server_port}"


def mail_server(folder):
    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            say = lambda line: self.wfile.write((line + "\r\n").encode())
            say("220 mail.newsroom.example")
            for line in self.rfile:
                word = line[:4].upper()
                if word in (b"EHLO", b"HELO"):
                    say("250 mail.newsroom.example")
                elif word == b"RCPT" and b"p.tran@" in line:
                    say("550 5.1.1 no such user here")
                elif word == b"DATA":
                    say("354 go on")
                    mail = []
                    for part in self.rfile:
                        if part == b".\r\n":
                            break
                        mail.append(part)
                    with tempfile.NamedTemporaryFile(dir=folder, suffix=".eml", delete=False) as file:
                        file.write(b"".join(mail))
                    say("250 2.0.0 Ok: queued as 4F2C91")
                elif word == b"QUIT":
                    return say("221 bye")
                else:
                    say("250 ok")
    class Mail(socketserver.ThreadingMixIn, socketserver.TCPServer):
        daemon_threads = allow_reuse_address = True
    server = Mail(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def configuration(folder, feeds, bases, smtp, web):
    q = lambda text: json.dumps(text, ensure_ascii=False)
    base = bases[0]
    out = [f'state_dir = {q(folder + "/state")}\n[poll]\nevery = "20s"\nmin_every = "5s"\nfirst_poll = "alert"\n[http]\nallow_private = ["127.0.0.0/8"]',
           f'[web]\nlisten = "127.0.0.1:{web}"\nurl = "http://127.0.0.1:{web}"\ntrusted_proxy = {{ from = ["192.0.2.7"], user_header = "X-User", role_header = "X-Role" }}']
    for own, (at, title, _) in zip(bases, feeds):
        out.append(f'[[feed]]\nurl = {q(own + at)}\n' + (f"name = {q(title)}\ntags = [\"asia\"]\n" if title else "every = \"10s\"\n"))
    for at, name in [("forbidden", "Ministry press room"), ("gone", "Old CERT mirror"), ("page", "Thời Sự Miền Trung: Biển đảo"), ("missing", "Delta Water Board bulletins")]:
        out.append(f'[[feed]]\nurl = {q(base + "/f/" + at)}\nname = {q(name)}\n')
    out.append('[alias]\neast-sea = \'"East Sea" OR "South China Sea" OR "Biển Đông"\'\ncontact = \'collision OR "water cannon" OR "va chạm" OR (touch* NEAR/3 hull*) OR ramming\'\n')
    for name, query, more in [
        ("East Sea incidents", "@east-sea AND @contact AND NOT title:exercise", 'priority = "high"\nmust_match = ["A collision in the South China Sea"]\n'),
        ("Code of Conduct", '"code of conduct" AND @east-sea', 'notify = ["desk", "ops-hook"]\n'),
        ("Exploited vulnerabilities", "/CVE-\\d{4}-\\d+/ AND (exploit* OR zero-day)", 'priority = "high"\n'),
        ("Ransomware on hospitals", '"هجوم الفدية" OR (ransomware AND hospital*)', 'notify = ["desk"]\n'),
        ("Submarine cables", "cable* AND repair*", 'notify = ["ops-hook"]\n'),
        ("Hostile texts", "reef", 'notify = ["ops-hook", "hostile"]\nper = "article"\n'),
        ("Donaudampfschifffahrtsgesellschaftskapitän" * 4, '"divers found" AND concrete', 'notify = ["ops-hook"]\n'),
        ("Reef construction", '"dredger at anchor"', 'notify = ["desk"]\n')]:
        out.append(f"[[watch]]\nname = {q(name)}\nquery = {q(query)}\n{more}")
    out.append(f'[[channel]]\nname = "desk"\ntype = "email"\nto = ["desk@newsroom.example", "p.tran@newsroom.example"]\nfrom = "newswatch <newswatch@newsroom.example>"\nstorm = "off"\nsmtp = {{ host = "127.0.0.1", port = {smtp}, tls = "none" }}\n')
    for name, at in [("ops-hook", "ok"), ("signal-desk", "expired"), ("hostile", "hostile")]:
        out.append(f'[[channel]]\nname = "{name}"\ntype = "webhook"\nurl = "{base}/hook/{at}"\n')
    path = folder + "/newswatch.toml"
    with open(path, "w") as file:
        file.write("\n".join(out))
    os.chmod(path, 0o600)
    return path


def filled(site, token):
    """Whether everything that the feeds hold has been read and told."""
    request = urllib.request.Request(site + "/api/v1/status", headers={"Authorization": f"Bearer {token}"})
    status = json.load(urllib.request.urlopen(request, timeout=10))
    request = urllib.request.Request(site + "/metrics", headers={"Authorization": f"Bearer {token}"})
    figures = urllib.request.urlopen(request, timeout=10).read().decode()
    waits = [line for line in figures.splitlines() if line.startswith("newswatch_entries_waiting ")]
    told = sum(watch["today"] for watch in status["by_watch"])
    return told >= 12 and waits[0].endswith(" 0"), f"{told} alerts, {waits[0]}"


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    program, command = os.path.abspath(sys.argv[1]), sys.argv[2:]
    with tempfile.TemporaryDirectory(prefix="newswatch-stage-") as folder:
        pages, feeds = newsroom()
        mails = folder + "/mails"
        os.mkdir(mails)
        web = free_port()
        # Each outlet is a host of its own; all of them are this machine.
        bases = [serve(pages, feeds, f"127.0.0.{number}") for number in range(1, len(feeds) + 1)]
        config = configuration(folder, feeds, bases, mail_server(mails), web)
        site, log = f"http://127.0.0.1:{web}", folder + "/log"
        service = subprocess.Popen([program, "run", "--config", config], stdout=open(log, "w"), stderr=subprocess.STDOUT)
        try:
            environment = dict(os.environ, SITE=site, NEWSWATCH=program, CONFIG=config, MAILS=mails, LOG=log, SERVICE=str(service.pid),
                               RELEASE=bases[0] + "/release")
            end = time.monotonic() + 90
            while True:
                try:
                    for role in ("reader", "editor", "admin"):
                        name = "TOKEN_" + role.upper()
                        if name not in environment:
                            made = subprocess.run([program, "web", "token", "add", f"check-{role}", "--role", role, "--config", config], capture_output=True, text=True)
                            if made.returncode:
                                raise OSError(made.stderr)
                            environment[name] = made.stdout.split()[0]
                    done, how = filled(site, environment["TOKEN_READER"])
                except OSError as error:
                    done, how = False, error
                if done:
                    break
                if time.monotonic() > end or service.poll() is not None:
                    sys.exit(f"the service is not filled: {how}\n" + open(log).read()[-3000:])
                time.sleep(0.3)
            sys.exit(subprocess.run(command, env=environment).returncode)
        finally:
            service.terminate()
            service.wait(20)


main()
