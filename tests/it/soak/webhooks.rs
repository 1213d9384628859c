//! The receivers of webhooks, which misbehave in every way that is known of receivers.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::book::{Book, Closed, is_poison};
use super::{POISON_EVERY, number_in};

/// How long a slow receiver takes to answer, and a dripping one from one byte to the next.
const SLOW: Duration = Duration::from_millis(300);

/// How long a receiver is closed that asks to be left alone.
const PAUSE: Duration = Duration::from_secs(1);

#[derive(Clone)]
pub(super) struct Webhooks {
    pub(super) book: Arc<Mutex<Book>>,
    pub(super) chance: Arc<Mutex<fastrand::Rng>>,
    pub(super) progress: watch::Sender<usize>,
}

/// How a message is answered.
enum Reply {
    /// With these bytes.
    Bytes(String),
    /// With a yes that was noted, with these bytes after a while.
    Slow(String),
    /// With a yes whose body never ends.
    Dripping,
    /// Not at all: the connection ends.
    Cut,
    /// Not at all: the connection stays.
    Silent,
}

impl Webhooks {
    pub(super) async fn answer(self, mut stream: TcpStream, header: String) {
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
        if channel == "elsewhere" {
            self.book.lock().unwrap().strayed += 1;
            return;
        }
        let json: serde_json::Value = serde_json::from_slice(&body).unwrap();
        let number = number_in(json["data"]["title"].as_str().unwrap());
        let id = field("webhook-id").unwrap_or_default();
        let reply = self.decide(&channel, &id, number);
        // The process may have been killed meanwhile: then there is nobody to answer to.
        match reply {
            Reply::Bytes(bytes) => drop(stream.write_all(bytes.as_bytes()).await),
            Reply::Slow(bytes) => {
                let ends = self.book.lock().unwrap().ends;
                tokio::time::sleep(SLOW).await;
                let written = stream.write_all(bytes.as_bytes()).await;
                let mut book = self.book.lock().unwrap();
                book.cuts += usize::from(written.is_err() || book.ends != ends);
            }
            Reply::Dripping => drip(&mut stream).await,
            Reply::Cut => {}
            Reply::Silent => drop(stream.read_u8().await),
        }
        drop(stream.shutdown().await);
    }

    fn decide(&self, channel: &str, id: &str, number: usize) -> Reply {
        let mut book = self.book.lock().unwrap();
        book.note_request(channel);
        let fate = self.chance.lock().unwrap().u16(..1000);
        let refusal = if is_poison(number) {
            // 413 has a second chance: its short form, which is refused as well.
            let statuses = ["400 Bad", "403 No", "404 None", "413 Large", "422 What"];
            Some(plain(statuses[number / POISON_EVERY % statuses.len()]))
        } else if book.deploying > 0 {
            book.deploying -= 1;
            Some(plain("404 None"))
        } else {
            refusal(&mut book, channel, fate)
        };
        if let Some(reply) = refusal {
            book.note_refused(channel, number);
            return reply;
        }
        book.note_taken(channel, number, id.to_owned());
        let is_cut = (200..245).contains(&fate);
        book.cuts += usize::from(is_cut);
        drop(book);
        self.progress.send_modify(|taken| *taken += 1);
        match fate {
            200..235 => Reply::Cut,
            // An answer that ends in its first line is none.
            235..245 => Reply::Bytes("HTTP/1.1 20".to_owned()),
            245..265 => Reply::Slow(ok()),
            265..285 => Reply::Dripping,
            _ => Reply::Bytes(ok()),
        }
    }
}

/// What a message is answered with that is not taken.
fn refusal(book: &mut Book, channel: &str, fate: u16) -> Option<Reply> {
    Some(match fate {
        0..40 => plain("500 Oops"),
        40..50 => plain("502 Bad Gateway"),
        50..60 => plain("408 Slow"),
        60..70 => plain("425 Early"),
        70..80 => Reply::Bytes(answer("302 There", "location: /elsewhere\r\n", "")),
        80..115 => pause(book, channel, fate),
        115..150 => Reply::Cut,
        150..155 => {
            book.deploying = 2;
            plain("404 None")
        }
        155..157 if book.take_silence() => Reply::Silent,
        157..165 if !book.has_gone => {
            book.has_gone = true;
            book.close(channel, Closed::ForGood);
            plain("410 Gone")
        }
        _ => return None,
    })
}

/// Asks to be left alone for a while, in one of the ways in which that is done.
fn pause(book: &mut Book, channel: &str, fate: u16) -> Reply {
    let status = if fate.is_multiple_of(2) {
        "429 Much"
    } else {
        "503 Not"
    };
    let (closed_for, fields, body) = match fate % 3 {
        0 => (PAUSE, "retry-after: 1\r\n".to_owned(), ""),
        1 => {
            // A date has no parts of a second.
            let at = SystemTime::now() + 2 * PAUSE;
            let date = httpdate(at);
            (PAUSE, format!("retry-after: {date}\r\n"), "")
        }
        _ => (PAUSE, String::new(), "{\"retry_after\": 1.0}"),
    };
    let until = Instant::now() + closed_for;
    book.close(channel, Closed::Until(until));
    Reply::Bytes(answer(status, &fields, body))
}

fn httpdate(at: SystemTime) -> String {
    let at = jiff::Timestamp::try_from(at).unwrap();
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn answer(status: &str, fields: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\n{fields}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
}

fn plain(status: &str) -> Reply {
    Reply::Bytes(answer(status, "", ""))
}

fn ok() -> String {
    answer("200 OK", "", "")
}

/// Says yes, and then a byte now and then until the other side has enough.
async fn drip(stream: &mut TcpStream) {
    let begin = b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n";
    let mut written = stream.write_all(begin).await;
    while written.is_ok() {
        tokio::time::sleep(SLOW).await;
        written = stream.write_all(b".").await;
    }
}
