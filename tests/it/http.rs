//! The client against servers, well-behaved and not.

use std::io::Write;
use std::time::Duration;

use newswatch::domain::Validators;
use newswatch::http::{FetchError, Get, HttpLimits, Post};
use tokio::io::AsyncWriteExt;
use url::Url;

use crate::support::http::{
    PATIENCE, RawServer, answer, bytes, client, client_with, get, get_if_changed, redirect,
};

fn validators(etag: &str, last_modified: &str) -> Validators {
    Validators {
        etag: Some(etag.into()),
        last_modified: Some(last_modified.into()),
    }
}

#[tokio::test]
async fn a_document_comes_with_its_type_validators_and_freshness() {
    let server = RawServer::answering(answer(
        "200 OK",
        "Content-Type: text/xml; charset=x\r\nETag: W/\"1,2\"\r\nLast-Modified: noonish\r\nCache-Control: max-age=60\r\n",
        "<rss/>",
    ))
    .await;
    let fetched = get(&client(), &server.url("/feed?x=1#part")).await.unwrap();
    assert_eq!(fetched.final_url.as_str(), server.url("/feed?x=1#part"));
    assert_eq!(fetched.moved_to, None);
    assert_eq!(fetched.validators, validators("W/\"1,2\"", "noonish"));
    assert_eq!(fetched.fresh_for, Some(Duration::from_secs(60)));
    let body = fetched.body.unwrap();
    assert_eq!(body.content_type.as_deref(), Some("text/xml; charset=x"));
    assert_eq!(body.bytes, b"<rss/>");
}

#[tokio::test]
async fn a_request_carries_these_fields_and_no_others() {
    let server = RawServer::answering(answer("200 OK", "Set-Cookie: a=b\r\n", "")).await;
    let client = client();
    let kept = validators("W/unquoted, \"x\"; y=z", "Yesterday, about noon");
    let url = server.url("/a%2Fb;c?q=1&&d|e");
    for _ in 0..2 {
        get_if_changed(&client, &url, &kept).await.unwrap();
    }
    let host = format!("host: {}", server.address);
    let expected = [
        "GET /a%2Fb;c?q=1&&d|e HTTP/1.1",
        "accept-encoding: zstd,gzip,deflate,br",
        "accept: application/rss+xml, */*;q=0.1",
        &host,
        "if-modified-since: Yesterday, about noon",
        "if-none-match: W/unquoted, \"x\"; y=z",
        "user-agent: newswatch/test (+https://example.org/bot)",
    ];
    let seen = server.requests();
    assert_eq!(seen.len(), 2);
    for request in seen {
        let mut lines: Vec<&str> = request.trim_end().split("\r\n").collect();
        lines[1..].sort_unstable();
        assert_eq!(lines, expected);
    }
}
