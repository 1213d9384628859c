//! Channels as the command line lists them: where they lead, when they take messages, who tells them, and how they are.

use jiff::civil::{Time, Weekday};
use serde::Serialize;

use super::channel::OpenRow;
use super::in_view;
use super::status::{self, ChannelView};
use crate::channel::ChannelSettings;
use crate::domain::{ChannelName, ChannelPolicy, Destination, Route, Watch, WrittenPlaces};
use crate::store::{Store, StoreError};

/// Deliveries that are looked at for those of one channel.
const LOOKED_AT: usize = 2_000;

/// Deliveries that are shown of a channel.
const SHOWN_DELIVERIES: usize = 10;

/// A channel as it is written, and how it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChannelListing {
    /// How it is, as a status tells it.
    #[serde(flatten)]
    pub channel: ChannelView,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The server that it leads to, without what is secret of the address.
    pub server: Option<String>,
    /// The recipients of a mail channel.
    pub to: Vec<String>,
    /// When it takes messages and how many.
    pub timing: Timing,
    /// Where it is written.
    pub place: Option<String>,
    /// The watches whose `notify` names it.
    pub watches: Vec<String>,
    /// The routes that name it, counted from 1.
    pub routes: Vec<usize>,
}

/// When a channel takes messages and how many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Timing {
    /// The zone of its times.
    pub timezone: String,
    /// The seconds in which alerts become one message.
    pub group_wait_s: Option<u64>,
    /// When its digests come.
    pub digest: Option<DigestView>,
    /// When it is left in peace.
    pub quiet: Option<QuietView>,
    /// The most messages within an hour.
    pub per_hour: Option<u32>,
    /// When alerts come so thick that they are joined.
    pub storm: Option<StormView>,
    /// Who is told when nobody has acknowledged an alert.
    pub escalate: Option<EscalateView>,
    /// How often a delivery is tried again.
    pub retries: usize,
}

/// When digests come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DigestView {
    /// The times of a day: `07:00`.
    pub at: Vec<String>,
    /// The days: `mon`; empty for all.
    pub days: Vec<&'static str>,
    /// Whether they come without news, too.
    pub empty: bool,
}

/// Hours without messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QuietView {
    /// When they begin.
    pub from: String,
    /// When they end.
    pub to: String,
    /// The least priority that breaks through.
    pub except: Option<&'static str>,
}

/// So many alerts in so much time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StormView {
    /// More than this many.
    pub more_than: u32,
    /// Within so many seconds.
    pub in_s: u64,
}

/// Who is told next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EscalateView {
    /// The seconds that somebody has to acknowledge an alert.
    pub after_s: u64,
    /// The channels that are told then.
    pub to: Vec<String>,
}

/// A channel with all that is shown of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChannelShown {
    /// The channel.
    #[serde(flatten)]
    pub channel: ChannelListing,
    /// The newest deliveries that wait or were given up.
    pub open: Vec<OpenRow>,
}

/// What is configured about channels.
#[derive(Debug, Clone, Copy)]
pub struct Configured<'a> {
    /// The channels.
    pub channels: &'a [ChannelSettings],
    /// Where each is written.
    pub places: &'a WrittenPlaces,
    /// How each wants its messages.
    pub policies: &'a std::collections::BTreeMap<ChannelName, ChannelPolicy>,
    /// The watches.
    pub watches: &'a [Watch],
    /// The routes.
    pub routes: &'a [Route],
}

/// The channels in the order of the configuration; where nothing has ever run, as they are written.
///
/// # Errors
/// When the store cannot be read.
pub async fn channels(
    store: Option<&Store>,
    configured: &Configured<'_>,
) -> Result<Vec<ChannelListing>, StoreError> {
    let settings = configured.channels;
    let names: Vec<ChannelName> = settings.iter().map(|one| one.name.clone()).collect();
    let views = status::channels(store, &names).await?;
    let listed = views
        .into_iter()
        .zip(settings)
        .enumerate()
        .map(|(at, (view, settings))| listing(view, settings, at, configured));
    Ok(listed.collect())
}

fn listing(
    channel: ChannelView,
    settings: &ChannelSettings,
    at: usize,
    configured: &Configured<'_>,
) -> ChannelListing {
    let name = &settings.name;
    let is_told = |to: &[Destination]| to.iter().any(|to| to.channel == *name);
    let watches = configured.watches.iter();
    let routes = (1..).zip(configured.routes);
    let default = ChannelPolicy::default();
    let policy = configured.policies.get(name).unwrap_or(&default);
    let to = settings.destinations().into_iter();
    ChannelListing {
        channel,
        kind: settings.kind.type_name(),
        server: settings.kind.server().map(String::from),
        to: to
            .filter_map(|to| to.recipient)
            .map(|to| in_view(&to, 300))
            .collect(),
        timing: Timing::of(policy, settings.retry.len()),
        place: configured.places.get(at),
        watches: watches
            .filter(|watch| is_told(&watch.notify))
            .map(|watch| watch.name.0.clone())
            .collect(),
        routes: routes
            .filter(|(_, route)| is_told(&route.notify))
            .map(|(number, _)| number)
            .collect(),
    }
}

impl Timing {
    /// How a channel wants its messages, for people.
    #[must_use]
    pub fn of(policy: &ChannelPolicy, retries: usize) -> Self {
        Self {
            timezone: policy
                .zone
                .iana_name()
                .map_or_else(|| "the machine's".to_owned(), str::to_owned),
            group_wait_s: policy.group_wait.map(|wait| wait.as_secs()),
            digest: policy.digest.as_ref().map(|digest| DigestView {
                at: digest.at.iter().copied().map(clock_time).collect(),
                days: digest.days.iter().copied().map(day).collect(),
                empty: digest.empty,
            }),
            quiet: policy.quiet.map(|quiet| QuietView {
                from: clock_time(quiet.from),
                to: clock_time(quiet.to),
                except: quiet.except.map(crate::domain::Priority::as_str),
            }),
            per_hour: policy.per_hour,
            storm: policy.storm.map(|storm| StormView {
                more_than: storm.more_than,
                in_s: storm.within.as_secs(),
            }),
            escalate: policy.escalate.as_ref().map(|escalate| {
                let mut to: Vec<String> = Vec::new();
                for destination in &escalate.to {
                    if !to.contains(&destination.channel.0) {
                        to.push(destination.channel.0.clone());
                    }
                }
                EscalateView {
                    after_s: escalate.after.as_secs(),
                    to,
                }
            }),
            retries,
        }
    }
}

/// Tells all of a channel.
///
/// # Errors
/// When the store cannot be read.
pub async fn channel(
    store: Option<&Store>,
    listing: ChannelListing,
    name: &ChannelName,
) -> Result<ChannelShown, StoreError> {
    let open = match store {
        Some(store) => store.open_deliveries(LOOKED_AT).await?,
        None => Vec::new(),
    };
    let of_channel = open.into_iter().filter(|open| open.channel == *name);
    Ok(ChannelShown {
        channel: listing,
        open: of_channel.take(SHOWN_DELIVERIES).map(OpenRow::of).collect(),
    })
}

/// A time of the day as the configuration has it.
fn clock_time(time: Time) -> String {
    time.strftime("%H:%M").to_string()
}

/// A day of the week as the configuration has it.
fn day(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "mon",
        Weekday::Tuesday => "tue",
        Weekday::Wednesday => "wed",
        Weekday::Thursday => "thu",
        Weekday::Friday => "fri",
        Weekday::Saturday => "sat",
        Weekday::Sunday => "sun",
    }
}
