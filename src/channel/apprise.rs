//! Apprise: an Apprise API server, which passes a message on to whatever it knows (github.com/caronc/apprise-api).

use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use url::Url;

use crate::http::Answer;
use crate::render::{self, Telling};

use super::post::{Meaning, Poster, Receiver, Request, below, says};
use super::{ChannelError, Form, Sending, Service, Setup, Tools};

/// An Apprise API server, with a configuration of its own or with the addresses to pass a message on to.
#[derive(Debug, Clone)]
pub struct AppriseSettings {
    /// The server.
    pub server: Url,
    /// The name of a configuration that the server keeps.
    pub key: Option<String>,
    /// The addresses to notify, where the server keeps none: each is a secret.
    pub urls: Vec<SecretString>,
    /// The tags that choose among a configuration's addresses.
    pub tags: Option<String>,
}

#[derive(Debug)]
struct Server {
    url: Url,
    settings: AppriseSettings,
}

impl Setup for AppriseSettings {
    fn service(&self, tools: &Tools) -> Result<Box<dyn Service>, ChannelError> {
        let mut path = vec!["notify"];
        path.extend(self.key.as_deref());
        let server = Server {
            url: below(&self.server, &path)?,
            settings: self.clone(),
        };
        Ok(Box::new(Poster::ready(server, tools)))
    }

    fn address(&self) -> Option<Url> {
        Some(self.server.clone())
    }
}

impl Receiver for Server {
    fn write(&self, telling: &Telling<'_>, _: Form) -> String {
        let mut notified = render::apprise(telling);
        if let Some(tags) = &self.settings.tags {
            render::set(&mut notified, "tag", json!(tags));
        }
        notified.to_string()
    }

    /// The addresses are secrets: they join the body when it is sent, and are not stored with it.
    fn request(&self, sending: &Sending<'_>) -> Request {
        let urls = &self.settings.urls;
        let body = match serde_json::from_str::<serde_json::Value>(sending.body) {
            Ok(mut notified) if !urls.is_empty() => {
                let urls: Vec<&str> = urls.iter().map(ExposeSecret::expose_secret).collect();
                render::set(&mut notified, "urls", json!(urls.join(",")));
                notified.to_string()
            }
            _ => sending.body.to_owned(),
        };
        Request::post(&self.url, body).with("accept", "application/json")
    }

    fn meaning(&self, answer: &Answer) -> Option<Meaning> {
        match answer.status {
            // 204: there is no such configuration, or it has no addresses.
            204 => Some(Meaning::Misconfigured),
            200..=299 if says(answer, &["\"error\": \"", "\"error\":\""]) => Some(Meaning::Failed),
            // 424: at least one of the services did not take it.
            424 | 500..=599 => Some(Meaning::Failed),
            _ => None,
        }
    }

    fn secrets(&self) -> Vec<SecretString> {
        self.settings.urls.clone()
    }
}
