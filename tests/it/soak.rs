//! A soak: numbered entries, receivers that misbehave at random, and a process that is killed again and again.
//!
//! The short one belongs to the suite. A long one:
//! `NEWSWATCH_SOAK_ENTRIES=1000 cargo test --test it soak -- --nocapture`, with `NEWSWATCH_SOAK_SEED` to repeat one.

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch;

use crate::support::database;
use crate::support::http::RawServer;
use crate::support::site::Site;

/// Entries that one poll finds.
const TOGETHER: usize = 10;

/// Every so many-th entry is one that the receivers never take.
const POISON_EVERY: usize = 17;

const CHANNELS: [&str; 2] = ["one", "two"];

/// What the receivers saw.
#[derive(Default)]
struct Seen {
    /// For each channel and entry the ids under which it was taken.
    taken: BTreeMap<(String, usize), Vec<String>>,
    /// The entries in the order in which each channel took them first.
    order: BTreeMap<String, Vec<usize>>,
    /// Until when each channel asked to be left alone.
    closed_until: BTreeMap<String, Instant>,
    requests: usize,
    cuts: usize,
    early: usize,
}

#[derive(Clone)]
struct Receiver {
    seen: Arc<Mutex<Seen>>,
    chance: Arc<Mutex<fastrand::Rng>>,
    taken: watch::Sender<usize>,
}

impl Receiver {
    async fn answer(self, mut stream: TcpStream, header: String) {
        let path = header.split(' ').nth(1).unwrap_or_default();
        let channel = path.trim_start_matches('/').to_owned();
        let field = |name: &str| {
            header.lines().find_map(|line| {
                let (key, value) = line.split_once(':')?;
                key.eq_ignore_ascii_case(name)
                    .then(|| value.trim().to_owned())
            })
        };
        let length = field("content-length").and_then(|text| text.parse().ok());
        let mut body = vec![0; length.unwrap_or(0)];
        if stream.read_exact(&mut body).await.is_err() {
            return;
        }
        let body = String::from_utf8_lossy(&body).into_owned();
        let id = field("webhook-id").unwrap_or_default();
        if let Some(answer) = self.decide(&channel, &id, &body) {
            // The process may have been killed meanwhile.
            stream.write_all(answer.as_bytes()).await.ok();
        }
        stream.shutdown().await.ok();
    }

    /// What is answered; nothing where the connection is cut.
    fn decide(&self, channel: &str, id: &str, body: &str) -> Option<String> {
        let status = |status: &str, fields: &str| {
            Some(format!(
                "HTTP/1.1 {status}\r\n{fields}content-length: 0\r\nconnection: close\r\n\r\n"
            ))
        };
        let number = number_of(body);
        let mut seen = self.seen.lock().unwrap();
        seen.requests += 1;
        let closed = seen.closed_until.get(channel).copied();
        if closed.is_some_and(|until| Instant::now() < until) {
            seen.early += 1;
        }
        if number % POISON_EVERY == POISON_EVERY - 1 {
            return status("400 Bad Request", "");
        }
        match self.chance.lock().unwrap().u8(..100) {
            0..8 => status("500 Oops", ""),
            8..11 => {
                let until = Instant::now() + Duration::from_secs(1);
                seen.closed_until.insert(channel.to_owned(), until);
                status("429 Too Many", "retry-after: 1\r\n")
            }
            11..14 => None,
            fate => {
                let key = (channel.to_owned(), number);
                let ids = seen.taken.entry(key).or_default();
                ids.push(id.to_owned());
                if ids.len() == 1 {
                    let order = seen.order.entry(channel.to_owned()).or_default();
                    order.push(number);
                }
                let is_cut = fate < 18;
                seen.cuts += usize::from(is_cut);
                drop(seen);
                self.taken.send_modify(|taken| *taken += 1);
                if is_cut { None } else { status("200 OK", "") }
            }
        }
    }
}

fn number_of(body: &str) -> usize {
    let json: serde_json::Value = serde_json::from_str(body).unwrap();
    let title = json["data"]["title"].as_str().unwrap();
    title.rsplit(' ').next().unwrap().parse().unwrap()
}

fn start(config: &std::path::Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_newswatch"))
        .args(["run", "--config"])
        .arg(config)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// The channels that are paused, as the store has it.
fn paused(config: &std::path::Path) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO_BIN_EXE_newswatch"))
        .args(["status", "--json", "--config"])
        .arg(config)
        .output()
        .unwrap();
    let status: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let channels = status["channels"].as_array().unwrap().iter();
    channels
        .filter(|channel| channel["state"] == "paused")
        .map(|channel| channel["name"].as_str().unwrap().to_owned())
        .collect()
}

fn publish(site: &Site, count: usize) {
    let numbers: Vec<usize> = (0..count).rev().collect();
    let titles: Vec<(String, String)> = numbers
        .iter()
        .map(|n| (format!("n{n}"), format!("East Sea {n}")))
        .collect();
    let entries: Vec<[&str; 4]> = titles
        .iter()
        .map(|(guid, title)| [guid.as_str(), title.as_str(), "", "Notes"])
        .collect();
    site.put_feed("/rss", &entries);
}

fn setting(name: &str, default: usize) -> usize {
    let set = std::env::var(name).ok();
    set.and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::too_many_lines, reason = "it is one story")]
#[expect(
    clippy::print_stdout,
    reason = "the table is what a long one is run for"
)]
async fn soak_nothing_is_lost_and_nothing_doubled_without_a_cause() {
    let entries = setting("NEWSWATCH_SOAK_ENTRIES", 40);
    let begin = u64::try_from(setting("NEWSWATCH_SOAK_SEED", 7)).unwrap();
    let mut chance = fastrand::Rng::with_seed(begin);
    let receiver = Receiver {
        seen: Arc::default(),
        chance: Arc::new(Mutex::new(chance.fork())),
        taken: watch::Sender::new(0),
    };
    let answering = receiver.clone();
    let server =
        RawServer::behaving(move |stream, header| answering.clone().answer(stream, header)).await;
    let site = Site::open().await;
    publish(&site, TOGETHER.min(entries));
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("newswatch.toml");
    let channel = |name: &str| {
        format!(
            "[[channel]]\nname = \"{name}\"\ntype = \"webhook\"\nstorm = \"off\"\nurl = \"{}\"\n\
             retry = [\"100ms\", \"200ms\", \"500ms\", \"1s\", \"1s\", \"1s\", \"1s\", \"1s\", \"1s\", \"1s\", \"1s\"]\n",
            server.url(&format!("/{name}"))
        )
    };
    let text = format!(
        "state_dir = \"state\"\n{}[poll]\nevery = \"1s\"\nmin_every = \"1s\"\nfirst_poll = \"alert\"\n\
         [http]\nallow_private = [\"{}\", \"{}\"]\n[[feed]]\nurl = \"{}\"\narticle = \"never\"\n\
         [[watch]]\nname = \"Sea\"\nquery = '\"East Sea\"'\n{}{}",
        database::section().unwrap_or_default(),
        site.addr,
        server.address,
        site.url("/rss"),
        channel(CHANNELS[0]),
        channel(CHANNELS[1]),
    );
    std::fs::write(&config, text).unwrap();

    let expected: BTreeSet<usize> = (0..entries)
        .filter(|number| number % POISON_EVERY != POISON_EVERY - 1)
        .collect();
    let mut taken = receiver.taken.subscribe();
    let mut kills = 0;
    let mut published = TOGETHER.min(entries);
    let mut child = start(&config);
    let patience = Duration::from_secs(60 + u64::try_from(entries).unwrap());
    let whole = async {
        loop {
            let mark = *taken.borrow() + chance.usize(3..15);
            while *taken.borrow_and_update() < mark {
                let is_done = {
                    let seen = receiver.seen.lock().unwrap();
                    let has_all = |name: &&str| {
                        seen.order
                            .get(*name)
                            .is_some_and(|order| order.len() == expected.len())
                    };
                    CHANNELS.iter().all(has_all)
                };
                if is_done && published == entries {
                    return;
                }
                taken.changed().await.unwrap();
                let behind = *taken.borrow() / CHANNELS.len() + TOGETHER;
                if behind > published && published < entries {
                    published = (published + TOGETHER).min(entries);
                    publish(&site, published);
                }
            }
            // SIGKILL: whatever it was doing.
            child.kill().unwrap();
            child.wait().unwrap();
            kills += 1;
            // A pause of which it had no time to write down that it was asked for binds nobody.
            let paused = paused(&config);
            let mut seen = receiver.seen.lock().unwrap();
            seen.closed_until.retain(|name, _| paused.contains(name));
            drop(seen);
            child = start(&config);
        }
    };
    let ended = tokio::time::timeout(patience, whole).await;
    child.kill().unwrap();
    child.wait().unwrap();

    let seen = receiver.seen.lock().unwrap();
    let lost: Vec<(&str, usize)> = CHANNELS
        .iter()
        .flat_map(|name| expected.iter().map(move |number| (*name, *number)))
        .filter(|(name, number)| !seen.taken.contains_key(&((*name).to_owned(), *number)))
        .collect();
    let doubles: usize = seen.taken.values().map(|ids| ids.len() - 1).sum();
    let renamed = seen
        .taken
        .values()
        .filter(|ids| ids.iter().collect::<BTreeSet<_>>().len() > 1)
        .count();
    println!(
        "entries {entries}, channels {}, requests {}, kills {kills}, cuts {}, lost {}, doubles {doubles}, \
         doubles under another id {renamed}, early tries {}",
        CHANNELS.len(),
        seen.requests,
        seen.cuts,
        lost.len(),
        seen.early
    );
    assert!(
        ended.is_ok(),
        "every entry has come in time; lost: {lost:?}"
    );
    assert!(lost.is_empty(), "{lost:?}");
    assert!(doubles <= seen.cuts + CHANNELS.len() * kills, "{doubles}");
    assert_eq!((renamed, seen.early), (0, 0));
}
