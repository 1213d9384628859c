//! Discord: a webhook (discord.com/developers/docs: "Execute Webhook", "Edit Webhook Message", "Rate Limits").

use std::time::Duration;

use serde_json::Value;
use url::Url;

use crate::http::{Answer, PostMethod};
use crate::render::{self, Telling};

use super::post::{Meaning, Poster, Receiver, Request, below};
use super::{ChannelError, Form, Sending, Service, Setup, Tools};

/// A webhook of Discord.
#[derive(Debug, Clone)]
pub struct DiscordSettings {
    /// Its address.
    pub url: Url,
}

/// A webhook, asked to say what became of the message.
#[derive(Debug)]
struct Hook(Url);

impl Setup for DiscordSettings {
    fn service(&self, tools: &Tools) -> Result<Box<dyn Service>, ChannelError> {
        let mut url = self.url.clone();
        // Without `wait` a message that is dropped is answered with 204.
        if !url.query_pairs().any(|(name, _)| name == "wait") {
            url.query_pairs_mut().append_pair("wait", "true");
        }
        Ok(Box::new(Poster::ready(Hook(url), tools)))
    }

    fn address(&self) -> Option<Url> {
        Some(self.url.clone())
    }
}

impl Receiver for Hook {
    fn write(&self, telling: &Telling<'_>, _: Form) -> String {
        render::discord(telling)
    }

    fn request(&self, sending: &Sending<'_>) -> Request {
        Request::post(&self.0, render::discord_parts(sending.body).0)
    }

    /// "Edit Webhook Message": what changes nothing but a list wakes nobody.
    fn amends(&self, sending: &Sending<'_>) -> Option<Request> {
        let (message, body) = render::discord_parts(sending.body).1?;
        let mut url = below(&self.0, &["messages", &message]).ok()?;
        url.set_query(None);
        let mut request = Request::post(&url, body);
        request.method = PostMethod::Patch;
        Some(request)
    }

    fn message(&self, answer: &Answer) -> Option<String> {
        let json: Value = serde_json::from_str(&answer.body).ok()?;
        Some(json.get("id")?.as_str()?.to_owned())
    }

    fn meaning(&self, answer: &Answer) -> Option<Meaning> {
        let json: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        let code = json.get("code").and_then(Value::as_i64);
        match (answer.status, code) {
            // "Unknown Webhook": it was deleted.
            (404, Some(10_015)) => Some(Meaning::Gone),
            // "Invalid Form Body": a limit that was passed, or a field it cannot take.
            (400, Some(50_035)) => Some(Meaning::TooLong),
            (429, _) => Some(Meaning::Paused(Duration::from_secs(5))),
            (200..=299, _) if json.get("id").is_none() && !answer.body.trim().is_empty() => {
                Some(Meaning::Failed)
            }
            _ => None,
        }
    }

    /// 30 messages a minute for each hook.
    fn gap(&self) -> Duration {
        Duration::from_secs(2)
    }
}
