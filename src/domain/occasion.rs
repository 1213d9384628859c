//! What one message is about, beside the alerts it brings: the occasion, with its facts.
//!
//! Stored with the delivery as JSON, and read again when its body is written. Every fact that has no value is left out of
//! the message; nothing here is guessed by whoever writes it.

use serde::{Deserialize, Serialize};

use super::{AlertId, DeliveryId, Outlet, Passage, Timestamp};

/// Why a message is sent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Occasion {
    /// One alert, or several that are no group: told one after the other.
    #[default]
    Alert,
    /// Alerts for one reader that came within a short time.
    Group,
    /// What is new in a story of which this reader had an alert; the message's alert is that one, or the one that adds to it.
    Update(UpdateFacts),
    /// What was collected until a time of the day.
    Digest(DigestFacts),
    /// More alerts than a reader can take one by one; the message's alerts are the first of them.
    Storm(StormFacts),
    /// A watch that found far more than is usual.
    Spike(SpikeFacts),
    /// Something is wrong with newswatch itself, or works again.
    Health(HealthFacts),
    /// A sign of life.
    Heartbeat(HeartbeatFacts),
}

impl Occasion {
    /// The word for it in JSON: `newswatch.alert`, ...
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Alert => "alert",
            Self::Group => "group",
            Self::Update(_) => "update",
            Self::Digest(_) => "digest",
            Self::Storm(_) => "storm",
            Self::Spike(_) => "spike",
            Self::Health(_) => "health",
            Self::Heartbeat(_) => "heartbeat",
        }
    }
}

/// What is new in a story.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UpdateFacts {
    /// The first alert that this reader got of the story.
    pub first_alert: Option<AlertId>,
    /// The delivery that brought it, if it arrived: what a mail answers to.
    pub first_delivery: Option<DeliveryId>,
    /// What the receiver's service calls that message, where it says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_message: Option<String>,
    /// When it arrived.
    pub told_at: Option<Timestamp>,
    /// The story: what all its mails refer to.
    pub story: Option<i64>,
    /// In how many outlets the story is now.
    pub outlets: u64,
    /// What those that add something say.
    pub additions: Vec<Addition>,
    /// Those that add nothing.
    pub also_in: Vec<Outlet>,
    /// What its own outlet has changed in the article; then nothing is said of other outlets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<RevisionFacts>,
}

/// How an article was changed after its alert.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RevisionFacts {
    /// The number of the version that was found, from 1 for what was read first.
    pub version: i64,
    /// When it was found.
    pub seen_at: Option<Timestamp>,
    /// In which ways it differs: `headline`, `matched_sentence`, `matched_removed`, `matched_added`, `correction`,
    /// `vanished`.
    pub kinds: Vec<String>,
    /// The headline that it had and the one it has, where they say different things.
    pub headline: Option<ChangeFacts>,
    /// The sentences that differ and that its readers are told of.
    pub changes: Vec<ChangeFacts>,
}

/// A sentence that was changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChangeFacts {
    /// In which way.
    pub kind: String,
    /// What stood there; empty for a sentence that is new.
    pub before: String,
    /// What stands there now; empty for a sentence that is gone.
    pub after: String,
}

/// What an outlet adds to a story.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Addition {
    /// The outlet and its article.
    pub outlet: Outlet,
    /// Its language as a BCP 47 tag.
    pub lang: Option<String>,
    /// The sentences that the first article lacks.
    pub passages: Vec<Passage>,
}

/// What a digest counts beside its alerts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DigestFacts {
    /// Whether it tells all of its span: not where it brings what was beyond a budget.
    pub is_whole: bool,
    /// From when.
    pub from: Option<Timestamp>,
    /// Until when.
    pub until: Option<Timestamp>,
    /// Alerts of the span that were sent at once as well.
    pub sent_at_once: u64,
    /// What is usual for each watch, in the order in which they are shown; those without alerts too.
    pub themes: Vec<ThemeFacts>,
    /// Matches that were held back: why, as a clause for people, and how many.
    pub held: Vec<(String, u64)>,
    /// How well the sources were read.
    pub coverage: Option<CoverageFacts>,
    /// When it is sent, as a clause for people: `daily at 07:00`.
    pub schedule: Option<String>,
}

/// A watch in a digest.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ThemeFacts {
    /// The watch.
    pub watch: String,
    /// The median of its alerts in such a span over the last 28 days.
    pub usual: Option<f64>,
}

/// How well the sources were read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CoverageFacts {
    /// The feeds that are polled.
    pub sources: u64,
    /// Those of them that fail.
    pub failing: Vec<FailingSource>,
    /// Articles read in full.
    pub in_full: u64,
    /// Articles of which only headline and summary were read: why, as a clause for people, and how many.
    pub summary_only: Vec<(String, u64)>,
}

/// A feed that fails.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FailingSource {
    /// Its name.
    pub name: String,
    /// Why, as a clause for people.
    pub reason: String,
    /// Since when.
    pub since: Option<Timestamp>,
}

/// A storm of alerts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StormFacts {
    /// True for the message that ends it.
    pub is_over: bool,
    /// When it began.
    pub from: Option<Timestamp>,
    /// Until when single messages stop, or when it was over.
    pub until: Option<Timestamp>,
    /// How many alerts.
    pub alerts: u64,
    /// The limit: more than so many ...
    pub more_than: u64,
    /// ... within so many seconds.
    pub within_s: u64,
    /// Where they come from, the most first.
    pub sources: Vec<StormSource>,
    /// What it looks like, as a sentence for people; only where the data say so.
    pub cause: Option<String>,
}

/// Where the alerts of a storm come from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StormSource {
    /// The watch.
    pub watch: String,
    /// Its alerts in the storm.
    pub alerts: u64,
    /// Its alerts on a usual day.
    pub usual_a_day: Option<f64>,
    /// The feed that most of them are from: its name, its alerts, its alerts on a usual day.
    pub feed: Option<(String, u64, Option<f64>)>,
}

/// A watch that found far more than is usual.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SpikeFacts {
    /// The watch.
    pub watch: String,
    /// From when.
    pub from: Option<Timestamp>,
    /// Until when.
    pub until: Option<Timestamp>,
    /// How many stories were found: reports of one event count once.
    pub stories: u64,
    /// How many were to be expected on such a day.
    pub usual: f64,
    /// The alerts of the stories with the most reports.
    pub alerts: Vec<AlertId>,
}

/// Something is wrong with newswatch itself, or works again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HealthFacts {
    /// What happened; five and more at once are one message.
    pub events: Vec<HealthEvent>,
}

/// One thing that is wrong, or works again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HealthEvent {
    /// How it is.
    pub state: HealthState,
    /// What it is, with its name: `Feed Strait Radio`, `Channel desk`, `The disk`.
    pub subject: String,
    /// What goes on, as the rest of a sentence that begins with the subject: `refuses our requests`.
    pub what: String,
    /// What it means for the reader, as sentences.
    pub effect: Option<String>,
    /// What the other side said.
    pub answer: Option<String>,
    /// Since when.
    pub since: Option<Timestamp>,
    /// When it last worked, for what fails; since when it had failed, for what works again.
    pub before: Option<Timestamp>,
    /// When it is tried again.
    pub next_try: Option<Timestamp>,
    /// What to do, as sentences.
    pub to_do: Option<String>,
    /// Which of our pages shows more of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<HealthPage>,
}

/// A page of ours that shows more of what is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HealthPage {
    /// The feeds.
    Feeds,
    /// The channels, and what was not delivered.
    Deliveries,
}

/// How something is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HealthState {
    /// It fails.
    #[default]
    Failing,
    /// Something was given up.
    GaveUp,
    /// It works again.
    WorksAgain,
}

impl HealthState {
    /// The words for it, as they stand in a subject.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Failing => "Failing",
            Self::GaveUp => "Gave up",
            Self::WorksAgain => "Works again",
        }
    }
}

/// A sign of life.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HeartbeatFacts {
    /// Since when it runs without a break.
    pub since: Option<Timestamp>,
    /// By when the next sign of life comes.
    pub next_by: Option<Timestamp>,
    /// The feeds that are polled.
    pub sources: u64,
    /// The names of those that fail.
    pub failing: Vec<String>,
    /// How many have had nothing new for longer than they are used to.
    pub silent: u64,
    /// How many ask for a payment, or keep programs out.
    pub walled: u64,
    /// Articles that were read in full in the last day.
    pub in_full: u64,
    /// Articles of that day of which only headline and summary were read.
    pub summary_only: u64,
    /// Alerts raised in that day.
    pub raised: u64,
    /// Legs delivered so far.
    pub delivered: u64,
    /// Legs that wait.
    pub waiting: u64,
    /// Legs that were given up so far.
    pub given_up: u64,
    /// Half of all alerts came within so many seconds of publication.
    pub half_within_s: Option<u64>,
    /// 99 of 100 came within so many.
    pub most_within_s: Option<u64>,
    /// What the store takes.
    pub disk_bytes: Option<u64>,
    /// What is left of its disk.
    pub free_bytes: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_occasion_comes_back_from_the_store_as_itself() {
        let occasions = [
            Occasion::Alert,
            Occasion::Group,
            Occasion::Update(UpdateFacts::default()),
            Occasion::Digest(DigestFacts::default()),
            Occasion::Storm(StormFacts::default()),
            Occasion::Spike(SpikeFacts::default()),
            Occasion::Health(HealthFacts::default()),
            Occasion::Heartbeat(HeartbeatFacts::default()),
        ];
        for occasion in occasions {
            let stored = serde_json::to_value(&occasion).unwrap();
            assert_eq!(stored["kind"], occasion.as_str());
            let read: Occasion = serde_json::from_value(stored).unwrap();
            assert_eq!(read, occasion);
        }
    }
}
