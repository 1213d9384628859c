//! Queries compiled: the tree of a query over keys instead of words.

use std::ops::Deref;

use super::field_set::Fields;
use super::key::KeyId;
use super::near::Closeness;
use super::words::Tie;

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
    pub(crate) edges: Steps,
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

/// The words of a term. Most terms are one, which stands in the clause itself: thousands of lists are walked through for an
/// article.
#[derive(Debug, Clone)]
pub(crate) enum Steps {
    One(Step),
    Several(Box<[Step]>),
}

impl Deref for Steps {
    type Target = [Step];

    fn deref(&self) -> &[Step] {
        match self {
            Self::One(step) => std::slice::from_ref(step),
            Self::Several(steps) => steps,
        }
    }
}

impl From<Vec<Step>> for Steps {
    fn from(mut steps: Vec<Step>) -> Self {
        match steps.pop() {
            Some(step) if steps.is_empty() => Self::One(step),
            last => {
                steps.extend(last);
                Self::Several(steps.into())
            }
        }
    }
}

/// One word of a term.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) from: u16,
    pub(crate) to: u16,
    pub(crate) keys: KeySet,
    pub(crate) tie: Tie,
}

/// Keys of which a word must have one. With two cases it takes no more room than a list: of terms there are many.
#[derive(Debug, Clone)]
pub(crate) enum KeySet {
    One(KeyId),
    /// One of these; where there is none, any word will do.
    Several(Box<[KeyId]>),
}

impl KeySet {
    /// Any word will do.
    pub(crate) fn any() -> Self {
        Self::Several(Box::default())
    }

    /// Whether any word will do.
    pub(crate) fn is_any(&self) -> bool {
        self.as_slice().is_empty()
    }

    /// The keys; none for any word.
    pub(crate) fn as_slice(&self) -> &[KeyId] {
        match self {
            Self::One(key) => std::slice::from_ref(key),
            Self::Several(keys) => keys,
        }
    }
}
