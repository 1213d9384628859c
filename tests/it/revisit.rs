//! Alerted pages are looked at again: a site that changes thirty articles in twelve ways over a week, on a clock that the
//! test moves.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Request, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use newswatch::clock::Clock;
use newswatch::config::{self, ProcessEnvironment, Secrets};
use newswatch::daemon;
use newswatch::domain::{Role, Timestamp};
use newswatch::ops::alerts::{self, ListedView};
use newswatch::ops::{entrance, stories};
use newswatch::store::{AlertFilter, AlertLine, Store};
use newswatch::web::{House, router};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;
use tower::ServiceExt;

use crate::support::database;

/// What becomes of an article, and what its readers are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Nothing,
    Headline,
    MatchedSentence,
    MatchedRemoved,
    MatchedAdded,
    Correction,
    OtherSentence,
    Cosmetic,
    Gone,
    GoneForAnHour,
    FrontPage,
    Walled,
}

const WAYS: [(Way, &[&str]); 12] = [
    (Way::Nothing, &[]),
    (Way::Headline, &["headline"]),
    (Way::MatchedSentence, &["matched_sentence"]),
    (Way::MatchedRemoved, &["matched_removed"]),
    (Way::MatchedAdded, &["matched_added"]),
    (Way::Correction, &["correction"]),
    (Way::OtherSentence, &[]),
    (Way::Cosmetic, &[]),
    (Way::Gone, &["vanished"]),
    (Way::GoneForAnHour, &[]),
    (Way::FrontPage, &["vanished"]),
    (Way::Walled, &[]),
];

const ARTICLES: usize = 30;

/// When the service looks, in hours after the first poll.
const HOURS: [i64; 19] = [
    0, 1, 2, 5, 6, 7, 8, 12, 24, 25, 26, 48, 72, 73, 96, 120, 168, 169, 200,
];

fn way(article: usize) -> (Way, &'static [&'static str]) {
    WAYS[article % WAYS.len()]
}

/// The hour in which an article changes.
fn changes_at(article: usize) -> i64 {
    if article < WAYS.len() { 3 } else { 30 }
}

/// Words that no two articles share.
fn word(article: usize, place: usize) -> String {
    const FIRST: [&str; 6] = ["ka", "lo", "mi", "nu", "pe", "ra"];
    const LAST: [&str; 5] = ["ldor", "mbar", "nsel", "rtun", "ssik"];
    format!(
        "{}{}{}",
        FIRST[(article + place) % 6],
        FIRST[(article / 6 + place / 2) % 6],
        LAST[(article + place / 3) % 5]
    )
}

fn headline(article: usize) -> String {
    format!("Orca ferry number {article} leaves {}", word(article, 1))
}

/// The sentences of an article; the second one matches.
fn sentences(article: usize) -> Vec<String> {
    let of = |place| word(article, place);
    vec![
        format!(
            "The harbour of {} was closed for {} hours on Tuesday because of the {} storm.",
            of(2),
            article + 3,
            of(3)
        ),
        format!(
            "The orca ferry will sail to {} with {} passengers once the wind has gone down.",
            of(4),
            article + 40
        ),
        format!(
            "Fishermen of {} said that they had not seen such {} waves for {} years.",
            of(5),
            of(6),
            article + 11
        ),
        format!(
            "A spokeswoman of the {} port promised new timetables before the {} holidays.",
            of(7),
            of(8)
        ),
    ]
}

fn page(title: &str, sentences: &[String]) -> String {
    let paragraphs: Vec<String> = sentences
        .iter()
        .map(|one| format!("<p>{one}</p>"))
        .collect();
    format!(
        "<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{}</article></body></html>",
        paragraphs.concat()
    )
}

/// What an article's page answers in an hour after the first poll.
fn answer_of(article: usize, hour: i64) -> (u16, String) {
    let (title, text) = (headline(article), sentences(article));
    if hour < changes_at(article) {
        return (200, page(&title, &text));
    }
    let mut text = text;
    match way(article).0 {
        Way::Headline => {
            let title = format!("Storm keeps orca ferry {article} in port");
            return (200, page(&title, &text));
        }
        Way::MatchedSentence => text[1] = text[1].replace("will sail", "will not sail"),
        Way::MatchedRemoved => {
            text.remove(1);
        }
        Way::MatchedAdded => {
            let fresh = "Inspectors found a crack in the rudder of the orca ferry on Friday.";
            text.push(fresh.to_owned());
        }
        Way::Correction => {
            let note = "Correction: An earlier text named the wrong day of the storm.";
            text.push(note.to_owned());
        }
        Way::OtherSentence => text[2] = text[2].replace("Fishermen", "Sailors"),
        Way::Cosmetic => {
            text.reverse();
            text[0] = text[0].replace(' ', "&nbsp; ");
            text.insert(0, format!("Updated {hour} minutes ago"));
        }
        Way::Gone => return (404, page("Not found", &[])),
        Way::GoneForAnHour if hour <= changes_at(article) + 3 => {
            return (410, String::new());
        }
        Way::FrontPage => return (302, String::new()),
        Way::Walled => {
            text.truncate(1);
            text.push("Subscribe now to continue reading this article.".to_owned());
        }
        Way::Nothing | Way::GoneForAnHour => {}
    }
    (200, page(&title, &text))
}

/// A request for an article: its hour, and the status of the answer.
type Asked = BTreeMap<usize, Vec<(i64, u16)>>;

struct Town {
    clock: Clock,
    begun: Timestamp,
    asked: Mutex<Asked>,
}

impl Town {
    fn hour(&self) -> i64 {
        self.clock.now().duration_since(self.begun).as_hours()
    }
}

async fn serve(State(town): State<Arc<Town>>, uri: Uri, fields: HeaderMap) -> Response {
    let path = uri.path();
    if path == "/feed" {
        let items: Vec<String> = (0..ARTICLES)
            .map(|article| {
                let title = headline(article);
                format!("<item><guid isPermaLink=\"false\">{article}</guid><title>{title}</title><link>/news/{article}</link></item>")
            })
            .collect();
        let items = items.concat();
        let feed =
            format!("<rss version=\"2.0\"><channel><title>Harbour</title>{items}</channel></rss>");
        return ([("content-type", "application/rss+xml")], feed).into_response();
    }
    let Some(article) = path.strip_prefix("/news/") else {
        let front = page(
            "Harbour news",
            &["All about the harbour and its boats, every day.".into()],
        );
        return if path == "/" {
            ([("content-type", "text/html")], front).into_response()
        } else {
            StatusCode::NOT_FOUND.into_response()
        };
    };
    let article: usize = article.parse().unwrap();
    let hour = town.hour();
    let (status, body) = answer_of(article, hour);
    let etag = format!(
        "\"{}\"",
        body.len() * 31 + body.bytes().map(usize::from).sum::<usize>()
    );
    let is_known = fields
        .get("if-none-match")
        .is_some_and(|known| known.as_bytes() == etag.as_bytes());
    let status = if status == 200 && is_known {
        304
    } else {
        status
    };
    let mut asked = town.asked.lock().unwrap();
    asked.entry(article).or_default().push((hour, status));
    drop(asked);
    match status {
        200 => (
            [
                ("content-type", "text/html; charset=utf-8"),
                ("etag", etag.as_str()),
            ],
            body,
        )
            .into_response(),
        302 => (StatusCode::FOUND, [("location", "/")]).into_response(),
        status => StatusCode::from_u16(status).unwrap().into_response(),
    }
}

/// A service over the town, whose alerts go to a file.
struct Service {
    town: Arc<Town>,
    store: Store,
    config: String,
    told: PathBuf,
    folder: tempfile::TempDir,
    _server: AbortOnDropHandle<()>,
}

impl Service {
    /// `keys` is what else stands in the watch.
    async fn open(keys: &str) -> Self {
        newswatch::http::install_tls_provider();
        let clock = Clock::fixed(Clock::system().now());
        let town = Arc::new(Town {
            begun: clock.now(),
            clock,
            asked: Mutex::default(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let router = Router::new().fallback(serve).with_state(Arc::clone(&town));
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let folder = tempfile::tempdir().unwrap();
        let told = folder.path().join("told.jsonl");
        let config = format!(
            "state_dir = \"/nonexistent\"\n[poll]\nfirst_poll = \"alert\"\n[http]\nallow_private = [\"{addr}\"]\n\
             [[feed]]\nurl = \"http://{addr}/feed\"\n[[watch]]\nname = \"Ferries\"\nterms = [\"orca ferry\"]\n{keys}\n\
             [[channel]]\nname = \"desk\"\ntype = \"file\"\npath = \"{}\"\n",
            told.display()
        );
        Self {
            town,
            store: database::store().await,
            config,
            told,
            folder,
            _server: AbortOnDropHandle::new(server),
        }
    }

    /// A page, as a reader of it gets it.
    async fn page(&self, path: &str) -> String {
        let folder = self.folder.path();
        let (environment, secrets) = (&ProcessEnvironment, Secrets::Required);
        let loaded = config::load_text("test.toml", &self.config, folder, environment, secrets);
        let config = loaded.unwrap().config;
        let clock = self.town.clock.clone();
        let now = clock.now();
        let context = daemon::context(config.clone(), self.store.clone(), clock);
        let (_sender, configs) = watch::channel(Arc::new(config));
        let context = Arc::new(context.await.unwrap());
        let house = House::new(context, configs, CancellationToken::new());
        let secret = entrance::login_link(&self.store, "local", Role::Reader, now).await;
        let ask = async |method: &str, path: &str, cookie: &str| {
            let request = Request::builder().method(method).uri(path);
            let request = request
                .header("host", "127.0.0.1:8585")
                .header("cookie", cookie);
            let request = request.body(Body::empty()).unwrap();
            router(Arc::clone(&house)).oneshot(request).await.unwrap()
        };
        let entered = ask("POST", &format!("/login/{}", secret.unwrap()), "").await;
        let cookie = entered.headers()["set-cookie"].to_str().unwrap();
        let answer = ask("GET", path, cookie.split(';').next().unwrap()).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        let bytes = axum::body::to_bytes(answer.into_body(), 1 << 20)
            .await
            .unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    /// Does what is due in an hour, by a process of its own.
    async fn at(&self, hour: i64) {
        let wait = u64::try_from((hour - self.town.hour()) * 3600).unwrap();
        self.town.clock.advance(Duration::from_secs(wait));
        let folder: &Path = self.folder.path();
        let loaded = config::load_text(
            "test.toml",
            &self.config,
            folder,
            &ProcessEnvironment,
            Secrets::Required,
        );
        let config = loaded.unwrap().config;
        let context = daemon::context(config, self.store.clone(), self.town.clock.clone());
        daemon::pass(Arc::new(context.await.unwrap()))
            .await
            .unwrap();
    }

    fn asked(&self) -> Asked {
        self.town.asked.lock().unwrap().clone()
    }

    /// The kinds of change that were told, by the number of the article.
    fn updates(&self) -> BTreeMap<usize, Vec<Vec<String>>> {
        let mut updates: BTreeMap<usize, Vec<Vec<String>>> = BTreeMap::new();
        for line in std::fs::read_to_string(&self.told).unwrap().lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            if line["type"] != "newswatch.update" {
                continue;
            }
            let data = &line["data"];
            let url = data["alerts"][0]["url"].as_str().unwrap();
            let article = url.rsplit('/').next().unwrap().parse().unwrap();
            let kinds: Vec<String> =
                serde_json::from_value(data["revision"]["kinds"].clone()).unwrap();
            assert!(data["first_delivery"].is_string(), "{line}");
            updates.entry(article).or_default().push(kinds);
        }
        updates
    }

    async fn alerts(&self) -> usize {
        let filter = AlertFilter {
            watch: None,
            since: None,
            limit: 1000,
        };
        let lines = self.store.alerts(filter).await.unwrap();
        lines
            .iter()
            .filter(|line| matches!(line, AlertLine::Raised { .. }))
            .count()
    }
}

#[tokio::test]
async fn a_week_of_silent_edits_is_told_where_it_matters_and_costs_a_request_a_visit() {
    let service = Service::open("").await;
    for hour in HOURS {
        service.at(hour).await;
    }
    assert_eq!(service.alerts().await, ARTICLES);
    let updates = service.updates();
    for article in 0..ARTICLES {
        let (way, kinds) = way(article);
        let told = updates.get(&article).cloned().unwrap_or_default();
        let expected: Vec<Vec<String>> = if kinds.is_empty() {
            Vec::new()
        } else {
            vec![kinds.iter().map(|kind| (*kind).to_owned()).collect()]
        };
        assert_eq!(told, expected, "{article}: {way:?}");
    }
    for (article, asked) in service.asked() {
        let way = way(article).0;
        let hours: Vec<i64> = asked.iter().map(|(hour, _)| *hour).collect();
        let wanted: BTreeSet<i64> = [0, 1, 6, 24, 72, 168].into();
        let extra = hours.iter().filter(|hour| !wanted.contains(hour)).count();
        // A page that is gone is asked for once more, an hour later.
        let is_gone = matches!(way, Way::Gone | Way::GoneForAnHour | Way::FrontPage);
        assert!(
            extra <= usize::from(is_gone),
            "{article} {way:?}: {asked:?}"
        );
        assert_eq!(hours.len() - extra, wanted.len(), "{article}: {asked:?}");
        if way == Way::Nothing {
            let unchanged = asked.iter().filter(|(_, status)| *status == 304).count();
            assert_eq!(unchanged, 5, "{asked:?}");
        }
    }
}

#[tokio::test]
async fn what_was_missed_while_the_machine_slept_is_one_look_at_each_page() {
    let service = Service::open("").await;
    service.at(0).await;
    service.at(100).await;
    for asked in service.asked().values() {
        assert_eq!(asked.len(), 2, "{asked:?}");
    }
    service.at(101).await;
    service.at(168).await;
    for (article, asked) in service.asked() {
        let is_gone = matches!(way(article).0, Way::Gone | Way::FrontPage);
        assert_eq!(asked.len(), 3 + usize::from(is_gone), "{asked:?}");
    }
}

#[tokio::test]
async fn a_watch_that_wants_no_look_again_has_none() {
    let service = Service::open("revisit = []").await;
    service.at(0).await;
    service.at(200).await;
    assert!(service.asked().values().all(|asked| asked.len() == 1));
    assert_eq!(service.updates(), BTreeMap::new());
}

#[tokio::test]
async fn the_versions_of_an_article_stand_with_its_alert() {
    let service = Service::open("revisit = [\"6h\"]").await;
    service.at(0).await;
    service.at(6).await;
    let filter = AlertFilter {
        watch: None,
        since: None,
        limit: 1000,
    };
    let lines = service.store.alerts(filter).await.unwrap();
    let of_two = lines.into_iter().find_map(|line| match line {
        AlertLine::Raised { alert, .. } if alert.title == headline(2) => Some(alert.id),
        _ => None,
    });
    let shown = alerts::show(&service.store, &of_two.unwrap().0)
        .await
        .unwrap();
    let [ListedView::Raised(alert)] = shown.as_slice() else {
        panic!("{shown:?}");
    };
    let versions = alert.versions.as_ref().unwrap();
    assert_eq!(versions.len(), 2);
    assert_eq!(versions[0].kinds, [""; 0]);
    assert_eq!(versions[1].kinds, ["matched_sentence"]);
    let change = &versions[1].changes[0];
    assert!(change.before.contains("will sail"), "{change:?}");
    assert!(change.after.contains("will not sail"), "{change:?}");
    assert_eq!(versions[1].updates.len(), 1);
    assert_eq!(versions[1].updates[0].state, "delivered");
}

#[tokio::test]
async fn a_story_tells_what_changed_after_its_alert() {
    let service = Service::open("revisit = [\"6h\"]").await;
    service.at(0).await;
    let ids = service.store.stories(500).await.unwrap();
    let ids: Vec<i64> = ids.into_iter().map(|line| line.id).collect();
    for id in &ids {
        let view = stories::story(&service.store, *id).await.unwrap();
        assert_eq!(view.unwrap().changes, []);
    }
    // That a page has gone is believed at the second visit.
    for hour in [6, 7, 8, 12, 24] {
        service.at(hour).await;
    }
    let (mut kinds, mut pages) = (BTreeSet::new(), Vec::new());
    for id in &ids {
        let view = stories::story(&service.store, *id).await.unwrap().unwrap();
        let page = service.page(&format!("/stories/{id}")).await;
        let told = page.matches("after your alert:</b>").count();
        assert_eq!(told, view.changes.len(), "{page}");
        for change in &view.changes {
            kinds.extend(change.kinds.clone());
            for one in &change.changes {
                assert!(
                    page.contains(&one.after) && page.contains(&one.before),
                    "{page}"
                );
            }
        }
        pages.push(page);
    }
    for kind in ["headline", "matched_sentence", "vanished"] {
        assert!(kinds.contains(kind), "{kinds:?}");
    }
    for says in ["will not sail", "It had “<bdi", "has gone."] {
        assert!(pages.iter().any(|page| page.contains(says)), "{says}");
    }
}
