//! A feed's HTML made safe to hand on: no scripts, no handlers, no addresses but those of the web and mail.
//!
//! The sanitiser parses as browsers do, which takes time that grows with the square of the depth. So the
//! markup is measured first, and what is deeper or denser than anything written by hand goes on as text.

use std::borrow::Cow;

use ammonia::{Builder, UrlRelative};
use url::Url;

use super::{BYTES_A_STEP, references, text};
use crate::domain::{Budget, visible};

/// Bytes of one text that are sanitised; the rest is cut off. The longest articles have some 200 kB.
const MAX_BYTES: usize = 1024 * 1024;

/// Bytes of a text that is not parsed of which the words are taken.
const MAX_PLAIN_BYTES: usize = 64 * 1024;

/// Elements inside one another up to which markup is taken for markup; browsers stop at 512, too.
const MAX_DEPTH: usize = 256;

/// Attributes of one tag up to which markup is taken for markup.
const MAX_ATTRIBUTES: usize = 256;

/// Tags of one text up to which it is taken for markup: the parser takes some 400 bytes for each. Whole pages of news
/// have less than half of these.
const MAX_TAGS: usize = 40_000;

/// References in one text up to which it is taken for markup: the parser copies the text again at each.
const MAX_REFERENCES: usize = 20_000;

/// Elements that the parser of HTML opens again after the element they stand in has ended.
const FORMATTING_ELEMENTS: [&str; 14] = [
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
];

/// Elements that end by themselves: they say nothing about depth.
const FLAT_ELEMENTS: [&str; 25] = [
    "area", "base", "br", "col", "colgroup", "dd", "dt", "embed", "hr", "img", "input", "li",
    "link", "meta", "option", "p", "param", "source", "tbody", "td", "tfoot", "th", "thead", "tr",
    "wbr",
];

/// Returns HTML with everything that could do harm left out; relative addresses are resolved where a base is known.
///
/// Bounded in time and size: markup of absurd depth, and what stands behind the end of the budget, comes back as its
/// text, and a text of more than a megabyte is cut.
#[must_use]
pub fn sanitised(html: &str, base: Option<&Url>, budget: &Budget<'_>) -> String {
    let html = html
        .get(..html.floor_char_boundary(MAX_BYTES))
        .unwrap_or(html);
    let html = without_controls(html);
    if !html.contains(['<', '&', '>']) {
        return html.into_owned();
    }
    let html = references::normalised(&html);
    if !budget.lasts(1 + html.len() / BYTES_A_STEP) || is_absurd(&html) {
        return text::line_of_html(&text::without_all_tags(&html))
            .map(|line| text::escaped(&line))
            .unwrap_or_default();
    }
    let mut builder = Builder::default();
    builder.link_rel(None);
    if let Some(base) = base {
        builder.url_relative(UrlRelative::RewriteWithBase(base.clone()));
    }
    builder.clean(&html).to_string()
}

/// Returns the words of the beginning of an HTML text, as one line, without parsing it: for a text that nobody may
/// parse any more.
#[must_use]
pub fn plain(html: &str) -> String {
    let html = html
        .get(..html.floor_char_boundary(MAX_PLAIN_BYTES))
        .unwrap_or(html);
    text::line_of_html(&text::without_all_tags(html)).unwrap_or_default()
}

/// Drops control characters and those that turn the direction of text.
fn without_controls(html: &str) -> Cow<'_, str> {
    if html.is_ascii() && !html.contains(is_unwanted) {
        return Cow::Borrowed(html);
    }
    Cow::Owned(visible(html).filter(|c| !is_unwanted(*c)).collect())
}

fn is_unwanted(c: char) -> bool {
    c.is_control() && !matches!(c, '\t' | '\n' | '\r')
}

/// Returns whether markup is deeper, or its tags longer, than its parser can bear.
fn is_absurd(html: &str) -> bool {
    let has_more =
        |sign: u8, limit: usize| memchr::memchr_iter(sign, html.as_bytes()).count() > limit;
    if has_more(b'&', MAX_REFERENCES) || has_more(b'<', MAX_TAGS) {
        return true;
    }
    let mut open: Vec<&str> = Vec::new();
    let mut formatting: Vec<&str> = Vec::new();
    for markup in html.split('<').skip(1) {
        let is_end = markup.starts_with('/');
        let name = element_name(markup.strip_prefix('/').unwrap_or(markup));
        if name.is_empty() {
            continue;
        }
        if attributes(markup) > MAX_ATTRIBUTES {
            return true;
        }
        let is_name = |other: &&str| other.eq_ignore_ascii_case(name);
        // HTML §13.2.6.1: formatting elements live on past the end of what they stand in, so they are
        // counted apart, and end only by their own name.
        let stack = if FORMATTING_ELEMENTS.iter().any(is_name) {
            &mut formatting
        } else {
            &mut open
        };
        if is_end {
            if let Some(opened) = stack.iter().rposition(is_name) {
                stack.truncate(opened);
            }
        } else if !FLAT_ELEMENTS.iter().any(is_name) {
            stack.push(name);
        }
        if open.len() + formatting.len() > MAX_DEPTH {
            return true;
        }
    }
    false
}

/// Counts what may be attributes in the tag that begins here.
fn attributes(markup: &str) -> usize {
    if markup.len() <= MAX_ATTRIBUTES {
        return 0;
    }
    let tag = markup.split_once('>').map_or(markup, |(tag, _)| tag);
    let words = tag.split(|c: char| c.is_whitespace() || c == '/').count();
    words.max(tag.bytes().filter(|byte| *byte == b'=').count())
}

fn element_name(markup: &str) -> &str {
    let end = markup
        .find(|c: char| !c.is_ascii_alphanumeric())
        .unwrap_or(markup.len());
    markup
        .get(..end)
        .filter(|name| name.starts_with(|c: char| c.is_ascii_alphabetic()))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sanitised(html: &str, base: Option<&Url>) -> String {
        super::sanitised(html, base, &Budget::new(&|| true))
    }

    #[test]
    fn what_could_do_harm_is_left_out() {
        for (html, safe) in [
            ("<p>Hello <b>you</b></p>", "<p>Hello <b>you</b></p>"),
            ("<script>alert(1)</script>Safe", "Safe"),
            ("<a href=\"javascript:alert(1)\">x</a>", "<a>x</a>"),
            ("<p onclick=\"alert(1)\">x</p>", "<p>x</p>"),
            ("a\u{202E}b\u{0}c", "abc"),
            ("1 < 2", "1 &lt; 2"),
        ] {
            assert_eq!(sanitised(html, None), safe, "{html}");
        }
    }

    #[test]
    fn the_plain_words_are_those_between_the_tags() {
        let html = "<p title=\"a\">The &eacute;tude<br>begins <b>now";
        assert_eq!(plain(html), "The étude begins now");
        assert!(plain(&"<p>word".repeat(1_000_000)).len() <= 4 * text::MAX_LINE_CHARS);
    }

    #[test]
    fn relative_addresses_are_resolved_where_a_base_is_known() {
        let base = Url::parse("https://example.org/news/").unwrap();
        assert_eq!(
            sanitised("<a href=\"../a\">x</a>", Some(&base)),
            "<a href=\"https://example.org/a\">x</a>"
        );
    }

    #[test]
    fn a_budget_that_has_ended_leaves_the_text() {
        let spent = Budget::new(&|| false);
        let html = "<p>word</p>".repeat(10_000);
        let safe = super::sanitised(&html, None, &spent);
        assert!(safe.starts_with("word word") && !safe.contains('<'));
    }

    #[test]
    fn markup_of_absurd_depth_becomes_its_text() {
        let bombs = [
            "<div>".repeat(100_000),
            "<div></x>".repeat(100_000),
            "<b><i><a>".repeat(50_000),
            "<p><b x></p>".repeat(50_000),
            "<ul><li>".repeat(50_000),
            "<rp>".repeat(50_000),
            "<x y='&'>".repeat(50_000),
            "<p>".repeat(50_000),
            format!("<p {}>", "a ".repeat(200_000)),
        ];
        for bomb in bombs {
            assert_eq!(
                sanitised(&format!("before{bomb}after"), None).replace(' ', ""),
                "beforeafter"
            );
        }
    }

    #[test]
    fn a_long_text_of_flat_elements_stays_markup() {
        let html = "<p>one<br>two".repeat(5_000);
        assert!(sanitised(&html, None).starts_with("<p>one<br>two</p>"));
    }
}
