//! `[[channel]]`: where alerts go.
//!
//! A type of channel is a file here: it reads its own keys from its table, and gives back what checks them. [`TYPES`] is where
//! it is registered.

mod address;
mod apprise;
mod console;
mod discord;
mod email;
mod exec;
mod file;
mod gotify;
mod matrix;
mod mattermost;
mod ntfy;
mod slack;
mod syslog;
mod teams;
mod telegram;
mod templates;
mod webhook;

use std::time::Duration;

use jiff::tz::TimeZone;

use crate::channel::{ChannelKind, ChannelSettings};
use crate::domain::ChannelName;
use crate::http::HttpSettings;
use crate::render::Reader;

use super::durations;
use super::names::{self, Taken};
use super::problem::{Kind, Problem, Report, quoted};
use super::raw_taming::RawChannelTaming;
use super::secrets::Vault;
use super::section::Section;
use super::source::{At, Place};
use super::suggest::nearest;
use templates::RawTemplates;

pub(super) use address::secret_address;

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

/// A type of channel.
pub(super) struct ChannelType {
    /// What `type` says.
    name: &'static str,
    /// Reads the keys that only this type has.
    pub(super) read: fn(&mut Section<'_>, &Report) -> Check,
    /// The waits between tries where the configuration gives none.
    pub(super) schedule: fn() -> Vec<Duration>,
}

/// Checks what was read; `None` when the channel cannot be used.
pub(super) type Check = Box<dyn Fn(&mut Checking<'_>) -> Option<ChannelKind>>;

/// `[[channel]]`: what every type has; the keys of its own are read by its type, which is to check them.
pub(super) struct RawChannel {
    pub(super) place: Place,
    pub(super) type_name: Option<At<String>>,
    pub(super) name: Option<At<String>>,
    pub(super) retry: Option<At<Vec<At<String>>>>,
    pub(super) taming: RawChannelTaming,
    /// The type, and what it has read of its keys; absent where there is no such type.
    pub(super) typed: Option<TypedChannel>,
}

impl RawChannel {
    /// Reads a table.
    pub(super) fn read(mut section: Section<'_>, report: &Report) -> Self {
        let name = section.required("name", report);
        let type_name = section
            .required("type", report)
            .and_then(|name| name.string(report));
        let mut channel = Self {
            place: section.place.clone(),
            type_name,
            name: name.and_then(|name| name.string(report)),
            retry: section.strings("retry", report),
            taming: RawChannelTaming::read_keys(&mut section, report),
            typed: None,
        };
        if let Some(type_name) = &channel.type_name
            && let Some(kind) = known_type(type_name, report)
        {
            channel.typed = Some(TypedChannel {
                name: kind.name,
                schedule: kind.schedule,
                templates: RawTemplates::read(&mut section, kind.name, report),
                check: (kind.read)(&mut section, report),
            });
            section.finish(report);
        }
        channel
    }
}

/// What a type has read of a channel.
pub(super) struct TypedChannel {
    name: &'static str,
    templates: RawTemplates,
    pub(super) check: Check,
    pub(super) schedule: fn() -> Vec<Duration>,
}

/// What a channel is checked with.
pub(super) struct Checking<'a> {
    pub(super) vault: &'a Vault<'a>,
    pub(super) http: &'a HttpSettings,
    /// Whom its messages are written for; a type may say more about it.
    pub(super) reader: Reader,
}

/// The types that exist.
static TYPES: &[ChannelType] = &[
    of("email", email::read, mail_schedule),
    of("webhook", webhook::read, quick_schedule),
    of("slack", slack::read, quick_schedule),
    of("discord", discord::read, quick_schedule),
    of("teams", teams::read, quick_schedule),
    of("telegram", telegram::read, quick_schedule),
    of("ntfy", ntfy::read, quick_schedule),
    of("matrix", matrix::read, quick_schedule),
    of("mattermost", mattermost::read, quick_schedule),
    of("gotify", gotify::read, quick_schedule),
    of("apprise", apprise::read, quick_schedule),
    of("exec", exec::read, quick_schedule),
    of("syslog", syslog::read, quick_schedule),
    of("console", console::read, quick_schedule),
    of("file", file::read, quick_schedule),
];

/// What other programs call them.
const KNOWN_ELSEWHERE: [(&str, &str); 16] = [
    ("mail", "email"),
    ("smtp", "email"),
    ("e-mail", "email"),
    ("stdout", "console"),
    ("terminal", "console"),
    ("print", "console"),
    ("hook", "webhook"),
    ("http", "webhook"),
    ("https", "webhook"),
    ("post", "webhook"),
    ("msteams", "teams"),
    ("microsoft", "teams"),
    ("jsonl", "file"),
    ("log", "file"),
    ("command", "exec"),
    ("script", "exec"),
];

const fn of(
    name: &'static str,
    read: fn(&mut Section<'_>, &Report) -> Check,
    schedule: fn() -> Vec<Duration>,
) -> ChannelType {
    ChannelType {
        name,
        read,
        schedule,
    }
}

/// The most waits of a schedule: one a minute for a day and more.
const MAX_WAITS: usize = 2_000;

/// The longest wait between two tries.
const MAX_WAIT: Duration = Duration::from_hours(7 * 24);

/// Checks all channels. One that cannot be used is left out.
pub(super) fn check(
    raw: &[RawChannel],
    reader: &Reader,
    http: &HttpSettings,
    vault: &Vault<'_>,
) -> Vec<ChannelSettings> {
    let mut taken = Taken::default();
    raw.iter()
        .filter_map(|written| {
            if let Some(name) = &written.name
                && names::check(name, vault.report)
            {
                taken.take(
                    name.value.clone(),
                    &name.value,
                    &name.place,
                    "channel",
                    vault.report,
                );
            }
            channel(written, reader, http, vault)
        })
        .collect()
}

fn channel(
    raw: &RawChannel,
    reader: &Reader,
    http: &HttpSettings,
    vault: &Vault<'_>,
) -> Option<ChannelSettings> {
    let typed = raw.typed.as_ref()?;
    let retry = match &raw.retry {
        Some(list) => schedule(list, vault.report),
        None => (typed.schedule)(),
    };
    let mut reader = reader.clone();
    // One that does not exist is reported where the channel's times are checked.
    let own = raw.taming.timezone.as_ref();
    if let Some(own) = own.and_then(|own| TimeZone::get(own.value.trim()).ok()) {
        reader.zone = own;
    }
    reader.escalates = raw.taming.escalate.is_some();
    if let Some(name) = &raw.name {
        reader.channel.clone_from(&name.value);
    }
    let mut checking = Checking {
        vault,
        http,
        reader,
    };
    let kind = (typed.check)(&mut checking)?;
    let media = match &kind {
        ChannelKind::Webhook(webhook) => webhook.media(),
        _ => None,
    };
    let templates =
        typed
            .templates
            .check(typed.name, media.as_deref(), &checking.reader, vault.report);
    Some(ChannelSettings {
        name: ChannelName(raw.name.as_ref()?.value.clone()),
        kind,
        reader: checking.reader,
        templates,
        retry,
    })
}

/// The type that is written; one that does not exist is reported.
fn known_type(written: &At<String>, report: &Report) -> Option<&'static ChannelType> {
    let name = written.value.as_str();
    if let Some(known) = TYPES.iter().find(|known| known.name == name) {
        return Some(known);
    }
    let message = format!("there is no channel type {}", quoted(name));
    let names = TYPES.iter().map(|known| known.name);
    let elsewhere = KNOWN_ELSEWHERE
        .iter()
        .find(|(word, _)| *word == name.to_lowercase());
    let meant = elsewhere.map(|(_, meant)| *meant);
    let hint = match meant.or_else(|| nearest(name, names.clone())) {
        Some(meant) => format!("did you mean \"{meant}\"?"),
        None => format!(
            "the types are: {}; exec starts a program of yours, and apprise reaches many other services",
            names.collect::<Vec<_>>().join(", ")
        ),
    };
    report.add(Problem::error(&written.place, Kind::BadValue, message).hint(hint));
    None
}

fn schedule(list: &At<Vec<At<String>>>, report: &Report) -> Vec<Duration> {
    if list.value.len() > MAX_WAITS {
        let message = format!("{} waits are too many", list.value.len());
        let hint = format!("write at most {MAX_WAITS}");
        report.add(Problem::error(&list.place, Kind::BadValue, message).hint(hint));
        return Vec::new();
    }
    list.value
        .iter()
        .filter_map(|wait| durations::check(wait, Duration::from_millis(1)..=MAX_WAIT, report))
        .collect()
}

/// About a day, quick at first: most failures of a receiver are over within minutes.
fn quick_schedule() -> Vec<Duration> {
    vec![
        Duration::from_secs(5),
        Duration::from_secs(30),
        2 * MINUTE,
        10 * MINUTE,
        30 * MINUTE,
        HOUR,
        2 * HOUR,
        4 * HOUR,
        8 * HOUR,
        8 * HOUR,
    ]
}

/// Two days. Greylisting servers open after five minutes as a rule; later tries are half an hour and more apart
/// (RFC 5321 §4.5.4.1).
fn mail_schedule() -> Vec<Duration> {
    let later = 67 * MINUTE;
    let end = 48 * HOUR;
    let mut waits: Vec<Duration> = [1, 5, 10, 20, 40].map(|minutes| minutes * MINUTE).to_vec();
    let mut total: Duration = waits.iter().sum();
    while total + later <= end {
        waits.push(later);
        total += later;
    }
    waits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_is_tried_for_two_days() {
        let waits = mail_schedule();
        let total: Duration = waits.iter().sum();
        assert_eq!(waits.first(), Some(&MINUTE));
        assert!(
            total <= 48 * HOUR && total + 67 * MINUTE > 48 * HOUR,
            "{total:?}"
        );
    }

    #[test]
    fn webhooks_are_tried_for_a_day() {
        let total: Duration = quick_schedule().iter().sum();
        assert_eq!(total, Duration::from_secs(5 + 30 + 42 * 60 + 23 * 3600));
    }
}
