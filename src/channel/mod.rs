//! Channels: how a message leaves the house. The only user of `lettre`.
//!
//! Takes a delivery and its alerts, makes one try to bring them to the other side, and says how that ended and what it
//! means: [`AttemptOutcome`]. It never tries again by itself, keeps no queue, and ends in bounded time whatever the
//! other side does. Where something is sent comes from the configuration alone, never from a feed.

mod address;
mod apprise;
mod command;
mod console;
mod discord;
mod email;
mod exec;
mod file;
mod gotify;
mod matrix;
mod mattermost;
mod ntfy;
mod post;
mod signature;
mod slack;
mod syslog;
mod teams;
mod telegram;
mod webhook;

use std::fmt::Debug;
use std::future::Future;
use std::io::Write;
use std::path::PathBuf;
use std::pin::Pin;
use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use crate::domain::{
    Alert, AttemptOutcome, ChannelName, DeliveryId, Destination, Occasion, Timestamp,
};
use crate::http::HttpClient;
use crate::render::{Filled, Reader, Telling, Templates};

pub use address::{AddressError, EmailAddress, Mailbox};
pub use apprise::AppriseSettings;
pub use console::ConsoleSettings;
pub use discord::DiscordSettings;
pub use exec::ExecSettings;
pub use file::FileSettings;
pub use gotify::GotifySettings;
pub use matrix::MatrixSettings;
pub use mattermost::MattermostSettings;
pub use ntfy::NtfySettings;
pub(crate) use signature::SigningKey;
pub use slack::SlackSettings;
pub use syslog::SyslogSettings;
pub use teams::TeamsSettings;
pub use telegram::TelegramSettings;
pub use webhook::{WebhookMethod, WebhookSettings};

/// A channel as configured.
#[derive(Debug, Clone)]
pub struct ChannelSettings {
    /// Its name.
    pub name: ChannelName,
    /// Where it leads.
    pub kind: ChannelKind,
    /// Whom its messages are written for.
    pub reader: Reader,
    /// The operator's templates for them.
    pub templates: Templates,
    /// The waits between the tries of one delivery.
    pub retry: Vec<Duration>,
}

/// Where a channel leads. A new type of channel is registered here: a variant, and its arm in [`ChannelKind::setup`].
#[derive(Debug, Clone)]
pub enum ChannelKind {
    /// Mail.
    Email(EmailSettings),
    /// An HTTP endpoint that takes Standard Webhooks.
    Webhook(WebhookSettings),
    /// Slack.
    Slack(SlackSettings),
    /// Discord.
    Discord(DiscordSettings),
    /// Microsoft Teams.
    Teams(TeamsSettings),
    /// Telegram.
    Telegram(TelegramSettings),
    /// ntfy.
    Ntfy(NtfySettings),
    /// Matrix.
    Matrix(MatrixSettings),
    /// Mattermost.
    Mattermost(MattermostSettings),
    /// Gotify.
    Gotify(GotifySettings),
    /// An Apprise API server.
    Apprise(AppriseSettings),
    /// A command.
    Exec(ExecSettings),
    /// The system's log.
    Syslog(SyslogSettings),
    /// Standard output.
    Console(ConsoleSettings),
    /// A file that grows by a line of JSON for each alert.
    File(FileSettings),
}

impl ChannelKind {
    fn setup(&self) -> &dyn Setup {
        match self {
            Self::Email(settings) => settings,
            Self::Webhook(settings) => settings,
            Self::Slack(settings) => settings,
            Self::Discord(settings) => settings,
            Self::Teams(settings) => settings,
            Self::Telegram(settings) => settings,
            Self::Ntfy(settings) => settings,
            Self::Matrix(settings) => settings,
            Self::Mattermost(settings) => settings,
            Self::Gotify(settings) => settings,
            Self::Apprise(settings) => settings,
            Self::Exec(settings) => settings,
            Self::Syslog(settings) => settings,
            Self::Console(settings) => settings,
            Self::File(settings) => settings,
        }
    }

    /// The word for it in the configuration.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Email(_) => "email",
            Self::Webhook(_) => "webhook",
            Self::Slack(_) => "slack",
            Self::Discord(_) => "discord",
            Self::Teams(_) => "teams",
            Self::Telegram(_) => "telegram",
            Self::Ntfy(_) => "ntfy",
            Self::Matrix(_) => "matrix",
            Self::Mattermost(_) => "mattermost",
            Self::Gotify(_) => "gotify",
            Self::Apprise(_) => "apprise",
            Self::Exec(_) => "exec",
            Self::Syslog(_) => "syslog",
            Self::Console(_) => "console",
            Self::File(_) => "file",
        }
    }

    /// The server that it leads to, without path and secrets; absent where it leads to no server by HTTP.
    #[must_use]
    pub fn server(&self) -> Option<Url> {
        let mut front = self.setup().address()?;
        front.set_path("/");
        front.set_query(None);
        front.set_fragment(None);
        let is_plain = front.set_username("").is_ok() && front.set_password(None).is_ok();
        is_plain.then_some(front)
    }
}

/// The settings of a type of channel: they make its service.
pub(crate) trait Setup {
    /// Makes the service ready; nothing is sent yet.
    fn service(&self, tools: &Tools) -> Result<Box<dyn Service>, ChannelError>;

    /// Who gets a copy each, where there are several.
    fn recipients(&self) -> Vec<String> {
        Vec::new()
    }

    /// The address that it posts to.
    fn address(&self) -> Option<Url> {
        None
    }
}

/// What a service is made with.
#[derive(Debug, Clone)]
pub(crate) struct Tools {
    /// The HTTP client.
    pub(crate) http: HttpClient,
    /// The times that bound one try.
    pub(crate) limits: SendLimits,
}

/// A future that a trait object can give.
pub(crate) type Trying<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A type of channel: it writes a body once, and brings it at every try.
pub(crate) trait Service: Debug + Send + Sync {
    /// Writes what every try of a delivery brings.
    fn write(&self, telling: &Telling<'_>, form: Form) -> Result<String, String>;

    /// Makes one try.
    fn send<'a>(&'a self, sending: Sending<'a>) -> Trying<'a, Attempt>;

    /// Tries what can be tried without a message.
    fn probe(&self) -> Trying<'_, Result<String, String>> {
        Box::pin(std::future::ready(Ok("nothing to try".to_owned())))
    }

    /// The least time between two messages that the other side takes.
    fn gap(&self) -> Duration {
        Duration::ZERO
    }
}

/// One try.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sending<'a> {
    /// The delivery, whose id every try carries.
    pub(crate) delivery: &'a DeliveryId,
    /// One of a mail channel's addresses.
    pub(crate) recipient: Option<&'a str>,
    /// What [`Service::write`] wrote.
    pub(crate) body: &'a str,
    /// When it is made.
    pub(crate) now: Timestamp,
}

impl ChannelSettings {
    /// Where a copy of each alert goes: one destination for each recipient of a mail channel, else one.
    #[must_use]
    pub fn destinations(&self) -> Vec<Destination> {
        let to = |recipient| Destination {
            channel: self.name.clone(),
            recipient,
        };
        let recipients = self.kind.setup().recipients();
        if recipients.is_empty() {
            return vec![to(None)];
        }
        recipients.into_iter().map(Some).map(to).collect()
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
    /// How we log in, if at all; never without TLS.
    pub login: Option<SmtpLogin>,
    /// A PEM file with further certificate authorities to trust.
    pub ca_file: Option<PathBuf>,
}

/// How we log in at a mail server.
#[derive(Debug, Clone)]
pub struct SmtpLogin {
    /// The user name.
    pub username: String,
    /// What proves that it is ours.
    pub proof: SmtpProof,
}

/// What proves to a mail server that a user name is ours.
#[derive(Debug, Clone)]
pub enum SmtpProof {
    /// A password.
    Password(SecretString),
    /// A token of OAuth 2.0, which a program says (`AUTH XOAUTH2`).
    Token {
        /// The program, with its whole path, and its arguments.
        command: Vec<String>,
        /// How long it may take.
        limit: Duration,
    },
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

/// A channel could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum ChannelError {
    /// The mail transport could not be made.
    #[error("the mail transport could not be made: {0}")]
    Smtp(String),
    /// An address cannot be made of what is configured.
    #[error("the address cannot be used: {0}")]
    Address(String),
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
    /// What its service calls the message that it has accepted, so that a later one can answer to it.
    pub message: Option<String>,
}

/// What a channel has written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The body, as every try brings it.
    pub body: String,
    /// Why the built-in form stands in the place of a template.
    pub template_problem: Option<String>,
}

/// A channel that is ready to send.
#[derive(Debug)]
pub struct Channel {
    /// Its settings.
    pub settings: ChannelSettings,
    service: Box<dyn Service>,
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
        let tools = Tools {
            http,
            limits: limits.clone(),
        };
        let service = settings.kind.setup().service(&tools)?;
        Ok(Self { settings, service })
    }

    /// Makes a console channel that writes elsewhere than to standard output.
    #[must_use]
    pub fn console_to(settings: ChannelSettings, writer: Box<dyn Write + Send>) -> Self {
        let limit = SendLimits::default().console;
        Self {
            settings,
            service: Box::new(console::ConsoleSender::new(writer, limit)),
        }
    }

    /// Writes what every try of a delivery brings.
    ///
    /// # Errors
    /// With the reason, as a clause for people, where it cannot be written.
    pub fn write(&self, message: &Unwritten<'_>, form: Form) -> Result<Written, String> {
        let mut telling = Telling {
            delivery: message.delivery,
            recipient: message.recipient,
            alerts: message.alerts,
            occasion: message.occasion,
            reader: &self.settings.reader,
            now: message.now,
            filled: None,
        };
        let templates = &self.settings.templates;
        let filled = match form {
            Form::Full => templates.fill(&telling),
            // A receiver that has refused the whole form gets the least, as it is built in.
            Form::Short => Filled::default(),
        };
        telling.filled = Some(&filled);
        Ok(Written {
            body: self.service.write(&telling, form)?,
            template_problem: filled.problem.clone(),
        })
    }

    /// Makes one try to bring a body that [`Channel::write`] wrote. Every try of one delivery carries the same id.
    pub async fn send(
        &self,
        delivery: &DeliveryId,
        recipient: Option<&str>,
        body: &str,
        now: Timestamp,
    ) -> Attempt {
        let sending = Sending {
            delivery,
            recipient,
            body,
            now,
        };
        self.service.send(sending).await
    }

    /// The least time between two messages that the other side takes.
    #[must_use]
    pub fn gap(&self) -> Duration {
        self.service.gap()
    }

    /// Tries what can be tried without a message: greets a mail server and logs in.
    ///
    /// # Errors
    /// With the reason, as a clause for people.
    pub async fn probe(&self) -> Result<String, String> {
        self.service.probe().await
    }

    /// Writes and sends at once, in the short form where the whole one is refused: a test of the channel.
    pub async fn attempt(&self, message: &Unwritten<'_>) -> Attempt {
        let mut attempt = Attempt::of(AttemptOutcome::Accepted);
        for form in [Form::Full, Form::Short] {
            attempt = match self.write(message, form) {
                Ok(written) => {
                    self.send(
                        message.delivery,
                        message.recipient,
                        &written.body,
                        message.now,
                    )
                    .await
                }
                Err(reason) => Attempt::of(AttemptOutcome::Refused { reason }),
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

impl Attempt {
    /// A try of which the other side said nothing.
    pub(crate) fn of(outcome: AttemptOutcome) -> Self {
        Self {
            outcome,
            answer: None,
            message: None,
        }
    }
}

/// What a body is to be written of.
#[derive(Debug, Clone, Copy)]
pub struct Unwritten<'a> {
    /// The delivery.
    pub delivery: &'a DeliveryId,
    /// One of a mail channel's addresses.
    pub recipient: Option<&'a str>,
    /// The alerts it brings, the oldest first.
    pub alerts: &'a [Alert],
    /// What it is about beside them.
    pub occasion: &'a Occasion,
    /// When it is written.
    pub now: Timestamp,
}

/// How much of a message is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// All that there is to say.
    Full,
    /// Titles and links as plain text, for a receiver that refuses more.
    Short,
}
