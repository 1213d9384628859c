//! Whether a site lets robots read a page: its robots.txt, asked for once a day and before its first page.

use std::time::Duration;

use url::Url;

use super::alone::Alone;
use super::{Context, Plan};
use crate::domain::Validators;
use crate::http::{Access, FetchError, Get, Purpose, Turn};
use crate::parse;
use crate::store::KnownRobots;

/// How long a robots.txt is used before it is asked for again (RFC 9309 §2.4).
const FRESH: Duration = Duration::from_hours(24);

/// The time for fetching one.
const TIMEOUT: Duration = Duration::from_secs(10);

const ACCEPT: &str = "text/plain, */*;q=0.5";

/// What robots.txt says of a page.
pub(super) enum Says {
    /// It may be read.
    Yes,
    /// It may not.
    No,
    /// Nobody knows: the file cannot be had, and then nothing may be read (RFC 9309 §2.3.1.4).
    Unknown(FetchError),
}

/// Asks the robots.txt of a page's site.
pub(super) async fn says(
    ctx: &Context,
    plan: &Plan,
    asking: &Alone,
    page: &Url,
    access: Option<&Access>,
    turn: Option<&mut Turn>,
) -> Says {
    let origin = page.origin().ascii_serialization();
    if let Some(fresh) = fresh(ctx, &origin).await {
        return by_rules(&fresh.rules, page);
    }
    let _alone = asking.with(&origin).await;
    // Another page may have asked meanwhile.
    if let Some(fresh) = fresh(ctx, &origin).await {
        return by_rules(&fresh.rules, page);
    }
    let Ok(file) = page.join("/robots.txt") else {
        return Says::Yes;
    };
    let request = Get {
        url: &file,
        accept: ACCEPT,
        validators: &Validators::default(),
        max_body_bytes: parse::MAX_ROBOTS_BYTES,
        timeout: TIMEOUT.min(plan.poll.timeout),
        purpose: Purpose::Page,
        access,
    };
    let fetched = match turn {
        Some(turn) => plan.http.get_in_turn(&request, turn).await,
        None => plan.http.get(&request).await,
    };
    let rules = match fetched {
        Ok(fetched) => {
            let bytes = fetched.body.map(|body| body.bytes).unwrap_or_default();
            parse::robots_rules(&String::from_utf8_lossy(&bytes))
        }
        // RFC 9309 §2.3.1.3: where there is no file, everything may be read. A file that is too large is none.
        Err(error) if !is_unreachable(&error) => String::new(),
        Err(error) => {
            // What was said last still holds while it cannot be asked for.
            return match kept(ctx, &origin).await {
                Some(kept) => by_rules(&kept.rules, page),
                None => Says::Unknown(error),
            };
        }
    };
    let says = by_rules(&rules, page);
    // Where it cannot be kept it is asked for again.
    let keeping = ctx.store.keep_robots(origin, rules, ctx.clock.now());
    keeping.await.ok();
    says
}

fn by_rules(rules: &str, page: &Url) -> Says {
    if parse::robots_allow(rules, page) {
        Says::Yes
    } else {
        Says::No
    }
}

async fn kept(ctx: &Context, origin: &str) -> Option<KnownRobots> {
    let kept = ctx.store.robots(origin.to_owned()).await;
    kept.ok().flatten()
}

async fn fresh(ctx: &Context, origin: &str) -> Option<KnownRobots> {
    let kept = kept(ctx, origin).await?;
    let age = ctx.clock.now().duration_since(kept.read_at);
    // A file that was read later than now was read by a clock that was ahead.
    let is_fresh = Duration::try_from(age).is_ok_and(|age| age < FRESH);
    is_fresh.then_some(kept)
}

/// Whether the server fails, or is not there: then a file may well be (RFC 9309 §2.3.1.4).
fn is_unreachable(error: &FetchError) -> bool {
    error.is_transient()
}
