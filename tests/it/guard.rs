//! The guard in front of real servers: what is refused is never connected to.

use newswatch::http::{FetchError, HttpLimits};

use crate::support::http::{
    RawServer, answer, bytes, client, client_where_names_are, client_with, get, redirect,
};

fn is_private(outcome: &Result<impl std::fmt::Debug, FetchError>) -> bool {
    matches!(outcome, Err(FetchError::PrivateAddress { .. }))
}

/// The ways to write the loopback address, with and without a name.
fn loopback_urls(port: u16) -> Vec<String> {
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "127.0.0.1.",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[::1]",
        "localhost",
        "LOCALHOST",
        "0",
    ]
    .map(|host| format!("http://{host}:{port}/"))
    .into()
}

#[tokio::test]
async fn no_form_of_the_loopback_address_is_connected_to_unless_it_is_allowed() {
    let victim = RawServer::answering(answer("200 OK", "", "secret")).await;
    let client = client_with(&[], HttpLimits::default());
    for url in loopback_urls(victim.address.port()) {
        let outcome = get(&client, &url).await;
        assert!(is_private(&outcome), "{url}: {outcome:?}");
    }
    assert_eq!(victim.requests().len(), 0);
}

#[tokio::test]
async fn no_redirect_leads_to_an_address_that_is_not_allowed() {
    let victim = RawServer::answering(answer("200 OK", "", "secret")).await;
    for target in loopback_urls(victim.address.port()) {
        let gate = RawServer::answering(redirect(302, &target)).await;
        let client = client_with(&[&gate.address.to_string()], HttpLimits::default());
        let outcome = get(&client, &gate.url("/")).await;
        assert!(is_private(&outcome), "{target}: {outcome:?}");
        assert_eq!(gate.requests().len(), 1, "{target}");
    }
    assert_eq!(victim.requests().len(), 0);
}

#[tokio::test]
async fn a_redirect_to_another_scheme_is_refused() {
    for target in [
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "javascript:alert(1)",
    ] {
        let gate = RawServer::answering(redirect(301, target)).await;
        let outcome = get(&client(), &gate.url("/")).await;
        assert!(
            matches!(outcome, Err(FetchError::BadScheme { .. })),
            "{target}: {outcome:?}"
        );
    }
}

#[tokio::test]
async fn an_allowed_address_and_port_is_reached_by_name_and_no_other_port_of_it_is() {
    let allowed = RawServer::answering(answer("200 OK", "", "news")).await;
    let victim = RawServer::answering(answer("200 OK", "", "secret")).await;
    let client = client_with(&[&allowed.address.to_string()], HttpLimits::default());
    let by_name = |port| format!("http://localhost:{port}/");
    let fetched = get(&client, &by_name(allowed.address.port())).await;
    assert_eq!(bytes(fetched.unwrap()), b"news");
    let outcome = get(&client, &by_name(victim.address.port())).await;
    assert!(is_private(&outcome), "{outcome:?}");
    assert_eq!(victim.requests().len(), 0);
}

#[tokio::test]
async fn a_public_looking_name_that_stands_for_a_private_address_is_refused() {
    let victim = RawServer::answering(answer("200 OK", "", "secret")).await;
    let url = format!("http://news.example:{}/", victim.address.port());
    for address in ["127.0.0.1", "::ffff:127.0.0.1", "::1", "169.254.169.254"] {
        let client = client_where_names_are(&[], &[address]);
        let outcome = get(&client, &url).await;
        assert!(is_private(&outcome), "{address}: {outcome:?}");
    }
    assert_eq!(victim.requests().len(), 0);
}

#[tokio::test]
async fn the_refusal_names_the_address_and_the_setting_and_no_secret_of_the_url() {
    let client = client_with(&[], HttpLimits::default());
    let url = "http://user:hunter2@127.0.0.1:1/private?token=hunter2";
    let message = get(&client, url).await.unwrap_err().to_string();
    assert!(message.contains("127.0.0.1"), "{message}");
    assert!(message.contains("allow_private"), "{message}");
    assert!(
        !message.contains("hunter2") && !message.contains("private?"),
        "{message}"
    );
}
