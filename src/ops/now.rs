//! How everything is now: facts of health, what needs somebody, the newest reports, the watches in numbers.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde::Serialize;

use super::days::{Day, Days};
use super::feed::{FeedRow, FeedState};
use super::in_view;
use crate::domain::{
    AlertId, ChannelName, ChannelState, DeliveryState, Feed, FeedId, Priority, Timestamp, Watch,
};
use crate::matching::Marker;
use crate::store::{ChannelLine, DayCount, Report, ShownAlert, ShownFilter, Store, StoreError};

/// The longest sentence that is shown, in characters.
const MAX_SENTENCE_CHARS: usize = 300;

/// The longest headline that is shown in a list, in characters.
const MAX_TITLE_CHARS: usize = 400;

/// The longest name of an outlet that is shown, in characters.
const MAX_OUTLET_CHARS: usize = 200;

/// Alerts that are read for one page of reports: several watches may fire on each.
const ALERTS_A_PAGE: usize = 120;

/// Newest alerts whose languages can be asked for.
const LANGUAGES_OF: usize = 500;

/// How everything is.
#[derive(Debug, Clone, Serialize)]
pub struct Now {
    /// Feeds by how they are.
    pub feeds: FeedCounts,
    /// What has not been delivered.
    pub deliveries: OpenCounts,
    /// When the newest alert was raised.
    pub last_alert_at: Option<Timestamp>,
    /// When a feed was read last.
    pub last_read_at: Option<Timestamp>,
    /// What needs somebody, the worst first.
    pub problems: Vec<Problem>,
    /// The newest reports that somebody was told of.
    pub reports: Vec<ReportRow>,
    /// The last alert of the page, where there are more.
    pub older: Option<AlertId>,
    /// Alerts of today.
    pub told_today: u64,
    /// Matches of today that were held.
    pub held_today: u64,
    /// The languages of the newest alerts of these days.
    pub langs: Vec<String>,
    /// The watches in numbers.
    pub by_watch: Vec<WatchNumbers>,
}

/// Feeds by how they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct FeedCounts {
    /// All of them.
    pub all: usize,
    /// Those whose last poll was good, or that are new.
    pub fine: usize,
    /// Those whose last poll failed, or that are gone.
    pub failing: usize,
    /// Those that have had nothing new for longer than they are used to.
    pub silent: usize,
    /// Those that somebody has paused.
    pub paused: usize,
}

/// What has not been delivered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct OpenCounts {
    /// Waits.
    pub waiting: u64,
    /// Was given up.
    pub abandoned: u64,
    /// Was accepted.
    pub delivered: u64,
}

/// Something that needs somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// `channel`, `feeds`, `watch`.
    pub kind: &'static str,
    /// How bad: `bad`, `warn`.
    pub tone: &'static str,
    /// What it is about.
    pub subject: String,
    /// What is wrong.
    pub cause: String,
    /// Since when.
    pub since: Option<Timestamp>,
}

/// A report that somebody was told of, with all watches that fired on it.
#[derive(Debug, Clone, Serialize)]
pub struct ReportRow {
    /// The newest alert.
    pub id: AlertId,
    /// When it was raised.
    pub at: Timestamp,
    /// The highest priority of its alerts.
    pub priority: &'static str,
    /// The headline.
    pub title: String,
    /// The language of the article.
    pub lang: Option<String>,
    /// `rtl` or `ltr`.
    pub dir: &'static str,
    /// The watches, each with its alert.
    pub watches: Vec<WatchChip>,
    /// Who published it.
    pub outlet: String,
    /// The sentence, in pieces.
    pub sentence: Vec<Piece>,
    /// The other feeds that announced it.
    pub also: Vec<String>,
    /// Whether the text is the feed's own.
    pub summary_only: bool,
    /// Why the page did not give the whole text.
    pub page_problem: Option<String>,
    /// Channels that have not taken it yet.
    pub waiting: Vec<String>,
    /// Channels that were given up.
    pub abandoned: Vec<String>,
    /// Where to read it.
    pub url: Option<String>,
    /// What somebody thinks of it.
    pub mark: Option<&'static str>,
}

/// A watch that fired, and its alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WatchChip {
    /// Its name.
    pub name: String,
    /// The alert.
    pub alert: AlertId,
}

/// A piece of a text; a hit is what a term was found in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Piece {
    /// The text.
    pub text: String,
    /// Whether a term was found in it.
    pub hit: bool,
}

/// A watch in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WatchNumbers {
    /// Its name.
    pub name: String,
    /// Its priority.
    pub priority: &'static str,
    /// Alerts of today.
    pub today: u64,
    /// Matches of today that were held.
    pub held: u64,
    /// Alerts of these days that somebody has marked.
    pub marked: u64,
    /// Those of them that are marked useful, in percent.
    pub useful: Option<u64>,
    /// The days, the oldest first.
    pub days: Vec<Day>,
}

/// Tells how everything is.
///
/// # Errors
/// When the store fails.
pub async fn now(
    store: &Store,
    watches: &[Watch],
    filter: ShownFilter,
    days: Days,
) -> Result<Now, StoreError> {
    let report = store.report().await?;
    let counts = store.days(days.since(), days.offset_ms).await?;
    let (reports, older) = reports(store, filter).await?;
    let marks = store.marks_by_watch(days.since()).await?;
    let by_watch = numbers(watches, &counts, &marks, days);
    let langs = store.told_languages(days.since(), LANGUAGES_OF).await?;
    Ok(Now {
        feeds: feed_counts(&report),
        deliveries: open_counts(&report.channels),
        last_alert_at: store.last_alert_at().await?,
        last_read_at: report
            .feeds
            .iter()
            .filter_map(|feed| feed.last_success_at)
            .max(),
        problems: problems(&report, &by_watch),
        reports,
        older,
        langs: primary(&langs),
        told_today: by_watch.iter().map(|watch| watch.today).sum(),
        held_today: by_watch.iter().map(|watch| watch.held).sum(),
        by_watch,
    })
}

/// The newest reports that somebody was told of, each with all its alerts of the page; and where the next page begins.
///
/// # Errors
/// When the store fails.
pub async fn reports(
    store: &Store,
    filter: ShownFilter,
) -> Result<(Vec<ReportRow>, Option<AlertId>), StoreError> {
    let limit = filter.limit;
    let wider = ShownFilter {
        limit: ALERTS_A_PAGE,
        ..filter
    };
    let alerts = store.shown_alerts(wider).await?;
    let mut is_full = alerts.len() == ALERTS_A_PAGE;
    let mut rows: Vec<ReportRow> = Vec::new();
    let mut places: HashMap<i64, usize> = HashMap::new();
    let mut last = None;
    let mut marker = Marker::default();
    for shown in alerts {
        let id = shown.alert.id.clone();
        let report = shown.alert.report.0;
        if let Some(row) = places.get(&report).and_then(|place| rows.get_mut(*place)) {
            join(row, shown, &mut marker);
        } else if rows.len() == limit {
            is_full = true;
            break;
        } else {
            places.insert(report, rows.len());
            rows.push(row(shown, &mut marker));
        }
        last = Some(id);
    }
    Ok((rows, last.filter(|_| is_full)))
}

/// Adds another alert of the same report, which was raised before.
fn join(row: &mut ReportRow, shown: ShownAlert, marker: &mut Marker) {
    let alert = shown.alert;
    if alert.priority == Priority::High {
        row.priority = alert.priority.as_str();
    }
    let text = row.sentence.iter().map(|piece| piece.text.as_str());
    if text.collect::<String>() == in_view(&alert.found.sentence, MAX_SENTENCE_CHARS) {
        row.sentence = joined(&row.sentence, &alert.found.terms, marker);
    }
    add_channels(row, &shown.deliveries);
    row.watches.push(WatchChip {
        name: alert.found.watch.0,
        alert: alert.id,
    });
}

/// Marks further terms in a sentence.
fn joined(sentence: &[Piece], terms: &[String], marker: &mut Marker) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for piece in sentence {
        if piece.hit {
            pieces.push(piece.clone());
        } else {
            pieces.extend(marked(&piece.text, terms, marker));
        }
    }
    pieces
}

fn row(shown: ShownAlert, marker: &mut Marker) -> ReportRow {
    let alert = shown.alert;
    let outlet = alert
        .source
        .clone()
        .or_else(|| alert.feeds.first().cloned())
        .unwrap_or_default();
    let sentence = in_view(&alert.found.sentence, MAX_SENTENCE_CHARS);
    let also = others(&outlet, alert.feeds);
    let mut row = ReportRow {
        at: alert.raised_at,
        priority: alert.priority.as_str(),
        title: in_view(&alert.title, MAX_TITLE_CHARS),
        dir: direction(shown.lang.as_deref()),
        lang: shown.lang,
        sentence: marked(&sentence, &alert.found.terms, marker),
        also: also
            .iter()
            .map(|feed| in_view(feed, MAX_OUTLET_CHARS))
            .collect(),
        outlet: in_view(&outlet, MAX_OUTLET_CHARS),
        summary_only: alert.summary_only,
        page_problem: shown.page_problem,
        waiting: Vec::new(),
        abandoned: Vec::new(),
        url: alert.url.map(String::from),
        mark: shown.mark.map(|(mark, _)| mark.as_str()),
        watches: vec![WatchChip {
            name: alert.found.watch.0,
            alert: alert.id.clone(),
        }],
        id: alert.id,
    };
    add_channels(&mut row, &shown.deliveries);
    row
}

/// The feeds of a report but that of its outlet: the one that is called so, else the first that announced it.
fn others(outlet: &str, mut feeds: Vec<String>) -> Vec<String> {
    let own = feeds.iter().position(|feed| feed == outlet).unwrap_or(0);
    if own < feeds.len() {
        feeds.remove(own);
    }
    feeds
}

fn add_channels(row: &mut ReportRow, deliveries: &[crate::store::DeliveryLine]) {
    for delivery in deliveries {
        let channels = match delivery.state {
            DeliveryState::Waiting { .. } => &mut row.waiting,
            DeliveryState::Abandoned { .. } => &mut row.abandoned,
            DeliveryState::Sent { .. } => continue,
        };
        if !channels.contains(&delivery.channel.0) {
            channels.push(delivery.channel.0.clone());
        }
    }
}

/// A text in pieces, of which those in which a term was found are hits.
pub fn marked(text: &str, terms: &[String], marker: &mut Marker) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut push = |text: String, hit| {
        if !text.is_empty() {
            pieces.push(Piece { text, hit });
        }
    };
    let mut chars = text.chars();
    let mut at = 0;
    for place in marker.marks(terms, text) {
        push(
            chars
                .by_ref()
                .take(place.start.saturating_sub(at))
                .collect(),
            false,
        );
        at = place.end;
        push(chars.by_ref().take(place.len()).collect(), true);
    }
    push(chars.collect(), false);
    pieces
}

/// In which direction a language is written.
#[must_use]
pub fn direction(lang: Option<&str>) -> &'static str {
    let primary = lang
        .and_then(|lang| lang.split(['-', '_']).next())
        .unwrap_or_default();
    match primary {
        "ar" | "fa" | "he" | "ur" | "ps" | "yi" | "sd" | "ug" | "dv" | "ckb" | "ku" => "rtl",
        _ => "ltr",
    }
}

/// Languages without their regions, each once.
fn primary(languages: &BTreeSet<String>) -> Vec<String> {
    let short = languages.iter().filter_map(|one| one.split('-').next());
    let short: BTreeSet<&str> = short.filter(|one| !one.is_empty()).collect();
    short.into_iter().map(|one| in_view(one, 20)).collect()
}

/// The feeds that are meant by a name, an address or `tag:NAME`.
///
/// # Errors
/// When the store fails.
pub async fn meant_feeds(
    store: &Store,
    configured: &[Feed],
    asked: &str,
) -> Result<Vec<FeedId>, StoreError> {
    let tag = asked.strip_prefix("tag:");
    let of_tag = configured
        .iter()
        .filter(|feed| tag.is_some_and(|tag| feed.tags.iter().any(|one| one == tag)))
        .map(|feed| feed.url.as_str());
    let of_tag: HashSet<&str> = of_tag.collect();
    let lines = store.report().await?.feeds.into_iter();
    let meant = lines.filter(|line| {
        of_tag.contains(line.url.as_str())
            || line.name.as_deref() == Some(asked)
            || line.url.as_str() == asked
    });
    Ok(meant.map(|line| line.id).collect())
}

/// The watches in numbers, in their order.
#[must_use]
pub fn numbers(
    watches: &[Watch],
    counts: &[DayCount],
    marks: &BTreeMap<String, (u64, u64)>,
    days: Days,
) -> Vec<WatchNumbers> {
    let numbers = watches.iter().map(|watch| {
        let of_watch = days.of_watch(counts, Some(&watch.name));
        let today = of_watch.last().copied().unwrap_or_default();
        let (marked, useful) = marks.get(&watch.name.0).copied().unwrap_or_default();
        WatchNumbers {
            name: watch.name.0.clone(),
            priority: watch.priority.as_str(),
            today: today.told,
            held: today.held,
            marked,
            useful: (useful * 100).checked_div(marked),
            days: of_watch,
        }
    });
    numbers.collect()
}

/// Counts feeds by how they are.
#[must_use]
pub fn feed_counts(report: &Report) -> FeedCounts {
    let mut counts = FeedCounts {
        all: report.feeds.len(),
        ..FeedCounts::default()
    };
    for feed in &report.feeds {
        match FeedState::of(feed) {
            FeedState::Fine | FeedState::New => counts.fine += 1,
            FeedState::Failing | FeedState::Gone => counts.failing += 1,
            FeedState::Silent => counts.silent += 1,
            FeedState::Paused => counts.paused += 1,
        }
    }
    counts
}

/// Sums up what has not been delivered.
#[must_use]
pub fn open_counts(channels: &[ChannelLine]) -> OpenCounts {
    let mut counts = OpenCounts::default();
    for channel in channels {
        counts.waiting += channel.waiting;
        counts.abandoned += channel.abandoned;
        counts.delivered += channel.delivered;
    }
    counts
}

fn problems(report: &Report, by_watch: &[WatchNumbers]) -> Vec<Problem> {
    let mut problems: Vec<Problem> = report.channels.iter().filter_map(channel_problem).collect();
    let mut failing: Vec<FeedRow> = report
        .feeds
        .iter()
        .filter(|feed| feed.failures > 0 && feed.paused.is_none())
        .map(|feed| FeedRow::of(feed, None, None))
        .collect();
    failing.sort_by_key(|feed| feed.failing_since);
    if let Some(longest) = failing.first() {
        problems.push(Problem {
            kind: "feeds",
            tone: "bad",
            subject: match failing.len() {
                1 => "1 feed fails".to_owned(),
                many => format!("{many} feeds fail"),
            },
            cause: format!(
                "{}: {}",
                longest.name,
                longest.error.clone().unwrap_or_default()
            ),
            since: longest.failing_since,
        });
    }
    let is_silent = |watch: &&WatchNumbers| watch.days.iter().all(|day| day.told + day.held == 0);
    let silent: Vec<&WatchNumbers> = by_watch.iter().filter(is_silent).collect();
    // Where nothing at all was found, that is how everything begins.
    if silent.len() < by_watch.len() && !silent.is_empty() {
        let names: Vec<&str> = silent
            .iter()
            .take(3)
            .map(|watch| watch.name.as_str())
            .collect();
        problems.push(Problem {
            kind: "watch",
            tone: "warn",
            subject: match silent.len() {
                1 => "1 watch found nothing for 30 days".to_owned(),
                many => format!("{many} watches found nothing for 30 days"),
            },
            cause: names.join(", "),
            since: None,
        });
    }
    problems
}

fn channel_problem(channel: &ChannelLine) -> Option<Problem> {
    let tone = match channel.state {
        ChannelState::Ok => return None,
        ChannelState::Paused => "warn",
        ChannelState::Failing | ChannelState::Misconfigured | ChannelState::Gone => "bad",
    };
    let ChannelName(name) = &channel.name;
    let waits = match channel.waiting {
        0 => String::new(),
        1 => "; 1 waits".to_owned(),
        many => format!("; {many} wait"),
    };
    Some(Problem {
        kind: "channel",
        tone,
        subject: format!("Channel {name}"),
        cause: format!("{}{waits}", channel.error.clone().unwrap_or_default()),
        since: channel.failing_since,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_comes_in_pieces_and_further_terms_are_marked_in_what_is_left() {
        let mut marker = Marker::default();
        let text = "talks on the East Sea today";
        let first = marked(text, &["East Sea".to_owned()], &mut marker);
        let both = joined(&first, &["talks".to_owned()], &mut marker);
        let hits: Vec<&str> = both
            .iter()
            .filter(|piece| piece.hit)
            .map(|piece| piece.text.as_str())
            .collect();
        assert_eq!(hits, ["talks", "East Sea"]);
        let whole: String = both.iter().map(|piece| piece.text.as_str()).collect();
        assert_eq!(whole, "talks on the East Sea today");
    }

    #[test]
    fn an_outlet_is_not_named_among_those_that_have_it_too() {
        let feeds = || vec!["Manila Signal".to_owned(), "Jakarta Dispatch".to_owned()];
        assert_eq!(others("Jakarta Dispatch", feeds()), ["Manila Signal"]);
        assert_eq!(
            others("manila-signal.example", feeds()),
            ["Jakarta Dispatch"]
        );
        assert!(others("Manila Signal", Vec::new()).is_empty());
    }

    #[test]
    fn a_cut_text_says_so_and_turns_nothing_round() {
        assert_eq!(in_view("abc\u{202e}def", 4), "abc…");
        assert_eq!(in_view("a\u{1b}b", 9), "a b");
        assert_eq!(direction(Some("ar-EG")), "rtl");
        assert_eq!(direction(None), "ltr");
    }
}
