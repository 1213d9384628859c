//! Each stage on input that is not as it should be: moved and broken feeds, pages that fail, texts that only look
//! like a match.

use std::sync::Arc;
use std::time::Duration;

use newswatch::clock::Clock;
use newswatch::config::{self, ProcessEnvironment, Secrets};
use newswatch::daemon;
use newswatch::domain::HoldReason;
use newswatch::pipeline::flag::Flag;
use newswatch::pipeline::notify::Notify;
use newswatch::pipeline::poll::Poll;
use newswatch::pipeline::scrape::Scrape;
use newswatch::pipeline::{Stage as _, step};
use newswatch::store::{AlertFilter, AlertLine, FeedLine, Store};

use crate::support::database;
use crate::support::site::{Page, Site};

/// A service over one site, in memory.
pub(crate) struct Service {
    pub(crate) site: Site,
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    /// Feed paths and, after them, what else stands in the configuration.
    pub(crate) config: String,
}

impl Service {
    pub(crate) async fn over(site: Site, feeds: &[&str], watch: &str) -> Self {
        let feeds: Vec<String> = feeds
            .iter()
            .map(|path| format!("[[feed]]\nurl = \"{}\"\n", site.url(path)))
            .collect();
        let feeds = feeds.concat();
        let config = format!(
            "state_dir = \"/nonexistent\"\n[poll]\nfirst_poll = \"alert\"\n\
             [http]\nallow_private = [\"{}\"]\n{feeds}{watch}\n\
             [[channel]]\nname = \"none\"\ntype = \"file\"\npath = \"/dev/null\"\n",
            site.addr
        );
        Self {
            site,
            store: database::store().await,
            clock: Clock::fixed(Clock::system().now()),
            config,
        }
    }

    pub(crate) async fn pass(&self) {
        daemon::pass(Arc::new(self.context().await)).await.unwrap();
    }

    async fn context(&self) -> newswatch::pipeline::Context {
        newswatch::http::install_tls_provider();
        let folder = tempfile::tempdir().unwrap();
        let loaded = config::load_text(
            "test.toml",
            &self.config,
            folder.path(),
            &ProcessEnvironment,
            Secrets::Required,
        )
        .unwrap();
        let ctx = daemon::context(loaded.config, self.store.clone(), self.clock.clone())
            .await
            .unwrap();
        daemon::without_retries(&ctx);
        ctx
    }

    /// Takes the entries of every feed in, and no further.
    async fn poll(&self) {
        let (poll, ctx) = (Poll::default(), self.context().await);
        while step(&poll, &ctx).await.unwrap() {}
    }

    async fn alerts(&self) -> Vec<AlertLine> {
        let filter = AlertFilter {
            watch: None,
            since: None,
            limit: 100,
        };
        self.store.alerts(filter).await.unwrap()
    }

    pub(crate) async fn sentences(&self) -> Vec<String> {
        self.alerts()
            .await
            .into_iter()
            .filter_map(|line| match line {
                AlertLine::Raised { alert, .. } => Some(alert.found.sentence),
                AlertLine::Held { .. } => None,
            })
            .collect()
    }

    pub(crate) async fn feeds(&self) -> Vec<FeedLine> {
        self.store.report().await.unwrap().feeds
    }
}

const EAST_SEA: &str = "[[watch]]\nname = \"Sea\"\nquery = '\"East Sea\"'\n";

#[tokio::test]
async fn a_phrase_does_not_cross_the_paragraphs_of_an_article() {
    let site = Site::open().await;
    site.put_article(
        "/1",
        "Notes of the week",
        &[
            "The ministers drove along the coast and from there went on to the far east",
            "Sea levels rose again this year, the office for water said on Monday.",
        ],
    );
    site.put_feed(
        "/rss",
        &[["1", "Notes of the week", &site.url("/1"), "Notes"]],
    );
    let service = Service::over(site, &["/rss"], EAST_SEA).await;
    service.pass().await;
    assert_eq!(service.sentences().await, Vec::<String>::new());
    assert_eq!(service.site.asked("/1"), 1, "the page was not read");
}

#[tokio::test]
async fn a_term_that_stands_only_on_the_page_is_found_with_its_sentence() {
    let site = Site::open().await;
    site.put_article(
        "/1",
        "Notes of the week",
        &[
            "The ministers met on Monday and spoke for three hours about the weather.",
            "They then turned to the East Sea. Nothing was decided before the evening.",
        ],
    );
    site.put_feed(
        "/rss",
        &[["1", "Notes of the week", &site.url("/1"), "Notes"]],
    );
    let service = Service::over(site, &["/rss"], EAST_SEA).await;
    service.pass().await;
    assert_eq!(
        service.sentences().await,
        ["They then turned to the East Sea."]
    );
}

#[tokio::test]
async fn the_feeds_own_text_is_matched_when_another_page_stands_in_the_place_of_the_article() {
    const PAGES: &[(&str, &str)] = &[
        (
            "<title>Just a moment...</title><p>Verify you are human.</p>",
            "robots",
        ),
        (
            "<title>Page not found</title><p>The page you are looking for may have moved.</p>",
            "not found",
        ),
        (
            "<title>Site</title><p>This article is no longer available.</p>",
            "removed",
        ),
        (
            "<title>Site</title><p>This content is not available in your region.</p>",
            "region",
        ),
        (
            "<title>503 Service Unavailable</title><h1>503 Service Unavailable</h1>",
            "cannot serve",
        ),
        (
            "<title>Log in</title><form><a href=/>Forgot your password?</a></form>",
            "log in",
        ),
        (
            "<title>App</title><div id=root></div><script>start()</script>",
            "browser",
        ),
    ];
    for (page, problem) in PAGES {
        let site = Site::open().await;
        let html = format!("<html><body>{page}</body></html>");
        site.put("/1", Page::Document("text/html; charset=utf-8", html));
        site.put_feed(
            "/rss",
            &[[
                "1",
                "Notes",
                &site.url("/1"),
                "Talks on the East Sea resume.",
            ]],
        );
        let service = Service::over(site, &["/rss"], EAST_SEA).await;
        service.pass().await;
        let AlertLine::Raised { alert, .. } = &service.alerts().await[0] else {
            panic!("held: {page}");
        };
        assert_eq!(alert.title, "Notes", "{page}");
        assert!(alert.summary_only, "{page}");
        let detail = service.store.alert(&alert.id.0).await.unwrap();
        let said = detail[0].page_problem.as_deref().unwrap();
        assert!(said.contains(problem), "{page}: {said}");
    }
}

#[tokio::test]
async fn an_alert_on_a_whole_article_does_not_say_that_it_is_a_summary() {
    let site = Site::open().await;
    site.put_article(
        "/1",
        "Notes of the week",
        &[
            "Talks on the East Sea resume on Monday, the ministers said, and will go on for a week.",
            "Subscribe to our newsletter.",
        ],
    );
    site.put_feed(
        "/rss",
        &[["1", "Notes of the week", &site.url("/1"), "Notes"]],
    );
    let service = Service::over(site, &["/rss"], EAST_SEA).await;
    service.pass().await;
    let AlertLine::Raised { alert, .. } = &service.alerts().await[0] else {
        panic!("held");
    };
    assert!(!alert.summary_only);
}

#[tokio::test]
async fn the_feeds_own_text_is_matched_when_the_page_fails_and_status_says_since_when() {
    let site = Site::open().await;
    site.put_feed(
        "/rss",
        &[[
            "1",
            "Notes",
            &site.url("/gone"),
            "Talks on the East Sea resume.",
        ]],
    );
    let service = Service::over(site, &["/rss"], EAST_SEA).await;
    service.pass().await;
    assert_eq!(service.sentences().await, ["Talks on the East Sea resume."]);
    let AlertLine::Raised { alert, .. } = &service.alerts().await[0] else {
        panic!("held");
    };
    assert!(alert.summary_only);
    let detail = service.store.alert(&alert.id.0).await.unwrap();
    let problem = detail[0].page_problem.as_deref().unwrap();
    assert!(problem.contains("404"), "{problem}");
    let feed = &service.feeds().await[0];
    assert_eq!(feed.page_problem.as_deref(), Some(problem));
    assert_eq!(feed.pages_failing_since, Some(service.clock.now()));
}

#[tokio::test]
async fn a_page_on_an_internal_address_is_not_asked_for_and_the_reason_names_the_setting() {
    let inside = Site::open().await;
    inside.put_article("/secret", "Secret", &["The East Sea plan of the ministry."]);
    let site = Site::open().await;
    let hop = Page::Redirect(302, inside.url("/secret"));
    site.put("/hop", hop);
    let direct = inside.url("/secret");
    let links = [direct.as_str(), &site.url("/hop")];
    let entries: Vec<[&str; 4]> = links
        .iter()
        .zip(["1", "2"])
        .map(|(link, guid)| [guid, "East Sea talks", *link, "Nothing else"])
        .collect();
    site.put_feed("/rss", &entries);
    let service = Service::over(site, &["/rss"], EAST_SEA).await;
    service.pass().await;
    assert_eq!(inside.asked("/secret"), 0);
    let alerts = service.alerts().await;
    assert_eq!(alerts.len(), 2);
    for line in &alerts {
        let AlertLine::Raised { alert, .. } = line else {
            panic!("held");
        };
        let detail = service.store.alert(&alert.id.0).await.unwrap();
        let problem = detail[0].page_problem.as_deref().unwrap();
        assert!(problem.contains("127.0.0.1"), "{problem}");
        assert!(problem.contains("allow_private"), "{problem}");
    }
}

#[tokio::test]
async fn a_permanent_redirect_is_remembered_and_a_temporary_one_or_one_to_a_page_is_not() {
    let site = Site::open().await;
    site.put_feed("/new", &[]);
    site.put("/old", Page::Redirect(301, site.url("/new")));
    site.put("/away", Page::Redirect(302, site.url("/new")));
    site.put_article("/page", "Moved", &["This feed is no more."]);
    site.put("/lost", Page::Redirect(301, site.url("/page")));
    let service = Service::over(site, &["/old", "/away", "/lost"], EAST_SEA).await;
    service.pass().await;
    let feeds = service.feeds().await;
    let polled_at: Vec<&str> = feeds.iter().map(|feed| feed.fetch_url.path()).collect();
    assert_eq!(polled_at, ["/new", "/away", "/lost"]);
    assert!(feeds[2].error.is_some(), "a page is no feed");

    service.clock.advance(Duration::from_hours(1));
    service.pass().await;
    assert_eq!(service.site.asked("/old"), 1);
    assert_eq!(service.site.asked("/away"), 2);
}

#[tokio::test]
async fn a_broken_feed_stops_no_other_and_is_tried_again_later_each_time() {
    let site = Site::open().await;
    let garbage = Page::Document("application/rss+xml", "not a feed".into());
    site.put("/bad", garbage);
    site.put("/down", Page::Status(503));
    site.put_feed("/good", &[["1", "East Sea talks", &site.url("/none"), ""]]);
    let service = Service::over(site, &["/bad", "/down", "/good"], EAST_SEA).await;
    service.pass().await;
    assert_eq!(service.sentences().await.len(), 1);

    let mut last = Duration::ZERO;
    for _ in 0..3 {
        let now = service.clock.now();
        let feeds = service.feeds().await;
        let wait = Duration::try_from(feeds[1].next_poll_at.duration_since(now)).unwrap();
        assert!(wait > last, "{wait:?} after {last:?}");
        last = wait;
        assert_eq!(feeds[1].error.as_deref(), Some("the server answered 503"));
        service.clock.advance(wait);
        service.pass().await;
    }
}

#[tokio::test]
async fn a_feed_that_answers_410_is_not_asked_again() {
    let site = Site::open().await;
    site.put("/rss", Page::Status(410));
    let service = Service::over(site, &["/rss"], EAST_SEA).await;
    for _ in 0..3 {
        service.pass().await;
        service.clock.advance(Duration::from_hours(48));
    }
    assert_eq!(service.site.asked("/rss"), 1);
    assert!(service.feeds().await[0].gone);
}

#[tokio::test]
async fn an_entry_that_comes_back_edited_or_under_a_new_guid_raises_no_second_alert() {
    let site = Site::open().await;
    let link = site.url("/none");
    // A feed of one entry that says something else each time is a bulletin; this one has others.
    let other = site.url("/other");
    let beside = ["0", "The old pier is sold", other.as_str(), "z"];
    site.put_feed("/rss", &[["1", "East Sea talks", &link, "x"], beside]);
    let service = Service::over(site, &["/rss"], EAST_SEA).await;
    service.pass().await;
    for entry in [
        ["1", "East Sea talks, updated", link.as_str(), "x"],
        ["1", "East Sea talks, updated", link.as_str(), "y"],
        ["new-guid", "East Sea talks, updated", link.as_str(), "y"],
    ] {
        service.site.put_feed("/rss", &[entry, beside]);
        service.clock.advance(Duration::from_hours(1));
        service.pass().await;
    }
    assert_eq!(service.alerts().await.len(), 1);
}

#[tokio::test]
async fn a_page_that_fails_for_a_while_is_tried_again_before_the_feeds_text_is_taken() {
    let site = Site::open().await;
    site.put("/1", Page::Status(503));
    site.put_feed(
        "/rss",
        &[["1", "Notes of the week", &site.url("/1"), "Notes"]],
    );
    let service = Service::over(site, &["/rss"], EAST_SEA).await;
    newswatch::http::install_tls_provider();
    let folder = tempfile::tempdir().unwrap();
    let config = config::load_text(
        "test.toml",
        &service.config,
        folder.path(),
        &ProcessEnvironment,
        Secrets::Required,
    )
    .unwrap()
    .config;
    let ctx = daemon::context(config, service.store.clone(), service.clock.clone())
        .await
        .unwrap();
    let ctx = Arc::new(ctx);
    daemon::pass(Arc::clone(&ctx)).await.unwrap();
    assert_eq!(
        service.store.report().await.unwrap().counts.entries_waiting,
        1
    );

    let story = "The ministers spoke about the East Sea for three hours on Monday evening.";
    service
        .site
        .put_article("/1", "Notes of the week", &[story]);
    service.clock.advance(Duration::from_mins(2));
    daemon::pass(ctx).await.unwrap();
    assert_eq!(service.sentences().await, [story]);
}

#[tokio::test]
async fn an_article_that_declares_no_language_is_known_by_its_words() {
    let site = Site::open().await;
    site.put_article(
        "/1",
        "Notes of the week",
        &["The ministers said on Monday that they would put sanctions on the company, and that talks had failed."],
    );
    site.put_feed(
        "/rss",
        &[["1", "Notes of the week", &site.url("/1"), "Notes"]],
    );
    let watch = "[[watch]]\nname = \"Sanctions\"\nquery = 'lang:en sanction'\nstem = \"en\"\n";
    let service = Service::over(site, &["/rss"], watch).await;
    service.pass().await;
    assert_eq!(service.sentences().await.len(), 1);
}

#[tokio::test]
async fn a_match_whose_feed_has_left_the_configuration_is_held_and_not_lost() {
    let site = Site::open().await;
    site.put_feed("/rss", &[["1", "East Sea", &site.url("/1"), "Notes"]]);
    let mut service = Service::over(site, &["/rss"], EAST_SEA).await;
    service.poll().await;
    service.config = service.config.replace("/rss", "/other");
    service.pass().await;
    let alerts = service.alerts().await;
    assert!(
        matches!(&alerts[..], [AlertLine::Held { reason, .. }] if *reason == HoldReason::FeedRemoved),
        "{alerts:?}"
    );
    let counts = service.store.report().await.unwrap().counts;
    assert_eq!(counts.entries_waiting, 0);
}

#[tokio::test]
async fn what_waits_for_a_removed_channel_is_given_up_after_a_day_and_not_before() {
    use newswatch::pipeline::{flag::Flag, retain::Retain, scrape::Scrape, step};

    let site = Site::open().await;
    site.put_article("/1", "Notes", &["The East Sea was calm on Monday."]);
    site.put_feed("/rss", &[["1", "Notes", &site.url("/1"), "Notes"]]);
    let mut service = Service::over(site, &["/rss"], EAST_SEA).await;
    service.poll().await;
    let ctx = service.context().await;
    while step(&Scrape::default(), &ctx).await.unwrap() {}
    while step(&Flag::default(), &ctx).await.unwrap() {}
    service.config = service.config.replace("\"none\"", "\"other\"");
    for (hours, abandoned) in [(0, 0), (23, 0), (2, 1)] {
        service.clock.advance(Duration::from_hours(hours));
        let ctx = service.context().await;
        while step(&Retain, &ctx).await.unwrap() {}
        let counts = service.store.report().await.unwrap().counts;
        assert_eq!(
            (counts.waiting, counts.abandoned),
            (1 - abandoned, abandoned)
        );
    }
}

/// A service with one alert for each of so many entries.
async fn alerted(entries: usize) -> Service {
    let site = Site::open().await;
    let titles: Vec<[String; 2]> = (0..entries)
        .map(|entry| [entry.to_string(), format!("Oil at sea {entry}")])
        .collect();
    let shown: Vec<[&str; 4]> = titles
        .iter()
        .map(|[number, title]| [number.as_str(), title.as_str(), "", "Notes"])
        .collect();
    site.put_feed("/rss", &shown);
    let config = format!(
        "[[feed]]\nurl = \"{}\"\narticle = \"never\"\n[[watch]]\nname = \"Oil\"\nterms = [\"oil\"]\n",
        site.url("/rss")
    );
    let service = Service::over(site, &[], &config).await;
    service.poll().await;
    let ctx = service.context().await;
    let (scrape, flag) = (Scrape::default(), Flag::default());
    while step(&scrape, &ctx).await.unwrap() {}
    while step(&flag, &ctx).await.unwrap() {}
    service
}

#[tokio::test]
async fn a_try_that_takes_its_time_is_made_by_nobody_else_meanwhile() {
    let service = alerted(1).await;
    let ctx = service.context().await;
    let tried = Notify::default().claim(&ctx, 9).await.unwrap();
    assert_eq!(tried.len(), 1);
    // A mail may take a minute.
    service.clock.advance(Duration::from_secs(61));
    let another = Notify::default();
    assert_eq!(another.claim(&ctx, 9).await.unwrap().len(), 0);
    service.clock.advance(Duration::from_mins(10));
    let again = another.claim(&ctx, 9).await.unwrap();
    assert_eq!(again.len(), 1, "who tried it has died");
}

#[tokio::test]
async fn a_channel_that_is_sending_is_given_nothing_else_to_send() {
    let service = alerted(2).await;
    let ctx = service.context().await;
    let notify = Notify::default();
    let first = notify.claim(&ctx, 9).await.unwrap();
    assert_eq!(first.len(), 1);
    assert_eq!(notify.claim(&ctx, 9).await.unwrap().len(), 0);
    drop(first);
    assert_eq!(notify.claim(&ctx, 9).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_a_stop_cuts_off_is_open_again_at_once() {
    let service = alerted(1).await;
    service.clock.advance(Duration::from_hours(24));
    let ctx = service.context().await;
    let poll = Poll::default();
    let claimed = poll.claim(&ctx, 9).await.unwrap();
    assert_eq!(claimed.len(), 1);
    assert_eq!(poll.claim(&ctx, 9).await.unwrap().len(), 0);
    let claims = claimed.iter().map(Poll::claim_of).collect();
    poll.put_back(&ctx, claims).await.unwrap();
    assert_eq!(poll.claim(&ctx, 9).await.unwrap().len(), 1);
}

#[tokio::test]
async fn more_feeds_than_are_matched_at_once_have_their_turn_one_after_the_other() {
    const FEEDS: usize = 40;
    let site = Site::open().await;
    let mut config = String::new();
    for feed in 0..FEEDS {
        let path = format!("/{feed}");
        let titles = ["first", "second"].map(|entry| format!("{feed} Oil at sea, {entry}"));
        site.put_feed(
            &path,
            &[
                ["1", &titles[0], "", "Notes"],
                ["2", &titles[1], "", "Notes"],
            ],
        );
        config.extend([
            "[[feed]]\nurl = \"",
            &site.url(&path),
            "\"\narticle = \"never\"\n",
        ]);
    }
    config.push_str("[[watch]]\nname = \"Oil\"\nterms = [\"oil\"]\n");
    let service = Service::over(site, &[], &config).await;
    let ctx = service.context().await;
    service.poll().await;
    let (scrape, flag) = (Scrape::default(), Flag::default());
    while step(&scrape, &ctx).await.unwrap() {}
    let mut feeds = std::collections::BTreeSet::new();
    for _ in 0..2 {
        let claimed = flag.claim(&ctx, 1).await.unwrap();
        feeds.extend(claimed.into_iter().flatten().map(|one| one.feed_url));
    }
    assert_eq!(feeds.len(), FEEDS, "{feeds:?}");
}
