//! `newswatch feeds discover`: the feeds of a site, fetched and read, the likeliest first.

use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};
use url::Url;

use super::{Outcome, output};
use crate::cli::input::{Document, Fetcher};
use crate::clock::{self, Clock};
use crate::domain::{Timestamp, shown_url};
use crate::http::{AllowedAddress, FetchError, Purpose};
use crate::parse::{self, Heard, ParsedFeed, Recognised, Search, Wanted};

/// The wait between two requests: a search is a guest.
const SPACING: Duration = Duration::from_millis(500);

/// Arguments of `feeds discover`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Discover {
    /// The address of the site, or of any page of it
    #[arg(value_name = "URL", value_parser = site_address)]
    url: Url,
    /// An internal address that may be fetched from all the same, as the configuration allows it
    #[arg(long, value_name = "ADDRESS")]
    allow_private: Vec<AllowedAddress>,
    /// Print an object a line instead
    #[arg(long)]
    json: bool,
}

/// Reads the address of a site as people write it: `bbc.co.uk` is one.
fn site_address(text: &str) -> Result<Url, String> {
    let text = text.trim();
    let whole = match text.strip_prefix("feed:") {
        Some(rest) => rest.trim_start_matches("//").to_owned(),
        None => text.to_owned(),
    };
    let whole = if whole.contains("://") {
        whole
    } else {
        format!("https://{whole}")
    };
    match Url::parse(&whole) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(url),
        _ => Err(
            "write the address of a site, for example bbc.co.uk or https://example.org/news".into(),
        ),
    }
}

/// A feed that was found.
struct Found {
    url: Url,
    title: Option<String>,
    kind: &'static str,
    newest: Option<Timestamp>,
    entries: usize,
    is_named: bool,
}

impl Discover {
    pub(super) async fn run(self) -> anyhow::Result<Outcome> {
        let fetcher = Fetcher::new(&self.allow_private)?;
        let first = fetcher.get(&self.url, Purpose::Feed).await?;
        let page = first.url.clone().unwrap_or_else(|| self.url.clone());
        let found = match recognise(&first) {
            Ok(Recognised::Feed(feed)) => vec![Found::new(page.clone(), None, &feed, true)],
            Ok(Recognised::Sitemap(map)) => {
                vec![Found::new(page.clone(), None, &map.feed, true)]
            }
            Ok(Recognised::Page(links)) => {
                let search = Search::new(&page, links, Wanted::All);
                search_site(&fetcher, search).await
            }
            Err(error) => anyhow::bail!("{}: {error}", shown_url(&page)),
        };
        if found.is_empty() {
            output::complain(&format!(
                "no feed was found: {} names none, and none is where sites keep theirs",
                shown_url(&page)
            ));
            return Ok(Outcome::No);
        }
        for feed in &found {
            let line = if self.json {
                feed.as_json().to_string()
            } else {
                feed.as_text()
            };
            output::line(&line)?;
        }
        Ok(Outcome::Done)
    }
}

fn recognise(document: &Document) -> Result<Recognised, parse::ParseError> {
    let document = parse::Document {
        bytes: &document.bytes,
        content_type: document.content_type.as_deref(),
        url: document.url.as_ref(),
    };
    parse::recognise(&document, &clock::still_time(parse::READING_BUDGET))
}

/// Fetches the places one after the other; feeds without an entry are put last.
async fn search_site(fetcher: &Fetcher, mut search: Search) -> Vec<Found> {
    let clock = Clock::system();
    let mut found: Vec<Found> = Vec::new();
    while let Some(place) = search.next_place() {
        clock.sleep(SPACING).await;
        let heard = match fetcher.get(&place.url, Purpose::Feed).await {
            Ok(document) => match recognise(&document) {
                Ok(Recognised::Feed(feed)) => {
                    found.push(Found::new(place.url, place.title, &feed, place.is_named));
                    Heard::Feed
                }
                Ok(Recognised::Sitemap(map)) if !map.feed.entries.is_empty() => {
                    let feed = Found::new(place.url, place.title, &map.feed, place.is_named);
                    found.push(feed);
                    Heard::Feed
                }
                Ok(Recognised::Sitemap(_) | Recognised::Page(_)) | Err(_) => Heard::Nothing,
            },
            Err(FetchError::Status {
                status: 404 | 410, ..
            }) => Heard::Nothing,
            Err(_) => Heard::Refused,
        };
        search.hear(heard);
    }
    found.sort_by_key(|feed| feed.entries == 0);
    found
}

impl Found {
    fn new(url: Url, title: Option<String>, feed: &ParsedFeed, is_named: bool) -> Self {
        let newest = feed
            .entries
            .iter()
            .filter_map(|entry| entry.published.max(entry.updated))
            .max();
        Self {
            url,
            title: feed.title.clone().or(title),
            kind: feed.kind.as_str(),
            newest,
            entries: feed.entries.len(),
            is_named,
        }
    }

    fn as_json(&self) -> Value {
        json!({
            "url": self.url.as_str(),
            "title": self.title,
            "kind": self.kind,
            "newest": self.newest.map(|at| at.to_string()),
            "entries": self.entries,
            "named": self.is_named,
        })
    }

    fn as_text(&self) -> String {
        let title = self.title.as_deref().unwrap_or("without a title");
        let newest = self.newest.map_or_else(
            || "without dates".to_owned(),
            |at| format!("newest {}", output::time(at)),
        );
        format!(
            "{}\n    {}: {}, {} entries, {newest}",
            self.url,
            self.kind,
            crate::render::one_line(title, 200),
            self.entries
        )
    }
}
