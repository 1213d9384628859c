//! Asking for the page behind an entry: whether it is wanted, whether its site lets robots read it, in whose turn.

use url::Url;

use super::round::Chance;
use super::{Context, Plan};
use crate::clock;
use crate::domain::{ArticleMode, DocumentName, Entry, PageKey, SiteRule, TextHash, Validators};
use crate::extract::{self, Extracted, Page, Prior, Rule};
use crate::http::{Body, Get, Purpose, Turn};
use crate::parse;
use crate::pipeline::alone::Alone;
use crate::pipeline::gate::{ToRead, Unread};
use crate::pipeline::page::{self, Missing};
use crate::pipeline::robots::{self, Says};
use crate::store::Unscraped;

/// The most that is taken of a page, after decompression; the largest live blogs stay below.
const MAX_PAGE_BYTES: u64 = 4 * 1024 * 1024;

/// What a reader of pages accepts.
const ACCEPT: &str = "text/html, application/xhtml+xml, */*;q=0.5";

/// A page that was read.
pub(in crate::pipeline) struct ReadPage {
    pub(in crate::pipeline) found: Extracted,
    /// Where people are sent.
    pub(in crate::pipeline) shown: Url,
    /// By what it is known among the pages of its host; none where the operator has said what its text is.
    pub(super) key: Option<PageKey>,
    /// Whether another page had sent on to it.
    pub(super) was_sent_on: bool,
    /// What its server names it by; nothing where the article goes on over other pages, of which it says nothing.
    pub(super) validators: Validators,
}

/// Fetches the page behind an entry and reads it, unless it is the one that the validators name; `None` where nobody asked
/// for it.
pub(in crate::pipeline) async fn read(
    asking: &Alone,
    ctx: &Context,
    plan: &Plan,
    (work, validators): (&Unscraped, &Validators),
    chance: Chance,
) -> Result<Option<ReadPage>, Missing> {
    let feed = plan.feeds.get(&work.feed_url);
    let rule = match feed.map_or(&ArticleMode::Auto, |feed| &feed.article) {
        ArticleMode::Never => return Ok(None),
        ArticleMode::Auto => None,
        ArticleMode::Rule(rule) => Some(rule.as_ref()),
    };
    let Some(link) = &work.entry.link else {
        return Ok(None);
    };
    let rewritten = rewritten(rule, link)?;
    let asked = rewritten.as_ref().unwrap_or(link);
    let mut turn = match chance {
        Chance::Turn(turn) => Some(turn),
        Chance::Resting(error) => return Err(error.into()),
        Chance::NoPage => None,
    };
    let access = plan.accesses.get(&work.feed_url);
    let turn_of_robots = turn.as_deref_mut();
    match robots::says(ctx, plan, asking, asked, access, turn_of_robots).await {
        Says::Yes => {}
        Says::No => {
            let reason = "the site asks robots not to read this page (robots.txt)";
            return Err(Missing::Lasting(reason.into()));
        }
        Says::Unknown(error) => {
            let reason = format!("robots.txt cannot be read, and so no page is: {error}");
            return Err(Missing::Passing(reason));
        }
    }
    let mut reader = Reader {
        ctx,
        plan,
        feed: &work.feed_url,
        rule,
        prior: Prior {
            now: Some(ctx.clock.now()),
            published: work.entry.published,
        },
        turn: turn.as_deref_mut(),
        known: validators.clone(),
        named: None,
    };
    let first = page::leaf(&mut reader, asked).await?;
    // The pages on which it goes on wait for turns of their own.
    reader.turn = None;
    let found = page::with_next(&mut reader, first.found, &first.url).await;
    // Where the operator names the text, nobody knows better: nothing is dropped, and nothing learned.
    let names_text = rule.is_some_and(|rule| rule.body.is_some());
    let key = (!names_text).then(|| page_key(&first.url, &work.entry));
    Ok(Some(ReadPage {
        found,
        key: key.flatten(),
        // People are sent to the article itself, not to the page that it was read from.
        shown: if asked == link {
            first.url
        } else {
            link.clone()
        },
        was_sent_on: first.was_sent_on,
        validators: reader.named.unwrap_or_default(),
    }))
}

/// The address at which a site rule has the page read.
fn rewritten(rule: Option<&SiteRule>, link: &Url) -> Result<Option<Url>, Missing> {
    let rewrite = rule.and_then(|rule| rule.url.as_ref());
    let rewritten = rewrite.map(|rewrite| extract::rewritten(rewrite, link));
    rewritten
        .transpose()
        .map_err(|error| Missing::Lasting(format!("site rule: {error}")))
}

/// By what a page is known among those of its host.
pub(in crate::pipeline) fn page_key(url: &Url, entry: &Entry) -> Option<PageKey> {
    let host = url.host_str()?;
    Some(PageKey {
        host: host.strip_prefix("www.").unwrap_or(host).to_owned(),
        address: TextHash::of(&parse::canonical_link(url)),
        headline: entry.title.as_deref().and_then(extract::headline_hash),
    })
}

/// Reads the pages of an entry: each fetched as its feed's are, and taken apart behind the gate.
struct Reader<'a> {
    ctx: &'a Context,
    plan: &'a Plan,
    /// The address of the feed in the configuration.
    feed: &'a Url,
    rule: Option<&'a SiteRule>,
    prior: Prior,
    /// The turn in which the first page is asked for.
    turn: Option<&'a mut Turn>,
    /// What the first page was named by when it was read before.
    known: Validators,
    /// What its server names it by now; nothing once a second page was fetched.
    named: Option<Validators>,
}

impl page::Reader for Reader<'_> {
    type Document = Body;

    async fn fetch(&mut self, asked: &Url) -> Result<(Body, Url), Missing> {
        let known = std::mem::take(&mut self.known);
        let request = Get {
            url: asked,
            accept: ACCEPT,
            validators: &known,
            max_body_bytes: MAX_PAGE_BYTES,
            timeout: self.plan.poll.timeout,
            purpose: Purpose::Page,
            access: self.plan.accesses.get(self.feed),
        };
        let fetched = match &mut self.turn {
            Some(turn) => self.plan.http.get_in_turn(&request, turn).await?,
            None => self.plan.http.get(&request).await?,
        };
        let Some(body) = fetched.body else {
            return Err(Missing::Unchanged);
        };
        self.named = Some(match self.named {
            None => fetched.validators,
            Some(_) => Validators::default(),
        });
        Ok((body, fetched.final_url))
    }

    fn bytes(document: &Body) -> &[u8] {
        &document.bytes
    }

    async fn read(&mut self, body: Body, url: &Url) -> Result<Extracted, Missing> {
        let document = DocumentName::At(url.clone()).to_string();
        let page = ToRead::new(document.clone(), &body.bytes);
        let (rule, prior, url) = (self.rule.cloned(), self.prior, url.clone());
        let reading = move |budget| {
            let rule = rule.as_ref().and_then(|rule| Rule::new(rule).ok());
            let page = Page {
                bytes: &body.bytes,
                content_type: body.content_type.as_deref(),
                url: Some(&url),
            };
            extract::article_given(&page, rule.as_ref(), prior, &clock::still_time(budget))
        };
        let gate = &self.ctx.gate;
        let passing = gate.pass(self.feed, page, extract::READING_BUDGET, reading);
        match passing.await {
            Ok(found) => Ok(found?),
            Err(Unread::SetAside) => Err(Missing::SetAside { document }),
            Err(Unread::Defect) => Err(Missing::Lasting(format!("the page: {}", Unread::Defect))),
        }
    }
}
