//! The mail server of a soak, which does its duty now and then.

use std::sync::{Arc, Mutex};

use newswatch::demo::smtp_sink::{Deviation, Reaction, SinkTls, SmtpSink, Stage};
use tokio::sync::watch;

use super::book::Book;
use super::{MAIL, number_in};
use crate::support::tls::Authority;

/// Of so many mails that were taken the server does something else than its duty after one.
const FAULT_EVERY: u8 = 4;

/// A server that wants TLS.
pub(super) async fn open(authority: &Authority) -> SmtpSink {
    let tls = SinkTls::StartTls(authority.secure_for("localhost"));
    SmtpSink::start_with(tls, Vec::new()).await.unwrap()
}

/// Notes what comes, and has the server misbehave.
pub(super) async fn watch_over(
    sink: Arc<SmtpSink>,
    book: Arc<Mutex<Book>>,
    mut chance: fastrand::Rng,
    progress: watch::Sender<usize>,
) {
    let mut seen = 0;
    loop {
        let mails = sink.mails_beyond(seen).await;
        for mail in &mails[seen..] {
            let text = String::from_utf8_lossy(&mail.data);
            let field = |name: &str| {
                let line = text.lines().find_map(|line| line.strip_prefix(name));
                line.unwrap().trim().to_owned()
            };
            let (number, id) = (number_in(&field("Subject:")), field("Message-ID:"));
            book.lock().unwrap().note_taken(MAIL, number, id);
            progress.send_modify(|taken| *taken += 1);
        }
        seen = mails.len();
        // One misdeed at a time: a mail that is refused in its long form and in its short one is given up.
        if sink.is_dutiful() && chance.u8(..FAULT_EVERY) == 0 {
            let mut book = book.lock().unwrap();
            let stalls = chance.u8(..20) == 0 && book.take_silence();
            let faults = faults(&mut chance, stalls);
            book.mail_faults += faults.len();
            let takes = |fault: &&Deviation| fault.reaction == Reaction::TakeAndHangUp;
            book.cuts += faults.iter().filter(takes).count();
            drop(book);
            for fault in faults {
                sink.deviate(fault);
            }
        }
    }
}

fn faults(chance: &mut fastrand::Rng, stalls: bool) -> Vec<Deviation> {
    let reply = |text: &str| Reaction::Reply(format!("{text}\r\n"));
    let all = [
        (Stage::Greeting, reply("421 busy")),
        (Stage::Greeting, reply("554 not for you")),
        (Stage::Greeting, Reaction::HangUp),
        // Nobody offers TLS any more.
        (Stage::Hello, reply("250-sink\r\n250 8BITMIME")),
        (Stage::Hello, Reaction::Flood("250-more\r\n".to_owned())),
        (Stage::StartTls, reply("454 later")),
        (Stage::StartTls, reply("220 go ahead\r\n250 injected")),
        (Stage::StartTls, Reaction::HangUp),
        (Stage::Auth, reply("535 who are you")),
        (Stage::Auth, reply("454 later")),
        (Stage::Sender, reply("451 wait")),
        (Stage::Recipient, reply("450 greylisted")),
        (Stage::Data, reply("421 closing")),
        (Stage::EndOfData, reply("451 later")),
        (Stage::EndOfData, reply("554 what is that")),
        (Stage::EndOfData, Reaction::HangUp),
        (Stage::EndOfData, Reaction::TakeAndHangUp),
        (Stage::EndOfData, Reaction::TakeAndHangUp),
    ];
    let (at, reaction) = if stalls {
        (Stage::EndOfData, Reaction::Stall)
    } else {
        all[chance.usize(..all.len())].clone()
    };
    let once = |at, reaction| Deviation {
        at,
        reaction,
        times: 1,
    };
    let connects = matches!(
        at,
        Stage::Greeting | Stage::Hello | Stage::StartTls | Stage::Auth
    );
    // The connection is kept from mail to mail: what happens at its beginning needs a new one.
    let before = connects.then(|| once(Stage::Sender, Reaction::HangUp));
    before.into_iter().chain([once(at, reaction)]).collect()
}
