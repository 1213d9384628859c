//! The authors: names only.
//!
//! Order of trust: linked data, `meta` tags, elements made for a byline near the headline, and last lines
//! that begin with "by" in some language. A page whose only author is its publisher has that one.

mod elements;
mod lines;
mod persons;

use super::names::split;
use super::{Place, Sources};
use crate::extract::linked_data::AuthoredBy;
use crate::extract::origin::{Origin, Sourced};
use crate::extract::table::Table;
use crate::extract::text::folded;
use elements::{from_elements, from_microdata};
use lines::{are_editors, from_dated_line, from_lines, from_pictures, from_signature, guest};
use persons::{distinct, is_of_person};

/// Blocks above the headline and below the text in which a byline can stand.
const BLOCKS_ABOVE: usize = 12;
const BLOCKS_BELOW: usize = 6;

/// Elements and lines in which a byline is looked for: a page of nothing else would be read for a second.
const MOST_PLACES: usize = 1_000;

/// Names that are an account, not a person.
#[rustfmt::skip]
const ACCOUNTS: &[&str] = &[
    "admin",
    "administrator",
    "wordpressadmin",
    "webmaster",
    "unknown",
    "root",
    "user",
    "guest",
    "editor",
    "redaktion",
    "redaction",
    "editorial team",
    "editorial staff",
    "staff",
    "none",
    "null",
    "author",
    "gast",
    "wpadmin",
    "siteadmin",
];

/// Finds the authors' names, joined by commas.
pub(in crate::extract) fn byline(
    sources: &Sources<'_>,
    title: Option<&str>,
    body: &[usize],
) -> Option<Sourced<String>> {
    let known = Publisher::of(sources);
    let persons = |found: Sourced<Vec<String>>| {
        let persons = found.map(|names| -> Vec<String> {
            let names = names.into_iter();
            names.filter(|name| known.is_other(name)).collect()
        });
        (!persons.value.is_empty()).then_some(persons)
    };
    let linked = Sourced::new(
        distinct(&sources.linked.authors),
        Origin::LinkedData("author"),
    );
    let from_head = from_meta(sources.table).map(|found| found.map(|values| distinct(&values)));
    let range = body.first().copied().zip(body.last().copied());
    let place = Place::new(sources.table, title, range);
    let from_page = |names: Vec<String>, origin| persons(Sourced::new(names, origin));
    let elements = from_elements(sources.table, &place);
    let is_full = |found: &Sourced<Vec<String>>| found.value.iter().all(|name| is_of_person(name));
    let people = from_page(elements.clone(), Origin::Element).filter(is_full);
    // A publisher that is its own author is one where the page names people.
    let is_publisher = sources.linked.authored_by == AuthoredBy::Organisations;
    let of_head = people
        .clone()
        .filter(|_| is_publisher)
        .or_else(|| persons(linked.clone()))
        .or_else(|| from_head.clone().and_then(persons));
    let of_head = unless_edited(sources.table, of_head, people);
    if let Some(guest) = guest(sources.table, body)
        && !is_among(of_head.as_ref(), &guest)
    {
        return Some(Sourced::new(guest, Origin::Line));
    }
    // The name of an account is written together; the page shows it as people do.
    if let Some(found) = &of_head
        && let [account] = found.value.as_slice()
        && let [shown] = elements.as_slice()
        && is_account_of(account, shown)
    {
        return Some(Sourced::new(shown.clone(), Origin::Element));
    }
    of_head
        .or_else(|| from_page(elements.clone(), Origin::Element))
        .or_else(|| from_page(from_lines(sources.table, &place), Origin::Line))
        .or_else(|| from_page(from_pictures(sources.table, &place, body), Origin::Element))
        .or_else(|| from_page(from_dated_line(sources.table, &place), Origin::Line))
        .or_else(|| from_page(from_signature(sources.table, body), Origin::Line))
        .or_else(|| from_page(from_microdata(sources.table), Origin::Microdata("author")))
        .or_else(|| Some(linked).filter(|names| !names.value.is_empty()))
        .or(from_head)
        .or_else(|| {
            Some(Sourced::new(elements, Origin::Element)).filter(|names| !names.value.is_empty())
        })
        .map(|found| found.map(|names| names.join(", ")))
}

/// What the head says, unless the page says that those people edited the article and names others who wrote it.
fn unless_edited(
    table: &Table<'_>,
    of_head: Option<Sourced<Vec<String>>>,
    people: Option<Sourced<Vec<String>>>,
) -> Option<Sourced<Vec<String>>> {
    let is_edited = of_head
        .as_ref()
        .is_some_and(|found| are_editors(table, &found.value));
    if !is_edited {
        return of_head;
    }
    let is_editor = |name: &String| is_among(of_head.as_ref(), name);
    people
        .filter(|people| !people.value.iter().any(is_editor))
        .or(of_head)
}

/// Whether somebody is one of those that were found.
fn is_among(found: Option<&Sourced<Vec<String>>>, name: &str) -> bool {
    let mut names = found.into_iter().flat_map(|found| &found.value);
    names.any(|known| folded(known) == folded(name))
}

/// Who publishes the page: nobody of that name has written it.
struct Publisher {
    site: String,
    host: String,
    name: String,
}

impl Publisher {
    fn of(sources: &Sources<'_>) -> Self {
        let canonical = super::canonical(sources).map(|found| found.value);
        let url = sources.url.or(canonical.as_ref());
        let host = url.and_then(|url| url.host_str());
        let name = sources.linked.publisher.as_deref();
        Self {
            site: folded(&super::site_name(sources)),
            host: host.map(folded).unwrap_or_default(),
            name: name.map(folded).unwrap_or_default(),
        }
    }

    /// Whether a name is another's.
    fn is_other(&self, written: &str) -> bool {
        let name = folded(written);
        if is_named_after(&name, &self.site) || is_named_after(&name, &self.name) {
            return false;
        }
        let is_of_host = !written.contains(' ')
            && !self.host.is_empty()
            && (self.host.contains(&name) || self.host.contains(&name.replace(' ', "")));
        name != self.site && !ACCOUNTS.contains(&name.as_str()) && !is_of_host
    }
}

/// Tells whether a folded name is the site's, or a word of it with a letter: an account of the newsroom.
fn is_named_after(name: &str, site: &str) -> bool {
    let is_of_site = |word: &str| site.split(' ').any(|of_site| of_site == word);
    let is_letter = |word: &str| word.chars().count() == 1;
    let words = || name.split(' ').filter(|word| !is_letter(word));
    let has_letter = name.split(' ').any(is_letter);
    !site.is_empty()
        && (name == site || has_letter && words().count() > 0 && words().all(is_of_site))
}

/// Tells whether an account is named after a person: `officialadalark` after Ada Lark.
fn is_account_of(account: &str, person: &str) -> bool {
    let joined = folded(person).replace(' ', "");
    !account.trim().contains(' ')
        && person.contains(' ')
        && folded(account).replace(' ', "").contains(&joined)
}

/// The names in a line that is known to be a byline.
pub(in crate::extract) fn names_in_line(line: &str) -> Option<String> {
    let names = distinct(&[line.to_owned()]);
    (!names.is_empty()).then(|| names.join(", "))
}

fn from_meta(table: &Table<'_>) -> Option<Sourced<Vec<String>>> {
    const NAMES: &[&str] = &[
        "author",
        "article:author",
        "parsely-author",
        "dc.creator",
        "dcterms.creator",
        "sailthru.author",
        "byl",
        "articleauthor",
        "article_author",
        "article.author",
        "author_name",
        "byline",
        "article:author_name",
        "citation_author",
        "authors",
        "creator",
        "dc.contributor",
        "rbauthors",
        "cxenseparse:author",
        "twitter:data1",
    ];
    NAMES
        .iter()
        .map(|name| {
            let values = table
                .metas
                .iter()
                .filter(|(known, content)| {
                    known == name
                        && !content.contains("://")
                        && !content.contains("www.")
                        && !content.contains('@')
                        && (*name != "twitter:data1" || is_written_by(table))
                })
                .map(|(_, content)| (*content).to_owned())
                .collect::<Vec<_>>();
            Sourced::new(values, Origin::Meta((*name).to_owned()))
        })
        .find(|found| found.value.iter().any(|value| !split(value).is_empty()))
}

/// Tells whether the first pair of Twitter's labels names the author.
fn is_written_by(table: &Table<'_>) -> bool {
    const LABELS: &[&str] = &[
        "written by",
        "author",
        "verfasst von",
        "escrito por",
        "écrit par",
        "scritto da",
        "geschreven door",
        "autor",
    ];
    table
        .meta(&["twitter:label1"])
        .is_some_and(|label| LABELS.contains(&folded(label).as_str()))
}
