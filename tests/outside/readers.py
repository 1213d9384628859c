#!/usr/bin/env python3
"""Fifty readers beside a thousand feeds, for a minute: the first byte of every page, what the stages wait, the memory.

    tests/outside/readers.py target/release/newswatch [SECONDS]

The feeds are served by this script on this machine alone, each polled every 20 s (one in eight every 5 s, one in eight every 60 s),
each with something new now and then. A reader opens a page, waits a second or two, opens the next one; one in five keeps the
stream of signals open beside it. Ends with 1 when 1 % of the pages have taken longer than 50 ms to their first byte.
"""
import http.client, http.server, json, os, random, re, signal, socket, subprocess, sys, tempfile, threading, time
from urllib.parse import urlsplit

HOSTS = 100
FEEDS, READERS, GOAL_MS = int(os.environ.get("FEEDS", 1000)), int(os.environ.get("READERS", 50)), 50
WORDS = "harbour ministry envoy reef cable talks budget strike river court festival storm election visit port treaty".split()


def words(seed, count):
    chance = random.Random(seed)
    return " ".join(chance.choice(WORDS) for _ in range(count))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path.count("/") < 2:
            return self.send_error(404)
        kind, number = self.path.split("/")[1:3]
        if kind == "f":
            # Something new every 20 s.
            now = int(time.time()) // 20
            entries = "".join(
                f"<item><title>{words(f'{number} {now - n}', 8)}</title><guid>{number}-{now - n}</guid>"
                f"<link>http://{self.headers['Host']}/a/{number}-{now - n}</link></item>"
                for n in range(10) if (now - n) % 30 == int(number) % 30)
            body = f"<?xml version='1.0'?><rss version='2.0'><channel><title>Feed {number}</title><link>http://{self.headers['Host']}/</link><description>x</description>{entries}</channel></rss>"
            kind = "application/rss+xml"
        else:
            text = "".join(f"<p>{words(f'{number} {n}', 60)}.</p>" for n in range(8))
            body = f"<!doctype html><html lang='en'><head><title>{words(number, 8)}</title></head><body><article><h1>{words(number, 8)}</h1>{text}</article></body></html>"
            kind = "text/html"
        body = body.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads, request_queue_size = True, 1024

    def handle_error(self, *_):
        """Who hangs up is no mistake of ours."""


def newsroom():
    """Serves in a process of its own, so that readers are not measured by what the feeds take."""
    # Each outlet is a host of its own, as everything is fetched from a host with regard to it; all of them are this machine.
    servers = [Server((f"127.0.1.{number}", 0), Handler) for number in range(1, HOSTS + 1)]
    child = os.fork()
    if child == 0:
        for server in servers[1:]:
            threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            servers[0].serve_forever()
        finally:
            os._exit(0)
    return ["{}:{}".format(*server.server_address) for server in servers], child


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Reader(threading.Thread):
    def __init__(self, number, address, cookie, end, paths):
        super().__init__(daemon=True)
        self.chance, self.address, self.cookie, self.end, self.paths = random.Random(number), address, cookie, end, paths
        self.took, self.faults, self.keeps_stream = [], 0, number % 5 == 0

    def run(self):
        connection = http.client.HTTPConnection(self.address, timeout=20)
        if self.keeps_stream:
            stream = http.client.HTTPConnection(self.address, timeout=90)
            stream.request("GET", "/events", headers={"Cookie": self.cookie})
        time.sleep(self.chance.random() * 1.5)
        while time.monotonic() < self.end:
            path = self.chance.choice(self.paths)
            begun = time.monotonic()
            connection.request("GET", path, headers={"Cookie": self.cookie})
            answer = connection.getresponse()
            self.took.append(((time.monotonic() - begun) * 1000, path))
            answer.read()
            self.faults += answer.status != 200
            time.sleep(1 + self.chance.random())


def figures(address, token):
    connection = http.client.HTTPConnection(address, timeout=20)
    connection.request("GET", "/metrics", headers={"Authorization": f"Bearer {token}"})
    text = connection.getresponse().read().decode()
    return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line and line[0] != "#"}


def stages(before, after):
    """What steps of each stage took between two looks: how many, the mean, and the bound that 99 % keep."""
    out = []
    for name in sorted({re.search('stage="([^"]+)"', key)[1] for key in after if key.startswith("newswatch_step_seconds_count")}):
        count = after[f'newswatch_step_seconds_count{{stage="{name}"}}'] - before.get(f'newswatch_step_seconds_count{{stage="{name}"}}', 0)
        total = after[f'newswatch_step_seconds_sum{{stage="{name}"}}'] - before.get(f'newswatch_step_seconds_sum{{stage="{name}"}}', 0)
        if not count:
            continue
        bounds = []
        for key, value in after.items():
            if key.startswith(f'newswatch_step_seconds_bucket{{stage="{name}"'):
                bounds.append((float(re.search('le="([^"]+)"', key)[1].replace("+Inf", "inf")), value - before.get(key, 0)))
        p99 = next(bound for bound, below in sorted(bounds) if below >= 0.99 * count)
        out.append(f"{name} {int(count)} of {total / count * 1000:.0f} ms, 99 % within {p99 * 1000:.0f} ms")
    return "; ".join(out)


def main():
    program, seconds = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 60
    with tempfile.TemporaryDirectory(prefix="newswatch-readers-") as folder:
        (news, child), web = newsroom(), free_port()
        config = folder + "/newswatch.toml"
        with open(config, "w") as file:
            file.write(f'state_dir = "{folder}/state"\n[poll]\nevery = "20s"\nmin_every = "5s"\nmax_every = "60s"\nfirst_poll = "alert"\n[http]\nallow_private = ["127.0.0.0/8"]\n[web]\nlisten = "127.0.0.1:{web}"\n')
            for number in range(FEEDS):
                every = {0: "5s", 1: "60s"}.get(number % 8, "20s")
                file.write(f'[[feed]]\nurl = "http://{news[number % HOSTS]}/f/{number}"\nname = "Feed {number}"\nevery = "{every}"\n')
            for number in range(20):
                file.write(f'[[watch]]\nname = "Watch {number}"\nquery = "{WORDS[number % 16]} AND {WORDS[(number * 7 + 3) % 16]} AND {WORDS[(number * 5 + 1) % 16]}"\n')
        service = subprocess.Popen([program, "run", "--config", config], stdout=open(folder + "/log", "w"), stderr=subprocess.STDOUT)
        address = f"127.0.0.1:{web}"
        try:
            tell = lambda *more: subprocess.run([program, *more, "--config", config], capture_output=True, text=True)
            end = time.monotonic() + 120
            while True:
                made = tell("web", "token", "add", "readers", "--role", "reader")
                if not made.returncode or time.monotonic() > end:
                    break
                time.sleep(0.5)
            token = made.stdout.split()[0]
            # Every feed has been read once: what it held before is not what is measured.
            while time.monotonic() < end:
                try:
                    known = figures(address, token)
                    if known.get('newswatch_feeds{state="fine"}', 0) >= FEEDS and known["newswatch_entries_total"] >= FEEDS * 0.2:
                        break
                except OSError:
                    pass
                time.sleep(1)
            time.sleep(10)
            link = tell("web", "login", "--role", "editor").stdout.split()[0]
            connection = http.client.HTTPConnection(address)
            connection.request("POST", urlsplit(link).path)
            cookie = connection.getresponse().headers["Set-Cookie"].split(";")[0]
            connection = http.client.HTTPConnection(address)
            connection.request("GET", "/api/v1/alerts?limit=40", headers={"Authorization": f"Bearer {token}"})
            alerts = [one["id"] for one in json.loads(connection.getresponse().read())["items"]]
            paths = ["/"] * 6 + [f"/alerts/{one}" for one in alerts[:8]] + ["/watches", "/watches/Watch%203", "/feeds", "/feeds?state=failing", "/feeds/7", "/stories", "/deliveries", "/silences", "/journal", "/settings"]
            before, begun = figures(address, token), time.monotonic()
            readers = [Reader(number, address, cookie, begun + seconds, paths) for number in range(READERS)]
            for reader in readers:
                reader.start()
            for reader in readers:
                reader.join(seconds + 60)
            after = figures(address, token)
            took = sorted(time_ms for reader in readers for time_ms, _ in reader.took)
            at = lambda share: took[min(len(took) - 1, int(len(took) * share))]
            by_path = {}
            for reader in readers:
                for time_ms, path in reader.took:
                    by_path.setdefault(re.sub("alr_.*", "ID", path), []).append(time_ms)
            memory = re.search(r"VmHWM:\s+(\d+)", open(f"/proc/{service.pid}/status").read())[1]
            polls = sum(value - before.get(key, 0) for key, value in after.items() if key.startswith('newswatch_steps_total{stage="poll"'))
            print(f"{READERS} readers, {FEEDS} feeds, {seconds} s: {len(took)} pages, first byte p50 {at(0.5):.1f} ms, p90 {at(0.9):.1f} ms, p99 {at(0.99):.1f} ms, most {took[-1]:.1f} ms; {sum(reader.faults for reader in readers)} not answered 200")
            print("by page, p50 and most: " + ", ".join(f"{path} {sorted(times)[len(times) // 2]:.1f} {max(times):.1f}" for path, times in sorted(by_path.items())))
            print(f"stages meanwhile: {stages(before, after)}")
            print(f"{polls:.0f} steps of polling, {after['newswatch_entries_total'] - before['newswatch_entries_total']:.0f} entries, {after['newswatch_entries_waiting']:.0f} wait, {len(alerts)} alerts and more; memory at its highest {int(memory) // 1024} MiB")
            return at(0.99) > GOAL_MS
        finally:
            service.terminate()
            service.wait(20)
            os.kill(child, signal.SIGKILL)


sys.exit(main())
