//! What goes wrong with newswatch itself, each thing produced for real: the one message of it, and of its end, by mail
//! and by webhook.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use newswatch::clock::Clock;
use newswatch::config::{self, ProcessEnvironment, Secrets};
use newswatch::daemon;
use newswatch::demo::smtp_sink::SmtpSink;
use newswatch::demo::webhook_sink::WebhookSink;
use newswatch::domain::WrittenPlaces;
use newswatch::ops::feed::{FeedState, feeds};
use newswatch::pipeline::flag::Flag;
use newswatch::pipeline::gather::Gather;
use newswatch::pipeline::health::Health;
use newswatch::pipeline::notify::Notify;
use newswatch::pipeline::poll::Poll;
use newswatch::pipeline::retain::Retain;
use newswatch::pipeline::scrape::Scrape;
use newswatch::pipeline::{Context, Stage, Until, drive, step};
use newswatch::store::{Database, DatabaseFailure, Dialect, Durability, Job, Store, StoreError};

use crate::support::database;
use crate::support::scripted::{Answer, Scripted};
use crate::support::site::Site;

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

/// A database whose disk is full for a while.
#[derive(Debug)]
struct Fillable {
    inner: Arc<dyn Database>,
    is_full: AtomicBool,
}

impl Database for Fillable {
    fn dialect(&self) -> Dialect {
        self.inner.dialect()
    }

    fn write(&self, job: Box<dyn Job>, durability: Durability) {
        if self.is_full.load(Ordering::SeqCst) {
            return job.end(Err(StoreError::Database {
                kind: DatabaseFailure::Full,
                message: "database or disk is full".to_owned(),
            }));
        }
        self.inner.write(job, durability);
    }

    fn read(&self, job: Box<dyn Job>) {
        self.inner.read(job);
    }
}

/// A message as the mail server and the receiver of webhooks have it.
#[derive(Debug, PartialEq)]
struct Told {
    /// The subject, without the name of what it is about.
    subject: String,
    text: String,
}

struct World {
    site: Site,
    /// The receiver of alerts, which fails.
    desk: Scripted,
    pager: WebhookSink,
    mail: SmtpSink,
    disk: Arc<Fillable>,
    clock: Clock,
    ctx: Arc<Context>,
    health: Health,
    seen: usize,
    published: usize,
}

impl World {
    /// `feed` is what stands in the configuration beside the feed's address, `desk` beside the channel's.
    async fn open(feed: &str, desk: &str) -> Self {
        newswatch::http::install_tls_provider();
        let (site, desk_server) = (Site::open().await, Scripted::open().await);
        let pager = WebhookSink::start().await.unwrap();
        let mail = SmtpSink::start().await.unwrap();
        let text = format!(
            "state_dir = '/nonexistent'\ntimezone = 'UTC'\n[poll]\nfirst_poll = 'alert'\n\
             [http]\nallow_private = ['127.0.0.0/8']\n[health]\nnotify = ['ops', 'pager']\n\
             [[feed]]\nurl = '{}'\nname = 'Strait Radio'\n{feed}\n\
             [[watch]]\nname = 'Sea'\nquery = '\"East Sea\"'\nnotify = ['desk']\n\
             [[channel]]\nname = 'desk'\ntype = 'webhook'\nurl = '{}'\n{desk}\n\
             [[channel]]\nname = 'pager'\ntype = 'webhook'\nurl = 'http://{}/pager'\n\
             [[channel]]\nname = 'ops'\ntype = 'email'\nto = ['ops@example.org']\nfrom = 'watch@example.org'\n\
             smtp = {{ host = 'localhost', port = {}, tls = 'none' }}\n",
            site.url("/rss"),
            desk_server.url("/desk"),
            pager.addr(),
            mail.address().port(),
        );
        let fillable = Arc::new(Fillable {
            inner: database::empty().await,
            is_full: AtomicBool::new(false),
        });
        let store = Store::over(Arc::clone(&fillable) as Arc<dyn Database>).await;
        let clock = Clock::fixed("2026-11-26T08:00:00Z".parse().unwrap());
        let loaded = config::load_text(
            "test.toml",
            &text,
            std::path::Path::new("/"),
            &ProcessEnvironment,
            Secrets::Required,
        );
        let config = loaded.unwrap().config;
        let ctx = daemon::context(config, store.unwrap(), clock.clone()).await;
        let world = Self {
            site,
            desk: desk_server,
            pager,
            mail,
            disk: fillable,
            clock,
            ctx: Arc::new(ctx.unwrap()),
            health: Health::default(),
            seen: 0,
            published: 0,
        };
        world.desk.say("/desk", &[Answer::status(200)]);
        world
    }

    /// So many entries are new in the feed.
    fn publish(&mut self, count: usize) {
        self.published += count;
        let entries: Vec<[String; 4]> = (0..self.published)
            .rev()
            .take(30)
            .map(|number| {
                let link = self.site.url(&format!("/{number}"));
                self.site.put_article(
                    &format!("/{number}"),
                    &format!("East Sea {number}"),
                    &[&format!(
                        "Number {number} is a long paragraph that tells at length what went on at the East Sea, who \
                         said what of it, and what is expected to happen on the days that follow."
                    )],
                );
                [number.to_string(), format!("East Sea {number}"), link, "Notes".to_owned()]
            })
            .collect();
        let entries: Vec<[&str; 4]> = entries
            .iter()
            .map(|entry| entry.each_ref().map(String::as_str))
            .collect();
        self.site.put_feed("/rss", &entries);
    }

    /// Lets time go by, in steps that are looked at.
    async fn after(&mut self, time: Duration, step: Duration) {
        let steps = time.as_secs() / step.as_secs();
        for _ in 0..steps {
            self.clock.advance(step);
            daemon::pass(Arc::clone(&self.ctx)).await.unwrap();
            self.round().await.unwrap();
        }
    }

    /// One look at how everything is, and what is said of it.
    async fn round(&self) -> Result<(), newswatch::pipeline::StageError> {
        step(&self.health, &self.ctx).await?;
        drive(Notify::default(), Arc::clone(&self.ctx), Until::Idle, || ()).await?;
        Ok(())
    }

    /// What was told since this was asked before: the same by mail and by webhook.
    fn told(&mut self) -> Vec<Told> {
        let mails = self.mail.mails();
        let calls = self.pager.received();
        assert_eq!(mails.len(), calls.len(), "everybody is told");
        let new = mails.iter().zip(&calls).skip(self.seen);
        let told = new.map(|(mail, call)| {
            let text = String::from_utf8_lossy(&mail.data).into_owned();
            let subject = text.lines().find_map(|line| line.strip_prefix("Subject: "));
            let json = call.json().unwrap();
            assert_eq!(json["type"], "newswatch.health", "{json}");
            Told {
                subject: subject.unwrap().to_owned(),
                text: json["data"].to_string(),
            }
        });
        let told: Vec<Told> = told.collect();
        self.seen = mails.len();
        for one in &told {
            show(one);
        }
        told
    }

    fn subjects(&mut self) -> Vec<String> {
        self.told().into_iter().map(|told| told.subject).collect()
    }
}

#[expect(
    clippy::print_stdout,
    reason = "with --nocapture it shows what people read"
)]
fn show(told: &Told) {
    println!("{}\n    {}", told.subject, told.text);
}

#[tokio::test]
async fn a_channel_that_fails_for_a_quarter_of_an_hour_and_works_again() {
    let minutes = vec!["'1m'"; 60].join(", ");
    let mut world = World::open("article = 'never'", &format!("retry = [{minutes}]")).await;
    world.desk.say("/desk", &[Answer::status(500)]);
    world.publish(1);
    world.after(14 * MINUTE, MINUTE).await;
    assert_eq!(world.subjects(), [""; 0], "it is too early to say so");
    world.after(20 * MINUTE, MINUTE).await;
    assert_eq!(world.subjects(), ["[Failing] Channel desk"]);
    world.desk.say("/desk", &[Answer::status(200)]);
    world.after(6 * MINUTE, MINUTE).await;
    assert_eq!(world.subjects(), ["[Works again] Channel desk"]);
}

#[tokio::test]
async fn a_channel_that_gives_something_up() {
    let feed = "article = 'never'\nevery = '1m'";
    let mut world = World::open(feed, "retry = ['10s']").await;
    world.after(2 * MINUTE, MINUTE).await;
    world.desk.say("/desk", &[Answer::status(500)]);
    world.publish(2);
    world.after(12 * MINUTE, MINUTE).await;
    let told = world.told();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].subject, "[Gave up] Channel desk");
    assert!(told[0].text.contains("answered 500"), "{told:?}");
}

#[tokio::test]
async fn a_channel_that_is_gone_for_good_and_is_taken_up_again() {
    let mut world = World::open("article = 'never'", "").await;
    world.desk.say("/desk", &[Answer::status(410)]);
    world.publish(1);
    world.after(2 * MINUTE, MINUTE).await;
    let told = world.told();
    assert_eq!(told.len(), 1);
    assert!(told[0].text.contains("alerts retry"), "{told:?}");
    world.desk.say("/desk", &[Answer::status(200)]);
    let selection = newswatch::store::RetrySelection {
        channel: Some(newswatch::domain::ChannelName("desk".into())),
        ..newswatch::store::RetrySelection::default()
    };
    let now = world.clock.now();
    world.ctx.store.retry(selection, now).await.unwrap();
    world.after(5 * MINUTE, MINUTE).await;
    assert_eq!(world.subjects(), ["[Works again] Channel desk"]);
}

#[tokio::test]
async fn a_feed_that_fails_at_ten_polls_or_for_a_day_and_is_read_again() {
    for (every, time, step) in [("1m", 2 * HOUR, MINUTE), ("6h", 26 * HOUR, HOUR)] {
        let feed = format!("article = 'never'\nevery = '{every}'");
        let mut world = World::open(&feed, "").await;
        world.publish(1);
        world.after(7 * HOUR, HOUR).await;
        world
            .site
            .put("/rss", crate::support::site::Page::Status(500));
        world.after(3 * step, step).await;
        assert_eq!(world.subjects(), [""; 0], "it is too early to say so");
        world.after(12 * time, 5 * step).await;
        assert_eq!(world.subjects(), ["[Failing] Feed Strait Radio"], "{every}");
        world.publish(1);
        world.after(13 * HOUR, HOUR / 2).await;
        assert_eq!(world.subjects(), ["[Works again] Feed Strait Radio"]);
    }
}

#[tokio::test]
async fn a_feed_that_is_silent_against_its_own_rhythm() {
    let mut world = World::open("article = 'never'\nevery = '1h'", "").await;
    for day in 0..14 {
        for _ in 0..24 {
            // Nothing comes at weekends.
            if day % 7 < 5 {
                world.publish(1);
            }
            world.after(HOUR, HOUR).await;
        }
    }
    world.after(2 * 24 * HOUR, 2 * HOUR).await;
    assert_eq!(world.subjects(), [""; 0], "a long weekend is no silence");
    world.after(6 * 24 * HOUR, 2 * HOUR).await;
    let told = world.told();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].text.contains("nothing new"), "{told:?}");
    // So it is shown, until something new comes.
    let shown = feeds(&world.ctx.store, &[], &WrittenPlaces::default())
        .await
        .unwrap();
    assert_eq!(shown[0].state, FeedState::Silent, "{shown:?}");
    assert!(shown[0].silent_since > shown[0].failing_since, "{shown:?}");
    world.publish(1);
    world.after(3 * HOUR, HOUR).await;
    let shown = feeds(&world.ctx.store, &[], &WrittenPlaces::default())
        .await
        .unwrap();
    assert_eq!(shown[0].state, FeedState::Fine, "{shown:?}");
    assert_eq!(world.subjects(), ["[Works again] Feed Strait Radio"]);
}

#[tokio::test]
async fn a_feed_of_which_the_rhythm_is_not_known_is_not_called_silent() {
    let mut world = World::open("article = 'never'\nevery = '1h'", "").await;
    world.publish(25);
    world.after(20 * 24 * HOUR, 6 * HOUR).await;
    assert_eq!(world.subjects(), [""; 0]);
}

#[tokio::test]
async fn a_page_rule_that_stopped_matching_and_matches_again() {
    let feed = "article = { body = '.story p' }\nevery = '30m'";
    let mut world = World::open(feed, "").await;
    let page = |class: &str| {
        let text = "A long paragraph tells at length what went on at the East Sea, who said what of it, and what is \
                    expected to happen on the days that follow.";
        let page = format!(
            "<html><body><h1>East Sea</h1><div class='{class}'><p>{text}</p><p>{text}</p></div></body></html>"
        );
        crate::support::site::Page::Document("text/html", page)
    };
    for number in 0..40 {
        world.publish(1);
        let class = if number < 4 { "story" } else { "text-2" };
        world.site.put(&format!("/{number}"), page(class));
        world.after(HOUR / 2, HOUR / 2).await;
        if number == 12 {
            assert_eq!(world.subjects(), [""; 0], "it is too early to say so");
        }
    }
    let told = world.told();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].subject, "[Failing] Pages of Strait Radio");
    for number in 40..44 {
        world.publish(1);
        world.site.put(&format!("/{number}"), page("story"));
        world.after(HOUR / 2, HOUR / 2).await;
    }
    assert_eq!(world.subjects(), ["[Works again] Pages of Strait Radio"]);
}

#[tokio::test]
async fn a_full_disk_is_told_while_it_is_full_and_when_it_is_not_any_more() {
    let mut world = World::open("article = 'never'", "").await;
    world.after(MINUTE, MINUTE).await;
    world.disk.is_full.store(true, Ordering::SeqCst);
    for _ in 0..6 {
        world.clock.advance(MINUTE / 4);
        assert!(world.round().await.is_err());
    }
    let told = world.told();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].subject, "[Failing] The disk");
    assert!(told[0].text.contains("disk is full"), "{told:?}");

    world.disk.is_full.store(false, Ordering::SeqCst);
    world.after(MINUTE, MINUTE / 4).await;
    assert_eq!(world.subjects(), [""; 0], "what was told is not told again");
    world.after(3 * MINUTE, MINUTE / 4).await;
    assert_eq!(world.subjects(), ["[Works again] The disk"]);
}

async fn until_idle<S: Stage>(stage: S, ctx: &Arc<Context>) {
    drive(stage, Arc::clone(ctx), Until::Idle, || ())
        .await
        .unwrap();
}

async fn run(stage: &str, ctx: &Arc<Context>) {
    match stage {
        "poll" => until_idle(Poll::default(), ctx).await,
        "scrape" => until_idle(Scrape::default(), ctx).await,
        "flag" => until_idle(Flag::default(), ctx).await,
        "gather" => until_idle(Gather, ctx).await,
        "notify" => until_idle(Notify::default(), ctx).await,
        _ => until_idle(Retain, ctx).await,
    }
}

#[tokio::test]
async fn each_stage_that_does_not_move_and_moves_again() {
    let stages = ["poll", "scrape", "flag", "gather", "notify"];
    for (place, standing) in stages.into_iter().enumerate() {
        let desk = if standing == "gather" {
            "group_wait = '30s'"
        } else {
            ""
        };
        let mut world = World::open("article = 'never'\nevery = '1h'", desk).await;
        world.publish(1);
        world.clock.advance(MINUTE);
        for stage in &stages[..place] {
            run(stage, &world.ctx).await;
        }
        for (minutes, told) in [(10, None), (9, Some("Failing")), (60, None)] {
            for _ in 0..minutes {
                world.clock.advance(MINUTE);
                // Who is told of the stage that sends is told without it.
                step(&world.health, &world.ctx).await.unwrap();
                if standing != "notify" {
                    run("notify", &world.ctx).await;
                }
                // The others go on.
                for stage in ["poll", "scrape", "flag", "gather"] {
                    if place > 0 && stage != standing {
                        run(stage, &world.ctx).await;
                    }
                }
            }
            let told: Vec<String> = told
                .map(|how| format!("[{how}] The stage {standing}"))
                .into_iter()
                .collect();
            assert_eq!(world.subjects(), told, "after {minutes} minutes");
        }
        run(standing, &world.ctx).await;
        for _ in 0..4 {
            world.clock.advance(MINUTE);
            world.round().await.unwrap();
        }
        let told = format!("[Works again] The stage {standing}");
        assert_eq!(world.subjects(), [told]);
    }
}

#[tokio::test]
async fn a_stage_that_forgets_nothing_and_forgets_again() {
    let mut world = World::open("article = 'never'\nevery = '1h'", "").await;
    world.publish(1);
    let line = ["poll", "scrape", "flag", "gather", "notify"];
    for stage in line {
        run(stage, &world.ctx).await;
    }
    world
        .clock
        .advance(89 * 24 * HOUR + 23 * HOUR + 59 * MINUTE);
    for stage in line {
        run(stage, &world.ctx).await;
    }
    let mut look = async |minutes| {
        for _ in 0..minutes {
            world.clock.advance(MINUTE);
            world.round().await.unwrap();
        }
        world.subjects()
    };
    assert_eq!(look(10).await, [""; 0]);
    assert_eq!(look(9).await, ["[Failing] The stage retain"]);
    run("retain", &world.ctx).await;
    let mut look = async |minutes| {
        for _ in 0..minutes {
            world.clock.advance(MINUTE);
            world.round().await.unwrap();
        }
        world.subjects()
    };
    assert_eq!(look(4).await, ["[Works again] The stage retain"]);
}

#[tokio::test]
async fn a_stage_that_is_late_and_moves_stands_not_still() {
    let mut world = World::open("article = 'never'\nevery = '1h'", "").await;
    world.publish(30);
    world.clock.advance(MINUTE);
    run("poll", &world.ctx).await;
    let scrape = Scrape::default();
    for _ in 0..25 {
        world.clock.advance(MINUTE);
        assert!(step(&scrape, &world.ctx).await.unwrap());
        run("flag", &world.ctx).await;
        run("gather", &world.ctx).await;
        world.round().await.unwrap();
    }
    assert_eq!(world.subjects(), [""; 0]);
}

#[tokio::test]
async fn a_clock_that_jumps() {
    let mut world = World::open("article = 'never'", "").await;
    world.after(MINUTE, MINUTE).await;
    world.clock.set_back(HOUR);
    world.after(5 * MINUTE, MINUTE).await;
    let told = world.told();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].subject, "[Failing] The clock");
    assert!(told[0].text.contains("jumped back by"), "{told:?}");
}
