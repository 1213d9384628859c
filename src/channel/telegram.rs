//! Telegram: a bot's `sendMessage` (core.telegram.org/bots/api: "Making requests", `sendMessage`, `ResponseParameters`).

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use url::Url;

use crate::http::Answer;
use crate::render::{self, Telling};

use super::post::{Meaning, Poster, Receiver, Request, below, says};
use super::{ChannelError, Form, Sending, Service, Setup, Tools};

/// A chat that a bot of Telegram writes to.
#[derive(Debug, Clone)]
pub struct TelegramSettings {
    /// The Bot API server; one's own may stand elsewhere.
    pub server: Url,
    /// The bot's token.
    pub token: SecretString,
    /// The chat: a number, or `@name` of a channel.
    pub chat: String,
    /// The topic of a group that has topics.
    pub topic: Option<i64>,
}

#[derive(Debug)]
struct Bot {
    url: Url,
    chat: String,
    topic: Option<i64>,
    token: SecretString,
}

impl Setup for TelegramSettings {
    fn service(&self, tools: &Tools) -> Result<Box<dyn Service>, ChannelError> {
        let bot = format!("bot{}", self.token.expose_secret().trim());
        let bot = Bot {
            url: below(&self.server, &[&bot, "sendMessage"])?,
            chat: self.chat.clone(),
            topic: self.topic,
            token: self.token.clone(),
        };
        Ok(Box::new(Poster::ready(bot, tools)))
    }

    fn address(&self) -> Option<Url> {
        Some(self.server.clone())
    }
}

impl Receiver for Bot {
    fn write(&self, telling: &Telling<'_>, _: Form) -> String {
        let mut arguments = render::telegram(telling);
        render::set(&mut arguments, "chat_id", json!(self.chat));
        if let Some(topic) = self.topic {
            render::set(&mut arguments, "message_thread_id", json!(topic));
        }
        arguments.to_string()
    }

    fn request(&self, sending: &Sending<'_>) -> Request {
        Request::post(&self.url, sending.body)
    }

    fn meaning(&self, answer: &Answer) -> Option<Meaning> {
        let json: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        let is_ok = json.get("ok").and_then(Value::as_bool);
        match (answer.status, is_ok) {
            (200..=299, Some(true)) => Some(Meaning::Accepted),
            (429, _) => Some(Meaning::Paused(Duration::from_secs(30))),
            (400, _)
                if says(
                    answer,
                    &[
                        "message is too long",
                        "can't parse entities",
                        "entities_too_long",
                    ],
                ) =>
            {
                Some(Meaning::TooLong)
            }
            // Revoked tokens, chats that are not there, bots that were blocked or thrown out.
            (400 | 401 | 403 | 404, _) => Some(Meaning::Misconfigured),
            (200..=299, _) => Some(Meaning::Failed),
            _ => None,
        }
    }

    fn message(&self, answer: &Answer) -> Option<String> {
        let json: Value = serde_json::from_str(&answer.body).ok()?;
        let id = json.pointer("/result/message_id")?.as_i64()?;
        Some(id.to_string())
    }

    /// A server that does not know `tg-time` answers 400: once more without it.
    fn simpler(&self, body: &str, answer: &Answer) -> Option<String> {
        (answer.status == 400 && says(answer, &["parse entities", "unsupported start tag"]))
            .then(|| render::without_times(body))?
    }

    fn secrets(&self) -> Vec<SecretString> {
        vec![self.token.clone()]
    }

    /// One message a second in a chat, 20 a minute in a group, whose number is negative.
    fn gap(&self) -> Duration {
        if self.chat.starts_with('-') || self.chat.starts_with('@') {
            Duration::from_secs(3)
        } else {
            Duration::from_secs(1)
        }
    }
}
