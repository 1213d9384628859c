//! Channels: how a message leaves the house. The only user of `lettre`.
//!
//! Takes a delivery and its alerts, makes one try to bring them to the other side, and says how that ended and what it
//! means: [`AttemptOutcome`]. It never tries again by itself, keeps no queue, and ends in bounded time whatever the
//! other side does. Where something is sent comes from the configuration alone, never from a feed.

mod address;
mod console;
mod email;
mod file;
mod signature;
mod webhook;

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use crate::domain::{Alert, AttemptOutcome, ChannelName, DeliveryId, Destination, Timestamp};
use crate::http::HttpClient;

pub use address::{AddressError, EmailAddress, Mailbox};
pub(crate) use signature::SigningKey;

use console::ConsoleSender;
use email::EmailSender;
use file::FileSender;
use webhook::WebhookSender;

/// A channel as configured.
#[derive(Debug, Clone)]
pub struct ChannelSettings {
    /// Its name.
    pub name: ChannelName,
    /// Where it leads.
    pub kind: ChannelKind,
    /// The waits between the tries of one delivery.
    pub retry: Vec<Duration>,
}

/// Where a channel leads.
#[derive(Debug, Clone)]
pub enum ChannelKind {
    /// Mail.
    Email(EmailSettings),
    /// An HTTP endpoint that takes Standard Webhooks.
    Webhook(WebhookSettings),
    /// Standard output.
    Console,
    /// A file that grows by a line of JSON for each alert.
    File(PathBuf),
}

impl ChannelSettings {
    /// Where a copy of each alert goes: one destination for each recipient of a mail channel, else one.
    #[must_use]
    pub fn destinations(&self) -> Vec<Destination> {
        let to = |recipient| Destination {
            channel: self.name.clone(),
            recipient,
        };
        match &self.kind {
            ChannelKind::Email(email) => email
                .to
                .iter()
                .map(|address| to(Some(address.as_str().to_owned())))
                .collect(),
            ChannelKind::Webhook(_) | ChannelKind::Console | ChannelKind::File(_) => vec![to(None)],
        }
    }
}

/// How mail is sent.
#[derive(Debug, Clone)]
pub struct EmailSettings {
    /// The recipients; each gets a message of its own.
    pub to: Vec<EmailAddress>,
    /// The sender, with the name to show.
    pub from: Mailbox,
    /// The server.
    pub smtp: SmtpSettings,
}

/// A mail server and how to talk to it.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// Its host name, which its certificate must carry.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: SmtpTls,
    /// User name and password; never sent without TLS.
    pub login: Option<(String, SecretString)>,
    /// A PEM file with further certificate authorities to trust.
    pub ca_file: Option<PathBuf>,
}

/// How a mail connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpTls {
    /// STARTTLS, and no mail without it (the default).
    Required,
    /// TLS from the first byte (port 465, RFC 8314).
    Implicit,
    /// None: for a relay on this machine.
    None,
}

/// A webhook endpoint.
#[derive(Debug, Clone)]
pub struct WebhookSettings {
    /// Its address.
    pub url: Url,
    /// The keys that sign: `whsec_...`; two during a rotation, none for an unsigned hook.
    pub secrets: Vec<SecretString>,
}

/// A channel could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum ChannelError {
    /// The mail transport could not be made.
    #[error("the mail transport could not be made: {0}")]
    Smtp(String),
    /// A signing secret cannot be used.
    #[error("the webhook secret is not a whsec_ secret: {0}")]
    Secret(String),
}

/// The times that bound one try, whatever the other side does.
#[derive(Debug, Clone)]
pub struct SendLimits {
    /// For a webhook: from connecting to the end of the answer.
    pub webhook: Duration,
    /// For a mail: from connecting to the server's word that it has taken it.
    pub email: Duration,
    /// For a console that nobody reads.
    pub console: Duration,
}

impl Default for SendLimits {
    fn default() -> Self {
        Self {
            webhook: Duration::from_secs(30),
            email: Duration::from_mins(1),
            console: Duration::from_secs(10),
        }
    }
}

/// One try: how it ended, and what the other side said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// How it ended.
    pub outcome: AttemptOutcome,
    /// The other side's own words, where it has any and said some.
    pub answer: Option<String>,
}

/// A channel that is ready to send.
#[derive(Debug)]
pub struct Channel {
    /// Its settings.
    pub settings: ChannelSettings,
    sender: Sender,
}

#[derive(Debug)]
enum Sender {
    Email(EmailSender),
    Webhook(WebhookSender),
    Console(ConsoleSender),
    File(FileSender),
}

impl Channel {
    /// Makes the channel ready; nothing is sent yet.
    ///
    /// # Errors
    /// When its settings cannot work.
    pub fn new(settings: ChannelSettings, http: HttpClient) -> Result<Self, ChannelError> {
        Self::with_limits(settings, http, &SendLimits::default())
    }

    /// Makes the channel ready, with other limits for one try.
    ///
    /// # Errors
    /// As [`Channel::new`].
    pub fn with_limits(
        settings: ChannelSettings,
        http: HttpClient,
        limits: &SendLimits,
    ) -> Result<Self, ChannelError> {
        let sender = match &settings.kind {
            ChannelKind::Email(email) => Sender::Email(EmailSender::new(email, limits.email)?),
            ChannelKind::Webhook(webhook) => {
                Sender::Webhook(WebhookSender::new(webhook, http, limits.webhook)?)
            }
            ChannelKind::Console => Sender::Console(ConsoleSender::new(
                Box::new(std::io::stdout()),
                limits.console,
            )),
            ChannelKind::File(path) => Sender::File(FileSender::new(path)),
        };
        Ok(Self { settings, sender })
    }

    /// Makes a console channel that writes elsewhere than to standard output.
    #[must_use]
    pub fn console_to(settings: ChannelSettings, writer: Box<dyn Write + Send>) -> Self {
        Self {
            settings,
            sender: Sender::Console(ConsoleSender::new(writer, SendLimits::default().console)),
        }
    }

    /// Writes what every try of a delivery brings; `recipient` is one of a mail channel's addresses.
    ///
    /// # Errors
    /// With the reason, as a clause for people, where it cannot be written.
    pub fn write(
        &self,
        delivery: &DeliveryId,
        recipient: Option<&str>,
        alerts: &[Alert],
        form: Form,
        now: Timestamp,
    ) -> Result<String, String> {
        match &self.sender {
            Sender::Email(email) => email.write(delivery, recipient, alerts, form, now),
            Sender::Webhook(_) => Ok(webhook::write(alerts, form, now)),
            Sender::Console(_) => Ok(console::write(alerts)),
            Sender::File(_) => Ok(file::write(delivery, alerts, now)),
        }
    }

    /// Makes one try to bring a body that [`Channel::write`] wrote. Every try of one delivery carries the same id.
    pub async fn send(
        &self,
        delivery: &DeliveryId,
        recipient: Option<&str>,
        body: &str,
        now: Timestamp,
    ) -> Attempt {
        match &self.sender {
            Sender::Email(email) => Box::pin(email.send(recipient, body)).await,
            Sender::Webhook(webhook) => Box::pin(webhook.send(delivery, body, now)).await,
            Sender::Console(console) => console.send(body).await,
            Sender::File(file) => file.send(body).await,
        }
    }

    /// Greets the mail server of a channel and logs in, without a mail; of other channels there is nothing to try.
    ///
    /// # Errors
    /// With the reason, as a clause for people.
    pub async fn probe(&self) -> Result<String, String> {
        match &self.sender {
            Sender::Email(email) => Box::pin(email.probe()).await,
            Sender::Webhook(_) | Sender::Console(_) | Sender::File(_) => {
                Ok("nothing to try".to_owned())
            }
        }
    }

    /// Writes and sends at once, in the short form where the whole one is refused: a test of the channel.
    pub async fn attempt(
        &self,
        delivery: &DeliveryId,
        recipient: Option<&str>,
        alerts: &[Alert],
        now: Timestamp,
    ) -> Attempt {
        let mut attempt = Attempt {
            outcome: AttemptOutcome::Accepted,
            answer: None,
        };
        for form in [Form::Full, Form::Short] {
            attempt = match self.write(delivery, recipient, alerts, form, now) {
                Ok(body) => self.send(delivery, recipient, &body, now).await,
                Err(reason) => Attempt {
                    outcome: AttemptOutcome::Refused { reason },
                    answer: None,
                },
            };
            if !matches!(attempt.outcome, AttemptOutcome::TooLong { .. }) {
                return attempt;
            }
        }
        if let AttemptOutcome::TooLong { reason } = attempt.outcome {
            attempt.outcome = AttemptOutcome::Refused { reason };
        }
        attempt
    }
}

/// How much of a message is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// All that there is to say.
    Full,
    /// Titles and links as plain text, for a receiver that refuses more.
    Short,
}
