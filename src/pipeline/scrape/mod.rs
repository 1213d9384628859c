//! entry -> article: fetches the page behind an entry and stores its text, or the feed's own text instead.

mod asking;
mod choosing;
mod round;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tracing::{debug, info, warn};

use super::alone::Alone;
use super::gate::Unread;
use super::page::{MAX_PAGES, Missing};
use super::{Context, Plan, Stage, StageError};
use crate::clock;
use crate::domain::{
    ArticleMode, Budget, EntryId, FirstArticles, HostMemory, Shown, TextHash, Validators, shown_url,
};
use crate::extract::{self, Extracted, NoPage, Note};
use crate::parse;
use crate::schedule;
use crate::store::{Claim, PagesNow, Scraped, Unscraped};
use crate::tally::Ending;

pub(super) use asking::{ReadPage, page_key, read};
pub(super) use choosing::choose_aside;
pub(super) use round::Chance;

use choosing::{Chosen, feed_words, text_of, told_by_the_feed};
use round::Round;

/// Pages that are fetched or read at once. An entry is claimed only when its host has a turn for it, so that no host
/// holds more of these places than it may have requests.
const WIDTH: usize = 128;

/// Pages that are begun at once where they only fill the archive: news that come in meanwhile find room.
const BACKLOG_AT_ONCE: usize = 1;

/// A claim outlives the fetch by this: a minute to wait for a turn at a host that a redirect or a site rule leads to, and
/// the time to read and store.
const LEASE_MARGIN: Duration = Duration::from_mins(2);

/// How long what was read of a page serves for other feeds that announce it, and for a visit: a page changes.
pub(super) const KNOWN_FOR: Duration = Duration::from_hours(1);

/// The scraping stage.
#[derive(Debug, Clone, Default)]
pub struct Scrape {
    round: Arc<Mutex<Round>>,
    /// Sites that are asked what robots may read.
    asking: Alone,
    /// Pages that are being read.
    reading: Alone,
}

/// An entry that was claimed, with what its host allows.
#[derive(Debug)]
pub struct PageWork {
    entry: Unscraped,
    chance: Chance,
}

impl PageWork {
    /// One that waits for the turn of its page where it must.
    fn without_hurry(entry: Unscraped) -> Self {
        let chance = Chance::NoPage;
        Self { entry, chance }
    }
}

impl Stage for Scrape {
    type Work = PageWork;
    type Claim = Claim<EntryId>;

    const NAME: &'static str = "scrape";

    fn width(&self, _: &Context) -> usize {
        WIDTH
    }

    fn least_room(&self) -> usize {
        WIDTH / 4
    }

    fn can_be_cut_off(&self) -> bool {
        true
    }

    fn waits(&self) -> Option<Duration> {
        self.round().gap
    }

    async fn claim(&self, ctx: &Context, limit: usize) -> Result<Vec<PageWork>, StageError> {
        let plan = ctx.plan();
        let now = ctx.clock.now();
        let after = self.round().last.clone();
        let queues = ctx.store.page_queues(after, now).await?;
        let chosen = self.round().choose_turns(&plan, queues, limit);
        let pages = u32::try_from(MAX_PAGES).unwrap_or(u32::MAX);
        let lease = plan.poll.timeout * pages + LEASE_MARGIN;
        if chosen.is_empty() {
            if plan.first_articles != FirstArticles::Read {
                return Ok(Vec::new());
            }
            let few = limit.min(BACKLOG_AT_ONCE);
            let backlog = ctx.store.next_backlog(now, lease, few).await?;
            return Ok(backlog.into_iter().map(PageWork::without_hurry).collect());
        }
        let wanted = chosen
            .iter()
            .map(|(place, chances)| (place.clone(), chances.len()))
            .collect();
        let claimed = ctx.store.next_unscraped(wanted, now, lease).await?;
        let chances = chosen.into_iter().map(|(_, chances)| chances);
        let works = claimed
            .into_iter()
            .zip(chances)
            .flat_map(|(entries, chances)| {
                let pairs = entries.into_iter().zip(chances);
                pairs.map(|(entry, chance)| PageWork { entry, chance })
            });
        Ok(works.collect())
    }

    async fn work(&self, ctx: &Context, work: PageWork) -> Result<Ending, StageError> {
        let plan = ctx.plan();
        let PageWork { entry, chance } = work;
        let address = shared_page(&plan, &entry);
        let _alone = match &address {
            Some(address) => Some(self.reading.with(address).await),
            None => None,
        };
        if let Some(address) = &address
            && !entry.is_read_again
            && let Some(known) = known_page(ctx, &entry, address).await?
        {
            return record(ctx, &entry, known, Ending::Unchanged).await;
        }
        let asked = Validators::default();
        let read = read(&self.asking, ctx, &plan, (&entry, &asked), chance);
        let (page, set_aside) = match read.await {
            Ok(Some(page)) => (Ok(page), None),
            Ok(None) => (Err(NoPage::NotWanted), None),
            Err(Missing::Passing(reason)) if put_off(ctx, &plan, &entry, &reason).await? => {
                return Ok(Ending::PutOff);
            }
            Err(Missing::SetAside { document }) => {
                let reason = format!("the page: {}", Unread::SetAside);
                (Err(NoPage::Failed(reason)), Some(document))
            }
            Err(missing) => (Err(NoPage::Failed(missing.to_string())), None),
        };
        let ending = match &page {
            Err(NoPage::Failed(_)) => Ending::Failed,
            Ok(_) | Err(NoPage::NotWanted) => Ending::Done,
        };
        let rule_problem = page
            .as_ref()
            .ok()
            .and_then(|page| rule_problem(&page.found));
        let memory = remembered(ctx, page.as_ref().ok()).await?;
        let chosen = choose_aside(ctx, &entry, page, memory).await;
        log(&entry, &chosen);
        let scraped = scraped(chosen, rule_problem, address.as_deref(), set_aside);
        record(ctx, &entry, scraped, ending).await
    }

    fn claim_of(work: &PageWork) -> Claim<EntryId> {
        work.entry.claim
    }

    async fn put_back(&self, ctx: &Context, claims: Vec<Claim<EntryId>>) -> Result<(), StageError> {
        Ok(ctx.store.put_back_entries(claims).await?)
    }

    fn bell(&self, ctx: &Context) -> Option<Arc<Notify>> {
        Some(Arc::clone(&ctx.wake.scrape))
    }
}

impl Scrape {
    fn round(&self) -> MutexGuard<'_, Round> {
        self.round.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn log(entry: &Unscraped, chosen: &Chosen) {
    debug!(
        entry.id = %entry.claim.id,
        title = %Shown::of(&chosen.article.title),
        size_bytes = chosen.article.text.len(),
        basis = %chosen.article.basis,
        lines.dropped = chosen.dropped,
        "entry scraped"
    );
}

/// What is recorded of an entry; `address` is that of a page that other feeds announce as well.
fn scraped(
    chosen: Chosen,
    rule_problem: Option<String>,
    address: Option<&str>,
    set_aside: Option<String>,
) -> Scraped {
    let own = chosen.article.url.as_ref();
    let own = own.map(|url| TextHash::of(&parse::canonical_link(url)));
    Scraped {
        own: address.and(own),
        link: address.map(TextHash::of),
        article: chosen.article,
        feed_words: chosen.feed_words,
        reading_problem: rule_problem.or(chosen.problem),
        page: chosen.lines,
        validators: chosen.validators,
        set_aside: chosen.set_aside.or(set_aside),
    }
}

async fn record(
    ctx: &Context,
    entry: &Unscraped,
    scraped: Scraped,
    ending: Ending,
) -> Result<Ending, StageError> {
    let now = ctx.clock.now();
    let problem = scraped
        .problem()
        .map(|problem| Shown::of(problem).to_string());
    let Some(pages) = ctx.store.record_article(entry.claim, scraped, now).await? else {
        warn!(entry.id = %entry.claim.id, "reading a page came too late; another one reads it");
        return Ok(Ending::Late);
    };
    tell(entry, pages, problem.as_deref());
    ctx.wake.flag.notify_waiters();
    Ok(ending)
}

/// A line where the pages of a feed begin to fail and where one is read again, not one for each page: `status` has the rest.
fn tell(entry: &Unscraped, pages: PagesNow, problem: Option<&str>) {
    let (feed, title) = (shown_url(&entry.feed_url), entry.entry.title.as_deref());
    let title = title.map(|title| Shown::of(title).to_string());
    match pages {
        PagesNow::AsBefore => {}
        PagesNow::Failing => {
            warn!(entry.id = %entry.claim.id, feed, title, error = problem, "pages of a feed cannot be read as they should");
        }
        PagesNow::Read => {
            info!(entry.id = %entry.claim.id, feed, title, "pages of a feed are read again");
        }
    }
}

/// The address of an entry's page, where the page is the same whichever feed announces it.
fn shared_page(plan: &Plan, work: &Unscraped) -> Option<String> {
    let feed = plan.feeds.get(&work.feed_url)?;
    let link = work.entry.link.as_ref()?;
    (feed.article == ArticleMode::Auto).then(|| parse::canonical_link(link))
}

/// What was read of a page a short while ago, for another feed.
async fn known_page(
    ctx: &Context,
    work: &Unscraped,
    address: &str,
) -> Result<Option<Scraped>, StageError> {
    let since = ctx.clock.now().checked_sub(KNOWN_FOR).unwrap_or_default();
    let address = TextHash::of(address);
    let known = ctx.store.known_page(work.claim.id, address, since).await?;
    let Some(article) = known else {
        return Ok(None);
    };
    debug!(entry.id = %work.claim.id, "entry has a page that was read for another feed");
    let entry = Arc::clone(&work.entry);
    let reading = move |budget| feed_words(&entry, &Budget::new(&clock::still_time(budget)));
    let passing = ctx.gate.pass(
        &work.feed_url,
        text_of(work),
        extract::READING_BUDGET,
        reading,
    );
    Ok(passing
        .await
        .ok()
        .map(|feed_words| Scraped::of_feed(article, feed_words)))
}

/// What of the site rule did not fit the page.
fn rule_problem(found: &Extracted) -> Option<String> {
    found.notes.iter().find_map(|note| match note {
        Note::RuleMatchedNothing { .. } | Note::NextPageFailed { .. } => {
            Some(format!("site rule: {note}"))
        }
        Note::CutBytes { .. }
        | Note::CutAttributes { .. }
        | Note::TextNotShown { .. }
        | Note::RepeatedLines { .. } => None,
    })
}

/// What is remembered of the host of a page.
pub(super) async fn remembered(
    ctx: &Context,
    page: Option<&ReadPage>,
) -> Result<HostMemory, StageError> {
    match page.and_then(|page| page.key.clone()) {
        Some(key) => Ok(ctx.store.host_memory(key).await?),
        None => Ok(HostMemory::default()),
    }
}

/// Puts the entry off when it has tries left; tells whether it did. People do not wait for a page to be told what the feed
/// says already.
async fn put_off(
    ctx: &Context,
    plan: &Arc<Plan>,
    work: &Unscraped,
    reason: &str,
) -> Result<bool, StageError> {
    let Some(wait) = plan.page_retry.get(work.failed_tries as usize) else {
        return Ok(false);
    };
    let now = ctx.clock.now();
    let at = schedule::after(now, schedule::jittered(*wait, fastrand::f64()));
    let (feed, title) = (shown_url(&work.feed_url), work.entry.title.as_deref());
    let title = title.map(|title| Shown::of(title).to_string());
    debug!(entry.id = %work.claim.id, feed, title, try_again_at = %at, error = reason, "page fetch failed");
    ctx.keep_rests(plan).await?;
    let early = if work.is_told {
        None
    } else {
        told_by_the_feed(ctx, plan, work, reason).await
    };
    match early {
        Some(scraped) => {
            let recording = ctx.store.record_for_now(work.claim, scraped, at, now);
            if let Some(pages) = recording.await? {
                tell(work, pages, Some(reason));
                ctx.wake.flag.notify_waiters();
            }
        }
        None => {
            ctx.store.record_page_failure(work.claim, at).await?;
        }
    }
    Ok(true)
}
