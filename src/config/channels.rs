//! `[[channel]]`: where alerts go.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use crate::channel::{ChannelKind, ChannelSettings, SigningKey, WebhookSettings};
use crate::domain::ChannelName;

use super::names::{self, Taken};
use super::paths;
use super::problem::{Kind, Problem, Report, quoted};
use super::raw::{RawChannel, RawSecret, SecretKept};
use super::secrets::Vault;
use super::section::report_missing;
use super::source::{At, Place};
use super::suggest::nearest;
use super::{durations, mail};

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

/// The types that exist.
pub(super) const TYPES: [&str; 4] = ["email", "webhook", "console", "file"];

/// The types that are announced, and that a webhook stands in for until then.
const ANNOUNCED_TYPES: [&str; 8] = [
    "slack",
    "discord",
    "teams",
    "telegram",
    "ntfy",
    "matrix",
    "mattermost",
    "gotify",
];

/// The keys that only some types have.
const KEYS_OF_TYPES: [(&str, &str); 6] = [
    ("url", "webhook"),
    ("secret", "webhook"),
    ("to", "email"),
    ("from", "email"),
    ("smtp", "email"),
    ("path", "file"),
];

/// The most waits of a schedule: one a minute for a day and more.
const MAX_WAITS: usize = 2_000;

/// The longest wait between two tries.
const MAX_WAIT: Duration = Duration::from_hours(7 * 24);

/// How many keys sign at most: the old one and the new one.
const MAX_KEYS: usize = 2;

/// Checks all channels. One that cannot be used is left out.
pub(super) fn check(raw: &[RawChannel], vault: &Vault<'_>) -> Vec<ChannelSettings> {
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
            channel(written, vault)
        })
        .collect()
}

fn channel(raw: &RawChannel, vault: &Vault<'_>) -> Option<ChannelSettings> {
    let written = raw.type_name.as_ref()?;
    let type_name = known_type(written, vault.report)?;
    report_foreign_keys(raw, type_name, vault.report);
    let retry = match &raw.retry {
        Some(list) => schedule(list, vault.report),
        None => default_schedule(type_name),
    };
    let kind = match type_name {
        "email" => ChannelKind::Email(mail::check(raw, vault)?),
        "webhook" => ChannelKind::Webhook(webhook(raw, vault)?),
        "file" => file(raw, vault.report)?,
        _ => ChannelKind::Console,
    };
    Some(ChannelSettings {
        name: ChannelName(raw.name.as_ref()?.value.clone()),
        kind,
        retry,
    })
}

fn known_type(written: &At<String>, report: &Report) -> Option<&'static str> {
    let name = written.value.as_str();
    if let Some(known) = TYPES.into_iter().find(|known| *known == name) {
        return Some(known);
    }
    let problem = if ANNOUNCED_TYPES.contains(&name) {
        let message = format!(
            "the type {} is not yet supported in this version",
            quoted(name)
        );
        Problem::error(&written.place, Kind::NotSupported, message)
            .hint("use type = \"webhook\" and a receiver that passes it on")
    } else {
        let message = format!("there is no channel type {}", quoted(name));
        let hint = match nearest(name, TYPES.into_iter().chain(["mail"])) {
            Some("mail") => "did you mean \"email\"?".to_owned(),
            Some(meant) => format!("did you mean \"{meant}\"?"),
            None => format!("the types are: {}", TYPES.join(", ")),
        };
        Problem::error(&written.place, Kind::BadValue, message).hint(hint)
    };
    report.add(problem);
    None
}

/// Whether a key belongs to channels of other types than this one, which exists.
pub(super) fn is_of_another_type(key: &str, type_name: &str) -> bool {
    TYPES.contains(&type_name)
        && KEYS_OF_TYPES
            .iter()
            .any(|(known, owner)| *known == key && *owner != type_name)
}

/// Reports the keys that belong to channels of another type.
fn report_foreign_keys(raw: &RawChannel, type_name: &str, report: &Report) {
    for (key, owner) in KEYS_OF_TYPES {
        if owner == type_name {
            continue;
        }
        let place: Option<&Place> = match key {
            "url" => raw.url.as_ref().map(|at| &at.place),
            "secret" => raw.secrets.as_ref().map(|at| &at.place),
            "to" => raw.to.as_ref().map(|at| &at.place),
            "from" => raw.from.as_ref().map(|at| &at.place),
            "smtp" => raw.smtp.as_ref().map(|smtp| &smtp.place),
            _ => raw.path.as_ref().map(|at| &at.place),
        };
        if let Some(place) = place {
            let message = format!("a channel of type \"{type_name}\" has no key \"{key}\"");
            let hint = format!("it belongs to type = \"{owner}\"");
            report.add(Problem::error(place, Kind::UnknownKey, message).hint(hint));
        }
    }
}

fn webhook(raw: &RawChannel, vault: &Vault<'_>) -> Option<WebhookSettings> {
    let secrets = raw
        .secrets
        .as_ref()
        .map(|list| keys(list, vault))
        .unwrap_or_default();
    let Some(address) = &raw.url else {
        report_missing(&raw.place, "url", vault.report);
        return None;
    };
    let url = secret_address(address, vault)?;
    super::reach::report_unprotected(&address.place, &url, vault.report);
    Some(WebhookSettings { url, secrets })
}

/// Reads an address that lets in whoever knows it, wherever it is kept. One that could not be read, and need not
/// be, has a stand-in that leads nowhere (RFC 2606 §2).
pub(super) fn secret_address(kept: &RawSecret, vault: &Vault<'_>) -> Option<Url> {
    let text = match &kept.kept {
        SecretKept::Here(text) => text.clone(),
        _ => vault.open(kept)?,
    };
    if text.expose_secret().is_empty() && !matches!(kept.kept, SecretKept::Here(_)) {
        return Url::parse("https://address.invalid/").ok();
    }
    let written = At {
        value: text.expose_secret().to_owned(),
        place: kept.place.clone(),
    };
    names::web_address(&written, vault.report)
}

fn keys(list: &At<Vec<RawSecret>>, vault: &Vault<'_>) -> Vec<SecretString> {
    if list.value.len() > MAX_KEYS {
        let message = format!("{} keys are too many", list.value.len());
        let hint = "write one, or two during a rotation: the new one and the old one";
        vault
            .report
            .add(Problem::error(&list.place, Kind::BadValue, message).hint(hint));
    }
    list.value
        .iter()
        .filter_map(|written| {
            let key = vault.open(written)?;
            check_key(&key, &written.place, vault.report);
            Some(key)
        })
        .collect()
}

/// Checks that a key can sign. An empty one stands for one that could not be read, which has been reported.
fn check_key(key: &SecretString, place: &Place, report: &Report) {
    if key.expose_secret().is_empty() {
        return;
    }
    if let Err(message) = SigningKey::parse(key) {
        let message = format!("the key cannot be used: {message}");
        let hint = "make one: echo \"whsec_$(openssl rand -base64 32)\"";
        report.add(Problem::error(place, Kind::Secret, message).hint(hint));
    }
}

fn file(raw: &RawChannel, report: &Report) -> Option<ChannelKind> {
    let Some(path) = &raw.path else {
        report_missing(&raw.place, "path", report);
        return None;
    };
    match paths::resolve(&path.place, &path.value) {
        Ok(full) => Some(ChannelKind::File(full)),
        Err(hint) => {
            let message = format!("{} is not a path", quoted(&path.value));
            report.add(Problem::error(&path.place, Kind::BadValue, message).hint(hint));
            None
        }
    }
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

/// The waits between the tries of one delivery where the configuration gives none.
fn default_schedule(type_name: &str) -> Vec<Duration> {
    if type_name == "email" {
        mail_schedule()
    } else {
        webhook_schedule().to_vec()
    }
}

/// About a day, quick at first: most failures of a receiver are over within minutes.
fn webhook_schedule() -> [Duration; 10] {
    [
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
        let total: Duration = webhook_schedule().iter().sum();
        assert_eq!(total, Duration::from_secs(5 + 30 + 42 * 60 + 23 * 3600));
    }
}
