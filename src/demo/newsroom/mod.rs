//! The sample newsroom: four invented outlets, their feeds and their pages, on one local server.
//!
//! [`STORIES`] is what they publish, [`WATCHES`] what the demonstration looks for and where it must be
//! found. [`Newsroom`] serves both to whoever asks, as the servers of real papers would: with types,
//! validators and 304 for feeds. Every link is built on the address at which the newsroom happens to listen.

mod feeds;
mod outlet;
mod pages;
mod story;
mod template;
mod watches;

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::tz::TimeZone;
use sha2::{Digest as _, Sha256};
use url::Url;

use super::local_server::LocalServer;
use crate::domain::Timestamp;

pub use outlet::Outlet;
pub use story::{PageKind, STORIES, Story};
pub use watches::{DemoWatch, EAST_SEA_ALIAS, WATCHES, expected_alerts};

/// When the stories come out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Publishing {
    /// All of them stand in the feeds from the start.
    AllAtOnce,
    /// The feeds start empty and grow by [`Newsroom::release`].
    StoryByStory,
}

/// How often a path was answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Served {
    /// Answers with the document.
    pub whole: usize,
    /// Answers that the asker's copy is still good (304).
    pub not_modified: usize,
}

/// A newsroom that is open; it closes when this is dropped.
#[derive(Debug)]
pub struct Newsroom {
    server: LocalServer,
    desk: Arc<Desk>,
}

impl Newsroom {
    /// Opens the newsroom on a loopback port that the system picks.
    ///
    /// `now` is the date that the pages show as today's.
    ///
    /// # Errors
    /// When no loopback port can be bound.
    pub async fn open(publishing: Publishing, now: Timestamp) -> io::Result<Self> {
        let released = match publishing {
            Publishing::AllAtOnce => STORIES.len(),
            Publishing::StoryByStory => 0,
        };
        let desk = Arc::new(Desk {
            today: now
                .to_zoned_datetime(TimeZone::UTC)
                .strftime("%A, %B %-d, %Y")
                .to_string(),
            released: AtomicUsize::new(released),
            served: Mutex::default(),
        });
        let server = LocalServer::start(|addr| {
            Router::new().fallback(get(answer)).with_state(Front {
                base: base_url(addr).into(),
                desk: Arc::clone(&desk),
            })
        })
        .await?;
        Ok(Self { server, desk })
    }

    /// The address it listens on.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.server.addr()
    }

    /// Where its index is; every other address begins with this.
    #[must_use]
    pub fn base_url(&self) -> String {
        base_url(self.addr())
    }

    /// The address of an outlet's feed.
    #[must_use]
    pub fn feed_url(&self, outlet: Outlet) -> String {
        format!("{}{}", self.base_url(), outlet.feed_path())
    }

    /// The address under which a story's own feed announces it.
    #[must_use]
    pub fn story_url(&self, story: &Story) -> String {
        format!("{}{}", self.base_url(), story.path())
    }

    /// The story whose page, of either kind, is at this address.
    #[must_use]
    pub fn story_at(&self, url: &str) -> Option<&'static Story> {
        let path = Url::parse(url).ok()?.path().to_owned();
        find_story(&path).map(|(story, _)| story)
    }

    /// Lets the first `count` stories of [`STORIES`] be out.
    pub fn release(&self, count: usize) {
        self.desk.released.store(count, Ordering::Release);
    }

    /// Lets one more story come out, and says which; `None` when all are out.
    #[must_use]
    pub fn release_next(&self) -> Option<&'static Story> {
        let before = self.desk.released.fetch_add(1, Ordering::AcqRel);
        let story = STORIES.get(before);
        if story.is_none() {
            self.release(STORIES.len());
        }
        story
    }

    /// How often the document at this path was answered.
    #[must_use]
    pub fn served(&self, path: &str) -> Served {
        let served = self
            .desk
            .served
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        served.get(path).copied().unwrap_or_default()
    }

    /// Closes: takes no new visitor and lets answers under way finish.
    pub async fn close(self) {
        self.server.stop().await;
    }
}

/// What the newsroom knows while it is open.
#[derive(Debug)]
struct Desk {
    today: String,
    released: AtomicUsize,
    served: Mutex<BTreeMap<String, Served>>,
}

/// The desk, and the address it is reached at.
#[derive(Debug, Clone)]
struct Front {
    base: Arc<str>,
    desk: Arc<Desk>,
}

/// A document of the newsroom.
#[derive(Debug)]
struct Document {
    content_type: &'static str,
    body: String,
    /// The validator; pages have none, because the date in their head changes.
    etag: Option<String>,
}

/// Answers a request for any path.
async fn answer(State(front): State<Front>, uri: Uri, headers: HeaderMap) -> Response {
    let Some(document) = front.document(uri.path()) else {
        return (StatusCode::NOT_FOUND, "no such page in this newsroom\n").into_response();
    };
    let current = is_current(document.etag.as_deref(), &headers);
    front.desk.count(uri.path(), current);
    let mut response = if current {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(CONTENT_TYPE, document.content_type)], document.body).into_response()
    };
    if let Some(etag) = document.etag.and_then(|etag| etag.parse().ok()) {
        response.headers_mut().insert(ETAG, etag);
    }
    response
}

/// RFC 9110 §13.1.2: the asker's copy is good when one of its validators is the document's, compared weakly.
fn is_current(etag: Option<&str>, headers: &HeaderMap) -> bool {
    let Some(etag) = etag else {
        return false;
    };
    headers
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|value| value == "*" || value.strip_prefix("W/").unwrap_or(value) == etag)
}

impl Front {
    fn document(&self, path: &str) -> Option<Document> {
        let released = self.desk.released.load(Ordering::Acquire);
        let out = STORIES.get(..released).unwrap_or(STORIES);
        if let Some(outlet) = Outlet::ALL.into_iter().find(|o| o.feed_path() == path) {
            return Some(self.feed(outlet, out));
        }
        if let Some((story, kind)) = find_story(path) {
            return out.iter().any(|other| other.slug == story.slug).then(|| {
                Document::html(pages::story_page(story, kind, &self.base, &self.desk.today))
            });
        }
        match path {
            "/" => Some(Document::html(pages::index_page(&self.base))),
            "/robots.txt" => Some(Document {
                content_type: "text/plain; charset=utf-8",
                body: "User-agent: *\nAllow: /\n".to_owned(),
                etag: None,
            }),
            _ => None,
        }
    }

    fn feed(&self, outlet: Outlet, out: &'static [Story]) -> Document {
        let newest_first: Vec<&Story> = out
            .iter()
            .rev()
            .filter(|story| story.outlet == outlet || story.also_in.contains(&outlet))
            .collect();
        let feed = feeds::feed(outlet, &newest_first, &self.base);
        Document {
            etag: Some(etag(&feed.body)),
            content_type: feed.content_type,
            body: feed.body,
        }
    }
}

impl Desk {
    fn count(&self, path: &str, not_modified: bool) {
        let mut served = self.served.lock().unwrap_or_else(PoisonError::into_inner);
        let count = served.entry(path.to_owned()).or_default();
        if not_modified {
            count.not_modified += 1;
        } else {
            count.whole += 1;
        }
    }
}

impl Document {
    fn html(body: String) -> Self {
        Self {
            content_type: "text/html; charset=utf-8",
            body,
            etag: None,
        }
    }
}

fn base_url(addr: SocketAddr) -> String {
    format!("http://{addr}")
}

/// The story with a page at this path, and which page it is.
fn find_story(path: &str) -> Option<(&'static Story, PageKind)> {
    let kinds = [PageKind::Site, PageKind::Print];
    STORIES
        .iter()
        .flat_map(|story| kinds.map(|kind| (story, kind)))
        .filter(|(story, kind)| *kind == PageKind::Site || story.outlet == Outlet::Gazette)
        .find(|(story, kind)| story.page_path(*kind) == path)
}

/// A strong validator: the SHA-256 of the body, in quotes.
fn etag(body: &str) -> String {
    format!("\"{}\"", URL_SAFE_NO_PAD.encode(Sha256::digest(body)))
}

#[cfg(test)]
mod tests;
