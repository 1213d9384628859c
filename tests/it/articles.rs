//! Full articles, from the page to the alert: what of a page is searched, and what an alert says of it.

use newswatch::domain::Alert;
use newswatch::store::{AlertFilter, AlertLine};

use crate::stages::Service;
use crate::support::site::{Page, Site};

const EAST_SEA: &str = "[[watch]]\nname = \"Sea\"\nquery = '\"East Sea\"'\n";

const FIRST: &str = "The towns of the strait will keep their night ferries through the winter, the harbour office said on Monday.";
const SECOND: &str = "Nurses and students had asked for it, and the council found the money in the fund for storm damage.";
const TERM: &str = "The ministers spoke about the East Sea for three hours on Monday evening, and will meet again.";

fn html(body: &str) -> Page {
    let page = format!(
        "<html lang=en><head><title>Ferries sail all winter | Courier</title></head><body>\
         <nav><a href=/>Home</a> <a href=/sea>East Sea</a></nav>{body}<footer>East Sea Media Ltd</footer></body></html>"
    );
    Page::Document("text/html; charset=utf-8", page)
}

impl Service {
    /// A site with one entry whose page is this, and whose feed says so much.
    async fn over_page(page: Page, summary: &str) -> Self {
        let site = Site::open().await;
        site.put("/1", page);
        let link = site.url("/1");
        site.put_feed("/rss", &[["1", "Ferries sail all winter", &link, summary]]);
        Self::over(site, &["/rss"], EAST_SEA).await
    }

    /// The same, with a site rule.
    fn with_rule(mut self, rule: &str) -> Self {
        let feed = format!("url = \"{}\"\n", self.site.url("/rss"));
        let ruled = format!("{feed}article = {{ {rule} }}\n");
        self.config = self.config.replace(&feed, &ruled);
        self
    }

    async fn raised(&self) -> Vec<Alert> {
        let filter = AlertFilter {
            watch: None,
            since: None,
            limit: 100,
        };
        let lines = self.store.alerts(filter).await.unwrap();
        let alerts = lines.into_iter().filter_map(|line| match line {
            AlertLine::Raised { alert, .. } => Some(*alert),
            AlertLine::Held { .. } => None,
        });
        alerts.collect()
    }
}

#[tokio::test]
async fn a_term_only_in_related_stories_menu_and_foot_raises_no_alert() {
    let page = html(&format!(
        "<article><h1>Ferries sail all winter</h1><p>{FIRST}</p><p>{SECOND}</p></article>\
         <aside><h3>Related stories</h3><ul><li><a href=/2>East Sea talks resume</a></li>\
         <li><a href=/3>Old pier sold</a></li></ul><p>{TERM}</p></aside>"
    ));
    let service = Service::over_page(page, "Ferries in winter").await;
    service.pass().await;
    assert_eq!(service.site.asked("/1"), 1, "the page was not read");
    assert_eq!(service.sentences().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_term_only_in_the_lead_outside_of_the_text_raises_one_with_that_sentence() {
    let page = html(&format!(
        "<header><h1>Ferries sail all winter</h1><p class=standfirst>{TERM}</p></header>\
         <div class=article-body><p>{FIRST}</p><p>{SECOND}</p></div>"
    ));
    let service = Service::over_page(page, "Ferries in winter").await;
    service.pass().await;
    assert_eq!(service.sentences().await, [TERM]);
    assert!(!service.raised().await[0].summary_only);
}

#[tokio::test]
async fn the_sentence_of_an_alert_stands_in_one_paragraph_of_the_text_that_is_kept() {
    let page = html(&format!(
        "<article><h1>Ferries sail all winter</h1><p>{FIRST}</p><p>It rained. {TERM} It rained again.</p></article>"
    ));
    let service = Service::over_page(page, "Ferries in winter").await;
    service.pass().await;
    let sentence = &service.sentences().await[0];
    let since = newswatch::domain::Timestamp::MIN;
    let kept = service.store.kept_articles(since, None, 1).await.unwrap();
    let holding = kept[0].article.text.lines();
    assert_eq!(holding.filter(|line| line.contains(sentence)).count(), 1);
}

#[tokio::test]
async fn the_pages_of_an_article_are_followed_by_the_site_rule_to_the_last() {
    let first = html(&format!(
        "<h1>Ferries sail all winter</h1><div class=text><p>{FIRST}</p></div><a class=next href=/1/2>2</a>"
    ));
    let service = Service::over_page(first, "Ferries in winter").await;
    let page = |text: &str, next: &str| html(&format!("<div class=text><p>{text}</p></div>{next}"));
    service
        .site
        .put("/1/2", page(SECOND, "<a class=next href=/1/3>3</a>"));
    service
        .site
        .put("/1/3", page(TERM, "<a class=next href=/1>1</a>"));
    let service = service.with_rule("body = \".text\", next = \"a.next\"");
    service.pass().await;
    assert_eq!(service.sentences().await, [TERM]);
    assert_eq!(service.site.asked("/1"), 1, "the circle was closed");
    let problem = service.feeds().await[0].page_problem.clone();
    assert_eq!(problem, None);
}

#[tokio::test]
async fn a_later_page_that_cannot_be_had_keeps_the_text_and_is_told_with_the_feed() {
    let first = html(&format!(
        "<h1>Ferries sail all winter</h1><div class=text><p>{TERM}</p></div><a class=next href=/gone>2</a>"
    ));
    let service = Service::over_page(first, "Ferries in winter").await;
    let service = service.with_rule("body = \".text\", next = \"a.next\"");
    service.pass().await;
    assert_eq!(service.sentences().await, [TERM]);
    let problem = service.feeds().await[0].page_problem.clone().unwrap();
    assert!(problem.contains("later page"), "{problem}");
}

#[tokio::test]
async fn a_rule_that_stops_matching_is_an_error_of_its_feed_and_the_text_is_found_all_the_same() {
    let page = html(&format!(
        "<article><h1>Ferries sail all winter</h1><p>{FIRST}</p><p>{TERM}</p></article>"
    ));
    let service = Service::over_page(page, "Ferries in winter").await;
    let service = service.with_rule("body = \".renamed-last-night\"");
    service.pass().await;
    assert_eq!(service.sentences().await, [TERM]);
    let feed = &service.feeds().await[0];
    let problem = feed.page_problem.clone().unwrap();
    assert!(problem.contains(".renamed-last-night"), "{problem}");
    assert!(feed.pages_failing_since.is_some());
}

#[tokio::test]
async fn a_page_in_front_of_the_article_leaves_the_feeds_text_and_the_alert_says_so() {
    let walls = [
        "<h1>Just a moment...</h1><p>Verifying you are human. This may take a few seconds.</p><script>window._cf_chl_opt={}</script>",
        "<h1>Page not found</h1><p>The page you were looking for may have been moved. Read about the East Sea instead.</p>",
    ];
    for wall in walls {
        let service = Service::over_page(html(wall), TERM).await;
        service.pass().await;
        assert_eq!(service.sentences().await, [TERM], "{wall}");
        let alert = &service.raised().await[0];
        assert!(alert.summary_only, "{wall}");
        assert_eq!(alert.title, "Ferries sail all winter");
    }
}

#[tokio::test]
async fn the_feeds_date_decides_between_the_dates_of_a_page() {
    let head = "<meta property='article:published_time' content='2024-03-09T08:00:00Z'>";
    let page = format!(
        "<html><head>{head}<title>Ferries</title></head><body><article><h1>Ferries sail all winter</h1>\
         <time datetime='2024-09-03T08:00:00Z'>3 September</time><p>{FIRST}</p><p>{TERM}</p></article></body></html>"
    );
    let site = Site::open().await;
    site.put("/1", Page::Document("text/html", page));
    let feed = format!(
        "<rss version=\"2.0\"><channel><title>Site</title><item><guid>1</guid><title>Ferries</title><link>{}</link>\
         <pubDate>Tue, 03 Sep 2024 08:00:00 GMT</pubDate></item></channel></rss>",
        site.url("/1")
    );
    site.put("/rss", Page::Document("application/rss+xml", feed));
    let service = Service::over(site, &["/rss"], EAST_SEA).await;
    service.pass().await;
    let published = service.raised().await[0].published.unwrap();
    assert_eq!(published.to_string(), "2024-09-03T08:00:00+00:00");
}

/// The next poll of every feed, an hour later.
async fn an_hour_later(mut service: Service) -> Service {
    let hour = std::time::Duration::from_hours(1);
    service.clock = newswatch::clock::Clock::fixed(service.clock.now() + hour);
    service.pass().await;
    service
}

impl Service {
    /// The feed says this of its entry now; another stands beside it.
    fn says(&self, title: &str, text: &str) {
        let link = self.site.url("/1");
        let beside = self.site.url("/beside");
        let entry = ["1", title, &link, text];
        let other = ["beside", "The old pier is sold", &beside, "Sold"];
        self.site.put("/beside", told("It was sold."));
        self.site.put_feed("/rss", &[entry, other]);
    }
}

fn told(sentences: &str) -> Page {
    html(&format!(
        "<article><h1>Ferries sail all winter</h1><p>{FIRST}</p><p>{sentences}</p></article>"
    ))
}

#[tokio::test]
async fn a_stub_that_grows_into_its_story_is_read_and_matched_again() {
    let service = Service::over_page(told("More to follow."), "").await;
    service.says("Ferries sail all winter", "More to follow");
    service.pass().await;
    assert_eq!(service.sentences().await, Vec::<String>::new());
    service.site.put("/1", told(TERM));
    service.says("Ferries sail, ministers meet", "More to follow");
    let service = an_hour_later(service).await;
    assert_eq!(
        service.sentences().await,
        [TERM],
        "what was added was not seen"
    );
    // What its watch was told is not told again, however often it changes.
    service.site.put("/1", told(&format!("{TERM} {SECOND}")));
    service.says("Ferries sail, ministers meet", "The ministers have met");
    let service = an_hour_later(service).await;
    assert_eq!(service.site.asked("/1"), 3);
    assert_eq!(service.sentences().await, [TERM]);
    let since = newswatch::domain::Timestamp::MIN;
    let kept = service.store.kept_articles(since, None, 9).await.unwrap();
    assert_eq!(kept.len(), 2);
    let texts = kept.iter().map(|kept| kept.article.text.as_str());
    let newer = texts.filter(|text| text.contains(SECOND)).count();
    assert_eq!(newer, 1, "the older text was kept");
}

#[tokio::test]
async fn an_entry_is_read_again_six_times_and_in_its_first_three_days_only() {
    let mut service = Service::over_page(told(SECOND), "").await;
    service.says("Ferries sail all winter", "0");
    service.pass().await;
    for n in 1..=9 {
        service.says("Ferries sail all winter", &format!("Told so {n}"));
        service = an_hour_later(service).await;
    }
    assert_eq!(service.site.asked("/1"), 1 + 6);

    let mut service = Service::over_page(told(SECOND), "").await;
    service.says("Ferries sail all winter", "0");
    service.pass().await;
    let late = std::time::Duration::from_hours(80);
    service.clock = newswatch::clock::Clock::fixed(service.clock.now() + late);
    service.says("Ferries sail all winter", "Told otherwise");
    service.pass().await;
    assert_eq!(service.site.asked("/1"), 1);
}

#[tokio::test]
async fn a_page_that_fails_when_it_is_read_again_leaves_the_text_that_was_read() {
    let service = Service::over_page(told(SECOND), "").await;
    service.says("Ferries sail all winter", "In short");
    service.pass().await;
    service.site.put("/1", Page::Status(404));
    service.says("Ministers on the East Sea", "In short");
    let service = an_hour_later(service).await;
    assert_eq!(
        service.raised().await.len(),
        1,
        "the new headline was not seen"
    );
    let since = newswatch::domain::Timestamp::MIN;
    let kept = service.store.kept_articles(since, None, 9).await.unwrap();
    assert!(
        kept[0].article.text.contains(SECOND),
        "the text that was read is lost"
    );
}

#[tokio::test]
async fn one_page_that_two_feeds_reach_by_different_addresses_is_one_report() {
    let site = Site::open().await;
    let own = format!("<link rel=canonical href=\"{}\">", site.url("/a"));
    let page = |head: &str| {
        let page = format!(
            "<html lang=en><head><title>Ferries sail all winter</title>{head}</head><body><article>\
             <h1>Ferries sail all winter</h1><p>{FIRST}</p><p>{TERM}</p></article></body></html>"
        );
        Page::Document("text/html; charset=utf-8", page)
    };
    for path in ["/a", "/a/amp", "/a/print"] {
        site.put(path, page(&own));
    }
    let entry = |guid, path: &str| [guid, "Ferries sail all winter", path, "x"].map(str::to_owned);
    for (feed, guid, path) in [
        ("/f1", "g1", "/a"),
        ("/f2", "g2", "/a/amp"),
        ("/f3", "g3", "/a/print"),
    ] {
        let [guid, title, path, text] = entry(guid, &site.url(path));
        site.put_feed(feed, &[[&guid, &title, &path, &text]]);
    }
    let service = Service::over(site, &["/f1", "/f2", "/f3"], EAST_SEA).await;
    service.pass().await;
    assert_eq!(service.sentences().await, [TERM]);
    let url = service.raised().await[0].url.clone();
    assert_eq!(url.unwrap().path(), "/a");
}
