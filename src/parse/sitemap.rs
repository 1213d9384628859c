//! Sitemaps as feeds: for sites that announce their pages to search engines and to nobody else.
//!
//! Reads sitemaps, lists of sitemaps, Google's news sitemaps, and plain lists of addresses; any of them as
//! broken as feeds are. Format: <https://www.sitemaps.org/protocol.html>.

use std::cmp::Reverse;

use url::Url;

use super::draft::{Draft, DraftEntry};
use super::lexer::{Lexer, Piece, Tag, local_name};
use super::{
    BYTES_A_STEP, Document, FeedKind, MAX_ENTRIES, ParseError, ParsedFeed, clean, date, finish,
    references, text,
};
use crate::domain::{Budget, Shown, Timestamp};

/// Addresses read of one document; the protocol allows 50,000.
const MAX_ADDRESSES: usize = 100_000;

/// Sitemaps that a list names; the protocol allows 50,000, but the newest are what matters.
const MAX_SITEMAPS: usize = 1_000;

/// Sitemaps of one index that are fetched at a poll.
const MAX_FOLLOWED: usize = 3;

/// What a sitemap holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Sitemap {
    /// Its pages as entries: all of a small one, the newest of a large one, in the order of the document.
    pub feed: ParsedFeed,
    /// The sitemaps it lists, the newest first.
    pub sitemaps: Vec<SitemapLink>,
}

/// A sitemap that another one lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SitemapLink {
    /// Where it is.
    pub url: Url,
    /// When it was last changed, if the list says so.
    pub updated: Option<Timestamp>,
}

/// Reads a sitemap.
///
/// `still_time` is asked from time to time whether to go on.
///
/// # Errors
/// When the document is neither a sitemap nor a list of addresses, or built to be slow.
pub fn sitemap(
    document: &Document<'_>,
    still_time: &dyn Fn() -> bool,
) -> Result<Sitemap, ParseError> {
    let budget = Budget::new(still_time);
    let text = clean::text(document);
    let mut pages = Pages::default();
    if text
        .trim_start_matches('\u{FEFF}')
        .trim_start()
        .starts_with("http")
    {
        pages.read_lines(&text, &budget);
    } else {
        pages.read_markup(&text, &budget);
    }
    if budget.is_spent() {
        return Err(ParseError::TooSlow);
    }
    if !pages.is_sitemap {
        return Err(ParseError::NotAFeed {
            found: Shown::of(clean::looks_like(&text)),
        });
    }
    let mut draft = Draft::new(FeedKind::Sitemap);
    let left_out = pages.entries.len().saturating_sub(MAX_ENTRIES);
    if left_out > 0 {
        keep_newest(&mut pages.entries);
        draft
            .repairs
            .push(format!("{left_out} older pages were left out"));
    }
    draft.entries = pages.entries;
    let mut sitemaps = pages.sitemaps;
    sitemaps.sort_by_key(|sitemap| Reverse(sitemap.updated));
    Ok(Sitemap {
        feed: finish::finish(draft, document.url, &budget).feed,
        sitemaps,
    })
}

/// The sitemaps of an index that are worth fetching.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewestSitemaps {
    /// Their addresses, the newest first.
    pub urls: Vec<Url>,
    /// Whether the index itself changes whenever one of them does.
    pub tell_changes: bool,
}

/// Chooses the newest sitemaps of an index; of those without a date the ones it names first.
#[must_use]
pub fn newest_sitemaps(index: &Sitemap) -> NewestSitemaps {
    let chosen = index.sitemaps.iter().take(MAX_FOLLOWED);
    NewestSitemaps {
        urls: chosen.clone().map(|sitemap| sitemap.url.clone()).collect(),
        tell_changes: chosen.clone().all(|sitemap| sitemap.updated.is_some()),
    }
}

/// Adds the pages of a further sitemap, up to as many as are kept of any feed.
pub fn add_sitemap(feed: &mut ParsedFeed, further: ParsedFeed) {
    let room = MAX_ENTRIES.saturating_sub(feed.entries.len());
    let left_out = further.entries.len().saturating_sub(room);
    feed.entries.extend(further.entries.into_iter().take(room));
    feed.repairs.extend(further.repairs);
    if left_out > 0 {
        feed.repairs.push(format!(
            "{left_out} pages of further sitemaps were left out"
        ));
    }
}

/// Keeps the entries with the latest dates; those without one are the first to go.
fn keep_newest(entries: &mut Vec<DraftEntry>) {
    let moment = |entry: &DraftEntry| entry.published.max(entry.updated);
    let mut moments: Vec<Option<Timestamp>> = entries.iter().map(moment).collect();
    moments.sort_by_key(|moment| Reverse(*moment));
    let Some(oldest_kept) = moments.get(MAX_ENTRIES - 1).copied() else {
        return;
    };
    let mut newer = moments
        .iter()
        .filter(|moment| **moment > oldest_kept)
        .count();
    entries.retain(|entry| {
        let is_tied = moment(entry) == oldest_kept && newer < MAX_ENTRIES;
        newer += usize::from(is_tied);
        moment(entry) > oldest_kept || is_tied
    });
}

/// What has been read so far.
#[derive(Default)]
struct Pages {
    is_sitemap: bool,
    entries: Vec<DraftEntry>,
    sitemaps: Vec<SitemapLink>,
}

impl Pages {
    /// Reads a list with an address a line.
    fn read_lines(&mut self, text: &str, budget: &Budget<'_>) {
        for line in text.lines().take(MAX_ADDRESSES) {
            if !budget.lasts(1 + line.len() / BYTES_A_STEP) {
                return;
            }
            let address = line.trim().trim_start_matches('\u{FEFF}');
            if address.is_empty() {
                continue;
            }
            if Url::parse(address).is_err() {
                return;
            }
            self.entries.push(DraftEntry {
                link: Some(address.to_owned()),
                ..DraftEntry::default()
            });
        }
        self.is_sitemap = !self.entries.is_empty();
    }

    /// Reads `urlset` and `sitemapindex`.
    fn read_markup(&mut self, text: &str, budget: &Budget<'_>) {
        let mut page = DraftEntry::default();
        let mut field = Field::None;
        for piece in Lexer::new(text) {
            if !budget.lasts(1) {
                return;
            }
            match piece {
                Piece::Start(tag) => {
                    let local = local_name(tag.name).to_ascii_lowercase();
                    self.is_sitemap |= matches!(local.as_str(), "urlset" | "sitemapindex");
                    if matches!(local.as_str(), "url" | "sitemap") {
                        page = DraftEntry::default();
                    }
                    field = Field::of(&tag, &local);
                }
                Piece::End { name, .. } => {
                    field = Field::None;
                    let local = local_name(name);
                    if local.eq_ignore_ascii_case("url") {
                        self.add_page(std::mem::take(&mut page));
                    } else if local.eq_ignore_ascii_case("sitemap") {
                        self.add_sitemap(&std::mem::take(&mut page));
                    }
                }
                Piece::Text(text) => field.read(&references::decode_html(text), &mut page),
                Piece::Cdata(text) => field.read(text, &mut page),
            }
        }
    }

    fn add_page(&mut self, page: DraftEntry) {
        if page.link.is_some() && self.entries.len() < MAX_ADDRESSES {
            self.entries.push(page);
        }
    }

    fn add_sitemap(&mut self, page: &DraftEntry) {
        let url = page.link.as_deref().and_then(|link| Url::parse(link).ok());
        if let Some(url) = url.filter(|_| self.sitemaps.len() < MAX_SITEMAPS) {
            self.sitemaps.push(SitemapLink {
                url,
                updated: page.updated,
            });
        }
    }
}

/// What the text that is being read says about a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    None,
    Location,
    LastModified,
    Title,
    Published,
    Language,
}

impl Field {
    fn of(tag: &Tag<'_>, local: &str) -> Self {
        // `image:loc` is a picture's address, `video:title` a film's.
        let prefix = tag
            .name
            .split_once(':')
            .map(|(prefix, _)| prefix.to_ascii_lowercase())
            .unwrap_or_default();
        if matches!(prefix.as_str(), "image" | "video" | "xhtml") {
            return Self::None;
        }
        match local {
            "loc" => Self::Location,
            "lastmod" => Self::LastModified,
            "title" => Self::Title,
            "publication_date" => Self::Published,
            "language" => Self::Language,
            _ => Self::None,
        }
    }

    /// Takes a text into the page; of several the first counts.
    fn read(self, written: &str, page: &mut DraftEntry) {
        match self {
            Self::None => {}
            Self::Location => page.link = page.link.take().or_else(|| text::line(written)),
            Self::LastModified => page.updated = page.updated.or_else(|| date::timestamp(written)),
            Self::Title => page.title = page.title.take().or_else(|| text::line_of_html(written)),
            Self::Published => page.published = page.published.or_else(|| date::timestamp(written)),
            Self::Language => page.lang = page.lang.take().or_else(|| text::line(written)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    fn read(text: &str) -> Sitemap {
        sitemap(
            &Document {
                bytes: text.as_bytes(),
                content_type: None,
                url: None,
            },
            &|| true,
        )
        .unwrap()
    }

    #[test]
    fn a_news_sitemap_has_titles_and_dates() {
        let sitemap = read(
            "<urlset xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'><url><loc>https://example.org/a?x=1&amp;y=2</loc><lastmod>2024-03-06</lastmod><n:news><n:publication><n:name>Town</n:name><n:language>en</n:language></n:publication><n:publication_date>2024-03-05T10:00Z</n:publication_date><n:title>A &amp; B</n:title></n:news><image:image><image:loc>https://example.org/a.png</image:loc></image:image></url></urlset>",
        );
        let entry = &sitemap.feed.entries[0];
        assert_eq!(sitemap.feed.kind, FeedKind::Sitemap);
        assert_eq!(
            entry.link.as_ref().unwrap().as_str(),
            "https://example.org/a?x=1&y=2"
        );
        assert_eq!(entry.title.as_deref(), Some("A & B"));
        assert_eq!(entry.published.unwrap().to_string(), "2024-03-05T10:00:00Z");
        assert_eq!(entry.updated.unwrap().to_string(), "2024-03-06T00:00:00Z");
        assert_eq!(entry.lang.as_deref(), Some("en"));
    }

    #[test]
    fn a_list_of_sitemaps_names_the_newest_first() {
        let sitemap = read(
            "<sitemapindex><sitemap><loc>https://example.org/old.xml</loc><lastmod>2020-01-01</lastmod></sitemap><sitemap><loc>https://example.org/new.xml</loc><lastmod>2024-01-01</lastmod></sitemap></sitemapindex>",
        );
        assert!(sitemap.feed.entries.is_empty());
        assert_eq!(
            sitemap.sitemaps[0].url.as_str(),
            "https://example.org/new.xml"
        );
    }

    #[test]
    fn a_plain_list_of_addresses_is_a_sitemap() {
        assert_eq!(
            read("\u{FEFF}https://example.org/1\nhttps://example.org/2\n")
                .feed
                .entries
                .len(),
            2
        );
    }

    #[test]
    fn of_a_large_sitemap_the_newest_pages_are_kept() {
        let mut text = String::from("<urlset>");
        for number in 0..MAX_ENTRIES + 10 {
            let year = if number < 10 { 2001 } else { 2024 };
            writeln!(
                text,
                "<url><loc>https://example.org/{number}</loc><lastmod>{year}-01-01</lastmod></url>"
            )
            .unwrap();
        }
        let sitemap = read(&text);
        assert_eq!(sitemap.feed.entries.len(), MAX_ENTRIES);
        assert_eq!(sitemap.feed.entries[0].link.as_ref().unwrap().path(), "/10");
        assert!(!sitemap.feed.repairs.is_empty());
    }

    #[test]
    fn another_document_is_no_sitemap() {
        let outcome = sitemap(
            &Document {
                bytes: b"<rss><channel/></rss>",
                content_type: None,
                url: None,
            },
            &|| true,
        );
        assert!(outcome.is_err());
    }
}
