//! A server whose answers a test writes down beforehand, and a service that polls it as often as the test says.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use newswatch::clock::Clock;
use newswatch::config::{self, ProcessEnvironment, Secrets};
use newswatch::daemon;
use newswatch::domain::Timestamp;
use newswatch::pipeline::Context;
use newswatch::store::{AlertFilter, AlertLine, FeedLine, Store};
use tokio::net::TcpListener;
use tokio_util::task::AbortOnDropHandle;

use crate::support::database;

/// One answer.
#[derive(Clone)]
pub(crate) struct Answer {
    status: u16,
    fields: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Answer {
    pub(crate) fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self::status(200)
            .with("content-type", "application/rss+xml")
            .body(body)
    }

    pub(crate) fn status(status: u16) -> Self {
        Self {
            status,
            fields: Vec::new(),
            body: Vec::new(),
        }
    }

    pub(crate) fn to(status: u16, location: &str) -> Self {
        Self::status(status).with("location", location)
    }

    /// Sets a field.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|(known, _)| known != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(known, _)| known != name);
        self
    }

    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }
}

/// One request.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) fields: HeaderMap,
}

impl Asked {
    /// A field as text, byte for byte.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        let value = self.fields.get(name)?;
        Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
    }
}

#[derive(Default)]
struct Script {
    /// The answers of each path, the next one last; the last one stays.
    answers: BTreeMap<String, Vec<Answer>>,
    asked: Vec<Asked>,
}

/// The server.
pub(crate) struct Scripted {
    pub(crate) addr: SocketAddr,
    script: Arc<Mutex<Script>>,
    _server: AbortOnDropHandle<()>,
}

impl Scripted {
    pub(crate) async fn open() -> Self {
        let script = Arc::new(Mutex::new(Script::default()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&script));
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            addr,
            script,
            _server: AbortOnDropHandle::new(server),
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr)
    }

    /// The same server under its other name, as another host.
    pub(crate) fn elsewhere(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.addr.port())
    }

    /// Writes down what a path answers, one after the other; the last of them from then on.
    pub(crate) fn say(&self, path: &str, answers: &[Answer]) {
        let answers = answers.iter().rev().cloned().collect();
        let mut script = self.script.lock().unwrap();
        script.answers.insert(path.to_owned(), answers);
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.script.lock().unwrap().asked.clone()
    }

    pub(crate) fn last_asked(&self) -> Asked {
        self.asked().pop().unwrap()
    }
}

async fn answer(
    State(script): State<Arc<Mutex<Script>>>,
    method: Method,
    uri: Uri,
    fields: HeaderMap,
) -> Response {
    let path = uri.path().to_owned();
    let mut script = script.lock().unwrap();
    let answers = script.answers.entry(path.clone()).or_default();
    let said = if answers.len() > 1 {
        answers.pop()
    } else {
        answers.last().cloned()
    };
    script.asked.push(Asked {
        method,
        path,
        fields,
    });
    let said = said.unwrap_or_else(|| Answer::status(404));
    let status = StatusCode::from_u16(said.status).unwrap();
    let mut response = (status, said.body).into_response();
    response.headers_mut().remove("content-type");
    for (name, value) in &said.fields {
        let name = name.parse::<axum::http::HeaderName>().unwrap();
        response.headers_mut().append(name, value.parse().unwrap());
    }
    response
}

/// A service over some paths of the server, in memory, that starts anew for every pass.
pub(crate) struct Poller {
    pub(crate) server: Scripted,
    pub(crate) clock: Clock,
    store: Store,
    config: String,
}

impl Poller {
    /// `keys` is what else stands in `[poll]`.
    pub(crate) async fn over(server: Scripted, feeds: &[&str], keys: &str) -> Self {
        newswatch::http::install_tls_provider();
        let mut poller = Self {
            server,
            clock: Clock::fixed(Clock::system().now()),
            store: database::store().await,
            config: String::new(),
        };
        poller.configure(feeds, keys);
        poller
    }

    pub(crate) fn configure(&mut self, feeds: &[&str], keys: &str) {
        let feeds: Vec<String> = feeds
            .iter()
            .map(|path| {
                let url = self.server.url(path);
                format!("[[feed]]\nurl = \"{url}\"\narticle = \"never\"\n")
            })
            .collect();
        let feeds = feeds.concat();
        self.config = format!(
            "state_dir = \"/nonexistent\"\n[poll]\n{keys}\n[http]\ncontact = \"https://example.org/bot\"\n\
             allow_private = [\"127.0.0.0/8\", \"::1/128\"]\n{feeds}[[watch]]\nname = \"Zebras\"\nterms = [\"zebra\"]\n\
             notify = [\"none\"]\n[[channel]]\nname = \"none\"\ntype = \"file\"\npath = \"/dev/null\"\n"
        );
    }

    /// Lets time go by, polls what is due then, and tells how the first feed is.
    pub(crate) async fn after(&self, wait: Duration) -> FeedLine {
        self.clock.advance(wait);
        daemon::pass(self.context().await).await.unwrap();
        self.store.report().await.unwrap().feeds.remove(0)
    }

    /// The service, made anew.
    pub(crate) async fn context(&self) -> Arc<Context> {
        let folder = tempfile::tempdir().unwrap();
        let loaded = config::load_text(
            "test.toml",
            &self.config,
            folder.path(),
            &ProcessEnvironment,
            Secrets::Required,
        )
        .unwrap();
        let context = daemon::context(loaded.config, self.store.clone(), self.clock.clone());
        Arc::new(context.await.unwrap())
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The headlines that were told, in order.
    pub(crate) async fn told(&self) -> Vec<String> {
        let filter = AlertFilter {
            watch: None,
            since: None,
            limit: 1000,
        };
        let mut told: Vec<String> = self
            .store
            .alerts(filter)
            .await
            .unwrap()
            .into_iter()
            .filter_map(|line| match line {
                AlertLine::Raised { alert, .. } => Some(alert.title),
                AlertLine::Held { .. } => None,
            })
            .collect();
        told.sort_unstable();
        told
    }
}
