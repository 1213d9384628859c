//! Good feeds beside the worst: whatever some publishers send, what the others publish is told in time.
//!
//! The short one belongs to the suite. A long one, with a release build and its table:
//! `NEWSWATCH_CHAOS_SECONDS=600 NEWSWATCH_CHAOS_FEEDS=50 cargo test --release --test it chaos -- --nocapture`, with
//! `NEWSWATCH_CHAOS_KIND=Items` for bad ones of a single kind.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use newswatch::demo::webhook_sink::WebhookSink;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::support::http::{RawServer, answer, redirect};
use crate::support::site::Site;

/// How often each feed is polled, in seconds.
const INTERVAL: u64 = 5;

/// The most memory that the process may have taken, in kB.
const MEMORY: u64 = 256 * 1024;

/// What bad publishers do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Angles,
    Comments,
    Instructions,
    Paragraphs,
    OpenTags,
    Headings,
    Inputs,
    Formatting,
    Attributes,
    Elements,
    Entities,
    Expanding,
    Depth,
    Json,
    Utf16,
    Items,
    NewEachTime,
    Bomb,
    Endless,
    Silent,
    HintsForEver,
    FieldsForEver,
    Trickle,
    Loop,
    Inwards,
    Cut,
    HangsUp,
    Controls,
    Validators,
    LinksToSilence,
}

impl Kind {
    const ALL: [Self; 30] = [
        Self::Angles,
        Self::Comments,
        Self::Instructions,
        Self::Paragraphs,
        Self::OpenTags,
        Self::Headings,
        Self::Inputs,
        Self::Formatting,
        Self::Attributes,
        Self::Elements,
        Self::Entities,
        Self::Expanding,
        Self::Depth,
        Self::Json,
        Self::Utf16,
        Self::Items,
        Self::NewEachTime,
        Self::Bomb,
        Self::Endless,
        Self::Silent,
        Self::HintsForEver,
        Self::FieldsForEver,
        Self::Trickle,
        Self::Loop,
        Self::Inwards,
        Self::Cut,
        Self::HangsUp,
        Self::Controls,
        Self::Validators,
        Self::LinksToSilence,
    ];

    /// Answers a request as such a publisher does.
    async fn answer(self, mut stream: TcpStream, request: String) {
        let path = request.split(' ').nth(1).unwrap_or("/").to_owned();
        let host = request.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("host")
                .then(|| value.trim().to_owned())
        });
        let home = format!("http://{}", host.unwrap_or_default());
        let sent = match self {
            Self::Silent => std::future::pending().await,
            Self::HintsForEver => {
                let hints = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n".repeat(100);
                for_ever(&mut stream, &hints).await
            }
            Self::FieldsForEver => {
                let begun = stream.write_all(b"HTTP/1.1 200 OK\r\n").await;
                begun.ok();
                for_ever(&mut stream, b"X-Field: value\r\n").await
            }
            Self::Endless => {
                let begun = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n<rss>").await;
                begun.ok();
                for_ever(&mut stream, &[b'a'; 8_192]).await
            }
            Self::Trickle => trickle(&mut stream).await,
            Self::LinksToSilence if path != "/" => std::future::pending().await,
            _ => stream.write_all(&self.document(&home, &path)).await,
        };
        // Whoever is cut off has nothing more to say.
        if sent.is_ok() {
            stream.shutdown().await.ok();
        }
    }

    /// The whole answer of one that ends.
    fn document(self, home: &str, path: &str) -> Vec<u8> {
        let feed = |body: &str| answer("200 OK", "Content-Type: text/xml\r\n", body).into_bytes();
        let page = |body: &str| answer("200 OK", "Content-Type: text/html\r\n", body).into_bytes();
        let leads = |count: usize| feed(&rss(&items(home, count, "")));
        // What is bad about these is the page.
        let is_in_page = matches!(
            self,
            Self::OpenTags
                | Self::Headings
                | Self::Inputs
                | Self::Formatting
                | Self::Attributes
                | Self::Elements
        );
        if is_in_page && path == "/" {
            return leads(30);
        }
        match self {
            Self::Angles => feed(&"<".repeat(500_000)),
            Self::Comments => feed(&"<!--".repeat(200_000)),
            Self::Instructions => feed(&"<?a <![CDATA[".repeat(60_000)),
            Self::Paragraphs => {
                let text = format!("<![CDATA[{}]]>", "<p>a".repeat(245_000));
                feed(&rss(&items(home, 12, &text)))
            }
            Self::OpenTags => page(&"<ul><li>".repeat(64_000)),
            Self::Headings => page(&"<h2>t</h2><time>x</time>".repeat(98_000)),
            Self::Inputs => page(&"<h1>t</h1><input>".repeat(98_000)),
            Self::Formatting => page(&"<b><i><a>".repeat(5_000)),
            Self::Attributes => {
                let attributes: Vec<String> =
                    (0..200_000).map(|number| format!(" a{number}=b")).collect();
                page(&format!("<p{}>text", attributes.concat()))
            }
            Self::Elements => page(&"<p>".repeat(1_000_000)),
            Self::Entities => feed(&rss(&items(home, 12, &"&amp;lt;".repeat(120_000)))),
            Self::Expanding => feed(&format!(
                "<!DOCTYPE a [<!ENTITY b \"{0}\"><!ENTITY c \"{1}\"><!ENTITY d \"{2}\">]>{3}",
                "x".repeat(1_000),
                "&b;".repeat(1_000),
                "&c;".repeat(1_000),
                rss("<item><title>&d;</title></item>")
            )),
            Self::Depth => feed(&"<a>".repeat(100_000)),
            Self::Json => feed(&format!("{{\"items\": \"{}", "j".repeat(10_000_000))),
            Self::Utf16 => {
                let text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>{}", rss(""));
                let words = text.encode_utf16().flat_map(u16::to_le_bytes);
                let mut bytes = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n\xff\xfe".to_vec();
                bytes.extend(words);
                bytes
            }
            Self::Items => feed(&rss(&items(home, 40_000, ""))),
            Self::NewEachTime => {
                let now = fastrand::u64(..);
                feed(&rss(&items(&format!("{home}/{now}"), 500, "")))
            }
            Self::Bomb => BOMB.clone(),
            Self::Loop => redirect(302, home).into_bytes(),
            Self::Inwards => redirect(302, "http://169.254.169.254/latest").into_bytes(),
            Self::Cut => {
                let whole = leads(50);
                whole[..whole.len() / 2].to_vec()
            }
            Self::Controls => answer(
                "200 OK\u{1b}[2J",
                "Content-Type: text/\u{9b}31m\u{202e}\r\n",
                "\u{1b}]0;x\u{7}<rss><channel><\u{9b}31m",
            )
            .into_bytes(),
            Self::Validators => {
                let tag = format!("ETag: \"{}\"\r\n", "e".repeat(50_000));
                answer("200 OK", &tag, &rss("")).into_bytes()
            }
            Self::LinksToSilence => leads(400),
            Self::HangsUp
            | Self::Silent
            | Self::HintsForEver
            | Self::FieldsForEver
            | Self::Endless
            | Self::Trickle => Vec::new(),
        }
    }
}

fn rss(items: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Wire</title>{items}</channel></rss>"
    )
}

fn items(home: &str, count: usize, description: &str) -> String {
    let one = |number: usize| {
        format!(
            "<item><guid>{home}/{number}</guid><title>Nothing {number}</title><link>{home}/{number}</link>\
             <description>{description}</description></item>"
        )
    };
    (0..count).map(one).collect()
}

/// Packed once: that takes longer than anything that it is sent to.
static BOMB: LazyLock<Vec<u8>> = LazyLock::new(bomb);

fn bomb() -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    let nothing = vec![b' '; 1024 * 1024];
    for _ in 0..200 {
        packer.write_all(&nothing).unwrap();
    }
    let bomb = packer.finish().unwrap();
    let mut bytes = format!(
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        bomb.len()
    )
    .into_bytes();
    bytes.extend(bomb);
    bytes
}

/// Sends the same bytes until the other side has enough.
async fn for_ever(stream: &mut TcpStream, bytes: &[u8]) -> std::io::Result<()> {
    loop {
        stream.write_all(bytes).await?;
    }
}

async fn trickle(stream: &mut TcpStream) -> std::io::Result<()> {
    stream
        .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n<rss><channel>")
        .await?;
    loop {
        stream.write_all(b"a").await?;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn setting(name: &str, default: usize) -> usize {
    let set = std::env::var(name).ok();
    set.and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// The good ones: each has its own site, and every now and then something new, which stands on the page alone.
struct Good {
    sites: Vec<Site>,
    /// What was published, the newest first, for each site.
    published: Vec<Vec<String>>,
    at: BTreeMap<String, Instant>,
}

impl Good {
    async fn open(count: usize) -> Self {
        let mut sites = Vec::new();
        for _ in 0..count {
            sites.push(Site::open().await);
        }
        let published = vec![Vec::new(); count];
        Self {
            sites,
            published,
            at: BTreeMap::new(),
        }
    }

    fn publish(&mut self, place: usize) {
        let site = &self.sites[place];
        let published = &mut self.published[place];
        let name = format!("good-{place}-{}", published.len());
        site.put_article(
            &format!("/{name}"),
            &format!("Notes {name}"),
            &[
                "The harbour office has published its notes on the week, and there is a list of ships.",
                &format!("A ferry to the islands sails from the new quay, it says in number {name}."),
            ],
        );
        published.insert(0, name.clone());
        let entries: Vec<[String; 4]> = published
            .iter()
            .take(20)
            .map(|name| {
                let link = site.url(&format!("/{name}"));
                [name.clone(), format!("Notes {name}"), link, String::new()]
            })
            .collect();
        let entries: Vec<[&str; 4]> = entries
            .iter()
            .map(|entry| entry.each_ref().map(String::as_str))
            .collect();
        site.put_feed("/rss", &entries);
        self.at.insert(name, Instant::now());
    }
}

/// A process that is killed when the test ends, however it does.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// The most memory that a process has taken, in kB.
fn most_memory(id: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// The processor time that a process has taken, in hundredths of a second.
fn ticks(id: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    Some(fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?)
}

fn start(config: &Path, log: &Path) -> Running {
    let log = std::fs::File::create(log).unwrap();
    let child = Command::new(env!("CARGO_BIN_EXE_newswatch"))
        .args(["run", "--config"])
        .arg(config)
        // As the unit has it.
        .env("MALLOC_ARENA_MAX", "2")
        .env("MALLOC_MMAP_THRESHOLD_", "262144")
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap();
    Running(child)
}

/// The names of the good entries that were told of, each with the time of its first alert.
fn told(sink: &WebhookSink, seen: &mut BTreeMap<String, Instant>, read: &mut usize) {
    let received = sink.received();
    for request in received.iter().skip(*read) {
        let json = request.json().unwrap();
        let title = json["data"]["title"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let name = title.trim_start_matches("Notes ").to_owned();
        seen.entry(name).or_insert_with(Instant::now);
    }
    *read = received.len();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::too_many_lines, reason = "it is one story")]
#[expect(
    clippy::print_stdout,
    reason = "the table is what a long one is run for"
)]
async fn what_good_feeds_publish_is_told_whatever_fifty_bad_ones_do() {
    let seconds = setting("NEWSWATCH_CHAOS_SECONDS", 0);
    let feeds = setting("NEWSWATCH_CHAOS_FEEDS", 6);
    let bad = if seconds == 0 { Kind::ALL.len() } else { feeds };
    LazyLock::force(&BOMB);
    let mut good = Good::open(feeds).await;
    for place in 0..feeds {
        good.publish(place);
    }
    let mut servers = Vec::new();
    let only = std::env::var("NEWSWATCH_CHAOS_KIND").ok();
    let kinds = Kind::ALL.iter().filter(|kind| {
        only.as_ref()
            .is_none_or(|only| *only == format!("{kind:?}"))
    });
    for kind in kinds.cycle().take(bad) {
        let kind = *kind;
        servers
            .push(RawServer::behaving(move |stream, request| kind.answer(stream, request)).await);
    }
    let sink = WebhookSink::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("newswatch.toml");
    let log = folder.path().join("log");
    let addresses = good.sites.iter().map(|site| site.url("/rss"));
    let addresses = addresses.chain(servers.iter().map(|server| server.url("/")));
    let feed = |url: String| format!("[[feed]]\nurl = {url:?}\n");
    let text = format!(
        "state_dir = \"state\"\n[poll]\nevery = \"{INTERVAL}s\"\nmin_every = \"{INTERVAL}s\"\nfirst_poll = \"alert\"\n\
         [http]\nallow_private = [\"127.0.0.0/8\"]\n{}\
         [[watch]]\nname = \"Ferries\"\nterms = [\"ferry\"]\n\
         [[channel]]\nname = \"hook\"\ntype = \"webhook\"\nstorm = \"off\"\nurl = {:?}\n",
        addresses.map(feed).collect::<String>(),
        sink.url(),
    );
    std::fs::write(&config, text).unwrap();
    let mut running = start(&config, &log);
    let begun = Instant::now();
    let (mut seen, mut read) = (BTreeMap::new(), 0);
    // Short: two rounds. Long: something new of every feed each 20 seconds, until the time is over.
    let mut round = Instant::now();
    let mut rounds = 1;
    let patience = Duration::from_secs(300 + 2 * u64::try_from(seconds).unwrap());
    let whole = async {
        loop {
            told(&sink, &mut seen, &mut read);
            let is_round_told = good.at.keys().all(|name| seen.contains_key(name));
            let elapsed = usize::try_from(begun.elapsed().as_secs()).unwrap();
            if is_round_told && elapsed >= seconds && (rounds >= 3 || seconds > 0) {
                return;
            }
            let is_time = if seconds == 0 {
                is_round_told
            } else {
                round.elapsed() > Duration::from_secs(20) && elapsed < seconds
            };
            if is_time {
                (0..feeds).for_each(|place| good.publish(place));
                round = Instant::now();
                rounds += 1;
            }
            assert!(
                running.0.try_wait().unwrap().is_none(),
                "the service ended: {}",
                std::fs::read_to_string(&log).unwrap_or_default()
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let ended = tokio::time::timeout(patience, whole).await;
    let memory = most_memory(running.0.id()).unwrap();
    let cpu = ticks(running.0.id()).unwrap();
    drop(running);
    let untold: BTreeSet<&String> = good
        .at
        .keys()
        .filter(|name| !seen.contains_key(*name))
        .collect();
    let mut delays: Vec<u128> = good
        .at
        .iter()
        .filter_map(|(name, at)| Some(seen.get(name)?.duration_since(*at).as_millis()))
        .collect();
    delays.sort_unstable();
    let log = std::fs::read_to_string(&log).unwrap();
    println!(
        "{feeds} good feeds beside {bad} bad ones for {:?}: {} entries, {} untold, publish to alert median {} ms, \
         slowest {} ms; {} kB of memory, {} s of processor time, {} lines of log",
        begun.elapsed(),
        good.at.len(),
        untold.len(),
        delays.get(delays.len() / 2).copied().unwrap_or_default(),
        delays.last().copied().unwrap_or_default(),
        memory,
        cpu / 100,
        log.lines().count()
    );
    if let Ok(kept) = std::env::var("NEWSWATCH_CHAOS_LOG") {
        std::fs::write(kept, &log).unwrap();
    }
    assert!(ended.is_ok(), "every entry is told in time: {untold:?}");
    assert!(untold.is_empty(), "{untold:?}");
    assert!(memory <= MEMORY, "{memory} kB");
    let commands = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
    assert!(
        !log.contains(commands),
        "nothing in the log commands who reads it"
    );
}
