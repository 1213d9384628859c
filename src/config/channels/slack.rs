//! A Slack channel: the address of an incoming webhook.

use url::Url;

use super::{Check, address};
use crate::channel::{ChannelKind, SlackSettings};
use crate::config::problem::Report;
use crate::config::section::Section;

/// What the address is, and where it is found.
const EXPECTED: (&str, &str) = (
    "the address of an incoming webhook of Slack",
    "it begins with https://hooks.slack.com/; Slack shows it under Incoming Webhooks of an app",
);

fn looks_right(url: &Url) -> bool {
    url.domain()
        .is_some_and(|host| host.starts_with("hooks.slack"))
}

/// Reads the keys of such a channel.
pub(super) fn read(section: &mut Section<'_>, report: &Report) -> Check {
    let url = address::read(section, "url", report);
    Box::new(move |checking| {
        let kept = url.as_ref()?;
        let url = address::check(kept, checking)?;
        address::expect(kept, &url, looks_right, EXPECTED, checking);
        Some(ChannelKind::Slack(SlackSettings { url }))
    })
}
