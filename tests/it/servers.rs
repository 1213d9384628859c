//! Servers that want something of us, and servers that mean us harm: logins, cookies, proxies, walls, floods, trickles.

use std::sync::Arc;
use std::time::Duration;

use newswatch::clock::Clock;
use newswatch::domain::{Trouble, Validators};
use newswatch::http::{
    Access, AllowPrivate, AllowedAddress, FetchError, Fetched, Get, HttpClient, HttpLimits,
    HttpSettings, Names, Post, PostMethod, ProxyAddress, Purpose,
};
use secrecy::SecretString;
use tokio::io::AsyncWriteExt;
use url::Url;

use crate::support::http::{
    PATIENCE, RawServer, answer, bytes, client, client_with, get, redirect, settings,
};

fn secret(text: &str) -> SecretString {
    SecretString::from(text.to_owned())
}

/// Fetches as the configuration of a feed says.
async fn get_as(
    client: &HttpClient,
    url: &str,
    access: &Access,
    purpose: Purpose,
) -> Result<Fetched, FetchError> {
    let url = Url::parse(url).unwrap();
    let request = Get {
        url: &url,
        accept: "*/*",
        validators: &Validators::default(),
        max_body_bytes: 1024 * 1024,
        timeout: PATIENCE,
        purpose,
        access: Some(access),
    };
    client.get(&request).await
}

fn limits(first_byte: Duration) -> HttpLimits {
    HttpLimits {
        first_byte,
        ..HttpLimits::default()
    }
}

#[tokio::test]
async fn a_login_and_fields_go_to_the_feeds_own_origin_and_no_further() {
    let stranger = RawServer::answering(answer("200 OK", "", "news")).await;
    let own = RawServer::answering_in_turn(&[
        &redirect(302, "/inside"),
        &redirect(302, &stranger.url("/outside")),
        &answer("200 OK", "", "page"),
    ])
    .await;
    let feed = own.url("/feed");
    let mut access = Access::of(&Url::parse(&feed).unwrap());
    access.set_login("me", &secret("pw")).unwrap();
    access.add_field("X-Key", &secret("k-1")).unwrap();
    access.set_user_agent("Desk/7").unwrap();
    let client = client();
    let fetched = get_as(&client, &feed, &access, Purpose::Feed).await;
    assert_eq!(
        fetched.unwrap().final_url.as_str(),
        stranger.url("/outside")
    );
    // A page of the same origin gets them as well, a page elsewhere that leads there does not.
    get_as(&client, &own.url("/page"), &access, Purpose::Page)
        .await
        .unwrap();
    let shortener = RawServer::answering(redirect(302, &own.url("/page"))).await;
    get_as(&client, &shortener.url("/x"), &access, Purpose::Page)
        .await
        .unwrap();
    let requests = [own.requests(), stranger.requests(), shortener.requests()].concat();
    let has = |text: &str| -> Vec<bool> {
        let requests = requests.iter();
        requests.map(|request| request.contains(text)).collect()
    };
    let expected = [true, true, true, false, false, false];
    assert_eq!(has("authorization: Basic bWU6cHc="), expected);
    assert_eq!(has("x-key: k-1"), expected);
    assert_eq!(has("user-agent: Desk/7"), [true; 6]);
}

#[tokio::test]
async fn a_cookie_is_kept_for_one_chain_of_redirects() {
    let gate = RawServer::behaving(|mut stream, request| async move {
        let sent = if request.contains("cookie: seen=1") {
            answer("200 OK", "", "news")
        } else {
            let fields = "Location: /feed\r\nSet-Cookie: seen=1; Path=/\r\n";
            answer("302 Found", fields, "")
        };
        stream.write_all(sent.as_bytes()).await.ok();
    })
    .await;
    let client = client();
    for _ in 0..2 {
        let fetched = get(&client, &gate.url("/feed")).await.unwrap();
        assert_eq!(fetched.moved_to, None);
        assert_eq!(bytes(fetched), b"news");
    }
    let has_cookie: Vec<bool> = gate
        .requests()
        .iter()
        .map(|request| request.contains("cookie:"))
        .collect();
    assert_eq!(has_cookie, [false, true, false, true]);
}

#[tokio::test]
async fn a_feed_with_a_proxy_is_asked_through_it_alone() {
    let proxy = RawServer::answering(answer("200 OK", "", "news")).await;
    let address = format!("http://u:p@{}", proxy.address);
    let address = ProxyAddress::parse(&secret(&address)).unwrap();
    let mut settings = HttpSettings::new("newswatch/test".into());
    settings.proxies = vec![address.clone()];
    let client = HttpClient::new(&settings, Clock::system()).unwrap();
    let url = "http://news.example/feed?a=1";
    let mut access = Access::of(&Url::parse(url).unwrap());
    access.set_proxy(address);
    let fetched = get_as(&client, url, &access, Purpose::Feed).await;
    assert_eq!(bytes(fetched.unwrap()), b"news");
    let request = proxy.requests().remove(0);
    assert!(
        request.starts_with("GET http://news.example/feed?a=1 HTTP/1.1\r\n"),
        "{request}"
    );
    assert!(
        request.contains("proxy-authorization: Basic dTpw"),
        "{request}"
    );
    // What stands in the URL as an address is looked at all the same.
    let inside = get_as(&client, "http://127.0.0.1:9/", &access, Purpose::Page).await;
    assert!(
        matches!(inside, Err(FetchError::PrivateAddress { .. })),
        "{inside:?}"
    );
}

#[tokio::test]
async fn a_host_that_is_asked_too_often_is_asked_for_none_of_its_feeds_until_it_may_be() {
    // Behind a proxy any host is one of the open net.
    let proxy = RawServer::answering_in_turn(&[
        &answer("429 Too Many Requests", "Retry-After: 7200\r\n", ""),
        &answer("503 Service Unavailable", "Retry-After: 7200\r\n", ""),
        &answer("200 OK", "", "news"),
    ])
    .await;
    let address = ProxyAddress::parse(&secret(&format!("http://{}", proxy.address))).unwrap();
    let mut settings = HttpSettings::new("newswatch/test".into());
    settings.proxies = vec![address.clone()];
    let client = HttpClient::new(&settings, Clock::system()).unwrap();
    let ask = async |url: &str| {
        let mut access = Access::of(&Url::parse(url).unwrap());
        access.set_proxy(address.clone());
        get_as(&client, url, &access, Purpose::Feed).await
    };
    let first = ask("http://news.example/one").await;
    assert!(
        matches!(first, Err(FetchError::Status { status: 429, .. })),
        "{first:?}"
    );
    for url in ["http://news.example/one", "http://news.example/two"] {
        match ask(url).await {
            Err(FetchError::HostLimited { host, left }) => {
                assert_eq!(host, "news.example");
                assert!(left > Duration::from_mins(119) && left <= Duration::from_hours(2));
            }
            other => panic!("{other:?}"),
        }
    }
    // A 503 is that of the feed alone, and another host is another host.
    let other = ask("http://other.example/one").await;
    assert!(
        matches!(other, Err(FetchError::Status { status: 503, .. })),
        "{other:?}"
    );
    assert_eq!(
        bytes(ask("http://other.example/two").await.unwrap()),
        b"news"
    );
    assert_eq!(proxy.requests().len(), 3);

    // Nor is it after a restart: what was asked is stored, and told to the next client.
    let rests = client.new_rests();
    assert_eq!(client.new_rests(), []);
    let next = HttpClient::new(&settings, Clock::system()).unwrap();
    next.leave_alone(&rests);
    let url = "http://news.example/three";
    let mut access = Access::of(&Url::parse(url).unwrap());
    access.set_proxy(address);
    match get_as(&next, url, &access, Purpose::Feed).await {
        Err(FetchError::HostLimited { left, .. }) => {
            assert!(left > Duration::from_mins(119) && left <= Duration::from_hours(2));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(proxy.requests().len(), 3);
}

#[tokio::test]
async fn a_server_of_ones_own_that_refuses_one_feed_for_now_is_asked_for_the_others() {
    let server = RawServer::answering_in_turn(&[
        &answer("429 Too Many Requests", "Retry-After: 7200\r\n", ""),
        &answer("200 OK", "", "news"),
    ])
    .await;
    let client = client();
    assert!(get(&client, &server.url("/one")).await.is_err());
    let other = get(&client, &server.url("/two")).await;
    assert_eq!(bytes(other.unwrap()), b"news");
}

#[tokio::test]
async fn an_address_that_is_allowed_for_one_use_is_not_for_another() {
    let server = RawServer::answering(answer("200 OK", "", "news")).await;
    let allowed: Vec<AllowedAddress> = vec![server.address.to_string().parse().unwrap()];
    let url = Url::parse(&server.url("/")).unwrap();
    let access = Access::of(&url);
    for open in [Purpose::Feed, Purpose::Page, Purpose::Webhook] {
        let list = |purpose| {
            if purpose == open {
                allowed.clone()
            } else {
                Vec::new()
            }
        };
        let mut settings = settings(&[]);
        settings.allow_private = AllowPrivate {
            feeds: list(Purpose::Feed),
            pages: list(Purpose::Page),
            webhooks: list(Purpose::Webhook),
        };
        let client = HttpClient::new(&settings, Clock::system()).unwrap();
        let post = Post {
            method: PostMethod::Post,
            url: &url,
            headers: Vec::new(),
            body: "{}".into(),
            timeout: PATIENCE,
        };
        let asked = [
            get_as(&client, url.as_str(), &access, Purpose::Feed)
                .await
                .is_ok(),
            get_as(&client, url.as_str(), &access, Purpose::Page)
                .await
                .is_ok(),
            client.post(&post).await.is_ok(),
        ];
        let expected =
            [Purpose::Feed, Purpose::Page, Purpose::Webhook].map(|purpose| purpose == open);
        assert_eq!(asked, expected);
    }
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn walls_and_refusals_are_told_apart() {
    for (status, fields, body, expected) in [
        ("401 No", "WWW-Authenticate: Basic\r\n", "", Trouble::Auth),
        ("402 No", "", "", Trouble::Paywall),
        (
            "403 No",
            "cf-mitigated: challenge\r\n",
            "",
            Trouble::BotWall,
        ),
        (
            "403 No",
            "",
            "<title>Just a moment...</title>",
            Trouble::BotWall,
        ),
        ("403 No", "", "<h1>Forbidden</h1>", Trouble::Refused),
        ("404 No", "", "", Trouble::Missing),
        ("410 No", "", "", Trouble::Gone),
        ("429 No", "Retry-After: 7\r\n", "", Trouble::RateLimit),
        ("503 No", "", "down", Trouble::Outage),
    ] {
        let server = RawServer::answering(answer(status, fields, body)).await;
        let error = get(&client(), &server.url("/")).await.unwrap_err();
        assert_eq!(error.trouble(), expected, "{error}");
    }
}

#[tokio::test]
async fn two_hundred_fields_are_read_and_a_flood_of_them_is_not() {
    let fields = |count: usize| -> String {
        let fields = (0..count).map(|number| format!("X-Field-{number}: value\r\n"));
        fields.collect::<Vec<_>>().concat()
    };
    let server = RawServer::answering(answer("200 OK", &fields(200), "news")).await;
    assert_eq!(
        bytes(get(&client(), &server.url("/")).await.unwrap()),
        b"news"
    );
    let server = RawServer::answering(answer("200 OK", &fields(20_000), "news")).await;
    assert!(get(&client(), &server.url("/")).await.is_err());
}

#[tokio::test]
async fn endless_early_hints_are_given_up_when_the_time_for_the_answer_is_over() {
    let flooding = RawServer::behaving(|mut stream, _| async move {
        let hint = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n".repeat(100);
        while stream.write_all(&hint).await.is_ok() {}
    })
    .await;
    let limit = Duration::from_millis(300);
    let client = client_with(&["127.0.0.0/8"], limits(limit));
    let error = get(&client, &flooding.url("/")).await.unwrap_err();
    assert_eq!(error, FetchError::NoAnswer { limit });
    assert_eq!(error.trouble(), Trouble::TimeoutAnswer);
}

#[tokio::test]
async fn a_header_that_comes_a_byte_at_a_time_is_given_up_and_so_is_one_without_end() {
    let trickling = RawServer::behaving(|mut stream, _| async move {
        stream.write_all(b"HTTP/1.1 200 OK\r\nX: ").await.ok();
        while stream.write_all(b"x").await.is_ok() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let limit = Duration::from_millis(300);
    let client = client_with(&["127.0.0.0/8"], limits(limit));
    let error = get(&client, &trickling.url("/")).await.unwrap_err();
    // By its time or by its size, whichever is over first.
    let is_given_up = matches!(
        error,
        FetchError::NoAnswer { .. } | FetchError::HeaderTooLarge { .. } | FetchError::Broken { .. }
    );
    assert!(is_given_up, "{error:?}");
}

#[tokio::test]
async fn an_answer_without_a_body_by_its_status_brings_none_whatever_follows() {
    let stuffed = "HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\nsmuggled!";
    let server = RawServer::answering(stuffed).await;
    let client = client();
    for _ in 0..2 {
        let fetched = get(&client, &server.url("/")).await.unwrap();
        assert_eq!(bytes(fetched), b"");
    }
}

#[tokio::test]
async fn large_pages_that_trickle_keep_no_feed_waiting() {
    // Half a megabyte at once, then nothing: each holds a share of the memory for pages.
    let trickling = RawServer::behaving(|mut stream, _| async move {
        let head = format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(900 * 1024));
        stream.write_all(head.as_bytes()).await.ok();
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    let body = "y".repeat(900 * 1024);
    let good = RawServer::answering(answer("200 OK", "", &body)).await;
    let mut settings = settings(&["127.0.0.0/8"]);
    settings.per_host.at_once = 32;
    let limits = HttpLimits::default();
    let client = HttpClient::with_limits(&settings, limits, &Names::System, Clock::system());
    let client = Arc::new(client.unwrap());
    let access = Access::of(&Url::parse(&good.url("/feed")).unwrap());
    let mut held = tokio::task::JoinSet::new();
    for number in 0..60 {
        let (client, access) = (Arc::clone(&client), access.clone());
        let url = trickling.url(&format!("/{number}"));
        held.spawn(async move { get_as(&client, &url, &access, Purpose::Page).await });
    }
    while trickling.requests().len() < 32 {
        tokio::task::yield_now().await;
    }
    let fetched = get_as(&client, &good.url("/feed"), &access, Purpose::Feed).await;
    assert_eq!(bytes(fetched.unwrap()).len(), body.len());
}

#[tokio::test]
async fn feeds_of_a_server_that_hangs_do_not_wait_for_one_another() {
    let silent = RawServer::behaving(|stream, _| async move {
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    let limit = Duration::from_millis(300);
    let client = Arc::new(client_with(&["127.0.0.0/8"], limits(limit)));
    let mut fetches = tokio::task::JoinSet::new();
    for number in 0..60 {
        let (client, url) = (Arc::clone(&client), silent.url(&format!("/{number}")));
        fetches.spawn(async move { get(&client, &url).await });
    }
    let mut busy = 0;
    while let Some(fetched) = fetches.join_next().await {
        busy += usize::from(matches!(fetched.unwrap(), Err(FetchError::HostBusy { .. })));
    }
    assert!(busy >= 56, "{busy}");
    assert!(silent.requests().len() <= 4, "{}", silent.requests().len());
}
