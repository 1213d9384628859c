//! Matrix: a room (spec.matrix.org client-server API: "PUT /_matrix/client/v3/rooms/{roomId}/send/{eventType}/{txnId}").

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use url::Url;

use crate::http::{Answer, PostMethod};
use crate::render::{self, Telling};

use super::post::{Meaning, Poster, Receiver, Request, below, says};
use super::{ChannelError, Form, Sending, Service, Setup, Tools};

/// A room of Matrix.
#[derive(Debug, Clone)]
pub struct MatrixSettings {
    /// The home server of the account that writes.
    pub server: Url,
    /// The room's id: `!abc:example.org`.
    pub room: String,
    /// The account's access token.
    pub token: SecretString,
}

#[derive(Debug)]
struct Room {
    room: Url,
    token: SecretString,
}

impl Setup for MatrixSettings {
    fn service(&self, tools: &Tools) -> Result<Box<dyn Service>, ChannelError> {
        let path = [
            "_matrix",
            "client",
            "v3",
            "rooms",
            &self.room,
            "send",
            "m.room.message",
        ];
        let room = Room {
            room: below(&self.server, &path)?,
            token: self.token.clone(),
        };
        Ok(Box::new(Poster::ready(room, tools)))
    }

    fn address(&self) -> Option<Url> {
        Some(self.server.clone())
    }
}

impl Receiver for Room {
    fn write(&self, telling: &Telling<'_>, _: Form) -> String {
        render::matrix(telling)
    }

    /// The delivery's id is the transaction's: a try that is made again makes no second message.
    fn request(&self, sending: &Sending<'_>) -> Request {
        let url = below(&self.room, &[&sending.delivery.0]).unwrap_or_else(|_| self.room.clone());
        let mut request = Request::post(&url, sending.body).with(
            "authorization",
            format!("Bearer {}", self.token.expose_secret().trim()),
        );
        request.method = PostMethod::Put;
        request
    }

    fn meaning(&self, answer: &Answer) -> Option<Meaning> {
        match answer.status {
            200..=299 if says(answer, &["\"event_id\""]) => Some(Meaning::Accepted),
            200..=299 => Some(Meaning::Failed),
            429 => Some(Meaning::Paused(Duration::from_secs(5))),
            _ if says(answer, &["M_TOO_LARGE"]) => Some(Meaning::TooLong),
            _ if says(
                answer,
                &[
                    "M_UNKNOWN_TOKEN",
                    "M_MISSING_TOKEN",
                    "M_FORBIDDEN",
                    "M_NOT_FOUND",
                    "M_USER_DEACTIVATED",
                ],
            ) =>
            {
                Some(Meaning::Misconfigured)
            }
            _ => None,
        }
    }

    fn message(&self, answer: &Answer) -> Option<String> {
        let json: Value = serde_json::from_str(&answer.body).ok()?;
        Some(json.get("event_id")?.as_str()?.to_owned())
    }

    fn secrets(&self) -> Vec<SecretString> {
        vec![self.token.clone()]
    }
}
