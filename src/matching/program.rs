//! Queries compiled: the tree of a query over keys instead of words.

use super::near::Closeness;
use super::query::Tie;
use super::vocabulary::KeyId;
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

/// A clause of a query.
#[derive(Debug, Clone)]
pub(crate) struct Clause {
    pub(crate) ask: Ask,
    /// Where the clause stands in its query or alias, in bytes.
    pub(crate) place: (u32, u32),
    /// True if it only takes points away.
    pub(crate) is_neutral: bool,
}

/// What a clause asks.
#[derive(Debug, Clone)]
pub(crate) enum Ask {
    /// A word or phrase.
    Search(Search),
    /// A regular expression.
    Regex {
        place: usize,
        key: KeyId,
        fields: Fields,
    },
    /// The article's language.
    Language(KeyId),
    /// An alias: a clause that several queries share.
    Shared(usize),
    /// All of these.
    And(Box<[Clause]>),
    /// Any of these.
    Or(Box<[Clause]>),
    /// Not this.
    Not(Box<Clause>),
    /// Two clauses close together.
    Near {
        sides: Box<(Clause, Clause)>,
        closeness: Closeness,
    },
    /// At least so many mentions.
    Count { inner: Box<Clause>, min: u32 },
    /// Points.
    Weight { inner: Box<Clause>, points: f64 },
}

/// A term over keys.
#[derive(Debug, Clone)]
pub(crate) struct Search {
    pub(crate) fields: Fields,
    /// The words, as edges between the nodes 0 to `length`, sorted by their first node.
    pub(crate) edges: Box<[Step]>,
    pub(crate) length: u16,
    /// For words in any order: the most extra words, and the nodes at which the parts start.
    pub(crate) scattered: Option<Box<Scattered>>,
}

/// The parts of a phrase whose words may stand in any order.
#[derive(Debug, Clone)]
pub(crate) struct Scattered {
    pub(crate) slack: u32,
    /// Each part as a search of its own.
    pub(crate) parts: Vec<Search>,
    /// Parts that any word fits.
    pub(crate) wildcards: u32,
}

/// One word of a term.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) from: u16,
    pub(crate) to: u16,
    pub(crate) keys: KeySet,
    pub(crate) tie: Tie,
}

/// Keys of which a word must have one.
#[derive(Debug, Clone)]
pub(crate) enum KeySet {
    /// Any word will do.
    Any,
    One(KeyId),
    Several(Box<[KeyId]>),
}

impl KeySet {
    /// The keys; none for any word.
    pub(crate) fn as_slice(&self) -> &[KeyId] {
        match self {
            Self::Any => &[],
            Self::One(key) => std::slice::from_ref(key),
            Self::Several(keys) => keys,
        }
    }
}
