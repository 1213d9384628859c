//! The generic webhook: a signed POST of JSON (Standard Webhooks), or of what a template makes of it.

use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use crate::domain::Timestamp;
use crate::http::PostMethod;
use crate::render::{self, Telling};

use super::post::{Poster, Receiver, Request};
use super::signature::{SigningKey, signature};
use super::{ChannelError, Form, Sending, Service, Setup, Tools};

/// A webhook endpoint.
#[derive(Debug, Clone)]
pub struct WebhookSettings {
    /// Its address.
    pub url: Url,
    /// The keys that sign: `whsec_...`; two during a rotation, none for an unsigned hook.
    pub secrets: Vec<SecretString>,
    /// How it is asked.
    pub method: WebhookMethod,
    /// Fields of the request that the receiver wants beside ours.
    pub headers: Vec<(String, SecretString)>,
}

/// The method of a webhook's request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum WebhookMethod {
    /// POST
    #[default]
    Post,
    /// PUT
    Put,
    /// PATCH
    Patch,
}

impl WebhookSettings {
    /// The type of what is sent, where a field of the configuration says one.
    #[must_use]
    pub fn media(&self) -> Option<String> {
        let mut fields = self.headers.iter();
        let field = fields.find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        field.map(|(_, value)| value.expose_secret().to_owned())
    }
}

#[derive(Debug)]
struct Webhook {
    settings: WebhookSettings,
    keys: Vec<SigningKey>,
}

impl Setup for WebhookSettings {
    fn service(&self, tools: &Tools) -> Result<Box<dyn Service>, ChannelError> {
        let keys = self
            .secrets
            .iter()
            .map(SigningKey::parse)
            .collect::<Result<_, _>>()
            .map_err(ChannelError::Secret)?;
        let webhook = Webhook {
            settings: self.clone(),
            keys,
        };
        Ok(Box::new(Poster::ready(webhook, tools)))
    }

    fn address(&self) -> Option<Url> {
        Some(self.url.clone())
    }
}

impl Receiver for Webhook {
    fn write(&self, telling: &Telling<'_>, form: Form) -> String {
        render::webhook(telling, form == Form::Short)
    }

    fn request(&self, sending: &Sending<'_>) -> Request {
        let mut request = Request::post(&self.settings.url, sending.body);
        request.method = match self.settings.method {
            WebhookMethod::Post => PostMethod::Post,
            WebhookMethod::Put => PostMethod::Put,
            WebhookMethod::Patch => PostMethod::Patch,
        };
        for (name, value) in &self.settings.headers {
            request = request.with(name, value.expose_secret());
        }
        request.headers.extend(self.signed(sending));
        request
    }

    fn secrets(&self) -> Vec<SecretString> {
        let values = self.settings.headers.iter();
        values.map(|(_, value)| value.clone()).collect()
    }
}

impl Webhook {
    fn signed(&self, sending: &Sending<'_>) -> Vec<(String, String)> {
        let (id, timestamp_s) = (&sending.delivery.0, seconds(sending.now));
        let mut headers = vec![
            ("webhook-id".to_owned(), id.clone()),
            ("webhook-timestamp".to_owned(), timestamp_s.to_string()),
        ];
        headers.extend(
            signature(&self.keys, id, timestamp_s, sending.body)
                .map(|signature| ("webhook-signature".to_owned(), signature)),
        );
        headers
    }
}

fn seconds(at: Timestamp) -> i64 {
    at.as_second()
}
