//! The webhook channel: a signed POST of JSON, and what its answer means.
//!
//! The receiver's address is a secret as a whole, as a chat service's webhook is its path: reasons name the host.

use std::time::Duration;

use serde_json::Value;
use url::Url;

use crate::domain::{Alert, AttemptOutcome, DeliveryId, Shown, Timestamp};
use crate::http::{self, Answer, FetchError, HttpClient, Post};
use crate::render;

use super::signature::{SigningKey, signature};
use super::{Attempt, ChannelError, Form, WebhookSettings};

/// The shortest and the longest pause that a receiver is granted.
const MIN_PAUSE: Duration = Duration::from_secs(1);
const MAX_PAUSE: Duration = Duration::from_hours(24);

/// Writes the body that every try of a delivery carries.
pub(super) fn write(alerts: &[Alert], form: Form, now: Timestamp) -> String {
    match (form, alerts) {
        (Form::Full, [alert]) => render::webhook(alert, now),
        (Form::Full, several) => render::webhook_digest(several, now),
        (Form::Short, alerts) => render::webhook_short(alerts, now),
    }
}

/// Sends to one receiver.
#[derive(Debug)]
pub(crate) struct WebhookSender {
    http: HttpClient,
    url: Url,
    keys: Vec<SigningKey>,
    timeout: Duration,
}

impl WebhookSender {
    pub(crate) fn new(
        settings: &WebhookSettings,
        http: HttpClient,
        timeout: Duration,
    ) -> Result<Self, ChannelError> {
        let keys = settings
            .secrets
            .iter()
            .map(SigningKey::parse)
            .collect::<Result<_, _>>()
            .map_err(ChannelError::Secret)?;
        Ok(Self {
            http,
            url: settings.url.clone(),
            keys,
            timeout,
        })
    }

    pub(crate) async fn send(&self, delivery: &DeliveryId, body: &str, now: Timestamp) -> Attempt {
        let request = Post {
            url: &self.url,
            headers: self.headers(delivery, body, now),
            body: body.to_owned(),
            timeout: self.timeout,
        };
        match self.http.post(&request).await {
            Ok(answer) => Attempt {
                outcome: self.outcome(&answer),
                answer: Some(self.in_words(&answer)),
            },
            Err(error) => Attempt {
                outcome: no_answer(&error),
                answer: None,
            },
        }
    }

    fn headers(
        &self,
        delivery: &DeliveryId,
        body: &str,
        now: Timestamp,
    ) -> Vec<(&'static str, String)> {
        let timestamp_s = now.as_second();
        let mut headers = vec![
            ("webhook-id", delivery.0.clone()),
            ("webhook-timestamp", timestamp_s.to_string()),
        ];
        headers.extend(
            signature(&self.keys, &delivery.0, timestamp_s, body)
                .map(|signature| ("webhook-signature", signature)),
        );
        headers
    }

    /// Says what an answer means for the delivery and for the channel.
    fn outcome(&self, answer: &Answer) -> AttemptOutcome {
        let reason = self.in_words(answer);
        let pause = asked_pause(answer);
        match (answer.status, pause) {
            (200..=299, _) => AttemptOutcome::Accepted,
            (300..=399, _) => AttemptOutcome::Failed {
                reason: format!(
                    "{reason}; redirects are not followed here: put the address it leads to into the configuration"
                ),
            },
            (410, _) => AttemptOutcome::Gone { reason },
            // RFC 9110 §15.5.14.
            (413, _) => AttemptOutcome::TooLong { reason },
            (429 | 503, Some(wait)) => AttemptOutcome::Paused { reason, wait },
            // Busy, locked, too early: RFC 9110 §15.5.9 and §15.5.10, RFC 4918 §11.3, RFC 8470 §5.2.
            (408 | 409 | 423 | 425 | 429, _) => AttemptOutcome::Failed { reason },
            // Whatever else it has against the request, the same request will not please it later.
            (400..=499, _) => AttemptOutcome::Misconfigured { reason },
            _ => AttemptOutcome::Failed { reason },
        }
    }

    /// Quotes an answer: `hooks.example answered 500: database is down`.
    fn in_words(&self, answer: &Answer) -> String {
        let host = http::host_of(&self.url);
        let status = answer.status;
        match self.quoted(&answer.body) {
            Some(quoted) => format!("{host} answered {status}: {quoted}"),
            None => format!("{host} answered {status}"),
        }
    }

    /// The answer's body as one short line, unless it is a page or says again what must not be said.
    fn quoted(&self, body: &str) -> Option<String> {
        let body = body.trim_start();
        if body.starts_with('<') {
            return None;
        }
        let quoted = String::from(Shown::of(body));
        let tells = secrets_of(&self.url)
            .iter()
            .any(|secret| body.contains(secret.as_str()));
        (!quoted.is_empty() && !tells).then_some(quoted)
    }
}

/// The parts of a URL that a receiver might repeat in its answer: path and query, whole and in pieces.
fn secrets_of(url: &Url) -> Vec<String> {
    /// Shorter pieces are words like `hooks` and `v1`.
    const MIN_SECRET_CHARS: usize = 8;
    let pieces = url.path().split('/').map(str::to_owned);
    let pairs = url.query_pairs().map(|(_, value)| value.into_owned());
    pieces
        .chain(pairs)
        .chain(url.password().map(str::to_owned))
        .filter(|piece| piece.len() >= MIN_SECRET_CHARS)
        .chain(
            url.query()
                .filter(|query| !query.is_empty())
                .map(str::to_owned),
        )
        .collect()
}

/// The pause that an answer asks for, in its field or in its body, whichever is longer.
fn asked_pause(answer: &Answer) -> Option<Duration> {
    answer
        .retry_after
        .into_iter()
        .chain(pause_in_body(&answer.body))
        .max()
        .map(|wait| wait.clamp(MIN_PAUSE, MAX_PAUSE))
}

/// Reads `retry_after` in seconds (Discord), the same inside `parameters` (Telegram), or `retry_after_ms` (Matrix).
fn pause_in_body(body: &str) -> Option<Duration> {
    let json: Value = serde_json::from_str(body).ok()?;
    let seconds = json
        .get("retry_after")
        .or_else(|| json.pointer("/parameters/retry_after"))
        .and_then(number);
    let milliseconds = json.get("retry_after_ms").and_then(number);
    seconds
        .or(milliseconds.map(|ms| ms / 1000.0))
        .map(http::clamp)
}

/// A number, also one that is written as a string.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => http::seconds(text.trim()).map(|wait| wait.as_secs_f64()),
        _ => None,
    }
}

/// Says what it means that no answer came.
fn no_answer(error: &FetchError) -> AttemptOutcome {
    let reason = error.to_string();
    match error {
        FetchError::PrivateAddress { .. }
        | FetchError::BadScheme { .. }
        | FetchError::NoHost
        | FetchError::BadRequest { .. } => AttemptOutcome::Misconfigured { reason },
        FetchError::Dns { .. } | FetchError::Connect { .. } | FetchError::Tls { .. } => {
            AttemptOutcome::Unreached { reason }
        }
        // It may be this message that the receiver cannot digest.
        _ => AttemptOutcome::Failed { reason },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::http::HttpSettings;

    fn sender(url: &str) -> WebhookSender {
        let settings = HttpSettings::new("test".into());
        let http = HttpClient::new(&settings, Clock::system()).unwrap();
        let settings = WebhookSettings {
            url: Url::parse(url).unwrap(),
            secrets: Vec::new(),
        };
        WebhookSender::new(&settings, http, Duration::from_secs(30)).unwrap()
    }

    fn answer(status: u16, retry_after_s: Option<u64>, body: &str) -> Answer {
        Answer {
            status,
            retry_after: retry_after_s.map(Duration::from_secs),
            body: body.into(),
        }
    }

    #[test]
    fn each_status_has_its_meaning() {
        let sender = sender("https://hooks.example/x");
        for (status, retry_after_s, expected) in [
            (200, None, "accepted"),
            (201, Some(60), "accepted"),
            (204, None, "accepted"),
            (301, None, "failed"),
            (302, None, "failed"),
            (307, None, "failed"),
            (304, None, "failed"),
            (400, None, "misconfigured"),
            (401, None, "misconfigured"),
            (403, None, "misconfigured"),
            (404, None, "misconfigured"),
            (405, None, "misconfigured"),
            (408, None, "failed"),
            (410, None, "gone"),
            (413, None, "too-long"),
            (415, None, "misconfigured"),
            (422, None, "misconfigured"),
            (425, None, "failed"),
            (429, None, "failed"),
            (429, Some(5), "paused"),
            (500, None, "failed"),
            (500, Some(5), "failed"),
            (502, None, "failed"),
            (503, None, "failed"),
            (503, Some(5), "paused"),
            (504, None, "failed"),
            (599, None, "failed"),
        ] {
            let outcome = sender.outcome(&answer(status, retry_after_s, ""));
            assert_eq!(outcome.as_str(), expected, "{status} {retry_after_s:?}");
        }
    }

    #[test]
    fn a_pause_is_the_longest_asked_for_between_a_second_and_a_day() {
        for (retry_after_s, body, expected_ms) in [
            (Some(0), "", Some(1000)),
            (Some(90), "", Some(90_000)),
            (Some(86_400), "", Some(86_400_000)),
            (Some(864_000), "", Some(86_400_000)),
            (None, r#"{"retry_after": 1.5}"#, Some(1500)),
            (None, r#"{"retry_after": 0.2}"#, Some(1000)),
            (None, r#"{"retry_after": "7"}"#, Some(7000)),
            (
                None,
                r#"{"ok":false,"parameters":{"retry_after":35}}"#,
                Some(35_000),
            ),
            (
                None,
                r#"{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":2500}"#,
                Some(2500),
            ),
            (Some(2), r#"{"retry_after": 30}"#, Some(30_000)),
            (Some(30), r#"{"retry_after": 2}"#, Some(30_000)),
            (None, r#"{"retry_after": -3}"#, Some(1000)),
            (None, r#"{"retry_after": 1e300}"#, Some(86_400_000)),
            (None, r#"{"retry_after": null}"#, None),
            (None, r#"{"retry_after": [1]}"#, None),
            (None, "retry_after: 3", None),
            (None, "", None),
        ] {
            let wait = asked_pause(&answer(429, retry_after_s, body));
            assert_eq!(wait.map(|wait| wait.as_millis()), expected_ms, "{body}");
        }
    }

    #[test]
    fn a_reason_quotes_the_answer_and_names_the_host_only() {
        let sender = sender(
            "https://user:passw0rd@hooks.example/services/T0/SECRETPATH?token=hunter2hunter2",
        );
        for (body, expected) in [
            (
                "database is down\r\nsorry",
                "hooks.example answered 500: database is down sorry",
            ),
            ("", "hooks.example answered 500"),
            ("<html>no</html>", "hooks.example answered 500"),
            (
                "nothing at /services/T0/SECRETPATH",
                "hooks.example answered 500",
            ),
            ("bad token hunter2hunter2", "hooks.example answered 500"),
            ("hello passw0rd", "hooks.example answered 500"),
            ("\u{1b}[31mred", "hooks.example answered 500: [31mred"),
        ] {
            assert_eq!(sender.in_words(&answer(500, None, body)), expected);
        }
    }

    #[test]
    fn a_redirect_is_explained() {
        let sender = sender("https://hooks.example/x");
        let AttemptOutcome::Failed { reason } = sender.outcome(&answer(308, None, "")) else {
            panic!("a redirect is a failure");
        };
        assert!(reason.contains("redirects are not followed"), "{reason}");
    }

    #[test]
    fn an_address_that_may_not_be_reached_is_a_matter_of_the_configuration() {
        let refused = FetchError::PrivateAddress {
            host: "hooks.example".into(),
            address: "10.0.0.1".parse().unwrap(),
        };
        let AttemptOutcome::Misconfigured { reason } = no_answer(&refused) else {
            panic!("only a changed setting can help");
        };
        assert!(reason.contains("allow_private"), "{reason}");
        let timeout = FetchError::Timeout {
            limit: Duration::from_secs(30),
        };
        assert_eq!(no_answer(&timeout).as_str(), "failed");
    }
}
