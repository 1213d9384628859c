//! `[http]`: how we present ourselves, and which internal addresses may be fetched.

use crate::channel::EmailAddress;
use crate::http::{AllowedAddress, AllowedAddressError, HttpSettings};

use super::problem::{Kind, Problem, Report, quoted};
use super::raw::RawHttp;
use super::source::At;

/// Who we are in the `User-Agent` field.
const PRODUCT: &str = concat!("newswatch/", env!("CARGO_PKG_VERSION"));

/// The longest contact: beyond it, servers begin to refuse the header.
const MAX_CONTACT_BYTES: usize = 200;

/// Checks the section.
pub(super) fn check(raw: &RawHttp, report: &Report) -> HttpSettings {
    let contact = raw
        .contact
        .as_ref()
        .filter(|contact| is_contact(contact, report));
    HttpSettings {
        user_agent: user_agent(contact.map(|contact| contact.value.as_str())),
        allow_private: raw
            .allow_private
            .iter()
            .flat_map(|list| &list.value)
            .filter_map(|entry| allowed_address(entry, report))
            .collect(),
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
    "write for example \"10.0.0.0/8\", \"127.0.0.1\", \"127.0.0.1:8080\" or \"[::1]:8080\""
        .to_owned()
}
