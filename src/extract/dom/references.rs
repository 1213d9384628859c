//! Text as it is meant: with its character references read and its line ends made one.
//!
//! As the HTML standard has it (§13.2.3.5, §13.2.5.72 to 80); feeds, which are laxer, have their own in `parse`.

use html5ever::data::{C1_REPLACEMENTS, NAMED_ENTITIES};

/// Where a text stands, which decides what is read in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Among tags. Null characters stay: the tree has no use for them, and drops them.
    Text,
    /// In an element that holds text alone, as `title` does.
    TextWithoutTags,
    /// In the value of an attribute.
    Attribute,
    /// Where no references are read.
    Raw,
}

/// Writes what a text means where that differs from what is written, and tells whether it does.
pub(super) fn read_text(written: &str, place: Place, meant: &mut String) -> bool {
    let Some(first) = memchr::memchr3(b'&', b'\r', b'\0', written.as_bytes()) else {
        return false;
    };
    meant.clear();
    let mut rest = written;
    let mut next = Some(first);
    while let Some((before, from_mark)) = next.and_then(|at| rest.split_at_checked(at)) {
        meant.push_str(before);
        rest = from_mark.get(1..).unwrap_or_default();
        match from_mark.as_bytes().first() {
            Some(b'&') if place != Place::Raw => rest = reference(rest, place, meant),
            Some(b'\r') => {
                meant.push('\n');
                rest = rest.strip_prefix('\n').unwrap_or(rest);
            }
            Some(b'\0') if place != Place::Text => meant.push('\u{fffd}'),
            Some(other) => meant.push(char::from(*other)),
            None => {}
        }
        next = memchr::memchr3(b'&', b'\r', b'\0', rest.as_bytes());
    }
    meant.push_str(rest);
    true
}

/// Writes what a reference stands for, which begins behind its `&`, and returns what follows it.
fn reference<'a>(text: &'a str, place: Place, meant: &mut String) -> &'a str {
    let after = match text.strip_prefix('#') {
        Some(number) => numeric(number, meant),
        None => named(text, place, meant),
    };
    after.unwrap_or_else(|| {
        meant.push('&');
        text
    })
}

fn numeric<'a>(text: &'a str, meant: &mut String) -> Option<&'a str> {
    let (digits, radix) = match text.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16),
        None => (text, 10),
    };
    let length = digits
        .bytes()
        .take_while(|byte| char::from(*byte).is_digit(radix));
    let (number, after) = digits.split_at_checked(length.count())?;
    if number.is_empty() {
        return None;
    }
    let code = u32::from_str_radix(number, radix).unwrap_or(u32::MAX);
    let c1 = code
        .checked_sub(0x80)
        .and_then(|index| C1_REPLACEMENTS.get(index as usize));
    let character = c1.copied().flatten().or_else(|| char::from_u32(code));
    meant.push(character.filter(|c| *c != '\0').unwrap_or('\u{fffd}'));
    Some(after.strip_prefix(';').unwrap_or(after))
}

fn named<'a>(text: &'a str, place: Place, meant: &mut String) -> Option<&'a str> {
    let (length, characters) = longest_name(text)?;
    let (name, after) = text.split_at_checked(length)?;
    // For historical reasons a parameter of an address is none: `?a=1&copy=2`.
    let goes_on = |byte: &u8| *byte == b'=' || byte.is_ascii_alphanumeric();
    if place == Place::Attribute
        && !name.ends_with(';')
        && after.as_bytes().first().is_some_and(goes_on)
    {
        return None;
    }
    meant.extend(characters.into_iter().filter(|c| *c != '\0'));
    Some(after)
}

/// The longest name that a text begins with, and what it stands for.
fn longest_name(text: &str) -> Option<(usize, [char; 2])> {
    let known = |length: usize| {
        // All beginnings of names are in the list, and stand for nothing.
        let &(first, second) = NAMED_ENTITIES.get(text.get(..length)?)?;
        Some([char::from_u32(first)?, char::from_u32(second)?])
    };
    let letters = text
        .bytes()
        .take(LONGEST_NAME)
        .take_while(u8::is_ascii_alphanumeric)
        .count();
    let is_name = |characters: &[char; 2]| characters.first() != Some(&'\0');
    let whole = known(letters + 1).filter(is_name);
    if let Some(characters) = whole.filter(|_| text.as_bytes().get(letters) == Some(&b';')) {
        return Some((letters + 1, characters));
    }
    let names = (1..=letters).map(|length| (length, known(length)));
    names
        .take_while(|(_, characters)| characters.is_some())
        .filter_map(|(length, characters)| Some((length, characters.filter(is_name)?)))
        .last()
}

/// Letters of the longest name, and a few more.
const LONGEST_NAME: usize = 40;
