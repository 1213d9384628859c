//! alert -> versions, updates: looks at the pages of alerted articles again, and tells those who were told of them what has
//! changed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tracing::{info, warn};
use url::Url;

use super::alone::Alone;
use super::gate::ToRead;
use super::page::{MAX_PAGES, Missing};
use super::revised::{Seen, SeenPage, Terms, visited};
use super::scrape::{Chance, KNOWN_FOR, ReadPage, choose_aside, page_key, read, remembered};
use super::{Context, Plan, Stage, StageError};
use crate::alerting::{self, Candidate};
use crate::domain::{
    self, Alert, Article, ArticleText, DocumentName, EntryId, HostMemory, InstallationId, Shown,
    TextBasis, Timestamp, WatchName,
};
use crate::extract;
use crate::matching;
use crate::parse;
use crate::schedule;
use crate::store::{Claim, DeliveryLine, DueVisit, KnownPage, Visited};
use crate::tally::Ending;

/// Pages that are looked at again at once: after a suspend many are due, and news go before them.
const WIDTH: usize = 4;

/// A claim outlives the fetch by this: a minute to wait for a turn at a host, and the time to read and store.
const LEASE_MARGIN: Duration = Duration::from_mins(2);

/// Matching takes milliseconds.
const MATCHING_BUDGET: Duration = Duration::from_mins(1);

/// A line that is shorter than this, in characters, may stand on any page.
const LONG_LINE: usize = 40;

/// The revisiting stage.
#[derive(Debug, Clone, Default)]
pub struct Revisit {
    /// Sites that are asked what robots may read.
    asking: Alone,
}

impl Stage for Revisit {
    type Work = DueVisit;
    type Claim = Claim<EntryId>;

    const NAME: &'static str = "revisit";

    fn width(&self, _: &Context) -> usize {
        WIDTH
    }

    fn can_be_cut_off(&self) -> bool {
        true
    }

    async fn claim(&self, ctx: &Context, limit: usize) -> Result<Vec<DueVisit>, StageError> {
        let pages = u32::try_from(MAX_PAGES).unwrap_or(u32::MAX);
        let lease = ctx.plan().poll.timeout * pages + LEASE_MARGIN;
        let due = ctx.store.next_visits(ctx.clock.now(), lease, limit);
        Ok(due.await?)
    }

    async fn work(&self, ctx: &Context, visit: DueVisit) -> Result<Ending, StageError> {
        let plan = ctx.plan();
        let claim = visit.entry.claim;
        let seen = if is_wanted(&plan, &visit) {
            self.look(ctx, &plan, &visit).await?
        } else {
            None
        };
        let now = ctx.clock.now();
        let outcome = seen.as_ref().map_or_else(Visited::default, |seen| {
            judged(&plan, &ctx.installation, &visit, seen, now)
        });
        log(&visit, seen.as_ref(), &outcome);
        let ending = ending(seen.as_ref(), &outcome);
        let has_updates = !outcome.updates.is_empty();
        if !ctx.store.record_visit(claim, outcome, now).await? {
            warn!(entry.id = %claim.id, "a visit came too late; another one stands");
            return Ok(Ending::Late);
        }
        if has_updates {
            ctx.wake.notify.notify_waiters();
        }
        Ok(ending)
    }

    fn claim_of(visit: &DueVisit) -> Claim<EntryId> {
        visit.entry.claim
    }

    async fn put_back(&self, ctx: &Context, claims: Vec<Claim<EntryId>>) -> Result<(), StageError> {
        Ok(ctx.store.put_back_visits(claims).await?)
    }

    fn bell(&self, _: &Context) -> Option<Arc<Notify>> {
        None
    }
}

impl Revisit {
    /// Looks at a page; `None` where nobody wants it read.
    async fn look(
        &self,
        ctx: &Context,
        plan: &Arc<Plan>,
        visit: &DueVisit,
    ) -> Result<Option<Seen>, StageError> {
        if let Some(known) = read_lately(visit, ctx.clock.now()) {
            return Ok(Some(seen_lately(ctx, plan, visit, known).await?));
        }
        let wanted = (&visit.entry, &visit.validators);
        let page = match read(&self.asking, ctx, plan, wanted, Chance::NoPage).await {
            Ok(Some(page)) => page,
            Ok(None) => return Ok(None),
            Err(Missing::Unchanged) => return Ok(Some(Seen::Unchanged)),
            Err(Missing::Gone(_)) => return Ok(Some(Seen::Gone)),
            Err(Missing::Passing(_)) => return Ok(Some(Seen::Silent { may_pass: true })),
            Err(Missing::Lasting(_) | Missing::SetAside { .. }) => {
                return Ok(Some(Seen::Silent { may_pass: false }));
            }
        };
        if is_gone(visit, &page) {
            return Ok(Some(Seen::Gone));
        }
        let as_served = page.found.text.clone();
        let memory = remembered(ctx, Some(&page)).await?;
        let chosen = choose_aside(ctx, &visit.entry, Ok(page), memory).await;
        let mut article = chosen.article;
        if matches!(
            article.basis,
            TextBasis::Feed { .. } | TextBasis::FeedForNow { .. }
        ) {
            return Ok(Some(Seen::Unreadable));
        }
        article.text = with_known_lines(visit, &article.text, &as_served);
        let found = words_now(ctx, plan, visit, &article).await;
        Ok(Some(Seen::Page(Box::new(SeenPage {
            article,
            validators: chosen.validators,
            found,
        }))))
    }
}

/// What was read of a page since the visit was settled, because its feed says something else of it: nobody asks for it twice.
fn read_lately(visit: &DueVisit, now: Timestamp) -> Option<&KnownPage> {
    let known = visit.page.as_ref().filter(|page| page.is_read())?;
    let read_at = known.read_at?;
    let serves = read_at > visit.set_at && schedule::after(read_at, KNOWN_FOR) >= now;
    serves.then_some(known)
}

async fn seen_lately(
    ctx: &Context,
    plan: &Arc<Plan>,
    visit: &DueVisit,
    known: &KnownPage,
) -> Result<Seen, StageError> {
    let mut article = known.article.clone();
    let entry = &visit.entry.entry;
    let url = article.url.as_ref().or(entry.link.as_ref());
    if let Some(key) = url.and_then(|url| page_key(url, entry)) {
        let memory = ctx.store.host_memory(key).await?;
        article.text = with_repeated_lines(visit, &article.text, &memory);
    }
    let found = words_now(ctx, plan, visit, &article).await;
    Ok(Seen::Page(Box::new(SeenPage {
        article,
        validators: known.validators.clone(),
        found,
    })))
}

/// A text that lost the lines that its host repeats, with those of them that it had before.
fn with_repeated_lines(visit: &DueVisit, text: &str, memory: &HostMemory) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let mut place = 0;
    for line in last_text(visit).lines() {
        if let Some(at) = lines.iter().position(|kept| *kept == line) {
            place = at + 1;
        } else if extract::is_repeated_line(line, memory) {
            lines.insert(place, line);
            place += 1;
        }
    }
    lines.join("\n")
}

/// Whether a watch that raised an alert has its page looked at again, and the page could be read at first.
fn is_wanted(plan: &Plan, visit: &DueVisit) -> bool {
    let has_text = visit.versions.iter().any(|version| version.text.is_some());
    let may_be_read = visit
        .page
        .as_ref()
        .is_none_or(|page| !matches!(page.article.basis, TextBasis::Feed { .. }));
    let mut watches = visit.alerts.iter().map(|(alert, _)| &alert.found.watch);
    (has_text || may_be_read) && watches.any(|watch| !waits(plan, watch).is_empty())
}

fn waits<'a>(plan: &'a Plan, name: &WatchName) -> &'a [Duration] {
    let watch = plan.watches.iter().find(|watch| watch.name == *name);
    watch.map_or(&[], |watch| &watch.revisit)
}

/// What the article said last.
fn last_text(visit: &DueVisit) -> &str {
    let mut newest_first = visit.versions.iter().rev();
    let version = newest_first.find_map(|version| version.text.as_deref());
    let page = visit.page.as_ref().map(|page| page.article.text.as_str());
    version.or(page).unwrap_or_default()
}

/// Whether something else stands where the page was: that it is gone, the front page, or the section that it was in.
fn is_gone(visit: &DueVisit, page: &ReadPage) -> bool {
    let before: BTreeSet<&str> = long_lines(last_text(visit)).collect();
    if before.is_empty() || long_lines(&page.found.text).any(|line| before.contains(line)) {
        return false;
    }
    let title = page.found.title.as_ref();
    let title = title.map_or("", |title| title.value.as_str());
    let known = visit.page.as_ref();
    let known = known.and_then(|page| page.article.url.as_ref());
    let known = known.or(visit.entry.entry.link.as_ref());
    let canonical = page.found.canonical.as_ref().map(|found| &found.value);
    extract::says_it_is_gone(title, &page.found.text)
        || known.is_some_and(|known| {
            is_above(&page.shown, known) || canonical.is_some_and(|url| is_above(url, known))
        })
}

/// The lines that are long enough to be a page's own.
fn long_lines(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().map(str::trim);
    lines.filter(|line| line.chars().count() >= LONG_LINE)
}

/// Whether an address is the front page, or a section, of the site of a page.
fn is_above(url: &Url, page: &Url) -> bool {
    let (front, own) = (parse::canonical_link(url), parse::canonical_link(page));
    if front == own {
        return false;
    }
    let section = own.strip_prefix(front.trim_end_matches('/'));
    parse::is_front_page(&front) && !parse::is_front_page(&own)
        || section.is_some_and(|rest| rest.starts_with(['/', '?']))
}

/// The text as it was chosen, with the lines that it had before: one that the host repeats by now is not gone from the
/// article.
fn with_known_lines(visit: &DueVisit, chosen: &str, as_served: &str) -> String {
    let before: BTreeSet<&str> = last_text(visit).lines().collect();
    let kept: BTreeSet<&str> = chosen.lines().collect();
    let lines = as_served.lines();
    let lines: Vec<&str> = lines
        .filter(|line| kept.contains(line) || before.contains(line))
        .collect();
    lines.join("\n")
}

/// The words that the watches of a visit find in an article as it is now.
async fn words_now(
    ctx: &Context,
    plan: &Arc<Plan>,
    visit: &DueVisit,
    article: &Article,
) -> BTreeMap<WatchName, Vec<String>> {
    let watches = visit.alerts.iter().map(|(alert, _)| &alert.found.watch);
    let watches: BTreeSet<WatchName> = watches.cloned().collect();
    let name = DocumentName::ArticleText(visit.entry.claim.id).to_string();
    let (of, article) = (Arc::clone(plan), article.clone());
    let feed = visit.entry.feed_url.clone();
    let tags = plan.feeds.get(&feed).map(|feed| feed.tags.clone());
    let matching = move |_| {
        let paragraphs = domain::paragraphs(&article.text);
        let tags = tags.unwrap_or_default();
        let text = ArticleText::of(&article, &paragraphs, &tags);
        let hits = of.matcher.hits(&text);
        let found = hits.iter().filter_map(|hit| {
            let watch = &of.watches.get(hit.watch)?.name;
            let words = matching::quote(&text, hit).found;
            let words = words.into_iter().map(|words| words.text).collect();
            watches.contains(watch).then(|| (watch.clone(), words))
        });
        found.collect()
    };
    let passing = ctx
        .gate
        .pass(&feed, ToRead::new(name, b""), MATCHING_BUDGET, matching);
    passing.await.unwrap_or_default()
}

/// Says what a visit changes, by the plan in force.
fn judged(
    plan: &Plan,
    installation: &InstallationId,
    visit: &DueVisit,
    seen: &Seen,
    now: Timestamp,
) -> Visited {
    let told_at = |alert: &Alert, line: &DeliveryLine| {
        if is_silenced(plan, installation, visit, alert, now) {
            return None;
        }
        let policy = plan.policies.get(&line.channel)?;
        Some(alerting::update_at(alert.priority, policy, now))
    };
    let terms = Terms {
        waits: &|watch| waits(plan, watch),
        told_at: &told_at,
        now,
    };
    visited(visit, seen, &terms)
}

fn is_silenced(
    plan: &Plan,
    installation: &InstallationId,
    visit: &DueVisit,
    alert: &Alert,
    now: Timestamp,
) -> bool {
    let entry = &visit.entry;
    let (Some(feed), Some(key)) = (plan.feeds.get(&entry.feed_url), entry.entry.keys.first())
    else {
        return false;
    };
    let article = Article {
        url: alert.url.clone(),
        title: alert.title.clone(),
        byline: None,
        published: alert.published,
        lang: alert.reading.lang.clone(),
        site: alert.source.clone(),
        text: last_text(visit).to_owned(),
        basis: TextBasis::Page,
    };
    let candidate = Candidate {
        installation,
        entry: entry.claim.id,
        key,
        feed,
        feed_title: entry.feed_title.as_deref(),
        article: &article,
        found_at: visit.found_at,
        past: &visit.past,
    };
    alerting::is_silenced(&visit.silences, &alert.found.watch, &candidate, now)
}

fn ending(seen: Option<&Seen>, outcome: &Visited) -> Ending {
    match seen {
        Some(Seen::Silent { may_pass: true }) => Ending::PutOff,
        Some(Seen::Silent { may_pass: false } | Seen::Unreadable) => Ending::Failed,
        Some(Seen::Unchanged) => Ending::Unchanged,
        Some(Seen::Page(_)) if outcome.version.is_none() => Ending::Unchanged,
        Some(Seen::Page(_) | Seen::Gone) | None => Ending::Done,
    }
}

fn log(visit: &DueVisit, seen: Option<&Seen>, outcome: &Visited) {
    let found = match seen {
        None => "not to be looked at any more",
        Some(Seen::Unchanged) => "unchanged",
        Some(Seen::Page(_)) if outcome.version.is_none() => "unchanged",
        Some(Seen::Page(_)) => "changed",
        Some(Seen::Gone) => "gone",
        Some(Seen::Unreadable) => "not readable",
        Some(Seen::Silent { .. }) => "not served",
    };
    let kinds = outcome.version.iter().flat_map(|version| &version.kinds);
    let kinds: Vec<&str> = kinds.map(String::as_str).collect();
    let title = visit.alerts.first().map(|(alert, _)| &alert.title);
    info!(
        entry.id = %visit.entry.claim.id,
        title = title.map(|title| Shown::of(title).to_string()),
        found,
        kinds = kinds.join(", "),
        updates = outcome.updates.len(),
        next_at = outcome.next.map(|at| at.to_string()),
        "alerted page looked at again"
    );
}
