//! A webhook: its address, its keys, and what its receiver wants beside them.

use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::{Check, TYPES, address};
use crate::channel::{ChannelKind, SigningKey, WebhookMethod, WebhookSettings};
use crate::config::problem::{Kind, Problem, Report};
use crate::config::secrets::{RawSecret, SecretKept, Vault, header_fields};
use crate::config::section::Section;
use crate::config::source::{At, Place};
use crate::config::words::one_of;

/// How many keys sign at most: the old one and the new one.
const MAX_KEYS: usize = 2;

/// The fields that are ours.
const OUR_FIELDS: [&str; 7] = [
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "webhook-id",
    "webhook-timestamp",
    "webhook-signature",
];

/// Hosts that want JSON of a form of their own, by the end of their names, and the service they belong to.
const CHAT_HOSTS: [(&str, &str); 19] = [
    ("hooks.slack-gov.com", "Slack"),
    ("hooks.slack.com", "Slack"),
    ("discord.com", "Discord"),
    ("discordapp.com", "Discord"),
    ("webhook.office.com", "Teams"),
    ("outlook.office.com", "Teams"),
    ("outlook.office365.com", "Teams"),
    ("logic.azure.com", "Teams"),
    ("api.powerplatform.com", "Teams"),
    ("api.telegram.org", "Telegram"),
    ("chat.googleapis.com", "Google Chat"),
    ("ntfy.sh", "ntfy"),
    ("api.pushover.net", "Pushover"),
    ("oapi.dingtalk.com", "DingTalk"),
    ("open.feishu.cn", "Feishu"),
    ("open.larksuite.com", "Lark"),
    ("qyapi.weixin.qq.com", "WeCom"),
    ("api.pushbullet.com", "Pushbullet"),
    ("webexapis.com", "Webex"),
];

/// Reads the keys of such a channel.
pub(super) fn read(section: &mut Section<'_>, report: &Report) -> Check {
    let url = address::read(section, "url", report);
    let secrets = section
        .value("secret")
        .and_then(|secret| RawSecret::read_one_or_more(secret, report));
    let method = section.word("method", "\"POST\", \"PUT\" or \"PATCH\"", report);
    let headers = section
        .table("headers", report)
        .map(|headers| header_fields(headers, report))
        .unwrap_or_default();
    Box::new(move |checking| {
        let (vault, written) = (checking.vault, url.as_ref()?);
        let url = address::check(written, checking)?;
        if matches!(written.kept, SecretKept::Here(_)) {
            report_chat(&written.place, &url, vault.report);
        }
        let secrets = secrets.as_ref().map(|list| keys(list, vault));
        let method = method.as_ref().map_or(Some(WebhookMethod::Post), |method| {
            let words = [
                ("POST", WebhookMethod::Post),
                ("PUT", WebhookMethod::Put),
                ("PATCH", WebhookMethod::Patch),
            ];
            one_of(
                method,
                "a method that brings something",
                &words,
                "",
                vault.report,
            )
        });
        Some(ChannelKind::Webhook(WebhookSettings {
            url,
            secrets: secrets.unwrap_or_default(),
            method: method?,
            headers: fields(&headers, vault),
        }))
    })
}

fn fields(headers: &[(At<String>, RawSecret)], vault: &Vault<'_>) -> Vec<(String, SecretString)> {
    headers
        .iter()
        .filter_map(|(name, value)| {
            let text = name.value.to_ascii_lowercase();
            let is_token = !text.is_empty()
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
            if !is_token || OUR_FIELDS.contains(&text.as_str()) {
                let message = "this field cannot be set";
                let hint = "name a field that the receiver asks for, for example Authorization";
                vault
                    .report
                    .add(Problem::error(&name.place, Kind::BadValue, message).hint(hint));
                return None;
            }
            // What stands in the file is no secret to whoever wrote it there.
            let value = match &value.kept {
                SecretKept::Here(text) => text.clone(),
                _ => vault.open(value)?,
            };
            Some((text, value))
        })
        .collect()
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

/// Warns of a webhook that leads to a service which wants JSON of a form of its own.
fn report_chat(place: &Place, url: &Url, report: &Report) {
    let host = url.host_str().unwrap_or_default().trim_end_matches('.');
    let is_of = |end: &str| {
        host == end
            || host
                .strip_suffix(end)
                .is_some_and(|rest| rest.ends_with('.'))
    };
    let Some((_, service)) = CHAT_HOSTS.iter().find(|(end, _)| is_of(end)) else {
        return;
    };
    // Discord takes Slack's form at an address of its own, and no other.
    let message =
        format!("{service} does not take the JSON of type = \"webhook\", and will refuse it");
    let type_name = service.to_lowercase();
    let hint = if TYPES.iter().any(|known| known.name == type_name) {
        format!("write type = \"{type_name}\"")
    } else {
        format!("send to a receiver of your own that passes it on in the form that {service} wants")
    };
    report.add(Problem::warning(place, Kind::NotSupported, message).hint(hint));
}
