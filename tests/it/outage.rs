//! Outages and poisoned messages, with the schedules that stand in nobody's configuration: what comes when they are over,
//! in which order, and how often anybody is asked while they last.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use newswatch::clock::Clock;
use newswatch::config::{self, ProcessEnvironment, Secrets};
use newswatch::daemon;
use newswatch::domain::Timestamp;
use newswatch::pipeline::notify::Notify;
use newswatch::pipeline::{Context, Until, drive};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::database;
use crate::support::http::RawServer;
use crate::support::site::Site;

const SECOND: Duration = Duration::from_secs(1);

/// What a receiver has against a message.
#[derive(Default)]
struct Ways {
    is_down: AtomicBool,
    /// The number of a message that is never taken, and how it is answered.
    poison: Mutex<Option<(usize, u16)>>,
    /// When each message was taken.
    taken: Mutex<Vec<(Timestamp, usize)>>,
    /// When somebody asked while it was down.
    asked: Mutex<Vec<Timestamp>>,
}

struct World {
    site: Site,
    clock: Clock,
    ctx: Arc<Context>,
    ways: Arc<Ways>,
    published: usize,
    _receiver: RawServer,
}

async fn answer(mut stream: TcpStream, header: String, ways: Arc<Ways>, clock: Clock) {
    let length = header.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse().unwrap())
    });
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).await.unwrap();
    let json: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let title = json["data"]["title"].as_str().unwrap();
    let number: usize = title.rsplit(' ').next().unwrap().parse().unwrap();
    let poison = *ways.poison.lock().unwrap();
    let status = if ways.is_down.load(Ordering::SeqCst) {
        ways.asked.lock().unwrap().push(clock.now());
        503
    } else if let Some((_, status)) = poison.filter(|(poisoned, _)| *poisoned == number) {
        status
    } else {
        ways.taken.lock().unwrap().push((clock.now(), number));
        200
    };
    let answer = format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    stream.write_all(answer.as_bytes()).await.unwrap();
}

impl World {
    async fn open() -> Self {
        newswatch::http::install_tls_provider();
        let (site, ways) = (Site::open().await, Arc::new(Ways::default()));
        let clock = Clock::fixed("2026-11-26T08:00:00Z".parse().unwrap());
        let (theirs, shown) = (Arc::clone(&ways), clock.clone());
        let receiver = RawServer::behaving(move |stream, header| {
            answer(stream, header, Arc::clone(&theirs), shown.clone())
        })
        .await;
        let text = format!(
            "state_dir = '/nonexistent'\n[poll]\nfirst_poll = 'alert'\n\
             [http]\nallow_private = ['127.0.0.0/8']\n[[feed]]\nurl = '{}'\nevery = '10s'\narticle = 'never'\n\
             [[watch]]\nname = 'Sea'\nquery = '\"East Sea\"'\n\
             [[channel]]\nname = 'desk'\ntype = 'webhook'\nurl = '{}'\n",
            site.url("/rss"),
            receiver.url("/desk"),
        );
        let loaded = config::load_text(
            "test.toml",
            &text,
            std::path::Path::new("/"),
            &ProcessEnvironment,
            Secrets::Required,
        );
        let store = database::store().await;
        let ctx = daemon::context(loaded.unwrap().config, store, clock.clone()).await;
        Self {
            site,
            clock,
            ctx: Arc::new(ctx.unwrap()),
            ways,
            published: 0,
            _receiver: receiver,
        }
    }

    /// So many entries are new, and are found.
    async fn publish(&mut self, count: usize) {
        self.published += count;
        let entries: Vec<(String, String)> = (0..self.published)
            .rev()
            .map(|number| (number.to_string(), format!("East Sea {number}")))
            .collect();
        let entries: Vec<[&str; 4]> = entries
            .iter()
            .map(|(guid, title)| [guid.as_str(), title.as_str(), "", "Notes"])
            .collect();
        self.site.put_feed("/rss", &entries);
        daemon::pass(Arc::clone(&self.ctx)).await.unwrap();
    }

    /// Lets seconds go by; whatever is due in each of them is sent, and now and then the feed is read.
    async fn after(&self, seconds: u32) {
        for second in 1..=seconds {
            self.clock.advance(SECOND);
            if second % 5 == 0 {
                daemon::pass(Arc::clone(&self.ctx)).await.unwrap();
            } else {
                drive(Notify::default(), Arc::clone(&self.ctx), Until::Idle, || ())
                    .await
                    .unwrap();
            }
        }
    }

    fn numbers(&self) -> Vec<usize> {
        let taken = self.ways.taken.lock().unwrap();
        taken.iter().map(|(_, number)| *number).collect()
    }
}

#[tokio::test]
async fn after_ten_minutes_of_outage_all_comes_at_once_and_in_order() {
    let mut world = World::open().await;
    world.publish(3).await;
    assert_eq!(world.numbers(), [0, 1, 2]);
    world.ways.is_down.store(true, Ordering::SeqCst);
    for _ in 0..60 {
        world.publish(2).await;
        world.after(10).await;
    }
    let asked = world.ways.asked.lock().unwrap().clone();
    let gaps: Vec<i64> = asked
        .windows(2)
        .map(|two| two[1].duration_since(two[0]).as_secs())
        .collect();
    // The schedule begins with 5 s and 30 s; then the channel is asked once a minute, a fifth more or less.
    assert!(gaps[0] >= 4 && gaps[1] >= 24, "{gaps:?}");
    assert!(gaps[2..].iter().all(|gap| *gap >= 48), "{gaps:?}");

    world.ways.is_down.store(false, Ordering::SeqCst);
    let over = world.clock.now();
    world.after(120).await;
    let in_order: Vec<usize> = (0..world.published).collect();
    assert_eq!(world.numbers(), in_order);
    let (last, _) = *world.ways.taken.lock().unwrap().last().unwrap();
    assert!(last.duration_since(over).as_secs() <= 120, "{last}");
    let counts = world.ctx.store.report().await.unwrap().counts;
    assert_eq!((counts.delivered, counts.waiting), (123, 0));
}

#[tokio::test]
async fn a_poisoned_message_holds_the_others_for_less_than_ten_seconds() {
    for status in [400, 401, 403, 404, 413, 415, 422, 500, 502] {
        for poisoned in [0, 7, 19] {
            let mut world = World::open().await;
            *world.ways.poison.lock().unwrap() = Some((poisoned, status));
            world.publish(20).await;
            world.after(10).await;
            let others: Vec<usize> = (0..20).filter(|number| *number != poisoned).collect();
            assert_eq!(world.numbers(), others, "{status} for {poisoned}");
            // Nor those that come later.
            world.after(60).await;
            world.publish(1).await;
            world.after(20).await;
            assert_eq!(world.numbers().last(), Some(&20), "{status} for {poisoned}");
            // Nor those that come after one that came alone, whose fault nothing else has told.
            *world.ways.poison.lock().unwrap() = Some((21, status));
            world.publish(1).await;
            world.after(120).await;
            world.publish(1).await;
            world.after(20).await;
            assert_eq!(world.numbers().last(), Some(&22), "{status} for a lone one");
        }
    }
}
