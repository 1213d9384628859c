//! An Apprise API server.

use super::{Check, address};
use crate::channel::{AppriseSettings, ChannelKind};
use crate::config::problem::{Kind, Problem, Report};
use crate::config::secrets::RawSecret;
use crate::config::section::Section;

/// Reads the keys of such a channel: `key` names a configuration that the server keeps, `urls` are passed along.
pub(super) fn read(section: &mut Section<'_>, report: &Report) -> Check {
    let place = section.place.clone();
    let server = section
        .required("server", report)
        .and_then(|server| server.string(report));
    let key = section.string("key", report);
    let tags = section.string("tags", report);
    let urls = section
        .value("urls")
        .and_then(|urls| RawSecret::read_one_or_more(urls, report));
    Box::new(move |checking| {
        let report = checking.vault.report;
        if key.is_none() && urls.is_none() {
            let message = "neither \"key\" nor \"urls\" says whom to notify";
            let hint =
                "write key = \"NAME\" of a configuration that the server keeps, or urls = [...]";
            report.add(Problem::error(&place, Kind::MissingKey, message).hint(hint));
            return None;
        }
        let kept = urls.iter().flat_map(|urls| &urls.value);
        let urls = kept
            .map(|url| checking.vault.open(url))
            .collect::<Option<Vec<_>>>();
        let key = match &key {
            Some(key) => Some(address::word(Some(key), "a key", "newsdesk", report)?),
            None => None,
        };
        Some(ChannelKind::Apprise(AppriseSettings {
            server: address::server(Some(server.as_ref()?), "", checking)?,
            key,
            urls: urls?,
            tags: tags.as_ref().map(|tags| tags.value.clone()),
        }))
    })
}
