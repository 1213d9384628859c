//! What the store remembers of hosts: which lines stood on which of their pages, once for each page, within bounds.

use std::time::Duration;

use newswatch::domain::{
    Article, Entry, EntryId, EntryKey, FeedWords, HostMemory, PageKey, PageLines, TextBasis,
    TextHash, Timestamp, Validators,
};
use newswatch::store::{Address, Claim, FeedHealth, PollRecord, Scraped, Store};

use crate::support::database;
use crate::support::pages::next_unscraped;

const LEASE: Duration = Duration::from_mins(1);

/// A line that the tests look at; the lines of the pages themselves have numbers from 1,000 on.
const LINE: i64 = 1;

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

/// A store, the time, and how many entries it has been given.
struct Reader {
    store: Store,
    now: Timestamp,
    entries: usize,
}

impl Reader {
    async fn new() -> Self {
        Self::over(database::store().await).await
    }

    async fn over(store: Store) -> Self {
        let feed = "https://feed.example/rss".parse().unwrap();
        store.sync_feeds(vec![(feed, None)], now()).await.unwrap();
        Self {
            store,
            now: now(),
            entries: 0,
        }
    }

    /// Claims an entry that has just come in.
    async fn entry(&mut self) -> Claim<EntryId> {
        self.now = self.now.checked_add(Duration::from_hours(1)).unwrap();
        let due = self.store.next_due_feeds(self.now, self.now, LEASE, 1);
        let feed = due.await.unwrap().remove(0);
        self.entries += 1;
        let entry = Entry {
            keys: vec![EntryKey(format!("guid:{}", self.entries))],
            ..Entry::default()
        };
        let record = PollRecord {
            next_poll_at: self.now,
            health: FeedHealth::Read {
                pace: newswatch::domain::Pace::default(),
                body_hash: None,
                title: None,
                validators: Validators::default(),
                address: Address::Kept,
                repairs: Vec::new(),
                fresh: vec![entry],
                seen: Vec::new(),
            },
        };
        self.store
            .record_poll(feed.claim, record, self.now)
            .await
            .unwrap();
        let claimed = next_unscraped(&self.store, self.now, LEASE, 1)
            .await
            .unwrap();
        claimed[0].claim
    }

    async fn record(&self, entry: Claim<EntryId>, page: Option<PageLines>) {
        let article = Article {
            url: None,
            title: "Talks resume".into(),
            byline: None,
            published: None,
            lang: None,
            site: None,
            text: "Talks resume.".into(),
            basis: TextBasis::Page,
        };
        let scraped = Scraped {
            article,
            feed_words: FeedWords::default(),
            reading_problem: None,
            page,
            link: None,
            own: None,
            validators: newswatch::domain::Validators::default(),
            set_aside: None,
        };
        self.store
            .record_article(entry, scraped, self.now)
            .await
            .unwrap();
    }

    /// Reads a page with these lines.
    async fn read(&mut self, key: PageKey, lines: impl IntoIterator<Item = i64>) {
        let entry = self.entry().await;
        let page = PageLines::new(key, lines.into_iter().map(TextHash));
        self.record(entry, Some(page)).await;
    }

    /// Reads so many pages of one host, each with a line of its own and, where asked for, the line.
    async fn read_pages(&mut self, addresses: std::ops::Range<i64>, with_line: bool) {
        for address in addresses {
            let shared = with_line.then_some(LINE);
            self.read(page(address), shared.into_iter().chain([1_000 + address]))
                .await;
        }
    }

    /// What is remembered for a page that was not read yet: how many pages there are, and on how many the line stood.
    async fn remembered(&self) -> (u32, u32) {
        self.remembered_for(page(-1)).await
    }

    async fn remembered_for(&self, key: PageKey) -> (u32, u32) {
        let memory = self.memory(key).await;
        let on_pages = memory.on_pages.get(&TextHash(LINE)).copied();
        (memory.other_pages, on_pages.unwrap_or(0))
    }

    async fn memory(&self, key: PageKey) -> HostMemory {
        self.store.host_memory(key).await.unwrap()
    }
}

fn page(address: i64) -> PageKey {
    page_of("a.example", address)
}

fn page_of(host: &str, address: i64) -> PageKey {
    PageKey {
        host: host.into(),
        address: TextHash(address),
        headline: None,
    }
}

#[tokio::test]
async fn it_is_told_on_how_many_other_pages_a_line_stood() {
    let mut reader = Reader::new().await;
    assert_eq!(reader.memory(page(1)).await, HostMemory::default());
    reader.read_pages(0..5, true).await;
    reader.read_pages(5..12, false).await;
    assert_eq!(reader.remembered().await, (12, 5));
    assert_eq!(
        reader.remembered_for(page_of("b.example", 1)).await,
        (0, 0),
        "another host"
    );
}

#[tokio::test]
async fn a_page_that_was_read_before_is_no_other_page() {
    let mut reader = Reader::new().await;
    reader.read_pages(0..5, true).await;
    assert_eq!(reader.remembered_for(page(2)).await, (4, 4));
}

#[tokio::test]
async fn a_page_that_is_read_again_or_under_another_address_counts_once() {
    let mut reader = Reader::new().await;
    let announced = |address, headline| PageKey {
        headline: Some(TextHash(headline)),
        ..page(address)
    };
    for key in [
        announced(1, 1),
        announced(2, 2),
        announced(1, 3),
        announced(3, 2),
    ] {
        reader.read(key, [LINE]).await;
    }
    assert_eq!(reader.remembered().await, (2, 2));
    assert_eq!(
        reader.remembered_for(announced(1, 2)).await,
        (0, 0),
        "the one by its address, the other by its headline"
    );
}

#[tokio::test]
async fn pages_without_a_headline_are_told_apart_by_their_addresses() {
    let mut reader = Reader::new().await;
    reader.read_pages(0..3, true).await;
    assert_eq!(reader.remembered().await, (3, 3));
}

#[tokio::test]
async fn a_claim_that_is_answered_twice_counts_once() {
    let mut reader = Reader::new().await;
    reader.read(page(1), [LINE]).await;
    let entry = reader.entry().await;
    for address in [2, 3] {
        let lines = PageLines::new(page(address), [TextHash(LINE)]);
        reader.record(entry, Some(lines)).await;
    }
    assert_eq!(reader.remembered().await, (2, 2));
}

#[tokio::test]
async fn a_page_without_text_counts_for_nothing() {
    let mut reader = Reader::new().await;
    reader.read_pages(0..2, true).await;
    reader.read(page(2), []).await;
    let entry = reader.entry().await;
    reader.record(entry, None).await;
    assert_eq!(reader.remembered().await, (2, 2));
}

#[tokio::test]
async fn only_the_last_64_pages_count() {
    let mut reader = Reader::new().await;
    reader.read_pages(0..10, true).await;
    reader.read_pages(10..64, false).await;
    assert_eq!(reader.remembered().await, (64, 10));
    reader.read_pages(64..68, false).await;
    assert_eq!(reader.remembered().await, (64, 6));
    reader.read_pages(68..69, true).await;
    assert_eq!(
        reader.remembered().await,
        (64, 6),
        "the oldest went as it came"
    );
    reader.read_pages(69..140, false).await;
    assert_eq!(reader.remembered().await, (64, 0));
    reader.read_pages(140..142, true).await;
    assert_eq!(reader.remembered().await, (64, 2), "it begins anew");
}

#[tokio::test]
async fn a_page_counts_again_once_it_is_no_longer_remembered() {
    let mut reader = Reader::new().await;
    reader.read_pages(0..66, true).await;
    reader.read_pages(0..1, true).await;
    assert_eq!(reader.remembered_for(page(0)).await, (63, 63));
}

/// A state directory, and how many rows of a table are in it.
struct File(tempfile::TempDir);

impl File {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    async fn open(&self) -> Store {
        Store::open(self.0.path()).await.unwrap()
    }

    fn connect(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.0.path().join("newswatch.sqlite3")).unwrap()
    }

    fn rows(&self, table: &str) -> i64 {
        let sql = format!("SELECT COUNT(*) FROM {table}");
        self.connect()
            .query_row(&sql, [], |row| row.get(0))
            .unwrap()
    }
}

#[tokio::test]
async fn a_line_that_comes_only_once_is_forgotten_sooner_than_the_others() {
    let file = File::new();
    let mut reader = Reader::over(file.open().await).await;
    reader.read_pages(0..2, true).await;
    reader.read_pages(2..40, false).await;
    assert_eq!(reader.remembered().await, (40, 2));
    assert_eq!(
        file.rows("host_lines"),
        1 + 16,
        "the line and those of 16 pages"
    );
}

#[tokio::test]
async fn a_host_keeps_no_more_than_a_thousand_lines_and_the_shared_ones_among_them() {
    let file = File::new();
    let mut reader = Reader::over(file.open().await).await;
    for address in 0..40 {
        // Two pages in turn share their lines, so that none is forgotten for having come once.
        let own = (0..63).map(|line| 1_000 + 100 * (address / 2) + line);
        reader
            .read(page(address), own.chain([LINE]).collect::<Vec<_>>())
            .await;
    }
    assert_eq!(reader.remembered().await, (40, 40));
    assert_eq!(file.rows("host_lines"), 1_024);
    assert_eq!(file.rows("host_pages"), 40);
    reader.read_pages(40..100, true).await;
    assert_eq!(file.rows("host_pages"), 64);
}

#[tokio::test]
async fn the_host_that_was_not_read_for_the_longest_makes_room_for_a_new_one() {
    let mut reader = Reader::new().await;
    for host in 0..2_000 {
        let host = format!("{host}.example");
        reader.read(page_of(&host, 1), [LINE]).await;
    }
    reader.read(page_of("0.example", 2), [LINE]).await;
    reader.read(page_of("new.example", 1), [LINE]).await;
    for (host, pages) in [
        ("0.example", 2),
        ("1.example", 0),
        ("2.example", 1),
        ("new.example", 1),
    ] {
        let memory = reader.memory(page_of(host, 9)).await;
        assert_eq!(memory.other_pages, pages, "{host}");
    }
}

#[tokio::test]
async fn what_was_learned_outlives_the_process() {
    let file = File::new();
    let mut reader = Reader::over(file.open().await).await;
    reader.read_pages(0..6, true).await;
    drop(reader);
    let reader = Reader::over(file.open().await).await;
    assert_eq!(reader.remembered().await, (6, 6));
}
