//! One report in many outlets: who is told what, by mail and by webhook.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use newswatch::clock::Clock;
use newswatch::config::{self, ProcessEnvironment, Secrets};
use newswatch::daemon;
use newswatch::demo::smtp_sink::SmtpSink;
use newswatch::demo::webhook_sink::WebhookSink;
use newswatch::domain::HoldReason;
use newswatch::store::{AlertFilter, AlertLine, Database, Store};
use serde_json::Value;

use crate::line::message_id;
use crate::support::database::{self, Home};
use crate::support::mortal::Mortal;
use crate::support::site::{Page, Site};

/// A report of an agency, a paragraph each.
const WIRE: [&str; 5] = [
    "The harbour council of Port Orrin closed the north pier on Tuesday after divers found cracks below the water line.",
    "Engineer Mara Vell said the cracks run along forty metres of the wall and had grown since the storm in March.",
    "Boats to the outer islands will leave from the coal quay until the repair is done, the council said in a statement.",
    "The repair of the north pier is expected to cost 12 million crowns and to last until the end of autumn.",
    "Shopkeepers on the waterfront fear for their summer and have asked the council for a meeting next week.",
];

/// Outlets, each a site with a feed, and a service that reads them all.
struct Desk {
    outlets: Vec<Site>,
    mail: SmtpSink,
    webhook: WebhookSink,
    home: Home,
    store: Store,
    clock: Clock,
}

impl Desk {
    async fn open(outlets: usize) -> Self {
        newswatch::http::install_tls_provider();
        let mut sites = Vec::new();
        for _ in 0..outlets {
            let site = Site::open().await;
            site.put_feed("/rss", &[]);
            sites.push(site);
        }
        let home = Home::new();
        Self {
            outlets: sites,
            mail: SmtpSink::start().await.unwrap(),
            webhook: WebhookSink::start().await.unwrap(),
            store: Store::over(home.open().await).await.unwrap(),
            home,
            clock: Clock::fixed(Clock::system().now()),
        }
    }

    fn config(&self) -> String {
        let feeds = self.outlets.iter().enumerate().map(|(place, site)| {
            let url = site.url("/rss");
            format!("[[feed]]\nurl = \"{url}\"\nname = \"Outlet {place}\"\n")
        });
        let mut private: Vec<String> = self
            .outlets
            .iter()
            .map(|site| site.addr.to_string())
            .collect();
        private.push(self.webhook.addr().to_string());
        format!(
            "state_dir = \"/nonexistent\"\ntimezone = \"Asia/Ho_Chi_Minh\"\n[poll]\nfirst_poll = \"alert\"\n[http]\nallow_private = {private:?}\n{}\
             [[watch]]\nname = \"Pier\"\nquery = '\"north pier\" OR ferry'\nnotify = [\"desk\", \"hook\"]\nspike = \"normal\"\n\
             [[channel]]\nname = \"desk\"\ntype = \"email\"\nto = [\"desk@orrin.example\"]\n\
             from = \"newswatch <watch@orrin.example>\"\nsmtp = {{ host = \"127.0.0.1\", port = {}, tls = \"none\" }}\n\
             [[channel]]\nname = \"hook\"\ntype = \"webhook\"\nurl = \"{}\"\n",
            feeds.collect::<String>(),
            self.mail.address().port(),
            self.webhook.url(),
        )
    }

    /// One outlet brings an article: its page, and an entry in its feed that leads there.
    fn publish(&self, outlet: usize, slug: &str, title: &str, paragraphs: &[&str]) {
        let site = &self.outlets[outlet];
        let path = format!("/{slug}");
        site.put_article(&path, title, paragraphs);
        site.put_feed("/rss", &[[slug, title, &site.url(&path), ""]]);
    }

    /// Reads everything that is new, an hour later, with all that a restarted process knows.
    async fn pass(&self) {
        self.clock.advance(Duration::from_hours(1));
        assert!(self.pass_over(self.store.clone()).await);
    }

    /// One life of the service, over at the latest after so many store calls; tells how many it made.
    async fn life(&self, jobs: usize) -> usize {
        let database = Arc::new(Mortal::over(self.home.open().await, jobs));
        if let Ok(store) = Store::over(Arc::clone(&database) as Arc<dyn Database>).await {
            self.pass_over(store).await;
        }
        jobs - database.left()
    }

    /// Reads everything that is new; tells whether that came to its end.
    async fn pass_over(&self, store: Store) -> bool {
        let folder = tempfile::tempdir().unwrap();
        let environment = ProcessEnvironment;
        let loaded = config::load_text(
            "test.toml",
            &self.config(),
            folder.path(),
            &environment,
            Secrets::Required,
        )
        .unwrap();
        match daemon::context(loaded.config, store, self.clock.clone()).await {
            Ok(ctx) => daemon::pass(Arc::new(ctx)).await.is_ok(),
            Err(_) => false,
        }
    }

    /// The sentences that were told by webhook and the subjects of the mails, since so many came.
    fn told_since(&self, seen: usize) -> Vec<(String, String)> {
        let mails = self.mail.mails();
        let calls = self.webhook.received();
        assert_eq!(
            mails.len(),
            calls.len(),
            "a message each by mail and by webhook"
        );
        let mut told: Vec<(String, String)> = calls
            .iter()
            .zip(&mails)
            .skip(seen)
            .map(|(call, _)| {
                let data = &call.json().unwrap()["data"];
                let text = |key: &str| data[key].as_str().unwrap_or_default().to_owned();
                (text("title"), text("excerpt"))
            })
            .collect();
        told.sort();
        told
    }

    /// A header field of a mail, unfolded.
    fn field(&self, mail: usize, name: &str) -> Option<String> {
        let mails = self.mail.mails();
        let text = String::from_utf8_lossy(&mails[mail].data).replace("\r\n ", " ");
        let head = text.split("\r\n\r\n").next().unwrap_or_default();
        let mut lines = head.lines();
        lines.find_map(|line| {
            Some(
                line.strip_prefix(name)?
                    .strip_prefix(": ")?
                    .trim()
                    .to_owned(),
            )
        })
    }

    async fn held(&self) -> Vec<HoldReason> {
        let filter = AlertFilter {
            watch: None,
            since: None,
            limit: 1000,
        };
        let lines = self.store.alerts(filter).await.unwrap();
        lines
            .into_iter()
            .filter_map(|line| match line {
                AlertLine::Held { reason, .. } => Some(reason),
                AlertLine::Raised { .. } => None,
            })
            .collect()
    }
}

fn told(title: &str, sentence: &str) -> (String, String) {
    (title.to_owned(), sentence.to_owned())
}

const HEADLINE: &str = "North pier of Port Orrin closed";

#[tokio::test]
async fn twenty_outlets_with_one_report_are_one_alert_and_what_they_add_is_told() {
    let desk = Desk::open(20).await;
    desk.publish(0, "wire", HEADLINE, &WIRE);
    desk.pass().await;
    assert_eq!(desk.told_since(0), [told(HEADLINE, WIRE[0])]);

    let beside =
        "The mayor of Sandrey offered the use of two cranes that stand idle in the old shipyard.";
    let corrected = WIRE[3].replace("12 million", "21 million");
    for outlet in 1..17 {
        desk.publish(outlet, "wire", HEADLINE, &WIRE[..(3 + outlet % 3)]);
    }
    desk.publish(17, "wire", "Pier closed", &[&WIRE[..], &[ADDED]].concat());
    desk.publish(18, "wire", HEADLINE, &[&WIRE[..], &[beside]].concat());
    desk.publish(
        19,
        "wire",
        HEADLINE,
        &[&WIRE[..3], &[&corrected], &WIRE[4..]].concat(),
    );
    desk.pass().await;
    let mut expected = [told(HEADLINE, ADDED), told(HEADLINE, &corrected)];
    expected.sort();
    assert_eq!(desk.told_since(1), expected);
    // What copies add is an update in the thread of the alert: by mail, and for programs.
    let first = desk.field(0, "Message-ID").unwrap();
    for mail in [1, 2] {
        assert_eq!(desk.field(mail, "In-Reply-To").as_deref(), Some(&*first));
        assert!(desk.field(mail, "References").unwrap().contains(&first));
        assert_eq!(desk.field(mail, "Subject"), desk.field(0, "Subject"));
    }
    assert_eq!(desk.field(0, "In-Reply-To"), None);
    let calls: Vec<Value> = desk
        .webhook
        .received()
        .iter()
        .map(|call| call.json().unwrap())
        .collect();
    let kinds: Vec<&str> = calls
        .iter()
        .map(|call| call["type"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        ["newswatch.alert", "newswatch.update", "newswatch.update"]
    );
    for update in &calls[1..] {
        assert_eq!(update["data"]["first_alert"], calls[0]["data"]["id"]);
        let addition = &update["data"]["additions"][0]["passages"][0]["text"];
        assert_eq!(*addition, update["data"]["excerpt"]);
        // What the watch looks for is marked in it, by the matcher's own spans.
        let marks = &update["data"]["additions"][0]["passages"][0]["marks"];
        assert!(!marks.as_array().unwrap().is_empty(), "{update}");
    }
    let held = desk.held().await;
    assert_eq!(held.len(), 17);
    let is_copy = |reason: &HoldReason| matches!(reason, HoldReason::Copy { same_words, of_words, .. } if same_words <= of_words);
    assert!(held.iter().all(is_copy), "{held:?}");
}

/// A report, its copies, what one of them adds, and other news: all at once.
async fn after_a_stop(stop_after: usize) -> (Desk, usize) {
    let desk = Desk::open(5).await;
    desk.publish(0, "wire", HEADLINE, &WIRE);
    desk.life(usize::MAX / 2).await;
    for outlet in 1..3 {
        desk.publish(outlet, "wire", HEADLINE, &WIRE[..(3 + outlet)]);
    }
    desk.publish(3, "wire", "Pier closed", &[&WIRE[..], &[ADDED]].concat());
    desk.publish(4, "own", "Ferry company founded in Sandrey", &OTHER_NEWS);
    desk.clock.advance(Duration::from_hours(1));
    let calls = desk.life(stop_after).await;
    (desk, calls)
}

const ADDED: &str =
    "The island council wants a second ferry from the coal quay before the school year begins.";

const OTHER_NEWS: [&str; 2] = [
    "Two brothers from Sandrey founded a ferry company on Monday and bought an old steamer from the museum.",
    "They want to sail to the lighthouse three times a day and to carry the mail for the keepers in winter.",
];

#[tokio::test]
async fn a_stop_at_any_store_call_while_copies_come_loses_nothing_that_they_add_and_tells_nothing_twice()
 {
    let (_, calls) = after_a_stop(usize::MAX / 2).await;
    assert!(calls > 20, "an undisturbed pass makes {calls} store calls");
    let step = if database::is_postgres() { 9 } else { 3 };
    for stop_after in (0..calls).step_by(step) {
        let (desk, _) = after_a_stop(stop_after).await;
        desk.life(usize::MAX / 2).await;
        let mut ids: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let told = desk.webhook.received();
        for call in &told {
            let excerpt = call.json().unwrap()["data"]["excerpt"]
                .as_str()
                .unwrap()
                .to_owned();
            let id = call.header("webhook-id").unwrap().to_owned();
            ids.entry(excerpt).or_default().insert(id);
        }
        let expected = BTreeSet::from([WIRE[0], ADDED, OTHER_NEWS[0]].map(str::to_owned));
        let found: BTreeSet<String> = ids.keys().cloned().collect();
        assert_eq!(found, expected, "stopped after {stop_after} calls");
        assert!(
            ids.values().all(|ids| ids.len() == 1),
            "{ids:?}, stopped after {stop_after}"
        );
        // At most what was under way at the moment of the stop comes twice.
        assert!(told.len() <= 4, "stopped after {stop_after}");
        let mails = desk.mail.mails();
        let mails: Vec<String> = mails.iter().map(|mail| message_id(&mail.data)).collect();
        let distinct: BTreeSet<&String> = mails.iter().collect();
        assert_eq!(distinct.len(), 3, "stopped after {stop_after}");
        assert!(mails.len() <= 4, "stopped after {stop_after}");
    }
}

#[tokio::test]
async fn what_is_written_alike_and_is_other_news_is_told_by_itself() {
    let desk = Desk::open(4).await;
    desk.publish(0, "wire", HEADLINE, &WIRE);
    desk.pass().await;
    let twin = [
        "The town council of Sandrey closed the old bridge on Tuesday after a lorry hit its railing near the ferry.",
        "Mayor Ilo Brandt said the railing is bent along twelve metres and may fall on the road below it.",
        "Buses to the valley will leave from the station square until the repair is done, the council said in a statement.",
        "The repair is expected to cost 300 thousand crowns and to last until the end of next week.",
    ];
    desk.publish(1, "twin", "Old bridge of Sandrey closed", &twin);
    let weather = |high: u32, low: u32, wind: u32| {
        [
            format!(
                "The north pier of Port Orrin will see clouds with a high of {high} degrees and a low of {low} degrees."
            ),
            format!(
                "Winds from the west will reach {wind} kilometres an hour over the bay and the islands by the evening."
            ),
            format!(
                "The chance of rain is put at {wind} percent by the weather office, and at {low} percent for the night."
            ),
        ]
    };
    let days = [weather(19, 8, 40), weather(23, 11, 65)];
    for (outlet, day) in days.iter().enumerate() {
        let paragraphs: Vec<&str> = day.iter().map(String::as_str).collect();
        desk.publish(outlet + 2, "weather", "Weather for Port Orrin", &paragraphs);
    }
    desk.pass().await;
    let mut expected = [
        told("Old bridge of Sandrey closed", twin[0]),
        told("Weather for Port Orrin", &days[0][0]),
        told("Weather for Port Orrin", &days[1][0]),
    ];
    expected.sort();
    assert_eq!(desk.told_since(1), expected);
    assert_eq!(desk.held().await, []);
}

impl Desk {
    /// A running report as it stands after so many of its parts, the newest first, with the time of the last.
    fn publish_blog(&self, parts: &[String]) {
        let site = &self.outlets[0];
        let link = site.url("/blog");
        let newest: Vec<&str> = parts.iter().rev().map(String::as_str).collect();
        site.put_article("/blog", BLOG, &newest);
        let at = jiff::fmt::rfc2822::to_string(&self.clock.now().in_tz("UTC").unwrap());
        let feed = format!(
            "<?xml version='1.0'?><rss version='2.0'><channel><title>Site</title><item><guid isPermaLink='false'>blog</guid>\
             <title>{BLOG}</title><link>{link}</link><pubDate>{}</pubDate></item></channel></rss>",
            at.unwrap()
        );
        site.put("/rss", Page::Document("application/rss+xml", feed));
    }
}

const BLOG: &str = "Storm over Port Orrin: the night as it goes on";

#[tokio::test]
async fn a_running_report_that_grows_ten_times_is_told_once_and_then_what_is_new_of_the_watch() {
    let desk = Desk::open(1).await;
    let part = |number: usize| {
        let what = match number {
            0 => {
                "Waves broke over the north pier of Port Orrin at seven in the evening, and the harbour master closed it."
            }
            3 => {
                "The last ferry from Sandrey came in two hours late with a broken window and all its passengers well."
            }
            8 => {
                "Divers want to look at the north pier as soon as there is light, the harbour council said at dawn."
            }
            _ => "",
        };
        let streets = [
            "Lantern Street",
            "Cooper Lane",
            "Mill Road",
            "Castle Hill",
            "Orchard Row",
            "Station Square",
            "Quarry Bank",
            "Abbey Walk",
            "Potter Yard",
            "Weavers Gate",
        ];
        let beside = format!(
            "Firefighters pumped out {} cellars in {} and took {} people to the school until the morning.",
            number + 3,
            streets[number],
            number * 7 + 11
        );
        if what.is_empty() {
            beside
        } else {
            format!("{what} {beside}")
        }
    };
    let mut parts: Vec<String> = Vec::new();
    for number in 0..10 {
        parts.push(part(number));
        desk.publish_blog(&parts);
        desk.pass().await;
    }
    for _ in 0..30 {
        desk.pass().await;
    }
    let calls = desk.webhook.received();
    let calls: Vec<Value> = calls.iter().map(|call| call.json().unwrap()).collect();
    let kinds: Vec<&str> = calls
        .iter()
        .map(|call| call["type"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        ["newswatch.alert", "newswatch.update", "newswatch.update"]
    );
    let excerpt = calls[0]["data"]["excerpt"].as_str().unwrap();
    assert!(parts[0].starts_with(excerpt), "{excerpt}");
    for (update, told) in calls[1..].iter().zip([3, 8]) {
        let changes = update["data"]["revision"]["changes"].as_array().unwrap();
        assert_eq!(changes.len(), 1, "{changes:?}");
        let after = changes[0]["after"].as_str().unwrap();
        assert!(parts[told].starts_with(after), "{after}");
    }
}

/// Events that have nothing to do with one another but a ferry.
const EVENTS: [(&str, [&str; 3]); 5] = [
    (
        "Ferry runs aground off Tarvik",
        [
            "A ferry with ninety passengers ran aground on a sandbank off Tarvik on Monday night in thick fog.",
            "Captain Oda Lien said the radar had failed an hour before, and that nobody was hurt.",
            "Two tugs from Tarvik are to pull the ship free with the next spring tide.",
        ],
    ),
    (
        "Film about a ferry wins prize in Lombrea",
        [
            "The jury of the Lombrea festival gave its golden lantern to a comedy that plays on a river ferry.",
            "Director Pilar Quesada thanked her grandmother, who sold lemonade on deck for thirty summers.",
            "Critics praised the score by Anton Weiss and the scene in which the cook sings to the pilot.",
        ],
    ),
    (
        "Parliament of Keshmar taxes ferry tickets",
        [
            "Lawmakers in Keshmar voted for a tax of two percent on every ferry ticket from January.",
            "Finance minister Dara Holloway expects nine million in revenue for schools and roads.",
            "The opposition under Yusuf Benn calls the levy a burden on commuters and wants a referendum.",
        ],
    ),
    (
        "Scientists count seals from a ferry",
        [
            "Biologists of Uppingham University counted four hundred grey seals from the deck of a ferry.",
            "Professor Mina Sato reported that the colony has doubled since hunting was banned.",
            "Volunteers with binoculars noted each animal on waterproof sheets for the census.",
        ],
    ),
    (
        "Ferry workers in Drossen strike over pensions",
        [
            "Dockers and stewards in Drossen walked out on Tuesday, and no ferry left for the mainland.",
            "Union leader Karel Novak demands pensions at sixty and a raise of eight percent.",
            "The shipping company Baltline offered talks with a mediator on Thursday morning.",
        ],
    ),
];

impl Desk {
    fn publish_event(&self, outlet: usize, event: usize) {
        let (title, paragraphs) = &EVENTS[event];
        self.publish(outlet, &format!("event-{event}"), title, paragraphs);
    }

    /// What was told by webhook of spikes.
    fn spikes(&self) -> Vec<serde_json::Value> {
        let calls = self.webhook.received();
        let told = calls.iter().map(|call| call.json().unwrap());
        told.filter(|call| call["type"] == "newswatch.spike")
            .collect()
    }
}

#[tokio::test]
async fn a_day_with_far_more_stories_than_usual_is_told_once_with_the_stories_that_made_it() {
    let mut desk = Desk::open(3).await;
    // Three in the morning in Vietnam; the day changes there seven hours before it does in UTC.
    desk.clock = Clock::fixed("2026-11-01T20:00:00Z".parse().unwrap());
    for _ in 0..15 {
        desk.clock.advance(Duration::from_hours(23));
        desk.pass().await;
    }
    desk.clock.advance(Duration::from_hours(23));
    desk.publish_event(0, 0);
    desk.publish_event(1, 1);
    desk.pass().await;
    // A report in another outlet is no further story, and midnight in UTC no other day.
    desk.publish_event(2, 0);
    desk.clock.advance(Duration::from_hours(5));
    desk.pass().await;
    assert_eq!(desk.spikes(), [] as [serde_json::Value; 0]);

    desk.publish_event(0, 2);
    desk.pass().await;
    let spikes = desk.spikes();
    assert_eq!(spikes.len(), 1);
    let data = &spikes[0]["data"];
    assert_eq!(data["watch"], "Pier");
    assert_eq!((&data["stories"], &data["count"]), (&3.into(), &3.into()));
    assert!(data["usual"].as_f64().unwrap() < 0.1, "{data}");
    assert_eq!(data["from"], "2026-11-17T17:00:00Z");
    let mut titles: Vec<&str> = data["alerts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|alert| alert["title"].as_str().unwrap())
        .collect();
    titles.sort_unstable();
    let mut expected = [EVENTS[0].0, EVENTS[1].0, EVENTS[2].0];
    expected.sort_unstable();
    assert_eq!(titles, expected);
    let mails = desk.mail.mails();
    let texts: Vec<String> = mails
        .iter()
        .map(|mail| String::from_utf8_lossy(&mail.data).into_owned())
        .collect();
    let is_spike = |mail: &&String| mail.contains("Subject: Pier: 3 stories, usual: 0");
    assert_eq!(texts.iter().filter(is_spike).count(), 1, "{texts:?}");

    // It goes on, on this day and the next; every pass is that of a process that has just started.
    desk.publish_event(1, 3);
    desk.pass().await;
    desk.clock.advance(Duration::from_hours(23));
    for (outlet, event) in [(0, 4), (1, 0), (2, 1)] {
        let (title, paragraphs) = &EVENTS[event];
        desk.publish(outlet, &format!("again-{event}"), title, paragraphs);
    }
    desk.pass().await;
    assert_eq!(desk.spikes().len(), 1);
}
