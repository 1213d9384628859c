//! One model of what is said: made once of the alerts and the occasion, and written by every service in its own way.
//!
//! All texts in it are one visible line each. Nothing is escaped here: that is the writer's, who knows its place.

use std::ops::Range;
use std::sync::Arc;

use jiff::tz::TimeZone;
use url::Url;

use crate::domain::{Alert, DeliveryId, Occasion, Priority, Timestamp, WrittenPlaces};
use crate::links::{Act, LinkKey};

/// What a body is to be written of.
#[derive(Debug, Clone, Copy)]
pub struct Telling<'a> {
    /// The delivery.
    pub delivery: &'a DeliveryId,
    /// The mail address, for a channel that has several.
    pub recipient: Option<&'a str>,
    /// The alerts it brings, the oldest first.
    pub alerts: &'a [Alert],
    /// What it is about beside them.
    pub occasion: &'a Occasion,
    /// Whom it is written for.
    pub reader: &'a Reader,
    /// When it is written.
    pub now: Timestamp,
    /// What the operator's templates made of it.
    pub filled: Option<&'a Filled>,
}

/// What templates have made of a message; absent where there is no template, or it failed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filled {
    pub(super) subject: Option<String>,
    pub(super) text: Option<String>,
    pub(super) html: Option<String>,
    pub(super) body: Option<String>,
    /// Why the built-in form is used in the place of a template, as a clause for people.
    pub problem: Option<String>,
}

/// A part of a message that a template can write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The subject of a mail.
    Subject,
    /// The text: the plain part of a mail, the message of a chat or push service, a line.
    Text,
    /// The HTML part of a mail.
    Html,
    /// The whole of what is posted, or given to a command.
    Body,
}

impl Part {
    /// Its key in the configuration.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Text => "text",
            Self::Html => "html",
            Self::Body => "body",
        }
    }
}

impl Filled {
    pub(super) fn place(&mut self, part: Part) -> &mut Option<String> {
        match part {
            Part::Subject => &mut self.subject,
            Part::Text => &mut self.text,
            Part::Html => &mut self.html,
            Part::Body => &mut self.body,
        }
    }

    /// What a template made of a part.
    #[must_use]
    pub fn part(&self, part: Part) -> Option<&str> {
        match part {
            Part::Subject => self.subject.as_deref(),
            Part::Text => self.text.as_deref(),
            Part::Html => self.html.as_deref(),
            Part::Body => self.body.as_deref(),
        }
    }
}

impl Telling<'_> {
    /// The text that a template made for a service of people.
    pub(super) fn templated_text(&self) -> Option<&str> {
        self.filled?.text.as_deref()
    }
}

/// Whom a channel's messages are written for.
#[derive(Debug, Clone)]
pub struct Reader {
    /// The zone in which times are written.
    pub zone: TimeZone,
    /// Where the web pages are; absent where there are none.
    pub web: Option<Url>,
    /// What stands before every subject.
    pub subject_prefix: String,
    /// What signs the links that act; absent where there are none.
    pub links: Option<LinkKey>,
    /// How the mails say that they can be stopped.
    pub unsubscribe: Unsubscribe,
    /// The address that mails come from; absent where there are none.
    pub sender: Option<String>,
    /// The channel.
    pub channel: String,
    /// Whether another channel is told of what nobody acknowledges.
    pub escalates: bool,
    /// Where each watch stands in the configuration.
    pub watch_places: Arc<WrittenPlaces>,
    /// The machine that newswatch runs on, where it is known.
    pub machine: Option<String>,
}

impl Reader {
    /// The address of a page of ours; absent without pages, and where it would be longer than every program takes. The parts
    /// are of any text.
    pub(super) fn page(&self, parts: &[&str]) -> Option<Url> {
        let mut url = self.web.clone()?;
        url.path_segments_mut().ok()?.pop_if_empty().extend(parts);
        Some(url).filter(is_short)
    }

    /// The same with a question.
    pub(super) fn page_with(&self, part: &str, name: &str, value: &str) -> Option<Url> {
        let mut url = self.page(&[part])?;
        url.query_pairs_mut().append_pair(name, value);
        Some(url).filter(is_short)
    }

    /// The address of a link that does something; absent without pages, or without what signs it.
    pub(crate) fn act(&self, act: &Act) -> Option<Url> {
        self.links.as_ref()?.address(self.web.as_ref()?, act)
    }
}

/// Whether an address is taken everywhere: browsers, mail programs and chats give up on longer ones.
fn is_short(url: &Url) -> bool {
    const MAX_BYTES: usize = 2_000;
    url.as_str().len() <= MAX_BYTES
}

/// How mails say to mail programs that they can be stopped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Unsubscribe {
    /// By a mail to the sender (RFC 2369).
    #[default]
    Mailto,
    /// By that, and by one click (RFC 8058): for a relay whose DKIM signature covers these fields.
    OneClick,
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            zone: TimeZone::UTC,
            web: None,
            subject_prefix: String::new(),
            links: None,
            unsubscribe: Unsubscribe::default(),
            sender: None,
            channel: String::new(),
            escalates: false,
            watch_places: Arc::default(),
            machine: None,
        }
    }
}

/// How a piece of text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    Plain,
    Bold,
    /// Found by the matcher.
    Marked,
    /// To be typed.
    Code,
}

/// A piece of text of one look, perhaps a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) text: String,
    pub(super) look: Look,
    pub(super) url: Option<Url>,
}

/// A line of text in pieces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Rich(pub(super) Vec<Run>);

impl Rich {
    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self::default().and(text)
    }

    /// A text in which what is to be typed stands between backticks.
    pub(super) fn with_code(text: &str) -> Self {
        let pieces = text.split('`').enumerate();
        pieces.fold(Self::default(), |line, (place, piece)| {
            if place % 2 == 1 {
                line.code(piece)
            } else {
                line.and(piece)
            }
        })
    }

    fn push(mut self, text: String, look: Look, url: Option<Url>) -> Self {
        if !text.is_empty() {
            self.0.push(Run { text, look, url });
        }
        self
    }

    pub(super) fn and(self, text: impl Into<String>) -> Self {
        self.push(text.into(), Look::Plain, None)
    }

    pub(super) fn bold(self, text: impl Into<String>) -> Self {
        self.push(text.into(), Look::Bold, None)
    }

    pub(super) fn code(self, text: impl Into<String>) -> Self {
        self.push(text.into(), Look::Code, None)
    }

    pub(super) fn link(self, text: impl Into<String>, url: Option<Url>) -> Self {
        self.push(text.into(), Look::Plain, url)
    }

    /// A line of which places are marked.
    pub(super) fn marked(line: &Marked) -> Self {
        let mut rich = Self::default();
        let mut chars = line.text.chars();
        let mut at = 0;
        for mark in &line.marks {
            let plain: String = chars.by_ref().take(mark.start.saturating_sub(at)).collect();
            let marked: String = chars.by_ref().take(mark.len()).collect();
            rich = rich.and(plain).push(marked, Look::Marked, None);
            at = mark.end;
        }
        rich.and(chars.collect::<String>())
    }

    pub(super) fn text(&self) -> String {
        self.0.iter().map(|run| run.text.as_str()).collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A line of text, and the places in it that the matcher found, in code points.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Marked {
    pub(super) text: String,
    pub(super) marks: Vec<Range<usize>>,
}

/// How a badge is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Alarm,
    Good,
}

/// An article that is told of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Item {
    /// The alert, or empty for an article that has none.
    pub(super) id: String,
    pub(super) watch: String,
    pub(super) priority: Priority,
    pub(super) title: Marked,
    pub(super) url: Option<Url>,
    pub(super) outlet: String,
    /// When it was published or found, whole: `Thu 26 Nov, 14:05 UTC+7, found 15:10`.
    pub(super) time: String,
    /// The same as short as a list with one day has it.
    pub(super) short_time: String,
    pub(super) published: Option<Timestamp>,
    pub(super) passages: Vec<Marked>,
    /// What could not be searched.
    pub(super) note: Option<Rich>,
    pub(super) found: Option<String>,
    pub(super) also_in: Option<Rich>,
    pub(super) lang: Option<String>,
    pub(super) is_rtl: bool,
    /// What can be done with it: pages of ours, or commands.
    pub(super) own: Vec<Rich>,
}

impl Item {
    /// The host that its link leads to, as it is read.
    pub(super) fn host(&self) -> Option<String> {
        let host = self.url.as_ref()?.host_str()?;
        Some(host.strip_prefix("www.").unwrap_or(host).to_owned())
    }
}

/// A part of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    /// A heading, and what stands beside it.
    Heading(String, String),
    /// An article, told in full.
    Item(Box<Item>),
    /// A line.
    Text(Rich),
    /// Names and what is true of them.
    Facts(Vec<(String, Rich)>),
    /// A table: its head, and its rows.
    Table(Vec<String>, Vec<Vec<Rich>>),
    /// Lines that stand in a box of their own.
    Panel(Vec<Rich>),
    /// What stands small: items that could not be listed, what a table means.
    More(Rich),
    /// Pages of ours on which something can be done, the first before the others.
    Pages(Vec<Rich>),
}

/// How the mails of a thread hang together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Thread {
    /// The name of the story, which no mail carries.
    pub(super) root: Option<String>,
    /// The first mail that the reader got of it.
    pub(super) first: Option<String>,
    /// What the reader's service calls that message.
    pub(super) message: Option<String>,
}

/// What is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) kind: &'static str,
    pub(super) delivery: String,
    pub(super) priority: Priority,
    pub(super) from_name: String,
    pub(super) subject: String,
    pub(super) preheader: String,
    /// The watch whose list it belongs to, or the list's name.
    pub(super) list: String,
    /// The watch that is stopped by whoever wants no more of these; all of them where it is absent.
    pub(super) stops: Option<String>,
    pub(super) badge: Option<(Tone, String)>,
    /// What stands above the headline: the watch.
    pub(super) label: String,
    pub(super) label_note: String,
    /// The headline, unless the first item's is.
    pub(super) heading: String,
    pub(super) heading_url: Option<Url>,
    /// Its language, and whether it is written from right to left, where it is an outsider's.
    pub(super) heading_lang: Option<String>,
    pub(super) heading_is_rtl: bool,
    pub(super) lead: Vec<Rich>,
    pub(super) blocks: Vec<Block>,
    pub(super) foot: Vec<Rich>,
    pub(super) thread: Thread,
}

impl Message {
    /// The only article that it tells of, if it is about one.
    pub(super) fn single(&self) -> Option<&Item> {
        match self.blocks.as_slice() {
            [Block::Item(item), ..] if self.heading.is_empty() => Some(item),
            _ => None,
        }
    }

    pub(super) fn items(&self) -> impl Iterator<Item = &Item> {
        self.blocks.iter().filter_map(|block| match block {
            Block::Item(item) => Some(item.as_ref()),
            _ => None,
        })
    }

    /// The links to pages of ours on which something can be done.
    pub(super) fn pages(&self) -> impl Iterator<Item = &Run> {
        let of_item = self.single().into_iter().flat_map(|item| &item.own);
        let of_blocks = self.blocks.iter().flat_map(|block| match block {
            Block::Pages(pages) => pages.as_slice(),
            _ => &[],
        });
        let lines = of_item.chain(of_blocks);
        lines
            .flat_map(|line| &line.0)
            .filter(|run| run.url.is_some())
    }

    /// What a notification shows first: the headline.
    pub(super) fn headline(&self) -> &str {
        match self.single() {
            Some(item) => &item.title.text,
            None => &self.heading,
        }
    }

    /// Where a click on it leads.
    pub(super) fn url(&self) -> Option<&Url> {
        match self.single() {
            Some(item) => item.url.as_ref(),
            None => self.heading_url.as_ref(),
        }
    }
}
