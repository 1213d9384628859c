//! Tags as they are written: how far one goes, and its attributes.

use super::find_ignoring_case;
use crate::extract::ExtractError;
use crate::extract::metadata::DATE_ATTRIBUTES;

/// Attributes in one tag that no mistake explains: the page is refused.
pub(super) const MAX_ATTRIBUTES: usize = 4_096;

/// The length of the tag that a text begins with.
pub(super) fn tag_length(from_tag: &str) -> Result<usize, ExtractError> {
    let mut attributes = Attributes::of(from_tag);
    while attributes.next()?.is_some() {}
    Ok(attributes.at)
}

/// The name of the end tag that a text begins with, where that is all there is in it, as in nearly all.
pub(in crate::extract) fn plain_end_tag(from_tag: &str) -> Option<&str> {
    let name_on = from_tag.strip_prefix("</")?;
    let end = name_on
        .bytes()
        .position(|byte| !byte.is_ascii_alphanumeric())?;
    let (name, after) = name_on.split_at_checked(end)?;
    after.starts_with('>').then_some(name)
}

/// An attribute as it is written.
pub(in crate::extract) struct Attribute<'a> {
    pub(in crate::extract) name: &'a str,
    pub(in crate::extract) value: &'a str,
    /// Where the value begins, counted from where the tag does.
    pub(in crate::extract) value_at: usize,
    pub(super) written: &'a str,
}

impl Attribute<'_> {
    /// Tells whether anybody looks at it, in a tag of this name, on a page without a site rule.
    pub(super) fn is_read(&self, tag_name: &str) -> bool {
        const IN_ANY_TAG: &[&str] = &[
            "class",
            "id",
            "itemprop",
            "role",
            "hidden",
            "aria-hidden",
            "data-testid",
            "data-component",
            "data-qa",
            "data-module",
        ];
        const IN_TAGS: &[(&str, &[&str])] = &[
            ("href", &["a", "link"]),
            ("rel", &["a", "link"]),
            ("target", &["a"]),
            ("type", &["div", "section", "aside"]),
            ("name", &["meta"]),
            ("property", &["meta"]),
            ("lang", &["html"]),
            ("alt", &["img"]),
            ("xml:lang", &["html"]),
        ];
        let is_one = |name: &&str| name.eq_ignore_ascii_case(self.name);
        if IN_ANY_TAG.iter().chain(DATE_ATTRIBUTES).any(is_one) {
            return true;
        }
        // A style counts where it hides its element: `display:none`, `visibility:hidden`, `left:-9999px`.
        if is_one(&"style") {
            return ["none", "hidden", "clip", "-9", "font-size:0"]
                .iter()
                .any(|word| find_ignoring_case(self.value, word).is_some());
        }
        // A tooltip counts where it may be a date.
        if is_one(&"title") {
            return self.value.len() <= LONGEST_DATE
                && self.value.bytes().any(|byte| byte.is_ascii_digit());
        }
        let is_tag = |tag: &&str| tag.eq_ignore_ascii_case(tag_name);
        IN_TAGS
            .iter()
            .any(|(name, tags)| is_one(name) && tags.iter().any(is_tag))
    }
}

/// Bytes of the longest date in a tooltip.
const LONGEST_DATE: usize = 100;

/// What ends the attributes of a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::extract) enum End {
    Tag,
    /// With a slash before the angle bracket: elements of drawings and formulas have no content then.
    EmptyTag,
    Page,
}

/// Reads the attributes of a tag one after the other, as the HTML standard has it (§13.2.5.32 to 40).
pub(in crate::extract) struct Attributes<'a> {
    from_tag: &'a str,
    /// Where it goes on; behind the tag when there are no more.
    pub(in crate::extract) at: usize,
    /// How many there were.
    pub(in crate::extract) count: usize,
    /// What they end at, once they have.
    pub(in crate::extract) end: End,
}

impl<'a> Attributes<'a> {
    /// Those of the tag that a text begins with.
    pub(in crate::extract) fn of(from_tag: &'a str) -> Self {
        let mut attributes = Self {
            from_tag,
            at: 1,
            count: 0,
            end: End::Page,
        };
        attributes.skip(|byte| !is_separator(byte) && byte != b'>');
        attributes
    }

    pub(in crate::extract) fn next(&mut self) -> Result<Option<Attribute<'a>>, ExtractError> {
        let end_of_last = self.at;
        self.skip(is_separator);
        let start = self.at;
        match self.byte() {
            None => return Ok(None),
            Some(b'>') => {
                let separators = self.between(end_of_last, start);
                self.end = if separators.ends_with('/') {
                    End::EmptyTag
                } else {
                    End::Tag
                };
                self.at += 1;
                return Ok(None);
            }
            Some(_) => {}
        }
        self.count += 1;
        if self.count > MAX_ATTRIBUTES {
            return Err(ExtractError::TooManyAttributes {
                limit: MAX_ATTRIBUTES,
            });
        }
        // The first character belongs to the name, even where it is an equals sign.
        self.at += 1;
        self.skip(|byte| !is_separator(byte) && !matches!(byte, b'>' | b'='));
        let name = self.between(start, self.at);
        let (value_at, value) = self.value();
        Ok(Some(Attribute {
            name,
            value,
            value_at,
            written: self.between(start, self.at),
        }))
    }

    /// Where the value behind a name begins, and the value; empty where there is none.
    fn value(&mut self) -> (usize, &'a str) {
        let end_of_name = self.at;
        self.skip(|byte| byte.is_ascii_whitespace());
        if self.byte() != Some(b'=') {
            self.at = end_of_name;
            return (end_of_name, "");
        }
        self.at += 1;
        self.skip(|byte| byte.is_ascii_whitespace());
        if let Some(quote @ (b'"' | b'\'')) = self.byte() {
            let start = self.at + 1;
            let rest = self.from_tag.as_bytes().get(start..).unwrap_or_default();
            let length = memchr::memchr(quote, rest).unwrap_or(rest.len());
            self.at = (start + length + 1).min(self.from_tag.len());
            return (start, self.between(start, start + length));
        }
        let start = self.at;
        self.skip(|byte| !byte.is_ascii_whitespace() && byte != b'>');
        (start, self.between(start, self.at))
    }

    fn byte(&self) -> Option<u8> {
        self.from_tag.as_bytes().get(self.at).copied()
    }

    /// Goes on to the first byte that is none of these.
    fn skip(&mut self, skipped: impl Fn(u8) -> bool) {
        let rest = self.from_tag.as_bytes().get(self.at..).unwrap_or_default();
        self.at += rest
            .iter()
            .position(|byte| !skipped(*byte))
            .unwrap_or(rest.len());
    }

    /// What is written from one place to another.
    fn between(&self, from: usize, to: usize) -> &'a str {
        self.from_tag.get(from..to).unwrap_or_default()
    }
}

fn is_separator(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == b'/'
}
