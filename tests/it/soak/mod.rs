//! A soak: numbered entries, receivers that misbehave at random in every known way, and a process that is killed and
//! stopped again and again.
//!
//! The short one belongs to the suite. A long one:
//! `NEWSWATCH_SOAK_ENTRIES=1000 cargo test --test it soak -- --nocapture`, with `NEWSWATCH_SOAK_SEED` to repeat one, and
//! `NEWSWATCH_TEST_DATABASE` for PostgreSQL. Nothing is judged by how long it takes.

mod book;
mod mail;
mod webhooks;

use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use newswatch::demo::smtp_sink::SmtpSink;
use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;

use crate::support::database;
use crate::support::http::RawServer;
use crate::support::site::Site;
use crate::support::tls::Authority;

use book::Book;
use webhooks::Webhooks;

/// Entries that one poll finds.
const TOGETHER: usize = 10;

/// Entries that the feed shows, the newest, as feeds do: a document that grows without end is under way at most of the
/// kills, and what the process died of again and again is not read any more.
const SHOWN: usize = 5 * TOGETHER;

/// Every so many-th entry is one that the webhooks never take.
const POISON_EVERY: usize = 17;

/// The channel whose messages are mails.
const MAIL: &str = "post";

const CHANNELS: [&str; 3] = ["one", "two", MAIL];

/// Of so many ends of the process one is asked for, with time to stop.
const STOP_EVERY: usize = 4;

/// The number of the signal that asks a process to stop.
const SIGTERM: i32 = 15;

/// How often it is looked after a channel that has said that it is gone.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// From so many entries on some receivers never answer: in the suite nobody has half a minute for each of those.
const SILENT_FROM: usize = 200;

/// How often that happens at most: it costs a channel up to a minute, and a long soak is to end.
const SILENCES: usize = 8;

/// The number of an entry, by its headline.
fn number_in(title: &str) -> usize {
    title.rsplit(' ').next().unwrap().parse().unwrap()
}

fn setting(name: &str, default: usize) -> usize {
    let set = std::env::var(name).ok();
    set.and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// How often the process came to an end, and how long it took the longest to stop when it was asked to.
#[derive(Default)]
struct Ends {
    kills: usize,
    stops: usize,
    longest_stop: Duration,
}

struct Soak {
    entries: usize,
    published: usize,
    config: PathBuf,
    site: Site,
    book: Arc<Mutex<Book>>,
    progress: watch::Sender<usize>,
    chance: fastrand::Rng,
    child: Child,
    ends: Ends,
    mail: Arc<SmtpSink>,
    _folder: tempfile::TempDir,
    _webhooks: RawServer,
    _authority: Authority,
    _over_mail: AbortOnDropHandle<()>,
}

impl Soak {
    async fn begin(entries: usize, seed: u64) -> Self {
        let mut chance = fastrand::Rng::with_seed(seed);
        let (book, progress) = (Arc::<Mutex<Book>>::default(), watch::Sender::new(0));
        if entries >= SILENT_FROM {
            book.lock().unwrap().silences = SILENCES;
        }
        let webhooks = Webhooks {
            book: Arc::clone(&book),
            chance: Arc::new(Mutex::new(chance.fork())),
            progress: progress.clone(),
        };
        let server =
            RawServer::behaving(move |stream, header| webhooks.clone().answer(stream, header))
                .await;
        let authority = Authority::new();
        let mail = Arc::new(mail::open(&authority).await);
        let over_mail = tokio::spawn(mail::watch_over(
            Arc::clone(&mail),
            Arc::clone(&book),
            chance.fork(),
            progress.clone(),
        ));
        let site = Site::open().await;
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("newswatch.toml");
        let text = configuration(&site, &server, &mail, &authority);
        std::fs::write(&config, text).unwrap();
        std::fs::write(folder.path().join("password"), "correct horse").unwrap();
        let published = TOGETHER.min(entries);
        publish(&site, published);
        Self {
            entries,
            published,
            child: start(&config),
            config,
            site,
            book,
            progress,
            chance,
            ends: Ends::default(),
            mail,
            _folder: folder,
            _webhooks: server,
            _authority: authority,
            _over_mail: AbortOnDropHandle::new(over_mail),
        }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap()
    }

    /// Goes on until everything has come, and ends the process now and then.
    async fn go_on(&mut self) {
        let mut taken = self.progress.subscribe();
        loop {
            let mark = *taken.borrow() + self.chance.usize(3..20);
            while *taken.borrow_and_update() < mark {
                if self.published == self.entries && self.book().lacks(self.entries).is_empty() {
                    return;
                }
                drop(tokio::time::timeout(LOOK_AGAIN, taken.changed()).await);
                self.take_up_what_is_gone();
                let behind = self.book().most_taken() + TOGETHER;
                if behind > self.published && self.published < self.entries {
                    self.published = (self.published + TOGETHER).min(self.entries);
                    publish(&self.site, self.published);
                }
            }
            self.end();
            // A pause of which it had no time to write down that it was asked for binds nobody.
            let kept = self.in_state(&["paused", "gone"]);
            self.book().keep_closed(&kept);
            self.child = start(&self.config);
        }
    }

    /// Ends the process: whatever it was doing, or by asking it to stop.
    fn end(&mut self) {
        self.book().ends += 1;
        if self.chance.usize(..STOP_EVERY) == 0 {
            self.stop();
        } else {
            self.child.kill().unwrap();
            self.child.wait().unwrap();
            self.ends.kills += 1;
        }
    }

    fn stop(&mut self) {
        let asked_at = Instant::now();
        let listens = listens(self.child.id());
        let id = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status();
        assert!(asked.unwrap().success());
        let ended = self.child.wait().unwrap();
        self.ends.longest_stop = self.ends.longest_stop.max(asked_at.elapsed());
        self.ends.stops += 1;
        // Before it listens there is nothing to be ended as it should.
        let is_good = ended.success() || !listens && ended.signal() == Some(SIGTERM);
        assert!(is_good, "who is asked to stop, stops: {ended}");
    }

    /// Somebody has mended what was gone, and says so.
    fn take_up_what_is_gone(&self) {
        let gone = self.book().gone();
        for channel in gone {
            if self.in_state(&["gone"]).contains(&channel) {
                self.book().open(&channel);
                self.ask(&["alerts", "retry", "--channel", &channel]);
            }
        }
    }

    /// The channels in one of these states, as the store has them.
    fn in_state(&self, states: &[&str]) -> BTreeSet<String> {
        let told = self.status();
        let channels = told["channels"].as_array().unwrap().iter();
        channels
            .filter(|channel| states.contains(&channel["state"].as_str().unwrap()))
            .map(|channel| channel["name"].as_str().unwrap().to_owned())
            .collect()
    }

    fn status(&self) -> serde_json::Value {
        serde_json::from_slice(&self.ask(&["status", "--json"])).unwrap()
    }

    /// The numbers of all entries, in the order in which their alerts were raised.
    fn raised(&self) -> Vec<usize> {
        let limit = self.entries.to_string();
        let listed = self.ask(&["alerts", "list", "--json", "--limit", &limit]);
        let listed = String::from_utf8(listed).unwrap();
        let numbers = listed.lines().map(|line| {
            let json: serde_json::Value = serde_json::from_str(line).unwrap();
            number_in(json["title"].as_str().unwrap())
        });
        numbers.collect()
    }

    fn ask(&self, args: &[&str]) -> Vec<u8> {
        let asked = Command::new(env!("CARGO_BIN_EXE_newswatch"))
            .args(args)
            .arg("--config")
            .arg(&self.config)
            .output()
            .unwrap();
        asked.stdout
    }
}

fn configuration(
    site: &Site,
    webhooks: &RawServer,
    mail: &SmtpSink,
    authority: &Authority,
) -> String {
    let retry = ["'100ms'", "'200ms'", "'500ms'"];
    let retry = [&retry[..], &["'1s'"; 40]].concat().join(", ");
    let mut text = format!(
        "state_dir = 'state'\n{}[poll]\nevery = '1s'\nmin_every = '1s'\nfirst_poll = 'alert'\n\
         [http]\nallow_private = ['{}', '{}']\n[[feed]]\nurl = '{}'\narticle = 'never'\n\
         [[watch]]\nname = 'Sea'\nquery = '\"East Sea\"'\n",
        database::section().unwrap_or_default(),
        site.addr,
        webhooks.address,
        site.url("/rss"),
    );
    for name in CHANNELS {
        let keys = if name == MAIL {
            format!(
                "type = 'email'\nto = ['desk@example.org']\nfrom = 'watch@example.org'\n\
                 smtp = {{ host = 'localhost', port = {}, ca_file = '{}', username = 'desk', \
                 password = {{ file = 'password' }} }}",
                mail.address().port(),
                authority.ca_file().display(),
            )
        } else {
            format!(
                "type = 'webhook'\nurl = '{}'",
                webhooks.url(&format!("/{name}"))
            )
        };
        let table =
            format!("[[channel]]\nname = '{name}'\nstorm = 'off'\nretry = [{retry}]\n{keys}\n");
        text.push_str(&table);
    }
    text
}

fn start(config: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_newswatch"))
        .args(["run", "--config"])
        .arg(config)
        .stdout(Stdio::null())
        .stderr(log())
        .spawn()
        .unwrap()
}

/// Whether a process answers SIGTERM itself; where nobody can say so, it is taken for one that does not yet.
fn listens(process: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    let caught = caught.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    caught.is_some_and(|mask| mask & (1 << (SIGTERM - 1)) != 0)
}

/// Where the process tells what it does: nowhere, unless somebody wants to read it.
fn log() -> Stdio {
    let Some(path) = std::env::var_os("NEWSWATCH_SOAK_LOG") else {
        return Stdio::null();
    };
    let file = std::fs::File::options()
        .append(true)
        .create(true)
        .open(path);
    file.unwrap().into()
}

fn publish(site: &Site, count: usize) {
    let titles: Vec<(String, String)> = (0..count)
        .rev()
        .take(SHOWN)
        .map(|n| (format!("n{n}"), format!("East Sea {n}")))
        .collect();
    let entries: Vec<[&str; 4]> = titles
        .iter()
        .map(|(guid, title)| [guid.as_str(), title.as_str(), "", "Notes"])
        .collect();
    site.put_feed("/rss", &entries);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(
    clippy::print_stdout,
    reason = "the table is what a long one is run for"
)]
async fn soak_nothing_is_lost_and_nothing_doubled_without_a_cause() {
    let entries = setting("NEWSWATCH_SOAK_ENTRIES", 40);
    let seed = u64::try_from(setting("NEWSWATCH_SOAK_SEED", 7)).unwrap();
    let begun = Instant::now();
    let mut soak = Soak::begin(entries, seed).await;
    // Against a test that hangs alone.
    let patience = Duration::from_secs(300 + 6 * u64::try_from(entries).unwrap());
    let ended = tokio::time::timeout(patience, soak.go_on()).await;
    soak.stop();
    let counts = soak.status()["counts"].clone();
    let raised = soak.raised();
    let in_clear = soak.mail.commands().iter().any(|command| {
        !command.secured && (command.line.starts_with("AUTH") || command.line.starts_with("MAIL"))
    });

    let book = soak.book();
    let (lost, doubles) = (book.lacks(entries), book.doubles());
    let (overtaken, by_mail) = book.overtaken(&raised);
    let Ends {
        kills,
        stops,
        longest_stop,
    } = soak.ends;
    println!(
        "seed {seed}, entries {entries}, channels {}, {} s: requests {}, mails' faults {}, kills {kills}, stops {stops} \
         (longest {} ms), cuts {}, lost {}, doubles {doubles}, doubles under another id {}, early tries {}, \
         overtaken without a cause {}, mails overtaken {by_mail}",
        CHANNELS.len(),
        begun.elapsed().as_secs(),
        book.requests,
        book.mail_faults,
        longest_stop.as_millis(),
        book.cuts,
        lost.len(),
        book.renamed(),
        book.early,
        overtaken.len(),
    );
    assert!(ended.is_ok(), "every entry has come; lost: {lost:?}");
    assert_eq!(lost, []);
    let explained = book.cuts + CHANNELS.len() * (kills + stops);
    assert!(doubles <= explained, "{doubles} of {explained}");
    assert_eq!((book.renamed(), book.early, book.strayed), (0, 0, 0));
    assert_eq!(overtaken, []);
    assert!(by_mail <= book.mail_faults, "{by_mail}");
    assert!(!in_clear, "a login or a mail went out without TLS");
    let of = |word: &str| counts[word].as_u64().unwrap();
    let legs = of("delivered") + of("waiting") + of("legs_held") + of("abandoned");
    assert_eq!(
        (of("matches"), of("legs"), legs),
        (
            entries as u64,
            (entries * CHANNELS.len()) as u64,
            (entries * CHANNELS.len()) as u64
        )
    );
}
