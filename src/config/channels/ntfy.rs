//! A topic of ntfy.

use super::{Check, address};
use crate::channel::{ChannelKind, NtfySettings};
use crate::config::problem::Report;
use crate::config::secrets::{RawSecret, SECRET};
use crate::config::section::Section;

/// The public server.
const SERVER: &str = "https://ntfy.sh/";

/// Reads the keys of such a channel.
pub(super) fn read(section: &mut Section<'_>, report: &Report) -> Check {
    let topic = section
        .required("topic", report)
        .and_then(|topic| topic.string(report));
    let token = section
        .value("token")
        .and_then(|token| RawSecret::read(token, SECRET, report));
    let server = section.string("server", report);
    Box::new(move |checking| {
        let report = checking.vault.report;
        let topic = address::word(topic.as_ref(), "a topic", "newswatch-7f3a", report);
        let token = match &token {
            Some(token) => Some(address::token(Some(token), checking)?),
            None => None,
        };
        Some(ChannelKind::Ntfy(NtfySettings {
            server: address::server(server.as_ref(), SERVER, checking)?,
            topic: topic?,
            token,
        }))
    })
}
