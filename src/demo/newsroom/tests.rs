//! What the newsroom promises: sound documents, terms where the table says, and the manners of a real server.

use std::collections::BTreeSet;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::*;
use crate::extract::{self, Extracted};
use crate::parse::{self, FeedKind, ParsedFeed};

fn story(slug: &str) -> &'static Story {
    let found = STORIES.iter().find(|story| story.slug == slug);
    found.unwrap_or_else(|| panic!("no story is called {slug}"))
}

fn front(released: usize) -> Front {
    Front {
        base: "http://127.0.0.1:4001".into(),
        desk: Arc::new(Desk {
            today: "Monday, November 23, 2026".into(),
            released: AtomicUsize::new(released),
            served: Mutex::default(),
        }),
    }
}

fn feed_body(released: usize, outlet: Outlet) -> String {
    front(released).document(outlet.feed_path()).unwrap().body
}

// The terms stand where the table says.

/// A plain reading of the part of the query language that the watches use.
fn fires(query: &str, story: &Story) -> bool {
    if let Some(alias) = query.strip_prefix('@') {
        assert_eq!(alias, EAST_SEA_ALIAS.0);
        return fires(EAST_SEA_ALIAS.1, story);
    }
    let parts = [story.title.to_owned(), story.text()];
    query.split(" OR ").any(|side| {
        side.split(" AND ")
            .all(|term| parts.iter().any(|part| holds(part, term)))
    })
}

/// Whether a text holds a word or phrase, in any case, or with `=` in exactly this one.
fn holds(text: &str, term: &str) -> bool {
    let (exact, term) = match term.strip_prefix('=') {
        Some(rest) => (true, rest),
        None => (false, term),
    };
    let fold = |text: &str| {
        if exact {
            text.to_owned()
        } else {
            text.to_lowercase()
        }
    };
    let words = |text: &str| -> Vec<String> {
        let text = fold(text);
        let words = text.split(|c: char| !c.is_alphanumeric());
        words
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let term = words(term);
    words(text)
        .windows(term.len())
        .any(|window| window == term.as_slice())
}

#[test]
fn every_watch_finds_exactly_the_stories_of_its_table() {
    for watch in WATCHES {
        let found: BTreeSet<_> = STORIES
            .iter()
            .filter(|story| fires(watch.query, story))
            .map(|story| story.slug)
            .collect();
        let expected: BTreeSet<_> = watch.expected.iter().copied().collect();
        assert_eq!(found, expected, "{}", watch.name);
    }
}

#[test]
fn every_watch_finds_the_communique() {
    for watch in WATCHES {
        assert!(
            watch.expected.contains(&"asean-communique"),
            "{}",
            watch.name
        );
    }
}

#[test]
fn at_least_half_a_dozen_stories_are_decoys() {
    let decoys = STORIES
        .iter()
        .filter(|story| expected_alerts().all(|(_, slug)| slug != story.slug));
    assert!(decoys.count() >= 6);
}

#[test]
fn a_term_that_stands_only_on_the_page_is_absent_from_the_feed() {
    assert!(story("small-islands").text().contains("UNCLOS"));
    assert!(!feed_body(STORIES.len(), Outlet::Gazette).contains("UNCLOS"));
}

#[test]
fn a_decoy_page_names_watched_terms_only_around_its_text() {
    let cup = story("harbour-cup");
    let page = pages::story_page(cup, PageKind::Site, "", "");
    for term in ["East Sea", "South China Sea", "UNCLOS", "IAEA", "COC"] {
        assert!(page.contains(term), "{term}");
        assert!(!cup.text().contains(term), "{term}");
    }
}

#[test]
fn a_decoy_has_the_letters_of_its_term_in_another_case() {
    for (slug, near_miss) in [
        ("grandpa-radio", "pa"),
        ("coca-harvest", "Coc"),
        ("tic-tac", "Tac"),
        ("doc-film", "doc"),
    ] {
        assert!(holds(&story(slug).text(), &format!("={near_miss}")));
    }
    assert!(holds(&story("ca-phe").text(), "biến động"));
}

// The stories are sound.

#[test]
fn every_story_has_a_name_a_path_and_a_headline_of_its_own() {
    let slugs: BTreeSet<_> = STORIES.iter().map(|story| story.slug).collect();
    let paths: BTreeSet<_> = STORIES.iter().map(Story::path).collect();
    let titles: BTreeSet<_> = STORIES.iter().map(|story| story.title).collect();
    assert_eq!(slugs.len(), STORIES.len());
    assert_eq!(paths.len(), STORIES.len());
    assert_eq!(titles.len(), STORIES.len());
}

#[test]
fn every_story_has_a_lead_and_paragraphs_and_no_stray_white_space() {
    for story in STORIES {
        let text = story.text();
        assert!(text.lines().count() >= 5, "{}", story.slug);
        for paragraph in text.lines() {
            assert!(paragraph.chars().count() > 40, "{}", story.slug);
            assert!(!paragraph.contains("  ") && !paragraph.contains('\u{a0}'));
        }
    }
}

#[test]
fn every_slug_in_the_table_is_a_story() {
    for (_, slug) in expected_alerts() {
        assert_eq!(story(slug).slug, slug);
    }
}

// The feeds are sound.

#[test]
fn every_feed_is_read_without_repairs_with_and_without_stories() {
    for released in [0, 1, STORIES.len()] {
        for outlet in Outlet::ALL {
            let feed = read_feed(released, outlet);
            let announced = STORIES[..released]
                .iter()
                .filter(|story| story.outlet == outlet || story.also_in.contains(&outlet));
            assert_eq!(feed.title.as_deref(), Some(outlet.name()));
            assert_eq!(feed.entries.len(), announced.count(), "{}", outlet.name());
            assert!(feed.repairs.is_empty(), "{:?}", feed.repairs);
        }
    }
}

#[test]
fn each_outlet_has_a_format_of_its_own() {
    let kinds = Outlet::ALL.map(|outlet| read_feed(STORIES.len(), outlet).kind);
    assert_eq!(
        kinds,
        [FeedKind::Rss, FeedKind::Atom, FeedKind::Rdf, FeedKind::Json]
    );
}

#[test]
fn an_entry_says_what_its_story_says() {
    for story in STORIES {
        let feed = read_feed(STORIES.len(), story.outlet);
        let link = format!("http://127.0.0.1:4001{}", story.path());
        let entry = feed
            .entries
            .iter()
            .find(|entry| entry.link.as_ref().is_some_and(|url| url.as_str() == link))
            .unwrap_or_else(|| panic!("no entry links to {link}"));
        assert_eq!(entry.title.as_deref(), Some(story.title));
        assert_eq!(
            entry.published,
            Some(story.published().parse().unwrap()),
            "{}",
            story.slug
        );
    }
}

fn read_feed(released: usize, outlet: Outlet) -> ParsedFeed {
    let url = Url::parse(&format!("http://127.0.0.1:4001{}", outlet.feed_path())).unwrap();
    let body = feed_body(released, outlet);
    let document = parse::Document {
        bytes: body.as_bytes(),
        content_type: None,
        url: Some(&url),
    };
    parse::feed(&document, &|| true).unwrap()
}

#[test]
fn the_json_feed_is_json_and_announces_the_communique_of_another_outlet() {
    let body = feed_body(STORIES.len(), Outlet::Lantern);
    let feed: serde_json::Value = serde_json::from_str(&body).unwrap();
    let items = feed["items"].as_array().unwrap().iter();
    let urls: Vec<_> = items.filter_map(|item| item["url"].as_str()).collect();
    let shared = "http://127.0.0.1:4001/gazette/asean-communique.html?utm_source=lantern";
    assert!(urls.contains(&shared), "{urls:?}");
}

#[test]
fn each_story_stands_once_in_its_own_feed_with_a_date_of_its_format() {
    for story in STORIES {
        let body = feed_body(STORIES.len(), story.outlet);
        assert_eq!(body.matches(&story.path()).count(), links_in(story.outlet));
        let date = match story.outlet {
            Outlet::Gazette => story.published_rfc822(),
            Outlet::Wire | Outlet::HaiDang | Outlet::Lantern => story.published(),
        };
        assert!(body.contains(&date), "{}: {date}", story.slug);
    }
}

/// How often a feed of this outlet names the path of one story; RSS 1.0 lists it before it tells it.
fn links_in(outlet: Outlet) -> usize {
    match outlet {
        Outlet::Gazette | Outlet::Wire | Outlet::Lantern => 1,
        Outlet::HaiDang => 3,
    }
}

#[test]
fn dates_are_written_with_the_clock_of_the_outlet() {
    let communique = story("asean-communique");
    assert_eq!(communique.published(), "2019-07-31T17:56:00+07:00");
    assert_eq!(
        communique.published_rfc822(),
        "Wed, 31 Jul 2019 17:56:00 +0700"
    );
    assert_eq!(
        story("ministers-close-talks").published(),
        "2019-07-31T12:40:00+00:00"
    );
}

#[test]
fn the_gazette_has_an_html_entity_in_its_headlines_and_the_wire_relative_links() {
    let gazette = feed_body(STORIES.len(), Outlet::Gazette);
    assert!(gazette.contains("learn to lose a&amp;nbsp;network</title>"));
    let wire = feed_body(STORIES.len(), Outlet::Wire);
    assert!(wire.contains("href=\"/wire/reef-survey.html\""));
}

// The pages can be read.

fn read_page(story: &Story, kind: PageKind) -> Extracted {
    let path = story.page_path(kind);
    let body = front(STORIES.len()).document(&path).unwrap().body;
    let url = Url::parse(&format!("http://127.0.0.1:4001{path}")).unwrap();
    let page = extract::Page {
        bytes: body.as_bytes(),
        content_type: Some("text/html; charset=utf-8"),
        url: Some(&url),
    };
    extract::article(&page, None, &|| true).unwrap()
}

#[test]
fn a_site_page_is_read_as_its_story() {
    for story in STORIES {
        let found = read_page(story, PageKind::Site);
        assert_eq!(
            found.title.as_ref().map(|found| found.value.as_str()),
            Some(story.title)
        );
        assert_eq!(
            found.byline.as_ref().map(|found| found.value.as_str()),
            Some(story.byline)
        );
        let published = found.published.map(|published| published.value.at);
        assert_eq!(published, Some(story.published().parse().unwrap()));
        assert_eq!(
            found.lang.as_ref().map(|found| found.value.as_str()),
            Some(story.outlet.language())
        );
        assert_eq!(
            found.site.as_ref().map(|found| found.value.as_str()),
            Some(story.outlet.name())
        );
        assert_eq!(found.text, story.text());
    }
}

#[test]
fn the_print_page_of_the_communique_is_read_as_its_story() {
    let communique = story("asean-communique");
    let found = read_page(communique, PageKind::Print);
    assert_eq!(
        found.title.as_ref().map(|found| found.value.as_str()),
        Some(communique.title)
    );
    assert_eq!(
        found.byline.as_ref().map(|found| found.value.as_str()),
        Some("Thanh Lam")
    );
    let published = found.published.map(|published| published.value.to_string());
    assert_eq!(published.as_deref(), Some("2019-07-31T17:56:00+07:00"));
    assert_eq!(found.text, communique.text());
}

// The server.

/// A GET over a real connection: the status, the head, and the body.
async fn ask(addr: SocketAddr, path: &str, field: &str) -> (u16, String, String) {
    let mut stream = TcpStream::connect(addr).await.unwrap();
    let request =
        format!("GET {path} HTTP/1.1\r\nhost: {addr}\r\n{field}connection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, head.to_owned(), body.to_owned())
}

async fn open(publishing: Publishing) -> Newsroom {
    let now = "2026-11-23T09:00:00Z".parse().unwrap();
    Newsroom::open(publishing, now).await.unwrap()
}

#[tokio::test]
async fn feeds_and_pages_come_with_their_types_and_links_to_this_server() {
    let newsroom = open(Publishing::AllAtOnce).await;
    for (path, content_type) in [
        ("/gazette/rss.xml", "application/rss+xml; charset=utf-8"),
        ("/wire/atom.xml", "application/atom+xml; charset=utf-8"),
        ("/haidang/index.rdf", "application/rdf+xml"),
        ("/lantern/feed.json", "application/feed+json"),
        ("/gazette/asean-communique.html", "text/html; charset=utf-8"),
        (
            "/gazette/print/asean-communique.html?page=1",
            "text/html; charset=utf-8",
        ),
        ("/", "text/html; charset=utf-8"),
    ] {
        let (status, head, body) = ask(newsroom.addr(), path, "").await;
        assert_eq!(status, 200, "{path}");
        assert!(
            head.contains(&format!("content-type: {content_type}\r\n")),
            "{path}: {head}"
        );
        assert!(body.contains(&newsroom.base_url()), "{path}");
    }
    let (status, ..) = ask(newsroom.addr(), "/wire/print/reef-survey.html", "").await;
    assert_eq!(status, 404);
    newsroom.close().await;
}

#[tokio::test]
async fn a_feed_that_has_not_changed_is_answered_with_304() {
    let newsroom = open(Publishing::StoryByStory).await;
    let path = Outlet::Wire.feed_path();
    let (_, head, _) = ask(newsroom.addr(), path, "").await;
    let etag = head
        .lines()
        .find_map(|l| l.strip_prefix("etag: "))
        .unwrap()
        .to_owned();
    let condition = format!("if-none-match: \"other\", W/{etag}\r\n");

    let (status, head, body) = ask(newsroom.addr(), path, &condition).await;
    assert_eq!((status, body.as_str()), (304, ""));
    assert!(head.contains(&etag));

    newsroom.release(STORIES.len());
    let (status, ..) = ask(newsroom.addr(), path, &condition).await;
    assert_eq!(status, 200);
    let served = Served {
        whole: 2,
        not_modified: 1,
    };
    assert_eq!(newsroom.served(path), served);
}

#[tokio::test]
async fn stories_come_out_one_by_one_with_their_pages() {
    let newsroom = open(Publishing::StoryByStory).await;
    let cup = story("harbour-cup");
    let (status, ..) = ask(newsroom.addr(), &cup.path(), "").await;
    assert_eq!(status, 404);

    assert_eq!(newsroom.release_next().unwrap().slug, cup.slug);
    let (status, ..) = ask(newsroom.addr(), &cup.path(), "").await;
    assert_eq!(status, 200);
    let (_, _, feed) = ask(newsroom.addr(), Outlet::Gazette.feed_path(), "").await;
    assert_eq!(feed.matches("<item>").count(), 1);

    while newsroom.release_next().is_some() {}
    assert!(newsroom.release_next().is_none());
    let (_, _, feed) = ask(newsroom.addr(), Outlet::Gazette.feed_path(), "").await;
    let in_gazette = STORIES.iter().filter(|s| s.outlet == Outlet::Gazette);
    assert_eq!(feed.matches("<item>").count(), in_gazette.count());
}

#[tokio::test]
async fn a_story_is_found_again_by_the_address_of_either_page() {
    let newsroom = open(Publishing::AllAtOnce).await;
    let islands = story("small-islands");
    assert!(newsroom.story_url(islands).contains("/print/"));
    for url in [
        newsroom.story_url(islands),
        format!(
            "{}/gazette/small-islands.html?utm_source=x",
            newsroom.base_url()
        ),
    ] {
        assert_eq!(newsroom.story_at(&url).unwrap().slug, islands.slug);
    }
    assert!(newsroom.story_at("http://127.0.0.1/nothing").is_none());
}
