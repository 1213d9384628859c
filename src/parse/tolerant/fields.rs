//! From elements to the fields of a feed and its entries.

use url::Url;

use super::body;
use super::children::{Child, children};
use super::names::Namespaces;
use super::vocabulary::{Slot, slot};
use crate::domain::{Budget, Timestamp};
use crate::parse::draft::{Draft, DraftEntry};
use crate::parse::lexer::{Piece, Tag, local_name};
use crate::parse::references::{self, Entities};
use crate::parse::{FeedKind, date, finish, text};

/// Authors of one entry that are named; a longer list is a mistake.
const MAX_AUTHORS: usize = 20;

/// What is known where an element stands: the document's entities and names, and what addresses are relative to.
#[derive(Debug, Clone)]
pub(super) struct Scope<'s> {
    entities: &'s Entities,
    namespaces: &'s Namespaces<'s>,
    /// The document's own address.
    document: Option<&'s Url>,
    /// What `xml:base` says here, where it says anything.
    base: Option<Url>,
    budget: &'s Budget<'s>,
    /// Whether the root is that of Atom.
    is_atom: bool,
}

impl<'s> Scope<'s> {
    /// Returns the scope inside a feed's containers.
    pub(super) fn of_feed(
        containers: &[Tag<'_>],
        entities: &'s Entities,
        namespaces: &'s Namespaces<'s>,
        document: Option<&'s Url>,
        budget: &'s Budget<'s>,
    ) -> Self {
        let outside = Self {
            entities,
            namespaces,
            document,
            base: None,
            budget,
            is_atom: containers
                .first()
                .is_some_and(|root| local_name(root.name).eq_ignore_ascii_case("feed")),
        };
        containers
            .iter()
            .fold(outside, |scope, container| scope.inside(container))
    }

    /// Returns the scope inside an element.
    fn inside(&self, tag: &Tag<'_>) -> Self {
        let base = attribute_named(tag, "xml:base").and_then(|base| {
            let base = references::decode(base.trim(), self.entities);
            finish::resolved(&base, self.base.as_ref().or(self.document))
        });
        Self {
            base: base.or_else(|| self.base.clone()),
            ..self.clone()
        }
    }

    /// Resolves an address written in an element; without a base it stays as written.
    fn address(&self, tag: &Tag<'_>, written: &str) -> Option<String> {
        let address = text::address(written)?;
        let scope = self.inside(tag);
        let resolved = finish::resolved(&address, scope.base.as_ref().or(self.document));
        Some(resolved.map_or(address, String::from))
    }
}

/// A value with the rank of the element it came from; the lowest rank wins, then the first.
#[derive(Debug)]
struct Best<T> {
    found: Option<(u8, T)>,
}

impl<T> Default for Best<T> {
    fn default() -> Self {
        Self { found: None }
    }
}

impl<T> Best<T> {
    fn offer(&mut self, rank: u8, value: impl FnOnce() -> Option<T>) {
        if self.found.as_ref().is_none_or(|(best, _)| rank < *best)
            && let Some(value) = value()
        {
            self.found = Some((rank, value));
        }
    }

    fn value(self) -> Option<T> {
        self.found.map(|(_, value)| value)
    }
}

/// What the elements of an entry, or of a feed's head, say.
#[derive(Debug, Default)]
struct Fields {
    title: Best<String>,
    guid: Best<Guid>,
    link: Best<String>,
    original_link: Best<String>,
    enclosure: Best<String>,
    older: Best<String>,
    published: Best<Timestamp>,
    updated: Best<Timestamp>,
    authors: Authors,
    summary: Best<String>,
    content: Best<String>,
    language: Best<String>,
}

#[derive(Debug)]
struct Guid {
    value: String,
    is_link: bool,
}

/// The names of all elements of the best rank.
#[derive(Debug, Default)]
struct Authors {
    rank: u8,
    names: Vec<String>,
}

impl Authors {
    fn offer(&mut self, rank: u8, name: Option<String>) {
        let Some(name) = name else {
            return;
        };
        if self.names.is_empty() || rank < self.rank {
            self.rank = rank;
            self.names = vec![name];
        } else if rank == self.rank && self.names.len() < MAX_AUTHORS && !self.names.contains(&name)
        {
            self.names.push(name);
        }
    }

    fn value(self) -> Option<String> {
        (!self.names.is_empty()).then(|| self.names.join(", "))
    }
}

/// Reads an entry.
pub(super) fn entry(tag: &Tag<'_>, pieces: &[Piece<'_>], scope: &Scope<'_>) -> DraftEntry {
    let scope = scope.inside(tag);
    let mut fields = Fields::default();
    fields.read_own_attributes(tag, &scope);
    fields.read_all(pieces, &scope);
    let (guid, guid_is_link) = fields
        .guid
        .value()
        .map_or((None, false), |guid| (Some(guid.value), guid.is_link));
    DraftEntry {
        guid,
        guid_is_link,
        title: fields.title.value(),
        link: fields.link.value().or_else(|| fields.original_link.value()),
        enclosure: fields.enclosure.value(),
        published: fields.published.value(),
        updated: fields.updated.value(),
        author: fields.authors.value(),
        summary: fields.summary.value(),
        content: fields.content.value(),
        lang: attribute_named(tag, "xml:lang")
            .and_then(text::line)
            .or_else(|| fields.language.value()),
        base: scope.base,
    }
}

/// Reads a feed's head; its entries are added by the caller.
pub(super) fn feed(
    kind: FeedKind,
    pieces: &[Piece<'_>],
    containers: &[Tag<'_>],
    scope: &Scope<'_>,
) -> Draft {
    let mut fields = Fields::default();
    for container in containers {
        fields.read_own_attributes(container, scope);
    }
    fields.read_all(pieces, scope);
    let mut draft = Draft::new(kind);
    draft.title = fields.title.value();
    draft.link = fields.link.value().or_else(|| {
        let guid = fields.guid.value()?;
        (guid.is_link && guid.value.starts_with("http")).then_some(guid.value)
    });
    draft.author = fields.authors.value();
    draft.older = fields.older.value();
    draft.lang = containers
        .iter()
        .find_map(|container| attribute_named(container, "xml:lang"))
        .and_then(text::line)
        .or_else(|| fields.language.value());
    draft
}

impl Fields {
    /// Reads what RSS 1.0 and CDF say in the start tag of an entry or a feed itself.
    fn read_own_attributes(&mut self, tag: &Tag<'_>, scope: &Scope<'_>) {
        let value = |name: &str| {
            tag.attribute(name)
                .and_then(|value| text::line(&references::decode(value, scope.entities)))
        };
        self.guid.offer(2, || {
            value("about").map(|value| Guid {
                value,
                is_link: true,
            })
        });
        self.link.offer(4, || {
            value("href").and_then(|href| scope.address(tag, &href))
        });
        self.updated.offer(3, || {
            value("lastmod").and_then(|lastmod| date::timestamp(&lastmod))
        });
    }

    fn read_all(&mut self, pieces: &[Piece<'_>], scope: &Scope<'_>) {
        for child in children(pieces, scope.namespaces) {
            if !scope.budget.lasts(1 + child.inner.len()) {
                return;
            }
            self.read(&child, scope);
        }
    }

    fn read(&mut self, child: &Child<'_, '_>, scope: &Scope<'_>) {
        let (vocabulary, local) = scope.namespaces.resolve(&child.tag);
        let Some((slot, rank)) = slot(vocabulary, &local) else {
            return;
        };
        let line = || body::line(child, scope.entities, scope.namespaces);
        let html = || body::html(child, scope.entities, scope.namespaces);
        let plain = || text::line(&body::plain(child.inner, scope.entities));
        let moment = || date::timestamp(&body::plain(child.inner, scope.entities));
        match slot {
            // RFC 4287 §3.1.1: a text without a type is not markup, whatever it speaks of.
            Slot::Title if scope.is_atom && child.tag.attribute("type").is_none() => {
                let line = || body::line_of_plain(child, scope.entities, scope.namespaces);
                self.title.offer(rank, line);
            }
            Slot::Title => self.title.offer(rank, line),
            Slot::Guid => self.guid.offer(rank, || {
                plain().map(|value| Guid {
                    value,
                    is_link: is_permalink(&child.tag),
                })
            }),
            Slot::Link => self.read_link(child, scope),
            Slot::OriginalLink => self.original_link.offer(rank, || {
                plain().and_then(|link| scope.address(&child.tag, &link))
            }),
            Slot::Published => self.published.offer(rank, moment),
            Slot::Updated => self.updated.offer(rank, moment),
            Slot::Author => self.authors.offer(rank, author(child, scope)),
            Slot::Summary => self.summary.offer(rank, html),
            Slot::Content => self.content.offer(rank, html),
            Slot::Enclosure => {
                let url = child
                    .tag
                    .attribute("url")
                    .map(|url| references::decode(url, scope.entities));
                self.enclosure
                    .offer(rank, || url.and_then(|url| scope.address(&child.tag, &url)));
                self.read_nested(child, scope);
            }
            Slot::Language => self.language.offer(rank, plain),
            Slot::Group => self.read_nested(child, scope),
        }
    }

    /// Reads the children of a container, one level deep: containers do not stand in one another.
    fn read_nested(&mut self, child: &Child<'_, '_>, scope: &Scope<'_>) {
        for nested in children(child.inner, scope.namespaces) {
            if !scope.budget.lasts(1 + nested.inner.len()) {
                return;
            }
            let (vocabulary, local) = scope.namespaces.resolve(&nested.tag);
            if !matches!(slot(vocabulary, &local), None | Some((Slot::Group, _)))
                && local != "content"
            {
                self.read(&nested, scope);
            } else if local == "content" {
                let url = nested
                    .tag
                    .attribute("url")
                    .map(|url| references::decode(url, scope.entities));
                self.enclosure
                    .offer(1, || url.and_then(|url| scope.address(&nested.tag, &url)));
            }
        }
    }

    /// Reads RSS's `<link>address</link>` and Atom's `<link href="address" rel="..." type="..."/>`.
    fn read_link(&mut self, child: &Child<'_, '_>, scope: &Scope<'_>) {
        let tag = &child.tag;
        let attribute = |name: &str| {
            tag.attribute(name)
                .map(|value| references::decode(value.trim(), scope.entities))
        };
        let href = attribute("href").filter(|href| !href.is_empty());
        let inner = text::address(&body::plain(child.inner, scope.entities));
        // `<link/>http://...` is what a library for HTML makes of a link element.
        let behind = child
            .text_after
            .map(str::trim)
            .filter(|text| text.starts_with("http"))
            .map(str::to_owned);
        let Some(written) = href.map(std::borrow::Cow::into_owned).or(inner).or(behind) else {
            return;
        };
        let rel = attribute("rel").unwrap_or_default().to_ascii_lowercase();
        let kind = attribute("type").unwrap_or_default().to_ascii_lowercase();
        let rank = match rel.rsplit('/').next().unwrap_or_default() {
            "" | "alternate" if kind.is_empty() || kind.contains("html") => 0,
            "" | "alternate" => 1,
            "via" | "related" => 2,
            "enclosure" => {
                self.enclosure.offer(0, || scope.address(tag, &written));
                return;
            }
            "self" => 5,
            // RFC 5005 §4: archives go back by this; §3: the pages of a feed that is cut into some go on by the other.
            "prev-archive" => {
                self.older.offer(0, || scope.address(tag, &written));
                6
            }
            "next" => {
                self.older.offer(1, || scope.address(tag, &written));
                6
            }
            "replies" | "prev" | "previous" | "first" | "last" | "current" | "next-archive" => 6,
            // Who may edit, who pushes, who holds the rights: nobody reads an entry there.
            "edit" | "edit-media" | "hub" | "license" | "search" | "stylesheet"
            | "shortcut icon" | "icon" => return,
            _ => 3,
        };
        self.link.offer(rank, || scope.address(tag, &written));
    }
}

/// Returns whether a guid is an address: RSS says so unless `isPermaLink` denies it.
fn is_permalink(tag: &Tag<'_>) -> bool {
    tag.attribute("ispermalink")
        .is_none_or(|value| !value.trim().eq_ignore_ascii_case("false"))
}

/// Returns the name in an author element: RSS has text, Atom has `name` and `email` inside.
fn author(child: &Child<'_, '_>, scope: &Scope<'_>) -> Option<String> {
    let nested = children(child.inner, scope.namespaces);
    let part = |name: &str| {
        nested
            .iter()
            .find(|part| local_name(part.tag.name).eq_ignore_ascii_case(name))
            .and_then(|part| text::line_of_html(&body::plain(part.inner, scope.entities)))
    };
    part("name")
        .or_else(|| part("email"))
        .or_else(|| part("uri"))
        .or_else(|| text::line_of_html(&body::plain(child.inner, scope.entities)))
}

/// Returns the value of an attribute by its whole name.
fn attribute_named<'a>(tag: &Tag<'a>, whole_name: &str) -> Option<&'a str> {
    tag.attributes()
        .find(|(name, _)| name.eq_ignore_ascii_case(whole_name))
        .map(|(_, value)| value)
}
