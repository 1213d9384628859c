//! Where something was found: a place in a field, and the places that belong together.

use super::field_set::TEXT_FIELDS;
use crate::domain::{Field, Span};

/// A place where something was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// The place of the field in [`TEXT_FIELDS`].
    pub(crate) field: u8,
    /// The position of its first word.
    pub(crate) first: u32,
    /// The position of its last word.
    pub(crate) last: u32,
    /// Its first code point in the original.
    pub(crate) start: u32,
    /// The code point after its last.
    pub(crate) end: u32,
}

impl Place {
    /// Where it is for people.
    pub(crate) fn span(&self) -> Span {
        let index = |offset: u32| usize::try_from(offset).unwrap_or(usize::MAX);
        Span {
            field: TEXT_FIELDS
                .get(usize::from(self.field))
                .copied()
                .unwrap_or(Field::Body),
            start: index(self.start),
            end: index(self.end),
        }
    }
}

/// A place where a clause was found, with its parts where words stand apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Occurrence {
    /// From its first word to its last.
    pub(crate) extent: Place,
    /// What of it was asked for; empty if all of it was.
    parts: Vec<Place>,
}

impl Occurrence {
    /// What of it was asked for.
    pub(crate) fn parts(&self) -> &[Place] {
        if self.parts.is_empty() {
            std::slice::from_ref(&self.extent)
        } else {
            &self.parts
        }
    }

    /// Several places as one.
    pub(crate) fn of(mut parts: Vec<Place>) -> Option<Self> {
        parts.sort_unstable();
        let first = *parts.first()?;
        let extent = parts.iter().fold(first, |all, part| Place {
            field: all.field,
            first: all.first.min(part.first),
            last: all.last.max(part.last),
            start: all.start.min(part.start),
            end: all.end.max(part.end),
        });
        Some(Self { extent, parts })
    }
}

impl AsRef<Place> for Place {
    fn as_ref(&self) -> &Self {
        self
    }
}

/// Its extent.
impl AsRef<Place> for Occurrence {
    fn as_ref(&self) -> &Place {
        &self.extent
    }
}

impl From<Place> for Occurrence {
    fn from(extent: Place) -> Self {
        Self {
            extent,
            parts: Vec::new(),
        }
    }
}
