//! A receiver of webhooks that keeps what it gets, and answers as it is told.
//!
//! It checks no signature: it stands for somebody else's server, and shows what arrived there.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use serde_json::Value;
use tokio::sync::watch;

use super::local_server::LocalServer;

/// One request that arrived.
#[derive(Debug, Clone, PartialEq)]
pub struct Received {
    /// The path it was posted to.
    pub path: String,
    /// Its header fields, names in lower case, in the order of arrival; bytes that are no text are left out.
    pub headers: Vec<(String, String)>,
    /// Its body, byte for byte: what a signature is made over.
    pub body: String,
    /// The status it was answered with.
    pub answered: u16,
}

impl Received {
    /// The first field of this name, which is in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The body as JSON; `None` when it is not.
    #[must_use]
    pub fn json(&self) -> Option<Value> {
        serde_json::from_str(&self.body).ok()
    }
}

/// An answer to give instead of 200.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScriptedAnswer {
    /// The status code.
    pub status: u16,
    /// Header fields to send with it: `("retry-after", "2")`.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: String,
}

impl ScriptedAnswer {
    /// An answer of this status, without fields and body.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self {
            status,
            ..Self::default()
        }
    }

    /// The same answer with one field more.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }
}

/// A receiver that is running; it stops when this is dropped.
#[derive(Debug)]
pub struct WebhookSink {
    server: LocalServer,
    tray: Arc<Tray>,
}

/// What arrived, and what is to be answered next.
#[derive(Debug)]
struct Tray {
    received: Mutex<Vec<Received>>,
    script: Mutex<VecDeque<ScriptedAnswer>>,
    count: watch::Sender<usize>,
}

impl WebhookSink {
    /// Starts on a loopback port that the system picks.
    ///
    /// # Errors
    /// When no loopback port can be bound.
    pub async fn start() -> io::Result<Self> {
        let tray = Arc::new(Tray {
            received: Mutex::default(),
            script: Mutex::default(),
            count: watch::Sender::new(0),
        });
        let server = LocalServer::start(|_addr| {
            Router::new()
                .fallback(post(receive))
                .with_state(Arc::clone(&tray))
        })
        .await?;
        Ok(Self { server, tray })
    }

    /// The address it listens on.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.server.addr()
    }

    /// The address to post to; any other path is taken as well.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/newswatch", self.addr())
    }

    /// Queues answers; each is given once, and when none is left the answer is 200 again.
    pub fn script(&self, answers: impl IntoIterator<Item = ScriptedAnswer>) {
        lock(&self.tray.script).extend(answers);
    }

    /// Everything that has arrived, in order.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        lock(&self.tray.received).clone()
    }

    /// Tells the number of requests that have arrived, and wakes whoever waits for more.
    #[must_use]
    pub fn arrivals(&self) -> watch::Receiver<usize> {
        self.tray.count.subscribe()
    }

    /// Waits until at least `count` requests have arrived, and returns everything that has.
    pub async fn wait_for(&self, count: usize) -> Vec<Received> {
        // The sender lives in `self`, so waiting can end only by the count.
        drop(self.arrivals().wait_for(|arrived| *arrived >= count).await);
        self.received()
    }

    /// Stops: takes no new request and lets those under way finish.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}

async fn receive(
    State(tray): State<Arc<Tray>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let answer = lock(&tray.script).pop_front();
    let response = answer.map_or_else(|| StatusCode::OK.into_response(), scripted_response);
    let arrived = {
        let mut received = lock(&tray.received);
        received.push(Received {
            path: uri.path().to_owned(),
            headers: readable_headers(&headers),
            body: String::from_utf8_lossy(&body).into_owned(),
            answered: response.status().as_u16(),
        });
        received.len()
    };
    tray.count.send_replace(arrived);
    response
}

fn scripted_response(answer: ScriptedAnswer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, answer.body).into_response();
    for (name, value) in answer.headers {
        if let Ok(value) = HeaderValue::try_from(value) {
            response
                .headers_mut()
                .append(HeaderName::from_static(name), value);
        }
    }
    response
}

fn readable_headers(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())))
        .collect()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;

    use super::*;

    /// Posts a body over a real connection, and returns the whole answer.
    async fn post_to(sink: &WebhookSink, body: &str) -> String {
        let mut stream = TcpStream::connect(sink.addr()).await.unwrap();
        let request = format!(
            "POST /newswatch HTTP/1.1\r\nhost: sink\r\nwebhook-id: dlv_1\r\n\
             content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn what_arrives_is_kept_with_its_fields_and_body() {
        let sink = WebhookSink::start().await.unwrap();
        let answer = post_to(&sink, r#"{"type": "newswatch.alert"}"#).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");

        let received = sink.wait_for(1).await;
        assert_eq!(received.len(), 1);
        assert_eq!(received[0].path, "/newswatch");
        assert_eq!(received[0].header("webhook-id"), Some("dlv_1"));
        assert_eq!(received[0].body, r#"{"type": "newswatch.alert"}"#);
        assert_eq!(received[0].json().unwrap()["type"], "newswatch.alert");
        sink.stop().await;
    }

    #[tokio::test]
    async fn scripted_answers_are_given_once_and_in_order() {
        let sink = WebhookSink::start().await.unwrap();
        sink.script([
            ScriptedAnswer::status(429).with_header("retry-after", "2"),
            ScriptedAnswer::status(500),
        ]);
        let first = post_to(&sink, "{}").await;
        assert!(first.starts_with("HTTP/1.1 429"), "{first}");
        assert!(first.contains("retry-after: 2\r\n"), "{first}");
        assert!(post_to(&sink, "{}").await.starts_with("HTTP/1.1 500"));
        assert!(post_to(&sink, "{}").await.starts_with("HTTP/1.1 200"));

        let statuses: Vec<_> = sink.received().iter().map(|r| r.answered).collect();
        assert_eq!(statuses, [429, 500, 200]);
    }

    #[tokio::test]
    async fn a_body_that_is_not_json_is_kept_as_it_is() {
        let sink = WebhookSink::start().await.unwrap();
        post_to(&sink, "not json").await;
        let received = sink.received();
        assert_eq!(received[0].body, "not json");
        assert!(received[0].json().is_none());
    }
}
