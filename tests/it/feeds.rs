//! Sites without an address of a feed: pages that lead to one, listing pages, sitemaps; and lists of feeds in and out.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use newswatch::clock::Clock;
use newswatch::config::{self, ProcessEnvironment, Secrets};
use newswatch::daemon;
use newswatch::store::{FeedLine, Store};
use serde_json::Value;

use crate::cli::{err, json_lines, newswatch, out, write};
use crate::support::database;
use crate::support::site::{Page, Site};

const NAMING_PAGE: &str = "<!DOCTYPE html><html><head><title>Harbour Post</title>\
    <link rel=alternate type=application/rss+xml title=Comments href=/comments/feed/>\
    <link rel=alternate type=application/rss+xml title=News href=/news.rss></head><body>Welcome</body></html>";
const BARE_PAGE: &str = "<!DOCTYPE html><html><body><p>Welcome to the harbour</p></body></html>";

/// A service that polls one address of a site, in memory.
struct Service {
    site: Site,
    store: Store,
    clock: Clock,
    config: String,
}

impl Service {
    /// `keys` is what else stands in the table of the feed.
    async fn over(site: Site, path: &str, keys: &str) -> Self {
        let config = format!(
            "state_dir = \"/nonexistent\"\n[poll]\nfirst_poll = \"alert\"\n[http]\nallow_private = [\"{}\"]\n\
             [[feed]]\nurl = \"{}\"\narticle = \"never\"\n{keys}\n",
            site.addr,
            site.url(path)
        );
        Self {
            site,
            store: database::store().await,
            clock: Clock::fixed(Clock::system().now()),
            config,
        }
    }

    /// Polls the feed, a day later than before, and tells how it is.
    async fn poll(&self) -> FeedLine {
        self.clock.advance(Duration::from_hours(25));
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
        daemon::pass(Arc::new(ctx)).await.unwrap();
        self.store.report().await.unwrap().feeds.remove(0)
    }
}

fn html(text: &str) -> Page {
    Page::Document("text/html", text.to_owned())
}

fn xml(text: String) -> Page {
    Page::Document("application/xml", text)
}

fn urlset(urls: &[String]) -> Page {
    let mut written = String::new();
    for url in urls {
        write!(
            written,
            "<url><loc>{url}</loc><lastmod>2026-11-20</lastmod></url>"
        )
        .unwrap();
    }
    xml(format!("<urlset>{written}</urlset>"))
}

#[tokio::test]
async fn the_feed_that_a_page_names_is_polled_in_its_place_and_remembered() {
    let site = Site::open().await;
    site.put("/", html(NAMING_PAGE));
    site.put_feed("/news.rss", &[["1", "One", "http://x.example/1", "Text"]]);
    let service = Service::over(site, "/", "").await;
    let feed = service.poll().await;
    assert_eq!(feed.error, None);
    assert_eq!(feed.entries, 1);
    assert!(feed.is_found);
    assert_eq!(feed.fetch_url.as_str(), service.site.url("/news.rss"));
    service.poll().await;
    assert_eq!(service.site.asked("/"), 1, "the page was asked again");
    assert_eq!(service.site.asked("/news.rss"), 2);
    assert_eq!(service.site.asked("/comments/feed/"), 0);
}

#[tokio::test]
async fn a_feed_at_a_common_place_is_found_where_the_page_names_none() {
    let site = Site::open().await;
    site.put("/", html(BARE_PAGE));
    site.put_feed("/rss.xml", &[["1", "One", "http://x.example/1", "Text"]]);
    let service = Service::over(site, "/", "").await;
    let feed = service.poll().await;
    assert_eq!(feed.fetch_url.as_str(), service.site.url("/rss.xml"));
}

#[tokio::test]
async fn a_site_without_a_feed_is_an_error_that_says_what_to_write() {
    let site = Site::open().await;
    site.put("/", html(BARE_PAGE));
    let service = Service::over(site, "/", "").await;
    let error = service.poll().await.error.unwrap();
    assert!(error.contains("no feed was found"), "{error}");
    assert!(error.contains("listing"), "{error}");
}

#[tokio::test]
async fn a_found_address_that_becomes_a_page_is_an_error_and_the_feed_is_found_anew() {
    let site = Site::open().await;
    site.put("/", html(NAMING_PAGE));
    site.put_feed("/news.rss", &[["1", "One", "http://x.example/1", "Text"]]);
    let service = Service::over(site, "/", "").await;
    service.poll().await;
    service.site.put("/news.rss", html(NAMING_PAGE));
    let feed = service.poll().await;
    assert!(feed.error.unwrap().contains("is a web page now"));
    assert_eq!(service.site.asked("/"), 1, "looked for at once");
    service
        .site
        .put("/", html(&NAMING_PAGE.replace("/news.rss", "/new.rss")));
    service
        .site
        .put_feed("/new.rss", &[["9", "Nine", "http://x.example/9", "Text"]]);
    let feed = service.poll().await;
    assert_eq!(feed.error, None);
    assert_eq!(feed.fetch_url.as_str(), service.site.url("/new.rss"));
    assert_eq!(feed.entries, 2);
}

#[tokio::test]
async fn a_found_feed_that_is_gone_is_looked_for_again() {
    let site = Site::open().await;
    site.put("/", html(NAMING_PAGE));
    site.put_feed("/news.rss", &[]);
    let service = Service::over(site, "/", "").await;
    service.poll().await;
    service.site.put("/news.rss", Page::Status(410));
    let feed = service.poll().await;
    assert!(!feed.gone, "the site is not gone");
    service.site.put_feed("/news.rss", &[]);
    let feed = service.poll().await;
    assert_eq!(feed.error, None);
    assert!(feed.is_found);
}

#[tokio::test]
async fn a_feed_that_moves_for_good_to_a_page_keeps_its_address() {
    let site = Site::open().await;
    site.put_feed("/rss", &[["1", "One", "http://x.example/1", "Text"]]);
    let service = Service::over(site, "/rss", "").await;
    service.poll().await;
    service.site.put("/", html(NAMING_PAGE));
    service.site.put_feed("/news.rss", &[]);
    let to = service.site.url("/");
    service.site.put("/rss", Page::Redirect(301, to));
    let feed = service.poll().await;
    assert_eq!(feed.fetch_url, feed.url);
    let error = feed.error.unwrap();
    assert!(error.contains("it names the feed"), "{error}");
    assert_eq!(service.site.asked("/news.rss"), 0, "a feed was replaced");
}

#[tokio::test]
async fn a_listing_page_is_a_feed_and_an_empty_one_an_error() {
    let page = "<html><body><ul><li class=row><h2>Ports open</h2><a href=/1>more</a><time>5 March 2026</time></li>\
        <li class=row><a href=/2>Ships sail</a></li></ul></body></html>";
    let site = Site::open().await;
    site.put("/press", html(page));
    let service = Service::over(site, "/press", "listing = { item = 'li.row' }").await;
    let feed = service.poll().await;
    assert_eq!((feed.error, feed.entries), (None, 2));
    service.site.put("/press", html(BARE_PAGE));
    let error = service.poll().await.error.unwrap();
    assert!(error.contains("li.row"), "{error}");
    service.site.put("/press", html(page));
    let feed = service.poll().await;
    assert_eq!((feed.error, feed.entries), (None, 2), "entries came twice");
}

#[tokio::test]
async fn a_sitemap_that_is_a_gzip_file_is_a_feed() {
    let site = Site::open().await;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed
        .write_all(b"<urlset><url><loc>https://x.example/1</loc></url></urlset>")
        .unwrap();
    site.put(
        "/sitemap.xml.gz",
        Page::Bytes("application/gzip", packed.finish().unwrap()),
    );
    let service = Service::over(site, "/sitemap.xml.gz", "").await;
    let feed = service.poll().await;
    assert_eq!((feed.error, feed.entries), (None, 1));
}

#[tokio::test]
async fn an_index_leads_to_its_three_newest_sitemaps() {
    let site = Site::open().await;
    let mut index = String::new();
    for day in 1..=5 {
        let (path, page) = (format!("/map{day}.xml"), site.url(&format!("/page{day}")));
        site.put(&path, urlset(&[page]));
        write!(
            index,
            "<sitemap><loc>{}</loc><lastmod>2026-11-0{day}</lastmod></sitemap>",
            site.url(&path)
        )
        .unwrap();
    }
    site.put(
        "/sitemap.xml",
        xml(format!("<sitemapindex>{index}</sitemapindex>")),
    );
    let service = Service::over(site, "/sitemap.xml", "").await;
    let feed = service.poll().await;
    assert_eq!((feed.error, feed.entries), (None, 3));
    assert_eq!(service.site.asked("/map5.xml"), 1);
    assert_eq!(service.site.asked("/map2.xml"), 0);
}

#[tokio::test]
async fn an_index_of_which_no_sitemap_can_be_read_is_an_error() {
    let site = Site::open().await;
    let index = format!(
        "<sitemapindex><sitemap><loc>{}</loc></sitemap></sitemapindex>",
        site.url("/none.xml")
    );
    site.put("/sitemap.xml", xml(index));
    let service = Service::over(site, "/sitemap.xml", "").await;
    assert!(service.poll().await.error.unwrap().contains("/none.xml"));
}

#[tokio::test]
async fn discover_prints_the_feeds_that_a_page_names_with_kind_and_newest_entry() {
    let site = Site::open().await;
    site.put("/", html(NAMING_PAGE));
    site.put(
        "/news.rss",
        xml("<rss><channel><title>News</title><item><title>A</title><pubDate>Fri, 20 Nov 2026 08:00:00 GMT</pubDate></item></channel></rss>".into()),
    );
    let allowed = site.addr.to_string();
    let output = newswatch(&[
        "feeds",
        "discover",
        &site.url("/"),
        "--json",
        "--allow-private",
        &allowed,
    ])
    .await;
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let found = json_lines(&output);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["url"], Value::from(site.url("/news.rss")));
    assert_eq!(found[0]["kind"], "RSS");
    assert_eq!(found[0]["title"], "News");
    assert_eq!(found[0]["newest"], "2026-11-20T08:00:00Z");
    let output = newswatch(&[
        "feeds",
        "discover",
        &site.url("/"),
        "--allow-private",
        &allowed,
    ])
    .await;
    assert!(
        out(&output).contains("RSS: News, 1 entries, newest 2026-11-20"),
        "{}",
        out(&output)
    );
}

#[tokio::test]
async fn discover_ends_with_1_where_there_is_no_feed() {
    let site = Site::open().await;
    site.put("/", html(BARE_PAGE));
    let allowed = site.addr.to_string();
    let output = newswatch(&[
        "feeds",
        "discover",
        &site.url("/"),
        "--allow-private",
        &allowed,
    ])
    .await;
    assert_eq!(output.status.code(), Some(1));
    assert!(
        err(&output).contains("no feed was found"),
        "{}",
        err(&output)
    );
    assert!(out(&output).is_empty());
}

/// The feeds of a configuration: address, name, tags.
fn feeds_of(toml: &str) -> BTreeSet<(String, Option<String>, Vec<String>)> {
    let folder = tempfile::tempdir().unwrap();
    let loaded = config::load_text(
        "t.toml",
        toml,
        folder.path(),
        &ProcessEnvironment,
        Secrets::Optional,
    );
    let feeds = loaded.unwrap().config.feeds.into_iter();
    feeds
        .map(|feed| (feed.url.to_string(), feed.name, feed.tags))
        .collect()
}

#[tokio::test]
async fn a_thousand_feeds_go_out_and_come_in_unchanged() {
    let folder = tempfile::tempdir().unwrap();
    let mut toml = String::new();
    for number in 0..1_000 {
        write!(
            toml,
            "[[feed]]\nurl = \"https://s{number}.example/rss?a=1&b='{number}\"\n"
        )
        .unwrap();
        if number % 3 > 0 {
            writeln!(toml, "name = 'Biển & \"Đảo\" <{number}>'").unwrap();
        }
        match number % 4 {
            0 => {}
            1 => writeln!(toml, "tags = ['asia']").unwrap(),
            2 => writeln!(toml, "tags = ['asia', 'daily']").unwrap(),
            _ => writeln!(toml, "tags = ['Europe & \"more\"', 'press', 'x y']").unwrap(),
        }
    }
    let config = write(folder.path(), "c.toml", &toml);
    let output = newswatch(&["feeds", "export", "--config", &config]).await;
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let list = write(folder.path(), "list.opml", &out(&output));
    let output = newswatch(&["feeds", "import", &list]).await;
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert_eq!(feeds_of(&toml).len(), 1_000);
    assert_eq!(feeds_of(&out(&output)), feeds_of(&toml));
}

const LIST: &str = "<opml version='2.0'><body><outline text='Asia'>\
    <outline text='News' xmlUrl='https://a.example/rss'/><outline text='News' xmlUrl='https://b.example/rss'/></outline>\
    <outline text='https://c.example/rss' xmlUrl='https://c.example/rss'/>\
    <outline text='Bad' xmlUrl='javascript:alert(1)'/></body></opml>";

#[tokio::test]
async fn imported_feeds_have_names_of_their_own_and_folders_as_tags() {
    let folder = tempfile::tempdir().unwrap();
    let list = write(folder.path(), "list.opml", LIST);
    let output = newswatch(&["feeds", "import", &list]).await;
    let asia = vec!["Asia".to_owned()];
    let expected = BTreeSet::from([
        (
            "https://a.example/rss".into(),
            Some("News".into()),
            asia.clone(),
        ),
        (
            "https://b.example/rss".into(),
            Some("News (2)".into()),
            asia,
        ),
        ("https://c.example/rss".into(), None, Vec::new()),
    ]);
    assert_eq!(feeds_of(&out(&output)), expected);
    assert!(
        err(&output).contains("javascript:alert(1)"),
        "{}",
        err(&output)
    );
}

#[tokio::test]
async fn a_feed_that_stands_in_the_file_is_not_appended_again() {
    let folder = tempfile::tempdir().unwrap();
    let list = write(folder.path(), "list.opml", LIST);
    let config = write(
        folder.path(),
        "c.toml",
        "[[feed]]\nurl = 'https://a.example/rss'\nname = 'A'",
    );
    for expected in ["2 of 4 feeds added", "0 of 4 feeds added"] {
        let output = newswatch(&["feeds", "import", &list, "--output", &config]).await;
        assert_eq!(output.status.code(), Some(0), "{}", err(&output));
        assert!(out(&output).contains(expected), "{}", out(&output));
    }
    assert_eq!(
        feeds_of(&std::fs::read_to_string(&config).unwrap()).len(),
        3
    );
}

#[tokio::test]
async fn nothing_is_appended_to_a_file_with_a_mistake() {
    let folder = tempfile::tempdir().unwrap();
    let list = write(folder.path(), "list.opml", LIST);
    let config = write(folder.path(), "c.toml", "[[feed]]\nurl = 5\n");
    let output = newswatch(&["feeds", "import", &list, "--output", &config]).await;
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        std::fs::read_to_string(&config).unwrap(),
        "[[feed]]\nurl = 5\n"
    );
}

#[tokio::test]
async fn what_is_no_list_of_feeds_cannot_be_imported() {
    let folder = tempfile::tempdir().unwrap();
    let page = write(folder.path(), "page.html", BARE_PAGE);
    let output = newswatch(&["feeds", "import", &page]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(
        err(&output).contains("is not a list of feeds"),
        "{}",
        err(&output)
    );
}
