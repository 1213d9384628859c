//! What the sites of a feed's articles ask robots not to read, as it is kept.

use serde::Serialize;
use url::Url;

use super::in_view;
use crate::domain::Timestamp;
use crate::parse::RobotsRules;
use crate::store::{Store, StoreError};

/// Sites that are told of: the articles of most feeds have one.
const SITES: usize = 3;

/// Patterns of a site that are shown.
const SHOWN: usize = 20;

/// The longest that is shown of a pattern, in characters.
const MAX_CHARS: usize = 120;

/// What the robots.txt of a site says to newswatch.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RobotsView {
    /// Scheme, host and port.
    pub site: String,
    /// How it stands.
    pub state: RobotsState,
    /// When it was asked for last.
    pub asked_at: Option<Timestamp>,
    /// What may not be read: the first patterns.
    pub disallowed: Vec<String>,
    /// What may be read all the same: the first patterns.
    pub allowed: Vec<String>,
    /// Patterns that are not shown.
    pub more: usize,
    /// The seconds that the site asks to leave between two requests.
    pub crawl_delay_s: Option<f64>,
}

/// Whether a site has a robots.txt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RobotsState {
    /// It was not asked for yet.
    Unasked,
    /// There is none: everything may be read.
    None,
    /// It was read.
    Read,
}

/// What the sites of some addresses say, each once, those that come first.
pub(super) async fn of_sites(store: &Store, pages: &[&Url]) -> Result<Vec<RobotsView>, StoreError> {
    let mut views: Vec<RobotsView> = Vec::new();
    for page in pages {
        let site = page.origin().ascii_serialization();
        if views.len() == SITES {
            break;
        }
        if !views.iter().any(|view| view.site == site) {
            views.push(of_site(store, site).await?);
        }
    }
    Ok(views)
}

async fn of_site(store: &Store, site: String) -> Result<RobotsView, StoreError> {
    let kept = store.robots(site.clone()).await?;
    let rules = kept.as_ref().map_or("", |kept| &kept.rules);
    let state = match &kept {
        None => RobotsState::Unasked,
        Some(kept) if kept.rules.is_empty() => RobotsState::None,
        Some(_) => RobotsState::Read,
    };
    let rules = RobotsRules::of(rules);
    let all = [&rules.disallowed, &rules.allowed];
    let more = all.map(|patterns| patterns.len().saturating_sub(SHOWN));
    let [disallowed, allowed] = all.map(|patterns| {
        let shown = patterns.iter().take(SHOWN);
        shown.map(|pattern| in_view(pattern, MAX_CHARS)).collect()
    });
    Ok(RobotsView {
        site,
        state,
        asked_at: kept.as_ref().map(|kept| kept.read_at),
        disallowed,
        allowed,
        more: more.iter().sum(),
        crawl_delay_s: rules.crawl_delay_s,
    })
}
