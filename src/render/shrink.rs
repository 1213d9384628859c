//! Shorter forms of a message, for services with limits: what is left out is counted, headline and link survive.

use super::message::{Block, Item, Marked, Message, Rich};

impl Message {
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
            blocks.push(Block::More(Rich::plain(format!("and {more} more"))));
        }
        if shrink.is_cut(self) {
            blocks.push(Block::More(Rich::plain("(cut)")));
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
            item.own.clear();
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
