//! Which text an entry gets: the page's or the feed's own.

use std::sync::Arc;

use url::Url;

use super::asking::ReadPage;
use super::{Context, Plan};
use crate::alerting;
use crate::clock;
use crate::domain::{
    self, Article, ArticleText, Budget, DocumentName, Entry, FeedWords, HostMemory, PageLines,
    TextBasis, Validators,
};
use crate::extract::{self, Extracted, NoPage};
use crate::parse;
use crate::pipeline::gate::{ToRead, Unread};
use crate::store::{Scraped, Unscraped};

/// The article that an entry gets.
pub(in crate::pipeline) struct Chosen {
    pub(in crate::pipeline) article: Article,
    /// What readers of the feed see.
    pub(super) feed_words: FeedWords,
    /// What is to be remembered of its page.
    pub(super) lines: Option<PageLines>,
    /// Lines of the page that were dropped because its host repeats them.
    pub(super) dropped: usize,
    /// Why the feed's own text was not read whole, if it was not.
    pub(super) problem: Option<String>,
    /// The name of that text, where it is set aside.
    pub(super) set_aside: Option<String>,
    /// What the server names the page by.
    pub(in crate::pipeline) validators: Validators,
}

/// The feed's own text of an entry, to be read.
pub(super) fn text_of(work: &Unscraped) -> ToRead {
    let text = work.entry.content.as_ref().or(work.entry.summary.as_ref());
    ToRead::new(name_of(work), text.map_or("", String::as_str).as_bytes())
}

fn name_of(work: &Unscraped) -> String {
    DocumentName::FeedText(work.claim.id).to_string()
}

/// Reads the feed's own text and chooses on a thread of its own; where that text must not be read, its headline and the
/// words of its summary are all there is.
pub(in crate::pipeline) async fn choose_aside(
    ctx: &Context,
    work: &Unscraped,
    page: Result<ReadPage, NoPage>,
    memory: HostMemory,
) -> Chosen {
    let entry = Arc::clone(&work.entry);
    let choosing = ctx.gate.pass(
        &work.feed_url,
        text_of(work),
        extract::READING_BUDGET,
        move |budget| choose(&entry, page, &memory, &clock::still_time(budget)),
    );
    let unread = match choosing.await {
        Ok(chosen) => return chosen,
        Err(unread) => unread,
    };
    let problem = format!("the feed's text: {unread}");
    let plain = Entry {
        summary: work.entry.summary.as_deref().map(parse::plain),
        content: None,
        ..Entry::clone(&work.entry)
    };
    let missing = Err(NoPage::Failed(problem.clone()));
    let mut chosen = choose_text(&plain, missing, &Budget::new(&|| true));
    chosen.problem = Some(problem);
    chosen.set_aside = (unread == Unread::SetAside).then_some(name_of(work));
    chosen
}

/// Chooses the text of an entry once the lines are dropped that the page's host repeats.
fn choose(
    entry: &Entry,
    page: Result<ReadPage, NoPage>,
    memory: &HostMemory,
    still_time: &dyn Fn() -> bool,
) -> Chosen {
    let budget = Budget::new(still_time);
    let (mut lines, mut dropped) = (None, 0);
    let mut validators = Validators::default();
    let mut told = entry.clone();
    let page = page.map(|page| {
        let mut found = page.found;
        validators = page.validators;
        // What links by way of another page often names its own search, and not the article.
        if page.was_sent_on && found.title.is_some() {
            told.title = None;
        }
        if let Some(key) = page.key {
            // As the page has them: a line that was forgotten because it was dropped would come back.
            lines = Some(PageLines::new(key, extract::line_hashes(&found.text)));
            dropped = extract::drop_repeated(&mut found, entry, memory, &budget);
        }
        (found, page.shown)
    });
    let mut chosen = choose_text(&told, page, &budget);
    chosen.feed_words.title.clone_from(&entry.title);
    chosen.lines = lines;
    chosen.dropped = dropped;
    chosen.validators = validators;
    if budget.is_spent() {
        chosen.problem = Some("the feed's text takes too long to read".into());
    }
    chosen
}

fn choose_text(
    entry: &Entry,
    page: Result<(Extracted, Url), NoPage>,
    budget: &Budget<'_>,
) -> Chosen {
    Chosen {
        article: extract::choose(entry, page, budget),
        feed_words: feed_words(entry, budget),
        lines: None,
        dropped: 0,
        problem: None,
        set_aside: None,
        validators: Validators::default(),
    }
}

/// What readers of the feed see of an entry.
pub(super) fn feed_words(entry: &Entry, budget: &Budget<'_>) -> FeedWords {
    let summary = entry.summary.as_deref();
    let summary = summary.map(|html| extract::fragment_text(html, budget));
    FeedWords {
        title: entry.title.clone(),
        summary: summary.filter(|text| !text.is_empty()),
    }
}

/// The feed's own text of an entry, where a watch fires on it.
pub(super) async fn told_by_the_feed(
    ctx: &Context,
    plan: &Arc<Plan>,
    work: &Unscraped,
    reason: &str,
) -> Option<Scraped> {
    let (plan, work, reason) = (Arc::clone(plan), work.clone(), reason.to_owned());
    let (feed, text) = (work.feed_url.clone(), text_of(&work));
    let matching = ctx
        .gate
        .pass(&feed, text, extract::READING_BUDGET, move |budget| {
            let page = Err(NoPage::Failed(reason.clone()));
            let still_time = clock::still_time(budget);
            let chosen = choose(&work.entry, page, &HostMemory::default(), &still_time);
            let problem = format!("{reason}; the page will be read again");
            let article = Article {
                basis: TextBasis::FeedForNow { problem },
                ..chosen.article
            };
            fires(&plan, &work, &article, &chosen.feed_words)
                .then_some(Scraped::of_feed(article, chosen.feed_words))
        });
    matching.await.ok().flatten()
}

/// Whether a watch that looks at the entry's feed fires on an article.
fn fires(plan: &Plan, work: &Unscraped, article: &Article, words: &FeedWords) -> bool {
    let Some(feed) = plan.feeds.get(&work.feed_url) else {
        return false;
    };
    let paragraphs = domain::paragraphs(&article.text);
    let text = ArticleText::of(article, &paragraphs, &feed.tags).with_feed(words);
    plan.matcher.hits(&text).iter().any(|hit| {
        let watch = plan.watches.get(hit.watch);
        watch.is_some_and(|watch| alerting::looks_at(watch, feed, work.feed_title.as_deref()))
    })
}
