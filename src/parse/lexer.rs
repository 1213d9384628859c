//! Markup cut into pieces, whatever state it is in: every input has a reading, and each byte is read about once.
//!
//! What XML calls an error is read as its author meant it: a `<` that begins no name is text, a quotation
//! mark that is never closed ends with its tag, a CDATA section that is never closed ends with its element,
//! a tag that is cut off is left out.

use super::text;

/// A piece of a document, as written: no reference is decoded yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Start(Tag<'a>),
    End {
        name: &'a str,
        source: &'a str,
    },
    Text(&'a str),
    /// What stands inside `<![CDATA[` and `]]>`.
    Cdata(&'a str),
}

/// A start tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    /// With its prefix.
    pub(super) name: &'a str,
    /// From `<` to `>`.
    pub(super) source: &'a str,
    /// Whether it is its own end: `<br/>`.
    pub(super) is_empty: bool,
}

/// Attributes of one tag that are looked at.
const MAX_ATTRIBUTES: usize = 256;

impl<'a> Tag<'a> {
    /// Returns the tag's attributes, name and value as written, in their order.
    pub(super) fn attributes(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let rest = self.source.get(1 + self.name.len()..).unwrap_or_default();
        Attributes {
            rest: rest.trim_end_matches('>'),
        }
        .take(MAX_ATTRIBUTES)
    }

    /// Returns the value of an attribute, as written, by its name without prefix and in any case.
    pub(super) fn attribute(&self, local: &str) -> Option<&'a str> {
        self.attributes()
            .find(|(name, _)| local_name(name).eq_ignore_ascii_case(local))
            .map(|(_, value)| value)
    }
}

/// Returns a name without its prefix.
pub(super) fn local_name(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// Cuts a document into pieces.
#[derive(Debug, Clone)]
pub(super) struct Lexer<'a> {
    rest: &'a str,
    /// The last start tag's name: an open CDATA section ends with it.
    element: &'a str,
    /// Set when no `-->` is left, so that it is not looked for again and again.
    has_no_comment_end: bool,
    /// How much is left at the next `]]>`, so that many open sections do not each look for it.
    left_at_cdata_end: Option<usize>,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(document: &'a str) -> Self {
        Self {
            rest: document,
            element: "",
            has_no_comment_end: false,
            left_at_cdata_end: None,
        }
    }

    /// Returns what has not been read yet.
    pub(super) fn rest(&self) -> &'a str {
        self.rest
    }

    /// Takes so many bytes off the rest and returns them; an offset that no character begins at takes nothing.
    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(bytes).unwrap_or(("", self.rest));
        self.rest = rest;
        taken
    }

    /// Reads what begins with `<`; nothing where it was passed over.
    fn markup(&mut self) -> Option<Piece<'a>> {
        let after = self.rest.get(1..).unwrap_or_default();
        match after.as_bytes().first() {
            Some(b'!') => self.declaration(after),
            Some(b'?') => {
                let length = after.find('>').map_or(self.rest.len(), |end| end + 2);
                self.take(length);
                None
            }
            Some(b'/') => Some(self.end_tag(after)),
            _ if after.starts_with(is_name_start) => self.start_tag(after),
            _ => Some(self.text_from(1)),
        }
    }

    /// Passes over a comment or a DOCTYPE, or reads a CDATA section.
    fn declaration(&mut self, after: &'a str) -> Option<Piece<'a>> {
        if after.starts_with("!--") {
            return self.comment();
        }
        if after
            .get(..CDATA_START.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(CDATA_START))
        {
            return Some(self.cdata());
        }
        match after.find(['>', '<']) {
            Some(end) if after.as_bytes().get(end) == Some(&b'>') => {
                self.take(end + 2);
                None
            }
            _ => Some(self.text_from(1)),
        }
    }

    fn comment(&mut self) -> Option<Piece<'a>> {
        let end = if self.has_no_comment_end {
            None
        } else {
            self.rest.find("-->")
        };
        if let Some(end) = end {
            self.take(end + "-->".len());
        } else {
            self.has_no_comment_end = true;
            self.take("<!--".len());
        }
        None
    }

    fn cdata(&mut self) -> Piece<'a> {
        self.take(1 + CDATA_START.len());
        let end = self.cdata_end();
        let whole = end
            .and_then(|end| self.rest.get(..end))
            .unwrap_or(self.rest);
        // Where the element ends before the section does, or before another one begins, the end found
        // belongs to another section.
        let next_start = find_ignore_case(whole, CDATA_START);
        let before_next = next_start.and_then(|at| whole.get(..at)).unwrap_or(whole);
        let is_doubtful = end.is_none() || next_start.is_some() || self.element_holds_no_markup();
        let element_end = self.end_of_element(before_next, is_doubtful);
        match (element_end, end) {
            (Some(length), _) => Piece::Cdata(self.take(length)),
            (None, Some(end)) => {
                let content = self.take(end);
                self.take("]]>".len());
                Piece::Cdata(content)
            }
            (None, None) => Piece::Cdata(self.take(whole.len())),
        }
    }

    /// Finds the next `]]>`.
    fn cdata_end(&mut self) -> Option<usize> {
        let left = self
            .left_at_cdata_end
            .filter(|left| *left <= self.rest.len())
            .unwrap_or_else(|| self.rest.find("]]>").map_or(0, |end| self.rest.len() - end));
        self.left_at_cdata_end = Some(left);
        (left > 0).then(|| self.rest.len() - left)
    }

    /// Returns whether the end tag of the element that is being read can only be its own: that of a `description`
    /// can, that of a `div` may stand in the text of one.
    fn element_holds_no_markup(&self) -> bool {
        let element = self.element.to_ascii_lowercase();
        element == "title" || !text::is_html_element(&element)
    }

    /// Finds the end tag of an entry, or where that is in doubt, of the element that is being read.
    fn end_of_element(&self, text: &str, is_doubtful: bool) -> Option<usize> {
        let mut at = 0;
        while let Some(found) = text.get(at..)?.find("</") {
            let name = text.get(at + found + 2..)?;
            let is_end_of = |element: &str| {
                let (start, after) = name.split_at_checked(element.len()).unwrap_or_default();
                start.eq_ignore_ascii_case(element)
                    && after.starts_with(|c: char| c == '>' || c.is_whitespace())
            };
            if is_end_of("item") || is_end_of("entry") || (is_doubtful && is_end_of(self.element)) {
                return Some(at + found);
            }
            at += found + 2;
        }
        None
    }

    fn end_tag(&mut self, after: &'a str) -> Piece<'a> {
        let name = after.get(1..).unwrap_or_default();
        if !name.starts_with(is_name_start) {
            return self.text_from(1);
        }
        let end = name.find(['>', '<']).unwrap_or(name.len());
        let closed = usize::from(name.as_bytes().get(end) == Some(&b'>'));
        let name = name.get(..end).unwrap_or_default();
        let name = name
            .split(|c: char| c.is_whitespace() || c == '/')
            .next()
            .unwrap_or_default();
        Piece::End {
            source: self.take(2 + end + closed),
            name,
        }
    }

    fn start_tag(&mut self, after: &'a str) -> Option<Piece<'a>> {
        let end = after
            .find(|c: char| c.is_whitespace() || matches!(c, '>' | '/' | '<' | '=' | '"' | '\''))
            .unwrap_or(after.len());
        let name = after.get(..end).unwrap_or_default();
        let Some(length) = tag_length(after, end) else {
            self.take(self.rest.len()); // cut off in the middle of a tag
            return None;
        };
        self.element = name;
        let source = self.take(1 + length);
        let is_empty = source.trim_end_matches('>').ends_with('/');
        Some(Piece::Start(Tag {
            name,
            source,
            is_empty,
        }))
    }

    /// Reads text up to the next `<` after so many bytes.
    fn text_from(&mut self, bytes: usize) -> Piece<'a> {
        let length = self
            .rest
            .get(bytes..)
            .and_then(|rest| rest.find('<'))
            .map_or(self.rest.len(), |at| at + bytes);
        Piece::Text(self.take(length))
    }
}

const CDATA_START: &str = "![CDATA[";

impl<'a> Iterator for Lexer<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.rest.is_empty() {
            if !self.rest.starts_with('<') {
                return Some(self.text_from(0));
            }
            if let Some(piece) = self.markup() {
                return Some(piece);
            }
        }
        None
    }
}

fn is_name_start(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

/// Returns how long the tag is that begins here, after its `<`; nothing where the document ends within it.
///
/// No tag goes on past a `<` that begins another: then a quotation mark or the `>` is missing.
fn tag_length(after: &str, name_length: usize) -> Option<usize> {
    let bytes = after.as_bytes();
    let mut quote = None;
    let mut first_close = None;
    let mut may_open = false;
    let mut at = name_length;
    while let Some(&byte) = bytes.get(at) {
        match (byte, quote) {
            (b'>', None) => return Some(at + 1),
            (b'>', Some(_)) => first_close = first_close.or(Some(at + 1)),
            (b'"' | b'\'', None) if may_open => quote = Some(byte),
            (_, Some(open)) if byte == open => {
                quote = None;
                first_close = None;
            }
            (b'<', _) if begins_markup(bytes, at) => return first_close.or(Some(at)),
            _ => {}
        }
        // Only after `=` does a quotation mark open a value; elsewhere it is a slip.
        may_open = byte == b'=' || (may_open && byte.is_ascii_whitespace());
        at += 1;
    }
    first_close
}

fn begins_markup(bytes: &[u8], at: usize) -> bool {
    bytes
        .get(at + 1)
        .is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, b'/' | b'!' | b'?'))
}

fn find_ignore_case(text: &str, upper: &str) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = text.get(at..)?.find("![") {
        let start = at + found;
        if text
            .get(start..start + upper.len())
            .is_some_and(|part| part.eq_ignore_ascii_case(upper))
        {
            return Some(start);
        }
        at = start + 2;
    }
    None
}

/// The attributes of a tag.
struct Attributes<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self
            .rest
            .trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '/' | '"' | '\''));
        let end = rest
            .find(|c: char| c.is_whitespace() || matches!(c, '=' | '/' | '"' | '\''))
            .unwrap_or(rest.len());
        let (name, after) = rest.split_at_checked(end)?;
        if name.is_empty() && after.is_empty() {
            return None;
        }
        let Some(value) = after.trim_start().strip_prefix('=') else {
            self.rest = after;
            return Some((name, ""));
        };
        let value = value.trim_start();
        let (value, rest) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let inner = value.get(1..).unwrap_or_default();
                inner.split_once(quote).unwrap_or((inner, ""))
            }
            _ => value.split_at_checked(value.find(char::is_whitespace).unwrap_or(value.len()))?,
        };
        self.rest = rest;
        Some((name, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pieces of a document, written short: `<a>`, `</a>`, text as it is, `[CDATA]`.
    fn cut(document: &str) -> Vec<String> {
        Lexer::new(document)
            .map(|piece| match piece {
                Piece::Start(tag) => format!("<{}>", tag.name),
                Piece::End { name, .. } => format!("</{name}>"),
                Piece::Text(text) => text.to_owned(),
                Piece::Cdata(text) => format!("[{text}]"),
            })
            .collect()
    }

    #[test]
    fn well_formed_markup_is_cut_at_its_tags() {
        assert_eq!(
            cut("<?xml version='1.0'?><a b='>'>one<!-- <c> --><d/><![CDATA[<e>]]></a >"),
            ["<a>", "one", "<d>", "[<e>]", "</a>"]
        );
    }

    #[test]
    fn a_stray_bracket_is_text() {
        assert_eq!(
            cut("<a>I <3 you & 1 < 2 <> </ ></a>"),
            ["<a>", "I ", "<3 you & 1 ", "< 2 ", "<> ", "</ >", "</a>"]
        );
    }

    #[test]
    fn a_quotation_mark_that_is_never_closed_ends_with_its_tag() {
        assert_eq!(
            cut("<a b=\"c>one</a><d>two</d>"),
            ["<a>", "one", "</a>", "<d>", "two", "</d>"]
        );
    }

    #[test]
    fn a_tag_that_is_never_closed_ends_at_the_next() {
        assert_eq!(
            cut("<a<b>one</b</a>"),
            ["<a>", "<b>", "one", "</b>", "</a>"]
        );
    }

    #[test]
    fn a_document_cut_within_a_tag_loses_that_tag_only() {
        assert_eq!(cut("<a>one</a><b href=\"x"), ["<a>", "one", "</a>"]);
        assert_eq!(cut("<a>one</"), ["<a>", "one", "</"]);
    }

    #[test]
    fn an_open_cdata_section_ends_with_its_element() {
        assert_eq!(
            cut("<a><![CDATA[one</a><b><![CDATA[two]]></b>"),
            ["<a>", "[one]", "</a>", "<b>", "[two]", "</b>"]
        );
        assert_eq!(cut("<x><![CDATA[one"), ["<x>", "[one]"]);
        assert_eq!(
            cut("<p>one</p><![CDATA[two</item><item>]]>"),
            ["<p>", "one", "</p>", "[two]", "</item>", "<item>", "]]>"]
        );
        assert_eq!(
            cut("<x><![CDATA[one</x><y>two</y>]]>"),
            ["<x>", "[one]", "</x>", "<y>", "two", "</y>", "]]>"]
        );
    }

    #[test]
    fn a_cdata_section_may_speak_of_others() {
        assert_eq!(
            cut("<a><![CDATA[write <![CDATA[ x]]></a>"),
            ["<a>", "[write <![CDATA[ x]", "</a>"]
        );
    }

    #[test]
    fn an_open_comment_hides_nothing() {
        assert_eq!(
            cut("<a><!-- <b>one</b></a>"),
            ["<a>", " ", "<b>", "one", "</b>", "</a>"]
        );
    }

    #[test]
    fn attributes_are_read_with_any_quotes_or_none() {
        let Some(Piece::Start(tag)) =
            Lexer::new("<a one=\"1\" x:two = '2' three=3 four five='it''>").next()
        else {
            panic!("no tag");
        };
        let attributes: Vec<_> = tag.attributes().collect();
        assert_eq!(
            attributes,
            [
                ("one", "1"),
                ("x:two", "2"),
                ("three", "3"),
                ("four", ""),
                ("five", "it")
            ]
        );
        assert_eq!(tag.attribute("TWO"), Some("2"));
    }

    #[test]
    fn an_address_without_quotes_is_whole() {
        let Some(Piece::Start(tag)) = Lexer::new("<a href=http://example.org/a/b/>").next() else {
            panic!("no tag");
        };
        assert_eq!(tag.attribute("href"), Some("http://example.org/a/b/"));
    }
}
