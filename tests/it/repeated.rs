//! Lines that repeat over the pages of a site, from the feed to the alert.

use std::time::Duration;

use newswatch::store::{AlertFilter, AlertLine, Store};

use crate::stages::Service;
use crate::support::site::Site;

const EAST_SEA: &str = "[[watch]]\nname = \"Sea\"\nquery = '\"East Sea\"'\n";

/// What every page of the site carries between its paragraphs.
const CALL: &str = "Our correspondents report on the East Sea from five ports.";

/// Pages after which a line that all of them carried is dropped from the next.
const ENOUGH: usize = 6;

/// A paragraph of no other page, without the term.
fn own(number: usize) -> String {
    format!(
        "The council of district {number} met on Monday and spoke about its budget for three hours."
    )
}

fn path(number: usize) -> String {
    format!("/news/{number}")
}

impl Service {
    async fn over_repeating_site() -> Self {
        Self::over(Site::open().await, &["/rss"], EAST_SEA).await
    }

    /// Publishes a page with these paragraphs and reads it.
    async fn publish(&self, number: usize, paragraphs: &[&str]) {
        self.publish_with_summary(number, paragraphs, "").await;
    }

    async fn publish_with_summary(&self, number: usize, paragraphs: &[&str], summary: &str) {
        let (path, title) = (path(number), format!("District {number}"));
        self.site.put_article(&path, &title, paragraphs);
        self.announce("/rss", number, &self.site.url(&path), summary);
        self.read().await;
    }

    fn announce(&self, feed: &str, number: usize, link: &str, summary: &str) {
        let (guid, title) = (number.to_string(), format!("District {number}"));
        self.site.put_feed(feed, &[[&guid, &title, link, summary]]);
    }

    async fn read(&self) {
        self.clock.advance(Duration::from_hours(1));
        self.pass().await;
    }

    /// Publishes pages that all carry the call.
    async fn publish_calls(&self, numbers: std::ops::Range<usize>) {
        for number in numbers {
            self.publish(number, &[&own(number), CALL, &own(number + 1_000)])
                .await;
        }
    }

    /// The newest text that was kept.
    async fn newest_text(&self) -> String {
        let since = newswatch::domain::Timestamp::MIN;
        let kept = self.store.kept_articles(since, None, 1).await.unwrap();
        kept[0].article.text.clone()
    }
}

#[tokio::test]
async fn a_line_on_all_pages_alerts_on_the_first_and_no_longer_once_it_is_known() {
    let service = Service::over_repeating_site().await;
    service.publish_calls(0..ENOUGH).await;
    assert_eq!(service.sentences().await, [CALL; ENOUGH]);
    service.publish_calls(ENOUGH..10).await;
    assert_eq!(service.sentences().await.len(), ENOUGH);
    let text = service.newest_text().await;
    assert_eq!(text, format!("{}\n{}", own(9), own(1_009)));
}

#[tokio::test]
async fn a_page_with_the_term_in_a_paragraph_of_its_own_alerts_with_that_one() {
    let service = Service::over_repeating_site().await;
    service.publish_calls(0..9).await;
    let story = "The ministers spoke about the East Sea for three hours on Monday evening.";
    service.publish(9, &[&own(9), story, CALL]).await;
    let sentences = service.sentences().await;
    assert_eq!(sentences.len(), ENOUGH + 1);
    assert!(sentences.contains(&story.to_owned()), "{sentences:?}");
}

#[tokio::test]
async fn a_line_that_is_dropped_is_still_learned_and_does_not_come_back() {
    let service = Service::over_repeating_site().await;
    service.publish_calls(0..80).await;
    assert_eq!(service.sentences().await.len(), ENOUGH);
}

#[tokio::test]
async fn a_teaser_that_other_pages_carried_counts_on_its_own_page() {
    let service = Service::over_repeating_site().await;
    service.publish_calls(0..9).await;
    let before = service.sentences().await.len();
    service
        .publish_with_summary(9, &[&own(9), CALL, &own(10)], CALL)
        .await;
    assert_eq!(service.sentences().await.len(), before + 1);
}

#[tokio::test]
async fn an_article_that_several_feeds_announce_counts_once() {
    let feeds = ["/a", "/b", "/c", "/d", "/e", "/f", "/g", "/h"];
    let service = Service::over(Site::open().await, &feeds, EAST_SEA).await;
    service
        .site
        .put_article(&path(0), "District 0", &[&own(0), CALL, &own(1_000)]);
    for (number, feed) in feeds.iter().enumerate() {
        let link = service.site.url(&path(0));
        let link = format!("{link}?utm_source=feed{number}#top");
        service.announce(feed, number, &link, "");
    }
    service.read().await;
    assert_eq!(service.site.asked(&path(0)), 1, "it is read once");
    let filter = AlertFilter {
        watch: None,
        since: None,
        limit: 100,
    };
    let alerts = service.store.alerts(filter).await.unwrap();
    assert_eq!(alerts.len(), feeds.len(), "each copy had the line");
    let held = |line: &&AlertLine| matches!(line, AlertLine::Held { .. });
    assert_eq!(alerts.iter().filter(held).count(), feeds.len() - 1);

    // Five more make six pages.
    let link = service.site.url(&path(0));
    for number in 1..ENOUGH {
        service
            .site
            .put_article(&path(number), "District", &[&own(number), CALL]);
        let link = link.replace("/news/0", &path(number));
        service.announce("/a", 100 + number, &link, "");
        service.read().await;
    }
    let before = service.sentences().await.len();
    assert_eq!(before, ENOUGH);
    service
        .site
        .put_article("/news/99", "District 99", &[&own(99), CALL]);
    service.announce("/a", 199, &link.replace("/news/0", "/news/99"), "");
    service.read().await;
    assert_eq!(service.sentences().await.len(), before);
}

#[tokio::test]
async fn nothing_is_dropped_where_a_site_rule_names_the_text() {
    let mut service = Service::over_repeating_site().await;
    service.publish_calls(0..9).await;
    let before = service.sentences().await.len();
    assert_eq!(before, ENOUGH);
    let feed = format!("url = \"{}\"\n", service.site.url("/rss"));
    let with = |rule: &str| format!("{feed}article = {{ {rule} }}\n");
    let config = service.config.clone();
    service.config = config.replace(&feed, &with("body = \"article p\""));
    service.publish_calls(9..11).await;
    assert_eq!(service.sentences().await.len(), before + 2);

    service.config = config.replace(&feed, &with("title = \"h1\""));
    service.publish_calls(11..13).await;
    assert_eq!(service.sentences().await.len(), before + 2);
}

#[tokio::test]
async fn a_page_of_nothing_but_such_lines_gives_way_to_the_feeds_text_and_status_says_why() {
    let service = Service::over_repeating_site().await;
    service.publish_calls(0..9).await;
    let story = "Talks on the East Sea resume.";
    service.publish_with_summary(9, &[CALL], story).await;
    assert!(service.sentences().await.contains(&story.to_owned()));
    assert_eq!(service.newest_text().await, story);
    let problem = service.feeds().await[0].page_problem.clone().unwrap();
    assert!(problem.contains("many pages of its host"), "{problem}");
}

#[tokio::test]
async fn a_restart_keeps_what_was_learned() {
    let folder = tempfile::tempdir().unwrap();
    let mut service = Service::over_repeating_site().await;
    service.store = Store::open(folder.path()).await.unwrap();
    service.publish_calls(0..ENOUGH).await;
    let (site, clock, config) = (service.site, service.clock, service.config);
    drop(service.store);
    let store = Store::open(folder.path()).await.unwrap();
    let service = Service {
        site,
        store,
        clock,
        config,
    };
    service.publish_calls(ENOUGH..9).await;
    assert_eq!(service.sentences().await.len(), ENOUGH);
}
