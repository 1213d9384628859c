//! What tames noise: how long a watch is silent, and how a channel wants its messages.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;

use crate::domain::{
    ChannelName, ChannelPolicy, Digest, Escalate, Per, Priority, Quiet, Sensitivity, Storm,
    WatchName,
};

use super::channels::RawChannel;
use super::durations;
use super::problem::{Kind, Problem, Report, quoted};
use super::raw::{RawFile, RawWatch};
use super::raw_taming::{
    RawBudget, RawDigest, RawEscalate, RawQuiet, RawSchedule, RawStorm, RawWatchTaming,
};
use super::references::{Known, named_channels};
use super::shapes;
use super::source::At;
use super::suggest::nearest;
use super::words::one_of;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);
const DAY: Duration = Duration::from_hours(24);

/// The types that no person reads as they come: nothing is joined there unless the file says so.
const PLAIN_TYPES: [&str; 5] = ["webhook", "console", "file", "exec", "syslog"];

/// The storm that people are kept from when nothing else is said.
const DEFAULT_STORM: Storm = Storm {
    more_than: 20,
    within: Duration::from_mins(1),
};

/// Watches that are named where one is not there, at most.
const NAMED_WATCHES: usize = 12;

/// The most of a count.
const MAX_COUNT: i64 = 100_000;

/// The most times of a day.
const MAX_TIMES: usize = 48;

/// What can break through quiet hours: alerts of this priority or a higher one.
const EXCEPT: [(&str, Option<Priority>); 3] = [
    ("high", Some(Priority::High)),
    ("normal", Some(Priority::Normal)),
    ("none", None),
];

/// The days of the week as they are written.
const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

/// How often the same news is told.
pub(super) fn per(raw: &RawWatchTaming, report: &Report) -> Per {
    let words = [
        ("report", Per::Report),
        ("story", Per::Story),
        ("article", Per::Article),
    ];
    let written = raw.per.as_ref();
    written
        .and_then(|written| one_of(written, "what a watch tells once", &words, "", report))
        .unwrap_or_default()
}

/// How readily a watch tells that it finds far more than usual.
pub(super) fn spike(raw: &RawWatchTaming, report: &Report) -> Option<Sensitivity> {
    let all = [Sensitivity::Low, Sensitivity::Normal, Sensitivity::High];
    let [low, normal, high] = all.map(|one| (one.as_str(), Some(one)));
    let words = [("off", None), low, normal, high];
    let written = raw.spike.as_ref()?;
    one_of(
        written,
        "how readily a watch tells of a spike",
        &words,
        "",
        report,
    )
    .flatten()
}

/// What an abbreviation stands for, or does not.
pub(super) fn senses(raw: Option<&At<Vec<At<String>>>>) -> Vec<String> {
    let senses = raw.into_iter().flat_map(|list| &list.value);
    senses
        .map(|sense| sense.value.trim().to_owned())
        .filter(|sense| !sense.is_empty())
        .collect()
}

/// The zone of the file, or the machine's where it names none.
pub(super) fn zone(written: Option<&At<String>>, report: &Report) -> TimeZone {
    written.map_or_else(
        || TimeZone::try_system().unwrap_or(TimeZone::UTC),
        |written| named_zone(written, report).unwrap_or(TimeZone::UTC),
    )
}

/// Shorter names are not compared letter by letter: `PST` is not `EST`.
const SHORTEST_NAME: usize = 5;

/// Places and abbreviations that are no names of zones, and the zone that people mean by them.
const PLACES: [(&str, &str); 38] = [
    ("vietnam", "Asia/Ho_Chi_Minh"),
    ("viet nam", "Asia/Ho_Chi_Minh"),
    ("hanoi", "Asia/Ho_Chi_Minh"),
    ("ha noi", "Asia/Ho_Chi_Minh"),
    ("da nang", "Asia/Ho_Chi_Minh"),
    ("ict", "Asia/Ho_Chi_Minh"),
    ("thailand", "Asia/Bangkok"),
    ("china", "Asia/Shanghai"),
    ("beijing", "Asia/Shanghai"),
    ("india", "Asia/Kolkata"),
    ("delhi", "Asia/Kolkata"),
    ("mumbai", "Asia/Kolkata"),
    ("ist", "Asia/Kolkata"),
    ("jst", "Asia/Tokyo"),
    ("kst", "Asia/Seoul"),
    ("sgt", "Asia/Singapore"),
    ("hkt", "Asia/Hong_Kong"),
    ("pht", "Asia/Manila"),
    ("wib", "Asia/Jakarta"),
    ("msk", "Europe/Moscow"),
    ("germany", "Europe/Berlin"),
    ("france", "Europe/Paris"),
    ("italy", "Europe/Rome"),
    ("spain", "Europe/Madrid"),
    ("uk", "Europe/London"),
    ("england", "Europe/London"),
    ("bst", "Europe/London"),
    ("geneva", "Europe/Zurich"),
    ("cest", "Europe/Berlin"),
    ("eest", "Europe/Athens"),
    ("washington", "America/New_York"),
    ("edt", "America/New_York"),
    ("cst", "America/Chicago"),
    ("cdt", "America/Chicago"),
    ("mdt", "America/Denver"),
    ("pst", "America/Los_Angeles"),
    ("pdt", "America/Los_Angeles"),
    ("aest", "Australia/Sydney"),
];

/// The zone of a place that is no name of one.
fn known_place(text: &str) -> Option<&'static str> {
    let text = text.trim().to_lowercase().replace('_', " ");
    let (_, zone) = PLACES.iter().find(|(place, _)| *place == text)?;
    Some(zone)
}

/// Whether a text is an offset from UTC: `+07:00`, `GMT+7`, `UTC-03:30`.
fn is_offset(text: &str) -> bool {
    let text = text.to_uppercase();
    let text = text
        .trim_start_matches("UTC")
        .trim_start_matches("GMT")
        .trim();
    let number = text.strip_prefix(['+', '-', '−']);
    number.is_some_and(|number| {
        !number.is_empty() && number.chars().all(|c| c.is_ascii_digit() || c == ':')
    })
}

fn named_zone(written: &At<String>, report: &Report) -> Option<TimeZone> {
    let zone = TimeZone::get(written.value.trim()).ok();
    if zone.is_none() {
        let message = format!("{} is not a time zone", quoted(&written.value));
        let hint = zone_hint(written.value.trim());
        report.add(Problem::error(&written.place, Kind::BadValue, message).hint(hint));
    }
    zone
}

/// What to write for a text that is no zone.
fn zone_hint(text: &str) -> String {
    let looked_for = text.replace(' ', "_");
    // The zone that is named like an offset is the one with its sign turned round.
    if is_offset(&looked_for) {
        return "write the place whose clocks are meant, for example \"Asia/Ho_Chi_Minh\": an offset \
                knows no summer time"
            .to_owned();
    }
    let names: Vec<String> = jiff::tz::db()
        .available()
        .map(|name| name.as_str().to_owned())
        .collect();
    let names = names.iter().map(String::as_str);
    let city = |name: &str| name.rsplit('/').next().unwrap_or_default().to_lowercase();
    let is_short = looked_for.chars().count() < SHORTEST_NAME;
    let meant = known_place(text)
        .or_else(|| names.clone().find(|name| city(name) == city(&looked_for)))
        .or_else(|| nearest(&looked_for, names.filter(|_| !is_short)));
    match meant {
        Some(meant) => format!("did you mean \"{meant}\"?"),
        None => "write a name like \"Asia/Ho_Chi_Minh\", \"Europe/Berlin\" or \"UTC\"".to_owned(),
    }
}

/// The labels of a watch.
pub(super) fn tags(raw: &RawWatchTaming) -> Vec<String> {
    let list = raw.tags.iter().flat_map(|tags| &tags.value);
    list.map(|tag| tag.value.clone()).collect()
}

/// How long a watch is silent after it was told.
pub(super) fn cooldown(raw: &RawWatchTaming, report: &Report) -> Option<Duration> {
    durations::check(raw.cooldown.as_ref()?, SECOND..=30 * DAY, report)
}

/// The greatest age of an article that is told.
pub(super) fn max_age(raw: &RawWatchTaming, report: &Report) -> Option<Duration> {
    durations::check(raw.max_age.as_ref()?, SECOND..=3660 * DAY, report)
}

/// How long after an alert its page is looked at again, where the watch says nothing.
const REVISIT: [Duration; 5] = [
    Duration::from_hours(1),
    Duration::from_hours(6),
    DAY,
    Duration::from_hours(72),
    Duration::from_hours(168),
];

/// The most looks at a page.
const MAX_REVISITS: usize = 20;

/// How long after an alert its page is looked at again, the shortest wait first.
pub(super) fn revisit(raw: &RawWatchTaming, report: &Report) -> Cow<'static, [Duration]> {
    let Some(list) = &raw.revisit else {
        return Cow::Borrowed(&REVISIT);
    };
    if list.value.len() > MAX_REVISITS {
        let message = format!("{} looks at a page are too many", list.value.len());
        let hint = format!("write at most {MAX_REVISITS}, for example revisit = [\"1h\", \"24h\"]");
        report.add(Problem::error(&list.place, Kind::BadValue, message).hint(hint));
        return Cow::default();
    }
    let waits = list.value.iter();
    let mut waits: Vec<Duration> = waits
        .filter_map(|written| durations::check(written, 10 * MINUTE..=90 * DAY, report))
        .collect();
    waits.sort_unstable();
    waits.dedup();
    waits.into()
}

/// The watches that one keeps from being told of the same story.
pub(super) fn mutes(raw: &RawWatch, watches: &[&str], report: &Report) -> Vec<WatchName> {
    let list = raw.taming.mutes.iter().flat_map(|mutes| &mutes.value);
    let own = raw.name.as_ref().map(|name| name.value.as_str());
    list.filter_map(|written| {
        let name = written.value.as_str();
        if Some(name) == own {
            let message = "a watch cannot mute itself";
            let hint = "name another watch; one story raises one alert of a watch anyway";
            report.add(Problem::error(&written.place, Kind::BadValue, message).hint(hint));
            return None;
        }
        known_watch(written, watches, report)
    })
    .collect()
}

/// A watch of this name; that there is none is reported.
pub(super) fn known_watch(
    written: &At<String>,
    watches: &[&str],
    report: &Report,
) -> Option<WatchName> {
    let name = written.value.as_str();
    if watches.contains(&name) {
        return Some(WatchName(name.to_owned()));
    }
    let message = format!("there is no watch {}", quoted(name));
    let hint = match nearest(name, watches.iter().copied()) {
        Some(meant) => format!("did you mean \"{meant}\"?"),
        None if watches.is_empty() => "there is no [[watch]] at all".to_owned(),
        None if watches.len() <= NAMED_WATCHES => {
            format!("the watches are: {}", watches.join(", "))
        }
        None => "write the name of a [[watch]]".to_owned(),
    };
    report.add(Problem::error(&written.place, Kind::BadValue, message).hint(hint));
    None
}

/// How each channel wants its messages.
pub(super) fn policies(
    raw: &RawFile,
    zone: &TimeZone,
    known: &Known<'_>,
    report: &Report,
) -> BTreeMap<ChannelName, ChannelPolicy> {
    let named = raw.channels.iter().filter_map(|channel| {
        let name = ChannelName(channel.name.as_ref()?.value.clone());
        Some((name, policy(channel, zone, known, report)))
    });
    named.collect()
}

fn policy(raw: &RawChannel, zone: &TimeZone, known: &Known<'_>, report: &Report) -> ChannelPolicy {
    let taming = &raw.taming;
    let type_name = raw.type_name.as_ref().map(|written| written.value.as_str());
    let joins = type_name.is_some_and(|name| !PLAIN_TYPES.contains(&name));
    let own_zone = taming
        .timezone
        .as_ref()
        .and_then(|written| named_zone(written, report));
    ChannelPolicy {
        zone: own_zone.unwrap_or_else(|| zone.clone()),
        group_wait: taming
            .group_wait
            .as_ref()
            .and_then(|written| durations::check(written, Duration::ZERO..=DAY, report))
            .filter(|wait| !wait.is_zero()),
        digest: taming
            .digest
            .as_ref()
            .and_then(|written| digest(written, report)),
        quiet: taming
            .quiet
            .as_ref()
            .and_then(|written| quiet(written, report)),
        per_hour: taming
            .budget
            .as_ref()
            .and_then(|written| budget(written, report)),
        storm: match &taming.storm {
            None => joins.then_some(DEFAULT_STORM),
            Some(written) => storm(written, report),
        },
        escalate: taming
            .escalate
            .as_ref()
            .and_then(|written| escalate(raw, written, known, report)),
        joins,
    }
}

/// Times of the day and days of the week.
pub(super) fn schedule(raw: &RawSchedule, report: &Report) -> Option<Digest> {
    let Some(list) = &raw.at else {
        super::section::report_missing(&raw.place, "at", report);
        return None;
    };
    if list.value.is_empty() || list.value.len() > MAX_TIMES {
        let message = format!("{} times cannot stand here", list.value.len());
        let hint = format!("write 1 to {MAX_TIMES}, for example at = [\"07:00\", \"17:00\"]");
        report.add(Problem::error(&list.place, Kind::BadValue, message).hint(hint));
        return None;
    }
    let mut at: Vec<Time> = list
        .value
        .iter()
        .filter_map(|written| time(written, report))
        .collect();
    at.sort_unstable();
    at.dedup();
    let days = raw.days.iter().flat_map(|days| &days.value);
    let days = days
        .filter_map(|written| weekday(written, report))
        .collect();
    Some(Digest {
        at,
        days,
        empty: true,
    })
    .filter(|digest: &Digest| !digest.at.is_empty())
}

fn digest(raw: &RawDigest, report: &Report) -> Option<Digest> {
    let schedule = schedule(&raw.schedule, report)?;
    Some(Digest {
        empty: raw.empty.as_ref().is_some_and(|empty| empty.value),
        ..schedule
    })
}

/// A time of the day.
pub(super) fn time(written: &At<String>, report: &Report) -> Option<Time> {
    let text = written.value.trim();
    let parts = text.split_once(':').and_then(|(hour, minute)| {
        let fits = |part: &str| part.len() <= 2 && part.bytes().all(|b| b.is_ascii_digit());
        let both = fits(hour) && fits(minute) && minute.len() == 2;
        let hour: i8 = hour.parse().ok().filter(|_| both)?;
        Time::new(hour, minute.parse().ok()?, 0, 0).ok()
    });
    if parts.is_none() {
        let message = format!("{} is not a time of the day", quoted(&written.value));
        let hint = if text.starts_with("24:00") {
            "write \"00:00\"".to_owned()
        } else if let Some(meant) = shapes::time_of_day(text) {
            format!("write \"{meant}\"")
        } else {
            "write hours and minutes of 24 hours, for example \"07:00\" or \"17:30\"".to_owned()
        };
        report.add(Problem::error(&written.place, Kind::BadValue, message).hint(hint));
    }
    parts
}

fn weekday(written: &At<String>, report: &Report) -> Option<Weekday> {
    let lower = written.value.trim().to_lowercase();
    // "Monday" says what "mon" says.
    let short = DAYS
        .iter()
        .find(|(word, day)| lower == *word || lower == format!("{day:?}").to_lowercase());
    match short {
        Some((_, day)) => Some(*day),
        None => one_of(written, "a day of the week", &DAYS, "", report),
    }
}

fn quiet(raw: &RawQuiet, report: &Report) -> Option<Quiet> {
    let from = raw.from.as_ref().and_then(|from| time(from, report));
    let to = raw.to.as_ref().and_then(|to| time(to, report));
    let (from, to, written) = (from?, to?, raw.to.as_ref()?);
    if from == to {
        let message = "quiet hours that end when they begin are none";
        let hint = "write another time; what is never wanted needs no channel";
        report.add(Problem::error(&written.place, Kind::BadValue, message).hint(hint));
        return None;
    }
    let except = match &raw.except {
        None => Some(Priority::High),
        Some(written) => one_of(written, "what can break through", &EXCEPT, "", report)?,
    };
    Some(Quiet { from, to, except })
}

fn budget(raw: &RawBudget, report: &Report) -> Option<u32> {
    count(raw.per_hour.as_ref()?, report)
}

fn count(written: &At<i64>, report: &Report) -> Option<u32> {
    if !(1..=MAX_COUNT).contains(&written.value) {
        let message = format!("{} is out of range", written.value);
        let hint = format!("write a whole number from 1 to {MAX_COUNT}");
        report.add(Problem::error(&written.place, Kind::BadValue, message).hint(hint));
        return None;
    }
    u32::try_from(written.value).ok()
}

fn storm(raw: &RawStorm, report: &Report) -> Option<Storm> {
    match raw {
        RawStorm::Word(word) => {
            let words = [("off", ())];
            let table = "a table, for example { more_than = 20, in = \"60s\" }";
            one_of(word, "what a storm can be", &words, table, report)?;
            None
        }
        RawStorm::Table { more_than, within } => {
            let more_than = match more_than {
                Some(written) => count(written, report)?,
                None => DEFAULT_STORM.more_than,
            };
            let within = match within {
                Some(written) => durations::check(written, SECOND..=DAY, report)?,
                None => DEFAULT_STORM.within,
            };
            Some(Storm { more_than, within })
        }
    }
}

fn escalate(
    channel: &RawChannel,
    raw: &RawEscalate,
    known: &Known<'_>,
    report: &Report,
) -> Option<Escalate> {
    let after = durations::check(raw.after.as_ref()?, SECOND..=30 * DAY, report);
    let to = raw.to.as_ref()?;
    if Some(&to.value) == channel.name.as_ref().map(|name| &name.value) {
        let message = "a channel cannot escalate to itself";
        let hint = "name another channel";
        report.add(Problem::error(&to.place, Kind::BadValue, message).hint(hint));
        return None;
    }
    let list = At {
        value: vec![to.clone()],
        place: to.place.clone(),
    };
    let to = named_channels(&list, known, report);
    Some(Escalate { after: after?, to })
}
