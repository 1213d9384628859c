//! One line of text for people: a headline, a name, out of whatever markup a feed wrapped it in.

use std::borrow::Cow;

use super::references;
use crate::domain::visible;

/// Characters kept of a headline or a name. Headlines have some hundred; what is longer is a mistake or an
/// attack, and every later step would carry it along.
pub(super) const MAX_LINE_CHARS: usize = 4_096;

/// The names of HTML's elements, sorted: only these are taken for markup in a headline, so that
/// `Vec<Option<T>>` and `a <b` stay what their author wrote.
const HTML_ELEMENTS: [&str; 123] = [
    "a",
    "abbr",
    "acronym",
    "address",
    "applet",
    "area",
    "article",
    "aside",
    "audio",
    "b",
    "base",
    "bdi",
    "bdo",
    "big",
    "blink",
    "blockquote",
    "body",
    "br",
    "button",
    "canvas",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "details",
    "dfn",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "em",
    "embed",
    "fieldset",
    "figcaption",
    "figure",
    "font",
    "footer",
    "form",
    "frame",
    "frameset",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hgroup",
    "hr",
    "html",
    "i",
    "iframe",
    "img",
    "input",
    "ins",
    "kbd",
    "label",
    "legend",
    "li",
    "link",
    "main",
    "map",
    "mark",
    "marquee",
    "math",
    "menu",
    "meta",
    "nav",
    "nobr",
    "noframes",
    "noscript",
    "object",
    "ol",
    "optgroup",
    "option",
    "p",
    "param",
    "picture",
    "pre",
    "progress",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "script",
    "section",
    "select",
    "small",
    "source",
    "span",
    "strike",
    "strong",
    "style",
    "sub",
    "summary",
    "sup",
    "svg",
    "table",
    "tbody",
    "td",
    "template",
    "textarea",
    "tfoot",
    "th",
    "thead",
    "time",
    "title",
    "tr",
    "track",
    "tt",
    "u",
    "ul",
    "var",
    "video",
    "wbr",
];

/// Elements whose text is not for people.
const SILENT_ELEMENTS: [&str; 2] = ["script", "style"];

/// Elements that stand between words; the others stand between letters (`H<sub>2</sub>O`).
const INLINE_ELEMENTS: [&str; 24] = [
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "code", "del", "em", "font", "i", "ins",
    "kbd", "mark", "q", "s", "small", "span", "strike", "strong", "sub", "sup", "u",
];

/// Makes one line of text from HTML: tags dropped, references decoded, controls out, white space single.
///
/// Returns nothing where no visible character is left.
pub(super) fn line_of_html(html: &str) -> Option<String> {
    let untagged = without_tags(html);
    let decoded = references::decode_html(&untagged);
    // `&amp;amp;#8217;`: some publishing systems escape a headline once too often.
    line(&references::decode_html(&decoded))
}

/// Makes one line of a text that is not markup: controls out, white space single, length bounded.
pub(super) fn line(text: &str) -> Option<String> {
    let mut line = String::with_capacity(text.len().min(MAX_LINE_CHARS));
    let mut chars = 0;
    let mut gap = false;
    for c in visible(text) {
        if c.is_whitespace() || c.is_control() {
            gap = chars > 0;
            continue;
        }
        if gap {
            line.push(' ');
            gap = false;
            chars += 1;
        }
        line.push(c);
        chars += 1;
        if chars >= MAX_LINE_CHARS {
            break;
        }
    }
    (!line.is_empty()).then_some(line)
}

/// Returns an address as it was meant: broken lines are joined, white space around it is gone.
pub(super) fn address(written: &str) -> Option<String> {
    let joined: String = written.split(['\n', '\r', '\t']).map(str::trim).collect();
    line(&joined)
}

/// Drops HTML's tags, comments and the text of scripts and styles; anything else in `<>` is text.
pub(super) fn without_tags(html: &str) -> Cow<'_, str> {
    if !html.contains('<') {
        return Cow::Borrowed(html);
    }
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, markup)) = rest.split_once('<') {
        text.push_str(before);
        rest = match skipped_markup(markup) {
            Markup::Skipped {
                after,
                between_words,
            } => {
                if between_words {
                    text.push(' ');
                }
                after
            }
            Markup::Text => {
                text.push('<');
                markup
            }
            Markup::Unfinished => {
                text.push('<');
                text.push_str(markup);
                ""
            }
        };
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// Drops everything that is written like a tag, whatever its name.
pub(super) fn without_all_tags(html: &str) -> String {
    let mut pieces = html.split('<');
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        match piece.split_once('>') {
            Some((_, after))
                if piece.starts_with(|c: char| {
                    c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')
                }) =>
            {
                text.push(' ');
                text.push_str(after);
            }
            _ => {
                text.push('<');
                text.push_str(piece);
            }
        }
    }
    text
}

/// What a `<` turned out to begin.
enum Markup<'a> {
    /// A tag, a comment or a script, which was passed over.
    Skipped { after: &'a str, between_words: bool },
    /// Nothing that HTML knows.
    Text,
    /// A tag that never ends; so no later one can, and looking further would only cost time.
    Unfinished,
}

/// Passes over a tag, a comment, or a whole script, after its `<`.
fn skipped_markup(markup: &str) -> Markup<'_> {
    if let Some(comment) = markup.strip_prefix("!--") {
        let after = comment
            .split_once("-->")
            .or_else(|| comment.split_once('>'))
            .map_or("", |(_, after)| after);
        return Markup::Skipped {
            after,
            between_words: false,
        };
    }
    let Some(name) = tag_name(markup) else {
        return Markup::Text;
    };
    let Some((_, after)) = markup.split_once('>') else {
        return Markup::Unfinished;
    };
    let after = if SILENT_ELEMENTS.contains(&name.as_str()) && !markup.starts_with('/') {
        after_end_tag(after, &name)
    } else {
        after
    };
    Markup::Skipped {
        after,
        between_words: !INLINE_ELEMENTS.contains(&name.as_str()),
    }
}

/// Returns what follows `</name>`; nothing where it is missing.
fn after_end_tag<'a>(text: &'a str, name: &str) -> &'a str {
    let mut rest = text;
    while let Some((_, markup)) = rest.split_once("</") {
        rest = markup;
        let found = markup
            .get(..name.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(name));
        if found {
            return markup.split_once('>').map_or("", |(_, after)| after);
        }
    }
    ""
}

/// Returns the lower-case name of the HTML element whose tag begins here, after its `<`.
pub(super) fn tag_name(markup: &str) -> Option<String> {
    let markup = markup.strip_prefix('/').unwrap_or(markup);
    let end = markup.find(|c: char| !c.is_ascii_alphanumeric())?;
    let (name, after) = markup.split_at_checked(end)?;
    let name = name.to_ascii_lowercase();
    let ends_like_a_tag = after.starts_with(|c: char| c == '>' || c == '/' || c.is_whitespace());
    (ends_like_a_tag && is_html_element(&name)).then_some(name)
}

/// Returns whether HTML has an element of this name, in lower case.
pub(super) fn is_html_element(name: &str) -> bool {
    HTML_ELEMENTS.binary_search(&name).is_ok()
}

/// Returns whether a text that claims to be plain is HTML all the same: it holds an element of HTML or a reference.
pub(super) fn looks_like_html(text: &str) -> bool {
    text.split('<')
        .skip(1)
        .any(|markup| markup.contains('>') && tag_name(markup).is_some())
        || (text.contains('&') && references::decode_html(text) != text)
}

/// Escapes a plain text so that it means the same as HTML.
pub(super) fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + text.len() / 16);
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            _ => html.push(c),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_element_names_are_sorted_for_the_binary_search() {
        assert!(HTML_ELEMENTS.is_sorted());
    }

    #[test]
    fn a_headline_is_one_line_of_text() {
        for (html, text) in [
            ("Plain", "Plain"),
            ("  Two\n\t lines ", "Two lines"),
            ("Test: <b>bold</b> word", "Test: bold word"),
            ("One<br/>Two", "One Two"),
            ("H<sub>2</sub>O", "H2O"),
            ("AT&amp;T &eacute;t&eacute;", "AT&T été"),
            ("Don&amp;#8217;t", "Don\u{2019}t"),
            ("<script>alert(1)</script>Safe", "Safe"),
            ("<SCRIPT>alert(1)</Script >Safe", "Safe"),
            ("a<!-- hidden -->b", "ab"),
            ("Vec<Option<T>> explained", "Vec<Option<T>> explained"),
            ("1 < 2 > 0", "1 < 2 > 0"),
            ("I <3 this", "I <3 this"),
            ("bell\u{7}and\u{0}nul", "bell and nul"),
            ("abc\u{202E}fdp.exe", "abcfdp.exe"),
        ] {
            assert_eq!(line_of_html(html).as_deref(), Some(text), "{html}");
        }
    }

    #[test]
    fn a_headline_without_a_visible_character_is_none() {
        for html in ["", " \n ", "<b></b>", "\u{200B}\u{FEFF}", "&nbsp;"] {
            assert_eq!(line_of_html(html), None, "{html:?}");
        }
    }

    #[test]
    fn an_endless_headline_is_cut() {
        let line = line(&"a".repeat(100_000)).unwrap();
        assert_eq!(line.len(), MAX_LINE_CHARS);
    }

    #[test]
    fn html_is_told_from_text_that_only_has_brackets() {
        assert!(looks_like_html("<p>Hello</p>"));
        assert!(looks_like_html("fish &amp; chips"));
        assert!(!looks_like_html("if a < b > c & d"));
        assert!(!looks_like_html("Vec<T>"));
    }
}
