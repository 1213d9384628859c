//! Catching up: the older pages of a feed that are read where its document shares no entry with what was seen before.
//!
//! RFC 5005: a feed names the document with the entries before its own. It is asked for once after a gap, and not at
//! each poll: archives are large, and stay as they are.

use std::time::Duration;

use url::Url;

use super::reading::{FULL_EVERY, Read, SPACING, document};
use super::{Context, Plan};
use crate::domain::{Entry, Timestamp, shown_url};
use crate::parse::{MAX_ENTRIES, ParsedFeed, Recognised};
use crate::schedule;
use crate::store::{DueFeed, StoreError};

/// Older documents that are read for one gap.
const MOST: usize = 3;

/// How far an entry may be dated before the last good poll that came out after it.
const DATED_EARLY: Duration = Duration::from_hours(1);

/// Adds to a document that has none of the known entries what came out between it and the last one.
pub(super) async fn caught_up(ctx: &Context, plan: &Plan, due: &DueFeed, mut read: Read) -> Read {
    if let Read::Parsed { parsed, .. } = &mut read {
        add_older(ctx, plan, due, parsed).await;
    }
    read
}

async fn add_older(ctx: &Context, plan: &Plan, due: &DueFeed, parsed: &mut ParsedFeed) {
    let (Some(older), Some(seen_at)) = (parsed.older.clone(), due.last_success_at) else {
        return;
    };
    let was_tried = due
        .gap_at
        .is_some_and(|at| schedule::after(at, FULL_EVERY) > ctx.clock.now());
    if due.first_poll || was_tried || parsed.entries.is_empty() {
        return;
    }
    // A store that refuses says so when the poll is stored.
    if knows_one_of(ctx, due, &parsed.entries)
        .await
        .unwrap_or(true)
    {
        return;
    }
    let since = seen_at.checked_sub(DATED_EARLY).unwrap_or(seen_at);
    let mut further = Vec::new();
    let reading = read_back(ctx, plan, due, older, since, &mut further);
    let read = tokio::time::timeout(plan.poll.timeout, Box::pin(reading)).await;
    let problem = read
        .unwrap_or_else(|_| Err("it took too long".into()))
        .err();
    parsed.repairs.push(match problem {
        None => format!("{} entries were read from its older pages", further.len()),
        Some(problem) => format!("an older page was not read: {problem}"),
    });
    let room = MAX_ENTRIES.saturating_sub(parsed.entries.len());
    parsed.entries.extend(further.into_iter().take(room));
}

/// Reads one page after the other, up to one that reaches back to what is known.
async fn read_back(
    ctx: &Context,
    plan: &Plan,
    due: &DueFeed,
    first: Url,
    since: Timestamp,
    further: &mut Vec<Entry>,
) -> Result<(), String> {
    let mut next = Some(first);
    for _ in 0..MOST {
        let Some(url) = next.take() else {
            break;
        };
        ctx.clock.sleep(SPACING).await;
        let (_, read) = document(ctx, plan, &due.url, &url)
            .await
            .map_err(|error| error.to_string())?;
        let Recognised::Feed(page) = read? else {
            return Err(format!("{} is no feed", shown_url(&url)));
        };
        let joined = knows_one_of(ctx, due, &page.entries).await;
        let is_new = |entry: &Entry| {
            let date = entry.published.or(entry.updated);
            date.is_some_and(|date| date >= since)
        };
        let reaches_back = joined.unwrap_or(true) || !page.entries.iter().all(is_new);
        next = page.older.filter(|_| !reaches_back);
        further.extend(page.entries.into_iter().filter(is_new));
    }
    Ok(())
}

async fn knows_one_of(ctx: &Context, due: &DueFeed, entries: &[Entry]) -> Result<bool, StoreError> {
    let keys = entries.iter().flat_map(|entry| &entry.keys).cloned();
    ctx.store.knows_one_of(due.claim.id, keys.collect()).await
}
