//! The webhook channel against receivers, well-behaved and not.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use newswatch::channel::{
    Channel, ChannelKind, ChannelSettings, SendLimits, WebhookMethod, WebhookSettings,
};
use newswatch::domain::{AttemptOutcome, ChannelName};
use newswatch::http::{HttpClient, HttpLimits};
use secrecy::SecretString;
use sha2::Sha256;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use url::Url;

use crate::support::alerts::{alert, delivery, now, told};
use crate::support::http::{PATIENCE, RawServer, answer, client, client_with, redirect};
use crate::support::tls::Authority;

const SECRET_PATH: &str = "/services/T0000/SECRETSECRET?token=HUNTER2HUNTER2";

fn channel_of(http: HttpClient, url: &str, secrets: &[&str], limit: Duration) -> Channel {
    let settings = ChannelSettings {
        name: ChannelName("hook".into()),
        kind: ChannelKind::Webhook(WebhookSettings {
            url: Url::parse(url).unwrap(),
            secrets: secrets
                .iter()
                .map(|&secret| SecretString::from(secret))
                .collect(),
            method: WebhookMethod::Post,
            headers: Vec::new(),
        }),
        reader: newswatch::render::Reader::default(),
        templates: newswatch::render::Templates::default(),
        retry: Vec::new(),
    };
    let limits = SendLimits {
        webhook: limit,
        ..SendLimits::default()
    };
    Channel::with_limits(settings, http, &limits).unwrap()
}

async fn send(channel: &Channel) -> AttemptOutcome {
    let alerts = [alert("A headline")];
    channel
        .attempt(&told(&delivery(), None, &alerts))
        .await
        .outcome
}

async fn send_to(url: &str) -> AttemptOutcome {
    send(&channel_of(client(), url, &[], PATIENCE)).await
}

fn secret(byte: u8) -> (String, Vec<u8>) {
    let key = vec![byte; 32];
    (format!("whsec_{}", STANDARD.encode(&key)), key)
}

fn sign(key: &[u8], signed: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(signed.as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

#[tokio::test]
async fn a_receiver_can_check_what_it_gets_with_either_secret() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&seen);
    let receiver = Router::new().route(
        "/hook",
        post(async move |headers: HeaderMap, body: Bytes| {
            keep.lock().unwrap().push((headers, body));
            StatusCode::NO_CONTENT
        }),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, receiver).await });
    let (old, old_key) = secret(1);
    let (new, new_key) = secret(2);
    let channel = channel_of(client(), &url, &[&old, &new], PATIENCE);
    assert_eq!(send(&channel).await, AttemptOutcome::Accepted);
    let seen = seen.lock().unwrap();
    let (headers, body) = &seen[0];
    let field = |name: &str| headers[name].to_str().unwrap();
    assert_eq!(field("webhook-id"), "dlv_0123456789abcdef0123");
    assert_eq!(field("webhook-timestamp"), now().as_second().to_string());
    assert_eq!(field("content-type"), "application/json");
    let body = std::str::from_utf8(body).unwrap();
    let signed = format!(
        "{}.{}.{body}",
        field("webhook-id"),
        field("webhook-timestamp")
    );
    let expected = format!("{} {}", sign(&old_key, &signed), sign(&new_key, &signed));
    assert_eq!(field("webhook-signature"), expected);
    let json: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(json["data"]["title"], "A headline");
}

#[tokio::test]
async fn without_a_secret_nothing_is_signed() {
    let receiver = RawServer::answering(answer("200 OK", "", "")).await;
    assert_eq!(
        send_to(&receiver.url("/hook")).await,
        AttemptOutcome::Accepted
    );
    let request = receiver.requests().remove(0);
    assert!(request.starts_with("POST /hook HTTP/1.1\r\n"), "{request}");
    assert!(!request.contains("webhook-signature"), "{request}");
}

#[tokio::test]
async fn a_redirect_is_a_failure_and_its_target_is_not_asked() {
    let target = RawServer::answering(answer("200 OK", "", "")).await;
    for status in [301, 302, 303, 307, 308] {
        let receiver = RawServer::answering(redirect(status, &target.url("/"))).await;
        let outcome = send_to(&receiver.url("/hook")).await;
        assert!(
            matches!(outcome, AttemptOutcome::Failed { .. }),
            "{outcome:?}"
        );
    }
    assert_eq!(target.requests().len(), 0);
}

#[tokio::test]
async fn a_busy_receiver_gets_the_pause_it_asks_for() {
    for (status, fields, body, expected_s) in [
        ("429 Slow Down", "Retry-After: 7\r\n", "", 7),
        ("503 Busy", "Retry-After: 7\r\n", "", 7),
        ("429 Slow Down", "Retry-After: 0\r\n", "", 1),
        ("429 Slow Down", "Retry-After: 99999999\r\n", "", 86_400),
        (
            "429 Slow Down",
            "Date: Mon, 23 Nov 2026 12:00:00 GMT\r\nRetry-After: Mon, 23 Nov 2026 12:01:30 GMT\r\n",
            "",
            90,
        ),
        ("429 Slow Down", "", "{\"retry_after\": 4}", 4),
        (
            "429 Slow Down",
            "",
            "{\"parameters\": {\"retry_after\": 35}}",
            35,
        ),
    ] {
        let receiver = RawServer::answering(answer(status, fields, body)).await;
        let AttemptOutcome::Paused { wait, .. } = send_to(&receiver.url("/hook")).await else {
            panic!("{status} {fields} {body}");
        };
        assert_eq!(wait, Duration::from_secs(expected_s), "{fields} {body}");
    }
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_gone() {
    let receiver = RawServer::answering(answer("410 Gone", "", "moved away")).await;
    let outcome = send_to(&receiver.url("/hook")).await;
    let expected = AttemptOutcome::Gone {
        reason: "127.0.0.1 answered 410: moved away".into(),
    };
    assert_eq!(outcome, expected);
}

#[tokio::test]
async fn a_receiver_that_does_not_answer_costs_no_more_than_the_limit() {
    let silent = RawServer::behaving(|stream, _| async move {
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    let limit = Duration::from_millis(100);
    let channel = channel_of(client(), &silent.url("/hook"), &[], limit);
    let AttemptOutcome::Failed { reason } = send(&channel).await else {
        panic!("no answer is a failure");
    };
    assert!(reason.ends_with("answer within 100 ms"), "{reason}");
}

#[tokio::test]
async fn an_accepted_alert_stays_accepted_when_the_answers_body_breaks_off() {
    let receiver = RawServer::answering("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf").await;
    assert_eq!(
        send_to(&receiver.url("/hook")).await,
        AttemptOutcome::Accepted
    );
}

#[tokio::test]
async fn an_endless_answer_is_read_to_64_kb_and_the_connection_closed() {
    let written = Arc::new(Mutex::new(0));
    let count = Arc::clone(&written);
    let (tell, end) = tokio::sync::oneshot::channel();
    let tell = Arc::new(Mutex::new(Some(tell)));
    let receiver = RawServer::behaving(move |mut stream, _| {
        let count = Arc::clone(&count);
        let tell = Arc::clone(&tell);
        async move {
            let head = b"HTTP/1.1 500 No\r\nContent-Length: 99999999999\r\n\r\n";
            stream.write_all(head).await.unwrap();
            while stream.write_all(&[b'x'; 4096]).await.is_ok() {
                *count.lock().unwrap() += 4096;
            }
            if let Some(tell) = tell.lock().unwrap().take() {
                tell.send(()).unwrap();
            }
        }
    })
    .await;
    let outcome = send_to(&receiver.url("/hook")).await;
    assert!(
        matches!(outcome, AttemptOutcome::Failed { .. }),
        "{outcome:?}"
    );
    tokio::time::timeout(PATIENCE, end).await.unwrap().unwrap();
    // What the sockets' buffers hold comes on top of what is read.
    assert!(*written.lock().unwrap() < 16 * 1024 * 1024);
}

#[tokio::test]
async fn what_is_no_answer_is_a_failure() {
    for bytes in [
        "",
        "SSH-2.0-OpenSSH_9\r\n",
        "HTTP/1.1 200",
        "HTTP/1.1 abc OK\r\n\r\n",
        "\u{0}\u{1}\u{2}",
    ] {
        let receiver = RawServer::answering(bytes).await;
        let outcome = send_to(&receiver.url("/hook")).await;
        assert!(
            matches!(outcome, AttemptOutcome::Failed { .. }),
            "{bytes:?}: {outcome:?}"
        );
    }
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_is_a_failure_and_nothing_is_sent() {
    let acceptor = Authority::new().acceptor_for("localhost");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!(
        "https://localhost:{}/hook",
        listener.local_addr().unwrap().port()
    );
    let server = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        match acceptor.accept(stream).await {
            Ok(mut stream) => stream.read_u8().await.is_err(),
            Err(_) => true,
        }
    });
    let outcome = send_to(&url).await;
    let expected = AttemptOutcome::Unreached {
        reason: "no secure connection to localhost: the certificate is signed by an authority that is not trusted here".into(),
    };
    assert_eq!(outcome, expected);
    assert!(server.await.unwrap());
}

#[tokio::test]
async fn no_reason_tells_the_address_of_the_webhook() {
    let echo = RawServer::behaving(|mut stream, request| async move {
        let body = format!("no such hook: {request}");
        let answer = answer("404 Not Found", "", &body);
        stream.write_all(answer.as_bytes()).await.ok();
    })
    .await;
    let gone = "http://127.0.0.1:1".to_owned() + SECRET_PATH;
    let private = "http://10.1.2.3".to_owned() + SECRET_PATH;
    let nameless = "http://newswatch.invalid".to_owned() + SECRET_PATH;
    for url in [echo.url(SECRET_PATH), gone, private, nameless] {
        let outcome = format!("{:?}", send_to(&url).await);
        assert!(!outcome.contains("Accepted"), "{outcome}");
        for secret in ["SECRETSECRET", "HUNTER2", "services"] {
            assert!(!outcome.contains(secret), "{outcome}");
        }
    }
}

#[tokio::test]
async fn a_private_address_is_a_matter_of_the_configuration() {
    let victim = RawServer::answering(answer("200 OK", "", "")).await;
    let port = victim.address.port();
    for host in ["127.0.0.1", "localhost", "2130706433", "[::ffff:127.0.0.1]"] {
        let url = format!("http://{host}:{port}/hook");
        let http = client_with(&[], HttpLimits::default());
        let outcome = send(&channel_of(http, &url, &[], PATIENCE)).await;
        let AttemptOutcome::Misconfigured { reason } = outcome else {
            panic!("{host}: {outcome:?}");
        };
        assert!(reason.contains("allow_private"), "{reason}");
    }
    assert_eq!(victim.requests().len(), 0);
}
