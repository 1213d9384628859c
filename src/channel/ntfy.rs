//! ntfy: a topic of a server (docs.ntfy.sh: "Publish as JSON", "Authentication", "Limitations").

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use url::Url;

use crate::http::Answer;
use crate::render::{self, Telling};

use super::post::{Meaning, Poster, Receiver, Request};
use super::{ChannelError, Form, Sending, Service, Setup, Tools};

/// A topic of an ntfy server.
#[derive(Debug, Clone)]
pub struct NtfySettings {
    /// The server.
    pub server: Url,
    /// The topic.
    pub topic: String,
    /// An access token, for a topic that is kept.
    pub token: Option<SecretString>,
}

impl Setup for NtfySettings {
    fn service(&self, tools: &Tools) -> Result<Box<dyn Service>, ChannelError> {
        Ok(Box::new(Poster::ready(self.clone(), tools)))
    }

    fn address(&self) -> Option<Url> {
        Some(self.server.clone())
    }
}

impl Receiver for NtfySettings {
    fn write(&self, telling: &Telling<'_>, _: Form) -> String {
        let mut published = render::ntfy(telling);
        render::set(&mut published, "topic", json!(self.topic));
        published.to_string()
    }

    fn request(&self, sending: &Sending<'_>) -> Request {
        // JSON is published to the root of the server; the topic stands in it.
        let request = Request::post(&self.server, sending.body);
        match &self.token {
            Some(token) => request.with(
                "authorization",
                format!("Bearer {}", token.expose_secret().trim()),
            ),
            None => request,
        }
    }

    fn meaning(&self, answer: &Answer) -> Option<Meaning> {
        let json: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        let code = json.get("code").and_then(Value::as_i64);
        match (answer.status, code) {
            (200..=299, _) if json.get("id").is_some() => Some(Meaning::Accepted),
            (200..=299, _) => Some(Meaning::Failed),
            (429, _) => Some(Meaning::Paused(Duration::from_mins(1))),
            (413, _) => Some(Meaning::TooLong),
            _ => None,
        }
    }

    fn secrets(&self) -> Vec<SecretString> {
        self.token.iter().cloned().collect()
    }
}
