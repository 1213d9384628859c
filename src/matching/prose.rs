//! A text as regular expressions see it: in NFC, without what only steers line breaks and direction, and the way back.

use std::borrow::Cow;

use super::place::Place;
use super::words;

/// A text for regular expressions.
#[derive(Debug)]
pub(crate) struct Prose<'t> {
    text: Cow<'t, str>,
    /// For each byte of `text`, the code point of the original it was made of; absent for ASCII, where both
    /// are the same.
    origins: Option<Vec<u32>>,
    /// The code point of the field at which the text starts.
    offset: u32,
}

impl<'t> Prose<'t> {
    /// Prepares a text whose first character is code point `offset` of its field.
    pub(crate) fn new(original: &'t str, offset: u32) -> Self {
        if original.is_ascii() {
            return Self {
                text: Cow::Borrowed(original),
                origins: None,
                offset,
            };
        }
        let mut text = String::with_capacity(original.len());
        let mut origins = Vec::with_capacity(original.len() + 1);
        words::each_composed(original, |composed, start| {
            text.push_str(composed);
            origins.resize(text.len(), start);
        });
        let end = u32::try_from(original.chars().count()).unwrap_or(u32::MAX);
        origins.push(end);
        Self {
            text: Cow::Owned(text),
            origins: Some(origins),
            offset,
        }
    }

    /// The text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Adds the places where an expression matches.
    pub(crate) fn find(&self, regex: &regex::Regex, field: u8, places: &mut Vec<Place>) {
        for found in regex.find_iter(&self.text) {
            let start = self.origin(found.start());
            let end = self.origin(found.end());
            places.push(Place {
                field,
                first: start,
                last: end.saturating_sub(1),
                start,
                end,
            });
        }
    }

    fn origin(&self, byte: usize) -> u32 {
        let own = match &self.origins {
            None => u32::try_from(byte).unwrap_or(u32::MAX),
            Some(origins) => origins.get(byte).copied().unwrap_or(u32::MAX),
        };
        own.saturating_add(self.offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_the_original() {
        let original = "Bie\u{302}\u{309}n\u{ad} CVE\u{200b}-1";
        let prose = Prose::new(original, 10);
        assert_eq!(prose.text(), "Biển CVE-1");
        let mut places = Vec::new();
        prose.find(&regex::Regex::new("CVE-[0-9]").unwrap(), 1, &mut places);
        assert_eq!((places[0].start, places[0].end), (18, 24));
    }
}
