//! The whole line: from a feed to a mailbox and a webhook.

use std::collections::BTreeSet;
use std::time::Duration;

use newswatch::clock::Clock;
use newswatch::demo::newsroom::Publishing;
use newswatch::demo::webhook_sink::{Received, ScriptedAnswer};
use newswatch::domain::DeliveryState;
use newswatch::store::{AlertFilter, AlertLine, Store};

use crate::support::newsroom::{World, expected, expected_stories};

async fn open(world: &World) -> Store {
    world.store().await
}

#[tokio::test]
async fn every_watch_fires_where_it_must_and_nowhere_else() {
    let world = World::open(Publishing::AllAtOnce).await;
    world
        .pass(open(&world).await, Clock::system())
        .await
        .unwrap();
    let alerted = world.alerted();
    let as_set: BTreeSet<_> = alerted.iter().cloned().collect();
    assert_eq!(as_set, expected());
    assert_eq!(alerted.len(), as_set.len(), "an alert came twice");
}

#[tokio::test]
async fn a_mail_arrives_for_every_alert_under_the_id_of_its_delivery() {
    let world = World::open(Publishing::AllAtOnce).await;
    world
        .pass(open(&world).await, Clock::system())
        .await
        .unwrap();
    let mails = world.mail.mails();
    assert_eq!(mails.len(), expected_stories().len());
    let ids: BTreeSet<String> = mails.iter().map(|mail| message_id(&mail.data)).collect();
    assert_eq!(ids.len(), mails.len());
    assert!(ids.iter().all(|id| id.starts_with("<dlv_")), "{ids:?}");
}

pub(crate) fn message_id(data: &[u8]) -> String {
    String::from_utf8_lossy(data)
        .lines()
        .find_map(|line| line.strip_prefix("Message-ID: "))
        .expect("a Message-ID")
        .trim()
        .to_owned()
}

#[tokio::test]
async fn a_second_pass_right_after_the_first_sends_nothing() {
    let world = World::open(Publishing::AllAtOnce).await;
    let clock = Clock::fixed(Clock::system().now());
    let store = open(&world).await;
    world.pass(store.clone(), clock.clone()).await.unwrap();
    let (calls, mails) = (world.webhook.received().len(), world.mail.mails().len());
    world.pass(store.clone(), clock.clone()).await.unwrap();
    clock.advance(Duration::from_hours(1));
    world.pass(store, clock).await.unwrap();
    assert_eq!(world.webhook.received().len(), calls);
    assert_eq!(world.mail.mails().len(), mails);
}

#[tokio::test]
async fn an_unchanged_feed_is_asked_for_with_its_validators_and_answers_304() {
    let world = World::open(Publishing::AllAtOnce).await;
    let clock = Clock::fixed(Clock::system().now());
    let store = open(&world).await;
    world.pass(store.clone(), clock.clone()).await.unwrap();
    clock.advance(Duration::from_hours(1));
    world.pass(store, clock).await.unwrap();
    for outlet in newswatch::demo::newsroom::Outlet::ALL {
        let served = world.newsroom.served(outlet.feed_path());
        assert_eq!((served.whole, served.not_modified), (1, 1), "{outlet:?}");
    }
}

#[tokio::test]
async fn a_story_that_comes_out_later_is_alerted_when_it_comes_out() {
    let world = World::open(Publishing::StoryByStory).await;
    let clock = Clock::fixed(Clock::system().now());
    let store = open(&world).await;
    world.pass(store.clone(), clock.clone()).await.unwrap();
    assert!(world.alerted().is_empty());
    while world.newsroom.release_next().is_some() {}
    clock.advance(Duration::from_hours(1));
    world.pass(store, clock).await.unwrap();
    let alerted: BTreeSet<_> = world.alerted().into_iter().collect();
    assert_eq!(alerted, expected());
}

#[tokio::test]
async fn a_webhook_that_fails_is_tried_again_under_the_same_id_while_mail_goes_on() {
    let world = World::open(Publishing::AllAtOnce).await;
    let clock = Clock::fixed(Clock::system().now());
    let store = open(&world).await;
    let count = expected().len();
    let failures = 4;
    let bad = std::iter::repeat_n(ScriptedAnswer::status(500), failures);
    world.webhook.script(bad);
    for probe in 1..=failures {
        world.pass(store.clone(), clock.clone()).await.unwrap();
        assert_eq!(world.webhook.received().len(), probe, "one message probes");
        let mails = expected_stories().len();
        assert_eq!(world.mail.mails().len(), mails, "mail must not wait");
        clock.advance(Duration::from_secs(75));
    }
    world.pass(store.clone(), clock).await.unwrap();
    let calls = world.webhook.received();
    assert_eq!(calls.len(), failures + count);
    let ids = |calls: &[Received]| -> Vec<String> {
        let id = |call: &Received| call.header("webhook-id").unwrap().to_owned();
        calls.iter().map(id).collect()
    };
    let accepted = ids(&calls[failures..]);
    assert_eq!(accepted.iter().collect::<BTreeSet<_>>().len(), count);
    let tried = ids(&calls[..failures]);
    let first_three = &accepted[..3];
    assert_eq!(
        &tried[..3],
        first_three,
        "each time another one, the oldest first"
    );
    assert_eq!(
        tried[3], accepted[0],
        "then it is the channel, and its oldest probes"
    );
    let counts = store.report().await.unwrap().counts;
    assert_eq!(
        usize::try_from(counts.delivered).unwrap(),
        2 * count,
        "by mail and by webhook"
    );
    assert_eq!(counts.waiting + counts.abandoned, 0);
}

#[tokio::test]
async fn retry_after_holds_the_whole_channel_and_uses_up_no_try() {
    let world = World::open(Publishing::AllAtOnce).await;
    let clock = Clock::fixed(Clock::system().now());
    let store = open(&world).await;
    let wait = ScriptedAnswer::status(429).with_header("retry-after", "120");
    world.webhook.script([wait]);
    world.pass(store.clone(), clock.clone()).await.unwrap();
    assert_eq!(world.webhook.received().len(), 1, "one call, then silence");

    clock.advance(Duration::from_secs(119));
    world.pass(store.clone(), clock.clone()).await.unwrap();
    assert_eq!(world.webhook.received().len(), 1, "a call came too early");

    clock.advance(Duration::from_secs(1));
    world.pass(store.clone(), clock).await.unwrap();
    assert_eq!(world.webhook.received().len(), 1 + expected().len());
    let lines = store
        .alerts(AlertFilter {
            watch: None,
            since: None,
            limit: 100,
        })
        .await
        .unwrap();
    for line in lines {
        let AlertLine::Raised { deliveries, .. } = line else {
            continue;
        };
        assert!(
            deliveries.iter().all(|delivery| delivery.tries == 1
                && matches!(delivery.state, DeliveryState::Sent { .. }))
        );
    }
}

#[tokio::test]
async fn a_delivery_that_is_given_up_is_kept_and_can_be_sent_again() {
    let world = World::open(Publishing::AllAtOnce).await;
    let clock = Clock::fixed(Clock::system().now());
    let store = open(&world).await;
    let count = expected().len();
    let text = std::fs::read_to_string(&world.config_path).unwrap();
    let text = text.replace("name = \"hook\"", "name = \"hook\"\nretry = []");
    std::fs::write(&world.config_path, text).unwrap();
    // One try for each delivery, one delivery for each probe.
    world
        .webhook
        .script(std::iter::repeat_n(ScriptedAnswer::status(500), count));
    for _ in 0..count {
        world.pass(store.clone(), clock.clone()).await.unwrap();
        clock.advance(Duration::from_secs(75));
    }
    let counts = store.report().await.unwrap().counts;
    assert_eq!(usize::try_from(counts.abandoned).unwrap(), count);
    assert_eq!(usize::try_from(counts.delivered).unwrap(), count, "by mail");
    assert_eq!(counts.legs, counts.delivered + counts.abandoned);

    let all = newswatch::store::RetrySelection {
        channel: Some(newswatch::domain::ChannelName("hook".into())),
        ..Default::default()
    };
    assert_eq!(store.retry(all, clock.now()).await.unwrap(), count);
    world.pass(store.clone(), clock).await.unwrap();
    let counts = store.report().await.unwrap().counts;
    assert_eq!(
        (usize::try_from(counts.delivered).unwrap(), counts.abandoned),
        (2 * count, 0)
    );
}
