//! Slack: an incoming webhook (docs.slack.dev: "Sending messages using incoming webhooks").

use std::time::Duration;

use url::Url;

use crate::http::Answer;
use crate::render::{self, Telling};

use super::post::{Meaning, Poster, Receiver, Request, says};
use super::{ChannelError, Form, Sending, Service, Setup, Tools};

/// An incoming webhook of Slack.
#[derive(Debug, Clone)]
pub struct SlackSettings {
    /// Its address.
    pub url: Url,
}

impl Setup for SlackSettings {
    fn service(&self, tools: &Tools) -> Result<Box<dyn Service>, ChannelError> {
        Ok(Box::new(Poster::ready(self.clone(), tools)))
    }

    fn address(&self) -> Option<Url> {
        Some(self.url.clone())
    }
}

impl Receiver for SlackSettings {
    fn write(&self, telling: &Telling<'_>, form: Form) -> String {
        match form {
            Form::Full => render::slack(telling),
            Form::Short => render::slack_short(telling),
        }
    }

    fn request(&self, sending: &Sending<'_>) -> Request {
        Request::post(&self.url, sending.body)
    }

    /// Errors come as a word with a status ("Handling errors"); success is the word `ok`.
    fn meaning(&self, answer: &Answer) -> Option<Meaning> {
        if says(answer, &["no_active_hooks"]) {
            return Some(Meaning::Gone);
        }
        if says(
            answer,
            &[
                "msg_blocks_too_long",
                "msg_too_long",
                "too_many_attachments",
                "invalid_blocks",
                "invalid_payload",
            ],
        ) {
            return Some(Meaning::TooLong);
        }
        if says(answer, &["rate_limited"]) {
            return Some(Meaning::Paused(Duration::from_secs(30)));
        }
        match (answer.status, answer.body.trim()) {
            (200..=299, "ok" | "") => Some(Meaning::Accepted),
            // Something between us and Slack answered, or Slack refuses in a way of its own.
            (200..=299, _) => Some(Meaning::Failed),
            _ => None,
        }
    }

    /// One message a second for each hook.
    fn gap(&self) -> Duration {
        Duration::from_secs(1)
    }
}
