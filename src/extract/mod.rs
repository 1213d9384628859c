//! From a page to its article: the only user of `scraper`.
//!
//! In go the bytes of a page; out come headline, authors, dates, language, site and the text, a paragraph a
//! line. The page is decoded, freed of its code ([`strip`]), parsed once within bounds ([`dom`]), written
//! into two flat tables in one walk ([`table`]); then the text is found ([`body`]) and the metadata read
//! ([`metadata`], [`linked_data`]). The tree is never changed, nothing is fetched, and nothing here knows any
//! site by name. A page that is built to be slow is refused with the reason.

mod about_page;
mod address;
mod body;
mod choice;
mod dates;
mod dom;
mod embedded;
mod explain;
mod hints;
mod kind;
mod likeness;
mod lines;
mod linked_data;
mod listing;
mod metadata;
mod onward;
mod origin;
mod repeated;
mod rule;
mod strip;
mod table;
mod tag;
mod text;
mod verdict;
mod wall;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use url::Url;

use crate::charset;
use crate::domain::{self, Budget, LocalTimestamp};

pub use self::onward::onward;
pub use about_page::is_line_about_the_page;
pub use address::{AddressError, check_pattern, rewritten};
pub use choice::{NoPage, choose};
pub use explain::{Elsewhere, ExplainedBlock, Explanation, Root};
pub use listing::{Listing, ListingError};
pub use origin::{Origin, Sourced};
pub use repeated::{drop_repeated, headline_hash, is_repeated_line, line_hashes};
pub use rule::{Matched, Rule, RuleError, check_selector};
pub use verdict::{Dropped, Kept, PartName, Verdict};
pub use wall::{Wall, calls_to_pay, says_it_is_gone};

use body::Known;
use embedded::Shown;
use linked_data::{About, LinkedArticle};
use metadata::Sources;
use rule::Applied;
use strip::{Detail, Stripped};
use table::Table;
use wall::Signs;

/// The computing time that reading one page may take, for callers of `still_time`: a page built to be slow is given up.
pub const READING_BUDGET: Duration = Duration::from_secs(2);

/// Bytes of a page that are read; what follows is cut off.
pub const MAX_PAGE_BYTES: usize = 4 * 1_048_576;

/// Bytes of a feed's own text that are read; what follows is cut off.
const MAX_FRAGMENT_BYTES: usize = 1_048_576;

/// The bytes of a page, and what came with them.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// The body, decompressed.
    pub bytes: &'a [u8],
    /// The `Content-Type` field, if there was one.
    pub content_type: Option<&'a str>,
    /// Where it came from, after redirects.
    pub url: Option<&'a Url>,
}

/// What the caller knows besides the page.
#[derive(Debug, Clone, Copy, Default)]
pub struct Prior {
    /// What time it is: a page that claims to be of the day after tomorrow is not believed.
    pub now: Option<Timestamp>,
    /// When the feed says that the article was published: of several dates on a page, the one that agrees is believed.
    pub published: Option<Timestamp>,
}

/// What was found on a page.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Extracted {
    /// The headline.
    pub title: Option<Sourced<String>>,
    /// What the page gives as its description.
    pub description: Option<String>,
    /// Who wrote it: names only, joined by commas.
    pub byline: Option<Sourced<String>>,
    /// When it was published.
    pub published: Option<Sourced<LocalTimestamp>>,
    /// When it was last changed.
    pub modified: Option<Sourced<LocalTimestamp>>,
    /// Its language as a BCP 47 tag: declared, else guessed from its words.
    pub lang: Option<Sourced<String>>,
    /// The name of the site.
    pub site: Option<Sourced<String>>,
    /// The section of the paper that it stands in.
    pub section: Option<Sourced<String>>,
    /// The address the page gives as its own.
    pub canonical: Option<Sourced<Url>>,
    /// Whether anyone may read all of it, where the page says so.
    pub is_free: Option<Sourced<bool>>,
    /// The text, a paragraph a line; empty when none was found.
    pub text: String,
    /// Where the article goes on, by the site rule: a page of the same origin.
    pub next: Option<Url>,
    /// What stands where the article should.
    pub wall: Option<Wall>,
    /// What the caller should know about how the page was read.
    pub notes: Vec<Note>,
}

/// Something about how a page was read that its reader may want to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// The page is longer than what is read of one.
    CutBytes {
        /// The bytes that were read.
        limit: usize,
    },
    /// A tag had more attributes than are read of one.
    CutAttributes {
        /// The attributes that were read.
        limit: usize,
    },
    /// A selector of the site rule matched nothing on this page.
    RuleMatchedNothing {
        /// The key of the rule it stands under.
        key: &'static str,
        /// The selector as written.
        selector: String,
    },
    /// A later page of the article could not be had: its text ends early.
    NextPageFailed {
        /// Why.
        reason: String,
    },
    /// The page does not show the text: it was taken from this other place.
    TextNotShown {
        /// Where it was.
        place: Elsewhere,
    },
    /// Lines were dropped that stand on many other pages of the host.
    RepeatedLines {
        /// How many.
        dropped: usize,
    },
}

impl std::fmt::Display for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::CutBytes { limit } => write!(f, "only the first {limit} bytes were read"),
            Self::CutAttributes { limit } => {
                write!(f, "only the first {limit} attributes of a tag were read")
            }
            Self::RuleMatchedNothing { key, selector } => {
                write!(f, "{key}: \"{selector}\" matches nothing on this page")
            }
            Self::NextPageFailed { reason } => {
                write!(
                    f,
                    "next: a later page of the article could not be read: {reason}"
                )
            }
            Self::TextNotShown { place } => {
                write!(f, "the page does not show its text: it is from {place}")
            }
            Self::RepeatedLines { dropped } => {
                write!(
                    f,
                    "lines that stand on many other pages of the host were dropped: {dropped}"
                )
            }
        }
    }
}

/// Why a page was not read.
#[derive(Debug, thiserror::Error)]
pub enum ExtractError {
    /// It is not HTML.
    #[error("the document is not HTML but {found}")]
    NotHtml {
        /// What it is.
        found: domain::Shown,
    },
    /// Reading it took longer than the caller allows.
    #[error("the page takes too long to read")]
    TooSlow,
    /// Its elements are nested deeper than any browser goes.
    #[error("the page's elements are nested deeper than {limit}")]
    TooDeep {
        /// The deepest level that is read.
        limit: usize,
    },
    /// It has, or makes the parser build, too many elements.
    #[error("the page has more than {limit} elements and texts")]
    TooLarge {
        /// The most nodes that are read.
        limit: usize,
    },
    /// A tag has too many attributes.
    #[error("a tag of the page has more than {limit} attributes")]
    TooManyAttributes {
        /// The most attributes that are read.
        limit: usize,
    },
}

/// Finds the article on a page.
///
/// `still_time` is asked from time to time whether to go on.
///
/// # Errors
/// When the document is no HTML page, or one built to be slow.
pub fn article(
    page: &Page<'_>,
    rule: Option<&Rule>,
    still_time: &dyn Fn() -> bool,
) -> Result<Extracted, ExtractError> {
    article_given(page, rule, Prior::default(), still_time)
}

/// Finds the article on a page, as [`article`] does, and does not believe what the caller knows better.
///
/// # Errors
/// When the document is no HTML page, or one built to be slow.
pub fn article_given(
    page: &Page<'_>,
    rule: Option<&Rule>,
    prior: Prior,
    still_time: &dyn Fn() -> bool,
) -> Result<Extracted, ExtractError> {
    examine(page, rule, prior, still_time, |_, _, _| {}).map(|(found, _)| found)
}

/// Finds the article on a page, as [`article_given`] does, and tells how.
///
/// # Errors
/// When the document is no HTML page, or one built to be slow.
pub fn explained(
    page: &Page<'_>,
    rule: Option<&Rule>,
    prior: Prior,
    still_time: &dyn Fn() -> bool,
) -> Result<(Extracted, Explanation), ExtractError> {
    let mut explanation = Explanation::default();
    let look = |table: &Table<'_>, body: &body::Found, applied: &Applied| {
        explanation = explain::explanation(table, body, applied);
    };
    let (found, elsewhere) = examine(page, rule, prior, still_time, look)?;
    explanation.elsewhere = elsewhere;
    Ok((found, explanation))
}

/// Reads a page, lets the caller look at how, and tells where the text is from if the page does not show it.
fn examine(
    page: &Page<'_>,
    rule: Option<&Rule>,
    prior: Prior,
    still_time: &dyn Fn() -> bool,
    look: impl FnOnce(&Table<'_>, &body::Found, &Applied),
) -> Result<(Extracted, Option<Elsewhere>), ExtractError> {
    let text = decoded(page)?;
    let detail = match rule {
        Some(_) => Detail::All,
        None => Detail::Needed,
    };
    let budget = Budget::new(still_time);
    let stripped = strip::strip(&text, detail, &budget)?;
    let html = dom::parse(&stripped.html, still_time)?;
    let applied = rule.map(|rule| rule.apply(&html, still_time));
    let applied = applied.transpose()?.unwrap_or_default();
    let table = Table::new(&html, &applied.body, &applied.removed, &budget);
    let linked = linked_data::read(&stripped.linked_data, &about(&table, page.url), &budget);
    let sources = Sources {
        table: &table,
        linked: &linked,
        page: &text,
        url: page.url,
        prior,
    };
    let (mut found, body) = read(&sources, &applied);
    if !budget.lasts(STEPS_OF_STAGE) {
        return Err(ExtractError::TooSlow);
    }
    look(&table, &body, &applied);
    let is_ruled = !applied.body.is_empty();
    let elsewhere = (!is_ruled)
        .then(|| text_not_shown(&mut found, &stripped, &linked, &budget))
        .flatten();
    let of_page = Signs {
        range: body.kept().next().zip(body.kept().last()),
        is_from_elsewhere: elsewhere.is_some(),
        ..signs(&sources, &stripped.scripts, &found)
    };
    let (wall, left) = behind_wall(&of_page, &body);
    found.wall = wall;
    found.text = left.unwrap_or(found.text);
    if let Some(rule) = rule {
        found.text = rule.without_phrases(&found.text);
    }
    let headline = found.title.as_ref().map(|found| found.value.as_str());
    found.lang = metadata::lang(&sources, headline, &found.text);
    found.next = applied
        .next
        .as_deref()
        .and_then(|href| address::next_page(page.url?, href));
    found.notes = notes(page, &stripped, &applied);
    if let Some(place) = elsewhere.filter(|_| !found.text.is_empty()) {
        found.notes.push(Note::TextNotShown { place });
    }
    // What was found until the time ran out is a part, and which part depends on the machine.
    if budget.is_spent() {
        return Err(ExtractError::TooSlow);
    }
    Ok((found, elsewhere))
}

/// What stands in the article's place, and the text that is left of the page where that is not all of it.
fn behind_wall(signs: &Signs<'_>, body: &body::Found) -> (Option<Wall>, Option<String>) {
    let wall = wall::recognise(signs);
    let text = match wall {
        Some(Wall::Paywall) if !signs.is_from_elsewhere => beginning(signs, body),
        Some(wall) if !wall.keeps_text() => Some(String::new()),
        _ => None,
    };
    (wall, text)
}

/// The text before the call to pay, where most of it stands there: what follows is the offer.
fn beginning(signs: &Signs<'_>, body: &body::Found) -> Option<String> {
    let end = wall::end_of_beginning(signs)?;
    let weigh = |blocks: &[usize]| -> usize {
        let blocks = blocks
            .iter()
            .filter_map(|&index| signs.table.blocks.get(index));
        blocks.map(|block| block.weight).sum()
    };
    let (before, behind): (Vec<usize>, Vec<usize>) = body.kept().partition(|&index| index < end);
    let is_beginning =
        !behind.is_empty() && weigh(&before) >= weigh(&behind).max(SHORTEST_BEGINNING);
    is_beginning.then(|| joined(signs.table, &before))
}

/// Weight of the shortest beginning of an article before a call to pay.
const SHORTEST_BEGINNING: usize = 80;

/// Takes the text from what the page holds and does not show, where that is where it is.
fn text_not_shown(
    found: &mut Extracted,
    stripped: &Stripped<'_>,
    linked: &LinkedArticle,
    budget: &Budget<'_>,
) -> Option<Elsewhere> {
    let shown = Shown {
        text: &found.text,
        title: found.title.as_ref().map(|found| found.value.as_str()),
        html: &stripped.html,
        scripts: &stripped.scripts,
        noscripts: &stripped.noscripts,
        budget,
    };
    let (text, place) = embedded::find(&shown, linked)?;
    found.text = text;
    Some(place)
}

/// By what a wall is known, as far as it does not take the blocks of the text.
fn signs<'a>(sources: &Sources<'a>, scripts: &'a [&'a str], found: &'a Extracted) -> Signs<'a> {
    Signs {
        table: sources.table,
        linked: sources.linked,
        is_free: found.is_free.as_ref().map(|found| found.value),
        url: sources.url,
        canonical: found.canonical.as_ref().map(|found| &found.value),
        is_dated: found.published.is_some(),
        scripts,
        page: sources.page,
        title: found.title.as_ref().map(|found| found.value.as_str()),
        text: &found.text,
        range: None,
        is_from_elsewhere: false,
    }
}

/// What going on to the next part of the work counts: enough that the clock is asked at each.
const STEPS_OF_STAGE: usize = 256;

/// Headings that linked data is compared with.
const COMPARED_HEADINGS: usize = 5;

/// What a page says of its article outside of its linked data.
fn about(table: &Table<'_>, url: Option<&Url>) -> About {
    let headings = table
        .elements
        .iter()
        .filter(|part| part.tag == tag::Tag::Heading(1))
        .take(COMPARED_HEADINGS)
        .map(|part| table.text_of(part));
    let declared = table.meta(&["og:title", "twitter:title"]);
    let titles = table.title.iter().cloned();
    let canonical = table.links.iter().find(|(rel, _)| rel == "canonical");
    let own = [table.meta(&["og:url"]), canonical.map(|(_, href)| *href)];
    let own = own.into_iter().flatten();
    let addresses = own.filter_map(|href| Url::parse(href.trim()).ok());
    About {
        titles: titles
            .chain(declared.map(str::to_owned))
            .chain(headings)
            .collect(),
        addresses: addresses.chain(url.cloned()).collect(),
    }
}

/// Finds the text and the metadata, those of the rule first.
fn read(sources: &Sources<'_>, applied: &Applied) -> (Extracted, body::Found) {
    let table = sources.table;
    let by_rule = |value: String| Sourced::new(value, Origin::Rule);
    let title = applied
        .title
        .clone()
        .map(by_rule)
        .or_else(|| metadata::title(sources));
    let headline = title.as_ref().map(|found| found.value.as_str());
    let known = Known {
        title: headline,
        description: table.meta(&["description", "og:description", "twitter:description"]),
        is_live: sources.linked.is_live,
    };
    let mut body = body::find(table, &known, applied);
    let kept: Vec<usize> = body.kept().collect();
    let byline = applied
        .byline
        .as_deref()
        .and_then(metadata::names_in_line)
        .map(by_rule)
        .or_else(|| metadata::byline(sources, headline, &kept));
    body.drop_bylines(table, byline.as_ref().map(|found| found.value.as_str()));
    let kept: Vec<usize> = body.kept().collect();
    let range = kept.first().copied().zip(kept.last().copied());
    let published = applied
        .published
        .iter()
        .find_map(|value| sources.dates().parse(value))
        .map(|found| Sourced::new(found.when, Origin::Rule));
    let published = published.or_else(|| metadata::published(sources, headline, range));
    let found = Extracted {
        modified: metadata::modified(sources, published.as_ref()),
        published,
        lang: None,
        site: metadata::site(sources),
        section: metadata::section(sources),
        canonical: metadata::canonical(sources),
        is_free: metadata::is_free(sources),
        text: joined(table, &kept),
        description: known.description.map(str::to_owned),
        title,
        byline,
        next: None,
        wall: None,
        notes: Vec::new(),
    };
    (found, body)
}

fn notes(page: &Page<'_>, stripped: &strip::Stripped<'_>, applied: &Applied) -> Vec<Note> {
    let mut notes: Vec<Note> = applied.notes().collect();
    if page.bytes.len() > MAX_PAGE_BYTES {
        notes.push(Note::CutBytes {
            limit: MAX_PAGE_BYTES,
        });
    }
    if stripped.cut_attributes {
        notes.push(Note::CutAttributes {
            limit: strip::KEPT_ATTRIBUTES,
        });
    }
    notes
}

/// The text of an HTML fragment, a paragraph a line: a feed's own summary or content.
///
/// Where the budget ends, or markup is built to be slow, its words are taken as they stand between the tags.
#[must_use]
pub fn fragment_text(html: &str, budget: &Budget<'_>) -> String {
    if !html.contains(['<', '&']) {
        return html
            .lines()
            .filter_map(text::clean_some)
            .collect::<Vec<_>>()
            .join("\n");
    }
    let cut = html
        .get(..html.floor_char_boundary(MAX_FRAGMENT_BYTES))
        .unwrap_or(html);
    let still_time = || budget.lasts(dom::STEPS_FOR_PIECE);
    let parsed = strip::strip(cut, Detail::Needed, budget)
        .and_then(|stripped| dom::parse_small(&stripped.html, &still_time));
    if let Ok(html) = parsed {
        let none = BTreeSet::new();
        let table = Table::new(&html, &none, &none, budget);
        if !budget.is_spent() {
            let all: Vec<usize> = (0..table.blocks.len()).collect();
            return joined(&table, &all);
        }
    }
    // A fragment that the parser must not read is still searched for words: its tags are cut out.
    text::clean(&without_tags(cut))
}

/// The article in a piece of a page, without what stands around it.
fn page_text(html: &str, title: Option<&str>, budget: &Budget<'_>) -> String {
    let still_time = || budget.lasts(dom::STEPS_FOR_PIECE);
    let parsed = strip::strip(html, Detail::Needed, budget)
        .and_then(|stripped| dom::parse(&stripped.html, &still_time));
    let Ok(html) = parsed else {
        return String::new();
    };
    let none = BTreeSet::new();
    let table = Table::new(&html, &none, &none, budget);
    let known = Known {
        title,
        ..Known::default()
    };
    let body = body::find(&table, &known, &Applied::default());
    let kept: Vec<usize> = body.kept().collect();
    joined(&table, &kept)
}

/// Cuts out everything between angle brackets.
fn without_tags(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    for part in html.split('<') {
        out.push(' ');
        out.push_str(part.split_once('>').map_or(part, |(_, text)| text));
    }
    out
}

/// The blocks as lines; the cells of a table's row share one.
fn joined(table: &Table<'_>, body: &[usize]) -> String {
    let mut out = String::new();
    let mut row_before = None;
    for block in body.iter().filter_map(|&index| table.blocks.get(index)) {
        let row = table.row_of(block);
        if !out.is_empty() {
            let same_row = row.is_some() && row == row_before;
            out.push_str(if same_row { " | " } else { "\n" });
        }
        out.push_str(&block.text);
        row_before = row;
    }
    out
}

fn decoded<'a>(page: &Page<'a>) -> Result<Cow<'a, str>, ExtractError> {
    let bytes = page.bytes.get(..MAX_PAGE_BYTES).unwrap_or(page.bytes);
    if let Some(found) = kind::foreign(bytes, page.content_type) {
        return Err(ExtractError::NotHtml {
            found: domain::Shown::of(&found),
        });
    }
    let label = page.content_type.and_then(charset::label_in_content_type);
    let declared = charset::declared_in_html(bytes);
    Ok(charset::decode(bytes, label, declared.as_deref()))
}

#[cfg(test)]
mod tests;
