//! Files with one mistake each, the place where it is found, its kind, and a part of what is said.

use super::*;

/// A file with one mistake.
struct Case {
    /// The mistake.
    name: &'static str,
    /// The file.
    text: &'static str,
    /// The line and column that the problem names.
    at: (usize, usize),
    /// Its kind.
    kind: &'static str,
    /// Parts of its message and hint.
    says: &'static [&'static str],
}

const fn case(
    name: &'static str,
    text: &'static str,
    at: (usize, usize),
    kind: &'static str,
    says: &'static [&'static str],
) -> Case {
    Case {
        name,
        text,
        at,
        kind,
        says,
    }
}

/// Tells each case whose errors are not exactly the expected one.
fn check(cases: &[Case]) {
    let mut failures = Vec::new();
    for case in cases {
        let found = errors(case.text);
        let is_found = match found.as_slice() {
            [only] => {
                let said = format!("{only}");
                (only.line, only.column) == case.at
                    && only.kind.as_str() == case.kind
                    && case.says.iter().all(|part| said.contains(part))
            }
            _ => false,
        };
        if !is_found {
            failures.push(format!("{}: found {found:#?}", case.name));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn text_that_is_not_toml() {
    check(&[
        case(
            "unquoted",
            "[poll]\nevery = 15m\n",
            (2, 9),
            "syntax",
            &["quotes"],
        ),
        case(
            "unclosed-quote",
            "[poll]\nevery = \"15m\n",
            (2, 13),
            "syntax",
            &["closing quote"],
        ),
        case(
            "unclosed-list",
            "[[feed]]\nurl = \"https://a.example/\"\ntags = [\"a\"\n",
            (3, 12),
            "syntax",
            &["]"],
        ),
        case(
            "unclosed-header",
            "[poll\nevery = \"15m\"\n",
            (1, 6),
            "syntax",
            &["]"],
        ),
        case("no-value", "[poll]\nevery =\n", (2, 8), "syntax", &[]),
        case(
            "no-equals",
            "[poll]\nevery \"15m\"\n",
            (2, 7),
            "syntax",
            &[],
        ),
        case(
            "key-twice",
            "[poll]\nevery = \"15m\"\nevery = \"20m\"\n",
            (3, 1),
            "syntax",
            &["before"],
        ),
        case(
            "table-twice",
            "[poll]\n[http]\n[poll]\n",
            (3, 2),
            "syntax",
            &["before"],
        ),
        case(
            "table-and-list",
            "[[watch]]\nname = 'x'\nquery = 'y'\n[watch]\n",
            (4, 2),
            "syntax",
            &[],
        ),
        case(
            "bad-escape",
            "[alias]\na = \"\\d\"\n",
            (2, 7),
            "syntax",
            &[],
        ),
        case(
            "quotes-in-quotes",
            "[[watch]]\nname = \"a\"\nquery = \"a \"b\" c\"\n",
            (3, 13),
            "syntax",
            &["single"],
        ),
        case(
            "nested-too-deep",
            concat!(
                "a = [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
                "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\n"
            ),
            (1, 85),
            "syntax",
            &["deep"],
        ),
    ]);
}

#[test]
fn keys_that_do_not_exist() {
    check(&[
        case(
            "top",
            "fedd = 1\n",
            (1, 1),
            "unknown-key",
            &["did you mean \"feed\"?"],
        ),
        case(
            "poll",
            "[poll]\nevrey = \"5m\"\n",
            (2, 1),
            "unknown-key",
            &["poll.evrey", "\"every\""],
        ),
        case(
            "http",
            "[http]\nproxy = 'x'\n",
            (2, 1),
            "unknown-key",
            &["contact, allow_private"],
        ),
        case(
            "feed",
            "[[feed]]\nurl = 'https://a.example/'\nintervall = '5m'\n",
            (3, 1),
            "unknown-key",
            &["feed[1].intervall"],
        ),
        case(
            "second-feed",
            "[[feed]]\nurl = 'https://a.example/'\n[[feed]]\nurl = 'https://b.example/'\ntag = []\n",
            (5, 1),
            "unknown-key",
            &["feed[2].tag", "\"tags\""],
        ),
        case(
            "article",
            "[[feed]]\nurl = 'https://a.example/'\narticle = { bdy = 'p' }\n",
            (3, 13),
            "unknown-key",
            &["\"body\""],
        ),
        case(
            "watch",
            "[[watch]]\nname = 'w'\nquery = 'a'\nquerry = 'b'\n",
            (4, 1),
            "unknown-key",
            &["\"query\""],
        ),
        case(
            "channel",
            "[[channel]]\nname = 'c'\ntype = 'console'\ncolour = 'red'\n",
            (4, 1),
            "unknown-key",
            &["colour"],
        ),
        case(
            "smtp",
            "[[channel]]\nname = 'm'\ntype = 'email'\nto = ['a@example.org']\nfrom = 'b@example.org'\nsmtp = { host = 'h', prot = 25 }\n",
            (6, 22),
            "unknown-key",
            &["\"port\""],
        ),
        case(
            "secret",
            "[[channel]]\nname = 'h'\ntype = 'webhook'\nurl = 'https://h.example/'\nsecret = { credentials = 'x' }\n",
            (5, 12),
            "unknown-key",
            &["\"credential\""],
        ),
        case(
            "of-another-type",
            "[[channel]]\nname = 'c'\ntype = 'console'\nurl = 'https://h.example/'\n",
            (4, 7),
            "unknown-key",
            &["webhook"],
        ),
        case(
            "dotted",
            "poll.evry = '5m'\n",
            (1, 6),
            "unknown-key",
            &["\"every\""],
        ),
        case(
            "under-a-table",
            "[poll]\nstate_dir = '/x'\n",
            (2, 1),
            "unknown-key",
            &["above the first line"],
        ),
    ]);
}

#[test]
fn values_of_the_wrong_type() {
    check(&[
        case(
            "number-for-text",
            "state_dir = 7\n",
            (1, 13),
            "bad-value",
            &["7", "quotes"],
        ),
        case(
            "number-for-duration",
            "[poll]\nevery = 900\n",
            (2, 9),
            "bad-value",
            &["900", "\"15m\""],
        ),
        case(
            "text-for-list",
            "[[feed]]\nurl = 'https://a.example/'\ntags = 'asia'\n",
            (3, 8),
            "bad-value",
            &["[\"asia\"]"],
        ),
        case(
            "number-in-list",
            "[[feed]]\nurl = 'https://a.example/'\ntags = ['asia', 5]\n",
            (3, 17),
            "bad-value",
            &["feed[1].tags[2]"],
        ),
        case(
            "table-for-list",
            "[feed]\nurl = 'https://a.example/'\n",
            (1, 1),
            "bad-value",
            &["[[feed]]"],
        ),
        case(
            "text-for-table",
            "poll = '5m'\n",
            (1, 8),
            "bad-value",
            &["[poll]"],
        ),
        case(
            "list-of-texts-for-tables",
            "watch = ['a']\n",
            (1, 10),
            "bad-value",
            &["[[watch]]"],
        ),
        case(
            "number-for-alias",
            "[alias]\na = 5\n",
            (2, 5),
            "bad-value",
            &["alias.a", "5"],
        ),
        case(
            "table-for-alias",
            "[alias]\na.b = 'x'\n",
            (2, 1),
            "bad-value",
            &["alias.a"],
        ),
        case(
            "text-for-number",
            "[[watch]]\nname = 'w'\nquery = 'a'\nmin_score = '20'\n",
            (4, 13),
            "bad-value",
            &["number"],
        ),
        case(
            "no-number",
            "[[watch]]\nname = 'w'\nquery = 'a'\nmin_score = nan\n",
            (4, 13),
            "bad-value",
            &["nan"],
        ),
        case(
            "number-for-query",
            "[[watch]]\nname = 'w'\nquery = 5\n",
            (3, 9),
            "bad-value",
            &["watch[1].query"],
        ),
        case(
            "number-for-webhook",
            "[[channel]]\nname = 'h'\ntype = 'webhook'\nurl = 5\n",
            (4, 7),
            "bad-value",
            &["channel[1].url"],
        ),
        case(
            "truth-for-article",
            "[[feed]]\nurl = 'https://a.example/'\narticle = false\n",
            (3, 11),
            "bad-value",
            &["false", "\"never\""],
        ),
        case(
            "date-for-text",
            "state_dir = 2026-01-01\n",
            (1, 13),
            "bad-value",
            &["2026-01-01"],
        ),
    ]);
}

#[test]
fn values_that_are_not_understood() {
    check(&[
        case(
            "duration",
            "[poll]\nevery = '15 parsecs'\n",
            (2, 9),
            "bad-value",
            &["\"15 parsecs\" is not a duration", "\"30s\""],
        ),
        case(
            "duration-without-unit",
            "[poll]\nevery = '15'\n",
            (2, 9),
            "bad-value",
            &["\"15m\""],
        ),
        case(
            "too-short",
            "[poll]\nevery = '0s'\n",
            (2, 9),
            "bad-value",
            &["\"1s\" to \"30d\""],
        ),
        case(
            "too-long",
            "[poll]\ntimeout = '2h'\n",
            (2, 11),
            "bad-value",
            &["\"10m\""],
        ),
        case(
            "first-poll",
            "[poll]\nfirst_poll = 'alerts'\n",
            (2, 14),
            "bad-value",
            &["\"alert\""],
        ),
        case(
            "feed-first-poll",
            "[[feed]]\nurl = 'https://a.example/'\nfirst_poll = '24 hours'\n",
            (3, 14),
            "bad-value",
            &["\"24h\""],
        ),
        case(
            "contact",
            "[http]\ncontact = 'our (bot)'\n",
            (2, 11),
            "bad-value",
            &["mail address"],
        ),
        case(
            "contact-with-line-end",
            "[http]\ncontact = \"https://a.example/\\r\\nX: y\"\n",
            (2, 11),
            "bad-value",
            &[],
        ),
        case(
            "allow-private-name",
            "[http]\nallow_private = ['localhost:80']\n",
            (2, 18),
            "bad-value",
            &["127.0.0.1:80"],
        ),
        case(
            "allow-private-prefix",
            "[http]\nallow_private = ['10.0.0.0/33']\n",
            (2, 18),
            "bad-value",
            &["10.0.0.0/8"],
        ),
        case(
            "feed-url-without-scheme",
            "[[feed]]\nurl = 'a.example/rss'\n",
            (2, 7),
            "bad-value",
            &["https://"],
        ),
        case(
            "feed-url-scheme",
            "[[feed]]\nurl = 'ftp://a.example/rss'\n",
            (2, 7),
            "bad-value",
            &["ftp"],
        ),
        case(
            "feed-url-file",
            "[[feed]]\nurl = 'file:///etc/passwd'\n",
            (2, 7),
            "bad-value",
            &["file"],
        ),
        case(
            "feed-url-feed",
            "[[feed]]\nurl = 'feed://a.example/rss'\n",
            (2, 7),
            "bad-value",
            &["https://"],
        ),
        case(
            "feed-url-port",
            "[[feed]]\nurl = 'https://a.example:99999/'\n",
            (2, 7),
            "bad-value",
            &["port"],
        ),
        case(
            "feed-name-like-a-tag",
            "[[feed]]\nurl = 'https://a.example/'\nname = 'tag:x'\n",
            (3, 8),
            "bad-value",
            &["tag:"],
        ),
        case(
            "empty-tag",
            "[[feed]]\nurl = 'https://a.example/'\ntags = ['']\n",
            (3, 9),
            "bad-value",
            &[],
        ),
        case(
            "article",
            "[[feed]]\nurl = 'https://a.example/'\narticle = 'nevr'\n",
            (3, 11),
            "bad-value",
            &["\"never\""],
        ),
        case(
            "name-of-spaces",
            "[[watch]]\nname = ' '\nquery = 'a'\n",
            (2, 8),
            "bad-value",
            &[],
        ),
        case(
            "name-with-line-end",
            "[[watch]]\nname = \"a\\nb\"\nquery = 'a'\n",
            (2, 8),
            "bad-value",
            &["\\n"],
        ),
        case(
            "alias-name",
            "[alias]\n'east sea' = 'a'\n",
            (2, 1),
            "bad-value",
            &["east-sea"],
        ),
        case(
            "empty-terms",
            "[[watch]]\nname = 'w'\nterms = []\n",
            (3, 9),
            "bad-value",
            &["empty"],
        ),
        case(
            "empty-feeds",
            "[[watch]]\nname = 'w'\nquery = 'a'\nfeeds = []\n",
            (4, 9),
            "bad-value",
            &["leave the key out"],
        ),
        case(
            "stem",
            "[[watch]]\nname = 'w'\nquery = 'a'\nstem = 'english'\n",
            (4, 8),
            "bad-value",
            &["en"],
        ),
        case(
            "priority",
            "[[watch]]\nname = 'w'\nquery = 'a'\npriority = 'hihg'\n",
            (4, 12),
            "bad-value",
            &["\"high\""],
        ),
        case(
            "channel-type",
            "[[channel]]\nname = 'c'\ntype = 'mail'\n",
            (3, 8),
            "bad-value",
            &["\"email\""],
        ),
        case(
            "retry",
            "[[channel]]\nname = 'c'\ntype = 'console'\nretry = ['5s', 'soon']\n",
            (4, 16),
            "bad-value",
            &["channel[1].retry[2]"],
        ),
        case(
            "path-with-tilde",
            "[[channel]]\nname = 'c'\ntype = 'file'\npath = '~/alerts'\n",
            (4, 8),
            "bad-value",
            &["in full"],
        ),
        case(
            "state-dir-with-variable",
            "state_dir = '$HOME/x'\n",
            (1, 13),
            "bad-value",
            &["in full"],
        ),
        case(
            "include-folder-wildcard",
            "include = ['*/a.toml']\n",
            (1, 12),
            "bad-value",
            &["last part"],
        ),
    ]);
}

#[test]
fn channels_that_cannot_work() {
    const MAIL: &str =
        "[[channel]]\nname = 'm'\ntype = 'email'\nto = ['a@example.org']\nfrom = 'b@example.org'\n";
    const HOOK: &str = "[[channel]]\nname = 'h'\ntype = 'webhook'\nurl = 'https://h.example/'\n";
    fn found(text: &str) -> Vec<(usize, usize, &'static str, String)> {
        errors(text)
            .iter()
            .map(|problem| {
                (
                    problem.line,
                    problem.column,
                    problem.kind.as_str(),
                    problem.to_string(),
                )
            })
            .collect()
    }
    for (start, rest, at, kind, says) in [
        (MAIL, "", (1, 1), "missing-key", "smtp"),
        (MAIL, "smtp = {}", (6, 8), "missing-key", "host"),
        (
            MAIL,
            "smtp = { host = 'h', port = 0 }",
            (6, 29),
            "bad-value",
            "65535",
        ),
        (
            MAIL,
            "smtp = { host = 'h', port = 70000 }",
            (6, 29),
            "bad-value",
            "70000",
        ),
        (
            MAIL,
            "smtp = { host = 'h', port = '25' }",
            (6, 29),
            "bad-value",
            "number",
        ),
        (
            MAIL,
            "smtp = { host = 'h:25' }",
            (6, 17),
            "bad-value",
            "\"h\"",
        ),
        (
            MAIL,
            "smtp = { host = 'smtps://h' }",
            (6, 17),
            "bad-value",
            "name of a server",
        ),
        (
            MAIL,
            "smtp = { host = '' }",
            (6, 17),
            "bad-value",
            "smtp.example.org",
        ),
        (
            MAIL,
            "smtp = { host = 'h', tls = 'starttls' }",
            (6, 28),
            "bad-value",
            "\"required\"",
        ),
        (
            MAIL,
            "smtp = { host = 'h', username = 'u' }",
            (6, 33),
            "missing-key",
            "password",
        ),
        (
            MAIL,
            "smtp = { host = 'h', password = 'p' }",
            (6, 33),
            "missing-key",
            "username",
        ),
        (
            MAIL,
            "smtp = { host = 'h', tls = 'none', username = 'u', password = 'p' }",
            (6, 63),
            "conflict",
            "never sent without TLS",
        ),
        (
            MAIL,
            "smtp = { host = 'h', username = 'u', password = 5 }",
            (6, 49),
            "bad-value",
            "a number cannot",
        ),
        (
            MAIL,
            "smtp = { host = 'h', username = 'u', password = {} }",
            (6, 49),
            "secret",
            "one place",
        ),
        (
            MAIL,
            "smtp = { host = 'h', username = 'u', password = { file = 'a', env = 'b' } }",
            (6, 49),
            "secret",
            "one place",
        ),
        (
            MAIL,
            "smtp = { host = 'h', username = 'u', password = { credential = '../x' } }",
            (6, 49),
            "secret",
            "name of a credential",
        ),
        (HOOK, "secret = 'abc'", (5, 10), "secret", "whsec_"),
        (HOOK, "secret = ['whsec_%%%']", (5, 11), "secret", "base64"),
        (
            HOOK,
            "secret = [{ env = 'A' }, { env = 'B' }, { env = 'C' }]",
            (5, 10),
            "bad-value",
            "two",
        ),
        (HOOK, "secret = { env = 5 }", (5, 18), "bad-value", "env"),
        (HOOK, "retry = '5s'", (5, 9), "bad-value", "list"),
    ] {
        let found = found(&format!("{start}{rest}\n"));
        let [(line, column, found_kind, said)] = found.as_slice() else {
            panic!("{rest}: {found:#?}");
        };
        assert_eq!(
            ((*line, *column), *found_kind),
            (at, kind),
            "{rest}: {said}"
        );
        assert!(said.contains(says), "{rest}: {said}");
    }
}

#[test]
fn mail_addresses_that_are_none() {
    for (key, to, from) in [
        ("to", "not an address", "b@example.org"),
        ("to", "Desk <a@example.org>", "b@example.org"),
        (
            "to",
            "a@example.org\\r\\nBcc: c@example.org",
            "b@example.org",
        ),
        ("from", "a@example.org", "newswatch"),
        (
            "from",
            "a@example.org",
            "News\\r\\nBcc: c@example.org <b@example.org>",
        ),
    ] {
        let text = format!(
            "[[channel]]\nname = 'm'\ntype = 'email'\nto = [\"{to}\"]\nfrom = \"{from}\"\nsmtp = {{ host = 'h' }}\n"
        );
        let found = errors(&text);
        let [only] = found.as_slice() else {
            panic!("{key} {to} {from}: {found:#?}");
        };
        assert_eq!(only.line, if key == "to" { 4 } else { 5 });
        assert_eq!(only.kind.as_str(), "bad-value");
    }
}

#[test]
fn keys_that_are_missing_or_exclude_each_other() {
    check(&[
        case(
            "feed-url",
            "[[feed]]\nname = 'x'\n",
            (1, 1),
            "missing-key",
            &["feed[1]", "\"url\""],
        ),
        case(
            "watch-name",
            "[[watch]]\nquery = 'a'\n",
            (1, 1),
            "missing-key",
            &["\"name\""],
        ),
        case(
            "watch-query",
            "[[watch]]\nname = 'w'\n",
            (1, 1),
            "missing-key",
            &["terms"],
        ),
        case(
            "query-and-terms",
            "[[watch]]\nname = 'w'\nquery = 'a'\nterms = ['b']\n",
            (4, 9),
            "conflict",
            &["not both"],
        ),
        case(
            "channel-type",
            "[[channel]]\nname = 'c'\n",
            (1, 1),
            "missing-key",
            &["\"type\""],
        ),
        case(
            "channel-name",
            "[[channel]]\ntype = 'console'\n",
            (1, 1),
            "missing-key",
            &["\"name\""],
        ),
        case(
            "webhook-url",
            "[[channel]]\nname = 'c'\ntype = 'webhook'\n",
            (1, 1),
            "missing-key",
            &["\"url\""],
        ),
        case(
            "file-path",
            "[[channel]]\nname = 'c'\ntype = 'file'\n",
            (1, 1),
            "missing-key",
            &["\"path\""],
        ),
        case(
            "bounds",
            "[poll]\nmin_every = '2h'\nmax_every = '1h'\n",
            (2, 13),
            "conflict",
            &["max_every"],
        ),
        case(
            "interval-below-bounds",
            "[poll]\nevery = '1m'\nmin_every = '5m'\n",
            (2, 9),
            "conflict",
            &["min_every"],
        ),
        case(
            "interval-above-bounds",
            "[poll]\nmax_every = '1h'\nevery = '2h'\n",
            (3, 9),
            "conflict",
            &["max_every"],
        ),
    ]);
}

#[test]
fn names_that_are_given_twice_or_not_at_all() {
    check(&[
        case(
            "feed-url",
            "[[feed]]\nurl = 'https://a.example/r'\n[[feed]]\nurl = 'https://A.example:443/r#x'\n",
            (4, 7),
            "duplicate-name",
            &["line 2 of t.toml"],
        ),
        case(
            "feed-name",
            "[[feed]]\nurl = 'https://a.example/'\nname = 'n'\n[[feed]]\nurl = 'https://b.example/'\nname = 'n'\n",
            (6, 8),
            "duplicate-name",
            &["line 3 of t.toml"],
        ),
        case(
            "watch",
            "[[watch]]\nname = 'w'\nquery = 'a'\n[[watch]]\nname = 'w'\nquery = 'b'\n",
            (5, 8),
            "duplicate-name",
            &["line 2 of t.toml"],
        ),
        case(
            "channel",
            "[[channel]]\nname = 'c'\ntype = 'console'\n[[channel]]\nname = 'c'\ntype = 'console'\n",
            (5, 8),
            "duplicate-name",
            &["line 2 of t.toml"],
        ),
        case(
            "recipient",
            "[[channel]]\nname = 'm'\ntype = 'email'\nto = ['a@example.org', 'A@example.org']\nfrom = 'b@example.org'\nsmtp = { host = 'h' }\n",
            (4, 24),
            "duplicate-name",
            &["line 4 of t.toml"],
        ),
        case(
            "unknown-channel",
            "[[channel]]\nname = 'desk'\ntype = 'console'\n[[watch]]\nname = 'w'\nquery = 'a'\nnotify = ['dekc']\n",
            (7, 11),
            "unknown-channel",
            &["watch[1].notify[1]"],
        ),
        case(
            "mistyped-channel",
            "[[channel]]\nname = 'desk'\ntype = 'console'\n[[watch]]\nname = 'w'\nquery = 'a'\nnotify = ['desk', 'Dsek']\n",
            (7, 19),
            "unknown-channel",
            &["\"desk\""],
        ),
        case(
            "no-channels",
            "[[watch]]\nname = 'w'\nquery = 'a'\nnotify = ['desk']\n",
            (4, 11),
            "unknown-channel",
            &["[[channel]]"],
        ),
        case(
            "unknown-tag",
            "[[feed]]\nurl = 'https://a.example/'\ntags = ['asia']\n[[watch]]\nname = 'w'\nquery = 'a'\nfeeds = ['tag:asai']\n",
            (7, 10),
            "unknown-feed",
            &["\"tag:asia\""],
        ),
        case(
            "tag-without-prefix",
            "[[feed]]\nurl = 'https://a.example/'\ntags = ['asia']\n[[watch]]\nname = 'w'\nquery = 'a'\nfeeds = ['asia']\n",
            (7, 10),
            "unknown-feed",
            &["\"tag:asia\""],
        ),
        case(
            "unknown-feed",
            "[[feed]]\nurl = 'https://a.example/'\nname = 'Morning'\n[[watch]]\nname = 'w'\nquery = 'a'\nfeeds = ['Mornign']\n",
            (7, 10),
            "unknown-feed",
            &["\"Morning\""],
        ),
        case(
            "announced-type",
            "[[channel]]\nname = 'c'\ntype = 'slack'\n",
            (3, 8),
            "not-supported",
            &["webhook"],
        ),
    ]);
}

#[test]
fn every_mistake_of_a_file_is_told_at_once_and_in_order() {
    let found = errors(
        "[poll]\nevery = 15m\ntimeout = 30\nevrey = 1\n[[feed]]\nurl = 'x'\n[[watch]]\nname = \"w\nqueri = 'a'\n\
         [[channel]]\nname = 'c'\ntype = 'consol'\nsecret = 5\n",
    );
    let told: Vec<_> = found
        .iter()
        .map(|problem| (problem.line, problem.kind.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (2, "syntax"),
            (3, "bad-value"),
            (4, "unknown-key"),
            (6, "bad-value"),
            (8, "syntax"),
            (9, "unknown-key"),
            (12, "bad-value"),
            (13, "bad-value"),
        ]
    );
}

#[test]
fn a_broken_line_is_not_blamed_for_what_it_may_have_said() {
    // The name, the channel and the query stand on lines that cannot be read.
    let found = errors(
        "[[channel]]\nname = desk\ntype = 'console'\n[[watch]]\nname = 'w'\nquery = \"a\nnotify = ['desk']\n",
    );
    let told: Vec<_> = found
        .iter()
        .map(|problem| (problem.line, problem.kind.as_str()))
        .collect();
    assert_eq!(told, [(2, "syntax"), (6, "syntax")]);
}

#[test]
fn a_problem_is_shown_with_its_line_underlined() {
    let found = errors("# Đài\n[poll]\nevery = \"15 parsecs\" # often\n");
    let shown = found.first().unwrap().render(Color::Plain);
    assert_eq!(
        shown,
        "error[bad-value]: poll.every: \"15 parsecs\" is not a duration\n \
         --> t.toml:3:9\n  |\n3 | every = \"15 parsecs\" # often\n  |         ^^^^^^^^^^^^\n  |\n  \
         = help: write a number and a unit, for example \"30s\", \"15m\", \"1h30m\" or \"2d\""
    );
}

#[test]
fn colours_come_only_when_asked_for() {
    let found = errors("x = 1\n");
    let problem = found.first().unwrap();
    assert!(!problem.render(Color::Plain).contains('\u{1b}'));
    assert!(problem.render(Color::Ansi).contains('\u{1b}'));
}

#[test]
fn a_problem_as_json_names_watch_kind_column_message_and_hint() {
    let found = errors("[[watch]]\nname = 'Biển'\nquery = 'a'\npriority = 'hihg'\n");
    let json = found.first().unwrap().to_json();
    assert_eq!(json["watch"], "Biển");
    assert_eq!(json["kind"], "bad-value");
    assert!(json["col"].is_null());
    assert_eq!(
        json["message"],
        "watch[1].priority: \"hihg\" is not a priority"
    );
    assert_eq!(json["hint"], "did you mean \"high\"?");
}
