//! Gotify: an application of a server (gotify.net/api-docs: "Create a message").

use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use crate::http::Answer;
use crate::render::{self, Telling};

use super::post::{Meaning, Poster, Receiver, Request, below, says};
use super::{ChannelError, Form, Sending, Service, Setup, Tools};

/// An application of a Gotify server.
#[derive(Debug, Clone)]
pub struct GotifySettings {
    /// The server.
    pub server: Url,
    /// The application's token.
    pub token: SecretString,
}

#[derive(Debug)]
struct Application {
    url: Url,
    token: SecretString,
}

impl Setup for GotifySettings {
    fn service(&self, tools: &Tools) -> Result<Box<dyn Service>, ChannelError> {
        let application = Application {
            url: below(&self.server, &["message"])?,
            token: self.token.clone(),
        };
        Ok(Box::new(Poster::ready(application, tools)))
    }

    fn address(&self) -> Option<Url> {
        Some(self.server.clone())
    }
}

impl Receiver for Application {
    fn write(&self, telling: &Telling<'_>, _: Form) -> String {
        render::gotify(telling)
    }

    fn request(&self, sending: &Sending<'_>) -> Request {
        Request::post(&self.url, sending.body)
            .with("x-gotify-key", self.token.expose_secret().trim())
    }

    fn meaning(&self, answer: &Answer) -> Option<Meaning> {
        match answer.status {
            200..=299 if says(answer, &["\"id\""]) => Some(Meaning::Accepted),
            200..=299 => Some(Meaning::Failed),
            _ => None,
        }
    }

    fn secrets(&self) -> Vec<SecretString> {
        vec![self.token.clone()]
    }
}
