//! `[http]`: how we present ourselves, which internal addresses may be fetched, and what one host gets.

use std::time::Duration;

use crate::channel::EmailAddress;
use crate::http::{AllowPrivate, AllowedAddress, AllowedAddressError, HttpSettings, PerHost};

use super::durations;
use super::problem::{Kind, Problem, Report, quoted};
use super::raw::{RawAllowed, RawHttp, RawPerHost};
use super::source::At;

/// Who we are in the `User-Agent` field.
const PRODUCT: &str = concat!("newswatch/", env!("CARGO_PKG_VERSION"));

/// The longest contact: beyond it, servers begin to refuse the header.
const MAX_CONTACT_BYTES: usize = 200;

/// The most requests that one host may get at a time.
const MAX_AT_ONCE: usize = 32;

/// The longest gap between two requests to one host.
const MAX_GAP: Duration = Duration::from_mins(1);

/// Checks the section.
pub(super) fn check(raw: &RawHttp, report: &Report) -> HttpSettings {
    let contact = raw
        .contact
        .as_ref()
        .filter(|contact| is_contact(contact, report));
    let user_agent = user_agent(contact.map(|contact| contact.value.as_str()));
    HttpSettings {
        allow_private: raw
            .allow_private
            .as_ref()
            .map(|allowed| allow_private(allowed, report))
            .unwrap_or_default(),
        per_host: raw
            .per_host
            .as_ref()
            .map(|written| per_host(written, report))
            .unwrap_or_default(),
        ..HttpSettings::new(user_agent)
    }
}

fn allow_private(written: &RawAllowed, report: &Report) -> AllowPrivate {
    let checked = |list: &[At<String>]| -> Vec<AllowedAddress> {
        let entries = list.iter();
        entries
            .filter_map(|entry| allowed_address(entry, report))
            .collect()
    };
    match written {
        // Once for all, so that a mistake is told once.
        RawAllowed::ForAll(list) => AllowPrivate::for_all(&checked(&list.value)),
        RawAllowed::Apart { .. } => {
            let [feeds, pages, webhooks] = written.lists().map(checked);
            AllowPrivate {
                feeds,
                pages,
                webhooks,
            }
        }
    }
}

fn per_host(written: &RawPerHost, report: &Report) -> PerHost {
    let usual = PerHost::default();
    let at_once = written.at_once.as_ref().and_then(|written| {
        let number = usize::try_from(written.value).unwrap_or_default();
        if (1..=MAX_AT_ONCE).contains(&number) {
            return Some(number);
        }
        let message = format!(
            "{} requests at a time to one host are not possible",
            written.value
        );
        let hint =
            format!("write a number from 1 to {MAX_AT_ONCE}; most servers want no more than 2");
        report.add(Problem::error(&written.place, Kind::BadValue, message).hint(hint));
        None
    });
    let gap = written
        .gap
        .as_ref()
        .and_then(|written| durations::check(written, Duration::ZERO..=MAX_GAP, report));
    PerHost {
        at_once: at_once.unwrap_or(usual.at_once),
        gap: gap.unwrap_or(usual.gap),
    }
}

/// How we present ourselves, with the address of somebody to talk to.
#[must_use]
pub fn user_agent(contact: Option<&str>) -> String {
    match contact {
        Some(contact) => format!("{PRODUCT} (+{contact})"),
        None => PRODUCT.to_owned(),
    }
}

/// A contact is the address of a page or a mailbox, and can stand in a comment of a header field
/// (RFC 9110 §5.6.5).
fn is_contact(contact: &At<String>, report: &Report) -> bool {
    let text = &contact.value;
    let fits = text.len() <= MAX_CONTACT_BYTES
        && text
            .chars()
            .all(|c| c.is_ascii_graphic() && !matches!(c, '(' | ')' | '\\'));
    let mailbox = text.strip_prefix("mailto:").unwrap_or(text);
    let leads_somewhere = ["https://", "http://"].iter().any(|scheme| {
        text.strip_prefix(scheme)
            .is_some_and(|rest| !rest.is_empty())
    }) || EmailAddress::parse(mailbox).is_ok();
    if fits && leads_somewhere {
        return true;
    }
    let message = format!(
        "{} is neither a web address nor a mail address",
        quoted(text)
    );
    let hint = "write for example \"https://example.org/about-our-bot\" or \"desk@example.org\", \
                without spaces and parentheses";
    report.add(Problem::error(&contact.place, Kind::BadValue, message).hint(hint));
    false
}

fn allowed_address(entry: &At<String>, report: &Report) -> Option<AllowedAddress> {
    let address = match entry.value.parse() {
        Ok(address) => address,
        Err(AllowedAddressError { problem, .. }) => {
            let message = format!("{} is not an address: {problem}", quoted(&entry.value));
            let problem = Problem::error(&entry.place, Kind::BadValue, message);
            report.add(problem.hint(address_hint(&entry.value)));
            return None;
        }
    };
    if let AllowedAddress::Network(network) = address
        && network.prefix_len() == 0
    {
        let message = format!("{} allows every address", quoted(&entry.value));
        let problem = Problem::warning(&entry.place, Kind::BadValue, message);
        report.add(problem.hint("name only the networks that feeds and webhooks are in"));
    }
    Some(address)
}

fn address_hint(text: &str) -> String {
    let port = text
        .rsplit_once(':')
        .map(|(_, port)| port)
        .unwrap_or_default();
    if text.starts_with("localhost") {
        return match port.parse::<u16>() {
            Ok(port) => format!("write \"127.0.0.1:{port}\""),
            Err(_) => "write \"127.0.0.1\"".to_owned(),
        };
    }
    if let Some(network) = of_stars(text) {
        return format!("write \"{network}\"");
    }
    "write for example \"10.0.0.0/8\", \"127.0.0.1\", \"127.0.0.1:8080\" or \"[::1]:8080\""
        .to_owned()
}

/// The network that an address with stars stands for: `192.168.1.*`.
fn of_stars(text: &str) -> Option<String> {
    let fixed = text.trim_end_matches(".*");
    let stars = (text.len() - fixed.len()) / ".*".len();
    let parts: Vec<u8> = fixed
        .split('.')
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    if stars == 0 || parts.len() + stars != 4 {
        return None;
    }
    let zeros = ".0".repeat(stars);
    Some(format!("{fixed}{zeros}/{}", parts.len() * 8))
}
