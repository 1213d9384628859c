//! What a page does not need is taken out before it is parsed: code, styles, drawings, comments.
//!
//! This saves the parser more than half of a modern page, and much of the rest where no site rule can ask for what
//! nobody else looks at. The same pass over the tags refuses the one construct that makes the parser quadratic before anyone can stop it: a tag with very many attributes.

mod output;
mod tag;

use super::ExtractError;
use crate::domain::Budget;
use output::Output;
use tag::tag_length;
pub(super) use tag::{Attributes, End, plain_end_tag};

/// Attributes in one tag that are read; the parser compares each with all before it. Real pages stay below
/// 60, but a quote left open turns a paragraph into attributes: such a tag is cut.
pub(super) const KEPT_ATTRIBUTES: usize = 256;

/// How much of a page is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// All but the code: a selector that the operator wrote can ask for any tag and any attribute.
    All,
    /// What is read of a page to find its article. Tags of form fields, the content of embedded pages, attributes
    /// that nobody looks at, and white space that separates no words go.
    Needed,
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
    /// What is meant for readers without scripts, where it is not left in the page.
    pub(super) noscripts: Vec<&'a str>,
    /// Whether a tag was cut after [`KEPT_ATTRIBUTES`].
    pub(super) cut_attributes: bool,
}

/// Takes code, styles, drawings and comments out of a page; of what stands behind the end of the budget nothing is left.
///
/// # Errors
/// When a tag has more attributes than [`MAX_ATTRIBUTES`](tag::MAX_ATTRIBUTES).
pub(super) fn strip<'a>(
    page: &'a str,
    detail: Detail,
    budget: &Budget<'_>,
) -> Result<Stripped<'a>, ExtractError> {
    let mut stripped = Stripped::default();
    let mut out = Output::new(detail, page.len());
    let mut rest = page;
    // Once an end tag is missing it is missing for all that follows: it is not looked for again.
    let mut endless = Endless::default();
    let mut repeated_roots = 0_usize;
    while let Some((before, from_tag)) = split_at_byte(rest, b'<') {
        if !budget.lasts(1 + before.len() / BYTES_A_STEP) {
            return Ok(stripped);
        }
        out.text(before);
        rest = match construct(from_tag, detail) {
            Construct::Comment => after_comment(from_tag),
            Construct::Raw(raw) => strip_raw(from_tag, raw, &mut stripped, &mut endless)?,
            Construct::Unread => split_at(from_tag, tag_length(from_tag)?).1,
            Construct::Tag => {
                let is_root = is_root(from_tag.as_bytes());
                repeated_roots += usize::from(is_root);
                let length = if is_root && repeated_roots > MAX_ROOTS {
                    tag_length(from_tag)?
                } else {
                    out.tag(from_tag)?
                };
                split_at(from_tag, length).1
            }
            Construct::EndTag => split_at(from_tag, out.end_tag(from_tag)?).1,
            Construct::Text => {
                let (mark, after) = split_at(from_tag, 1);
                out.text(mark);
                after
            }
        };
    }
    out.text(rest);
    stripped.html = out.html;
    stripped.cut_attributes = out.cut_attributes;
    Ok(stripped)
}

/// Bytes of text that are passed over in one step of a budget.
const BYTES_A_STEP: usize = 256;

/// Tags of `html` and `body` that are read: the parser adds the attributes of each to the first one's.
const MAX_ROOTS: usize = 16;

fn is_root(tag: &[u8]) -> bool {
    is_tag(tag, "html") || is_tag(tag, "body")
}

/// Elements whose content is no text of the page, and is not read as tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Raw {
    Script,
    Style,
    Svg,
    Noscript,
    Iframe,
}

impl Raw {
    const ALL: [Self; 5] = [
        Self::Script,
        Self::Style,
        Self::Svg,
        Self::Noscript,
        Self::Iframe,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Script => "script",
            Self::Style => "style",
            Self::Svg => "svg",
            Self::Noscript => "noscript",
            Self::Iframe => "iframe",
        }
    }

    /// Whether it goes where a selector could ask for the element.
    fn always_goes(self) -> bool {
        matches!(self, Self::Script | Self::Style | Self::Svg)
    }
}

/// The kinds whose end tag is missing from here on.
#[derive(Debug, Default)]
struct Endless(Vec<Raw>);

enum Construct {
    Comment,
    Raw(Raw),
    Tag,
    EndTag,
    /// A tag without content that nobody reads: a picture, a field, a reference to a style sheet.
    Unread,
    Text,
}

fn construct(from_tag: &str, detail: Detail) -> Construct {
    let bytes = from_tag.as_bytes();
    match bytes.get(1).map(u8::to_ascii_lowercase) {
        Some(b'!') if bytes.starts_with(b"<!--") => Construct::Comment,
        Some(b's' | b'n' | b'i') => {
            let raw = Raw::ALL
                .into_iter()
                .find(|raw| is_tag(bytes, raw.name()))
                .filter(|raw| raw.always_goes() || detail == Detail::Needed);
            let is_unread = || ["source", "input"].iter().any(|name| is_tag(bytes, name));
            match raw {
                Some(raw) => Construct::Raw(raw),
                None if detail == Detail::Needed && is_unread() => Construct::Unread,
                None => Construct::Tag,
            }
        }
        Some(byte) if byte.is_ascii_alphabetic() => Construct::Tag,
        Some(b'/') if bytes.get(2).is_some_and(u8::is_ascii_alphabetic) => Construct::EndTag,
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
    let (tag, after) = split_at(from_tag, tag_length(from_tag)?);
    if tag.ends_with("/>") && raw == Raw::Svg {
        return Ok(after);
    }
    if endless.0.contains(&raw) {
        return Ok(after);
    }
    let Some(at) = find_end_tag(after, raw.name()) else {
        endless.0.push(raw);
        return Ok(after);
    };
    let (content, from_end_tag) = split_at(after, at);
    match raw {
        Raw::Script if find_ignoring_case(tag, "ld+json").is_some() => {
            stripped.linked_data.push(content);
        }
        Raw::Script if !content.trim().is_empty() => stripped.scripts.push(content),
        Raw::Noscript => stripped.noscripts.push(content),
        Raw::Script | Raw::Style | Raw::Svg | Raw::Iframe => {}
    }
    Ok(split_at_byte(from_end_tag, b'>').map_or("", |(_, end)| split_at(end, 1).1))
}

fn split_at(text: &str, at: usize) -> (&str, &str) {
    text.split_at_checked(at).unwrap_or((text, ""))
}

fn split_at_byte(text: &str, byte: u8) -> Option<(&str, &str)> {
    let at = memchr::memchr(byte, text.as_bytes())?;
    text.split_at_checked(at)
}

/// Where the end tag of a name begins.
fn find_end_tag(text: &str, name: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'<', bytes).find(|at| {
        bytes
            .get(at + 1..at + 2 + name.len())
            .and_then(|tag| tag.strip_prefix(b"/"))
            .is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
    })
}

/// Where an ASCII needle stands, whatever its case.
fn find_ignoring_case(text: &str, needle: &str) -> Option<usize> {
    let first = *needle.as_bytes().first()?;
    let bytes = text.as_bytes();
    memchr::memchr2_iter(
        first.to_ascii_lowercase(),
        first.to_ascii_uppercase(),
        bytes,
    )
    .find(|at| {
        bytes
            .get(*at..at + needle.len())
            .is_some_and(|part| part.eq_ignore_ascii_case(needle.as_bytes()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strip(page: &str, detail: Detail) -> Result<Stripped<'_>, ExtractError> {
        super::strip(page, detail, &Budget::new(&|| true))
    }

    fn stripped(page: &str) -> String {
        strip(page, Detail::All).unwrap().html
    }

    #[test]
    fn code_styles_drawings_and_comments_go() {
        let page = "<p>a<script>b</script>c<STYLE x>d</Style >e<!-- f -->g<svg><title>h</title></svg>i</p>";
        assert_eq!(stripped(page), "<p>acegi</p>");
    }

    #[test]
    fn linked_data_is_kept_apart_from_other_scripts() {
        let page = "<script type=\"application/LD+JSON\">{}</script><script>x</script>";
        let parts = strip(page, Detail::All).unwrap();
        assert_eq!(parts.linked_data, ["{}"]);
        assert_eq!(parts.scripts, ["x"]);
    }

    #[test]
    fn a_script_that_never_ends_hides_nothing() {
        assert_eq!(stripped("<p>a<script>b<p>c"), "<p>ab<p>c");
    }

    #[test]
    fn fields_and_the_sources_of_pictures_go_where_nobody_asks_for_them() {
        let page = "<p>a<img src=x alt='d'>b<SOURCE srcset=y><input>c";
        let needed = strip(page, Detail::Needed).unwrap().html;
        assert_eq!(needed, "<p>a<img alt='d'>bc");
        assert_eq!(stripped(page), page);
    }

    #[test]
    fn attributes_go_where_nobody_asks_for_them() {
        let page = "<A onclick='x>y' HREF=/a class = \"b c\" hidden style='color:none' name=d><p style=color:red>\
            <meta name=e content='f'><br/><i title=\"g>\" =h data-date='1'/>";
        let expected = "<A HREF=/a class = \"b c\" hidden style='color:none'><p><meta name=e content='f'>\
            <br /><i data-date='1' />";
        assert_eq!(strip(page, Detail::Needed).unwrap().html, expected);
        assert_eq!(
            stripped("<A onclick='x>y' HREF=/a><br />"),
            "<A onclick='x>y' HREF=/a><br />"
        );
    }

    #[test]
    fn white_space_goes_where_it_separates_no_words() {
        for (page, expected) in [
            (
                "<div>\n  <p>a\n b</p>\n</div>\n\n",
                "<div><p>a\n b</p></div>",
            ),
            ("<b>a</b>\r\n <i>b</i>", "<b>a</b> <i>b</i>"),
            ("<b>a</b> <!-- c --> <input> b", "<b>a</b> b"),
            ("<p> <b>a</b> </p> b", "<p><b>a</b></p> b"),
            ("<b>a</b>\t</div> </div><b>b", "<b>a</b></div></div> <b>b"),
            ("<p>a <script></script> b", "<p>a  b"),
            ("<br> a <td> b", "<br> a <td> b"),
        ] {
            assert_eq!(strip(page, Detail::Needed).unwrap().html, expected);
            let all = strip(page, Detail::All).unwrap().html;
            let uncoded = page
                .replace("<!-- c -->", "")
                .replace("<script></script>", "");
            assert_eq!(all, uncoded);
        }
    }

    #[test]
    fn end_tags_have_no_attributes() {
        let page = "<p>a</p  b='>'>c</B/>d</p";
        for detail in [Detail::All, Detail::Needed] {
            assert_eq!(strip(page, detail).unwrap().html, "<p>a</p>c</B>d");
        }
    }

    #[test]
    fn an_end_tag_of_thousands_of_attributes_is_refused() {
        let tag = format!("</p {}>", "a=1 ".repeat(5_000));
        assert!(strip(&tag, Detail::All).is_err());
    }

    #[test]
    fn embedded_pages_go_where_nobody_asks_for_them() {
        let page = "<p>a<noscript><div>b</div></noscript>c<iframe src=x>d</iframe>e<noscript>f";
        assert_eq!(strip(page, Detail::Needed).unwrap().html, "<p>acef");
        assert_eq!(stripped(page), page);
    }

    #[test]
    fn a_tag_that_the_page_breaks_off_in_goes() {
        assert_eq!(stripped("a<p class=\"b>c"), "a");
        assert_eq!(strip("a<p class='b'", Detail::Needed).unwrap().html, "a");
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
            strip(&tag, Detail::All),
            Err(ExtractError::TooManyAttributes { limit: 4_096 })
        ));
    }

    #[test]
    fn a_tag_of_hundreds_of_attributes_is_cut() {
        let page = format!("<p {}>text", "a=1 ".repeat(300));
        let parts = strip(&page, Detail::All).unwrap();
        assert_eq!(parts.html, format!("<p{}>text", " a=1".repeat(256)));
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
