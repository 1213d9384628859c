//! What a page does not need is taken out before it is parsed: code, styles, drawings, comments.
//!
//! This saves the parser more than half of a modern page. The same pass over the tags refuses the one
//! construct that makes the parser quadratic before anyone can stop it: a tag with very many attributes.

use super::ExtractError;

/// Attributes in one tag that are read; the parser compares each with all before it. Real pages stay below
/// 60, but a quote left open turns a paragraph into attributes: such a tag is cut.
pub(super) const KEPT_ATTRIBUTES: usize = 256;

/// Attributes in one tag that no mistake explains: the page is refused.
pub(super) const MAX_ATTRIBUTES: usize = 4_096;

/// Whether tags of pictures and form fields stay: they hold no text, but a site rule can count them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pictures {
    /// They stay.
    Keep,
    /// They go: with all their sources and sizes they are a tenth of a page.
    Drop,
}

/// A page without its code.
#[derive(Debug, Default)]
pub(super) struct Stripped<'a> {
    /// What is left to parse.
    pub(super) html: String,
    /// The scripts that hold linked data (`application/ld+json`).
    pub(super) linked_data: Vec<&'a str>,
    /// Every other script: pages that build themselves in the browser keep their text there.
    pub(super) scripts: Vec<&'a str>,
    /// Whether a tag was cut after [`KEPT_ATTRIBUTES`].
    pub(super) cut_attributes: bool,
}

/// Takes code, styles, drawings and comments out of a page.
///
/// # Errors
/// When a tag has more attributes than [`MAX_ATTRIBUTES`].
pub(super) fn strip(page: &str, pictures: Pictures) -> Result<Stripped<'_>, ExtractError> {
    let mut stripped = Stripped {
        html: String::with_capacity(page.len() / 2),
        ..Stripped::default()
    };
    let mut rest = page;
    // Once an end tag is missing it is missing for all that follows: it is not looked for again.
    let mut endless = Endless::default();
    let mut repeated_roots = 0_usize;
    while let Some((before, from_tag)) = split_at_byte(rest, b'<') {
        stripped.html.push_str(before);
        rest = match construct(from_tag) {
            Construct::Comment => after_comment(from_tag),
            Construct::Raw(raw) => strip_raw(from_tag, raw, &mut stripped, &mut endless)?,
            Construct::Picture if pictures == Pictures::Drop => {
                split_at(from_tag, tag_end(from_tag)?.end).1
            }
            Construct::Tag | Construct::Picture => {
                let end = tag_end(from_tag)?;
                let (tag, after) = split_at(from_tag, end.end);
                repeated_roots += usize::from(is_root(tag.as_bytes()));
                if repeated_roots > MAX_ROOTS && is_root(tag.as_bytes()) {
                    rest = after;
                    continue;
                }
                if let Some(kept) = end.kept {
                    stripped.html.push_str(split_at(tag, kept).0);
                    stripped.html.push('>');
                    stripped.cut_attributes = true;
                } else {
                    stripped.html.push_str(tag);
                }
                after
            }
            Construct::Text => {
                let (mark, after) = split_at(from_tag, 1);
                stripped.html.push_str(mark);
                after
            }
        };
    }
    stripped.html.push_str(rest);
    Ok(stripped)
}

/// Tags of `html` and `body` that are read: the parser adds the attributes of each to the first one's.
const MAX_ROOTS: usize = 16;

fn is_root(tag: &[u8]) -> bool {
    is_tag(tag, "html") || is_tag(tag, "body")
}

/// Elements whose content is no text of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Raw {
    Script,
    Style,
    Svg,
}

impl Raw {
    fn end_tag(self) -> &'static str {
        match self {
            Self::Script => "</script",
            Self::Style => "</style",
            Self::Svg => "</svg",
        }
    }
}

#[derive(Debug, Default)]
struct Endless {
    script: bool,
    style: bool,
    svg: bool,
}

impl Endless {
    fn flag(&mut self, raw: Raw) -> &mut bool {
        match raw {
            Raw::Script => &mut self.script,
            Raw::Style => &mut self.style,
            Raw::Svg => &mut self.svg,
        }
    }
}

enum Construct {
    Comment,
    Raw(Raw),
    Tag,
    /// A tag without content that shows a picture or a field.
    Picture,
    Text,
}

fn construct(from_tag: &str) -> Construct {
    let bytes = from_tag.as_bytes();
    match bytes.get(1) {
        Some(b'!') if bytes.starts_with(b"<!--") => Construct::Comment,
        Some(b's' | b'S') => {
            let raw = [
                ("script", Raw::Script),
                ("style", Raw::Style),
                ("svg", Raw::Svg),
            ]
            .into_iter()
            .find(|(name, _)| is_tag(bytes, name))
            .map(|(_, raw)| raw);
            match raw {
                Some(raw) => Construct::Raw(raw),
                None if is_tag(bytes, "source") => Construct::Picture,
                None => Construct::Tag,
            }
        }
        Some(b'i' | b'I') if is_tag(bytes, "img") || is_tag(bytes, "input") => Construct::Picture,
        Some(byte) if byte.is_ascii_alphabetic() => Construct::Tag,
        _ => Construct::Text,
    }
}

fn is_tag(bytes: &[u8], name: &str) -> bool {
    let end = name.len() + 1;
    bytes
        .get(1..end)
        .is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
        && bytes
            .get(end)
            .is_none_or(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/'))
}

fn after_comment(from_tag: &str) -> &str {
    // HTML standard, §13.2.5.43 to 52: `<!-->` and `<!--->` are whole comments; `--!>` ends one as well.
    let body = from_tag.get(4..).unwrap_or_default();
    if let Some(after) = body.strip_prefix('>').or_else(|| body.strip_prefix("->")) {
        return after;
    }
    let mut rest = body;
    while let Some((_, after)) = rest.split_once("--") {
        if let Some(after) = after.strip_prefix('>').or_else(|| after.strip_prefix("!>")) {
            return after;
        }
        // `--->` ends a comment too: go on from the second dash.
        rest = split_at(rest, rest.len() - after.len() - 1).1;
    }
    ""
}

fn strip_raw<'a>(
    from_tag: &'a str,
    raw: Raw,
    stripped: &mut Stripped<'a>,
    endless: &mut Endless,
) -> Result<&'a str, ExtractError> {
    let (tag, after) = split_at(from_tag, tag_end(from_tag)?.end);
    if tag.ends_with("/>") && raw == Raw::Svg {
        return Ok(after);
    }
    if *endless.flag(raw) {
        return Ok(after);
    }
    let Some(at) = find_ignoring_case(after, raw.end_tag()) else {
        *endless.flag(raw) = true;
        return Ok(after);
    };
    let (content, from_end_tag) = split_at(after, at);
    if raw == Raw::Script {
        if find_ignoring_case(tag, "ld+json").is_some() {
            stripped.linked_data.push(content);
        } else if !content.trim().is_empty() {
            stripped.scripts.push(content);
        }
    }
    Ok(split_at_byte(from_end_tag, b'>').map_or("", |(_, end)| split_at(end, 1).1))
}

/// How far a tag goes.
struct TagEnd {
    /// The length of the tag.
    end: usize,
    /// Where the attribute after the last one that is kept begins.
    kept: Option<usize>,
}

/// Finds the end of the tag that a text begins with, quoted values honoured.
fn tag_end(from_tag: &str) -> Result<TagEnd, ExtractError> {
    let bytes = from_tag.as_bytes();
    let mut quote = None;
    let mut attributes = 0_usize;
    let mut kept = None;
    let mut previous = b'<';
    for (index, &byte) in bytes.iter().enumerate() {
        if let Some(open) = quote {
            if open == byte {
                quote = None;
                previous = b' ';
            }
            continue;
        }
        match byte {
            // A quote is one only where a value begins.
            b'"' | b'\'' if previous == b'=' => quote = Some(byte),
            b'>' => {
                return Ok(TagEnd {
                    end: index + 1,
                    kept,
                });
            }
            _ if is_separator(previous) && !is_separator(byte) => {
                attributes += 1;
                if attributes == KEPT_ATTRIBUTES + 1 {
                    kept = Some(index);
                }
                if attributes > MAX_ATTRIBUTES {
                    return Err(ExtractError::TooManyAttributes {
                        limit: MAX_ATTRIBUTES,
                    });
                }
            }
            _ => {}
        }
        if !(byte.is_ascii_whitespace() && previous == b'=') {
            previous = byte;
        }
    }
    Ok(TagEnd {
        end: bytes.len(),
        kept,
    })
}

fn is_separator(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == b'/'
}

fn split_at(text: &str, at: usize) -> (&str, &str) {
    text.split_at_checked(at).unwrap_or((text, ""))
}

fn split_at_byte(text: &str, byte: u8) -> Option<(&str, &str)> {
    let at = text.find(char::from(byte))?;
    text.split_at_checked(at)
}

/// Where an ASCII needle that begins with a character without case stands.
fn find_ignoring_case(text: &str, needle: &str) -> Option<usize> {
    let first = needle.chars().next()?;
    let mut from = 0_usize;
    while let Some(found) = find_letter(text.get(from..)?, first) {
        let at = from + found;
        if text
            .as_bytes()
            .get(at..at + needle.len())
            .is_some_and(|part| part.eq_ignore_ascii_case(needle.as_bytes()))
        {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

/// Where an ASCII character stands, whatever its case; by the byte where it has none, which is much faster.
fn find_letter(text: &str, letter: char) -> Option<usize> {
    if letter.is_ascii_alphabetic() {
        text.find([letter.to_ascii_lowercase(), letter.to_ascii_uppercase()])
    } else {
        text.find(letter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stripped(page: &str) -> String {
        strip(page, Pictures::Keep).unwrap().html
    }

    #[test]
    fn code_styles_drawings_and_comments_go() {
        let page = "<p>a<script>b</script>c<STYLE x>d</Style >e<!-- f -->g<svg><title>h</title></svg>i</p>";
        assert_eq!(stripped(page), "<p>acegi</p>");
    }

    #[test]
    fn linked_data_is_kept_apart_from_other_scripts() {
        let page = "<script type=\"application/LD+JSON\">{}</script><script>x</script>";
        let parts = strip(page, Pictures::Keep).unwrap();
        assert_eq!(parts.linked_data, ["{}"]);
        assert_eq!(parts.scripts, ["x"]);
    }

    #[test]
    fn a_script_that_never_ends_hides_nothing() {
        assert_eq!(stripped("<p>a<script>b<p>c"), "<p>ab<p>c");
    }

    #[test]
    fn pictures_go_where_nobody_asks_for_them() {
        let page = "<p>a<img src=x>b<SOURCE srcset=y><input>c";
        assert_eq!(strip(page, Pictures::Drop).unwrap().html, "<p>abc");
        assert_eq!(stripped(page), page);
    }

    #[test]
    fn comments_end_where_browsers_end_them() {
        assert_eq!(stripped("<!-->a<!--->b<!-- --!>c<!-- --->d<!-- e"), "abcd");
    }

    #[test]
    fn a_greater_sign_in_a_quoted_value_does_not_end_the_tag() {
        assert_eq!(stripped("<a title=\"x>y\"><b>"), "<a title=\"x>y\"><b>");
    }

    #[test]
    fn a_tag_of_thousands_of_attributes_is_refused() {
        let tag = format!("<p {}>", "a=1 ".repeat(5_000));
        assert!(matches!(
            strip(&tag, Pictures::Keep),
            Err(ExtractError::TooManyAttributes { limit: 4_096 })
        ));
    }

    #[test]
    fn a_tag_of_hundreds_of_attributes_is_cut() {
        let page = format!("<p {}>text", "a=1 ".repeat(300));
        let parts = strip(&page, Pictures::Keep).unwrap();
        assert_eq!(parts.html, format!("<p {}>text", "a=1 ".repeat(256)));
        assert!(parts.cut_attributes);
    }

    #[test]
    fn only_so_many_bodies_are_read() {
        let page = "<body a>".repeat(50) + "text";
        assert_eq!(stripped(&page), "<body a>".repeat(16) + "text");
    }

    #[test]
    fn long_values_are_not_taken_for_attributes() {
        let tag = format!(
            "<p style=\"{}\" class='{}'>",
            "a b ".repeat(300),
            "c ".repeat(300)
        );
        assert_eq!(stripped(&tag), tag);
    }

    #[test]
    fn a_lone_less_than_sign_is_text() {
        assert_eq!(stripped("1 < 2 <"), "1 < 2 <");
    }
}
