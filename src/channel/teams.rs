//! Microsoft Teams: a webhook of the Workflows app (support.microsoft.com: "Create incoming webhooks with Workflows").

use std::time::Duration;

use url::Url;

use crate::http::Answer;
use crate::render::{self, Telling};

use super::post::{Meaning, Poster, Receiver, Request, says};
use super::{ChannelError, Form, Sending, Service, Setup, Tools};

/// A Workflows webhook of Teams.
#[derive(Debug, Clone)]
pub struct TeamsSettings {
    /// Its address.
    pub url: Url,
}

impl Setup for TeamsSettings {
    fn service(&self, tools: &Tools) -> Result<Box<dyn Service>, ChannelError> {
        Ok(Box::new(Poster::ready(self.clone(), tools)))
    }

    fn address(&self) -> Option<Url> {
        Some(self.url.clone())
    }
}

impl Receiver for TeamsSettings {
    fn write(&self, telling: &Telling<'_>, _: Form) -> String {
        render::teams(telling)
    }

    fn request(&self, sending: &Sending<'_>) -> Request {
        Request::post(&self.url, sending.body)
    }

    fn meaning(&self, answer: &Answer) -> Option<Meaning> {
        // Connectors, which the workflows replaced, answered 200 with the error in words.
        if says(answer, &["error 429", "toomanyrequests"]) {
            return Some(Meaning::Paused(Duration::from_mins(1)));
        }
        if says(answer, &["error 413", "too large", "requestentitytoolarge"]) {
            return Some(Meaning::TooLong);
        }
        if says(answer, &["workflowtriggerisnotenabled", "workflownotfound"]) {
            return Some(Meaning::Misconfigured);
        }
        if (200..=299).contains(&answer.status)
            && says(answer, &["webhook message delivery failed", "\"error\""])
        {
            return Some(Meaning::Failed);
        }
        None
    }

    /// Four requests a second are taken.
    fn gap(&self) -> Duration {
        Duration::from_millis(500)
    }
}
