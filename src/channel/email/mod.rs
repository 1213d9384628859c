//! The mail channel: one message to one recipient, and what the server's answer means.
//!
//! Envelope, sender and recipients come from the settings alone. A user name and a password are sent inside TLS or not
//! at all. One try ends within its limit wherever the server stops answering.

mod message;
mod session;
mod stream;
mod token;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::timeout;

use crate::clock::Clock;
use crate::domain::AttemptOutcome;
use crate::http::in_words;
use crate::render::Telling;

use super::{
    Attempt, ChannelError, EmailAddress, EmailSettings, Form, Mailbox, Sending, Service, Setup,
    Tools, Trying,
};
use session::{Failure, Problem, Server, Session, Step};

/// How long a connection is kept for the next message of a burst.
const IDLE_TIMEOUT: Duration = Duration::from_secs(5);

/// Why nothing is sent to somebody who was taken out of the channel.
const NO_RECIPIENT: &str = "the recipient is not one of this channel any more";

/// Sends through one mail server.
#[derive(Debug)]
pub(crate) struct EmailSender {
    server: Server,
    from: Mailbox,
    to: Vec<EmailAddress>,
    timeout: Duration,
    idle: Arc<Mutex<IdleSlot>>,
}

/// The connection that waits for the next message, with the number of its stay.
#[derive(Debug, Default)]
struct IdleSlot {
    stays: u64,
    session: Option<Session>,
}

impl Setup for EmailSettings {
    fn service(&self, tools: &Tools) -> Result<Box<dyn Service>, ChannelError> {
        Ok(Box::new(EmailSender::new(self, tools.limits.email)?))
    }

    fn recipients(&self) -> Vec<String> {
        let addresses = self.to.iter();
        addresses
            .map(|address| address.as_str().to_owned())
            .collect()
    }
}

impl Service for EmailSender {
    fn write(&self, telling: &Telling<'_>, form: Form) -> Result<String, String> {
        self.compose(telling, form)
    }

    fn send<'a>(&'a self, sending: Sending<'a>) -> Trying<'a, Attempt> {
        Box::pin(self.bring(sending.recipient, sending.body))
    }

    fn probe(&self) -> Trying<'_, Result<String, String>> {
        Box::pin(self.greet())
    }
}

impl EmailSender {
    pub(crate) fn new(settings: &EmailSettings, timeout: Duration) -> Result<Self, ChannelError> {
        Ok(Self {
            server: Server::new(&settings.smtp).map_err(ChannelError::Smtp)?,
            from: settings.from.clone(),
            to: settings.to.clone(),
            timeout,
            idle: Arc::default(),
        })
    }

    /// Writes the mail to one of the channel's recipients: the one named, or the first.
    fn compose(&self, telling: &Telling<'_>, form: Form) -> Result<String, String> {
        let to = self.recipient(telling.recipient).ok_or(NO_RECIPIENT)?;
        let bytes = message::compose(&self.from, to, telling, form)
            .map_err(|error| format!("the mail cannot be written: {error}"))?;
        String::from_utf8(bytes).map_err(|_| "the mail cannot be written as text".to_owned())
    }

    /// Sends a mail that was written for this recipient.
    async fn bring(&self, recipient: Option<&str>, mail: &str) -> Attempt {
        let Some(to) = self.recipient(recipient) else {
            return ended(AttemptOutcome::Refused {
                reason: NO_RECIPIENT.to_owned(),
            });
        };
        let limit = self.timeout;
        match timeout(limit, Box::pin(self.deliver(to, mail.as_bytes()))).await {
            Ok(Ok(answer)) => Attempt {
                outcome: AttemptOutcome::Accepted,
                answer: Some(answer),
                message: None,
            },
            Ok(Err(failure)) => ended(outcome(&failure, self.server.host(), to)),
            Err(_) => ended(AttemptOutcome::Failed {
                reason: format!(
                    "{} did not take the mail within {}",
                    self.server.host(),
                    in_words(limit)
                ),
            }),
        }
    }

    /// Connects, logs in if there is a login, and says goodbye.
    async fn greet(&self) -> Result<String, String> {
        let host = self.server.host();
        match timeout(self.timeout, Box::pin(self.server.connect())).await {
            Ok(Ok(session)) => {
                session.quit().await;
                Ok(format!("{host} takes mail from us; none was sent"))
            }
            Ok(Err(failure)) => Err(failure.in_words(host)),
            Err(_) => Err(format!(
                "{host} did not answer within {}",
                in_words(self.timeout)
            )),
        }
    }

    /// One of the channel's recipients, however the name is written: a delivery may carry it as the configuration has
    /// it, with spaces around it or a domain beyond ASCII.
    fn recipient(&self, named: Option<&str>) -> Option<&EmailAddress> {
        let Some(name) = named else {
            return self.to.first();
        };
        let address = EmailAddress::parse(name).ok()?;
        self.to.iter().find(|known| **known == address)
    }

    async fn deliver(&self, to: &EmailAddress, mail: &[u8]) -> Result<String, Failure> {
        let from = &self.from.mailbox().email;
        let waiting = self.idle_slot().session.take();
        let kept = Session::if_alive(waiting).await;
        let was_kept = kept.is_some();
        let mut session = match kept {
            Some(session) => session,
            None => self.server.connect().await?,
        };
        let mut sent = session.send(from, to.address(), mail).await;
        // A server may end a connection that was kept at any moment: that is nobody's fault, and costs no try.
        if was_kept && sent.as_ref().is_err_and(Failure::is_of_the_connection) {
            session = self.server.connect().await?;
            sent = session.send(from, to.address(), mail).await;
        }
        match &sent {
            Ok(_) => self.keep(session),
            // The server is still there, and listens for a goodbye.
            Err(failure) if matches!(failure.problem, Problem::Reply { .. }) => {
                session.quit().await;
            }
            Err(_) => {}
        }
        sent
    }

    /// Keeps a connection for the next message, and closes it when none comes.
    fn keep(&self, session: Session) {
        if session.is_worn_out() {
            return;
        }
        let stay = {
            let mut slot = self.idle_slot();
            slot.stays += 1;
            slot.session = Some(session);
            slot.stays
        };
        let slot = Arc::clone(&self.idle);
        tokio::spawn(async move {
            Clock::system().sleep(IDLE_TIMEOUT).await;
            let left = {
                let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
                if slot.stays == stay {
                    slot.session.take()
                } else {
                    None
                }
            };
            if let Some(session) = left {
                session.quit().await;
            }
        });
    }

    fn idle_slot(&self) -> std::sync::MutexGuard<'_, IdleSlot> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn ended(outcome: AttemptOutcome) -> Attempt {
    Attempt {
        outcome,
        answer: None,
        message: None,
    }
}

/// Says what a failure means for the delivery and for the channel.
fn outcome(failure: &Failure, host: &str, to: &EmailAddress) -> AttemptOutcome {
    // Servers repeat the address that they refuse; reasons are logged, and recipients are not.
    let reason = failure.in_words(host).replace(to.as_str(), "the recipient");
    match &failure.problem {
        Problem::NoStartTls | Problem::NoLogin(_) | Problem::BadCertificate(_) => {
            AttemptOutcome::Misconfigured { reason }
        }
        Problem::NoToken(problem) if problem.is_lasting => AttemptOutcome::Misconfigured { reason },
        Problem::NeedsUtf8 => AttemptOutcome::Refused { reason },
        Problem::Broken(_) if failure.step == Step::Content => AttemptOutcome::Failed { reason },
        Problem::NoToken(_) | Problem::Broken(_) => AttemptOutcome::Unreached { reason },
        Problem::Reply { text, .. } if failure.step == Step::Recipient && denies_relaying(text) => {
            AttemptOutcome::Misconfigured { reason }
        }
        Problem::Reply { code, .. } => match (code, failure.step) {
            // RFC 4954 §6: a login is needed, or it is wrong, or weak.
            (530 | 534 | 535 | 538, _) => AttemptOutcome::Misconfigured { reason },
            (500..=599, Step::Recipient) => AttemptOutcome::Refused { reason },
            // RFC 5321 §3.8: the server is closing down.
            (421, _) => AttemptOutcome::Unreached { reason },
            // Greylisted, or a mailbox that is full: the server is well.
            (400..=499, Step::Recipient | Step::Content) => AttemptOutcome::Deferred { reason },
            // Too large, or something in it: its short form may be taken.
            (500..=599, Step::Content) => AttemptOutcome::TooLong { reason },
            (500..=599, _) => AttemptOutcome::Misconfigured { reason },
            _ => AttemptOutcome::Failed { reason },
        },
    }
}

/// Whether a server says that it carries no mail to other domains for us: another recipient there would be refused as
/// well, and a setting is wrong. Servers have no code of their own for it (RFC 5321 §3.6.2 leaves it at 550).
fn denies_relaying(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let words: Vec<&str> = text
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '-')
        .collect();
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(word));
    let is_about_relaying = has(&["relay", "relaying", "relayed", "relays"]);
    let denies = has(&[
        "denied",
        "not",
        "no",
        "unable",
        "prohibited",
        "disallowed",
        "forbidden",
        "refused",
        "rejected",
        "cannot",
        "don't",
        "disabled",
    ]);
    let is_about_the_mailbox = has(&["user", "mailbox", "recipient-unknown"]) && has(&["unknown"]);
    is_about_relaying && denies && !is_about_the_mailbox
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_does_not_relay_for_us_is_a_matter_of_settings() {
        for (text, expected) in [
            ("5.7.1 <a@b.example>: Relay access denied", "misconfigured"),
            ("relaying denied", "misconfigured"),
            (
                "5.7.54 SMTP; Unable to relay recipient in non-accepted domain",
                "misconfigured",
            ),
            ("relay not permitted", "misconfigured"),
            ("We do not relay", "misconfigured"),
            ("5.1.1 <a@relay.example>: user unknown", "refused"),
            (
                "5.1.1 user unknown, mail.relay.example did not find it",
                "refused",
            ),
        ] {
            let problem = Problem::Reply {
                code: 554,
                text: text.into(),
            };
            assert_eq!(kind(Step::Recipient, problem), expected, "{text}");
        }
    }

    fn kind(step: Step, problem: Problem) -> &'static str {
        let to = EmailAddress::parse("desk@example.org").unwrap();
        outcome(&Failure { step, problem }, "smtp.example", &to).as_str()
    }

    fn reply(code: u16) -> Problem {
        Problem::Reply {
            code,
            text: "5.1.1 <desk@example.org>: no such user".into(),
        }
    }

    #[test]
    fn each_answer_has_its_meaning_at_its_step() {
        for (step, problem, expected) in [
            (Step::Connect, Problem::Broken("reset".into()), "unreached"),
            (Step::Connect, reply(421), "unreached"),
            (Step::Connect, reply(554), "misconfigured"),
            (Step::StartTls, Problem::NoStartTls, "misconfigured"),
            (
                Step::StartTls,
                Problem::BadCertificate("x".into()),
                "misconfigured",
            ),
            (Step::StartTls, reply(454), "failed"),
            (Step::StartTls, reply(502), "misconfigured"),
            (Step::Login, Problem::NoLogin("PLAIN"), "misconfigured"),
            (Step::Login, reply(454), "failed"),
            (Step::Login, reply(535), "misconfigured"),
            (Step::Sender, reply(451), "failed"),
            (Step::Sender, reply(530), "misconfigured"),
            (Step::Sender, reply(550), "misconfigured"),
            (Step::Recipient, reply(450), "deferred"),
            (Step::Recipient, reply(530), "misconfigured"),
            (Step::Recipient, reply(550), "refused"),
            (Step::Recipient, Problem::NeedsUtf8, "refused"),
            (Step::Content, reply(451), "deferred"),
            (Step::Content, reply(552), "too-long"),
            (Step::Content, reply(554), "too-long"),
            (Step::Content, Problem::Broken("cut".into()), "failed"),
        ] {
            let shown = format!("{step:?} {problem:?}");
            assert_eq!(kind(step, problem), expected, "{shown}");
        }
    }

    #[test]
    fn a_reason_does_not_repeat_the_recipient() {
        let to = EmailAddress::parse("desk@example.org").unwrap();
        let failure = Failure {
            step: Step::Recipient,
            problem: reply(550),
        };
        let AttemptOutcome::Refused { reason } = outcome(&failure, "smtp.example", &to) else {
            panic!("a refused recipient is refused");
        };
        assert_eq!(
            reason,
            "smtp.example answered to the recipient: 550 5.1.1 <the recipient>: no such user"
        );
    }
}
