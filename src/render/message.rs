//! One model of what is said: made once of the alerts and the occasion, and written by every service in its own way.
//!
//! All texts in it are one visible line each. Nothing is escaped here: that is the writer's, who knows its place.

use std::ops::Range;

use jiff::tz::TimeZone;
use url::Url;

use super::item::{item_of, title_of};
use super::occasions;
use crate::domain::{Alert, DeliveryId, Occasion, Priority, Timestamp};

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
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            zone: TimeZone::UTC,
            web: None,
            subject_prefix: String::new(),
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
    pub(super) note: Option<String>,
    pub(super) found: Option<String>,
    pub(super) also_in: Option<Rich>,
    pub(super) lang: Option<String>,
    pub(super) is_rtl: bool,
    pub(super) why: Option<Rich>,
    pub(super) mute: Option<Rich>,
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
    /// Items that could not be listed.
    More(String),
}

/// How the mails of a thread hang together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Thread {
    /// The name of the story, which no mail carries.
    pub(super) root: Option<String>,
    /// The first mail that the reader got of it.
    pub(super) first: Option<String>,
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
    pub(super) badge: Option<(Tone, String)>,
    /// What stands above the headline: the watch.
    pub(super) label: String,
    pub(super) label_note: String,
    /// The headline, unless the first item's is.
    pub(super) heading: String,
    pub(super) heading_url: Option<Url>,
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

    /// The same message with fewer items and less of each; what is left out is counted.
    pub(super) fn shrunk(&self, shrink: Shrink) -> Self {
        let mut blocks = Vec::new();
        let total = self.items().count();
        let mut kept = 0;
        for block in &self.blocks {
            match block {
                Block::Item(_) if kept >= shrink.items => {}
                Block::Item(item) => {
                    kept += 1;
                    blocks.push(Block::Item(Box::new(shrink.item(item))));
                }
                Block::Heading(..) if kept >= shrink.items && total > kept => {}
                Block::Table(..) | Block::Panel(_) | Block::Facts(_) if !shrink.details => {}
                other => blocks.push(other.clone()),
            }
        }
        let more = total - kept;
        if more > 0 {
            blocks.push(Block::More(format!("and {more} more")));
        }
        if shrink.is_cut(self) {
            blocks.push(Block::More("(cut)".to_owned()));
        }
        Self {
            blocks,
            heading: super::escape::cut(&self.heading, shrink.title_chars),
            ..self.clone()
        }
    }
}

/// How far a message is shrunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shrink {
    /// The items that are listed.
    pub(super) items: usize,
    /// Passages of each.
    pub(super) passages: usize,
    /// Letters of each.
    pub(super) passage_chars: usize,
    /// Whether what was found, where else it stands and tables are told.
    pub(super) details: bool,
    /// Letters of a headline.
    pub(super) title_chars: usize,
}

impl Shrink {
    /// All there is, as far as headlines are headlines.
    pub(super) const NONE: Self = Self {
        items: usize::MAX,
        passages: 2,
        passage_chars: 320,
        details: true,
        title_chars: 500,
    };

    /// The ways to shrink a message, one after the other; the last one fits everywhere.
    pub(super) fn steps(items: usize) -> Vec<Self> {
        let mut steps = vec![Self::NONE];
        let add = |steps: &mut Vec<Self>, change: &dyn Fn(&mut Self)| {
            let mut next = steps.last().copied().unwrap_or(Self::NONE);
            change(&mut next);
            steps.push(next);
        };
        add(&mut steps, &|step| step.passages = 1);
        add(&mut steps, &|step| step.details = false);
        add(&mut steps, &|step| step.passage_chars = 140);
        add(&mut steps, &|step| step.passages = 0);
        add(&mut steps, &|step| step.title_chars = 160);
        let mut left = items;
        while left > 1 {
            left = if left > 20 { left * 3 / 4 } else { left - 1 };
            add(&mut steps, &|step| step.items = left);
        }
        add(&mut steps, &|step| step.title_chars = 60);
        steps
    }

    fn item(self, item: &Item) -> Item {
        let mut item = item.clone();
        item.passages.truncate(self.passages);
        for passage in &mut item.passages {
            *passage = cut_marked(passage, self.passage_chars);
        }
        item.title = cut_marked(&item.title, self.title_chars);
        if !self.details {
            item.found = None;
            item.also_in = None;
            item.why = None;
            item.mute = None;
        }
        item
    }

    /// Whether a text of the message itself is cut by it.
    fn is_cut(self, message: &Message) -> bool {
        self.title_chars < Self::NONE.title_chars
            && message
                .items()
                .any(|item| item.title.text.chars().count() > self.title_chars)
    }
}

/// Cuts a marked line between letters; what is marked behind the cut is lost.
pub(super) fn cut_marked(line: &Marked, max_chars: usize) -> Marked {
    let text = super::escape::cut(&line.text, max_chars);
    if text == line.text {
        return line.clone();
    }
    let end = text.chars().count().saturating_sub(1);
    let marks = line.marks.iter().filter(|mark| mark.end <= end).cloned();
    Marked {
        marks: marks.collect(),
        text,
    }
}

/// Writes the fullest form of a message that is within a limit.
pub(super) fn fitted<T>(
    message: &Message,
    write: impl Fn(&Message) -> T,
    is_within: impl Fn(&T) -> bool,
) -> T {
    let steps = Shrink::steps(message.items().count());
    let mut written = write(message);
    for step in steps {
        written = write(&message.shrunk(step));
        if is_within(&written) {
            break;
        }
    }
    written
}

/// Makes the message.
pub(super) fn message(telling: &Telling<'_>) -> Message {
    let mut message = match (telling.occasion, telling.alerts) {
        (Occasion::Alert, [alert]) => single(telling, alert),
        (Occasion::Alert | Occasion::Group, alerts) => occasions::group(telling, alerts),
        (Occasion::Update(facts), alerts) => occasions::update(telling, facts, alerts.first()),
        (Occasion::Digest(facts), alerts) => occasions::digest(telling, facts, alerts),
        (Occasion::Storm(facts), alerts) => occasions::storm(telling, facts, alerts),
        (Occasion::Spike(facts), alerts) => occasions::spike(telling, facts, alerts),
        (Occasion::Health(facts), _) => occasions::health(telling, facts),
        (Occasion::Heartbeat(facts), _) => occasions::heartbeat(telling, facts),
    };
    message.delivery.clone_from(&telling.delivery.0);
    message
}

/// The message of one alert.
fn single(telling: &Telling<'_>, alert: &Alert) -> Message {
    let item = item_of(telling, alert);
    let watch = item.watch.clone();
    let badge =
        (alert.priority == Priority::High).then(|| (Tone::Alarm, "High priority".to_owned()));
    let label_note = match alert.priority {
        Priority::Low => "low priority".to_owned(),
        Priority::Normal | Priority::High => String::new(),
    };
    Message {
        priority: alert.priority,
        from_name: format!("{watch} · newswatch"),
        subject: title_of(alert),
        preheader: preheader(&item),
        list: alert.found.watch.0.clone(),
        badge,
        label: watch.clone(),
        label_note,
        foot: foot_of_watch(telling, &watch, &format!("Alert {}", alert.id.0)),
        blocks: vec![Block::Item(Box::new(item))],
        ..empty(telling.occasion.as_str())
    }
}

/// A message that says nothing yet.
pub(super) fn empty(kind: &'static str) -> Message {
    Message {
        kind,
        delivery: String::new(),
        priority: Priority::Normal,
        from_name: "newswatch".to_owned(),
        subject: String::new(),
        preheader: String::new(),
        list: kind.to_owned(),
        badge: None,
        label: String::new(),
        label_note: String::new(),
        heading: String::new(),
        heading_url: None,
        lead: Vec::new(),
        blocks: Vec::new(),
        foot: Vec::new(),
        thread: Thread::default(),
    }
}

/// `Harbour Post: …code of conduct for…`, from at most two words before the first mark.
fn preheader(item: &Item) -> String {
    let passage = item
        .passages
        .iter()
        .find(|passage| !passage.marks.is_empty());
    let passage = passage.or(item.passages.first());
    let said = match passage {
        Some(passage) => {
            let first = passage.marks.first().map_or(0, |mark| mark.start);
            let before: String = passage.text.chars().take(first).collect();
            let words: Vec<&str> = before.split_inclusive(' ').collect();
            let kept = words.len().saturating_sub(2);
            let skipped: usize = words
                .iter()
                .take(kept)
                .map(|word| word.chars().count())
                .sum();
            let rest: String = passage.text.chars().skip(skipped).collect();
            let mark = if skipped > 0 { "…" } else { "" };
            format!("{mark}{rest}")
        }
        None => item.note.clone().unwrap_or_default(),
    };
    if item.outlet.is_empty() {
        said
    } else {
        format!("{}: {said}", item.outlet)
    }
}

/// Why the reader gets this, how it is changed and stopped, in which zone its times are, and its name.
pub(super) fn foot_of_watch(telling: &Telling<'_>, watch: &str, id: &str) -> Vec<Rich> {
    let mut lines = Vec::new();
    let to = telling.recipient.map_or_else(
        || " tells this channel".to_owned(),
        |recipient| format!(" mails {recipient}"),
    );
    lines.push(
        Rich::plain("You get this because the watch ")
            .bold(watch)
            .and(format!("{to}.")),
    );
    lines.push(zone_line(telling, id));
    lines
}

/// `Times: Asia/Ho_Chi_Minh (UTC+7). Alert alr_1`
pub(super) fn zone_line(telling: &Telling<'_>, id: &str) -> Rich {
    let zone = &telling.reader.zone;
    let offset = super::times::offset(zone, telling.now);
    let times = match zone.iana_name() {
        Some(name) if name != "UTC" => format!("Times: {name} ({offset})."),
        _ => format!("Times: {offset}."),
    };
    let id = if id.is_empty() {
        String::new()
    } else {
        format!(" {id}")
    };
    Rich::plain(format!("{times}{id}"))
}
