//! What was raised, what was held, and what became of it: the lists and the one shape in which people see them.
//!
//! The command line prints these views, and whatever else answers people hands on the same ones. Every text from outside
//! has passed the door of [`Shown`](crate::domain::Shown) or of its kin: one line, nothing that steers a terminal.

use serde::{Serialize, Serializer};
use serde_json::json;

use super::in_view;
use crate::domain::{
    Alert, AlertFacts, ChangeFacts, ChannelName, HoldReason, Room, Timestamp, WatchName,
};
use crate::store::{
    AlertDetail, AlertFilter, AlertLine, AttemptLine, Counted, DeliveryLine, ListCursor, Listed,
    ShownAlert, Store, StoreError, VersionLine,
};

/// Lines that are read together where some of them are passed over.
const PAGE: usize = 500;

/// Lines that are looked at for one page; where more would be needed the page ends early, and says where to go on.
const MAX_LOOKED_AT: usize = 50_000;

/// The most characters of a title or a sentence.
const MAX_CHARS: usize = 2_000;

/// What the number of a held match follows in its id.
const HELD_ID: &str = "held_";

/// Which lines of the list are wanted.
#[derive(Debug, Clone)]
pub struct AlertQuery {
    /// Those of this watch.
    pub watch: Option<WatchName>,
    /// Those with a delivery on this channel.
    pub channel: Option<ChannelName>,
    /// Those in this state.
    pub state: Option<AlertWord>,
    /// Those whose title, sentence, terms or watch holds this text, whatever its case.
    pub text: Option<String>,
    /// Those of this time or later.
    pub since: Option<Timestamp>,
    /// Those before this time.
    pub until: Option<Timestamp>,
    /// Whether held matches are listed where no state is asked for.
    pub with_held: bool,
    /// At most this many.
    pub limit: usize,
    /// Where the page before ended.
    pub after: Option<ListCursor>,
}

impl Default for AlertQuery {
    fn default() -> Self {
        Self {
            watch: None,
            channel: None,
            state: None,
            text: None,
            since: None,
            until: None,
            with_held: true,
            limit: 50,
            after: None,
        }
    }
}

/// How an alert can stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlertWord {
    /// Some receiver has not been told yet.
    Waiting,
    /// Every receiver has been told.
    Delivered,
    /// Nobody is told.
    Held,
    /// Some receiver was given up.
    Abandoned,
    /// An alert was raised, whatever became of it.
    Raised,
}

impl AlertWord {
    /// Every word, in the order of a life.
    pub const ALL: [Self; 5] = [
        Self::Raised,
        Self::Waiting,
        Self::Delivered,
        Self::Abandoned,
        Self::Held,
    ];

    /// The word, on the command line and in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Held => "held",
            Self::Abandoned => "abandoned",
            Self::Raised => "raised",
        }
    }
}

/// A page of the list, the newest first.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AlertPage {
    /// The lines.
    pub items: Vec<ListedView>,
    /// Where the next page begins; absent on the last.
    #[serde(serialize_with = "opt_as_text")]
    pub next: Option<ListCursor>,
    /// How many there are in all; absent where that would take reading all of them.
    pub total: Option<u64>,
    /// Held matches of the same time and watch that are not listed; at most 10,000 are counted.
    pub held_unlisted: u64,
}

/// A line of the list.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum ListedView {
    /// An alert.
    Raised(Box<AlertView>),
    /// A match that raised none.
    Held(Box<HeldView>),
}

/// An alert as people and programs see it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AlertView {
    /// `raised`.
    pub state: &'static str,
    /// What every form of it has.
    #[serde(flatten)]
    pub facts: AlertFacts,
    /// The sum of the weights of the terms found.
    pub score: f64,
    /// The language of the article.
    pub lang: Option<String>,
    /// When it was raised.
    pub at: Timestamp,
    /// Who is told; only where that is asked for.
    #[serde(flatten)]
    pub told: Option<ToldView>,
    /// What somebody thinks of it; only where that is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mark: Option<Option<&'static str>>,
    /// Why the page could not be used; only where one alert is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_problem: Option<Option<String>>,
    /// What its article said when it was raised, and each time it said something else; only where one alert is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub versions: Option<Vec<VersionView>>,
}

/// What an article said, as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VersionView {
    /// Its number, from 1.
    pub number: i64,
    /// When it was found.
    pub at: Timestamp,
    /// The headline.
    pub title: String,
    /// In which ways it differs from the one before: `headline`, `matched_sentence`, ..., `text`, `vanished`.
    pub kinds: Vec<String>,
    /// The sentences that differ.
    pub changes: Vec<ChangeView>,
    /// Who was told, or will be.
    pub updates: Vec<UpdateView>,
}

/// A sentence that differs, as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangeView {
    /// In which way.
    pub kind: String,
    /// What stood there; empty for a sentence that is new.
    pub before: String,
    /// What stands there now; empty for a sentence that is gone.
    pub after: String,
}

/// A message that tells of a version, as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UpdateView {
    /// Its name.
    pub id: String,
    /// The channel.
    pub channel: String,
    /// The mail address, for a channel that has several.
    pub recipient: Option<String>,
    /// `waiting`, `delivered` or `abandoned`.
    pub state: &'static str,
    /// Of the next try, or of its end.
    pub at: Timestamp,
}

/// Who is told of an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ToldView {
    /// How many receivers have been told.
    pub delivered: usize,
    /// How many receivers there are.
    pub legs: usize,
    /// Each way to a receiver.
    pub deliveries: Vec<DeliveryView>,
}

/// A match that raised no alert, as people see it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HeldView {
    /// `held`.
    pub state: &'static str,
    /// Its name: `held_12`.
    pub id: String,
    /// A word for why: `story-known`.
    pub reason: &'static str,
    /// The reason with what it rests on.
    pub detail: HoldReason,
    /// Why, as a clause for people.
    pub explanation: String,
    /// The watch.
    pub watch: String,
    /// The headline.
    pub title: String,
    /// Where to read it.
    pub url: Option<String>,
    /// The sentence that matched.
    pub excerpt: String,
    /// When.
    pub at: Timestamp,
}

/// One way of an alert to a receiver, as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeliveryView {
    /// Its name; absent while the alert waits to be gathered with others.
    pub id: Option<String>,
    /// The channel.
    pub channel: String,
    /// The mail address, for a channel that has several.
    pub recipient: Option<String>,
    /// `waiting`, `delivered`, `held` or `abandoned`.
    pub state: &'static str,
    /// Of the next try, or of its end.
    pub at: Timestamp,
    /// Tries that count against the schedule.
    pub tries: u32,
    /// Why the last try failed, or a word for what it waits for or why it is held.
    pub reason: Option<String>,
    /// What it waits for or why it is held, with the data of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<serde_json::Value>,
    /// The same as a clause for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<String>,
    /// Every try; only where one alert is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempts: Option<Vec<AttemptView>>,
}

/// One try, as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AttemptView {
    /// When.
    pub at: Timestamp,
    /// `accepted`, `failed`, `paused`, `misconfigured`, `refused`, `gone`, ...
    pub outcome: String,
    /// Why.
    pub reason: Option<String>,
    /// What the receiver said when it accepted.
    pub answer: Option<String>,
}

/// Lists alerts and held matches, the newest first.
///
/// # Errors
/// When the store cannot be read.
pub async fn list(store: &Store, query: &AlertQuery) -> Result<AlertPage, StoreError> {
    let listed = match (query.state, &query.channel) {
        (Some(AlertWord::Held), _) => Listed::Held,
        (None, None) if query.with_held => Listed::All,
        (Some(_) | None, _) => Listed::Raised,
    };
    let filter = |limit: usize| AlertFilter {
        watch: query.watch.clone(),
        since: query.since,
        limit: u32::try_from(limit).unwrap_or(u32::MAX),
    };
    let (items, next) = page(store, query, listed, filter).await?;
    let (raised, held) = store.count_alerts(filter(0)).await?;
    let both = Counted {
        number: raised.number + held.number,
        is_all: raised.is_all && held.is_all,
    };
    let total = match listed {
        Listed::All => both,
        Listed::Raised => raised,
        Listed::Held => held,
    };
    Ok(AlertPage {
        items,
        next,
        total: (is_whole(query) && total.is_all).then_some(total.number),
        held_unlisted: if listed == Listed::Raised && query.state.is_none() {
            held.number
        } else {
            0
        },
    })
}

/// Whether the database can count what is wanted.
fn is_whole(query: &AlertQuery) -> bool {
    query.text.is_none()
        && query.channel.is_none()
        && query.until.is_none()
        && matches!(
            query.state,
            None | Some(AlertWord::Held | AlertWord::Raised)
        )
}

async fn page(
    store: &Store,
    query: &AlertQuery,
    listed: Listed,
    filter: impl Fn(usize) -> AlertFilter,
) -> Result<(Vec<ListedView>, Option<ListCursor>), StoreError> {
    let top = query.until.map_or(ListCursor::TOP, ListCursor::before);
    let mut cursor = query.after.unwrap_or(top);
    let mut items = Vec::new();
    let mut looked_at = 0;
    // One more than is wanted tells whether there is a next page.
    let together = if is_whole(query) {
        query.limit.saturating_add(1)
    } else {
        PAGE
    };
    loop {
        let lines = store.alerts_below(filter(together), listed, cursor).await?;
        let is_last = lines.len() < together;
        for (place, line) in lines {
            if is_wanted(query, &line) {
                if items.len() >= query.limit {
                    return Ok((items, Some(cursor)));
                }
                items.push(ListedView::of(line));
            }
            cursor = cursor.past(place);
            looked_at += 1;
        }
        if is_last {
            return Ok((items, None));
        }
        if looked_at >= MAX_LOOKED_AT {
            return Ok((items, Some(cursor)));
        }
    }
}

fn is_wanted(query: &AlertQuery, line: &AlertLine) -> bool {
    let holds = |texts: &[&str]| {
        query.text.as_ref().is_none_or(|wanted| {
            let wanted = wanted.to_lowercase();
            texts
                .iter()
                .any(|text| text.to_lowercase().contains(&wanted))
        })
    };
    match line {
        AlertLine::Raised { alert, deliveries } => {
            let terms = alert.found.terms.join(" ");
            let on_channel: Vec<&DeliveryLine> = deliveries
                .iter()
                .filter(|delivery| {
                    let channel = query.channel.as_ref();
                    channel.is_none_or(|channel| *channel == delivery.channel)
                })
                .collect();
            let has = |word: &str| on_channel.iter().any(|of| of.state.as_str() == word);
            let stands = match query.state {
                None | Some(AlertWord::Raised) => true,
                Some(AlertWord::Held) => false,
                Some(AlertWord::Delivered) => {
                    has("delivered") && !has("waiting") && !has("abandoned")
                }
                Some(word) => has(word.as_str()),
            };
            let is_sent_there = query.channel.is_none() || !on_channel.is_empty();
            let sentence = &alert.found.sentence;
            is_sent_there
                && stands
                && holds(&[&alert.title, sentence, &terms, &alert.found.watch.0])
        }
        AlertLine::Held {
            title,
            sentence,
            watch,
            ..
        } => holds(&[title, sentence, &watch.0]),
    }
}

/// Finds alerts and held matches by the beginning of their id, or of the id of one of their deliveries.
///
/// # Errors
/// When the store cannot be read.
pub async fn show(store: &Store, id: &str) -> Result<Vec<ListedView>, StoreError> {
    if let Some(number) = id.strip_prefix(HELD_ID).and_then(|rest| rest.parse().ok()) {
        let held = store.held(number).await?;
        return Ok(held.map(ListedView::of).into_iter().collect());
    }
    let found = store.alert(id).await?;
    let view = |detail| ListedView::Raised(Box::new(AlertView::in_full(detail)));
    Ok(found.into_iter().map(view).collect())
}

impl ListedView {
    /// A line as people see it.
    #[must_use]
    pub fn of(line: AlertLine) -> Self {
        match line {
            AlertLine::Raised { alert, deliveries } => {
                Self::Raised(Box::new(AlertView::with_deliveries(&alert, deliveries)))
            }
            AlertLine::Held {
                number,
                watch,
                title,
                url,
                sentence,
                reason,
                at,
            } => Self::Held(Box::new(HeldView {
                state: "held",
                id: format!("{HELD_ID}{number}"),
                reason: reason.as_str(),
                explanation: reason.to_string(),
                detail: reason,
                watch: in_view(&watch.0, MAX_CHARS),
                title: in_view(&title, MAX_CHARS),
                url: url.map(String::from),
                excerpt: in_view(&sentence, MAX_CHARS),
                at,
            })),
        }
    }
}

/// The room that an alert has where people and programs ask for it.
const ROOM: Room = Room {
    title: MAX_CHARS,
    excerpt: MAX_CHARS,
    name: MAX_CHARS,
    names: usize::MAX,
};

impl AlertView {
    /// An alert.
    #[must_use]
    pub fn of(alert: &Alert) -> Self {
        Self {
            state: "raised",
            facts: AlertFacts::of(alert, ROOM),
            score: alert.found.score,
            lang: alert.reading.lang.clone(),
            at: alert.raised_at,
            told: None,
            mark: None,
            page_problem: None,
            versions: None,
        }
    }

    /// An alert with what somebody thinks of it.
    #[must_use]
    pub fn marked(shown: ShownAlert) -> Self {
        Self {
            lang: shown.lang,
            mark: Some(shown.mark.map(|(mark, _)| mark.as_str())),
            ..Self::of(&shown.alert)
        }
    }

    /// An alert with where its copies stand.
    #[must_use]
    fn with_deliveries(alert: &Alert, deliveries: Vec<DeliveryLine>) -> Self {
        let deliveries: Vec<DeliveryView> = deliveries.into_iter().map(DeliveryView::of).collect();
        let is_delivered = |delivery: &&DeliveryView| delivery.state == "delivered";
        Self {
            told: Some(ToldView {
                delivered: deliveries.iter().filter(is_delivered).count(),
                legs: deliveries.len(),
                deliveries,
            }),
            ..Self::of(alert)
        }
    }

    /// An alert with every try to deliver it.
    #[must_use]
    pub fn in_full(detail: AlertDetail) -> Self {
        let (lines, tries): (Vec<_>, Vec<_>) = detail.deliveries.into_iter().unzip();
        let problem = detail.page_problem.as_deref();
        let mut view = Self {
            page_problem: Some(problem.map(|text| in_view(text, MAX_CHARS))),
            versions: Some(detail.versions.into_iter().map(VersionView::of).collect()),
            ..Self::with_deliveries(&detail.alert, lines)
        };
        let told = view.told.iter_mut().flat_map(|told| &mut told.deliveries);
        for (delivery, attempts) in told.zip(tries) {
            delivery.attempts = Some(attempts.into_iter().map(AttemptView::of).collect());
        }
        view
    }

    /// Each way to a receiver, as far as they were asked for.
    #[must_use]
    pub fn deliveries(&self) -> &[DeliveryView] {
        self.told
            .as_ref()
            .map_or(&[], |told| told.deliveries.as_slice())
    }

    /// One word for the whole: what is worst among its deliveries.
    #[must_use]
    pub fn outcome(&self) -> AlertWord {
        let has = |word: &str| self.deliveries().iter().any(|of| of.state == word);
        if has("abandoned") {
            AlertWord::Abandoned
        } else if has("waiting") {
            AlertWord::Waiting
        } else if has("delivered") {
            AlertWord::Delivered
        } else {
            AlertWord::Raised
        }
    }
}

impl DeliveryView {
    fn of(line: DeliveryLine) -> Self {
        let (word, detail, explanation) = match (&line.held, &line.waits) {
            (Some(held), _) => (
                Some(held.as_str()),
                Some(json!(held)),
                Some(held.to_string()),
            ),
            (None, Some(waits)) => (
                Some(waits.as_str()),
                Some(json!(waits)),
                Some(waits.to_string()),
            ),
            (None, None) => (None, None, None),
        };
        Self {
            detail,
            explanation: explanation.as_deref().map(|text| in_view(text, MAX_CHARS)),
            id: line.id.map(|id| id.0),
            channel: in_view(&line.channel.0, MAX_CHARS),
            recipient: line
                .recipient
                .as_deref()
                .map(|text| in_view(text, MAX_CHARS)),
            state: if line.held.is_some() {
                "held"
            } else {
                line.state.as_str()
            },
            at: line.state.at(),
            tries: line.tries,
            reason: word
                .map(str::to_owned)
                .or_else(|| line.reason.as_deref().map(|text| in_view(text, MAX_CHARS))),
            attempts: None,
        }
    }
}

impl ChangeView {
    pub(super) fn of(change: &ChangeFacts) -> Self {
        Self {
            kind: in_view(&change.kind, MAX_CHARS),
            before: in_view(&change.before, MAX_CHARS),
            after: in_view(&change.after, MAX_CHARS),
        }
    }
}

impl VersionView {
    fn of(line: VersionLine) -> Self {
        let changes = line.changes.iter().map(ChangeView::of);
        let updates = line.updates.into_iter().map(|update| UpdateView {
            id: update.id.0,
            channel: in_view(&update.channel.0, MAX_CHARS),
            recipient: update.recipient.map(|text| in_view(&text, MAX_CHARS)),
            state: update.state.as_str(),
            at: update.state.at(),
        });
        Self {
            number: line.number,
            at: line.at,
            title: in_view(&line.title, MAX_CHARS),
            kinds: line.kinds,
            changes: changes.collect(),
            updates: updates.collect(),
        }
    }
}

impl AttemptView {
    fn of(line: AttemptLine) -> Self {
        Self {
            at: line.at,
            outcome: line.outcome,
            reason: line.reason.as_deref().map(|text| in_view(text, MAX_CHARS)),
            answer: line.answer.as_deref().map(|text| in_view(text, MAX_CHARS)),
        }
    }
}

#[expect(clippy::ref_option, reason = "serde hands over a reference")]
fn opt_as_text<S: Serializer, T: std::fmt::Display>(
    value: &Option<T>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.collect_str(value),
        None => serializer.serialize_none(),
    }
}
