//! What tames noise, over the whole line: what waits says for what, comes in the right message, and is found by `why`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use newswatch::clock::Clock;
use newswatch::config::{self, Config, ProcessEnvironment, Secrets};
use newswatch::daemon;
use newswatch::demo::webhook_sink::{ScriptedAnswer, WebhookSink};
use newswatch::domain::{Silence, Timestamp, WatchName};
use newswatch::ops::why::{Answer, Line, why};
use newswatch::store::Store;
use serde_json::{Value, json};

use crate::support::database;
use crate::support::site::Site;

struct Room {
    site: Site,
    sink: WebhookSink,
    store: Store,
    clock: Clock,
    config: String,
    entries: Vec<[String; 4]>,
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

impl Room {
    /// `channels` are names with the keys of each; every one is a webhook to the same sink.
    async fn open(watches: &str, channels: &[(&str, &str)]) -> Self {
        newswatch::http::install_tls_provider();
        let (site, sink) = (Site::open().await, WebhookSink::start().await.unwrap());
        let mut config = format!(
            "state_dir = '/nonexistent'\ntimezone = 'Asia/Ho_Chi_Minh'\n[poll]\nevery = '1m'\nmin_every = '1m'\n\
             first_poll = 'alert'\n[http]\nallow_private = ['{}', '{}']\n\
             [[feed]]\nurl = '{}'\nname = 'Post'\narticle = 'never'\n{watches}",
            site.addr,
            sink.addr(),
            site.url("/rss"),
        );
        for (name, keys) in channels {
            let channel = format!(
                "[[channel]]\nname = '{name}'\ntype = 'webhook'\nurl = 'http://{}/{name}'\n{keys}\n",
                sink.addr()
            );
            config.push_str(&channel);
        }
        Self {
            site,
            sink,
            store: database::store().await,
            clock: Clock::fixed(at("2026-11-26T03:00:00Z")),
            config,
            entries: Vec::new(),
        }
    }

    fn parsed(&self) -> Config {
        let folder = tempfile::tempdir().unwrap();
        let loaded = config::load_text(
            "test.toml",
            &self.config,
            folder.path(),
            &ProcessEnvironment,
            Secrets::Required,
        );
        loaded.unwrap().config
    }

    async fn publish(&mut self, title: &str) -> String {
        let number = self.entries.len() + 1;
        let link = self.site.url(&format!("/{number}"));
        let entry = [
            number.to_string(),
            title.to_owned(),
            link.clone(),
            "Notes".to_owned(),
        ];
        self.entries.insert(0, entry);
        let entries: Vec<[&str; 4]> = self
            .entries
            .iter()
            .map(|entry| entry.each_ref().map(String::as_str))
            .collect();
        self.site.put_feed("/rss", &entries);
        self.after(2).await;
        link
    }

    async fn pass(&self) {
        let ctx = daemon::context(self.parsed(), self.store.clone(), self.clock.clone());
        daemon::pass(Arc::new(ctx.await.unwrap())).await.unwrap();
    }

    async fn after(&self, minutes: u64) {
        self.clock.advance(Duration::from_mins(minutes));
        self.pass().await;
    }

    /// How many alerts each call to a channel brought.
    fn calls(&self, channel: &str) -> Vec<usize> {
        let received = self.sink.received();
        let of_channel = received
            .iter()
            .filter(|call| call.path == format!("/{channel}") && call.answered == 200);
        of_channel
            .map(|call| {
                let json = call.json().unwrap();
                let listed = json["data"]["alerts"]
                    .as_array()
                    .or(json["alerts"].as_array());
                listed.map_or(1, Vec::len)
            })
            .collect()
    }

    /// The body of each call to a channel.
    fn bodies(&self, channel: &str) -> Vec<Value> {
        let received = self.sink.received();
        let of_channel = received
            .iter()
            .filter(|call| call.path == format!("/{channel}") && call.answered == 200);
        of_channel.map(|call| call.json().unwrap()).collect()
    }

    async fn why(&self, subject: &str) -> BTreeMap<(String, String), Answer> {
        let config = self.parsed();
        let places: Vec<usize> = (0..config.watches.len()).collect();
        let feeds = config.feeds.iter().cloned().collect();
        let line = Line {
            places: &places,
            watches: &config.watches,
            matcher: &config.matcher,
            feeds: &feeds,
            channel: None,
        };
        let answers = why(&self.store, subject, &line).await.unwrap();
        let named = answers.into_iter().map(|answer| {
            let key = (
                answer.watch.clone().unwrap_or_default(),
                answer.channel.clone().unwrap_or_default(),
            );
            (key, answer)
        });
        named.collect()
    }
}

const SEA: &str = "[[watch]]\nname = 'Sea'\nquery = '\"East Sea\"'\n";

#[tokio::test]
async fn why_names_the_first_gate_or_the_receipt_of_every_way() {
    let watches = "[[watch]]\nname = 'Sea'\nquery = '\"East Sea\"'\nmutes = ['Ship']\n\
         [[watch]]\nname = 'Ship'\nquery = 'talks'\nnotify = ['plain']\n\
         [[watch]]\nname = 'Code'\nquery = '\"East Sea\" AND \"code of conduct\"'\nnotify = ['plain']\n\
         [[watch]]\nname = 'Slow'\nquery = 'talks'\nnotify = ['plain']\ncooldown = '2h'\n";
    let mut room = Room::open(
        watches,
        &[
            ("plain", ""),
            ("morning", "digest = { at = ['07:00'] }"),
            ("night", "quiet = { from = '09:00', to = '12:00' }"),
            ("grouped", "group_wait = '30s'"),
            ("few", "budget = { per_hour = 1 }"),
        ],
    )
    .await;
    room.publish("First talks on the East Sea").await;
    let link = room.publish("More talks on the East Sea").await;
    room.sink.script([ScriptedAnswer::status(500)]);
    let found = room.why(&link).await;
    let gate = |watch: &str, channel: &str| {
        let key = (watch.to_owned(), channel.to_owned());
        found
            .get(&key)
            .map(|answer| answer.gate.clone())
            .unwrap_or_default()
    };
    assert_eq!(gate("Sea", "plain"), "delivered");
    assert_eq!(gate("Sea", "morning"), "digest");
    assert_eq!(gate("Sea", "night"), "quiet");
    assert_eq!(gate("Sea", "grouped"), "group-wait");
    assert_eq!(gate("Sea", "few"), "budget");
    assert_eq!(gate("Slow", "plain"), "cooldown");
    assert_eq!(gate("Ship", ""), "muted");
    assert_eq!(gate("Code", ""), "not-matched");
    let code = &found[&("Code".to_owned(), String::new())];
    assert!(code.explanation.contains("code of conduct"), "{code:?}");
    let night = &found[&("Sea".to_owned(), "night".to_owned())];
    assert!(
        night.explanation.contains("2026-11-26T05:00:00Z"),
        "{night:?}"
    );

    let unknown = room.why("https://elsewhere.example/x").await;
    assert_eq!(unknown.values().next().unwrap().gate, "never-seen");
}

#[tokio::test]
async fn every_match_is_in_exactly_one_digest_and_a_missed_one_comes_once() {
    let mut room = Room::open(SEA, &[("desk", "digest = { at = ['07:00', '17:00'] }")]).await;
    for number in 0..3 {
        room.publish(&format!("East Sea {number}")).await;
    }
    assert_eq!(room.calls("desk"), [0; 0]);
    // 10:00 there; at 17:00 the digest comes.
    room.after(7 * 60).await;
    assert_eq!(room.calls("desk"), [3]);
    room.publish("East Sea 4").await;
    // Two days without newswatch: one digest for all that was missed.
    room.after(2 * 24 * 60).await;
    room.after(1).await;
    assert_eq!(room.calls("desk"), [3, 1]);
}

#[tokio::test]
async fn what_quiet_hours_and_cooldown_keep_comes_after_them() {
    let watches = "[[watch]]\nname = 'Sea'\nquery = '\"East Sea\"'\ncooldown = '2h'\n";
    let mut room = Room::open(watches, &[("desk", "")]).await;
    room.publish("East Sea 1").await;
    room.publish("East Sea 2").await;
    room.publish("East Sea 3").await;
    assert_eq!(room.calls("desk"), [1]);
    room.after(121).await;
    assert_eq!(room.calls("desk"), [1, 2]);

    let quiet = "quiet = { from = '09:00', to = '12:00' }";
    let mut room = Room::open(SEA, &[("desk", quiet)]).await;
    room.publish("East Sea 1").await;
    assert_eq!(room.calls("desk"), [0; 0]);
    room.after(121).await;
    assert_eq!(room.calls("desk"), [1]);
}

#[tokio::test]
async fn a_storm_is_two_messages_beside_the_first_ones_and_loses_nothing() {
    let storm = "storm = { more_than = 5, in = '60s' }";
    let mut room = Room::open(SEA, &[("desk", storm)]).await;
    for number in 0..30 {
        let (guid, title) = (format!("n{number}"), format!("East Sea {number}"));
        room.entries
            .insert(0, [guid, title, String::new(), "Notes".to_owned()]);
    }
    room.publish("East Sea last").await;
    assert_eq!(room.calls("desk"), [1; 5]);
    room.after(1).await;
    room.publish("East Sea later").await;
    room.after(11).await;
    let calls = room.calls("desk");
    assert_eq!(calls.len(), 7, "{calls:?}");
    let counts = room.store.report().await.unwrap().counts;
    assert_eq!((counts.delivered, counts.waiting), (32, 0));
}

#[tokio::test]
async fn a_digest_says_its_span_what_is_usual_what_was_held_and_how_the_sources_were_read() {
    let watches = "[[watch]]\nname = 'Sea'\nquery = '\"East Sea\"'\nmutes = ['Ship']\n\
                   [[watch]]\nname = 'Ship'\nquery = 'ship'\n[[watch]]\nname = 'Oil'\nquery = 'oil'\n";
    let mut room = Room::open(watches, &[("desk", "digest = { at = ['07:00'] }")]).await;
    for day in 0..9 {
        for number in 0..2 {
            room.publish(&format!("East Sea {day} {number}")).await;
        }
        room.after(24 * 60 - 4).await;
    }
    for number in 0..5 {
        room.publish(&format!("East Sea last {number}")).await;
    }
    room.publish("East Sea, a ship").await;
    room.after(24 * 60 - 12).await;
    let digests = room.bodies("desk");
    let [.., before, digest] = &digests[..] else {
        panic!("{} digests", digests.len());
    };
    let (before, digest) = (&before["data"], &digest["data"]);
    assert_eq!(digest["from"], before["until"]);
    assert_eq!(digest["alerts"].as_array().unwrap().len(), 6);
    let themes: Vec<_> = digest["themes"].as_array().unwrap().iter().collect();
    let named = themes
        .iter()
        .map(|theme| (&theme["watch"], &theme["usual"]));
    let expected = [
        (&json!("Sea"), &json!(2.0)),
        (&json!("Ship"), &json!(null)),
        (&json!("Oil"), &json!(null)),
    ];
    assert_eq!(named.collect::<Vec<_>>(), expected);
    assert_eq!(digest["held"], json!([["muted by another watch", 1]]));
    assert_eq!(digest["coverage"]["sources"], 1);
    let read = &digest["coverage"]["summary_only"];
    assert_eq!(*read, json!([["no page was asked for", 6]]));
    assert_eq!(digest["schedule"], "daily at 07:00");
    // Too little is known in the first days.
    assert_eq!(digests[2]["data"]["themes"][0]["usual"], json!(null));
}

#[tokio::test]
async fn a_storm_says_where_it_comes_from_and_what_is_usual_there() {
    let storm = "storm = { more_than = 5, in = '60s' }";
    let mut room = Room::open(SEA, &[("desk", storm)]).await;
    for day in 0..9 {
        room.publish(&format!("East Sea {day}")).await;
        room.after(24 * 60 - 2).await;
    }
    for number in 0..30 {
        let (guid, title) = (format!("n{number}"), format!("East Sea {number} of many"));
        room.entries
            .insert(0, [guid, title, String::new(), "Notes".to_owned()]);
    }
    room.publish("East Sea last").await;
    room.after(1).await;
    room.publish("East Sea later").await;
    room.after(11).await;
    let told = room.bodies("desk");
    let storms: Vec<&Value> = told
        .iter()
        .filter(|body| body["type"] == "newswatch.storm")
        .map(|body| &body["data"])
        .collect();
    assert_eq!(storms.len(), 2);
    let mut alerts = 0;
    for storm in storms {
        let count = storm["sources"][0]["alerts"].as_u64().unwrap();
        alerts += count;
        let source = json!({
            "watch": "Sea", "alerts": count, "usual_a_day": 1.0, "feed": ["Post", count, 1.0]
        });
        assert_eq!(storm["sources"], json!([source]));
        assert!(storm["from"].is_string(), "{storm}");
    }
    assert_eq!(alerts, 27);
}

#[tokio::test]
async fn a_silence_holds_and_is_counted_and_the_held_can_be_sent_after_all() {
    let mut room = Room::open(SEA, &[("desk", "")]).await;
    let now = room.clock.now();
    let silence = Silence {
        id: 0,
        watch: Some(WatchName("Sea".into())),
        feed: None,
        story: None,
        story_id: None,
        text: None,
        author: "an".into(),
        reason: "known".into(),
        from: now,
        until: now.checked_add(Duration::from_hours(1)).unwrap(),
        held: 0,
    };
    room.store.add_silence(silence).await.unwrap();
    let link = room.publish("East Sea 1").await;
    assert_eq!(room.calls("desk"), [0; 0]);
    let found = room.why(&link).await;
    let answer = &found[&("Sea".to_owned(), "desk".to_owned())];
    assert_eq!(answer.gate, "silenced");
    assert!(answer.explanation.contains("by an until"), "{answer:?}");
    let counts = room.store.report().await.unwrap().counts;
    assert_eq!((counts.legs, counts.legs_held), (1, 1));
    assert_eq!(room.store.silences(now).await.unwrap()[0].held, 1);

    let selection = newswatch::store::RetrySelection {
        id: answer.alert.clone(),
        ..newswatch::store::RetrySelection::default()
    };
    room.store.retry(selection, now).await.unwrap();
    room.after(61).await;
    assert_eq!(room.calls("desk"), [1]);
    room.publish("East Sea 2").await;
    let detail = &room.store.alert("alr_").await.unwrap()[1];
    assert!(detail.alert.notes[0].contains("A silence by an ended"));
}

#[tokio::test]
async fn what_is_acknowledged_goes_to_nobody_else_and_what_is_not_does() {
    let keys = [
        ("desk", "escalate = { after = '20m', to = 'phone' }"),
        ("phone", ""),
    ];
    let watches = "[[watch]]\nname = 'Sea'\nquery = '\"East Sea\"'\nnotify = ['desk']\n";
    let mut room = Room::open(watches, &keys).await;
    room.publish("East Sea 1").await;
    assert_eq!(
        (room.calls("desk"), room.calls("phone").len()),
        (vec![1], 0)
    );
    room.after(21).await;
    assert_eq!(room.calls("phone"), [1]);

    let link = room.publish("East Sea 2").await;
    let found = room.why(&link).await;
    let alert = found[&("Sea".to_owned(), "desk".to_owned())]
        .alert
        .clone()
        .unwrap();
    let now = room.clock.now();
    let (alerts, held) = room.store.acknowledge(&alert, "an", now).await.unwrap();
    assert_eq!((alerts, held), (1, 1));
    room.after(21).await;
    assert_eq!(room.calls("phone"), [1]);
    let counts = room.store.report().await.unwrap().counts;
    assert_eq!(
        (counts.delivered, counts.legs_held, counts.waiting),
        (3, 1, 0)
    );
}

#[tokio::test]
async fn what_is_acknowledged_still_comes_in_the_digest_of_whoever_was_to_get_it() {
    let keys = [
        ("desk", "escalate = { after = '20m', to = 'phone' }"),
        ("phone", ""),
        ("morning", "digest = { at = ['07:00'] }"),
    ];
    let watches = "[[watch]]\nname = 'Sea'\nquery = '\"East Sea\"'\nnotify = ['desk', 'morning']\n";
    let mut room = Room::open(watches, &keys).await;
    let link = room.publish("East Sea 1").await;
    let found = room.why(&link).await;
    let of_desk = &found[&("Sea".to_owned(), "desk".to_owned())];
    let (alert, now) = (of_desk.alert.clone().unwrap(), room.clock.now());
    let held = room.store.acknowledge(&alert, "an", now).await.unwrap();
    assert_eq!(held, (1, 1), "the escalation alone");
    room.after(24 * 60).await;
    assert_eq!(room.calls("morning"), [1]);
    assert_eq!(room.calls("phone"), [0; 0]);
}

#[tokio::test]
async fn what_waits_for_one_channel_can_be_moved_to_another() {
    let watches = "[[watch]]\nname = 'Sea'\nquery = '\"East Sea\"'\nnotify = ['desk']\n";
    let mut room = Room::open(watches, &[("desk", "retry = ['1h']"), ("other", "")]).await;
    room.sink.script([ScriptedAnswer::status(500)]);
    room.publish("East Sea 1").await;
    let config = room.parsed();
    let other = config
        .channels
        .iter()
        .find(|channel| channel.name.0 == "other");
    let selection = newswatch::store::RetrySelection {
        channel: Some(newswatch::domain::ChannelName("desk".into())),
        ..newswatch::store::RetrySelection::default()
    };
    let to = other.unwrap().destinations();
    let now = room.clock.now();
    assert_eq!(room.store.move_to(selection, to, now).await.unwrap(), 1);
    room.pass().await;
    assert_eq!(room.calls("other"), [1]);
    let counts = room.store.report().await.unwrap().counts;
    assert_eq!(
        (counts.delivered, counts.waiting, counts.abandoned),
        (1, 0, 0)
    );
}
