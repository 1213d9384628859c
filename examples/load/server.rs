//! Serves the world: the feeds and pages on their addresses, and at one more port what the measurements need, which is
//! to publish, to take the alerts and to report.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant, SystemTime};

use anyhow::Context as _;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::Response;
use axum::routing::{get, post};
use axum::serve::ListenerExt as _;
use jiff::{SignedDuration, Timestamp};
use tokio::net::TcpListener;

use crate::documents::{self, Packed};
use crate::tally::Tally;
use crate::words::Dice;
use crate::world::{Size, Story, Validators, has_moved, validators_of, watch_name};

/// How long the stories that stand at the beginning are apart.
const STANDING_APART: SignedDuration = SignedDuration::from_mins(37);

/// A feed as it is now.
struct Feed {
    stories: Vec<(Story, Timestamp)>,
    /// The number that its next story will have.
    next: usize,
    version: u64,
    changed_at: SystemTime,
    body: Packed,
}

struct Now {
    feeds: Vec<Feed>,
    pages: HashMap<Story, Packed>,
    tally: Tally,
    rounds: u64,
}

struct Server {
    size: Size,
    now: Mutex<Now>,
}

type Shared = State<Arc<Server>>;

/// Serves until the process is ended.
pub(crate) fn serve(size: Size) -> anyhow::Result<()> {
    let hosts = size.hosts();
    rlimit::increase_nofile_limit(u64::MAX).context("raise the limit of open files")?;
    let server = Arc::new(Server::new(size));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        for host in hosts {
            let listener = TcpListener::bind(SocketAddr::from((host, size.port)))
                .await
                .with_context(|| format!("listen on {host}:{}", size.port))?;
            let counting = Arc::clone(&server);
            let listener = listener.tap_io(move |stream| {
                stream.set_nodelay(true).ok();
                counting.now().tally.connected();
            });
            let app = Router::new()
                .fallback(answer)
                .with_state(Arc::clone(&server));
            tokio::spawn(async move { axum::serve(listener, app).await });
        }
        let control = Router::new()
            .route("/size", get(size_of))
            .route("/begin/{client}/{standing}", post(begin))
            .route("/publish/{per_mille}", post(publish))
            .route("/alert", post(alert))
            .route("/report", get(report))
            .with_state(server);
        let at = SocketAddr::from((Ipv4Addr::LOCALHOST, control_port(size.port)));
        let listener = TcpListener::bind(at).await.context("listen for control")?;
        axum::serve(listener, control).await.context("serve")
    })
}

/// Where the world is told what to do, and where alerts go.
pub(crate) fn control_port(port: u16) -> u16 {
    port + 1
}

impl Server {
    fn new(size: Size) -> Self {
        let start = Timestamp::now();
        let feeds = (0..size.feeds)
            .map(|feed| {
                let stories = (1i32..)
                    .zip(size.standing(feed))
                    .map(|(age, story)| (story, start - STANDING_APART * age))
                    .collect::<Vec<_>>();
                Feed {
                    body: documents::feed(size, feed, &stories),
                    stories,
                    next: size.entries,
                    version: 1,
                    changed_at: SystemTime::now() - Duration::from_hours(1),
                }
            })
            .collect();
        Self {
            size,
            now: Mutex::new(Now {
                feeds,
                pages: HashMap::new(),
                tally: Tally::default(),
                rounds: 0,
            }),
        }
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().expect("no holder panics")
    }
}

impl Now {
    /// The page of a story; written once.
    fn page(&mut self, size: Size, story: Story) -> Option<Packed> {
        if let Some(page) = self.pages.get(&story) {
            return Some(page.clone());
        }
        let (_, at) = self
            .feeds
            .get(story.feed)?
            .stories
            .iter()
            .find(|(known, _)| *known == story)?;
        let page = documents::page(size, story, *at);
        self.pages.insert(story, page.clone());
        Some(page)
    }

    fn expect(&mut self, size: Size, story: Story) {
        if let Some(hit) = size.hit(story) {
            let url = size.story_url(story);
            self.tally
                .expect(watch_name(hit.watch), url, Instant::now());
        }
    }

    /// Puts a story on top of a feed, and the oldest out.
    fn announce(&mut self, feed: usize, story: Story, at: Timestamp) {
        let feed = &mut self.feeds[feed];
        feed.stories.insert(0, (story, at));
        feed.stories.pop();
    }

    /// Writes a feed that has changed. Its date moves by whole seconds at least, as the field has no finer ones.
    fn rewrite(&mut self, size: Size, number: usize) {
        let feed = &mut self.feeds[number];
        feed.body = documents::feed(size, number, &feed.stories);
        feed.version += 1;
        feed.changed_at = SystemTime::now().max(feed.changed_at + Duration::from_secs(1));
    }
}

async fn size_of(State(server): Shared) -> String {
    serde_json::to_string(&server.size).expect("numbers can be written")
}

/// Begins a measurement: of a `new` client or one that is `known`; what stands is `told` or `seen`.
async fn begin(State(server): Shared, Path((client, standing)): Path<(String, String)>) {
    let size = server.size;
    let mut now = server.now();
    now.tally.begin(client == "new");
    if standing == "told" {
        let all: Vec<Story> = now
            .feeds
            .iter()
            .flat_map(|feed| feed.stories.iter().map(|(story, _)| *story))
            .collect();
        for story in all {
            now.page(size, story);
            now.expect(size, story);
        }
    }
}

/// Publishes one story in a share of the feeds; answers how many.
async fn publish(State(server): Shared, Path(per_mille): Path<usize>) -> String {
    let size = server.size;
    let mut now = server.now();
    now.rounds += 1;
    let mut dice = Dice::of(size.seed, &[now.rounds, 7]);
    let wanted = (size.feeds * per_mille).div_ceil(1000).min(size.feeds);
    let mut order: Vec<usize> = (0..size.feeds).collect();
    for place in 0..wanted {
        let other = dice.between(place, order.len());
        order.swap(place, other);
    }
    let at = Timestamp::now();
    for &feed in &order[..wanted] {
        let number = now.feeds[feed].next;
        now.feeds[feed].next += 1;
        let story = Story { feed, number };
        now.announce(feed, story, at);
        now.page(size, story);
        if let Some(second) = size.echo_of(story) {
            now.announce(second, story, at);
            now.rewrite(size, second);
        }
        now.rewrite(size, feed);
        now.expect(size, story);
    }
    wanted.to_string()
}

/// Takes an alert, or several in one message.
async fn alert(State(server): Shared, headers: HeaderMap, body: Bytes) -> StatusCode {
    let Ok(message) = serde_json::from_slice::<serde_json::Value>(&body) else {
        return StatusCode::BAD_REQUEST;
    };
    let data = &message["data"];
    let id = field(&headers, "webhook-id");
    let alerts = data["alerts"].as_array();
    for alert in alerts.unwrap_or(&vec![data.clone()]) {
        let text = |key: &str| alert[key].as_str().unwrap_or_default().to_owned();
        let (watch, url) = (text("watch"), text("url"));
        server
            .now()
            .tally
            .told(watch, url, id.to_owned(), Instant::now());
    }
    StatusCode::NO_CONTENT
}

async fn report(State(server): Shared) -> String {
    serde_json::to_string(&server.now().tally.report()).expect("a report can be written")
}

fn field<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

async fn answer(State(server): Shared, uri: Uri, headers: HeaderMap) -> Response {
    let understands_gzip = field(&headers, "accept-encoding").contains("gzip");
    let size = server.size;
    let mut now = server.now();
    now.tally.request(understands_gzip);
    let parts: Vec<&str> = uri.path().split('/').skip(1).collect();
    let response = match parts[..] {
        ["feed", feed] => match feed.parse() {
            Ok(feed) if feed < size.feeds && has_moved(feed) => Some(moved(&mut now, feed)),
            Ok(feed) if feed < size.feeds => {
                Some(feed_answer(&mut now, feed, &headers, understands_gzip))
            }
            _ => None,
        },
        ["moved", feed] => feed
            .parse()
            .ok()
            .filter(|feed| *feed < size.feeds)
            .map(|feed| feed_answer(&mut now, feed, &headers, understands_gzip)),
        ["story", feed, number] => feed
            .parse()
            .ok()
            .zip(number.parse().ok())
            .and_then(|(feed, number)| now.page(size, Story { feed, number }))
            .map(|page| {
                now.tally.page_sent(uri.path());
                let response =
                    Response::builder().header("content-type", "text/html; charset=utf-8");
                packed(&mut now, response, &page, understands_gzip)
            }),
        ["robots.txt"] => {
            now.tally.robots_asked(field(&headers, "host"));
            return empty(StatusCode::NOT_FOUND);
        }
        _ => None,
    };
    response.unwrap_or_else(|| {
        now.tally.stray();
        empty(StatusCode::NOT_FOUND)
    })
}

fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

fn moved(now: &mut Now, feed: usize) -> Response {
    now.tally.feed_moved(feed);
    let mut response = empty(StatusCode::MOVED_PERMANENTLY);
    let location = format!("/moved/{feed}")
        .try_into()
        .expect("a path is a field's value");
    response.headers_mut().insert(header::LOCATION, location);
    response
}

fn feed_answer(now: &mut Now, feed: usize, headers: &HeaderMap, gzip: bool) -> Response {
    let Feed {
        version,
        changed_at,
        body,
        ..
    } = &now.feeds[feed];
    let (version, body) = (*version, body.clone());
    let tag = format!("\"feed-{feed}-{version}\"");
    let date = httpdate::fmt_http_date(*changed_at);
    let validators = validators_of(feed);
    let gives_tag = matches!(validators, Validators::Both | Validators::Tag);
    let gives_date = matches!(validators, Validators::Both | Validators::Date);
    let asked_tag = field(headers, "if-none-match");
    let is_unchanged = if gives_tag && !asked_tag.is_empty() {
        asked_tag.contains(&tag)
    } else {
        gives_date && field(headers, "if-modified-since") == date
    };
    let mut response = Response::builder().header("vary", "accept-encoding");
    if gives_tag {
        response = response.header("etag", tag);
    }
    if gives_date {
        response = response.header("last-modified", date);
    }
    if is_unchanged {
        now.tally.feed_unchanged();
        return response
            .status(StatusCode::NOT_MODIFIED)
            .body(Body::empty())
            .expect("the fields are sound");
    }
    now.tally
        .feed_sent(feed, version, validators != Validators::None);
    let kind = match crate::world::kind_of(feed) {
        crate::world::Kind::Json => "application/feed+json",
        _ => "application/xml; charset=utf-8",
    };
    packed(now, response.header("content-type", kind), &body, gzip)
}

fn packed(
    now: &mut Now,
    response: axum::http::response::Builder,
    body: &Packed,
    gzip: bool,
) -> Response {
    let (response, bytes) = if gzip {
        (response.header("content-encoding", "gzip"), body.gzip())
    } else {
        (response, body.plain())
    };
    now.tally.sent(bytes.len());
    response.body(bytes.into()).expect("the fields are sound")
}
