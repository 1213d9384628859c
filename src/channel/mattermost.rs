//! Mattermost: an incoming webhook (developers.mattermost.com: "Incoming webhooks").

use url::Url;

use crate::http::Answer;
use crate::render::{self, Telling};

use super::post::{Meaning, Poster, Receiver, Request, says};
use super::{ChannelError, Form, Sending, Service, Setup, Tools};

/// An incoming webhook of a Mattermost server.
#[derive(Debug, Clone)]
pub struct MattermostSettings {
    /// Its address.
    pub url: Url,
}

impl Setup for MattermostSettings {
    fn service(&self, tools: &Tools) -> Result<Box<dyn Service>, ChannelError> {
        Ok(Box::new(Poster::ready(self.clone(), tools)))
    }

    fn address(&self) -> Option<Url> {
        Some(self.url.clone())
    }
}

impl Receiver for MattermostSettings {
    fn write(&self, telling: &Telling<'_>, _: Form) -> String {
        render::mattermost(telling)
    }

    fn request(&self, sending: &Sending<'_>) -> Request {
        Request::post(&self.url, sending.body)
    }

    fn meaning(&self, answer: &Answer) -> Option<Meaning> {
        if answer.status >= 400 && says(answer, &["too_long", "too long", "too large"]) {
            return Some(Meaning::TooLong);
        }
        match (answer.status, answer.body.trim()) {
            (200..=299, "ok" | "") => Some(Meaning::Accepted),
            (200..=299, _) => Some(Meaning::Failed),
            _ => None,
        }
    }
}
