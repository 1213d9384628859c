//! What tames noise: watches, channels, routes, health.

use std::time::Duration;

use super::{errors, load};
use crate::domain::{ChannelName, Heartbeat, Priority};

const CHANNELS: &str = "
timezone = 'Asia/Ho_Chi_Minh'
[[feed]]
url = 'https://a.example/rss'
tags = ['asia']
[[watch]]
name = 'Sea'
terms = ['East Sea']
tags = ['sea']
cooldown = '2h'
max_age = '7d'
mutes = ['Shipping']
notify = ['desk']
[[watch]]
name = 'Shipping'
terms = ['ship']
notify = ['desk']
[[channel]]
name = 'desk'
type = 'email'
to = ['desk@example.org']
from = 'n@example.org'
smtp = { host = 'smtp.example.org' }
group_wait = '30s'
digest = { at = ['17:00', '07:00'], days = ['mon', 'Friday'], empty = true }
quiet = { from = '22:00', to = '06:30' }
budget = { per_hour = 20 }
escalate = { after = '20m', to = 'phone' }
timezone = 'Europe/Berlin'
[[channel]]
name = 'phone'
type = 'console'
storm = { more_than = 5, in = '10s' }
[[route]]
if = { watch_tag = ['sea'], feed = ['tag:asia'], lang = ['vi'], priority = ['high'], between = ['08:00', '18:00'] }
notify = ['phone']
continue = true
[health]
notify = ['phone']
heartbeat = { channel = 'phone', at = ['07:15'] }
";

#[test]
fn every_key_that_tames_noise_is_read() {
    let config = load(CHANNELS).unwrap().config;
    let sea = config.watches.first().unwrap();
    assert_eq!(sea.cooldown, Some(Duration::from_hours(2)));
    assert_eq!(sea.max_age, Some(Duration::from_hours(7 * 24)));
    assert_eq!(sea.mutes.first().unwrap().0, "Shipping");
    let desk = &config.policies[&ChannelName("desk".into())];
    assert_eq!(desk.zone.iana_name(), Some("Europe/Berlin"));
    assert_eq!(desk.group_wait, Some(Duration::from_secs(30)));
    let digest = desk.digest.as_ref().unwrap();
    assert_eq!(
        digest.at,
        ["07:00".parse().unwrap(), "17:00".parse().unwrap()]
    );
    assert!(digest.empty && digest.days.len() == 2);
    assert_eq!(desk.quiet.unwrap().except, Some(Priority::High));
    assert_eq!(desk.per_hour, Some(20));
    assert_eq!(desk.storm.unwrap().more_than, 20, "on by default for mail");
    assert_eq!(desk.escalate.as_ref().unwrap().to.len(), 1);
    let phone = &config.policies[&ChannelName("phone".into())];
    assert_eq!(phone.storm.unwrap().within, Duration::from_secs(10));
    assert_eq!(phone.zone.iana_name(), Some("Asia/Ho_Chi_Minh"));
    let route = config.routes.first().unwrap();
    assert!(route.goes_on && route.between.is_some() && route.notify.len() == 1);
    assert_eq!(config.health.notify.len(), 1);
    assert!(matches!(
        config.health.heartbeat,
        Some(Heartbeat::Message { .. })
    ));
}

#[test]
fn what_cannot_be_meant_is_said_with_what_to_write() {
    // what is replaced, by what, and a part of what is said
    let cases = [
        (
            "'Asia/Ho_Chi_Minh'",
            "'Ho Chi Minh'",
            "did you mean \"Asia/Ho_Chi_Minh\"",
        ),
        (
            "cooldown = '2h'",
            "cooldown = '5 parsecs'",
            "not a duration",
        ),
        (
            "mutes = ['Shipping']",
            "mutes = ['Shiping']",
            "did you mean \"Shipping\"",
        ),
        (
            "mutes = ['Shipping']",
            "mutes = ['Sea']",
            "cannot mute itself",
        ),
        ("'17:00'", "'5pm'", "not a time of the day"),
        ("'17:00'", "'24:00'", "write \"00:00\""),
        ("'Friday'", "'fry'", "not a day of the week"),
        ("to = '06:30' }", "to = '22:00' }", "when they begin"),
        ("per_hour = 20", "per_hour = 0", "out of range"),
        ("to = 'phone' }", "to = 'desk' }", "escalate to itself"),
        ("to = 'phone' }", "to = 'phon' }", "did you mean \"phone\""),
        ("in = '10s'", "within = '10s'", "no key \"within\""),
        (
            "storm = { more_than = 5, in = '10s' }",
            "storm = 'on'",
            "what a storm can be",
        ),
        (
            "watch_tag = ['sea']",
            "watch_tag = ['see']",
            "did you mean \"sea\"",
        ),
        ("['08:00', '18:00']", "['08:00']", "write two"),
        (
            "channel = 'phone', at = ['07:15']",
            "every = '5m'",
            "a heartbeat asks",
        ),
        (
            "priority = ['high']",
            "priority = ['hi']",
            "is not a priority",
        ),
    ];
    for (written, instead, said) in cases {
        let text = CHANNELS.replace(written, instead);
        assert_ne!(text, CHANNELS, "{written} stands in the file");
        let found: Vec<String> = errors(&text)
            .iter()
            .map(|problem| {
                format!(
                    "{} {}",
                    problem.message,
                    problem.hint.clone().unwrap_or_default()
                )
            })
            .collect();
        assert!(
            found.iter().any(|one| one.contains(said)),
            "{instead}: {found:?}"
        );
    }
}

#[test]
fn webhooks_join_nothing_unless_told() {
    let text = "[[channel]]\nname = 'h'\ntype = 'webhook'\nurl = 'https://hooks.example/x'\n";
    let config = load(text).unwrap().config;
    let policy = config.policies.values().next().unwrap();
    assert!(policy.storm.is_none() && !policy.joins);
}
