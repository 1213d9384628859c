//! The pages and the API over a store that a whole pass has filled: who gets in, what they may, and what they see.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode, header};
use newswatch::clock::Clock;
use newswatch::config::{self, Config, ProcessEnvironment, Secrets};
use newswatch::daemon;
use newswatch::demo::newsroom::Publishing;
use newswatch::domain::{AlertId, Role};
use newswatch::links::{Act, LinkKey, Reply};
use newswatch::ops::entrance;
use newswatch::pipeline::Context;
use newswatch::store::Store;
use newswatch::web::{House, Needs, Peer, ROUTES, router};
use serde_json::Value;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use newswatch::demo::smtp_sink::{Deviation, Reaction, Stage};
use newswatch::demo::webhook_sink::ScriptedAnswer;

use crate::cli::{json_lines, newswatch};
use crate::support::database;
use crate::support::forms;
use crate::support::newsroom::World;

/// A newsroom that was read once, and the pages over what came of it.
struct Site {
    ctx: Arc<Context>,
    router: axum::Router,
    _world: Option<World>,
    _configs: watch::Sender<Arc<Config>>,
}

/// An answer, read whole.
struct Answer {
    status: StatusCode,
    headers: axum::http::HeaderMap,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }

    fn cookie(&self) -> String {
        let field = self.headers[header::SET_COOKIE].to_str().unwrap();
        field.split(';').next().unwrap().to_owned()
    }

    fn location(&self) -> &str {
        self.headers[header::LOCATION].to_str().unwrap()
    }
}

impl Site {
    async fn open() -> Self {
        Self::open_with("").await
    }

    /// Opens with more in the configuration.
    async fn open_with(more: &str) -> Self {
        let world = World::open(Publishing::AllAtOnce).await;
        let text = std::fs::read_to_string(&world.config_path).unwrap();
        std::fs::write(&world.config_path, format!("{text}\n{more}")).unwrap();
        let config = world.config();
        let store = world.store().await;
        Self::over(config, store, Some(world)).await
    }

    /// One that is not set up: nothing to read, nothing to look for, nobody to tell.
    async fn open_bare() -> Self {
        newswatch::http::install_tls_provider();
        let folder = tempfile::tempdir().unwrap();
        let text = "state_dir = \"/nonexistent\"\n[web]\n";
        let (name, environment) = ("test.toml", &ProcessEnvironment);
        let loaded = config::load_text(name, text, folder.path(), environment, Secrets::Required);
        Self::over(loaded.unwrap().config, database::store().await, None).await
    }

    async fn over(config: Config, store: Store, world: Option<World>) -> Self {
        let site = Self::unread(config, store, world).await;
        daemon::pass(Arc::clone(&site.ctx)).await.unwrap();
        site
    }

    /// One whose feeds are known and were not read.
    async fn unread(config: Config, store: Store, world: Option<World>) -> Self {
        let clock = Clock::fixed(Clock::system().now());
        let ctx = daemon::context(config.clone(), store, clock).await.unwrap();
        let ctx = Arc::new(ctx);
        let (sender, configs) = watch::channel(Arc::new(config));
        let house = House::new(Arc::clone(&ctx), configs, CancellationToken::new());
        Self {
            ctx,
            router: router(house),
            _world: world,
            _configs: sender,
        }
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, 16 * 1024 * 1024).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    async fn ask(&self, method: &str, path: &str, fields: &[(&str, &str)], body: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if !fields.iter().any(|(name, _)| *name == "host") {
            request = request.header("host", "127.0.0.1:8585");
        }
        for (name, value) in fields {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body.to_owned())).unwrap())
            .await
    }

    async fn get(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = self.ask("GET", path, fields, "").await;
        if path.starts_with("/api/v1/") && answer.status == StatusCode::OK {
            self.check_form(path, fields, &answer).await;
        }
        answer
    }

    /// What the API answers is as the API says of itself.
    async fn check_form(&self, path: &str, fields: &[(&str, &str)], answer: &Answer) {
        if path.starts_with("/api/v1/openapi.json") {
            return;
        }
        let described = self.ask("GET", "/api/v1/openapi.json", fields, "").await;
        if described.status == StatusCode::OK {
            let mistakes = forms::mistakes(&described.json(), path, &answer.json());
            assert_eq!(mistakes, Vec::<String>::new(), "{path}: {}", answer.body);
        }
    }

    /// The cookie of somebody with this role.
    async fn session(&self, role: Role) -> String {
        let now = self.ctx.clock.now();
        let secret = entrance::login_link(&self.ctx.store, "local", role, now)
            .await
            .unwrap();
        let entered = self.ask("POST", &format!("/login/{secret}"), &[], "").await;
        assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.body);
        entered.cookie()
    }

    async fn token(&self, name: &str, role: Role, only: Option<&str>) -> String {
        let (store, now) = (&self.ctx.store, self.ctx.clock.now());
        let only = only.map(str::to_owned);
        let secret = entrance::add_token(store, name, role, only, "test", now)
            .await
            .unwrap();
        format!("Bearer {secret}")
    }

    /// The address of a route with parts that are there.
    async fn address(&self, path: &str) -> String {
        let alert = self
            .ctx
            .store
            .shown_alerts(newswatch::store::ShownFilter {
                limit: 1,
                ..Default::default()
            })
            .await;
        let alert = alert.unwrap()[0].alert.id.0.clone();
        let id = if path.contains("/feeds/") || path.contains("/stories/") {
            "1".to_owned()
        } else {
            alert
        };
        path.replace("{id}", &id)
            .replace("/watches/{name}", "/watches/UNCLOS")
            .replace("/channels/{name}", "/channels/hook")
            .replace("{secret}", "no-such-secret")
            .replace("{token}", "no.such-token")
            .replace("/feeds/watch/{file}", "/feeds/watch/UNCLOS.atom")
            .replace("/assets/{file}", "/assets/app.css")
    }
}

/// What is sent to an address that takes something.
fn body_of(path: &str) -> &'static str {
    match path {
        path if path.ends_with("/pause") && path.starts_with("/api") => "{\"why\":\"a test\"}",
        path if path.ends_with("/mark") && path.starts_with("/api") => "{\"mark\":\"useful\"}",
        path if path.ends_with("/pause") => "why=a+test",
        "/deliveries/test" => "channel=hook",
        "/silences" => "watch=UNCLOS&hours=4&why=a+test",
        "/api/v1/silences" => {
            "{\"watch\":\"UNCLOS\",\"reason\":\"a test\",\"end\":\"9000-01-01T00:00:00Z\"}"
        }
        _ => "mark=useful",
    }
}

#[tokio::test]
async fn nobody_gets_in_without_proof_and_each_role_may_what_its_table_says() {
    let site = Site::open().await;
    let mut table = Vec::new();
    for route in ROUTES
        .iter()
        .filter(|route| !route.path.ends_with("/stream") && route.path != "/events")
    {
        let address = site.address(route.path).await;
        let mut row = vec![format!("{} {}", route.method, route.path)];
        for role in [
            None,
            Some(Role::Reader),
            Some(Role::Editor),
            Some(Role::Admin),
        ] {
            // Each with a session of its own: pressing everything presses "log out" too.
            let cookie = match role {
                Some(role) => site.session(role).await,
                None => String::new(),
            };
            let before = site.ctx.store.journal(None, 500).await.unwrap().len();
            let body = body_of(route.path);
            let fields = [("cookie", cookie.as_str())];
            let fields = if role.is_some() { &fields[..] } else { &[] };
            let answer = site.ask(route.method, &address, fields, body).await;
            let status = answer.status;
            assert!(
                !status.is_server_error(),
                "{} {address} as {role:?}: {status} {}",
                route.method,
                answer.body
            );
            let is_open = matches!(route.needs, Needs::Nobody | Needs::Link);
            let may = match (route.needs, role) {
                (Needs::Nobody | Needs::Link, _) | (Needs::Feed, Some(_)) => true,
                (Needs::Role(needed), Some(role)) => role >= needed,
                (_, None) => false,
            };
            let is_refused = match role {
                None => {
                    status == StatusCode::UNAUTHORIZED
                        || answer
                            .headers
                            .get(header::LOCATION)
                            .is_some_and(|place| place.to_str().unwrap().starts_with("/login"))
                }
                Some(_) => status == StatusCode::FORBIDDEN,
            };
            if !may {
                assert!(
                    is_refused,
                    "{} {address} as {role:?}: {status}",
                    route.method
                );
            } else if !is_open {
                assert!(
                    !is_refused || route.path == "/logout",
                    "{} {address} as {role:?}: {status}",
                    route.method
                );
            }
            let after = site.ctx.store.journal(None, 500).await.unwrap().len();
            let has_written = after > before;
            assert!(
                route.method != "GET" || !has_written,
                "GET {address} wrote something"
            );
            if may && status.is_success() && route.method != "GET" && !is_open {
                assert!(
                    has_written || answer.body.contains("\"changed\":false"),
                    "{} {address} as {role:?} left no trace: {}",
                    route.method,
                    answer.body
                );
            }
            if answer
                .headers
                .get(header::CONTENT_TYPE)
                .is_some_and(|kind| kind.to_str().unwrap().starts_with("text/html"))
            {
                assert!(
                    answer.body.contains("<title>") && answer.body.contains("</html>"),
                    "{address} has no title"
                );
                assert!(
                    !answer.body.contains("style="),
                    "{address} has a style in itself"
                );
            }
            row.push(status.as_u16().to_string());
        }
        table.push(row.join(" | "));
    }
    eprintln!("{}", table.join("\n"));
}

#[tokio::test]
async fn what_is_not_ours_is_refused() {
    let site = Site::open_with("[web]\nlisten = \"off\"\nurl = \"https://watch.example.org\"\ntrusted_proxy = { from = [\"10.0.0.0/8\"], user_header = \"X-User\", role_header = \"X-Role\" }\n").await;
    let cookie = site.session(Role::Admin).await;
    assert_eq!(
        site.get("/", &[("cookie", &cookie)]).await.status,
        StatusCode::OK
    );

    // A name that is made to lead here.
    let rebound = site
        .get("/", &[("cookie", &cookie), ("host", "evil.example")])
        .await;
    assert_eq!(rebound.status, StatusCode::MISDIRECTED_REQUEST);
    let ours = site
        .get("/", &[("cookie", &cookie), ("host", "watch.example.org")])
        .await;
    assert_eq!(ours.status, StatusCode::OK);

    // A page of another site.
    let path = "/deliveries/test";
    for other in [
        ("origin", "https://evil.example"),
        ("sec-fetch-site", "cross-site"),
        ("origin", "null"),
    ] {
        let pressed = site
            .ask("POST", path, &[("cookie", &cookie), other], "channel=hook")
            .await;
        assert_eq!(pressed.status, StatusCode::FORBIDDEN, "{other:?}");
    }

    // A proxy that nobody trusts, and the one that is trusted.
    let by = |peer: &str| {
        let peer = Peer::Host(peer.parse().unwrap());
        let request = Request::builder()
            .uri("/journal")
            .header("host", "10.0.0.1");
        let request = request.header("x-user", "lan").header("x-role", "admin");
        request
            .extension(ConnectInfo(peer))
            .body(Body::empty())
            .unwrap()
    };
    assert_eq!(
        site.send(by("127.0.0.1")).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(site.send(by("10.9.9.9")).await.status, StatusCode::OK);

    // A cookie that somebody has kept from a session that has ended.
    assert_eq!(
        site.ask("POST", "/logout", &[("cookie", &cookie)], "")
            .await
            .status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(
        site.get("/", &[("cookie", &cookie)]).await.status,
        StatusCode::SEE_OTHER
    );

    // A session that nobody has used for a month.
    let idle = site.session(Role::Reader).await;
    site.ctx
        .clock
        .advance(std::time::Duration::from_hours(31 * 24));
    assert_eq!(
        site.get("/", &[("cookie", &idle)]).await.status,
        StatusCode::SEE_OTHER
    );
    let made_up = site.get("/", &[("cookie", "newswatch=AAAA")]).await;
    assert_eq!(made_up.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_link_lets_one_browser_in_once_and_a_preview_of_it_uses_nothing_up() {
    let site = Site::open().await;
    let (store, now) = (&site.ctx.store, site.ctx.clock.now());
    let secret = entrance::login_link(store, "local", Role::Admin, now)
        .await
        .unwrap();
    let path = format!("/login/{secret}");
    for _ in 0..3 {
        let seen = site.get(&path, &[]).await;
        assert_eq!(seen.status, StatusCode::OK);
        assert!(seen.headers.get(header::SET_COOKIE).is_none());
    }
    let entered = site.ask("POST", &path, &[], "").await;
    assert_eq!(entered.location(), "/");
    let field = entered.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(
        field.contains("HttpOnly") && field.contains("SameSite=Lax"),
        "{field}"
    );
    assert_eq!(
        site.ask("POST", &path, &[], "").await.status,
        StatusCode::GONE
    );
    assert_eq!(site.get(&path, &[]).await.status, StatusCode::GONE);

    let late = entrance::login_link(store, "local", Role::Admin, now)
        .await
        .unwrap();
    site.ctx.clock.advance(std::time::Duration::from_mins(11));
    assert_eq!(
        site.ask("POST", &format!("/login/{late}"), &[], "")
            .await
            .status,
        StatusCode::GONE
    );
}

#[tokio::test]
async fn a_password_lets_in_and_wrong_ones_slow_down() {
    let site = Site::open().await;
    let (store, now) = (&site.ctx.store, site.ctx.clock.now());
    entrance::put_user(
        store,
        "lan",
        Role::Editor,
        "ten letters and more",
        "test",
        now,
    )
    .await
    .unwrap();
    let right = "name=lan&password=ten+letters+and+more&next=%2Ffeeds";
    let entered = site.ask("POST", "/login", &[], right).await;
    assert_eq!(entered.location(), "/feeds");
    let page = site.get("/", &[("cookie", &entered.cookie())]).await;
    assert!(
        page.body.contains("lan") && page.body.contains("editor"),
        "{}",
        page.body
    );
    for _ in 0..5 {
        let wrong = site
            .ask("POST", "/login", &[], "name=lan&password=something+else")
            .await;
        assert_eq!(wrong.status, StatusCode::FORBIDDEN);
        assert!(
            wrong.body.contains("Name or password is wrong."),
            "{}",
            wrong.body
        );
    }
    assert_eq!(
        site.ask("POST", "/login", &[], right).await.status,
        StatusCode::TOO_MANY_REQUESTS
    );
    site.ctx.clock.advance(std::time::Duration::from_secs(31));
    assert_eq!(
        site.ask("POST", "/login", &[], right).await.status,
        StatusCode::SEE_OTHER
    );
    // Another password ends the sessions that the old one began.
    entrance::put_user(store, "lan", Role::Editor, "another password", "test", now)
        .await
        .unwrap();
    assert_eq!(
        site.get("/", &[("cookie", &entered.cookie())]).await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn a_token_for_one_feed_opens_that_feed_alone() {
    let site = Site::open().await;
    let token = site
        .token("reader-feed", Role::Reader, Some("watch:UNCLOS"))
        .await;
    let secret = token.trim_start_matches("Bearer ");
    for kind in ["atom", "json"] {
        let feed = site
            .get(&format!("/feeds/watch/UNCLOS.{kind}?token={secret}"), &[])
            .await;
        assert_eq!(feed.status, StatusCode::OK, "{}", feed.body);
        assert!(feed.body.contains("alr_"), "{}", feed.body);
    }
    let other = site
        .get(&format!("/feeds/watch/IAEA.atom?token={secret}"), &[])
        .await;
    assert_eq!(other.status, StatusCode::FORBIDDEN);
    for path in ["/", "/api/v1/alerts", "/metrics"] {
        let answer = site.get(path, &[("authorization", &token)]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        let in_address = site.get(&format!("{path}?token={secret}"), &[]).await;
        assert_ne!(in_address.status, StatusCode::OK, "{path}");
    }
    let reader = site.token("program", Role::Reader, None).await;
    assert_eq!(
        site.get("/api/v1/alerts", &[("authorization", &reader)])
            .await
            .status,
        StatusCode::OK
    );
    let refused = site
        .ask(
            "POST",
            "/api/v1/feeds/1/poll",
            &[("authorization", &reader)],
            "",
        )
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(refused.json()["status"], 403);
    let store = &site.ctx.store;
    store
        .remove_web_token("program".into(), "test".into(), site.ctx.clock.now())
        .await
        .unwrap();
    let gone = site
        .get("/api/v1/alerts", &[("authorization", &reader)])
        .await;
    assert_eq!(gone.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn what_the_pages_and_the_api_say_is_what_is_stored() {
    let site = Site::open().await;
    let token = site.token("program", Role::Editor, None).await;
    let auth = [("authorization", token.as_str())];
    let report = site.ctx.store.report().await.unwrap();
    let status = site.get("/api/v1/status", &auth).await.json();
    assert_eq!(status["feeds"]["all"], report.feeds.len());
    assert_eq!(status["deliveries"]["delivered"], report.counts.delivered);
    // Page by page, every alert once, the newest first.
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = site
            .get(&format!("/api/v1/alerts?limit=4{after}"), &auth)
            .await
            .json();
        for alert in page["items"].as_array().unwrap() {
            seen.push(alert["id"].as_str().unwrap().to_owned());
        }
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(seen.len() as u64, report.counts.alerts);
    let mut once = seen.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), seen.len());
    let html = site.get("/", &auth).await.body;
    for id in &seen {
        let alert = site
            .get(&format!("/api/v1/alerts/{id}"), &auth)
            .await
            .json();
        let page = site.get(&format!("/alerts/{id}"), &auth).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(
            page.body.contains(alert["priority"].as_str().unwrap()) || alert["priority"] != "high"
        );
        assert!(html.contains(alert["watch"].as_str().unwrap()), "{alert}");
    }
    // What has not changed is not sent again.
    let first = site.get("/api/v1/watches", &auth).await;
    let etag = first.headers[header::ETAG].to_str().unwrap();
    let again = site
        .get("/api/v1/watches", &[auth[0], ("if-none-match", etag)])
        .await;
    assert_eq!(
        (again.status, again.body.as_str()),
        (StatusCode::NOT_MODIFIED, "")
    );
    for wrong in ["limit=0", "limit=501", "limit=x", "since=yesterday"] {
        let answer = site.get(&format!("/api/v1/alerts?{wrong}"), &auth).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}");
        assert_eq!(
            answer.headers[header::CONTENT_TYPE],
            "application/problem+json"
        );
    }
}

/// What a page shows of a text: escaped, as the templates do it.
fn in_html(text: &str) -> String {
    let escaped = |c| match c {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '"' => "&quot;".to_owned(),
        '\'' => "&#x27;".to_owned(),
        '/' => "&#x2f;".to_owned(),
        c => c.to_string(),
    };
    text.chars().map(escaped).collect()
}

/// The objects of two lists that have the same value under a key are the same in all that both tell; gives how many values
/// were compared.
fn same(what: &str, api: &[Value], cli: &[Value], key: &str, names: &[(&str, &str)]) -> usize {
    assert!(!api.is_empty(), "{what}: nothing to compare");
    assert_eq!(api.len(), cli.len(), "{what}: {api:?} {cli:?}");
    let mut compared = 0;
    for one in api {
        let found = cli.iter().find(|other| other[key] == one[key]);
        let other = found.unwrap_or_else(|| panic!("{what}: the commands do not tell {one}"));
        for (name, value) in one.as_object().unwrap() {
            let there = names.iter().find(|(ours, _)| ours == name);
            let there = there.map_or(name.as_str(), |(_, theirs)| *theirs);
            if let Some(said) = other.get(there) {
                assert_eq!(value, said, "{what}: {name} of {one} and {other}");
                compared += 1;
            }
        }
    }
    compared
}

/// The pages, the API and the commands over one store.
struct Both {
    site: Site,
    token: String,
    config_path: String,
}

impl Both {
    async fn answer(&self, path: &str) -> Answer {
        let auth = [("authorization", self.token.as_str())];
        let answer = self.site.get(path, &auth).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        answer
    }

    /// A page.
    async fn page(&self, path: &str) -> String {
        self.answer(path).await.body
    }

    /// What the API says.
    async fn one(&self, path: &str) -> Value {
        self.answer(&format!("/api/v1{path}")).await.json()
    }

    /// A list of the API.
    async fn items(&self, path: &str) -> Vec<Value> {
        self.one(path).await["items"].as_array().unwrap().clone()
    }

    /// What a command says.
    async fn says(&self, arguments: &[&str]) -> Vec<Value> {
        let more = ["--json", "--config", self.config_path.as_str()];
        let arguments = [arguments, &more].concat();
        let output = newswatch(&arguments).await;
        let lines = json_lines(&output);
        assert!(!lines.is_empty(), "{arguments:?}: {output:?}");
        lines
    }
}

/// The texts under a key.
fn of(list: &[Value], key: &str) -> Vec<String> {
    let values = list.iter().filter_map(|one| one[key].as_str());
    values.map(str::to_owned).collect()
}

async fn the_status_is_one(both: &Both) {
    let status = both.says(&["status"]).await.remove(0);
    let now = both.one("/status").await;
    let counted = |states: &[&str]| {
        let feeds = status["feeds"].as_array().unwrap().iter();
        feeds
            .filter(|feed| states.contains(&feed["state"].as_str().unwrap()))
            .count()
    };
    assert_eq!(
        now["feeds"]["all"],
        status["feeds"].as_array().unwrap().len()
    );
    assert_eq!(now["feeds"]["fine"], counted(&["ok", "new"]));
    assert_eq!(now["feeds"]["failing"], counted(&["failing", "gone"]));
    for key in ["delivered", "waiting", "abandoned"] {
        assert_eq!(now["deliveries"][key], status["counts"][key], "{key}");
    }
    assert!(now["told_today"].as_u64() > Some(0));
    let first = both.page("/").await;
    assert!(
        first.contains(&format!("</svg>\n {}</b>feeds fine", now["feeds"]["fine"])),
        "{first}"
    );
}

async fn the_alerts_are_one(both: &Both) {
    let status = both.says(&["status"]).await.remove(0);
    let alerts = both.items("/alerts?limit=500").await;
    let raised: Vec<Value> = both.says(&["alerts", "list", "--limit", "500"]).await;
    let raised: Vec<Value> = raised
        .into_iter()
        .filter(|one| one["state"] == "raised")
        .collect();
    assert!(same("alerts", &alerts, &raised, "id", &[]) > 10 * alerts.len());
    assert_eq!(status["counts"]["alerts"], alerts.len());
    let (mut receipts, mut answered) = (0, Vec::new());
    for alert in &raised {
        let id = alert["id"].as_str().unwrap();
        let told = both.one(&format!("/alerts/{id}")).await;
        let shown = both.says(&["alerts", "show", id]).await.remove(0);
        for key in [
            "id",
            "watch",
            "priority",
            "title",
            "url",
            "feeds",
            "summary_only",
            "lang",
        ] {
            assert_eq!(told[key], shown[key], "{key} of {id}");
        }
        assert_eq!(
            (&told["outlet"], &told["times"]["raised"]),
            (&shown["source"], &shown["at"])
        );
        let (api, cli) = (&told["deliveries"], &shown["deliveries"]);
        let (api, cli) = (api.as_array().unwrap(), cli.as_array().unwrap());
        assert!(
            same(
                "deliveries",
                api,
                cli,
                "id",
                &[("recipient", ""), ("tries", "attempts")]
            ) > 0
        );
        receipts += api.len();
        for (one, shown) in api.iter().zip(cli) {
            let tries = |list: &Value| of(list.as_array().unwrap(), "answer");
            let answers = tries(&one["tries"]);
            assert_eq!(answers, tries(&shown["attempts"]), "{id}");
            assert_eq!(answers.len(), usize::from(one["state"] == "delivered"));
            answered.extend(answers);
        }
        let html = both.page(&format!("/alerts/{id}")).await;
        for text in of(std::slice::from_ref(alert), "title")
            .iter()
            .chain(&of(api, "channel"))
        {
            assert!(html.contains(&in_html(text)), "{text} on the page of {id}");
        }
        let accepted = api.iter().filter(|one| one["state"] == "delivered").count();
        assert_eq!(html.matches(" Accepted <time").count(), accepted, "{html}");
    }
    assert!(receipts >= alerts.len());
    for words in ["127.0.0.1 answered 200", "250 "] {
        assert!(answered.iter().any(|one| one.starts_with(words)), "{words}");
    }
}

async fn the_deliveries_are_one(both: &Both) {
    let status = both.says(&["status"]).await.remove(0);
    let open = both.items("/deliveries").await;
    let alerts_of = open.iter().map(|one| one["alerts"].as_u64().unwrap());
    let abandoned = status["counts"]["abandoned"].as_u64();
    assert_eq!(Some(alerts_of.sum::<u64>()), abandoned);
    let given_up = &status["given_up"][0];
    assert_eq!(given_up["deliveries"].as_array().unwrap(), &of(&open, "id"));
    assert_eq!(given_up["reason"], open[0]["reason"]);
    let html = both.page("/deliveries").await;
    assert!(html.contains(open[0]["id"].as_str().unwrap()), "{html}");
    assert!(html.contains("550 5.1.1 no such user here"), "{html}");
}

async fn the_feeds_are_one(both: &Both) {
    let as_told = |mut feed: Value| {
        if feed["state"] == "fine" {
            feed["state"] = "ok".into();
        }
        feed
    };
    let feeds = both.items("/feeds?limit=500").await;
    let told: Vec<Value> = feeds.iter().cloned().map(as_told).collect();
    let times = [
        ("last_success_at", "last_success"),
        ("next_poll_at", "next_poll"),
    ];
    let listed = both.says(&["feed", "list"]).await;
    assert!(same("feeds", &told, &listed, "url", &times) > 12 * feeds.len());
    let html = both.page("/feeds").await;
    for feed in &feeds {
        let name = feed["name"].as_str().unwrap();
        assert!(html.contains(&in_html(name)), "{name}");
        let detail = both.one(&format!("/feeds/{}", feed["id"])).await;
        let shown = both.says(&["feed", "show", name]).await.remove(0);
        let (api, cli) = (
            detail["polls"].as_array().unwrap(),
            shown["polls"].as_array().unwrap(),
        );
        assert!(same("polls", &api[api.len() - cli.len()..], cli, "day", &[]) > 0);
    }
}

async fn the_watches_are_one(both: &Both) {
    let watches = both.items("/watches").await;
    let listed = both.says(&["watch", "list"]).await;
    assert!(
        same(
            "watches",
            &watches,
            &listed,
            "name",
            &[("tells", "channels")]
        ) >= 7 * watches.len()
    );
    for watch in &listed {
        let name = watch["name"].as_str().unwrap();
        let address = url::form_urlencoded::byte_serialize(name.as_bytes()).collect::<String>();
        let path = format!("/watches/{}", address.replace('+', "%20"));
        let detail = both.one(&path).await;
        assert_eq!(detail["told"], watch["alerts"]["30d"], "{name}");
        let html = both.page(&path).await;
        assert!(
            html.contains(&in_html(watch["query"].as_str().unwrap())),
            "{html}"
        );
        let told = format!("<b>{}</b><span>alert", detail["told"]);
        assert!(html.contains(&told), "{html}");
    }
}

async fn the_channels_are_one(both: &Both) {
    let channels = both.items("/channels").await;
    let listed = both.says(&["channel", "list"]).await;
    let times = [("last_success_at", "last_success")];
    assert!(same("channels", &channels, &listed, "name", &times) >= 9 * channels.len());
}

async fn the_stories_are_one(both: &Both) {
    let stories = both.items("/stories?limit=500").await;
    let listed = both.says(&["stories", "--limit", "500"]).await;
    assert_eq!(stories, listed);
    let html = both.page("/stories").await;
    for story in &stories {
        let id = story["story"].to_string();
        let articles = both.says(&["stories", &id]).await;
        let told = both.one(&format!("/stories/{id}")).await;
        assert_eq!(
            told["articles"].as_array().unwrap(),
            &articles,
            "story {id}"
        );
        assert!(
            html.contains(&in_html(story["title"].as_str().unwrap())),
            "{story}"
        );
    }
}

async fn the_silences_are_one(both: &Both) {
    let auth = [("authorization", both.token.as_str())];
    let end = both.site.ctx.clock.now() + std::time::Duration::from_hours(2);
    let body = format!("{{\"watch\":\"UNCLOS\",\"reason\":\"a <test>\",\"end\":\"{end}\"}}");
    both.site
        .ask("POST", "/api/v1/silences", &auth, &body)
        .await;
    let silences = both.items("/silences").await;
    assert_eq!(silences, both.says(&["silence", "list"]).await);
    assert!(both.page("/silences").await.contains("a &lt;test&gt;"));
}

async fn the_reasons_are_one(both: &Both) {
    let alerts = both.items("/alerts?limit=1").await;
    let id = alerts[0]["id"].as_str().unwrap();
    let answers = both.items(&format!("/why?q={id}")).await;
    let mut told = both.says(&["why", id]).await;
    for answer in &mut told {
        if let Some(address) = answer["recipient"].as_str() {
            answer["recipient"] = newswatch::ops::told::masked(address).into();
        }
    }
    assert_eq!(answers, told);
    let html = both.page(&format!("/why?q={id}")).await;
    let rows = html.matches("<td class=\"state-cell\">").count();
    assert_eq!(rows, answers.len(), "{html}");
}

async fn what_is_found_is_one(both: &Both) {
    let found = both.items("/search?q=UNCLOS&limit=500").await;
    assert_eq!(found, both.says(&["search", "UNCLOS"]).await);
}

#[tokio::test]
async fn what_the_pages_and_the_api_say_is_what_the_commands_say() {
    let world = World::open(Publishing::AllAtOnce).await;
    // One mail that is given up.
    world.mail.deviate(Deviation {
        at: Stage::Recipient,
        reaction: Reaction::Reply("550 5.1.1 no such user here\r\n".to_owned()),
        times: 1,
    });
    let config_path = world.config_path.to_str().unwrap().to_owned();
    let (config, store) = (world.config(), world.store().await);
    let site = Site::over(config, store, Some(world)).await;
    let token = site.token("program", Role::Admin, None).await;
    let both = Both {
        site,
        token,
        config_path,
    };
    the_status_is_one(&both).await;
    the_alerts_are_one(&both).await;
    the_deliveries_are_one(&both).await;
    the_feeds_are_one(&both).await;
    the_watches_are_one(&both).await;
    the_channels_are_one(&both).await;
    the_stories_are_one(&both).await;
    the_silences_are_one(&both).await;
    the_reasons_are_one(&both).await;
    what_is_found_is_one(&both).await;
}

#[tokio::test]
async fn a_request_with_a_key_is_done_once() {
    let site = Site::open().await;
    let token = site.token("program", Role::Editor, None).await;
    let fields = [("authorization", token.as_str()), ("idempotency-key", "k1")];
    let journal = async || site.ctx.store.journal(None, 500).await.unwrap().len();
    let before = journal().await;
    let first = site
        .ask(
            "POST",
            "/api/v1/feeds/1/pause",
            &fields,
            "{\"why\":\"over\"}",
        )
        .await;
    let again = site
        .ask(
            "POST",
            "/api/v1/feeds/1/pause",
            &fields,
            "{\"why\":\"over\"}",
        )
        .await;
    assert_eq!(
        (first.status, first.body.as_str()),
        (StatusCode::OK, again.body.as_str())
    );
    assert_eq!(again.headers["idempotency-replayed"], "true");
    assert_eq!(journal().await, before + 1);
    let other = site
        .ask("POST", "/api/v1/feeds/1/resume", &fields, "")
        .await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_paused_feed_is_not_polled_until_it_goes_on() {
    let site = Site::open().await;
    let cookie = site.session(Role::Editor).await;
    let fields = [("cookie", cookie.as_str())];
    let paused = site
        .ask("POST", "/feeds/1/pause", &fields, "why=over+until+March")
        .await;
    assert_eq!(paused.location(), "/feeds/1?said=paused");
    let page = site.get("/feeds/1", &fields).await.body;
    assert!(
        page.contains("over until March") && page.contains("Go on"),
        "{page}"
    );
    let due = async || {
        site.ctx.clock.advance(std::time::Duration::from_hours(48));
        let now = site.ctx.clock.now();
        let lease = std::time::Duration::from_mins(1);
        let due = site
            .ctx
            .store
            .next_due_feeds(now, now, lease, 100)
            .await
            .unwrap();
        due.iter().any(|feed| feed.claim.id.0 == 1)
    };
    assert!(!due().await);
    site.ask("POST", "/feeds/1/resume", &fields, "").await;
    assert!(due().await);
    let empty = site.ask("POST", "/feeds/1/pause", &fields, "why=").await;
    assert!(
        empty.body.contains("Say why: others will ask."),
        "{}",
        empty.body
    );
}

#[tokio::test]
async fn machines_are_told_how_it_is() {
    let site = Site::open().await;
    assert_eq!(site.get("/healthz", &[]).await.body, "ok\n");
    assert_eq!(site.get("/readyz", &[]).await.body, "ok\n");
    assert_eq!(
        site.get("/metrics", &[]).await.status,
        StatusCode::UNAUTHORIZED
    );
    let token = site.token("metrics", Role::Reader, None).await;
    let figures = site
        .get("/metrics", &[("authorization", &token)])
        .await
        .body;
    let alerts = site.ctx.store.report().await.unwrap().counts.alerts;
    assert!(
        figures.contains(&format!(
            "newswatch_matches_total{{fate=\"alert\"}} {alerts}\n"
        )),
        "{figures}"
    );
    let steps = site.ctx.tally.stages()["flag"].count();
    assert!(
        figures.contains(&format!(
            "newswatch_step_seconds_bucket{{stage=\"flag\",le=\"+Inf\"}} {steps}\n"
        )),
        "{figures}"
    );
    assert!(
        !figures.contains("http"),
        "no address in a label: {figures}"
    );
}

#[tokio::test]
async fn every_answer_carries_the_policy_and_pages_are_not_kept() {
    let site = Site::open().await;
    let cookie = site.session(Role::Admin).await;
    for path in [
        "/",
        "/no-such-page",
        "/settings",
        "/login",
        "/api/v1/status",
    ] {
        let answer = site.get(path, &[("cookie", &cookie)]).await;
        let policy = answer.headers[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap();
        assert!(
            policy.contains("default-src 'none'") && !policy.contains("unsafe"),
            "{path}"
        );
        assert_eq!(answer.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(answer.headers[header::REFERRER_POLICY], "same-origin");
        assert!(answer.headers.contains_key(header::CACHE_CONTROL));
    }
    let missing = site.get("/no-such-page", &[("cookie", &cookie)]).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert!(missing.body.contains("<title>"), "{}", missing.body);
    let style = site.get("/assets/app.css", &[]).await;
    assert!(
        style.headers[header::CACHE_CONTROL]
            .to_str()
            .unwrap()
            .contains("immutable")
    );
}

#[tokio::test]
async fn what_is_searched_is_found_and_a_mistake_is_told_where_it_stands() {
    let site = Site::open().await;
    let cookie = site.session(Role::Reader).await;
    let fields = [("cookie", cookie.as_str())];
    let found = site.get("/search?q=UNCLOS&days=90", &fields).await;
    assert!(
        found.body.contains("looked at") && !found.body.contains("Nothing was found"),
        "{}",
        found.body
    );
    let wrong = site.get("/search?q=%22open", &fields).await;
    assert_eq!(wrong.status, StatusCode::OK);
    assert!(wrong.body.contains("role=\"alert\""), "{}", wrong.body);
    let hostile = site
        .get("/search?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E", &fields)
        .await;
    assert!(!hostile.body.contains("<script>alert"), "{}", hostile.body);
}

#[tokio::test]
async fn what_became_of_an_article_is_told_by_its_address_and_by_an_id() {
    let site = Site::open().await;
    let token = site.token("program", Role::Reader, None).await;
    let auth = [("authorization", token.as_str())];
    let alerts = site.get("/api/v1/alerts?limit=1", &auth).await.json();
    let id = alerts["items"][0]["id"].as_str().unwrap();
    let watch = alerts["items"][0]["watch"].as_str().unwrap();
    let query = |q: &str| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("q", q).append_pair("watch", watch);
        query.finish()
    };
    let by_id = site.get(&format!("/api/v1/why?{}", query(id)), &auth).await;
    let by_id = by_id.json();
    let told: Vec<&Value> = by_id["items"].as_array().unwrap().iter().collect();
    assert!(
        told.iter()
            .any(|one| one["gate"] == "delivered" && one["alert"] == id && one["watch"] == watch),
        "{by_id}"
    );
    assert!(told.iter().all(|one| one["watch"] == watch), "{by_id}");
    // The same article by its address, as the page tells it.
    let alert = site.get(&format!("/api/v1/alerts/{id}"), &auth).await;
    let alert = alert.json();
    let url = alert["url"].as_str().unwrap();
    let page = site.get(&format!("/why?{}", query(url)), &auth).await;
    assert_eq!(page.status, StatusCode::OK);
    let link = format!("href=\"/alerts/{id}\"");
    assert!(page.body.contains(&link), "{}", page.body);
    for one in &told {
        assert!(page.body.contains(one["gate"].as_str().unwrap()), "{one}");
    }
    // One channel alone.
    let channel = told.iter().find_map(|one| one["channel"].as_str()).unwrap();
    let only = format!("/api/v1/why?{}&channel={channel}", query(id));
    let only = site.get(&only, &auth).await.json();
    let of_channels = only["items"].as_array().unwrap().iter();
    let of_channels: Vec<_> = of_channels
        .filter_map(|one| one["channel"].as_str())
        .collect();
    assert!(!of_channels.is_empty() && of_channels.iter().all(|one| *one == channel));
    // The page of the alert leads there.
    let of_alert = site.get(&format!("/alerts/{id}"), &auth).await.body;
    assert!(of_alert.contains(&format!("/why?q={id}")), "{of_alert}");
    // What nobody knows, what is not asked, and what is not there.
    let unknown = site
        .get("/api/v1/why?q=https://nowhere.example/x", &auth)
        .await;
    assert_eq!(unknown.json()["items"][0]["gate"], "never-seen");
    for (wrong, status) in [
        ("", StatusCode::BAD_REQUEST),
        ("q=x&watch=none", StatusCode::NOT_FOUND),
        ("q=x&channel=none", StatusCode::NOT_FOUND),
    ] {
        let answer = site.get(&format!("/api/v1/why?{wrong}"), &auth).await;
        assert_eq!(answer.status, status, "{wrong}");
    }
    let hostile = "/why?q=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    let hostile = site.get(hostile, &auth).await;
    assert_eq!(hostile.status, StatusCode::OK);
    assert!(hostile.body.contains("never-seen"), "{}", hostile.body);
    assert!(!hostile.body.contains("<script>alert"), "{}", hostile.body);
}

#[tokio::test]
async fn an_alert_shows_what_the_receiver_said_when_it_accepted_and_where_each_word_stands() {
    let world = World::open(Publishing::AllAtOnce).await;
    let long = "x".repeat(5_000);
    let hostile = format!("taken \u{202e}<b>\u{1b}[2J{long}");
    world.webhook.script(std::iter::repeat_n(
        ScriptedAnswer {
            body: hostile,
            ..ScriptedAnswer::status(202)
        },
        200,
    ));
    let (config, store) = (world.config(), world.store().await);
    let site = Site::over(config, store, Some(world)).await;
    let token = site.token("program", Role::Reader, None).await;
    let auth = [("authorization", token.as_str())];
    let alerts = site.get("/api/v1/alerts?limit=500", &auth).await.json();
    let (mut said, mut placed) = (0, 0);
    for alert in alerts["items"].as_array().unwrap() {
        let id = alert["id"].as_str().unwrap();
        let told = site
            .get(&format!("/api/v1/alerts/{id}"), &auth)
            .await
            .json();
        let page = site.get(&format!("/alerts/{id}"), &auth).await.body;
        assert!(!page.contains('\u{202e}') && !page.contains('\u{1b}') && !page.contains("<b>["));
        for receipt in told["deliveries"].as_array().unwrap() {
            let answer = receipt["tries"][0]["answer"].as_str().unwrap();
            assert!(answer.chars().count() < 300, "{answer}");
            if receipt["channel"] == "hook" {
                assert!(
                    answer.contains("answered 202: taken <b> [2Jxxx"),
                    "{answer}"
                );
                said += 1;
            }
            assert!(page.contains(&in_html(answer)), "{answer}: {page}");
        }
        // A word is where the clause says.
        for clause in clauses(&told["why"]["clause"]) {
            let Some(place) = clause["places"][0].as_str() else {
                continue;
            };
            let found = clause["hits"][0]["text"].as_str().unwrap();
            let text = match place.strip_prefix("paragraph ") {
                Some(number) => {
                    let number: usize = number.parse().unwrap();
                    let pieces = told["text"][number - 1].as_array().unwrap();
                    of(pieces, "text").concat()
                }
                None => told["title"].as_str().unwrap().to_owned(),
            };
            assert!(text.contains(found), "{found}, {place}: {text}");
            placed += 1;
        }
    }
    assert!(said > 0 && placed > 3, "{said} {placed}");
}

/// A clause and those below it.
fn clauses(clause: &Value) -> Vec<&Value> {
    let below = clause["clauses"].as_array().unwrap();
    let mut all = vec![clause];
    all.extend(below.iter().flat_map(clauses));
    all
}

#[tokio::test]
async fn a_story_shows_its_articles_as_they_came_and_what_copies_add() {
    let site = Site::open().await;
    let token = site.token("program", Role::Reader, None).await;
    let auth = [("authorization", token.as_str())];
    let stored = site.ctx.store.stories(500).await.unwrap();
    let listed = site.get("/api/v1/stories?limit=500", &auth).await.json();
    let listed = listed["items"].as_array().unwrap();
    assert!(!stored.is_empty() && listed.len() == stored.len());
    let page = site.get("/stories", &auth).await;
    assert_eq!(page.status, StatusCode::OK);
    let (mut articles, mut copies) = (0, 0);
    for line in &stored {
        let path = format!("/stories/{}", line.id);
        let link = format!("href=\"{path}\"");
        assert!(stored.len() > 100 || page.body.contains(&link), "{path}");
        let view = site.get(&format!("/api/v1{path}"), &auth).await.json();
        let shown = site.get(&path, &auth).await;
        assert_eq!(shown.status, StatusCode::OK, "{path}");
        assert!(!shown.body.contains("<script>"), "{path}");
        let told = view["articles"].as_array().unwrap();
        assert_eq!(told[0]["part"], "first", "{view}");
        assert_eq!(view["reports"], line.reports, "{view}");
        let of_part = |part: &str| told.iter().filter(|one| one["part"] == part).count();
        let tags = ["first", "own report", "copy"].map(|tag| {
            let tag = format!("<span class=\"tag\">{tag}</span>");
            shown.body.matches(&tag).count()
        });
        assert_eq!(tags, ["first", "own", "copy"].map(of_part), "{path}");
        for one in told {
            let url = one["url"].as_str();
            assert!(url.is_none_or(|url| url.starts_with("http")), "{one}");
            let adds = one["delta_sentences"].as_array().unwrap().len();
            assert!(adds == 0 || one["part"] == "copy", "{one}");
        }
        articles += told.len();
        copies += of_part("copy");
    }
    assert!(articles > stored.len() && copies > 0, "{articles} {copies}");
    for missing in ["/stories/999999", "/stories/x", "/api/v1/stories/999999"] {
        let answer = site.get(missing, &auth).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{missing}");
    }
}

#[tokio::test]
async fn a_feed_shows_how_often_it_was_polled_on_each_day() {
    let site = Site::open().await;
    let token = site.token("program", Role::Reader, None).await;
    let auth = [("authorization", token.as_str())];
    let view = site.get("/api/v1/feeds/1", &auth).await.json();
    let days = view["polls"].as_array().unwrap();
    let last = days.last().unwrap();
    let sum = |key: &str| {
        let days = days.iter().rev().take(14);
        days.map(|day| day[key].as_u64().unwrap()).sum::<u64>()
    };
    assert!(last["polls"].as_u64() > Some(0), "{view}");
    let page = site.get("/feeds/1", &auth).await.body;
    assert!(page.contains("Polls a day, last 14 days"), "{page}");
    let (polls, failed, new) = (sum("polls"), sum("failed"), sum("new_entries"));
    let says = format!("{polls} polls, of which {failed} failed, in 14 days");
    assert!(page.contains(&format!("aria-label=\"{says}\"")), "{page}");
    assert!(page.contains(&format!("<b>{new}</b><span>new ")), "{page}");
    // Each day in the table, the newest first, and one bar at the least.
    let table = page.split("<th scope=\"col\" class=\"num\">New entries</th>");
    let table = table.last().unwrap().split("</table>").next().unwrap();
    assert_eq!(table.matches("<tr>").count(), 14, "{table}");
    let row = ["polls", "failed", "new_entries"]
        .map(|key| format!("<td class=\"num\">{}</td>", last[key]))
        .concat();
    let first = table.split("</tr>").find(|row| row.contains("<td>"));
    assert!(first.unwrap().contains(&row), "{table}");
    let picture = page.split(&says).nth(1).unwrap();
    let picture = picture.split("</svg>").next().unwrap();
    assert!(picture.contains("<rect"), "{picture}");
    assert_eq!(page.matches("id=\"hatch\"").count(), 1);
}

#[tokio::test]
async fn a_feed_shows_the_polls_of_each_hour_and_what_robots_may_not_read() {
    let site = Site::open().await;
    let token = site.token("program", Role::Reader, None).await;
    let auth = [("authorization", token.as_str())];
    let view = site.get("/api/v1/feeds/1", &auth).await.json();
    // Everything was polled just now: in this hour, or around its end.
    let hours = view["polls_by_hour"].as_array().unwrap();
    assert!((1..=2).contains(&hours.len()), "{view}");
    let all = |list: &Value, key: &str| -> u64 {
        let numbers = list.as_array().unwrap().iter().map(|one| &one[key]);
        numbers.map(|number| number.as_u64().unwrap()).sum()
    };
    let page = site.get("/feeds/1", &auth).await.body;
    for key in ["polls", "failed", "new_entries"] {
        assert_eq!(all(&view["polls_by_hour"], key), all(&view["polls"], key));
        let cell = format!("<td class=\"num\">{}</td>", hours[0][key]);
        let table = page.split("<h2>Polls of the last 24 hours</h2>").nth(1);
        assert!(table.unwrap().contains(&cell), "{page}");
    }
    // Its articles were read, and so their site was asked.
    let robots = &view["robots"][0];
    assert_eq!(robots["state"], "read", "{view}");
    assert!(robots["asked_at"].is_string(), "{view}");
    let origin = robots["site"].as_str().unwrap().to_owned();
    let now = site.ctx.clock.now();
    let more = "Disallow: /x\n".repeat(30);
    for (rules, state, says) in [
        ("", "none", "no robots.txt: every page may be read"),
        ("User-agent: *\n", "read", "<dd>every page may be read <"),
        (
            "User-agent: *\nDisallow: /<b>\u{202e}a\u{1b}[2J\nAllow: /b\nCrawl-delay: 2.5\n",
            "read",
            "pages allowed but <bdi class=\"mono\">&#x2f;&lt;b&gt;a [2J</bdi>, and of these <bdi class=\"mono\">&#x2f;b</bdi>; \
             asks for 2.5 s between requests",
        ),
        (&format!("User-agent: *\n{more}"), "read", ", and 10 more <"),
    ] {
        let keeping = site
            .ctx
            .store
            .keep_robots(origin.clone(), rules.into(), now);
        keeping.await.unwrap();
        let view = site.get("/api/v1/feeds/1", &auth).await.json();
        assert_eq!(view["robots"][0]["state"], state, "{view}");
        let page = site.get("/feeds/1", &auth).await.body;
        assert!(page.contains(says), "{says}: {page}");
        assert!(!page.contains('\u{202e}') && !page.contains('\u{1b}'));
    }
}

#[tokio::test]
async fn a_feed_whose_site_was_not_asked_for_its_robots_txt_says_so() {
    let world = World::open(Publishing::AllAtOnce).await;
    let site = Site::unread(world.config(), database::store().await, Some(world)).await;
    let token = site.token("program", Role::Reader, None).await;
    let auth = [("authorization", token.as_str())];
    let view = site.get("/api/v1/feeds/1", &auth).await.json();
    let robots = &view["robots"][0];
    assert_eq!(robots["state"], "unasked", "{view}");
    let address = view["feed"]["url"].as_str().unwrap();
    let address = url::Url::parse(address).unwrap();
    assert_eq!(robots["site"], address.origin().ascii_serialization());
    assert_eq!(view["polls_by_hour"], Value::Array(Vec::new()));
    let page = site.get("/feeds/1", &auth).await.body;
    assert!(page.contains("<dd>not asked yet</dd>"), "{page}");
    assert!(!page.contains("Polls of the last 24 hours"), "{page}");
}

#[tokio::test]
async fn the_first_page_shows_what_fits_its_filter_and_the_api_the_same() {
    let site = Site::open().await;
    let token = site.token("program", Role::Reader, None).await;
    let auth = [("authorization", token.as_str())];
    let all = site.get("/api/v1/alerts?limit=500", &auth).await.json();
    let all = all["items"].as_array().unwrap().len();
    let feeds = site.get("/api/v1/feeds?limit=500", &auth).await.json();
    let feeds = feeds["items"].as_array().unwrap().clone();
    let count = async |query: &str| {
        let path = format!("/api/v1/alerts?limit=500&{query}");
        let api = site.get(&path, &auth).await.json();
        let number = api["items"].as_array().unwrap().len();
        let page = site.get(&format!("/?{query}"), &auth).await;
        assert_eq!(page.status, StatusCode::OK, "{query}");
        let is_empty = page.body.contains("Nothing fits this filter.");
        assert_eq!(is_empty, number == 0, "{query}");
        for word in ["script>", "onerror=\""] {
            assert!(!page.body.contains(&format!("<{word}")), "{query}");
        }
        number
    };
    // Each alert is of one feed, one language and one priority.
    let mut of_feeds = 0;
    for feed in &feeds {
        let url = feed["url"].as_str().unwrap();
        let url: String = url::form_urlencoded::byte_serialize(url.as_bytes()).collect();
        of_feeds += count(&format!("feed={url}")).await;
    }
    assert!(all > 0 && of_feeds == all, "{of_feeds} of {all}");
    let mut of_priorities = 0;
    for word in ["low", "normal", "high"] {
        of_priorities += count(&format!("priority={word}")).await;
    }
    assert_eq!(of_priorities, all);
    let status = site.get("/api/v1/status", &auth).await.json();
    let langs = status["langs"].as_array().unwrap();
    let mut of_langs = 0;
    for lang in langs {
        of_langs += count(&format!("lang={}", lang.as_str().unwrap())).await;
    }
    assert!(!langs.is_empty() && of_langs > 0 && of_langs <= all);
    assert_eq!(count("feed=tag%3Anothing").await, 0);
    assert_eq!(count("lang=tlh").await, 0);
    assert_eq!(count("feed=%22%3E%3Cscript%3E").await, 0);
    for wrong in ["priority=urgent", "lang=e%25"] {
        let page = site.get(&format!("/?{wrong}"), &auth).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
}

#[tokio::test]
async fn a_watch_is_told_in_plain_words_with_its_tests() {
    let more = "[[watch]]\nname = \"Plain\"\nquery = 'strait* AND NOT title:exercise'\nnotify = [\"hook\"]\n\
        must_match = [\"The Straits <b>are calm\", \"A strait\"]\nmust_not_match = [\"Exercise in the bay\"]\n\
        [[watch]]\nname = \"Paused\"\nquery = 'strait'\nenabled = false\nmust_match = [\"A strait\"]\n";
    let site = Site::open_with(more).await;
    let token = site.token("program", Role::Reader, None).await;
    let auth = [("authorization", token.as_str())];
    let view = site.get("/api/v1/watches/Plain", &auth).await.json();
    let prose = "a word that begins with “strait”, and not “exercise” in the headline";
    assert_eq!(view["prose"], prose);
    let tests = view["tests"].as_array().unwrap();
    assert_eq!(
        of(tests, "text"),
        ["The Straits <b>are calm", "A strait", "Exercise in the bay"]
    );
    let each = |key: &str| -> Vec<bool> {
        let flags = tests.iter().map(|test| test[key].as_bool().unwrap());
        flags.collect()
    };
    assert_eq!(each("must_match"), [true, true, false]);
    assert_eq!(each("passes"), [true, true, true]);
    let page = site.get("/watches/Plain", &auth).await.body;
    assert!(
        page.contains(&format!("<b>In plain words:</b> {prose}. ")),
        "{page}"
    );
    assert!(page.contains("3 of 3 pass</span>"), "{page}");
    assert!(page.contains("2 must match, 1 must not."), "{page}");
    assert!(
        page.contains("“<bdi>The Straits &lt;b&gt;are calm</bdi>”"),
        "{page}"
    );
    // The tests of one that is paused are tried as well; one without tests says nothing of them.
    let paused = site.get("/api/v1/watches/Paused", &auth).await.json();
    assert_eq!(paused["tests"][0]["passes"], true, "{paused}");
    let page = site.get("/watches/UNCLOS", &auth).await.body;
    assert!(
        page.contains("In plain words:") && !page.contains("Its tests"),
        "{page}"
    );
}

#[tokio::test]
async fn a_list_of_watches_tells_how_many_of_the_marked_alerts_were_useful() {
    let site = Site::open().await;
    let token = site.token("program", Role::Editor, None).await;
    let auth = [("authorization", token.as_str())];
    let alerts = site.get("/api/v1/alerts?limit=500", &auth).await.json();
    let alerts = alerts["items"].as_array().unwrap();
    let watch = alerts[0]["watch"].as_str().unwrap();
    let of_watch = alerts.iter().filter(|alert| alert["watch"] == watch);
    let mut marks = 0_u64;
    for (alert, mark) in of_watch.zip(["useful", "noise", "useful"]) {
        let path = format!("/api/v1/alerts/{}/mark", alert["id"].as_str().unwrap());
        let body = format!("{{\"mark\":\"{mark}\"}}");
        site.ask("PUT", &path, &auth, &body).await;
        marks += 1;
    }
    assert!(marks > 1, "{marks}");
    let watches = site.get("/api/v1/watches", &auth).await.json();
    let watches = watches["items"].as_array().unwrap();
    let page = site.get("/watches", &auth).await.body;
    for row in watches {
        let is_marked = row["name"] == watch;
        assert_eq!(row["marked"], if is_marked { marks } else { 0 }, "{row}");
        let useful = if marks == 2 { 50 } else { 66 };
        let useful = if is_marked {
            useful.into()
        } else {
            Value::Null
        };
        assert_eq!(row["useful"], useful, "{row}");
        let says = format!("{useful} %<span class=\"hidden\"> of {marks} marked</span>");
        assert!(!is_marked || page.contains(&says), "{page}");
    }
    let unmarked = "data-l=\"Useful\">—</td>";
    assert_eq!(page.matches(unmarked).count(), watches.len() - 1, "{page}");
}

#[tokio::test]
async fn a_list_of_feeds_tells_what_came_in_fourteen_days_and_how_late_it_was_seen() {
    let site = Site::open().await;
    let token = site.token("program", Role::Reader, None).await;
    let auth = [("authorization", token.as_str())];
    let feeds = site.get("/api/v1/feeds?limit=500", &auth).await.json();
    let page = site.get("/feeds", &auth).await.body;
    let mut seen = 0;
    for feed in feeds["items"].as_array().unwrap() {
        let days = feed["new_by_day"].as_array().unwrap();
        assert_eq!(days.len(), 14, "{feed}");
        let sum: u64 = days.iter().map(|day| day.as_u64().unwrap()).sum();
        let says = format!("{sum} new entries in 14 days, {} known", feed["entries"]);
        assert!(page.contains(&format!("aria-label=\"{says}\"")), "{page}");
        let path = format!("/api/v1/feeds/{}", feed["id"]);
        let one = site.get(&path, &auth).await.json();
        let polls = one["polls"].as_array().unwrap();
        let polls = polls[polls.len() - 14..].iter();
        let new: Vec<_> = polls.map(|day| day["new_entries"].clone()).collect();
        assert_eq!(days, &new, "{feed}");
        if let Some(p50) = feed["seen_after"]["p50_s"].as_u64() {
            assert!(feed["seen_after"]["p90_s"].as_u64() >= Some(p50), "{feed}");
            seen += 1;
        }
    }
    let told = page.matches("data-l=\"Seen after\">—</td>").count();
    let all = page.matches("data-l=\"Seen after\">").count();
    assert!(seen > 0 && all - told == seen, "{seen} {told} {all}");
}

#[tokio::test]
async fn silences_to_come_and_those_that_have_ended_are_told_with_who_and_why() {
    let site = Site::open().await;
    let token = site.token("program", Role::Editor, None).await;
    let auth = [("authorization", token.as_str())];
    let now = site.ctx.clock.now();
    let hours = |hours| now + std::time::Duration::from_hours(hours);
    for (reason, start, end) in [("now", 0, 2), ("then", 3, 4), ("over", 0, 9)] {
        let (start, end) = (hours(start), hours(end));
        let body = format!(
            "{{\"watch\":\"UNCLOS\",\"reason\":\"<b>{reason}\",\"start\":\"{start}\",\"end\":\"{end}\"}}"
        );
        let answer = site.ask("POST", "/api/v1/silences", &auth, &body).await;
        assert!(answer.status.is_success(), "{}", answer.body);
    }
    site.ask("POST", "/api/v1/silences/3/end", &auth, "").await;
    for (state, reason) in [("running", "now"), ("coming", "then"), ("ended", "over")] {
        let page = site.get(&format!("/silences?state={state}"), &auth).await;
        let row = format!("“&lt;b&gt;{reason}”<span class=\"meta\"><bdi>token program</bdi>");
        assert!(page.body.contains(&row), "{}", page.body);
        assert_eq!(page.body.matches("“&lt;b&gt;").count(), 1, "{state}");
        assert_eq!(page.body.contains("End now"), state != "ended", "{state}");
        for word in ["Running 1<", "To come 1<", "Ended 1<"] {
            assert!(page.body.contains(word), "{word}: {}", page.body);
        }
        let path = format!("/api/v1/silences?state={state}");
        let api = site.get(&path, &auth).await.json();
        assert_eq!(
            of(api["items"].as_array().unwrap(), "reason"),
            [format!("<b>{reason}")]
        );
    }
}

#[tokio::test]
async fn a_silence_says_what_why_and_until_when_and_can_be_ended() {
    let site = Site::open().await;
    let cookie = site.session(Role::Editor).await;
    let fields = [("cookie", cookie.as_str())];
    for (wrong, says) in [
        ("watch=UNCLOS&hours=4", "Say why"),
        ("hours=4&why=x", "Say what"),
        ("watch=UNCLOS&hours=9999&why=x", "Say how long"),
    ] {
        let answer = site.ask("POST", "/silences", &fields, wrong).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(answer.body.contains(says), "{}", answer.body);
    }
    let right = "watch=UNCLOS&hours=4&why=three+desks+have+it";
    let begun = site.ask("POST", "/silences", &fields, right).await;
    assert_eq!(begun.location(), "/silences?said=silenced");
    let page = site.get("/silences", &fields).await.body;
    assert!(
        page.contains("three desks have it") && page.contains("End now"),
        "{page}"
    );
    site.ask("POST", "/silences/1/end", &fields, "").await;
    let page = site.get("/silences", &fields).await.body;
    assert!(page.contains("Nothing is silenced"), "{page}");
}

#[tokio::test]
async fn a_silence_tells_before_it_begins_what_it_would_have_muted() {
    let site = Site::open().await;
    let token = site.token("program", Role::Editor, None).await;
    let auth = [("authorization", token.as_str())];
    let alerts = site.get("/api/v1/alerts?limit=500", &auth).await.json();
    let alerts = alerts["items"].as_array().unwrap().clone();
    let of_watch = |name: &str| alerts.iter().filter(|one| one["watch"] == name).count();
    let (all, of_unclos) = (alerts.len(), of_watch("UNCLOS"));
    assert!(of_unclos > 0 && of_unclos < all);
    let title = alerts[0]["title"].as_str().unwrap();
    let with_title = alerts.iter().filter(|one| one["title"] == title).count();
    let title = title.to_uppercase();
    let words: String = url::form_urlencoded::byte_serialize(title.as_bytes()).collect();
    let id = alerts[0]["id"].as_str().unwrap();
    for (asked, least, most) in [
        ("watch=UNCLOS".to_owned(), of_unclos, of_unclos),
        (format!("text={words}"), with_title, all),
        (format!("story={id}"), 1, all - 1),
        ("text=nobody+has+ever+said+this".to_owned(), 0, 0),
    ] {
        let address = format!("/api/v1/silences/preview?{asked}");
        let preview = site.get(&address, &auth).await.json();
        assert_eq!(preview["alerts"], all, "{asked}");
        let muted = usize::try_from(preview["muted"].as_u64().unwrap()).unwrap();
        assert!((least..=most).contains(&muted), "{asked}: {muted}");
        assert_eq!(preview["newest"].as_array().unwrap().len(), muted.min(10));
    }
    let page = site.get("/silences?watch=UNCLOS", &auth).await.body;
    let says = format!("Would have muted {of_unclos} of {all} alerts in the last 7 days");
    assert!(page.contains(&says), "{page}");
    // Every feed is called as the pages call it: those without a name of ours by their titles.
    let mut of_feeds = 0;
    for line in site.ctx.store.report().await.unwrap().feeds {
        let name = line.name.unwrap();
        let name: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
        let address = format!("/api/v1/silences/preview?feed={name}");
        let preview = site.get(&address, &auth).await;
        assert_eq!(preview.status, StatusCode::OK, "{}", preview.body);
        of_feeds += preview.json()["muted"].as_u64().unwrap();
    }
    assert!(of_feeds >= all as u64, "{of_feeds} of {all}");
    for (wrong, says) in [
        ("", "Say what"),
        ("watch=Nobody", "no watch"),
        ("feed=Nobody", "no feed"),
        ("story=alr_none", "alert"),
    ] {
        let address = format!("/api/v1/silences/preview?{wrong}");
        let answer = site.get(&address, &auth).await;
        assert!(answer.status.is_client_error(), "{wrong}");
        assert!(answer.body.contains(says), "{}", answer.body);
    }
}

#[tokio::test]
async fn the_first_page_says_what_is_missing_until_all_is_there() {
    const MISSING: &str = "Three things make it work";
    let bare = Site::open_bare().await;
    let cookie = bare.session(Role::Reader).await;
    let page = bare.get("/", &[("cookie", cookie.as_str())]).await.body;
    assert!(page.contains(MISSING), "{page}");
    assert_eq!(page.matches("none yet").count(), 3, "{page}");
    let site = Site::open().await;
    let cookie = site.session(Role::Reader).await;
    let page = site.get("/", &[("cookie", cookie.as_str())]).await.body;
    assert!(!page.contains(MISSING), "{page}");
}

#[tokio::test]
async fn a_program_begins_lists_and_ends_a_silence() {
    let site = Site::open().await;
    let token = site.token("program", Role::Editor, None).await;
    let auth = [("authorization", token.as_str())];
    let keyed = [auth[0], ("idempotency-key", "one")];
    let end = site.ctx.clock.now() + std::time::Duration::from_hours(2);
    for wrong in [
        "{}".to_owned(),
        "{\"watch\":\"UNCLOS\",\"reason\":\"x\"}".to_owned(),
        format!("{{\"reason\":\"x\",\"end\":\"{end}\"}}"),
        "{\"watch\":\"UNCLOS\",\"reason\":\"x\",\"end\":\"2001-01-01T00:00:00Z\"}".to_owned(),
    ] {
        let answer = site.ask("POST", "/api/v1/silences", &auth, &wrong).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
    let right = format!("{{\"watch\":\"UNCLOS\",\"reason\":\"maintenance\",\"end\":\"{end}\"}}");
    for _ in 0..2 {
        let begun = site.ask("POST", "/api/v1/silences", &keyed, &right).await;
        assert_eq!(begun.json()["id"], 1, "{}", begun.body);
    }
    let listed = site.get("/api/v1/silences", &auth).await.json();
    let items = listed["items"].as_array().unwrap();
    assert_eq!(items.len(), 1);
    assert_eq!(items[0]["watch"], "UNCLOS");
    assert_eq!(items[0]["author"], "token program");
    assert_eq!(items[0]["active"], true);
    for changed in [true, false] {
        let ended = site.ask("POST", "/api/v1/silences/1/end", &auth, "").await;
        assert_eq!(ended.json()["changed"], changed);
    }
    let listed = site.get("/api/v1/silences", &auth).await.json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn a_program_searches_as_the_page_does_and_is_told_of_a_mistake() {
    let site = Site::open().await;
    let token = site.token("program", Role::Reader, None).await;
    let auth = [("authorization", token.as_str())];
    let found = site.get("/api/v1/search?q=UNCLOS&limit=2", &auth).await;
    let found = found.json();
    assert!(!found["items"].as_array().unwrap().is_empty(), "{found}");
    for wrong in ["q=", "q=%22open", "q=UNCLOS&since=x"] {
        let answer = site.get(&format!("/api/v1/search?{wrong}"), &auth).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
}

/// What somebody else's browser or mail program says when it presses the button of a link.
const STRANGERS: [(&str, &str); 2] = [
    ("origin", "https://mail.example.com"),
    ("sec-fetch-site", "cross-site"),
];

#[tokio::test]
async fn a_link_to_stop_mails_stops_them_when_its_button_is_pressed() {
    let site = Site::open().await;
    let act = |watch: Option<&str>| Act::Unsubscribe {
        recipient: "desk@example.org".into(),
        watch: watch.map(str::to_owned),
    };
    for (watch, says, stopped) in [
        (Some("UNCLOS"), "the watch <b><bdi>UNCLOS</bdi></b>", 1),
        (None, "any watch", 2),
    ] {
        let token = site.ctx.links.sign(&act(watch)).unwrap();
        let path = format!("/unsubscribe/{token}");
        let opened = site.get(&path, &[]).await;
        assert_eq!(opened.status, StatusCode::OK, "{}", opened.body);
        assert!(
            opened.body.contains("desk@example.org") && opened.body.contains(says),
            "{}",
            opened.body
        );
        let before = site.ctx.store.suppressions().await.unwrap().len();
        assert_eq!(before, stopped - 1, "to open it changes nothing");
        // Twice, as mail programs try again: it is done once, and no answer is a redirect.
        for _ in 0..2 {
            let body = "List-Unsubscribe=One-Click";
            let pressed = site.ask("POST", &path, &STRANGERS, body).await;
            assert_eq!(pressed.status, StatusCode::OK, "{}", pressed.body);
            assert!(
                pressed.body.contains("gets no more mails"),
                "{}",
                pressed.body
            );
        }
        let after = site.ctx.store.suppressions().await.unwrap();
        assert_eq!(after.len(), stopped);
        assert!(after.iter().any(|one| one.watch.as_deref() == watch));
        let journal = site.ctx.store.journal(None, 500).await.unwrap();
        let written = journal.iter().filter(|line| line.what == "mails-stopped");
        assert_eq!(written.count(), stopped);
    }
}

#[tokio::test]
async fn a_link_marks_or_acknowledges_its_alert_and_one_that_was_changed_does_nothing() {
    let site = Site::open().await;
    let address = site.address("{id}").await;
    let reply = |alert: &str| Reply {
        alert: AlertId(alert.to_owned()),
        by: "lan@example.org".into(),
    };
    for (act, question, done, what) in [
        (
            Act::Useful(reply(&address)),
            "Was this alert useful?",
            "is marked useful",
            "alert-marked",
        ),
        (
            Act::Noise(reply(&address)),
            "Was this alert noise?",
            "is marked as noise",
            "alert-marked",
        ),
        (
            Act::Acknowledge(reply(&address)),
            "Acknowledge this alert?",
            "is acknowledged",
            "alert-acknowledged",
        ),
    ] {
        let path = format!("/act/{}", site.ctx.links.sign(&act).unwrap());
        let before = site.ctx.store.journal(None, 500).await.unwrap().len();
        let opened = site.get(&path, &[]).await;
        assert!(opened.body.contains(question), "{}", opened.body);
        let unchanged = site.ctx.store.journal(None, 500).await.unwrap().len();
        assert_eq!(before, unchanged, "to open it changes nothing");
        let pressed = site.ask("POST", &path, &STRANGERS, "").await;
        assert_eq!(pressed.status, StatusCode::OK, "{}", pressed.body);
        assert!(pressed.body.contains(done), "{}", pressed.body);
        let journal = site.ctx.store.journal(None, 500).await.unwrap();
        assert_eq!(journal.len(), before + 1);
        assert_eq!(
            (journal[0].what.as_str(), journal[0].who.as_str()),
            (what, "lan@example.org")
        );
    }

    // Signed by another key, changed, cut off; and of an alert that is not there.
    let act = Act::Useful(reply(&address));
    let foreign = LinkKey::new([7; 32]).sign(&act).unwrap();
    let own = site.ctx.links.sign(&act).unwrap();
    let sign = |act: &Act| site.ctx.links.sign(act).unwrap();
    let gone = sign(&Act::Useful(reply("alr_0")));
    // The beginning of an id is no id.
    let short = sign(&Act::Acknowledge(reply(&address[..address.len() - 1])));
    let before = site.ctx.store.journal(None, 500).await.unwrap().len();
    for (token, status) in [
        (foreign.as_str(), StatusCode::NOT_FOUND),
        (&own[..own.len() - 3], StatusCode::NOT_FOUND),
        (&own[1..], StatusCode::NOT_FOUND),
        (gone.as_str(), StatusCode::GONE),
        (short.as_str(), StatusCode::GONE),
    ] {
        for method in ["GET", "POST"] {
            let answer = site.ask(method, &format!("/act/{token}"), &[], "").await;
            assert_eq!(answer.status, status, "{method} {token}");
        }
    }
    let after = site.ctx.store.journal(None, 500).await.unwrap().len();
    assert_eq!(before, after);
}
