//! The client against servers, well-behaved and not.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use newswatch::clock::Clock;
use newswatch::domain::Validators;
use newswatch::http::{FetchError, Get, HttpClient, HttpLimits, Names, Post, PostMethod, Purpose};
use tokio::io::AsyncWriteExt;
use tokio::sync::Notify;
use url::Url;

use crate::support::http::{
    PATIENCE, RawServer, answer, bytes, client, client_with, get, get_if_changed, redirect,
    settings,
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
    assert_eq!(fetched.fresh_for, Some(Duration::from_mins(1)));
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
        "accept-encoding: gzip, br, zstd, deflate",
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

#[tokio::test]
async fn validators_are_echoed_replaced_and_kept_as_the_server_says() {
    let server = RawServer::answering_in_turn(&[
        &answer("304 Not Modified", "ETag: \"new\"\r\n", ""),
        &answer("304 Not Modified", "", ""),
        &answer("200 OK", "Last-Modified: later\r\n", "news"),
    ])
    .await;
    let client = client();
    let url = server.url("/feed");
    let kept = validators("\"old\"", "then");
    let first = get_if_changed(&client, &url, &kept).await.unwrap();
    assert_eq!(first.body, None);
    assert_eq!(first.validators, validators("\"new\"", "then"));
    let second = get_if_changed(&client, &url, &first.validators)
        .await
        .unwrap();
    assert_eq!(second.validators, validators("\"new\"", "then"));
    let third = get_if_changed(&client, &url, &second.validators)
        .await
        .unwrap();
    assert_eq!(third.validators.etag, None);
    assert_eq!(third.validators.last_modified.as_deref(), Some("later"));
    let asked: Vec<bool> = ["\"old\"", "\"new\"", "\"new\""]
        .iter()
        .zip(server.requests())
        .map(|(etag, request)| request.contains(&format!("if-none-match: {etag}\r\n")))
        .collect();
    assert_eq!(asked, [true; 3]);
}

#[tokio::test]
async fn a_304_that_was_not_asked_for_is_an_error_where_it_is_no_feeds() {
    let server = RawServer::answering(answer("304 Not Modified", "", "")).await;
    let of_feed = get(&client(), &server.url("/")).await.unwrap();
    assert_eq!(of_feed.body, None);
    let outcome = client()
        .get(&Get {
            url: &server.url("/").parse().unwrap(),
            accept: "*/*",
            validators: &Validators::default(),
            max_body_bytes: 1024,
            timeout: Duration::from_secs(10),
            purpose: Purpose::Page,
            access: None,
        })
        .await;
    assert!(
        matches!(outcome, Err(FetchError::Status { status: 304, .. })),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_success_without_a_body_is_an_empty_document() {
    for head in [
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\n",
    ] {
        let server = RawServer::answering(head).await;
        assert_eq!(bytes(get(&client(), &server.url("/")).await.unwrap()), b"");
    }
}

#[tokio::test]
async fn a_refusal_tells_its_status_and_when_to_come_back() {
    for (status, fields, retry_after_s) in [
        (429, "Retry-After: 120\r\n", Some(120)),
        (503, "Retry-After: 2.5\r\n", Some(3)),
        (503, "", None),
        (410, "", None),
        (206, "", None),
        (500, "Retry-After: soon\r\n", None),
    ] {
        let server = RawServer::answering(answer(&format!("{status} No"), fields, "no")).await;
        let error = get(&client(), &server.url("/")).await.unwrap_err();
        let retry_after = retry_after_s.map(Duration::from_secs);
        assert_eq!(
            error,
            FetchError::Status {
                status,
                retry_after
            }
        );
    }
}

#[tokio::test]
async fn every_compression_is_unpacked() {
    let text = "newswatch ".repeat(1000);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(text.as_bytes()).unwrap();
    let mut deflate = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    deflate.write_all(text.as_bytes()).unwrap();
    for (coding, packed) in [
        ("gzip", gzip.finish().unwrap()),
        ("deflate", deflate.finish().unwrap()),
        ("br", brotli(text.as_bytes()).await),
        ("zstd", zstd(text.as_bytes()).await),
        ("identity", text.clone().into_bytes()),
    ] {
        let server = RawServer::answering(packed_answer(coding, &packed)).await;
        let fetched = get(&client(), &server.url("/")).await.unwrap();
        assert_eq!(bytes(fetched), text.as_bytes(), "{coding}");
    }
}

async fn brotli(text: &[u8]) -> Vec<u8> {
    let mut encoder = async_compression::tokio::write::BrotliEncoder::new(Vec::new());
    encoder.write_all(text).await.unwrap();
    encoder.shutdown().await.unwrap();
    encoder.into_inner()
}

async fn zstd(text: &[u8]) -> Vec<u8> {
    let mut encoder = async_compression::tokio::write::ZstdEncoder::new(Vec::new());
    encoder.write_all(text).await.unwrap();
    encoder.shutdown().await.unwrap();
    encoder.into_inner()
}

#[tokio::test]
async fn a_document_that_comes_in_pieces_is_waited_for() {
    let server = RawServer::behaving(|mut stream, _| async move {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
        for piece in [
            head,
            "3\r\nnew\r\n",
            "2\r\nsw\r\n",
            "4\r\natch\r\n",
            "0\r\n\r\n",
        ] {
            stream.write_all(piece.as_bytes()).await.unwrap();
            stream.flush().await.unwrap();
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    let fetched = get(&client(), &server.url("/")).await.unwrap();
    assert_eq!(bytes(fetched), b"newswatch");
}

fn packed_answer(coding: &str, packed: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        packed.len()
    );
    [head.as_bytes(), packed].concat()
}

#[tokio::test]
async fn a_bomb_is_stopped_at_the_cap() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..32 {
        gzip.write_all(&vec![0; 1024 * 1024]).unwrap();
    }
    let packed = gzip.finish().unwrap();
    assert!(packed.len() < 64 * 1024);
    let server = RawServer::answering(packed_answer("gzip", &packed)).await;
    let error = get(&client(), &server.url("/")).await.unwrap_err();
    assert_eq!(
        error,
        FetchError::TooLarge {
            limit_bytes: 1024 * 1024
        }
    );
}

#[tokio::test]
async fn an_endless_body_is_stopped_at_the_cap() {
    let server = RawServer::behaving(|mut stream, _| async move {
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.ok();
        while stream.write_all(&[b'x'; 8192]).await.is_ok() {}
    })
    .await;
    let error = get(&client(), &server.url("/")).await.unwrap_err();
    assert_eq!(
        error,
        FetchError::TooLarge {
            limit_bytes: 1024 * 1024
        }
    );
}

#[tokio::test]
async fn a_body_of_exactly_the_cap_is_taken() {
    let body = "x".repeat(1024 * 1024);
    let server = RawServer::answering(answer("200 OK", "", &body)).await;
    assert_eq!(
        bytes(get(&client(), &server.url("/")).await.unwrap()).len(),
        body.len()
    );
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_an_error() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all("news ".repeat(1000).as_bytes()).unwrap();
    let mut packed = packed.finish().unwrap();
    packed.truncate(packed.len() / 2);
    for bytes in [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf".to_vec(),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nhalf".to_vec(),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n".to_vec(),
        packed_answer("gzip", &packed),
        packed_answer("gzip", b"\x1f\x8bthis is not gzip"),
        b"HTTP/1.1 200".to_vec(),
        b"nonsense\r\n\r\n".to_vec(),
        Vec::new(),
    ] {
        let server = RawServer::answering(bytes.clone()).await;
        let error = get(&client(), &server.url("/?secret=1")).await.unwrap_err();
        let shown = String::from_utf8_lossy(&bytes).into_owned();
        assert!(
            matches!(error, FetchError::Broken { .. }),
            "{shown:?}: {error:?}"
        );
        assert!(error.is_transient(), "{shown:?}");
        let message = error.to_string();
        assert!(
            !message.contains("secret") && !message.contains("reqwest"),
            "{message}"
        );
    }
}

#[tokio::test]
async fn a_header_without_end_is_given_up() {
    let server = RawServer::behaving(|mut stream, _| async move {
        stream.write_all(b"HTTP/1.1 200 OK\r\nX-Long: ").await.ok();
        while stream.write_all(&[b'x'; 8192]).await.is_ok() {}
    })
    .await;
    let error = get(&client(), &server.url("/")).await.unwrap_err();
    assert!(matches!(error, FetchError::Broken { .. }), "{error:?}");
}

#[tokio::test]
async fn a_header_beyond_the_cap_is_refused() {
    let fields = format!("X-Long: {}\r\n", "x".repeat(70_000));
    let server = RawServer::answering(answer("200 OK", &fields, "news")).await;
    let error = get(&client(), &server.url("/")).await.unwrap_err();
    assert_eq!(
        error,
        FetchError::HeaderTooLarge {
            limit_bytes: 65_536
        }
    );
}

#[tokio::test]
async fn a_server_that_does_not_begin_to_answer_is_given_up() {
    let silent = RawServer::behaving(|stream, _| async move {
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    let limit = Duration::from_millis(50);
    let limits = HttpLimits {
        first_byte: limit,
        ..HttpLimits::default()
    };
    let client = client_with(&["127.0.0.0/8"], limits);
    let error = get(&client, &silent.url("/")).await.unwrap_err();
    assert_eq!(error, FetchError::NoAnswer { limit });
    assert_eq!(silent.requests().len(), 1);
}

#[tokio::test]
async fn a_server_that_drips_is_given_up_when_the_time_is_over() {
    let dripping = RawServer::behaving(|mut stream, _| async move {
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n<rss>").await.ok();
        std::future::pending::<()>().await;
    })
    .await;
    let timeout = Duration::from_millis(100);
    let url = Url::parse(&dripping.url("/")).unwrap();
    let request = Get {
        url: &url,
        accept: "*/*",
        validators: &Validators::default(),
        max_body_bytes: 1024,
        timeout,
        purpose: Purpose::Feed,
        access: None,
    };
    let error = client().get(&request).await.unwrap_err();
    assert_eq!(error, FetchError::Timeout { limit: timeout });
}

#[tokio::test]
async fn redirects_are_followed_across_hosts_with_the_validators() {
    let target = RawServer::answering(answer("304 Not Modified", "", "")).await;
    let moved = RawServer::answering(redirect(301, &target.url("/new"))).await;
    let first = RawServer::answering(redirect(308, &moved.url("/old"))).await;
    let kept = validators("\"a\"", "then");
    let fetched = get_if_changed(&client(), &first.url("/"), &kept)
        .await
        .unwrap();
    assert_eq!(fetched.final_url.as_str(), target.url("/new"));
    assert_eq!(fetched.moved_to, Some(fetched.final_url.clone()));
    for server in [first, moved, target] {
        let requests = server.requests();
        assert_eq!(requests.len(), 1);
        assert!(
            requests[0].contains("if-none-match: \"a\"\r\n"),
            "{}",
            requests[0]
        );
        assert!(
            !requests[0].to_lowercase().contains("referer"),
            "{}",
            requests[0]
        );
    }
}

#[tokio::test]
async fn a_login_is_sent_to_its_own_origin_only() {
    let target = RawServer::answering(answer("200 OK", "", "news")).await;
    let gate = RawServer::answering_in_turn(&[
        &redirect(302, "/inside"),
        &redirect(302, &target.url("/outside")),
    ])
    .await;
    let url = gate.url("/").replace("http://", "http://user:pw@");
    let fetched = get(&client(), &url).await.unwrap();
    assert_eq!(fetched.final_url.as_str(), target.url("/outside"));
    let has_login: Vec<bool> = [gate.requests(), target.requests()]
        .concat()
        .iter()
        .map(|request| request.contains("authorization: Basic dXNlcjpwdw=="))
        .collect();
    assert_eq!(has_login, [true, true, false]);
}

#[tokio::test]
async fn a_circle_of_redirects_is_left() {
    let server = RawServer::answering(redirect(302, "/again")).await;
    let error = get(&client(), &server.url("/")).await.unwrap_err();
    assert_eq!(error, FetchError::RedirectLoop);
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn redirects_without_end_are_left_after_the_fifth() {
    let server = RawServer::behaving(|mut stream, request| async move {
        let path = request.split(' ').nth(1).unwrap();
        let answer = redirect(302, &format!("{path}x"));
        stream.write_all(answer.as_bytes()).await.ok();
    })
    .await;
    let error = get(&client(), &server.url("/")).await.unwrap_err();
    assert_eq!(error, FetchError::TooManyRedirects { limit: 5 });
    assert_eq!(server.requests().len(), 6);
}

#[tokio::test]
async fn at_most_two_requests_go_to_one_host_at_a_time() {
    let (arrived, mut arrivals) = tokio::sync::mpsc::unbounded_channel();
    let gate = std::sync::Arc::new(tokio::sync::Semaphore::new(0));
    let opener = std::sync::Arc::clone(&gate);
    let server = RawServer::behaving(move |mut stream, _| {
        let gate = std::sync::Arc::clone(&gate);
        let arrived = arrived.clone();
        async move {
            arrived.send(()).unwrap();
            gate.acquire().await.unwrap().forget();
            let answer = answer("200 OK", "", "news");
            stream.write_all(answer.as_bytes()).await.ok();
        }
    })
    .await;
    let client = client();
    let fetches: Vec<_> = (0..5)
        .map(|number| {
            let client = client.clone();
            let url = server.url(&format!("/{number}"));
            tokio::spawn(async move { get(&client, &url).await })
        })
        .collect();
    for _ in 0..2 {
        arrivals.recv().await.unwrap();
    }
    // Another host is served while these wait, and no third request has come meanwhile.
    let other = RawServer::answering(answer("200 OK", "", "other")).await;
    assert_eq!(
        bytes(get(&client, &other.url("/")).await.unwrap()),
        b"other"
    );
    assert!(arrivals.try_recv().is_err());
    opener.add_permits(5);
    for fetch in fetches {
        assert_eq!(bytes(fetch.await.unwrap().unwrap()), b"news");
    }
}

#[tokio::test]
async fn errors_on_the_way_are_told_in_plain_words() {
    let client = client();
    let refused = get(&client, "http://user:hunter2@127.0.0.1:1/?hunter2")
        .await
        .unwrap_err();
    assert_eq!(
        refused.to_string(),
        "no connection to 127.0.0.1: nobody listens there"
    );
    let unknown = get(&client, "http://newswatch.invalid/?hunter2")
        .await
        .unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "no address was found for newswatch.invalid: the name does not exist or has no address"
    );
    let plain = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = plain.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = plain.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad\r\n\r\n").await.unwrap();
        std::future::pending::<()>().await;
    });
    let not_tls = get(&client, &format!("https://{address}/?hunter2"))
        .await
        .unwrap_err();
    assert!(
        not_tls
            .to_string()
            .starts_with("no secure connection to 127.0.0.1: "),
        "{not_tls}"
    );
    for error in [refused, unknown, not_tls] {
        assert!(error.is_transient(), "{error:?}");
    }
}

#[tokio::test]
async fn an_answer_to_a_post_is_given_whatever_its_status() {
    let server = RawServer::answering(answer("418 Teapot", "Retry-After: 3\r\n", "short")).await;
    let url = Url::parse(&server.url("/hook")).unwrap();
    let post = Post {
        method: PostMethod::Post,
        url: &url,
        headers: vec![("x-test".into(), "1".into())],
        body: "{}".into(),
        timeout: PATIENCE,
    };
    let answer = client().post(&post).await.unwrap();
    assert_eq!(answer.status, 418);
    assert_eq!(answer.retry_after, Some(Duration::from_secs(3)));
    assert_eq!(answer.body, "short");
    let request = server.requests().remove(0);
    assert!(request.contains("x-test: 1\r\n"), "{request}");
    assert!(
        request.contains("content-type: application/json\r\n"),
        "{request}"
    );
}

#[tokio::test]
async fn an_endless_stream_that_unpacks_to_nothing_is_stopped() {
    let server = RawServer::behaving(|mut stream, _| async move {
        let head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n";
        stream.write_all(head).await.ok();
        // RFC 1952 §2.3: the fixed header; RFC 1951 §3.2.4: stored blocks of no bytes.
        let gzip_header = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
        stream.write_all(&gzip_header).await.ok();
        let empty_blocks = [0, 0, 0, 0xff, 0xff].repeat(10_000);
        while stream.write_all(&empty_blocks).await.is_ok() {}
    })
    .await;
    let error = get(&client(), &server.url("/")).await.unwrap_err();
    let limit_bytes = 64 * 1024 * 1024;
    assert_eq!(error, FetchError::TooLarge { limit_bytes });
}

#[tokio::test]
async fn a_bomb_that_stalls_after_its_first_bytes_is_not_waited_for() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(&vec![0; 4 * 1024 * 1024]).unwrap();
    let packed = gzip.finish().unwrap();
    let server = RawServer::behaving(move |mut stream, _| {
        let packed = packed.clone();
        async move {
            let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n";
            stream.write_all(head.as_bytes()).await.unwrap();
            stream
                .write_all(&packed[..packed.len() - 100])
                .await
                .unwrap();
            std::future::pending::<()>().await;
        }
    })
    .await;
    let error = get(&client(), &server.url("/")).await.unwrap_err();
    assert_eq!(
        error,
        FetchError::TooLarge {
            limit_bytes: 1024 * 1024
        }
    );
}

#[tokio::test]
async fn large_bodies_one_after_the_other_leave_no_memory_taken() {
    let body = "x".repeat(16 * 1024 * 1024);
    let server = RawServer::answering(answer("200 OK", "", &body)).await;
    let url = Url::parse(&server.url("/")).unwrap();
    let client = client();
    let request = Get {
        url: &url,
        accept: "*/*",
        validators: &Validators::default(),
        max_body_bytes: 16 * 1024 * 1024,
        timeout: PATIENCE,
        purpose: Purpose::Feed,
        access: None,
    };
    // Six times sixteen MiB are more than the store has.
    for _ in 0..6 {
        assert_eq!(bytes(client.get(&request).await.unwrap()).len(), body.len());
    }
}

#[tokio::test]
async fn a_request_whose_turn_does_not_come_is_given_up_without_asking() {
    let silent = RawServer::behaving(|stream, _| async move {
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    let turn = Duration::from_millis(50);
    let limits = HttpLimits {
        turn,
        ..HttpLimits::default()
    };
    let mut settings = settings(&["127.0.0.0/8"]);
    settings.per_host.at_once = 1;
    let client =
        HttpClient::with_limits(&settings, limits, &Names::System, Clock::system()).unwrap();
    let url = silent.url("/");
    let error = tokio::select! {
        first = get(&client, &url) => panic!("nobody answers: {first:?}"),
        second = async {
            while silent.requests().is_empty() {
                tokio::task::yield_now().await;
            }
            get(&client, &url).await
        } => second.unwrap_err(),
    };
    let host = "127.0.0.1".to_owned();
    assert_eq!(error, FetchError::HostBusy { host, limit: turn });
    assert_eq!(silent.requests().len(), 1);
}

#[tokio::test]
async fn a_receiver_of_a_post_may_take_longer_to_answer_than_a_server_of_documents() {
    // The document never comes; the post is answered only when the wait for the document is over.
    let document_given_up = Arc::new(Notify::new());
    let bell = Arc::clone(&document_given_up);
    let server = RawServer::behaving(move |mut stream, request| {
        let bell = Arc::clone(&bell);
        async move {
            if request.starts_with("POST") {
                bell.notified().await;
                let answer = answer("200 OK", "", "news");
                stream.write_all(answer.as_bytes()).await.unwrap();
            } else {
                std::future::pending::<()>().await;
            }
        }
    })
    .await;
    let limits = HttpLimits {
        first_byte: Duration::from_millis(50),
        ..HttpLimits::default()
    };
    let client = client_with(&["127.0.0.0/8"], limits);
    let url = Url::parse(&server.url("/")).unwrap();
    let post = Post {
        method: PostMethod::Post,
        url: &url,
        headers: Vec::new(),
        body: "{}".into(),
        timeout: PATIENCE,
    };
    let document = async {
        while server.requests().is_empty() {
            tokio::task::yield_now().await;
        }
        let error = get(&client, url.as_str()).await.unwrap_err();
        document_given_up.notify_one();
        error
    };
    let (answer, error) = tokio::join!(client.post(&post), document);
    assert!(matches!(error, FetchError::NoAnswer { .. }), "{error:?}");
    assert_eq!(answer.unwrap().status, 200);
}
