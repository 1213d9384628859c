//! A client for tests, and servers that answer exactly what a test tells them to.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use newswatch::clock::Clock;
use newswatch::domain::Validators;
use newswatch::http::{
    AllowPrivate, AllowedAddress, FetchError, Fetched, Get, HttpClient, HttpLimits,
};
use newswatch::http::{HttpSettings, Names, Purpose};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// Long enough for a loaded machine, short enough for a test that hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) fn settings(allow_private: &[&str]) -> HttpSettings {
    let allowed: Vec<AllowedAddress> = allow_private
        .iter()
        .map(|text| text.parse().unwrap())
        .collect();
    HttpSettings {
        allow_private: AllowPrivate::for_all(&allowed),
        ..HttpSettings::new("newswatch/test (+https://example.org/bot)".into())
    }
}

/// A client that may talk to loopback.
pub(crate) fn client() -> HttpClient {
    client_with(&["127.0.0.0/8", "::1"], HttpLimits::default())
}

pub(crate) fn client_with(allow_private: &[&str], limits: HttpLimits) -> HttpClient {
    HttpClient::with_limits(
        &settings(allow_private),
        limits,
        &Names::System,
        Clock::system(),
    )
    .unwrap()
}

/// A client for which every name stands for these addresses.
pub(crate) fn client_where_names_are(allow_private: &[&str], addresses: &[&str]) -> HttpClient {
    let addresses: Vec<IpAddr> = addresses.iter().map(|text| text.parse().unwrap()).collect();
    let names = Names::Fixed(Arc::new(move |_| addresses.clone()));
    HttpClient::with_limits(
        &settings(allow_private),
        HttpLimits::default(),
        &names,
        Clock::system(),
    )
    .unwrap()
}

/// Fetches a URL without validators.
pub(crate) async fn get(client: &HttpClient, url: &str) -> Result<Fetched, FetchError> {
    get_if_changed(client, url, &Validators::default()).await
}

pub(crate) async fn get_if_changed(
    client: &HttpClient,
    url: &str,
    validators: &Validators,
) -> Result<Fetched, FetchError> {
    let url = Url::parse(url).unwrap();
    client
        .get(&Get {
            url: &url,
            accept: "application/rss+xml, */*;q=0.1",
            validators,
            max_body_bytes: 1024 * 1024,
            timeout: PATIENCE,
            purpose: Purpose::Feed,
            access: None,
        })
        .await
}

/// The body of a fetch that brought one.
pub(crate) fn bytes(fetched: Fetched) -> Vec<u8> {
    fetched.body.unwrap().bytes
}

/// A server on a free port that gives the same bytes to every request, then closes the connection.
#[derive(Clone)]
pub(crate) struct RawServer {
    pub(crate) address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl RawServer {
    /// Answers with these bytes, whatever is asked.
    pub(crate) async fn answering(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::behaving(move |mut stream, _| {
            let answer = answer.clone();
            async move {
                // The client may have hung up; then there is nothing to close either.
                if stream.write_all(&answer).await.is_ok() {
                    stream.shutdown().await.ok();
                }
            }
        })
        .await
    }

    /// Answers the requests with these answers, one after the other, the last one again and again.
    pub(crate) async fn answering_in_turn(answers: &[&str]) -> Self {
        let answers: Vec<String> = answers.iter().map(|&answer| answer.to_owned()).collect();
        let turn = Arc::new(Mutex::new(0));
        Self::behaving(move |mut stream, _| {
            let number = {
                let mut turn = turn.lock().unwrap();
                *turn += 1;
                (*turn).min(answers.len()) - 1
            };
            let answer = answers[number].clone();
            async move {
                if stream.write_all(answer.as_bytes()).await.is_ok() {
                    stream.shutdown().await.ok();
                }
            }
        })
        .await
    }

    /// Reads a request's header, then does with the connection what the test wants.
    pub(crate) async fn behaving<B, F>(behaviour: B) -> Self
    where
        B: Fn(TcpStream, String) -> F + Send + Sync + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            requests: Arc::default(),
        };
        let requests = Arc::clone(&server.requests);
        let behaviour = Arc::new(behaviour);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let behaviour = Arc::clone(&behaviour);
                let requests = Arc::clone(&requests);
                tokio::spawn(async move {
                    if let Some(request) = read_header(&mut stream).await {
                        requests.lock().unwrap().push(request.clone());
                        behaviour(stream, request).await;
                    }
                });
            }
        });
        server
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The headers of the requests so far, each with its request line.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

/// Reads up to the empty line, a character a byte.
async fn read_header(stream: &mut TcpStream) -> Option<String> {
    let mut header = Vec::new();
    while !header.ends_with(b"\r\n\r\n") {
        header.push(stream.read_u8().await.ok()?);
    }
    Some(header.into_iter().map(char::from).collect())
}

/// A complete answer with these fields and body.
pub(crate) fn answer(status: &str, fields: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\n{fields}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// An answer that sends the client elsewhere.
pub(crate) fn redirect(status: u16, location: &str) -> String {
    answer(
        &format!("{status} Elsewhere"),
        &format!("Location: {location}\r\n"),
        "",
    )
}
