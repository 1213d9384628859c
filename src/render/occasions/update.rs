//! What is new in a story.

use super::{counted, empty, foot_of_watch, many};
use crate::domain::{Addition, Alert, ChangeFacts, Priority, RevisionFacts, UpdateFacts};
use crate::render::escape::{clean_link, one_line};
use crate::render::item::{
    MAX_NAME_CHARS, also_in, is_rtl, language_tag, passage, story_page, time_of, title_of,
};
use crate::render::message::{Block, Item, Marked, Message, Rich, Telling, Thread};
use crate::render::times;

/// What is new in a story that the reader was told of.
pub(super) fn update(telling: &Telling<'_>, facts: &UpdateFacts, first: Option<&Alert>) -> Message {
    let (zone, now) = (&telling.reader.zone, telling.now);
    let watch = first.map_or_else(
        || "newswatch".to_owned(),
        |alert| one_line(&alert.found.watch.0, MAX_NAME_CHARS),
    );
    let told = facts.told_at.map_or_else(
        || "update".to_owned(),
        |at| {
            format!(
                "update to your alert of {} {}",
                times::in_list(at, zone, now),
                times::offset(zone, at)
            )
        },
    );
    let subject = first.map(title_of).unwrap_or_default();
    let lang = first.and_then(|alert| alert.reading.lang.as_deref());
    Message {
        priority: first.map_or(Priority::Normal, |alert| alert.priority),
        from_name: format!("{watch} · newswatch"),
        preheader: match &facts.revision {
            Some(revision) => format!("Changed: {}.", what_differs(revision)),
            None => preheader(facts),
        },
        list: first.map_or(watch.clone(), |alert| alert.found.watch.0.clone()),
        label: watch.clone(),
        label_note: told,
        heading: subject.clone(),
        heading_url: first
            .and_then(|alert| alert.url.as_ref())
            .and_then(clean_link),
        heading_is_rtl: is_rtl(lang, &subject),
        heading_lang: lang.and_then(language_tag),
        subject,
        lead: vec![match &facts.revision {
            Some(revision) => changed(telling, revision),
            None => lead(facts),
        }],
        blocks: match &facts.revision {
            Some(revision) => changes(revision),
            None => blocks(telling, facts, &watch),
        }
        .into_iter()
        .chain(pages(telling, facts, first))
        .collect(),
        stops: first.map(|alert| alert.found.watch.0.clone()),
        foot: foot(telling, first, &watch),
        thread: Thread {
            root: facts.story.map(|story| format!("story-{story}")),
            first: facts.first_delivery.as_ref().map(|id| id.0.clone()),
            message: facts.first_message.clone(),
        },
        ..empty("update")
    }
}

fn lead(facts: &UpdateFacts) -> Rich {
    let lead = Rich::plain("Now in ").bold(counted(facts.outlets, "outlet", "outlets"));
    match facts.additions.len() {
        0 => lead.and("."),
        1 => lead.and("; ").bold("1 adds something new").and("."),
        added => lead
            .and("; ")
            .bold(format!("{} add something new", many(added)))
            .and("."),
    }
}

/// `Update, 4 outlets. Harbour Post: …`
fn preheader(facts: &UpdateFacts) -> String {
    let said = facts.additions.first().map(|addition| {
        let text = addition.passages.first().map(|one| one.text.as_str());
        format!("{}: {}", addition.outlet.name, text.unwrap_or_default())
    });
    format!(
        "Update, {}. {}",
        counted(facts.outlets, "outlet", "outlets"),
        one_line(&said.unwrap_or_default(), 300)
    )
}

fn blocks(telling: &Telling<'_>, facts: &UpdateFacts, watch: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    if !facts.additions.is_empty() {
        blocks.push(Block::Heading("New".to_owned(), String::new()));
    }
    for addition in &facts.additions {
        let item = added(telling, addition, watch);
        blocks.push(Block::Item(Box::new(item)));
    }
    if let Some(line) = also_in(&facts.also_in, story_page(telling, facts.story)) {
        blocks.push(Block::Heading("Also in".to_owned(), String::new()));
        blocks.push(Block::Text(line));
    }
    blocks
}

/// Our pages of the story and of the alert.
fn pages(telling: &Telling<'_>, facts: &UpdateFacts, first: Option<&Alert>) -> Option<Block> {
    let id = &first?.id.0;
    let mute = telling.reader.page_with("silences", "story", id);
    let links = [
        ("The whole story", story_page(telling, facts.story)),
        ("Mute this story…", mute),
        ("Why this alert", telling.reader.page(&["alerts", id])),
    ];
    let pages: Vec<Rich> = links
        .into_iter()
        .filter_map(|(label, page)| Some(Rich::default().link(label, Some(page?))))
        .collect();
    (!pages.is_empty()).then_some(Block::Pages(pages))
}

/// The command that keeps a story quiet, where there is no page for it; then how the watch is changed and stopped.
fn foot(telling: &Telling<'_>, first: Option<&Alert>, watch: &str) -> Vec<Rich> {
    let Some(alert) = first else {
        return foot_of_watch(telling, "", watch, "");
    };
    let id = &alert.id.0;
    let command = Rich::plain("Mute this story: ")
        .code(format!("newswatch silence add --story {id} --for 7d"));
    let mute = telling.reader.web.is_none().then_some(command);
    let whole = &alert.found.watch.0;
    let rest = foot_of_watch(telling, whole, watch, &format!("Alert {id}"));
    mute.into_iter().chain(rest).collect()
}

/// What an outlet has added, under the outlet's name.
fn added(telling: &Telling<'_>, addition: &Addition, watch: &str) -> Item {
    let (zone, now) = (&telling.reader.zone, telling.now);
    let passages: Vec<_> = addition.passages.iter().map(passage).collect();
    let text: String = passages.iter().map(|one| one.text.as_str()).collect();
    let at = addition.outlet.published;
    Item {
        watch: watch.to_owned(),
        title: Marked {
            text: one_line(&addition.outlet.name, MAX_NAME_CHARS),
            marks: Vec::new(),
        },
        url: addition.outlet.url.as_ref().and_then(clean_link),
        time: at.map(|at| times::full(at, zone, now)).unwrap_or_default(),
        short_time: time_of(telling, at),
        published: at,
        is_rtl: is_rtl(addition.lang.as_deref(), &text),
        lang: addition.lang.as_deref().and_then(language_tag),
        passages,
        ..Item::default()
    }
}

/// What the outlet has changed in the article, in one line.
fn changed(telling: &Telling<'_>, revision: &RevisionFacts) -> Rich {
    let seen = revision.seen_at.map_or_else(String::new, |at| {
        let at = times::in_list(at, &telling.reader.zone, telling.now);
        format!(" Seen {at}.")
    });
    Rich::plain("Since your alert ")
        .bold(what_differs(revision))
        .and(format!(".{seen}"))
}

/// `its headline has changed; a sentence that matched is gone`
fn what_differs(revision: &RevisionFacts) -> String {
    let known = revision.kinds.iter().filter_map(|kind| clause(kind));
    let clauses: Vec<&str> = known.collect();
    clauses.join("; ")
}

fn clause(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "headline" => "its headline has changed",
        "matched_sentence" => "a sentence that matched has changed",
        "matched_removed" => "a sentence that matched is gone",
        "matched_added" => "a sentence that matches was added",
        "correction" => "the paper has corrected the article",
        "vanished" => "its page is gone",
        _ => return None,
    })
}

/// What stood there, and what stands there now.
fn changes(revision: &RevisionFacts) -> Vec<Block> {
    let mut blocks = Vec::new();
    for change in revision.headline.iter().chain(&revision.changes) {
        let heading = heading_of(change).to_owned();
        blocks.push(Block::Heading(heading, String::new()));
        let lines = [("Before: ", &change.before), ("Now: ", &change.after)];
        for (name, text) in lines.into_iter().filter(|(_, text)| !text.is_empty()) {
            let text = one_line(text, MAX_SENTENCE_CHARS);
            blocks.push(Block::Text(Rich::default().bold(name).and(text)));
        }
    }
    blocks
}

fn heading_of(change: &ChangeFacts) -> &'static str {
    match change.kind.as_str() {
        "headline" => "Headline",
        "matched_removed" => "Gone",
        "matched_added" if change.before.is_empty() => "Added",
        "correction" => "Correction",
        _ => "Changed",
    }
}

/// The most characters of a sentence that is quoted.
const MAX_SENTENCE_CHARS: usize = 500;
