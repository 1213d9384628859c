//! One request: it is sent, the other side is looked at once more, and what comes back is read.

use std::time::Duration;

use reqwest::Response;
use tokio::time::timeout;
use url::Url;

use crate::domain::Validators;

use super::body::{self, BodyFailure};
use super::client_state::ClientState;
use super::guard::{Guard, host_of, is_public};
use super::memory::Share;
use super::pool::MAX_HEADER_BYTES;
use super::redirect::Trail;
use super::request_parts::{RequestParts, post_parts};
use super::{Answer, Body, FetchError, Fetched, Get, Post, Purpose, headers, walls};

/// The most that is read of the answer to a POST: enough to quote the reason, too little to hurt.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// The time for the body of an answer to a POST, whose status is already known.
const ANSWER_BODY_TIMEOUT: Duration = Duration::from_secs(2);

/// What is read of the page of a refusal, to see whose it is.
const MAX_REFUSAL_BYTES: u64 = 64 * 1024;

/// The time for it.
const REFUSAL_TIMEOUT: Duration = Duration::from_secs(2);

impl ClientState {
    /// Sends one request, and waits so long for the header of its answer.
    ///
    /// A receiver of webhooks may work before it answers; giving up early would mean telling it twice.
    pub(super) async fn send(
        &self,
        parts: RequestParts<'_>,
        limit: Duration,
    ) -> Result<Response, FetchError> {
        let host = host_of(parts.url);
        // The builder makes the Authorization field of the user and password in the URL; one that is set replaces it.
        let sending = parts
            .client
            .request(parts.method, parts.url.clone())
            .headers(parts.fields)
            .body(parts.body)
            .send();
        let response = timeout(limit, sending)
            .await
            .map_err(|_| FetchError::NoAnswer { limit })?
            .map_err(|error| self.failure(&error, &host))?;
        if let Some(guard) = parts.guard {
            self.check_peer(guard, parts.url, &response)?;
        }
        if headers::size_bytes(response.headers()) > MAX_HEADER_BYTES {
            return Err(FetchError::HeaderTooLarge {
                limit_bytes: MAX_HEADER_BYTES,
            });
        }
        Ok(response)
    }

    /// Checks once more whom we are talking to: the second line, should the first ever be passed.
    fn check_peer(&self, guard: &Guard, url: &Url, response: &Response) -> Result<(), FetchError> {
        match response.remote_addr() {
            Some(peer) if !guard.permits(peer) => Err(FetchError::PrivateAddress {
                host: host_of(url),
                address: peer.ip(),
            }),
            Some(peer) if !is_public(peer.ip()) => {
                self.pace.mark_own(url);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Makes a document of the last answer.
    pub(super) async fn document(
        &self,
        request: &Get<'_>,
        trail: &Trail,
        response: Response,
    ) -> Result<Fetched, FetchError> {
        let now = self.clock.now();
        let fields = response.headers().clone();
        let status = response.status().as_u16();
        if let Some(service) = walls::by_fields(status, &fields) {
            return Err(FetchError::BotWall {
                status,
                service,
                retry_after: headers::retry_after(&fields, now),
            });
        }
        let conditional = *request.validators != Validators::default();
        let (validators, body) = match status {
            // Whoever has read a feed knows what is meant even where the request named no copy.
            304 if conditional || request.purpose == Purpose::Feed => (
                headers::refreshed_validators(&fields, request.validators),
                None,
            ),
            // A part (206) was not asked for, and would pass for the whole.
            200..=205 | 207..=299 => {
                let (bytes, share) = self.body(response, request).await?;
                let body = Body {
                    content_type: headers::content_type(&fields),
                    bytes,
                    share,
                };
                (headers::validators(&fields), Some(body))
            }
            _ => {
                return Err(self
                    .refusal(response, headers::retry_after(&fields, now))
                    .await);
            }
        };
        Ok(Fetched {
            final_url: trail.final_url(),
            moved_to: trail.moved_to(),
            validators,
            fresh_for: headers::fresh_for(&fields, now),
            body,
        })
    }

    /// Says what a refusal means, by its page where that may be a wall's.
    async fn refusal(&self, response: Response, retry_after: Option<Duration>) -> FetchError {
        let status = response.status().as_u16();
        let refused = FetchError::Status {
            status,
            retry_after,
        };
        if !walls::may_be_one(status) {
            return refused;
        }
        let reading = body::read(response, MAX_REFUSAL_BYTES, self.memory_for(Purpose::Page));
        let Ok(Ok((page, _))) = timeout(REFUSAL_TIMEOUT, reading).await else {
            return refused;
        };
        match walls::by_words(&page) {
            Some(service) => FetchError::BotWall {
                status,
                service,
                retry_after,
            },
            None => refused,
        }
    }

    async fn body(
        &self,
        response: Response,
        request: &Get<'_>,
    ) -> Result<(Vec<u8>, Share), FetchError> {
        let host = host_of(response.url());
        let broken = |reason: &str| FetchError::Broken {
            reason: reason.to_owned(),
        };
        let memory = self.memory_for(request.purpose);
        body::read(response, request.max_body_bytes, memory)
            .await
            .map_err(|failure| match failure {
                BodyFailure::Client(error) => self.failure(&error, &host),
                BodyFailure::TooLarge { limit_bytes } => FetchError::TooLarge { limit_bytes },
                BodyFailure::Stalled => FetchError::Timeout {
                    limit: body::MAX_PIECE_TIME,
                },
                BodyFailure::Damaged => broken("what was compressed cannot be unpacked"),
                BodyFailure::UnknownCoding => {
                    broken("it is compressed in a way that was not offered")
                }
            })
    }

    /// Posts JSON, and reads what it is answered.
    pub(super) async fn exchange(&self, request: &Post<'_>) -> Result<Answer, FetchError> {
        let door = self.doors.of(Purpose::Webhook);
        door.guard.check_url(request.url)?;
        let response = self
            .send(post_parts(request, door)?, request.timeout)
            .await?;
        let status = response.status().as_u16();
        let retry_after = headers::retry_after(response.headers(), self.clock.now());
        Ok(Answer {
            status,
            retry_after,
            body: answer_text(response).await,
        })
    }
}

/// Reads the first 64 kB of an answer's body, as far as it comes; the status alone says how the exchange ended.
async fn answer_text(mut response: Response) -> String {
    let mut bytes = Vec::new();
    let reading = async {
        while let Ok(Some(chunk)) = response.chunk().await {
            let room = MAX_ANSWER_BYTES - bytes.len();
            bytes.extend(chunk.iter().take(room));
            if bytes.len() >= MAX_ANSWER_BYTES {
                break;
            }
        }
    };
    // Too slow is as good as the end.
    drop(timeout(ANSWER_BODY_TIMEOUT, reading).await);
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    use reqwest::Method;
    use reqwest::header::HeaderMap;

    use super::super::{AllowPrivate, HttpLimits, HttpSettings, Names, install_tls_provider};
    use super::*;
    use crate::clock::Clock;

    /// A server that answers one request.
    fn server() -> Url {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            assert!(stream.read(&mut [0; 1024]).unwrap() > 0);
            let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
            stream.write_all(answer).unwrap();
        });
        Url::parse(&format!("http://{address}/")).unwrap()
    }

    #[tokio::test]
    async fn who_answers_is_looked_at_once_more_however_the_connection_was_made() {
        let settings = HttpSettings {
            allow_private: AllowPrivate::for_all(&["127.0.0.1".parse().unwrap()]),
            ..HttpSettings::new("newswatch-test".into())
        };
        let limits = HttpLimits::default();
        install_tls_provider();
        let made = ClientState::new(&settings, limits, &Names::System, Clock::system());
        let state = made.unwrap();
        let door = state.doors.of(Purpose::Feed);
        // The client's own guard lets it through, as one would that a resolver has fooled.
        let strict = Guard::new(&[]);
        for (guard, is_refused) in [(&strict, true), (&door.guard, false)] {
            let url = server();
            let parts = RequestParts {
                method: Method::GET,
                url: &url,
                fields: HeaderMap::new(),
                body: String::new(),
                client: door.client_for(&url),
                guard: Some(guard),
            };
            let sent = state.send(parts, Duration::from_secs(30)).await;
            let refused = matches!(sent, Err(FetchError::PrivateAddress { .. }));
            assert_eq!(refused, is_refused, "{sent:?}");
        }
    }
}
