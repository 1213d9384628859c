//! What all services that are posted to have in common: the request, what its answer means, and what may be repeated of it.
//!
//! The receiver's address is a secret as a whole, as a chat service's webhook is its path: reasons name the host.

use std::fmt::Debug;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use url::Url;

use crate::domain::{AttemptOutcome, Shown};
use crate::http::{self, Answer, FetchError, HttpClient, Post, PostMethod};
use crate::render::Telling;

use super::{Attempt, Form, Sending, Service, Tools, Trying};

/// The shortest and the longest pause that a receiver is granted.
const MIN_PAUSE: Duration = Duration::from_secs(1);
const MAX_PAUSE: Duration = Duration::from_hours(24);

/// One service that is posted to: it writes the body, makes the request of it, and knows what its own answers mean.
pub(super) trait Receiver: Debug + Send + Sync {
    /// Writes the body that every try of a delivery carries.
    fn write(&self, telling: &Telling<'_>, form: Form) -> String;

    /// Makes the request of one try.
    fn request(&self, sending: &Sending<'_>) -> Request;

    /// What an answer means, where the service means something else by it than its status says.
    fn meaning(&self, answer: &Answer) -> Option<Meaning> {
        let _ = answer;
        None
    }

    /// What the service calls the message that it has accepted, where a later one can answer to it.
    fn message(&self, answer: &Answer) -> Option<String> {
        let _ = answer;
        None
    }

    /// A request that follows a message that was accepted and changes one that was accepted before. It may fail: what it
    /// changes may be gone.
    fn amends(&self, sending: &Sending<'_>) -> Option<Request> {
        let _ = sending;
        None
    }

    /// What no reason may repeat, beside the address.
    fn secrets(&self) -> Vec<SecretString> {
        Vec::new()
    }

    /// Another body to try at once, after one was refused for what stands in it.
    fn simpler(&self, body: &str, answer: &Answer) -> Option<String> {
        let _ = (body, answer);
        None
    }

    /// The least time between two messages.
    fn gap(&self) -> Duration {
        Duration::ZERO
    }
}

/// A request.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) method: PostMethod,
    pub(super) url: Url,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Request {
    /// A POST of JSON.
    pub(super) fn post(url: &Url, body: impl Into<String>) -> Self {
        Self {
            method: PostMethod::Post,
            url: url.clone(),
            headers: Vec::new(),
            body: body.into(),
        }
    }

    pub(super) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

/// What an answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Accepted,
    /// It may pass.
    Failed,
    /// Somebody must change a setting.
    Misconfigured,
    /// A shorter or plainer message may be taken.
    TooLong,
    /// The receiver is gone for good.
    Gone,
    /// The whole channel waits.
    Paused(Duration),
}

/// A receiver that is ready to be posted to.
#[derive(Debug)]
pub(super) struct Poster<R> {
    receiver: R,
    http: HttpClient,
    timeout: Duration,
}

impl<R: Receiver + 'static> Poster<R> {
    pub(super) fn ready(receiver: R, tools: &Tools) -> Self {
        Self {
            receiver,
            http: tools.http.clone(),
            timeout: tools.limits.webhook,
        }
    }

    async fn post(&self, sending: Sending<'_>) -> Attempt {
        let attempt = self.tried(sending).await;
        if attempt.outcome == AttemptOutcome::Accepted
            && let Some(request) = self.receiver.amends(&sending)
        {
            let amended = self.http.post(&self.ready_to_go(&request)).await;
            // The message itself has arrived, and that is what counts.
            drop(amended);
        }
        attempt
    }

    async fn tried(&self, sending: Sending<'_>) -> Attempt {
        let attempt = self.exchange(&sending).await;
        match attempt {
            Ok((attempt, None)) => attempt,
            // The same message without what this server does not know.
            Ok((_, Some(simpler))) => {
                let plainer = Sending {
                    body: &simpler,
                    ..sending
                };
                match self.exchange(&plainer).await {
                    Ok((attempt, _)) => attempt,
                    Err(error) => Attempt::of(no_answer(&error)),
                }
            }
            Err(error) => Attempt::of(no_answer(&error)),
        }
    }

    /// Makes one exchange; with it a simpler body, where one may be taken.
    async fn exchange(
        &self,
        sending: &Sending<'_>,
    ) -> Result<(Attempt, Option<String>), FetchError> {
        let request = self.receiver.request(sending);
        let answer = self.http.post(&self.ready_to_go(&request)).await?;
        let quoted = self.in_words(&request.url, &answer);
        let outcome = self.outcome(&answer, &quoted);
        let simpler = match outcome {
            AttemptOutcome::Accepted => None,
            _ => self.receiver.simpler(sending.body, &answer),
        };
        let message = match outcome {
            AttemptOutcome::Accepted => self.receiver.message(&answer),
            _ => None,
        };
        let attempt = Attempt {
            outcome,
            answer: Some(quoted),
            message,
        };
        Ok((attempt, simpler))
    }

    fn ready_to_go<'a>(&self, request: &'a Request) -> Post<'a> {
        Post {
            method: request.method,
            url: &request.url,
            headers: request.headers.clone(),
            body: request.body.clone(),
            timeout: self.timeout,
        }
    }

    /// Says what an answer means for the delivery and for the channel.
    fn outcome(&self, answer: &Answer, quoted: &str) -> AttemptOutcome {
        let reason = quoted.to_owned();
        match self.receiver.meaning(answer) {
            None => by_status(answer, reason),
            Some(Meaning::Accepted) => AttemptOutcome::Accepted,
            Some(Meaning::Failed) => AttemptOutcome::Failed { reason },
            Some(Meaning::Misconfigured) => AttemptOutcome::Misconfigured { reason },
            Some(Meaning::TooLong) => AttemptOutcome::TooLong { reason },
            Some(Meaning::Gone) => AttemptOutcome::Gone { reason },
            Some(Meaning::Paused(wait)) => AttemptOutcome::Paused {
                reason,
                wait: asked_pause(answer).unwrap_or(wait),
            },
        }
    }

    /// Quotes an answer: `hooks.example answered 500: database is down`.
    fn in_words(&self, url: &Url, answer: &Answer) -> String {
        let host = http::host_of(url);
        let status = answer.status;
        match self.quoted(url, &answer.body) {
            Some(quoted) => format!("{host} answered {status}: {quoted}"),
            None => format!("{host} answered {status}"),
        }
    }

    /// The answer's body as one short line, unless it is a page or says again what must not be said.
    fn quoted(&self, url: &Url, body: &str) -> Option<String> {
        let body = body.trim_start();
        if body.starts_with('<') {
            return None;
        }
        let quoted = String::from(Shown::of(body));
        let mut secrets = secrets_of(url).into_iter();
        let of_receiver = self.receiver.secrets();
        let tells = secrets.any(|secret| body.contains(secret.as_str()))
            || of_receiver.iter().any(|secret| {
                let secret = secret.expose_secret();
                !secret.is_empty() && body.contains(secret)
            });
        (!quoted.is_empty() && !tells).then_some(quoted)
    }
}

impl<R: Receiver + 'static> Service for Poster<R> {
    fn write(&self, telling: &Telling<'_>, form: Form) -> Result<String, String> {
        Ok(self.receiver.write(telling, form))
    }

    fn send<'a>(&'a self, sending: Sending<'a>) -> Trying<'a, Attempt> {
        Box::pin(self.post(sending))
    }

    fn gap(&self) -> Duration {
        self.receiver.gap()
    }
}

/// What a status means where the service says nothing else by it.
fn by_status(answer: &Answer, reason: String) -> AttemptOutcome {
    match (answer.status, asked_pause(answer)) {
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

/// Whether an answer says a word, whatever its case.
pub(super) fn says(answer: &Answer, words: &[&str]) -> bool {
    let body = answer.body.to_ascii_lowercase();
    words
        .iter()
        .any(|word| body.contains(&word.to_ascii_lowercase()))
}

/// The address of a place on a server: its path goes below the server's own.
pub(super) fn below(server: &Url, path: &[&str]) -> Result<Url, super::ChannelError> {
    let mut url = server.clone();
    url.path_segments_mut()
        .map_err(|()| super::ChannelError::Address("it has no path".to_owned()))?
        .pop_if_empty()
        .extend(path);
    Ok(url)
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

    /// A receiver that takes anything.
    #[derive(Debug)]
    struct Anybody(Url);

    impl Receiver for Anybody {
        fn write(&self, _: &Telling<'_>, _: Form) -> String {
            String::new()
        }

        fn request(&self, sending: &Sending<'_>) -> Request {
            Request::post(&self.0, sending.body)
        }
    }

    fn sender(url: &str) -> Poster<Anybody> {
        let settings = HttpSettings::new("test".into());
        let http = HttpClient::new(&settings, Clock::system()).unwrap();
        let tools = Tools {
            http,
            limits: crate::channel::SendLimits::default(),
        };
        Poster::ready(Anybody(Url::parse(url).unwrap()), &tools)
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
            let outcome = sender.outcome(&answer(status, retry_after_s, ""), "");
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
            assert_eq!(
                sender.in_words(&sender.receiver.0, &answer(500, None, body)),
                expected
            );
        }
    }

    #[test]
    fn a_redirect_is_explained() {
        let sender = sender("https://hooks.example/x");
        let AttemptOutcome::Failed { reason } = sender.outcome(&answer(308, None, ""), "x") else {
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
