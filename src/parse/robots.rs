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

/// A rule as written: whether it allows, and the pattern.
type Rule<'a> = (bool, &'a str);

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
    for (allows, pattern) in rules(file) {
        let pattern = normal(pattern);
        if fits(&pattern, &target) {
            best = best.max(Some((pattern.len(), allows)));
        }
    }
    best.is_none_or(|(_, allows)| allows)
}

/// What of a robots.txt holds for us, as a robots.txt of its own: short enough to be kept.
#[must_use]
pub fn robots_rules(file: &str) -> String {
    let mut kept = String::from("User-agent: *\n");
    for (allows, pattern) in rules(file) {
        if kept.len() + pattern.len() > MAX_KEPT_BYTES {
            break;
        }
        kept.push_str(if allows { "Allow: " } else { "Disallow: " });
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
        let allows = key.eq_ignore_ascii_case("allow");
        if !allows && !key.eq_ignore_ascii_case("disallow") {
            continue;
        }
        has_begun = true;
        if value.is_empty() || value.len() > MAX_PATTERN_BYTES {
            continue;
        }
        for (holds, list) in [(is_own, &mut own), (is_general, &mut general)] {
            if holds && list.len() < MAX_RULES {
                list.push((allows, value));
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
    fn a_file_full_of_stars_costs_little() {
        let stars = format!("/{}x", "*a".repeat(900));
        let file = format!(
            "User-agent: *\n{}",
            format!("Disallow: {stars}\n").repeat(200)
        );
        assert!(allows(&file, &format!("/{}", "a".repeat(1_500))));
    }
}
