//! What the environment of the process may change, and what it may not: each in a process of its own.

use std::ffi::OsStr;
use std::process::Command;
use std::sync::{Arc, Mutex};

use rustls::HandshakeKind;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::http::{RawServer, answer, bytes, client, get};
use crate::support::tls::Authority;

/// The variable that tells the process of its own what to fetch.
const URL: &str = "NEWSWATCH_TEST_URL";

/// Runs [`fetch_the_url_of_the_environment`] with these variables, and says whether it passed.
async fn fetches(url: &str, variables: &[(&str, &OsStr)]) -> bool {
    runs(
        "environment::fetch_the_url_of_the_environment",
        url,
        variables,
    )
    .await
}

/// Runs a test of this name with these variables, and says whether it passed.
async fn runs(name: &str, url: &str, variables: &[(&str, &OsStr)]) -> bool {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "--ignored"])
        .arg(name)
        .env(URL, url)
        .envs(variables.iter().copied());
    let output = tokio::task::spawn_blocking(move || command.output());
    output.await.unwrap().unwrap().status.success()
}

#[tokio::test]
#[ignore = "the tests below run it, with an environment of their own"]
async fn fetch_the_url_of_the_environment() {
    let url = std::env::var_os(URL).unwrap().into_string().unwrap();
    let fetched = get(&client(), &url).await.unwrap();
    assert_eq!(bytes(fetched), b"news");
}

#[tokio::test]
async fn a_proxy_of_the_environment_is_not_used() {
    let server = RawServer::answering(answer("200 OK", "", "news")).await;
    let proxy = RawServer::answering(answer("200 OK", "", "news")).await;
    let proxy_url = proxy.url("/");
    let variables = ["http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"]
        .map(|name| (name, OsStr::new(&proxy_url)));
    assert!(fetches(&server.url("/"), &variables).await);
    assert_eq!(proxy.requests().len(), 0);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_certificate_of_an_authority_that_the_system_trusts_is_accepted() {
    let authority = Authority::new();
    let acceptor = authority.acceptor_for("localhost");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!(
        "https://localhost:{}/",
        listener.local_addr().unwrap().port()
    );
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            stream.read_u8().await.unwrap();
            let answer = answer("200 OK", "", "news");
            stream.write_all(answer.as_bytes()).await.unwrap();
            stream.shutdown().await.ok();
        }
    });
    let ca_file = authority.ca_file();
    assert!(fetches(&url, &[("SSL_CERT_FILE", ca_file.as_os_str())]).await);
    let nobody = tempfile::NamedTempFile::new().unwrap();
    assert!(!fetches(&url, &[("SSL_CERT_FILE", nobody.path().as_os_str())]).await);
}

/// Fetches an address thrice, each time over a connection of its own.
#[tokio::test]
#[ignore = "the test below runs it, with an environment of its own"]
async fn fetch_the_url_of_the_environment_thrice() {
    let url = std::env::var_os(URL).unwrap().into_string().unwrap();
    let client = client();
    for _ in 0..3 {
        assert_eq!(bytes(get(&client, &url).await.unwrap()), b"news");
    }
}

#[tokio::test]
async fn a_server_that_is_asked_again_resumes_its_session() {
    let authority = Authority::new();
    let acceptor = authority.acceptor_for("localhost");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!(
        "https://localhost:{}/",
        listener.local_addr().unwrap().port()
    );
    let handshakes: Arc<Mutex<Vec<HandshakeKind>>> = Arc::default();
    let seen = Arc::clone(&handshakes);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mut stream = acceptor.accept(stream).await.unwrap();
            stream.read_u8().await.unwrap();
            let kind = stream.get_ref().1.handshake_kind().unwrap();
            seen.lock().unwrap().push(kind);
            let answer = answer("200 OK", "Connection: close\r\n", "news");
            stream.write_all(answer.as_bytes()).await.unwrap();
            stream.shutdown().await.ok();
        }
    });
    let ca_file = authority.ca_file();
    let name = "environment::fetch_the_url_of_the_environment_thrice";
    assert!(runs(name, &url, &[("SSL_CERT_FILE", ca_file.as_os_str())]).await);
    let handshakes = handshakes.lock().unwrap();
    assert_eq!(
        *handshakes,
        [
            HandshakeKind::Full,
            HandshakeKind::Resumed,
            HandshakeKind::Resumed
        ]
    );
}

#[tokio::test]
async fn without_any_authority_http_still_works() {
    let server = RawServer::answering(answer("200 OK", "", "news")).await;
    let nobody = tempfile::tempdir().unwrap();
    let variables = [
        (
            "SSL_CERT_FILE",
            nobody.path().join("none.pem").into_os_string(),
        ),
        ("SSL_CERT_DIR", nobody.path().as_os_str().to_owned()),
    ];
    let variables = variables
        .each_ref()
        .map(|(name, value)| (*name, value.as_os_str()));
    assert!(fetches(&server.url("/"), &variables).await);
}
