//! From a configuration to what the stages need: the store, the context of the process, and the plan.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::sync::watch;
use tracing::{error, info, warn};
use url::Url;

use super::presence::Sign;
use super::signals::Signals;
use super::status::cannot_write;
use crate::channel::Channel;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::{FeedSelector, FirstArticles, InstallationId, Timestamp, Watch, WatchName};
use crate::http::HttpClient;
use crate::links::{KEY_BYTES, LinkKey};
use crate::matching::{Asks, WatchSource};
use crate::pipeline::poll::FIRST_FEEDS;
use crate::pipeline::{Context, Gate, Plan, Wake};
use crate::schedule::day_of;
use crate::store::{Marks, Server, Store, StoreError};
use crate::systemd;
use crate::tally::Tally;

/// Documents that are parsed at once: a hostile one may take a core for two seconds and 100 MB.
const PARSES_AT_ONCE: u32 = 2;

/// The waits before a page that failed is fetched again; after the last one the feed's own text is all there is. What that
/// says already is told after the first failure.
const PAGE_RETRY: [Duration; 4] = [
    Duration::from_secs(15),
    Duration::from_mins(1),
    Duration::from_mins(10),
    Duration::from_hours(1),
];

/// How long a stage rests after the store refused its work: a full disk is not mended in a second.
const REST: Duration = Duration::from_secs(10);

/// How often a service asks whether it can write that could not when it started.
const ASK_AGAIN: Duration = Duration::from_secs(2);

/// What a reload cannot change.
#[derive(Debug)]
pub(super) struct Fixed {
    state_dir: PathBuf,
    server: Option<Server>,
}

impl Fixed {
    pub(super) fn of(config: &Config) -> Self {
        Self {
            state_dir: config.state_dir.clone(),
            server: config.store.server.clone(),
        }
    }

    pub(super) fn warn_of_changes(&self, next: &Config) {
        if next.state_dir != self.state_dir {
            warn!("state_dir has changed; that takes a restart, the old one stays in use");
        }
        if next.store.server != self.server {
            warn!("the store's server has changed; that takes a restart, the old one stays in use");
        }
    }
}

/// Opens the store of a configuration to work on it: the server that it names, or the file of its state directory.
///
/// # Errors
/// When the store cannot be used, or another process works on it.
pub async fn open_store(config: &Config) -> Result<Store, StoreError> {
    match &config.store.server {
        Some(server) => Store::connect(server).await,
        None => Store::open(&config.state_dir).await,
    }
}

/// Opens the store of a configuration beside the process that works on it: to look, or to ask for a new try.
///
/// # Errors
/// When there is none yet, or it cannot be used.
pub async fn open_store_beside(config: &Config) -> Result<Store, StoreError> {
    match &config.store.server {
        Some(server) => Store::connect_beside(server).await,
        None => Store::open_beside(&config.state_dir).await,
    }
}

/// Opens the store and makes the context as soon as something can be stored; `None` when the service is told to stop
/// before.
///
/// A disk that is full, or can only be read, is not mended by ending: systemd would give up starting us, and nobody would
/// start us again once there is room.
pub(super) async fn when_it_can_write(
    config: Config,
    clock: &Clock,
    signals: &mut Signals,
    sign: &Sign,
) -> anyhow::Result<Option<Context>> {
    let mut has_told = false;
    let (store, installation) = loop {
        let opened = tokio::select! {
            () = signals.stop() => return Ok(None),
            opened = ready(&config, clock) => opened,
        };
        let refused = match opened {
            Ok(opened) => break opened,
            Err(error) if error.may_pass() => error,
            Err(error) => return Err(anyhow::Error::new(error).context("open the store")),
        };
        if !has_told {
            error!(error = %refused, "newswatch cannot write; it waits and goes on by itself");
            systemd::ready();
            has_told = true;
        }
        sign.tell(Some(refused.to_string()));
        systemd::status(&cannot_write(&refused));
        systemd::alive();
        tokio::select! {
            () = signals.stop() => return Ok(None),
            () = clock.sleep(ASK_AGAIN) => {}
        }
    };
    if has_told {
        info!("newswatch can write again");
    }
    let made = made(config, store, installation, clock.clone());
    made.await.map(Some)
}

/// Opens the store and shows that it takes something.
async fn ready(config: &Config, clock: &Clock) -> Result<(Store, InstallationId), StoreError> {
    let store = open_store(config).await?;
    let installation = prepared(&store, config, clock.now()).await?;
    Ok((store, installation))
}

/// Makes the store's feeds those of the configuration; says which installation it is.
async fn prepared(
    store: &Store,
    config: &Config,
    now: Timestamp,
) -> Result<InstallationId, StoreError> {
    let waits = store.disbelieve_after(now).await?;
    if waits > 0 {
        warn!(
            waits,
            "the state was written by a clock that was ahead; what had to wait by it waits from now"
        );
    }
    let installation = store.installation(drawn()).await?;
    store.sync_feeds(configured(config), now).await?;
    store
        .sync_watches(looked_for(config), day_of(&config.zone, now))
        .await?;
    Ok(installation)
}

/// The key that signs links: the store's, or one that is drawn now.
async fn link_key(store: &Store) -> anyhow::Result<LinkKey> {
    let mut drawn = [0; KEY_BYTES];
    let chance = rustls::crypto::ring::default_provider().secure_random;
    let filled = chance.fill(&mut drawn);
    filled.map_err(|_| anyhow::anyhow!("this machine gives no randomness"))?;
    let key = store.link_key(drawn).await;
    Ok(LinkKey::new(key.context("read the key that signs links")?))
}

fn drawn() -> u128 {
    (u128::from(fastrand::u64(..)) << 64) | u128::from(fastrand::u64(..))
}

fn configured(config: &Config) -> Vec<(Url, Option<String>)> {
    let feeds = config.feeds.iter();
    feeds
        .map(|feed| (feed.url.clone(), feed.name.clone()))
        .collect()
}

/// What each watch looks for, and where: what its days are counted by. Days on which it is paused are no quiet days: they
/// are counted anew when it looks again.
fn looked_for(config: &Config) -> Vec<(WatchName, String)> {
    let watches = config.watches.iter().zip(&config.sources);
    let asks = |(watch, source): (&Watch, &WatchSource)| {
        let terms = match &source.asks {
            Asks::Query(query) => vec![query.clone()],
            Asks::Terms(terms) => terms.clone(),
        };
        let feeds = watch.feeds.iter().map(|feed| match feed {
            FeedSelector::Tag(tag) => format!("tag:{tag}"),
            FeedSelector::Feed(name) => name.clone(),
        });
        let feeds: Vec<String> = feeds.collect();
        (
            watch.name.clone(),
            serde_json::json!([terms, feeds]).to_string(),
        )
    };
    let looking = watches.filter(|(watch, _)| watch.is_enabled);
    looking.map(asks).collect()
}

/// Makes what the stages need, and makes the store's feeds those of the configuration.
///
/// # Errors
/// When a channel cannot be set up or the store fails.
pub async fn context(config: Config, store: Store, clock: Clock) -> anyhow::Result<Context> {
    let installation = prepared(&store, &config, clock.now()).await?;
    made(config, store, installation, clock).await
}

async fn made(
    config: Config,
    store: Store,
    installation: InstallationId,
    clock: Clock,
) -> anyhow::Result<Context> {
    let http = HttpClient::new(&config.http, clock.clone()).context("set up HTTP")?;
    let marks = Marks::open(&config.state_dir);
    http.leave_alone(&store.rests(clock.now()).await?);
    let links = link_key(&store).await?;
    let plan = plan(config, http, &links)?;
    warn_of_removed_channels(&store, &plan).await?;
    Ok(Context {
        installation,
        links,
        store,
        gate: Gate::new(PARSES_AT_ONCE, marks, clock.clone()),
        clock,
        rest: REST,
        tally: Tally::default(),
        wake: Wake::default(),
        plans: watch::Sender::new(Arc::new(plan)),
        trouble: watch::Sender::new(None),
    })
}

/// Spreads the polls that are all due at a start, as those of new feeds are, over the shortest interval of a feed.
///
/// # Errors
/// When the store fails.
pub(super) async fn spread_polls(
    store: &Store,
    intervals: &[Duration],
    now: Timestamp,
) -> Result<(), StoreError> {
    let shortest = intervals.iter().min().copied().unwrap_or_default();
    store.spread_due_feeds(FIRST_FEEDS, shortest, now).await?;
    Ok(())
}

/// Puts the plan of a configuration in the place of the one in force.
///
/// # Errors
/// When a channel cannot be set up or the store fails; then the old plan stays in force.
pub async fn adopt(ctx: &Context, config: Config) -> anyhow::Result<()> {
    let intervals: Vec<Duration> = config.feeds.iter().map(|feed| feed.every).collect();
    let configured = configured(&config);
    let (looked_for, zone) = (looked_for(&config), config.zone.clone());
    let http = ctx.plan().http.with_settings(&config.http);
    let plan = plan(config, http.context("set up HTTP")?, &ctx.links)?;
    let now = ctx.clock.now();
    ctx.store.sync_feeds(configured, now).await?;
    ctx.store
        .sync_watches(looked_for, day_of(&zone, now))
        .await?;
    spread_polls(&ctx.store, &intervals, now).await?;
    warn_of_removed_channels(&ctx.store, &plan).await?;
    ctx.plans.send_replace(Arc::new(plan));
    ctx.wake.all();
    Ok(())
}

/// Names the channels that have left the configuration while something waits for them.
async fn warn_of_removed_channels(store: &Store, plan: &Plan) -> Result<(), StoreError> {
    let configured = plan.channels.keys().cloned().collect();
    for adrift in store.adrift(configured).await? {
        warn!(
            channel = %adrift.channel,
            alerts = adrift.legs,
            "alerts wait for a channel that has left the configuration; put it back, or they are given up after a day"
        );
    }
    Ok(())
}

fn plan(config: Config, http: HttpClient, links: &LinkKey) -> anyhow::Result<Plan> {
    let mut channels = BTreeMap::new();
    for mut settings in config.channels {
        settings.reader.links = Some(links.clone());
        let name = settings.name.clone();
        let channel = Channel::new(settings, http.clone())
            .with_context(|| format!("set up channel {name}"))?;
        channels.insert(name, channel);
    }
    Ok(Plan {
        http,
        accesses: config.accesses.into_iter().collect(),
        feeds: config.feeds.into_iter().collect(),
        watches: config.watches,
        matcher: config.matcher,
        channels,
        policies: config.policies,
        routes: config.routes,
        health: config.health,
        zone: config.zone,
        poll: config.poll,
        page_retry: PAGE_RETRY.to_vec(),
        keep_articles: config.store.keep_articles,
        first_articles: config.store.first_articles,
    })
}

/// Changes the plan to one that tries no page again: a single pass does not wait.
pub fn without_retries(ctx: &Context) {
    ctx.plans.send_modify(|plan| {
        if let Some(plan) = Arc::get_mut(plan) {
            plan.page_retry = Vec::new();
        }
    });
}

/// Changes the plan to one that reads nothing for the archive alone: a single pass would take an hour for it.
pub(super) fn without_backlog(ctx: &Context) {
    ctx.plans.send_modify(|plan| {
        if let Some(plan) = Arc::get_mut(plan) {
            plan.first_articles = FirstArticles::Skip;
        }
    });
}
