//! What is said on an occasion, a file an occasion: one alert, several, an update, a digest, a storm, a failure, a sign of life.

mod digest;
mod group;
mod health;
mod heartbeat;
mod single;
mod storm;
mod update;

use url::Url;

use super::escape::one_line;
use super::item::{MAX_NAME_CHARS, item_of};
use super::message::{Item, Message, Rich, Telling, Thread};
use super::times;
use crate::domain::{Alert, Occasion, Priority};
use crate::links::Act;

/// Makes the message.
pub(super) fn message(telling: &Telling<'_>) -> Message {
    let mut message = match (telling.occasion, telling.alerts) {
        (Occasion::Alert, [alert]) => single::single(telling, alert),
        (Occasion::Alert | Occasion::Group, alerts) => group::group(telling, alerts),
        (Occasion::Update(facts), alerts) => update::update(telling, facts, alerts.first()),
        (Occasion::Digest(facts), alerts) => digest::digest(telling, facts, alerts),
        (Occasion::Storm(facts), alerts) => storm::storm(telling, facts, alerts),
        (Occasion::Spike(facts), alerts) => storm::spike(telling, facts, alerts),
        (Occasion::Health(facts), _) => health::health(telling, facts),
        (Occasion::Heartbeat(facts), _) => heartbeat::heartbeat(telling, facts),
    };
    message.delivery.clone_from(&telling.delivery.0);
    message.foot.retain(|line| !line.is_empty());
    message
}

/// What can be done with an alert of a list: why it was raised, and silence.
const OWN_IN_LIST: usize = 2;

/// A message that says nothing yet.
fn empty(kind: &'static str) -> Message {
    Message {
        kind,
        delivery: String::new(),
        priority: Priority::Normal,
        from_name: "newswatch".to_owned(),
        subject: String::new(),
        preheader: String::new(),
        list: kind.to_owned(),
        stops: None,
        badge: None,
        label: String::new(),
        label_note: String::new(),
        heading: String::new(),
        heading_url: None,
        heading_lang: None,
        heading_is_rtl: false,
        lead: Vec::new(),
        blocks: Vec::new(),
        foot: Vec::new(),
        thread: Thread::default(),
    }
}

/// Why the reader gets this, how it is changed and stopped, in which zone its times are, and its name.
///
/// `whole` is the watch's name as it was written, `watch` the same as it is shown.
fn foot_of_watch(telling: &Telling<'_>, whole: &str, watch: &str, id: &str) -> Vec<Rich> {
    let to = telling.recipient.map_or_else(
        || " tells this channel".to_owned(),
        |recipient| format!(" mails {recipient}"),
    );
    let why = Rich::plain("You get this because the watch ")
        .bold(watch)
        .and(format!("{to}."));
    let stop = stop_link(telling, Some(whole), "Stop these mails");
    vec![
        why,
        both(change(telling, whole), stop),
        zone_line(telling, id),
    ]
}

/// Where the watch is changed: its page, or the place of its lines.
fn change(telling: &Telling<'_>, watch: &str) -> Option<Rich> {
    if let Some(page) = telling.reader.page(&["watches", watch]) {
        return Some(Rich::default().link("Change the watch", Some(page)));
    }
    let place = telling.reader.watch_places.of_name(watch)?;
    Some(Rich::plain("The watch stands at ").code(one_line(&place, 200)))
}

/// How whoever got a mail stops more of these: by our page, else by a mail to the sender.
fn stop_link(telling: &Telling<'_>, watch: Option<&str>, label: &str) -> Option<Rich> {
    let reader = telling.reader;
    let by_page = stop_act(telling, watch).and_then(|act| reader.act(&act));
    let by_mail = || {
        let mut mail = Url::parse(&format!("mailto:{}", reader.sender.as_ref()?)).ok()?;
        let subject = match watch {
            Some(watch) => format!("unsubscribe {}", one_line(watch, MAX_NAME_CHARS)),
            None => "unsubscribe".to_owned(),
        };
        mail.set_query(Some(&format!("subject={}", percent_encoded(&subject))));
        Some(mail)
    };
    telling.recipient?;
    let url = by_page.or_else(by_mail)?;
    Some(Rich::default().link(label, Some(url)))
}

/// What a link to stop does.
pub(super) fn stop_act(telling: &Telling<'_>, watch: Option<&str>) -> Option<Act> {
    Some(Act::Unsubscribe {
        recipient: telling.recipient?.to_owned(),
        watch: watch.map(str::to_owned),
    })
}

/// RFC 6068 §2: a space in the subject of a mailto is `%20`.
fn percent_encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes())
        .collect::<String>()
        .replace('+', "%20")
}

/// ` to ops@example.org`
fn to_whom(telling: &Telling<'_>) -> String {
    let recipient = telling.recipient;
    recipient.map_or_else(String::new, |recipient| format!(" to {recipient}"))
}

/// Two things in one line, where there are both.
fn both(one: Option<Rich>, other: Option<Rich>) -> Rich {
    match (one, other) {
        (Some(one), Some(other)) => {
            let mut line = one.and(" · ");
            line.0.extend(other.0);
            line
        }
        (one, other) => one.or(other).unwrap_or_default(),
    }
}

/// `Times: Asia/Ho_Chi_Minh (UTC+7). Alert alr_1`
fn zone_line(telling: &Telling<'_>, id: &str) -> Rich {
    let zone = &telling.reader.zone;
    let offset = times::offset(zone, telling.now);
    let times = match zone.iana_name() {
        Some(name) if name != "UTC" => format!("Times: {name} ({offset})."),
        _ => format!("Times: {offset}."),
    };
    let id = if id.is_empty() {
        String::new()
    } else {
        format!(" {id}")
    };
    Rich::plain(format!("{times}{id}"))
}

/// `1 alert`, `4 alerts`
fn counted(count: u64, one: &str, several: &str) -> String {
    if count == 1 {
        format!("1 {one}")
    } else {
        format!("{} {several}", grouped(count))
    }
}

/// `1,204`
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut written = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            written.push(',');
        }
        written.push(digit);
    }
    written
}

fn many(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// Those that are urgent first, then the newest.
fn by_urgency(alerts: &[Alert]) -> Vec<&Alert> {
    let mut sorted: Vec<&Alert> = alerts.iter().collect();
    sorted.sort_by_key(|alert| {
        (
            std::cmp::Reverse(alert.priority),
            std::cmp::Reverse(alert.raised_at),
        )
    });
    sorted
}

/// Alerts by watch, in the order in which the watches first come.
fn by_watch<'a>(alerts: &[&'a Alert]) -> Vec<(String, Vec<&'a Alert>)> {
    let mut watches: Vec<(String, Vec<&Alert>)> = Vec::new();
    for alert in alerts {
        let name = one_line(&alert.found.watch.0, MAX_NAME_CHARS);
        if let Some((_, list)) = watches.iter_mut().find(|(known, _)| *known == name) {
            list.push(alert);
        } else {
            watches.push((name, vec![alert]));
        }
    }
    watches
}

fn highest(alerts: &[Alert]) -> Priority {
    let highest = alerts.iter().map(|alert| alert.priority).max();
    highest.unwrap_or_default()
}

/// An item of a list: one passage, the short time, and nothing that only the page of the alert needs.
fn listed(telling: &Telling<'_>, alert: &Alert) -> Item {
    let mut item = item_of(telling, alert);
    item.passages.truncate(1);
    item.found = None;
    // What is thought of each is said on its page.
    item.own.truncate(OWN_IN_LIST);
    item.time = item.short_time.clone();
    item
}

/// `5`, `2.5`
fn number(value: f64) -> String {
    if (value - value.round()).abs() < 0.05 {
        format!("{value:.0}")
    } else {
        format!("{value:.1}")
    }
}
