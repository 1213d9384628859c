//! robots.txt: what a site asks robots not to read (RFC 9309).
//!
//! Takes the file and an address, says whether the page may be read. A file that cannot be understood forbids nothing.

use url::Url;

/// The most that is read of a file (RFC 9309 §2.5 asks for 500 KiB).
pub const MAX_ROBOTS_BYTES: u64 = 512 * 1024;

/// By what name we look for rules of our own.
const AGENT: &str = "newswatch";

/// The longest pattern, and the most rules, that are heeded: a file cannot make matching dear.
const MAX_PATTERN_BYTES: usize = 2_000;
const MAX_RULES: usize = 5_000;

/// The most that is kept of the rules of a site.
const MAX_KEPT_BYTES: usize = 64 * 1024;

/// What a line of a group says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    Allow,
    Disallow,
    /// No part of RFC 9309, but many write it.
    CrawlDelay,
}

/// The words of the keys.
const KEYS: [(&str, Key); 3] = [
    ("Allow", Key::Allow),
    ("Disallow", Key::Disallow),
    ("Crawl-delay", Key::CrawlDelay),
];

/// A line as written: what it says, and of what.
type Rule<'a> = (Key, &'a str);

/// The rules of a robots.txt that hold for us, for people to read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RobotsRules<'a> {
    /// Patterns that may not be read.
    pub disallowed: Vec<&'a str>,
    /// Patterns that may be read all the same.
    pub allowed: Vec<&'a str>,
    /// The seconds that the site asks to leave between two requests.
    pub crawl_delay_s: Option<f64>,
}

impl<'a> RobotsRules<'a> {
    /// Reads the rules that hold for us.
    #[must_use]
    pub fn of(file: &'a str) -> Self {
        let mut all = Self::default();
        for (key, value) in rules(file) {
            match key {
                Key::Allow => all.allowed.push(value),
                Key::Disallow => all.disallowed.push(value),
                Key::CrawlDelay => {
                    let delay = value.parse::<f64>().ok();
                    let delay = delay.filter(|delay| delay.is_finite() && *delay >= 0.0);
                    all.crawl_delay_s = all.crawl_delay_s.or(delay);
                }
            }
        }
        all
    }
}

/// Says whether a robots.txt lets us read the page at an address.
///
/// RFC 9309 §2.2: the group for our name holds, else that for `*`; the longest pattern that fits decides, and of two as
/// long the one that allows.
#[must_use]
pub fn robots_allow(file: &str, page: &Url) -> bool {
    let mut target = page.path().to_owned();
    if let Some(query) = page.query() {
        target.push('?');
        target.push_str(query);
    }
    if target == "/robots.txt" {
        return true;
    }
    let target = normal(&target);
    let mut best: Option<(usize, bool)> = None;
    for (key, pattern) in rules(file) {
        let pattern = normal(pattern);
        if key != Key::CrawlDelay && fits(&pattern, &target) {
            best = best.max(Some((pattern.len(), key == Key::Allow)));
        }
    }
    best.is_none_or(|(_, allows)| allows)
}

/// What of a robots.txt holds for us, as a robots.txt of its own: short enough to be kept.
#[must_use]
pub fn robots_rules(file: &str) -> String {
    let mut kept = String::from("User-agent: *\n");
    for (key, pattern) in rules(file) {
        if kept.len() + pattern.len() > MAX_KEPT_BYTES {
            break;
        }
        let word = KEYS.iter().find(|(_, known)| *known == key);
        kept.push_str(word.map_or("Disallow", |(word, _)| word));
        kept.push_str(": ");
        kept.push_str(pattern);
        kept.push('\n');
    }
    kept
}

/// The rules that hold for us.
fn rules(file: &str) -> Vec<Rule<'_>> {
    let (mut own, mut general) = (Vec::new(), Vec::new());
    let mut has_own = false;
    // Who the group is for, and whether its rules have begun: the next name then begins another group.
    let (mut is_own, mut is_general, mut has_begun) = (false, false, false);
    for line in file.trim_start_matches('\u{feff}').lines() {
        let line = line.split('#').next().unwrap_or_default();
        let Some((key, value)) = line.split_once(':') else {
            continue;
        };
        let (key, value) = (key.trim(), value.trim());
        if key.eq_ignore_ascii_case("user-agent") {
            if has_begun {
                (is_own, is_general, has_begun) = (false, false, false);
            }
            is_own |= is_our_name(value);
            is_general |= value == "*";
            has_own |= is_own;
            continue;
        }
        let known = KEYS.iter().find(|(word, _)| key.eq_ignore_ascii_case(word));
        let Some((_, known)) = known else {
            continue;
        };
        // RFC 9309 §2.2.4: what is no rule of its own does not begin the rules of a group.
        has_begun |= *known != Key::CrawlDelay;
        if value.is_empty() || value.len() > MAX_PATTERN_BYTES {
            continue;
        }
        for (holds, list) in [(is_own, &mut own), (is_general, &mut general)] {
            if holds && list.len() < MAX_RULES {
                list.push((*known, value));
            }
        }
    }
    if has_own { own } else { general }
}

/// RFC 9309 §2.2.1: the name up to the first character that a product token cannot have, in any case.
fn is_our_name(value: &str) -> bool {
    let end = value
        .find(|c: char| !(c.is_ascii_alphabetic() || matches!(c, '-' | '_')))
        .unwrap_or(value.len());
    value
        .get(..end)
        .is_some_and(|name| name.eq_ignore_ascii_case(AGENT))
}

/// Brings percent-encoding to one form (RFC 9309 §2.2.2): what need not be encoded is not, and the digits are upper case.
fn normal(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        let encoded = match (byte, after) {
            (b'%', [high, low, ..]) => hex(*high).zip(hex(*low)),
            _ => None,
        };
        match encoded {
            Some((high, low)) => {
                rest = after.get(2..).unwrap_or_default();
                let plain = high << 4 | low;
                if plain.is_ascii_alphanumeric() || matches!(plain, b'-' | b'.' | b'_' | b'~') {
                    out.push(plain);
                } else {
                    out.extend(format!("%{plain:02X}").bytes());
                }
            }
            None if byte.is_ascii() => out.push(*byte),
            None => out.extend(format!("%{byte:02X}").bytes()),
        }
    }
    out
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

/// Whether a pattern fits the beginning of a target: `*` stands for anything, `$` at the end for the end.
///
/// The stars are filled from the left, each as early as possible, so that the cost is bounded by the product of the two
/// lengths and no pattern makes it grow beyond.
fn fits(pattern: &[u8], target: &[u8]) -> bool {
    let (pattern, at_end) = match pattern.split_last() {
        Some((b'$', rest)) => (rest, true),
        _ => (pattern, false),
    };
    let mut pieces = pattern.split(|byte| *byte == b'*');
    let Some(mut rest) = pieces.next().and_then(|first| target.strip_prefix(first)) else {
        return false;
    };
    let mut pieces = pieces.peekable();
    if pieces.peek().is_none() {
        return !at_end || rest.is_empty();
    }
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() && at_end {
            return rest.ends_with(piece);
        }
        let Some(found) = find(rest, piece) else {
            return false;
        };
        rest = rest.get(found + piece.len()..).unwrap_or_default();
    }
    true
}

fn find(text: &[u8], piece: &[u8]) -> Option<usize> {
    if piece.is_empty() {
        return Some(0);
    }
    memchr::memmem::find(text, piece)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(file: &str, path: &str) -> bool {
        let page = Url::parse("https://a.example").unwrap().join(path).unwrap();
        robots_allow(file, &page)
    }

    #[test]
    fn the_group_for_our_name_holds_and_else_the_one_for_all() {
        let file = "User-agent: *\nDisallow: /\n\nUser-agent: NewsWatch/2.0\nUser-agent: other\nDisallow: /private\n";
        assert!(allows(file, "/news/1"));
        assert!(!allows(file, "/private/1"));
        assert!(!allows("user-agent: *\ndisallow: /news", "/news/1"));
        assert!(allows("User-agent: otherbot\nDisallow: /", "/news/1"));
        assert!(!allows(
            "User-agent: a\nUser-agent: *\nDisallow: /",
            "/news/1"
        ));
        assert!(allows(
            "User-agent: newswatch\nDisallow:\nUser-agent: *\nDisallow: /",
            "/x"
        ));
    }

    #[test]
    fn groups_for_one_name_are_read_as_one() {
        let file = "User-agent: newswatch\nDisallow: /a\n\nUser-agent: x\nDisallow: /\n\nUser-agent: newswatch\nDisallow: /b\n";
        for (path, expected) in [("/a", false), ("/b", false), ("/c", true)] {
            assert_eq!(allows(file, path), expected, "{path}");
        }
    }

    #[test]
    fn the_longest_pattern_decides_and_of_two_as_long_the_one_that_allows() {
        let file =
            "User-agent: *\nDisallow: /news\nAllow: /news/free\nDisallow: /page\nAllow: /page";
        for (path, expected) in [
            ("/news/1", false),
            ("/news/free/1", true),
            ("/page", true),
            ("/other", true),
        ] {
            assert_eq!(allows(file, path), expected, "{path}");
        }
    }

    #[test]
    fn stars_and_ends_are_understood() {
        for (pattern, path, forbidden) in [
            ("/*.pdf$", "/a/b.pdf", true),
            ("/*.pdf$", "/a/b.pdf?x=1", false),
            ("/*/private/", "/a/private/b", true),
            ("/*/private/", "/private/b", false),
            ("/fish*", "/fishing/1", true),
            ("/fish$", "/fish", true),
            ("/fish$", "/fishing", false),
            ("/*?", "/a?b=c", true),
            ("/*?", "/a", false),
            ("*", "/anything", true),
            ("/a**b", "/axb", true),
            ("/a*$", "/abc", true),
        ] {
            let file = format!("User-agent: *\nDisallow: {pattern}");
            assert_eq!(allows(&file, path), !forbidden, "{pattern} {path}");
        }
    }

    #[test]
    fn encoding_makes_no_difference() {
        let file = "User-agent: *\nDisallow: /bi%e1%bb%83n\nDisallow: /%7Eme";
        assert!(!allows(file, "/biển"));
        assert!(!allows(file, "/~me/x"));
        let file = "User-agent: *\nDisallow: /biển";
        assert!(!allows(file, "/bi%E1%BB%83n"));
    }

    #[test]
    fn what_is_no_robots_txt_forbids_nothing() {
        for file in [
            "",
            "<html><body>Disallow: /</body>",
            "Disallow: /\n",
            "\u{0}\u{1}",
            "::::",
        ] {
            assert!(allows(file, "/news/1"), "{file:?}");
        }
        assert!(!allows(
            "\u{feff}User-agent: *\r\nDisallow: / # all\r\n",
            "/news/1"
        ));
    }

    #[test]
    fn what_is_kept_says_the_same() {
        let file = "Sitemap: x\nUser-agent: newswatch\nDisallow: /a\nAllow: /a/b\n\nUser-agent: *\nDisallow: /\n";
        let kept = robots_rules(file);
        assert_eq!(kept, "User-agent: *\nDisallow: /a\nAllow: /a/b\n");
        for path in ["/a", "/a/b", "/c"] {
            assert_eq!(allows(&kept, path), allows(file, path), "{path}");
        }
        let long = format!("User-agent: *\n{}", "Disallow: /x\n".repeat(100_000));
        assert!(robots_rules(&long).len() < 70_000);
    }

    #[test]
    fn what_holds_for_us_is_listed_with_the_delay_that_is_asked_for() {
        let file = "User-agent: *\nCrawl-delay: 7\nDisallow: /\n\nUser-agent: newswatch\ncrawl-delay: 2.5 # s\nDisallow: /a\nAllow: /a/b\nCrawl-delay: 9\n";
        let kept = robots_rules(file);
        let rules = RobotsRules::of(&kept);
        assert_eq!(rules, RobotsRules::of(file));
        assert_eq!(
            (rules.disallowed, rules.allowed),
            (vec!["/a"], vec!["/a/b"])
        );
        assert_eq!(rules.crawl_delay_s, Some(2.5));
        // It is no rule: both names are of one group, and nothing is forbidden by it.
        let file = "User-agent: newswatch\nCrawl-delay: -1\nUser-agent: other\nDisallow: /x\n";
        assert!(!allows(file, "/x") && allows(file, "/-1"));
        assert_eq!(RobotsRules::of(file).crawl_delay_s, None);
    }

    #[test]
    fn a_file_full_of_stars_costs_little() {
        let stars = format!("/{}x", "*a".repeat(900));
        let file = format!(
            "User-agent: *\n{}",
            format!("Disallow: {stars}\n").repeat(200)
        );
        assert!(allows(&file, &format!("/{}", "a".repeat(1_500))));
    }
}
