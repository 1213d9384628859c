#!/usr/bin/env python3
"""Follows every link and presses every button, as nobody and as each role.

    tests/outside/stage.py target/debug/newswatch tests/outside/crawl.py

No answer is a 5xx, every page has a title and one first heading, no link leads nowhere, to look writes nothing, whatever changes
something leaves a row in the journal, nothing is shown that the role may not do, and what it may not do is refused when it is
sent all the same. Prints a table by role. Python's own library is enough.
"""
import html.parser, http.client, json, os, subprocess, sys
from collections import Counter
from urllib.parse import urlencode, urljoin, urlsplit

SITE, NEWSWATCH, CONFIG, TOKEN = (os.environ[name] for name in ("SITE", "NEWSWATCH", "CONFIG", "TOKEN_ADMIN"))
HOST = urlsplit(SITE).netloc
MOST = 1500
faults = []


class Page(html.parser.HTMLParser):
    """Links and forms of a page."""
    def __init__(self, text):
        super().__init__()
        self.links, self.forms, self.title, self.h1, self.inside, self.form = [], [], "", 0, None, None
        self.feed(text)

    def handle_starttag(self, tag, given):
        given = dict(given)
        if tag in ("a", "link") and given.get("href"):
            self.links.append(given["href"])
        elif tag == "script" and given.get("src"):
            self.links.append(given["src"])
        elif tag == "form":
            self.form = {"action": given.get("action"), "method": given.get("method", "get"), "fields": [], "buttons": []}
            self.forms.append(self.form)
        elif self.form is not None and tag == "input":
            kind, name = given.get("type", "text"), given.get("name")
            value = given.get("value") or ("" if kind in ("hidden", "checkbox") else "a test")
            # A text that is not needed is left as it is.
            if kind == "text" and "required" not in given:
                value = given.get("value") or ""
            self.form["fields"].append((name, value))
        elif self.form is not None and tag == "select":
            self.inside = given.get("name")
            self.form["fields"].append((self.inside, None))
        elif self.form is not None and tag == "option" and self.inside:
            last = self.form["fields"][-1][1]
            if "selected" in given or last in (None, ""):
                self.form["fields"][-1] = (self.inside, given.get("value"))
                self.option = given.get("value") is None
        elif self.form is not None and tag == "button":
            self.form["buttons"].append((given.get("name"), given.get("value", ""), given.get("formmethod")))
        elif tag == "h1":
            self.h1 += 1
        elif tag == "title":
            self.inside = "title"

    def handle_data(self, data):
        if self.inside == "title":
            self.title += data
        elif self.inside and self.form is not None and getattr(self, "option", False):
            self.form["fields"][-1] = (self.inside, data)
            self.option = False

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None
        if tag in ("title", "select"):
            self.inside = None


class Somebody:
    """A browser without a script."""
    def __init__(self, role):
        self.role, self.cookie = role, None
        self.connection = http.client.HTTPConnection(HOST, timeout=30)
        if role:
            link = subprocess.run([NEWSWATCH, "web", "login", "--role", role, "--config", CONFIG], capture_output=True, text=True, check=True).stdout.split()[0]
            status, headers, _ = self.ask("POST", urlsplit(link).path, b"")
            assert status == 303, status
            self.cookie = headers["Set-Cookie"].split(";")[0]

    def ask(self, method, path, body=None):
        fields = {"Origin": SITE} if method == "POST" else {}
        if self.cookie:
            fields["Cookie"] = self.cookie
        if body is not None:
            fields["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            self.connection.request(method, path, body, fields)
            answer = self.connection.getresponse()
        except (http.client.HTTPException, ConnectionError):
            self.connection.close()
            self.connection.request(method, path, body, fields)
            answer = self.connection.getresponse()
        # A stream has no end.
        text = "" if answer.headers.get_content_type() == "text/event-stream" else answer.read().decode("utf-8", "replace")
        return answer.status, answer.headers, text


watcher = http.client.HTTPConnection(HOST, timeout=30)


def written():
    """The number of the newest row of the journal."""
    watcher.request("GET", "/api/v1/journal?limit=1", headers={"Authorization": f"Bearer {TOKEN}"})
    return json.loads(watcher.getresponse().read())["next"]


def own(base, address):
    """An address of this site, without what follows the sharp."""
    parts = urlsplit(urljoin(SITE + base, address))
    return None if parts.netloc != HOST else parts.path + (f"?{parts.query}" if parts.query else "")


def crawl(role):
    who, counts = Somebody(role), Counter()
    waiting, seen, forms = ["/", "/login", "/no-such-page", "/settings", "/journal", "/api/v1/openapi.json", "/metrics"], set(), {}
    fault = lambda text: faults.append(f"as {role or 'nobody'}: {text}")
    while waiting and len(seen) < MOST:
        path = waiting.pop(0)
        if path in seen or path.startswith("/events"):
            continue
        seen.add(path)
        before = written()
        status, headers, text = who.ask("GET", path)
        counts["GET"] += 1
        counts[status] += 1
        if status >= 500:
            fault(f"GET {path}: {status}")
        if status == 404 and path != "/no-such-page":
            fault(f"GET {path}: a link that leads nowhere")
        if status == 403:
            fault(f"GET {path}: shown and refused")
        if written() != before:
            fault(f"GET {path} wrote something")
        if role is None and status == 200 and path.split("?")[0] not in ("/login", "/healthz", "/readyz") and not path.startswith("/assets/"):
            fault(f"GET {path}: nobody gets in without proof")
        if headers.get("Location"):
            waiting.append(own(path, headers["Location"]))
        if headers.get_content_type() != "text/html" or not text:
            continue
        page = Page(text)
        counts["pages"] += 1
        if not page.title.strip() or page.h1 != 1:
            fault(f"GET {path}: title {page.title!r}, {page.h1} first headings")
        if " style=" in text or "<script>" in text:
            fault(f"GET {path}: a style or a script in the page")
        for link in page.links:
            counts["links"] += 1
            place = own(path, link)
            if urlsplit(urljoin(SITE + path, link)).scheme not in ("http", "https"):
                fault(f"GET {path}: a link to {link[:60]}")
            # What the pages offer, each filter and page of a list once; not the same list in every order of its parts.
            if place and place not in seen and place.count("&") < 3:
                waiting.append(place)
        for form in page.forms:
            for name, value, method in form["buttons"] or [(None, "", None)]:
                fields = [(key, given or "") for key, given in form["fields"] if key]
                fields += [(name, value)] if name else []
                method = (method or form["method"]).upper()
                action = own(path, form["action"] if form["action"] is not None else path)
                if method == "GET":
                    waiting.append(action.split("?")[0] + "?" + urlencode(fields))
                else:
                    forms.setdefault((action, urlencode(fields)), path)
    for (action, body), path in sorted(forms.items(), key=lambda form: form[0][0] == "/logout"):
        press(who, counts, fault, action, body, path)
    return counts, forms


def press(who, counts, fault, action, body, path):
    """Presses a button that the page at `path` shows."""
    before = written()
    status, headers, text = who.ask("POST", action, body.encode())
    counts["POST"] += 1
    counts[status] += 1
    rows, place = written() != before, headers.get("Location", "")
    counts["rows"] += rows
    if status >= 500 or status in (401, 403, 404, 405) and not action.startswith("/login"):
        fault(f"POST {action} {body} (shown at {path}): {status}")
    # Where nothing could be changed, the page says so.
    said_nothing = place.endswith(("said=unchanged", "said=nothing"))
    if status in (200, 303) and not rows and not said_nothing and not action.startswith(("/login", "/logout")):
        fault(f"POST {action} {body}: no row in the journal ({place})")
    if status == 303 and not place.startswith("/"):
        fault(f"POST {action}: leads to {place}")


def refused(role, forms, shown):
    """Sends what others are shown and this role is not."""
    who, count = Somebody(role), 0
    for action, body in forms:
        if (action, body) in shown or action.startswith(("/login", "/logout")) or any(action == known for known, _ in shown):
            continue
        before = written()
        status, headers, _ = who.ask("POST", action, body.encode())
        is_refused = status == 403 if role else status == 401 or status == 303 and headers.get("Location", "").startswith("/login")
        if not is_refused or written() != before:
            faults.append(f"as {role or 'nobody'}: POST {action}, which is not shown, is answered {status}")
        count += 1
    return count


roles = (None, "reader", "editor", "admin")
table, all_forms, shown = [], {}, {}
for role in roles:
    counts, forms = crawl(role)
    shown[role] = set(forms)
    all_forms.update(forms)
    table.append((role, counts))
print(f"{'':8}{'GET':>6}{'pages':>7}{'links':>8}{'POST':>6}{'rows':>6}{'200':>6}{'303':>6}{'4xx':>6}{'5xx':>6}  not shown, sent, refused")
for role, counts in table:
    group = lambda low: sum(number for status, number in counts.items() if isinstance(status, int) and low <= status < low + 100)
    # An editor is shown what an administrator is, but for what has been made since.
    not_shown = refused(role, all_forms, shown[role]) if role in (None, "reader") else "-"
    print(f"{role or 'nobody':8}{counts['GET']:6}{counts['pages']:7}{counts['links']:8}{counts['POST']:6}{counts['rows']:6}{counts[200]:6}{counts[303]:6}{group(400):6}{group(500):6}  {not_shown}")
for fault in faults[:60]:
    print(fault)
print(f"{len(faults)} faults")
sys.exit(bool(faults))
