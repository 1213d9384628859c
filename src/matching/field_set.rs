//! The fields that are read as text, and sets of them.

use crate::domain::Field;

/// The fields that are read as text, in the order of their bits in [`Fields`].
pub(crate) const TEXT_FIELDS: [Field; 8] = [
    Field::Title,
    Field::Body,
    Field::Author,
    Field::Source,
    Field::Tag,
    Field::Url,
    Field::FeedTitle,
    Field::FeedSummary,
];

/// Where in [`TEXT_FIELDS`] a field of the page is, and the field of the feed that says the same once more: what stands
/// in both is one mention.
pub(crate) const SAID_TWICE: [(u8, u8); 2] = [(0, 6), (1, 7)];

/// A set of text fields, a bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Fields(pub(crate) u8);

impl Fields {
    /// Headline and text, of the page and of the feed: where a query looks that names no field.
    pub(crate) const PROSE: Self = Self(0b1100_0011);
    /// Every field.
    pub(crate) const ALL: Self = Self(0xFF);

    /// Where a query looks that names the field: there and in the feed's words for the same; nowhere for the language,
    /// which is no text.
    pub(crate) fn of(field: Field) -> Self {
        let bit = |field| TEXT_FIELDS.iter().position(|known| *known == field);
        let of_feed = match field {
            Field::Title => bit(Field::FeedTitle),
            Field::Body => bit(Field::FeedSummary),
            _ => None,
        };
        let places = bit(field).into_iter().chain(of_feed);
        Self(places.fold(0, |bits, place| bits | 1 << place))
    }

    /// The set of the field at `place` in [`TEXT_FIELDS`].
    pub(crate) fn at(place: u8) -> Self {
        Self(1 << place)
    }

    /// True if the sets share a field.
    pub(crate) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// All fields of both.
    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}
