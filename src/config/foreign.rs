//! Whole files of other kinds, given as a configuration: one answer for them all, and not one a line.

/// A text that is something else than TOML.
pub(super) struct Foreign {
    /// What it is, with its article.
    pub(super) what: &'static str,
    /// What to do.
    pub(super) hint: &'static str,
    /// The byte that gives it away.
    pub(super) at: usize,
}

/// How to come from another kind of file to a configuration.
const START: &str =
    "newswatch reads TOML; newswatch init DIR writes a commented file to start from";

/// What the first bytes of files that hold no plain text look like.
const MAGIC: [(&[u8], &str); 9] = [
    (b"\xff\xfe", "UTF-16 text"),
    (b"\xfe\xff", "UTF-16 text"),
    (
        b"PK\x03\x04",
        "a document of a word processor or an archive",
    ),
    (b"\xd0\xcf\x11\xe0", "a document of a word processor"),
    (b"{\\rtf", "a document of a word processor (RTF)"),
    (b"%PDF", "a PDF"),
    (b"SQLite format 3", "a database"),
    (b"\x1f\x8b", "packed (gzip)"),
    (b"\x89PNG", "a picture"),
];

/// What a file is that holds no plain text in UTF-8.
pub(super) fn kind_of_bytes(bytes: &[u8]) -> Option<&'static str> {
    let (_, what) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic))?;
    Some(what)
}

/// What a text is if it is another kind of file as a whole.
pub(super) fn kind_of(text: &str) -> Option<Foreign> {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    let at = text.len() - start.len();
    let what = if start.starts_with('<') {
        markup(start)?
    } else if start.starts_with('{') && start.contains(':') {
        ("JSON", START)
    } else if is_yaml(start) {
        ("YAML", START)
    } else {
        return None;
    };
    let (what, hint) = what;
    Some(Foreign { what, hint, at })
}

fn markup(start: &str) -> Option<(&'static str, &'static str)> {
    let head: String = start
        .chars()
        .take(1_000)
        .flat_map(char::to_lowercase)
        .collect();
    if head.contains("<opml") {
        let hint = "newswatch feeds import FILE makes [[feed]] tables of it";
        Some(("an OPML list of feeds", hint))
    } else if head.contains("<rss") || head.contains("<feed") || head.contains("<rdf:rdf") {
        let hint =
            "put its address into the configuration: [[feed]], and below it url = \"https://...\"";
        Some(("a feed", hint))
    } else if head.contains("<!doctype html") || head.contains("<html") {
        Some(("a web page", START))
    } else {
        head.starts_with("<?xml").then_some(("XML", START))
    }
}

/// Whether no line is TOML, and several are a key, a colon and a value.
fn is_yaml(text: &str) -> bool {
    let lines = || {
        text.lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
    };
    let is_toml = |line: &str| {
        line.starts_with('[')
            || line
                .split_once('=')
                .is_some_and(|(key, _)| !key.contains(':'))
    };
    let is_pair = |line: &str| {
        let line = line.trim_start_matches("- ");
        line.split_once(':').is_some_and(|(key, rest)| {
            let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '"');
            !key.is_empty()
                && key.chars().all(is_word)
                && (rest.is_empty() || rest.starts_with(' '))
        })
    };
    !lines().any(is_toml) && lines().filter(|line| is_pair(line)).count() >= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_kinds_of_files_are_known_as_a_whole() {
        for (text, what) in [
            ("{\n  \"feeds\": [\"https://a.example/\"]\n}\n", "JSON"),
            ("# news\nfeeds:\n  - url: https://a.example/\n", "YAML"),
            (
                "<?xml version='1.0'?><opml version='2.0'/>",
                "an OPML list of feeds",
            ),
            ("<!DOCTYPE html><title>x</title>", "a web page"),
            ("<rss version='2.0'/>", "a feed"),
        ] {
            assert_eq!(
                kind_of(text).map(|foreign| foreign.what),
                Some(what),
                "{text}"
            );
        }
        assert_eq!(kind_of_bytes(b"PK\x03\x04rest"), Some(MAGIC[2].1));
    }

    #[test]
    fn a_configuration_with_a_slip_is_one_all_the_same() {
        for text in [
            "",
            "a: 1\n",
            "[[watch]]\nname: 'x'\nquery: 'y'\n",
            "a = 1\nb: 2\nc: 3\n",
            "# {\n",
        ] {
            assert!(kind_of(text).is_none(), "{text}");
        }
    }
}
