//! What became of a block of a page, and why.

use std::fmt;

use super::hints::Hints;

/// Whether a block is part of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is.
    Kept(Kept),
    /// It is not.
    Dropped(Dropped),
}

impl Verdict {
    /// Tells whether the block is part of the text.
    #[must_use]
    pub fn is_kept(self) -> bool {
        matches!(self, Self::Kept(_))
    }
}

/// Why a block is part of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// The site rule names it.
    Rule,
    /// It stands in the element that holds most of the plain text.
    Text,
    /// It is the lead, between headline and text.
    Lead,
}

/// Why a block is not part of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dropped {
    /// The site rule names other elements.
    NotInRule,
    /// It stands outside of the element that holds the text.
    Outside,
    /// The name of an element around it says what it is.
    Part(PartName),
    /// It belongs to another article, which stands before or behind the page's own.
    OtherArticle,
    /// It is one in a row of small parts that each have a linked headline.
    Card,
    /// It is the caption of a picture.
    Caption,
    /// It is the headline, the date or the line with the authors, which are told apart.
    AboutTheArticle,
    /// It is a line as pages put them between paragraphs: "read more", a photo credit, a call to subscribe.
    LineBetween,
    /// It is a short line before the first paragraph.
    BeforeText,
    /// It stands below a line that ends the text, or is one.
    AfterText,
    /// It says again what a paragraph above it says.
    Repeated,
}

/// What the name of an element says that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartName(&'static str);

impl PartName {
    /// What names with these hints say, of those that count.
    pub(super) fn of(hints: Hints, telling: Hints) -> Self {
        const NAMES: &[(Hints, &str)] = &[
            (Hints::COMMENTS, "comments"),
            (Hints::RELATED, "other articles"),
            (Hints::CONSENT, "consent to cookies"),
            (Hints::AD, "advertising"),
            (Hints::SIGNUP, "subscriptions, forms and notices"),
            (Hints::SHARE, "sharing"),
            (Hints::NAV, "navigation"),
            (Hints::FOOT, "the foot of the page"),
            (Hints::TAGS, "tags"),
            (Hints::SIDE, "something beside the article"),
            (Hints::BIO, "the author"),
            (Hints::HIDDEN, "hidden text"),
            (Hints::CAPTION, "captions"),
            (Hints::DATE, "dates"),
        ];
        let name = NAMES
            .iter()
            .find(|(name, _)| hints.any(*name) && telling.any(*name));
        Self(name.map_or("something else", |(_, name)| name))
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kept(kept) => kept.fmt(f),
            Self::Dropped(dropped) => dropped.fmt(f),
        }
    }
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rule => "named by the site rule",
            Self::Text => "text",
            Self::Lead => "lead",
        })
    }
}

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotInRule => "not named by the site rule",
            Self::Outside => "outside of the element that holds the text",
            Self::Part(PartName(name)) => {
                return write!(f, "in a part named after {name}");
            }
            Self::OtherArticle => "another article on the same page",
            Self::Card => "in a row of linked headlines",
            Self::Caption => "caption",
            Self::AboutTheArticle => "headline, date or authors",
            Self::LineBetween => "a line as pages put them between paragraphs",
            Self::BeforeText => "a short line before the text",
            Self::AfterText => "after the end of the text",
            Self::Repeated => "says again what stands above",
        })
    }
}
