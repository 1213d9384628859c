//! What `newswatch why` says: for one article each gate's text as it is printed, and for others why they never came so far.

use std::sync::Arc;
use std::time::Duration;

use newswatch::clock::Clock;
use newswatch::config::{self, Config, ProcessEnvironment, Secrets};
use newswatch::daemon;
use newswatch::domain::{Silence, WatchName};
use newswatch::ops::why::{Line, why};
use newswatch::store::Store;

use crate::support::database;
use crate::support::scripted::{Answer, Scripted};
use crate::support::site::Site;

struct Room {
    site: Site,
    receivers: Scripted,
    store: Store,
    clock: Clock,
}

impl Room {
    fn config(&self) -> Config {
        let mut text = format!(
            "state_dir = '/nonexistent'\ntimezone = 'UTC'\n[poll]\nevery = '1m'\nmin_every = '1m'\nfirst_poll = 'alert'\n\
             [http]\nallow_private = ['127.0.0.0/8']\n\
             [[feed]]\nurl = '{}'\nname = 'Post'\narticle = 'never'\n\
             [[feed]]\nurl = '{}'\nname = 'Archive'\narticle = 'never'\n\
             [[watch]]\nname = 'Sea'\nquery = '\"East Sea\"'\nmutes = ['Ship']\n\
             [[watch]]\nname = 'Ship'\nquery = 'talks'\nnotify = ['plain']\n\
             [[watch]]\nname = 'Code'\nquery = '\"East Sea\" AND \"code of conduct\"'\nnotify = ['plain']\n\
             [[watch]]\nname = 'Slow'\nquery = 'talks'\nnotify = ['plain']\ncooldown = '2h'\n\
             [[watch]]\nname = 'Quiet'\nquery = 'talks'\nnotify = ['plain']\n\
             [[watch]]\nname = 'Fresh'\nquery = 'talks'\nnotify = ['plain']\nmax_age = '1d'\n\
             [[watch]]\nname = 'Elsewhere'\nquery = 'talks'\nfeeds = ['Archive']\nnotify = ['plain']\n\
             [[watch]]\nname = 'Nobody'\nquery = 'talks'\nnotify = []\n",
            self.site.url("/rss"),
            self.site.url("/archive"),
        );
        for (name, keys) in [
            ("plain", ""),
            ("morning", "digest = { at = ['07:00'] }"),
            ("night", "quiet = { from = '02:00', to = '05:00' }"),
            ("grouped", "group_wait = '30s'"),
            ("few", "budget = { per_hour = 1 }"),
            ("stormy", "storm = { more_than = 1, in = '60s' }"),
            ("down", "retry = ['1h', '1h']"),
            ("short", "retry = ['1s']"),
            ("phone", ""),
            ("first", "escalate = { after = '20m', to = 'phone' }"),
        ] {
            let url = self.receivers.url(&format!("/{name}"));
            let table =
                format!("[[channel]]\nname = '{name}'\ntype = 'webhook'\nurl = '{url}'\n{keys}\n");
            text.push_str(&table);
        }
        text.push_str(
            "[[route]]\nif = { watch = ['Sea'] }\nnotify = ['plain', 'morning', 'night', 'grouped', 'few', 'stormy', \
             'down', 'short', 'first']\n",
        );
        let text = text.replace("name = 'Sea'\n", "name = 'Sea'\nnotify = []\n");
        let loaded = config::load_text(
            "test.toml",
            &text,
            std::path::Path::new("/"),
            &ProcessEnvironment,
            Secrets::Required,
        );
        loaded.unwrap().config
    }

    async fn pass(&self) {
        let ctx = daemon::context(self.config(), self.store.clone(), self.clock.clone());
        daemon::pass(Arc::new(ctx.await.unwrap())).await.unwrap();
    }

    /// What is printed, a line a way, without what differs from run to run.
    async fn printed(&self, subject: &str) -> Vec<String> {
        let config = self.config();
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
        let lines = answers.into_iter().map(|answer| {
            let mut names: Vec<String> = Vec::new();
            names.extend(answer.watch);
            names.extend(answer.channel);
            let ids = |word: &str| {
                let is_id = word.starts_with("alr_") || word.starts_with("dlv_");
                // The waits between tries have parts of a second by chance.
                let is_by_chance = word.starts_with("2026-") && word.contains('.');
                match (is_id, is_by_chance) {
                    (true, _) => "ID".to_owned(),
                    (_, true) => "THEN:".to_owned(),
                    (false, false) => word.to_owned(),
                }
            };
            let words: Vec<String> = answer.explanation.split(' ').map(ids).collect();
            format!(
                "{}: {}: {}",
                names.join(" > "),
                answer.gate,
                words.join(" ")
            )
        });
        lines.collect()
    }
}

#[tokio::test]
async fn each_gate_says_in_words_what_it_rests_on() {
    newswatch::http::install_tls_provider();
    let room = Room {
        site: Site::open().await,
        receivers: Scripted::open().await,
        store: database::store().await,
        clock: Clock::fixed("2026-11-26T03:00:00Z".parse().unwrap()),
    };
    for name in [
        "plain", "morning", "night", "grouped", "few", "stormy", "phone", "first",
    ] {
        room.receivers
            .say(&format!("/{name}"), &[Answer::status(204)]);
    }
    room.receivers
        .say("/down", &[Answer::status(500).body("database is down")]);
    room.receivers.say("/short", &[Answer::status(500)]);
    let now = room.clock.now();
    let silence = Silence {
        id: 0,
        watch: Some(WatchName("Quiet".into())),
        feed: None,
        story: None,
        story_id: None,
        text: None,
        author: "an".into(),
        reason: "known until Friday".into(),
        from: now,
        until: now + Duration::from_hours(8),
        held: 0,
    };
    room.store.add_silence(silence).await.unwrap();
    let entry = |number: u32, title: &str, date: &str| {
        let link = room.site.url(&format!("/{number}"));
        format!(
            "<item><guid isPermaLink='false'>{number}</guid><title>{title}</title><link>{link}</link>\
             <pubDate>{date}</pubDate><description>Notes</description></item>"
        )
    };
    let feed = |items: &str| {
        let text = format!(
            "<?xml version='1.0'?><rss version='2.0'><channel><title>Post</title>{items}</channel></rss>"
        );
        crate::support::site::Page::Document("application/rss+xml", text)
    };
    let first = entry(
        1,
        "First talks on the East Sea",
        "Thu, 26 Nov 2026 02:00:00 GMT",
    );
    room.site.put("/archive", feed(""));
    room.site.put("/rss", feed(&first));
    room.pass().await;
    let second = entry(
        2,
        "More talks on the East Sea",
        "Mon, 23 Nov 2026 02:00:00 GMT",
    );
    room.site.put("/rss", feed(&format!("{second}{first}")));
    for _ in 0..3 {
        room.clock.advance(Duration::from_mins(1));
        room.pass().await;
    }

    let printed = room.printed(&room.site.url("/2")).await;
    let expected = [
        "Sea > plain: delivered: delivered 2026-11-26T03:02:00Z as ID",
        "Sea > morning: digest: waiting: it comes with the digest of 2026-11-26T07:00:00Z",
        "Sea > night: quiet: waiting: quiet hours until 2026-11-26T05:00:00Z",
        "Sea > grouped: delivered: delivered 2026-11-26T03:03:00Z as ID",
        "Sea > few: budget: waiting: the budget of 1 messages an hour is spent: it comes with the digest of \
         2026-11-26T04:00:00Z",
        "Sea > stormy: delivered: delivered 2026-11-26T03:02:00Z as ID",
        "Sea > down: refused: waiting for the channel after 1 try, next try THEN: 127.0.0.1 answered 500: database is \
         down",
        "Sea > short: given-up: given up 2026-11-26T03:03:00Z after 2 tries: 127.0.0.1 answered 500",
        "Sea > first: delivered: delivered 2026-11-26T03:02:00Z as ID",
        "Sea > phone: escalation: waiting: told at 2026-11-26T03:22:00Z if nobody acknowledges what went to first until \
         then",
        "Ship: muted: held at 2026-11-26T03:02:00Z: muted by the watch Sea, which fired on the same story",
        "Code: not-matched: not matched: it lacks `\"code of conduct\"`",
        "Slow > plain: cooldown: waiting: the watch was told of lately: cooldown until 2026-11-26T05:00:00Z",
        "Quiet > plain: silenced: held: silence 1 by an until 2026-11-26T11:00:00Z: known until Friday",
        "Fresh: too-old: held at 2026-11-26T03:02:00Z: the article of 2026-11-23T02:00:00Z was older than max_age when it \
         was found: 24 h",
        "Elsewhere: other-feeds: the watch does not look at this feed (feeds)",
        "Nobody: no-channel: the alert goes to no channel (notify, routes)",
    ];
    assert_eq!(printed, expected, "{printed:#?}");

    let unknown = room.printed("https://elsewhere.example/x").await;
    assert_eq!(
        unknown,
        [
            ": never-seen: never seen: no feed has announced it, and none of the feeds is of elsewhere.example"
        ]
    );
}
