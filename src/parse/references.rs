//! Character and entity references: `&amp;`, `&#233;`, `&eacute;`, and the entities a DOCTYPE defines.
//!
//! Feeds use HTML's names without declaring them, number characters by windows-1252, and forget to write
//! `&` as `&amp;`; all of that is read as it was meant. What an unknown reference stands for is never
//! guessed: it stays as written. What a DOCTYPE defines is held to a fixed amount of text, so that a small
//! document cannot grow into a large one.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;

use html5ever::data::{C1_REPLACEMENTS, NAMED_ENTITIES};

/// Bytes that the entities of one document may add to it in all.
const MAX_EXPANSION_BYTES: usize = 64 * 1024;

/// Bytes of one entity's replacement text; a longer one is not defined at all.
const MAX_ENTITY_BYTES: usize = 4 * 1024;

/// Entities read from one DOCTYPE; the HTML sets have 253, and nobody defines more by hand.
const MAX_ENTITIES: usize = 1_024;

/// Bytes between `&` and `;` for which a reference is still looked for; the longest HTML name has 31.
const MAX_NAME_BYTES: usize = 64;

/// The entities that a document's DOCTYPE defines itself.
#[derive(Debug, Default)]
pub(super) struct Entities {
    values: HashMap<String, String>,
    expanded_bytes: Cell<usize>,
}

impl Entities {
    /// Reads the `<!ENTITY name "value">` declarations of a DOCTYPE; external and parameter entities are not read.
    pub(super) fn of_doctype(doctype: &str) -> Self {
        let mut entities = Self::default();
        for declaration in doctype.split("<!ENTITY").skip(1).take(MAX_ENTITIES) {
            if let Some((name, value)) = entity_declaration(declaration) {
                let value = decode(value, &entities).into_owned();
                if value.len() <= MAX_ENTITY_BYTES {
                    entities.values.entry(name.to_owned()).or_insert(value);
                }
            }
        }
        entities
    }

    fn expand(&self, name: &str) -> Option<&str> {
        let value = self.values.get(name)?;
        let expanded_bytes = self.expanded_bytes.get() + value.len();
        if expanded_bytes > MAX_EXPANSION_BYTES {
            return None;
        }
        self.expanded_bytes.set(expanded_bytes);
        Some(value)
    }
}

/// Splits ` name "value">` into its two parts.
fn entity_declaration(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = text.trim_start().split_once(char::is_whitespace)?;
    let rest = rest.trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (value, _) = rest.strip_prefix(quote)?.split_once(quote)?;
    (name != "%").then_some((name, value))
}

/// Replaces the references in a text by what they stand for; unknown ones and bare ampersands stay.
pub(super) fn decode<'a>(text: &'a str, own: &Entities) -> Cow<'a, str> {
    with_each_ampersand(text, |rest, decoded| {
        reference(rest, own, decoded).unwrap_or_else(|| {
            decoded.push('&');
            rest
        })
    })
}

/// Rewrites a text at its ampersands: `write` gets what follows one, appends what is meant, and returns what
/// follows that.
fn with_each_ampersand<'a>(
    text: &'a str,
    mut write: impl FnMut(&'a str, &mut String) -> &'a str,
) -> Cow<'a, str> {
    let Some((before, mut rest)) = text.split_once('&') else {
        return Cow::Borrowed(text);
    };
    let mut rewritten = String::with_capacity(text.len());
    rewritten.push_str(before);
    loop {
        let after = write(rest, &mut rewritten);
        let Some((before, next)) = after.split_once('&') else {
            rewritten.push_str(after);
            return Cow::Owned(rewritten);
        };
        rewritten.push_str(before);
        rest = next;
    }
}

/// Replaces HTML's references, where a document's own entities have no say.
pub(super) fn decode_html(text: &str) -> Cow<'_, str> {
    decode(text, &Entities::default())
}

/// Writes every ampersand of HTML the way the standard wants it: characters that need no reference stand for
/// themselves, the others have one that ends in `;`, any other ampersand is `&amp;`.
pub(super) fn normalised(html: &str) -> Cow<'_, str> {
    let own = Entities::default();
    let mut meaning = String::new();
    with_each_ampersand(html, |rest, normalised| {
        meaning.clear();
        let after = reference(rest, &own, &mut meaning);
        match (after, meaning.as_str()) {
            (None, _) | (_, "&") => normalised.push_str("&amp;"),
            (_, "<") => normalised.push_str("&lt;"),
            (_, ">") => normalised.push_str("&gt;"),
            (_, "\"") => normalised.push_str("&quot;"),
            (_, "'") => normalised.push_str("&#39;"),
            (_, other) => normalised.push_str(other),
        }
        after.unwrap_or(rest)
    })
}

/// Reads one reference after its `&`, appends what it stands for, and returns what follows it.
fn reference<'a>(text: &'a str, own: &Entities, decoded: &mut String) -> Option<&'a str> {
    if let Some(number) = text.strip_prefix('#') {
        return numeric(number, decoded);
    }
    if !text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        return None;
    }
    let end = text
        .bytes()
        .take(MAX_NAME_BYTES)
        .position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')))
        .unwrap_or(text.len().min(MAX_NAME_BYTES));
    let (name, after) = text.split_at_checked(end)?;
    let Some(after_semicolon) = after.strip_prefix(';') else {
        return unterminated(name, after, decoded);
    };
    if let Some(value) = own.expand(name) {
        decoded.push_str(value);
        return Some(after_semicolon);
    }
    named(name, decoded)?;
    Some(after_semicolon)
}

/// Appends what an HTML name stands for.
fn named(name: &str, decoded: &mut String) -> Option<()> {
    let mut key = String::with_capacity(name.len() + 1);
    key.push_str(name);
    key.push(';');
    if !NAMED_ENTITIES.contains_key(key.as_str()) {
        key.make_ascii_lowercase(); // `&NBSP;`: feeds in capitals shout their references, too
    }
    let (first, second) = NAMED_ENTITIES.get(key.as_str())?;
    let first = char::from_u32(*first).filter(|c| *c != '\0')?;
    decoded.push(first);
    decoded.extend(char::from_u32(*second).filter(|c| *c != '\0'));
    Some(())
}

/// Reads `&nbsp` and its like without a semicolon, where HTML allows that and no letter follows.
fn unterminated<'a>(name: &str, after: &'a str, decoded: &mut String) -> Option<&'a str> {
    // `&copy=1` is a parameter of an address, `&copy 2024` a sign.
    let (first, _) = NAMED_ENTITIES.get(name)?;
    let sign = char::from_u32(*first).filter(|c| *c != '\0')?;
    if after.starts_with('=') {
        return None;
    }
    decoded.push(sign);
    Some(after)
}

/// Reads `233;` or `xE9;`; a character that no text may hold is dropped with its reference.
fn numeric<'a>(text: &'a str, decoded: &mut String) -> Option<&'a str> {
    let (digits, radix) = match text.strip_prefix(['x', 'X']) {
        Some(hexadecimal) => (hexadecimal, 16),
        None => (text, 10),
    };
    let end = digits
        .find(|c: char| !c.is_digit(radix))
        .unwrap_or(digits.len());
    let (number, after) = digits.split_at_checked(end)?;
    if number.is_empty() {
        return None;
    }
    let code = u32::from_str_radix(number, radix).unwrap_or(u32::MAX);
    decoded.extend(character(code));
    Some(after.strip_prefix(';').unwrap_or(after))
}

/// Returns the character with this number, by windows-1252 where Unicode has only a control.
fn character(code: u32) -> Option<char> {
    // HTML §13.2.5.80: numbers of 0x80 to 0x9F mean windows-1252.
    if let Some(index) = code.checked_sub(0x80)
        && let Some(Some(replacement)) = C1_REPLACEMENTS.get(index as usize)
    {
        return Some(*replacement);
    }
    char::from_u32(code).filter(|c| !c.is_control() || matches!(c, '\t' | '\n' | '\r'))
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    #[test]
    fn references_of_every_kind_become_characters() {
        for (written, meant) in [
            ("AT&amp;T", "AT&T"),
            ("caf&eacute;", "café"),
            ("caf&#233;", "café"),
            ("caf&#xE9;", "café"),
            ("caf&#XE9;", "café"),
            ("&#146;tis", "\u{2019}tis"),
            ("a&nbsp;b", "a\u{a0}b"),
            ("a&NBSP;b", "a\u{a0}b"),
            ("a&nbsp b", "a\u{a0} b"),
            ("a&#11;b", "ab"),
            ("&#x1F600;", "😀"),
        ] {
            assert_eq!(decode_html(written), meant, "{written}");
        }
    }

    #[test]
    fn ampersands_are_written_as_the_standard_wants_them() {
        assert_eq!(
            normalised("a & b &amp; c &copy 1 &#233; &#60 &nope; &"),
            "a &amp; b &amp; c \u{a9} 1 \u{e9} &lt; &amp;nope; &amp;"
        );
    }

    #[test]
    fn what_is_no_reference_stays_as_written() {
        for text in [
            "Q & A",
            "a&b",
            "&unknown;",
            "?a=1&copy=2",
            "&#;",
            "&#x;",
            "&",
            "&&",
            "100&;",
        ] {
            assert_eq!(decode_html(text), text);
        }
    }

    #[test]
    fn a_number_beyond_all_characters_is_dropped() {
        assert_eq!(
            decode_html("a&#99999999999999999999;b&#xD800;c&#0;d"),
            "abcd"
        );
    }

    #[test]
    fn a_doctype_defines_entities_of_its_own() {
        let own = Entities::of_doctype(
            r#"<!DOCTYPE rss [<!ENTITY site "The <b>Site</b>"> <!ENTITY both '&site; &amp; more'>]>"#,
        );
        assert_eq!(decode("&both;", &own), "The <b>Site</b> & more");
    }

    #[test]
    fn an_entity_that_names_a_file_is_not_read() {
        let own = Entities::of_doctype(
            r#"<!DOCTYPE rss [<!ENTITY secret SYSTEM "file:///etc/passwd">]>"#,
        );
        assert_eq!(decode("&secret;", &own), "&secret;");
    }

    #[test]
    fn entities_of_entities_do_not_explode() {
        let mut doctype = String::from("<!DOCTYPE lolz [<!ENTITY l0 \"lollollollol\">");
        for level in 1..20 {
            let value = format!("&l{};", level - 1).repeat(10);
            write!(doctype, "<!ENTITY l{level} \"{value}\">").unwrap();
        }
        let own = Entities::of_doctype(&doctype);
        let text = "&l19;&l2;".repeat(1_000);
        assert!(decode(&text, &own).len() <= text.len() + MAX_EXPANSION_BYTES);
    }
}
