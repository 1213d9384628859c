//! The stages: each claims work in the store, does it, and records what came of it in one transaction.
//!
//! `poll`, `scrape`, `flag`, `gather` and `notify` are the line, `revisit` looks at alerted pages again, `retain` forgets what lies behind it, `health` tells what goes wrong; each implements
//! [`Stage`], and `drive` is the one loop that runs any of them, as a service or until nothing is left to do now. A stage holds the order of effects; its
//! decisions are pure functions in the modules it calls.

mod alone;
mod archives;
mod drive;
pub mod flag;
mod folding;
mod gate;
pub mod gather;
pub mod health;
pub mod notify;
mod outcome;
pub mod page;
pub mod poll;
mod polled;
mod reading;
pub mod retain;
mod revised;
pub mod revisit;
mod robots;
pub mod scrape;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use tokio::sync::{Notify, watch};

use crate::alerting::{Policies, Rules};
use crate::channel::Channel;
use crate::clock::Clock;
use crate::domain::{
    ChannelName, Feeds, FirstArticles, HealthPolicy, InstallationId, Route, Watch,
};
use crate::http::{Access, HttpClient};
use crate::links::LinkKey;
use crate::matching::Matcher;
use crate::schedule::PollPolicy;
use crate::store::{Store, StoreError};
use crate::tally::{Ending, Tally};

pub use drive::{Until, drive, step};
pub use gate::Gate;

/// What the stages need and what lives as long as the process does.
#[derive(Debug)]
pub struct Context {
    /// The store.
    pub store: Store,
    /// The clock.
    pub clock: Clock,
    /// This installation.
    pub installation: InstallationId,
    /// What signs the links that stand in messages.
    pub links: LinkKey,
    /// How long a stage rests after the store refused its work.
    pub rest: Duration,
    /// What the stages have done.
    pub tally: Tally,
    /// Wakes the stages when there is work for them.
    pub wake: Wake,
    /// Bounds how many documents are read at once: each may take a core and tens of megabytes.
    pub gate: Gate,
    /// The plan in force; a reload puts another in its place, and no stage begins anew for it.
    pub plans: watch::Sender<Arc<Plan>>,
    /// Why the store takes nothing now; absent while it does.
    pub trouble: watch::Sender<Option<StoreError>>,
}

impl Context {
    /// The plan in force. A piece of work takes it once, so that it is done by one plan from its beginning to its end.
    #[must_use]
    pub fn plan(&self) -> Arc<Plan> {
        Arc::clone(&self.plans.borrow())
    }

    /// Stores which servers have asked to be left alone: a restart is no reason to ask them again.
    async fn keep_rests(&self, plan: &Plan) -> Result<(), StoreError> {
        let rests = plan.http.new_rests();
        if rests.is_empty() {
            return Ok(());
        }
        self.store.keep_rests(rests, self.clock.now()).await
    }
}

/// What lives as long as one configuration does; made by the daemon and never changed.
#[derive(Debug)]
pub struct Plan {
    /// The HTTP client; those of all plans share their slots and their memory.
    pub http: HttpClient,
    /// The configured feeds by their address.
    pub feeds: Feeds,
    /// How the requests of each feed are made, by the feed's address.
    pub accesses: HashSet<Access>,
    /// The watches, in the order of the matcher.
    pub watches: Vec<Watch>,
    /// The watches, compiled.
    pub matcher: Arc<Matcher>,
    /// The channels by name.
    pub channels: BTreeMap<ChannelName, Channel>,
    /// How each channel wants its messages.
    pub policies: Policies,
    /// The ways of alerts beside those of their watches.
    pub routes: Vec<Route>,
    /// Who is told what goes wrong with newswatch itself.
    pub health: HealthPolicy,
    /// The zone in which times are written, where a channel has none of its own.
    pub zone: TimeZone,
    /// The bounds of polling; the time for one fetch holds for pages too.
    pub poll: PollPolicy,
    /// The waits before a page that failed is fetched again; after the last one the feed's own text is taken.
    pub page_retry: Vec<Duration>,
    /// How long the texts of articles are kept.
    pub keep_articles: Duration,
    /// What is done with the articles of a first poll that nobody is told of.
    pub first_articles: FirstArticles,
}

impl Plan {
    /// What holds for every alert.
    #[must_use]
    pub fn rules(&self) -> Rules<'_> {
        Rules {
            watches: &self.watches,
            policies: &self.policies,
            routes: &self.routes,
        }
    }
}

/// One bell for each hand-over, so that work does not wait for the next look at the store.
#[derive(Debug, Clone, Default)]
pub struct Wake {
    /// Rung when entries have been stored.
    pub scrape: Arc<Notify>,
    /// Rung when an article has been stored.
    pub flag: Arc<Notify>,
    /// Rung when deliveries have been stored.
    pub notify: Arc<Notify>,
}

impl Wake {
    /// Rings every bell: something has changed that all of them may want to look at.
    pub fn all(&self) {
        for bell in [&self.scrape, &self.flag, &self.notify] {
            bell.notify_waiters();
        }
    }
}

/// One stage of the line.
pub trait Stage: Clone + Send + Sync + 'static {
    /// A claimed piece of work.
    type Work: Send + 'static;

    /// What names a claim, to give it back.
    type Claim: Clone + Send + 'static;

    /// Its name in logs.
    const NAME: &'static str;

    /// How many pieces are worked on at once.
    fn width(&self, ctx: &Context) -> usize;

    /// How many places must be free before the store is asked for more, unless a second has passed: a stage with many
    /// places asks once for many pieces of work, not once for each.
    fn least_room(&self) -> usize {
        1
    }

    /// Whether work under way is left where it stands when the service stops: a fetch is begun again without harm, and a
    /// server that hangs must not be waited for. What was sent to people is brought to its end.
    fn can_be_cut_off(&self) -> bool {
        false
    }

    /// How long the work waits that was due at the last claim and must keep a distance, if there was any.
    fn waits(&self) -> Option<Duration> {
        None
    }

    /// Claims up to `limit` pieces of work; none when nothing is due.
    fn claim(
        &self,
        ctx: &Context,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Self::Work>, StageError>> + Send;

    /// Does one piece of work and records what came of it; says how it ended.
    fn work(
        &self,
        ctx: &Context,
        work: Self::Work,
    ) -> impl Future<Output = Result<Ending, StageError>> + Send;

    /// Names the claim that a piece of work holds.
    fn claim_of(work: &Self::Work) -> Self::Claim;

    /// Gives claims back whose steps could not be recorded: the work may be claimed again before the lease ends.
    fn put_back(
        &self,
        ctx: &Context,
        claims: Vec<Self::Claim>,
    ) -> impl Future<Output = Result<(), StageError>> + Send;

    /// The bell that is rung when there may be work; none for a stage that only waits for the time.
    fn bell(&self, ctx: &Context) -> Option<Arc<Notify>>;
}

/// Why a stage could not do its step. The work it had claimed will be claimed again.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A thread that did the computing died.
    #[error("the computing of a step did not come to its end")]
    Computing(#[from] tokio::task::JoinError),
}
