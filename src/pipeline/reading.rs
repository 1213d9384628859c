//! What a poll reads: the document at a feed's address and, where that only leads to entries, what it leads to.
//!
//! A web page leads to its feed, an index to its newest sitemaps. How far is followed is bounded in number by
//! `parse` and in time by one more timeout; what is decided from it is in `poll`.

use std::time::Duration;

use url::Url;

use super::gate::ToRead;
use super::{Context, Plan};
use crate::clock;
use crate::domain::{DocumentName, Feed, ListingRule, TextHash, Trouble, Validators, shown_url};
use crate::extract::{Listing, Page};
use crate::http::{Body, FetchError, Fetched, Get, Purpose};
use crate::parse::{self, Document, FeedLink, Heard, ParsedFeed, Recognised, Search, Wanted};
use crate::schedule;
use crate::store::{Address, DueFeed, Finding};

/// The most that is taken of a feed, after decompression; real feeds stay far below.
const MAX_FEED_BYTES: u64 = 16 * 1024 * 1024;

/// What a feed reader accepts, the formats of feeds first (RFC 9110 §12.5.1).
const ACCEPT: &str = "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, \
     application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.5";

/// How often the whole document is asked for, whatever the server says of its copy.
pub(super) const FULL_EVERY: Duration = Duration::from_hours(24);

/// The wait between two requests for one poll.
pub(super) const SPACING: Duration = Duration::from_millis(500);

/// Polls in a row that may fail before the common places are no longer tried: they were asked for in vain.
const PATIENCE: u32 = 3;

/// What came of fetching and parsing a feed.
pub(super) enum Read {
    /// Nothing has changed (304).
    Unchanged {
        fetched: Fetched,
        /// Whether the server sent the whole document all the same.
        was_full: bool,
    },
    /// There is a feed.
    Parsed {
        fetched: Fetched,
        parsed: Box<ParsedFeed>,
        address: Address,
        /// The hash of the document, where the same one would bring nothing new.
        body_hash: Option<TextHash>,
    },
    /// There is a document that is no feed.
    Unreadable(String),
    /// There is none at an address that is not the configured one: that one is asked again.
    Astray(String),
    /// There is no document.
    NotFetched(FetchError),
}

impl Read {
    /// What kind of failure it is, if it is one.
    pub(super) fn trouble(&self) -> Option<Trouble> {
        match self {
            Self::Unchanged { .. } | Self::Parsed { .. } => None,
            Self::Unreadable(_) => Some(Trouble::NotAFeed),
            Self::Astray(_) => Some(Trouble::Missing),
            Self::NotFetched(error) => Some(error.trouble()),
        }
    }
}

/// Fetches and reads what a feed's address leads to.
pub(super) async fn read(ctx: &Context, plan: &Plan, feed: &Feed, due: &DueFeed) -> Read {
    let none = Validators::default();
    // Once a day the whole document is asked for: some servers say for ever that nothing has changed.
    let is_full_due = schedule::after(due.full_at, FULL_EVERY) <= ctx.clock.now();
    let validators = if is_full_due { &none } else { &due.validators };
    let (fetched, body) = match get(plan, &due.url, &due.fetch_url, validators).await {
        Ok((fetched, Some(body))) => (fetched, body),
        Ok((fetched, None)) => return unchanged(fetched, *validators != none, is_full_due, due),
        Err(error) if is_missing(&error) && due.finding == Finding::Found => {
            return Read::Astray(format!("the feed that was found is gone: {error}"));
        }
        Err(error) => return Read::NotFetched(error),
    };
    let page = fetched.final_url.clone();
    let body_hash = TextHash::of_bytes(&body.bytes);
    let is_where_it_was = own_address(due, &fetched) == Address::Kept;
    if due.body_hash == Some(body_hash) && is_where_it_was && feed.listing.is_none() {
        return Read::Unchanged {
            fetched,
            was_full: true,
        };
    }
    match recognised(ctx, &due.url, (body, body_hash), page, feed.listing.clone()).await {
        Ok(Recognised::Feed(parsed)) => Read::Parsed {
            address: own_address(due, &fetched),
            fetched: kept_validators(fetched, &parsed),
            body_hash: (!parsed.is_cut).then_some(body_hash),
            parsed: Box::new(parsed),
        },
        Ok(Recognised::Sitemap(sitemap)) => sitemaps(ctx, plan, due, fetched, sitemap).await,
        Ok(Recognised::Page(links)) => page_behind(ctx, plan, due, &fetched, links).await,
        Err(error) => Read::Unreadable(error),
    }
}

/// Decides what a 304 means: that nothing has changed, or nothing at all where there is no copy that it can mean.
///
/// Some servers give it to every request that they take for one of a machine, whether it names a copy or not. Who does
/// so to the request for the whole document has nothing else to say for a day.
fn unchanged(
    mut fetched: Fetched,
    was_asked_about: bool,
    is_full_due: bool,
    due: &DueFeed,
) -> Read {
    let is_lost = matches!(due.finding, Finding::Lost { .. });
    let has_copy = due.body_hash.is_some() || due.validators != Validators::default();
    if !was_asked_about && (is_lost || !has_copy) {
        return Read::NotFetched(FetchError::Status {
            status: 304,
            retry_after: fetched.fresh_for,
        });
    }
    if is_full_due && fetched.validators == Validators::default() {
        fetched.validators.clone_from(&due.validators);
    }
    Read::Unchanged {
        fetched,
        was_full: is_full_due,
    }
}

/// Drops the validators of a document that ended before its feed did: the server would say of the rest, too, that nothing
/// has changed.
fn kept_validators(mut fetched: Fetched, parsed: &ParsedFeed) -> Fetched {
    if parsed.is_cut {
        fetched.validators = Validators::default();
    }
    fetched
}

/// At which address a feed is polled from now on that was read where it was polled.
///
/// A first contact that ends at another host by redirects that are not permanent may have ended at a portal's own feed:
/// that place is remembered, until the address leads elsewhere.
fn own_address(due: &DueFeed, fetched: &Fetched) -> Address {
    let end = &fetched.final_url;
    let is_at = |place: &Url| bare_host(place) == bare_host(end);
    match (&due.finding, &fetched.moved_to) {
        (Finding::Lost { .. }, _) => Address::Configured,
        (Finding::Lent { last }, None) if is_at(last) => Address::Kept,
        (Finding::Lent { .. }, None) if is_at(&due.url) => Address::Configured,
        (Finding::Lent { .. }, None) => Address::Lent(end.clone()),
        (_, Some(moved_to)) => Address::Moved(moved_to.clone()),
        (Finding::NotNeeded, None) if due.first_poll && !is_at(&due.url) => {
            Address::Lent(end.clone())
        }
        (Finding::NotNeeded | Finding::Found, None) => Address::Kept,
    }
}

/// The host of an address, without the `www.` that sites put before it as they like.
fn bare_host(url: &Url) -> &str {
    let host = url.host_str().unwrap_or_default();
    host.strip_prefix("www.").unwrap_or(host)
}

/// Whether the server says that there is nothing at an address.
fn is_missing(error: &FetchError) -> bool {
    matches!(
        error,
        FetchError::Status {
            status: 404 | 410,
            ..
        }
    )
}

async fn get(
    plan: &Plan,
    feed: &Url,
    url: &Url,
    validators: &Validators,
) -> Result<(Fetched, Option<Body>), FetchError> {
    let request = Get {
        url,
        accept: ACCEPT,
        validators,
        max_body_bytes: MAX_FEED_BYTES,
        timeout: plan.poll.timeout,
        purpose: Purpose::Feed,
        access: plan.accesses.get(feed),
    };
    let mut fetched = plan.http.get(&request).await?;
    let body = fetched.body.take();
    Ok((fetched, body))
}

/// Reads a document on a thread of its own; the error is a clause for people.
async fn recognised(
    ctx: &Context,
    feed: &Url,
    (body, content): (Body, TextHash),
    url: Url,
    listing: Option<ListingRule>,
) -> Result<Recognised, String> {
    let named = DocumentName::At(url.clone()).to_string();
    let reading = ctx.gate.pass(
        feed,
        ToRead::new(named, &body.bytes).holding(content),
        parse::READING_BUDGET,
        move |budget| match listing {
            Some(rule) => listed(&body, &url, &rule, budget).map(Recognised::Feed),
            None => parse::recognise(
                &Document {
                    bytes: &body.bytes,
                    content_type: body.content_type.as_deref(),
                    url: Some(&url),
                },
                &clock::still_time(budget),
            )
            .map_err(|error| error.to_string()),
        },
    );
    reading
        .await
        .unwrap_or_else(|unread| Err(unread.to_string()))
}

/// Reads a page that lists articles.
fn listed(
    body: &Body,
    url: &Url,
    rule: &ListingRule,
    budget: Duration,
) -> Result<ParsedFeed, String> {
    let listing = Listing::new(rule).map_err(|error| error.to_string())?;
    let page = Page {
        bytes: &body.bytes,
        content_type: body.content_type.as_deref(),
        url: Some(url),
    };
    let still_time = clock::still_time(budget);
    let found = listing
        .read(&page, &still_time)
        .map_err(|error| error.to_string())?;
    Ok(parse::listing(found, url))
}

/// Reads the newest sitemaps that an index lists, besides what it holds itself.
async fn sitemaps(
    ctx: &Context,
    plan: &Plan,
    due: &DueFeed,
    mut fetched: Fetched,
    index: parse::Sitemap,
) -> Read {
    let chosen = parse::newest_sitemaps(&index);
    if !chosen.tell_changes {
        // The index stays the same while its sitemaps change: a 304 would say nothing.
        fetched.validators = Validators::default();
    }
    let mut parsed = index.feed;
    let mut problem = None;
    let following = async {
        for url in &chosen.urls {
            match sitemap(ctx, plan, &due.url, url).await {
                Ok(further) => parse::add_sitemap(&mut parsed, further),
                Err(error) => {
                    problem = Some(format!("the sitemap {}: {error}", shown_url(url)));
                }
            }
        }
    };
    if tokio::time::timeout(plan.poll.timeout, Box::pin(following))
        .await
        .is_err()
    {
        problem = Some("the sitemaps of the index took too long".into());
    }
    match problem {
        Some(problem) if parsed.entries.is_empty() => return Read::Unreadable(problem),
        Some(problem) => {
            // Without validators the missing ones are asked for at the next poll.
            fetched.validators = Validators::default();
            parsed.repairs.push(problem);
        }
        None => {}
    }
    Read::Parsed {
        address: own_address(due, &fetched),
        fetched,
        parsed: Box::new(parsed),
        body_hash: None,
    }
}

async fn sitemap(ctx: &Context, plan: &Plan, feed: &Url, url: &Url) -> Result<ParsedFeed, String> {
    match document(ctx, plan, feed, url).await {
        Ok((_, Ok(Recognised::Sitemap(sitemap)))) => Ok(sitemap.feed),
        Ok((_, Ok(Recognised::Feed(_) | Recognised::Page(_)))) => Err("it is no sitemap".into()),
        Ok((_, Err(error))) => Err(error),
        Err(error) => Err(error.to_string()),
    }
}

pub(super) async fn document(
    ctx: &Context,
    plan: &Plan,
    feed: &Url,
    url: &Url,
) -> Result<(Fetched, Result<Recognised, String>), FetchError> {
    let (fetched, body) = get(plan, feed, url, &Validators::default()).await?;
    let Some(body) = body else {
        return Ok((fetched, Err("the server sent no document".into())));
    };
    let from = fetched.final_url.clone();
    let content = TextHash::of_bytes(&body.bytes);
    let recognised = recognised(ctx, feed, (body, content), from, None).await;
    Ok((fetched, recognised))
}

/// Decides what a web page in the place of a feed means, and looks for its feed where there never was one.
async fn page_behind(
    ctx: &Context,
    plan: &Plan,
    due: &DueFeed,
    fetched: &Fetched,
    links: Vec<FeedLink>,
) -> Read {
    let page = &fetched.final_url;
    if due.fetch_url != due.url {
        return Read::Astray(format!(
            "{} is a web page now; the feed is looked for again from the configured address",
            shown_url(&due.fetch_url)
        ));
    }
    let has_been_a_feed = !due.first_poll && due.finding == Finding::NotNeeded;
    if has_been_a_feed {
        let named = links.iter().find(|link| link.is_of_news());
        return Read::Unreadable(match named {
            Some(link) => format!(
                "this is not a feed: it is a web page; it names the feed {}",
                shown_url(&link.url)
            ),
            None => "this is not a feed: it is a web page".into(),
        });
    }
    if is_led_astray(&due.url, fetched) {
        return Read::Unreadable(format!(
            "the address leads for now to {}, which is a web page and no feed",
            shown_url(page)
        ));
    }
    let mut search = Search::new(page, links, Wanted::One);
    if due.failures >= PATIENCE {
        search = search.of_named_places_only();
    }
    let found = tokio::time::timeout(
        plan.poll.timeout,
        Box::pin(searched(ctx, plan, &due.url, search)),
    )
    .await;
    found.ok().flatten().unwrap_or_else(|| {
        Read::Unreadable(
            "this is a web page, and no feed was found that it names or that is where sites keep theirs; name the \
             feed's own address, or how the page lists its articles with `listing`"
                .into(),
        )
    })
}

/// Whether a fetch ended, by redirects that are not permanent, on a page that need not be that of the feed: a portal, a
/// parked domain, a page that says that the site is being mended. Only a front page is at home wherever its own host
/// sends it.
fn is_led_astray(asked: &Url, fetched: &Fetched) -> bool {
    let end = &fetched.final_url;
    let trimmed = |url: &Url| url.path().trim_end_matches('/').to_owned();
    let is_at_home = bare_host(asked) == bare_host(end)
        && (asked.path() == "/" || trimmed(asked) == trimmed(end));
    fetched.moved_to.is_none() && asked != end && !is_at_home
}

async fn searched(ctx: &Context, plan: &Plan, feed: &Url, mut search: Search) -> Option<Read> {
    while let Some(place) = search.next_place() {
        ctx.clock.sleep(SPACING).await;
        let heard = match document(ctx, plan, feed, &place.url).await {
            Ok((fetched, Ok(Recognised::Feed(parsed)))) => {
                let url = fetched.moved_to.clone().unwrap_or(place.url);
                return Some(Read::Parsed {
                    fetched,
                    parsed: Box::new(parsed),
                    address: Address::Found(url),
                    body_hash: None,
                });
            }
            Ok(_) => Heard::Nothing,
            Err(error) if is_missing(&error) => Heard::Nothing,
            Err(_) => Heard::Refused,
        };
        search.hear(heard);
    }
    None
}
