//! What the elements of feeds mean: the one table of all formats.

use super::names::Vocabulary;

/// What an element says about a feed or an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    Title,
    Guid,
    Link,
    /// The address behind one that counts clicks; some publishers put the same into every entry.
    OriginalLink,
    Published,
    Updated,
    Author,
    Summary,
    Content,
    Enclosure,
    Language,
    /// A container whose children speak for the entry, too.
    Group,
}

/// Returns what an element means and how far it is to be trusted: of several the lowest rank counts, of the
/// same rank the first in the document.
pub(super) fn slot(vocabulary: Vocabulary, local: &str) -> Option<(Slot, u8)> {
    match vocabulary {
        Vocabulary::Core => core_slot(local),
        Vocabulary::DublinCore | Vocabulary::DublinCoreTerms => dublin_core_slot(local),
        Vocabulary::Content => (local == "encoded").then_some((Slot::Content, 0)),
        Vocabulary::Media => media_slot(local),
        Vocabulary::Itunes => itunes_slot(local),
        Vocabulary::Feedburner => (local == "origlink").then_some((Slot::OriginalLink, 0)),
        Vocabulary::Xhtml => (local == "body").then_some((Slot::Content, 2)),
        Vocabulary::Rdf => None,
        Vocabulary::Other => {
            matches!(local, "full-text" | "fulltext").then_some((Slot::Content, 3))
        }
    }
}

fn core_slot(local: &str) -> Option<(Slot, u8)> {
    Some(match local {
        "title" => (Slot::Title, 0),
        "guid" => (Slot::Guid, 0),
        "id" => (Slot::Guid, 1),
        "link" => (Slot::Link, 0),
        "origlink" => (Slot::OriginalLink, 0),
        "pubdate" => (Slot::Published, 0),
        "published" => (Slot::Published, 1),
        "issued" => (Slot::Published, 2),
        "date" => (Slot::Published, 3),
        "created" => (Slot::Published, 4),
        "updated" | "modified" => (Slot::Updated, 0),
        "lastbuilddate" | "lastmod" => (Slot::Updated, 2),
        "author" => (Slot::Author, 0),
        "creator" => (Slot::Author, 2),
        "managingeditor" => (Slot::Author, 4),
        "description" => (Slot::Summary, 0),
        "summary" | "abstract" => (Slot::Summary, 1),
        "subtitle" | "tagline" => (Slot::Summary, 6),
        "content" => (Slot::Content, 0),
        "encoded" => (Slot::Content, 1),
        "body" => (Slot::Content, 2),
        "fullitem" | "full-text" | "fulltext" => (Slot::Content, 3),
        "enclosure" => (Slot::Enclosure, 0),
        "language" => (Slot::Language, 0),
        _ => return None,
    })
}

fn dublin_core_slot(local: &str) -> Option<(Slot, u8)> {
    Some(match local {
        "title" => (Slot::Title, 1),
        "identifier" => (Slot::Guid, 3),
        "issued" | "available" => (Slot::Published, 2),
        "date" | "pubdate" => (Slot::Published, 3),
        "created" => (Slot::Published, 4),
        "modified" => (Slot::Updated, 1),
        "creator" => (Slot::Author, 1),
        "author" => (Slot::Author, 2),
        "description" => (Slot::Summary, 2),
        "abstract" => (Slot::Summary, 3),
        "language" => (Slot::Language, 1),
        _ => return None,
    })
}

fn media_slot(local: &str) -> Option<(Slot, u8)> {
    Some(match local {
        "title" => (Slot::Title, 3),
        "description" => (Slot::Summary, 4),
        "content" => (Slot::Enclosure, 1),
        "group" => (Slot::Group, 0),
        _ => return None,
    })
}

fn itunes_slot(local: &str) -> Option<(Slot, u8)> {
    Some(match local {
        "title" => (Slot::Title, 4),
        "author" => (Slot::Author, 3),
        "summary" => (Slot::Summary, 5),
        "subtitle" => (Slot::Summary, 7),
        _ => return None,
    })
}

/// Returns whether an element is one that feeds are made of, so that an open one before it has ended.
pub(super) fn is_field(vocabulary: Vocabulary, local: &str) -> bool {
    let is_known_without_slot = || {
        matches!(
            local,
            "category"
                | "cloud"
                | "comments"
                | "contributor"
                | "copyright"
                | "docs"
                | "generator"
                | "image"
                | "rating"
                | "rights"
                | "skipdays"
                | "skiphours"
                | "source"
                | "subject"
                | "textinput"
                | "ttl"
                | "webmaster"
        )
    };
    match vocabulary {
        Vocabulary::Other | Vocabulary::Rdf | Vocabulary::Xhtml => false,
        Vocabulary::Core => {
            local != "body" && (slot(vocabulary, local).is_some() || is_known_without_slot())
        }
        _ => true,
    }
}
