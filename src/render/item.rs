//! One article as a message tells it, made of the alert that was raised for it.

use std::ops::Range;

use url::Url;

use super::escape::{clean_link, one_line};
use super::message::{Item, Marked, Rich, Telling};
use super::times;
use crate::domain::{
    Alert, FoundPlace, FoundWords, Outlet, Passage, TextState, Timestamp, one_line_with_marks,
};
use crate::links::{Act, Reply};

/// The most of a headline.
pub(super) const MAX_TITLE_CHARS: usize = 500;

/// The most of a name: a site, a watch.
pub(super) const MAX_NAME_CHARS: usize = 120;

/// The most of a reason.
const MAX_REASON_CHARS: usize = 200;

/// Different words that are told; the others are counted.
const MAX_FOUND: usize = 4;

/// Outlets that are named; the others are counted.
const MAX_OUTLETS: usize = 3;

/// The headline as one line.
pub(super) fn title_of(alert: &Alert) -> String {
    let title = one_line(&alert.title, MAX_TITLE_CHARS);
    if title.is_empty() {
        "(no headline)".to_owned()
    } else {
        title
    }
}

/// A line with its marks, cut.
pub(super) fn marked(text: &str, marks: &[Range<usize>], max_chars: usize) -> Marked {
    let (text, marks) = one_line_with_marks(text, marks);
    super::shrink::cut_marked(&Marked { text, marks }, max_chars)
}

/// The article of an alert.
pub(super) fn item_of(telling: &Telling<'_>, alert: &Alert) -> Item {
    let (zone, now) = (&telling.reader.zone, telling.now);
    let reading = &alert.reading;
    let found_at = reading.found_at.unwrap_or(alert.raised_at);
    let mut title = marked(
        &alert.title,
        &alert.found.quote.title_marks,
        MAX_TITLE_CHARS,
    );
    if title.text.is_empty() {
        title.text = title_of(alert);
    }
    let url = alert.url.as_ref().and_then(clean_link);
    let watch = one_line(&alert.found.watch.0, MAX_NAME_CHARS);
    let shown_at = alert.published.map_or(found_at, |published| published.at);
    Item {
        id: one_line(&alert.id.0, MAX_NAME_CHARS),
        priority: alert.priority,
        outlet: outlet(alert, url.as_ref()),
        time: times::of_article(alert.published, found_at, zone, now),
        short_time: times::in_list(shown_at, zone, now),
        published: alert.published.map(|published| published.at),
        passages: passages(alert),
        note: note(alert),
        found: found(&alert.found.quote.found),
        also_in: also_in(&reading.also_in, story_page(telling, reading.story)),
        is_rtl: is_rtl(reading.lang.as_deref(), &title.text),
        lang: reading.lang.as_deref().and_then(language_tag),
        own: own(telling, alert, &watch),
        title,
        url,
        watch,
    }
}

/// What can be done with an alert: pages of ours where there are some, else the commands that do the same.
fn own(telling: &Telling<'_>, alert: &Alert, watch: &str) -> Vec<Rich> {
    let pages = own_pages(telling, alert);
    if !pages.is_empty() {
        return pages
            .into_iter()
            .map(|(label, url, _)| Rich::default().link(label, Some(url)))
            .collect();
    }
    let id = &alert.id.0;
    let command = |label: &str, command: String| Rich::plain(format!("{label}: ")).code(command);
    let mut own = vec![
        command("Why", format!("newswatch alerts show {id}")),
        mute(watch),
    ];
    if telling.reader.escalates {
        own.push(command("Acknowledge", format!("newswatch alerts ack {id}")));
    }
    own
}

/// The command that keeps a watch quiet for a day.
pub(super) fn mute(watch: &str) -> Rich {
    Rich::plain("Mute: ").code(format!(
        "newswatch silence add --watch {} --for 1d",
        shell_word(watch)
    ))
}

/// The page on which a watch is kept quiet.
pub(super) fn mute_page(telling: &Telling<'_>, watch: &str) -> Option<Url> {
    telling.reader.page_with("silences", "watch", watch)
}

/// The pages on which something can be done with an alert: what it is called, where it is, and its name for programs.
/// Opening one changes nothing; each has a button.
pub(super) fn own_pages(
    telling: &Telling<'_>,
    alert: &Alert,
) -> Vec<(&'static str, Url, &'static str)> {
    let reader = telling.reader;
    let reply = || Reply {
        alert: alert.id.clone(),
        by: telling.recipient.unwrap_or(&reader.channel).to_owned(),
    };
    let mute = mute_page(telling, &alert.found.watch.0);
    let acknowledge = reader
        .escalates
        .then(|| reader.act(&Act::Acknowledge(reply())));
    [
        (
            "Why this alert",
            reader.page(&["alerts", &alert.id.0]),
            "why",
        ),
        ("Mute…", mute, "mute"),
        ("Acknowledge", acknowledge.flatten(), "acknowledge"),
        ("Useful", reader.act(&Act::Useful(reply())), "useful"),
        ("Not useful", reader.act(&Act::Noise(reply())), "noise"),
    ]
    .into_iter()
    .filter_map(|(label, url, name)| Some((label, url?, name)))
    .collect()
}

/// A word as a shell reads it as one, whatever is in it.
fn shell_word(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// The site's name, else the feed's, else the host.
fn outlet(alert: &Alert, url: Option<&Url>) -> String {
    let named = alert.source.iter().chain(alert.feeds.first());
    named
        .map(|name| one_line(name, MAX_NAME_CHARS))
        .find(|name| !name.is_empty())
        .or_else(|| {
            let host = url?.host_str()?;
            Some(host.strip_prefix("www.").unwrap_or(host).to_owned())
        })
        .unwrap_or_default()
}

fn passages(alert: &Alert) -> Vec<Marked> {
    let quote = &alert.found.quote;
    let mut passages: Vec<Marked> = quote.passages.iter().map(passage).collect();
    if passages.is_empty() {
        let sentence = one_line(&alert.found.sentence, 400);
        passages.push(Marked {
            text: sentence,
            marks: Vec::new(),
        });
    }
    passages.retain(|passage| !passage.text.is_empty());
    // What the headline says already is not said again.
    let title = title_of(alert);
    passages.retain(|passage| passage.text.trim_end_matches('.') != title.trim_end_matches('.'));
    passages
}

/// A passage; one of the feed's own words says so, as the reader will not find it on the page.
pub(super) fn passage(passage: &Passage) -> Marked {
    /// A passage has 300 letters and its marks of cuts.
    const MAX_CHARS: usize = 400;
    let line = marked(&passage.text, &passage.marks, MAX_CHARS);
    if !passage.of_feed {
        return line;
    }
    let lead = "In the feed: ";
    let moved = lead.chars().count();
    let marks = line.marks.iter();
    Marked {
        text: format!("{lead}{}", line.text),
        marks: marks
            .map(|mark| mark.start + moved..mark.end + moved)
            .collect(),
    }
}

/// What stands beside an alert: what could not be searched, and what else is to be said.
fn note(alert: &Alert) -> Option<Rich> {
    let mut told = missing_text(alert).unwrap_or_default();
    for note in &alert.notes {
        let space = if told.is_empty() { "" } else { " " };
        told = told.and(space).and(sentence(note));
    }
    (!told.is_empty()).then_some(told)
}

/// A clause as a sentence: `day 1 of this story` becomes `Day 1 of this story.`
fn sentence(clause: &str) -> String {
    let clause = one_line(clause, 300);
    let mut letters = clause.chars();
    let first = letters.next().map(char::to_uppercase);
    let whole: String = first.into_iter().flatten().chain(letters).collect();
    if whole.is_empty() || whole.ends_with(['.', '!', '?', '…']) {
        whole
    } else {
        format!("{whole}.")
    }
}

/// One sentence: what was searched, and why no more.
fn missing_text(alert: &Alert) -> Option<Rich> {
    let reading = &alert.reading;
    let state = match reading.text {
        TextState::Full if alert.summary_only => TextState::Summary,
        state => state,
    };
    let searched = match state {
        TextState::Full => return None,
        TextState::Beginning => "Only the beginning was searched",
        TextState::Summary => "Headline and summary only",
        TextState::Headline => "Only the headline was searched",
    };
    let reason = reading
        .text_reason
        .as_deref()
        .map(|reason| one_line(reason, MAX_REASON_CHARS))
        .filter(|reason| !reason.is_empty());
    let reason = match (reason, state) {
        (_, TextState::Headline) if alert.url.is_none() => {
            Some("the feed gave neither text nor link".to_owned())
        }
        (Some(reason), _) => Some(reason),
        (None, _) if alert.url.is_none() => Some("the feed gave no link".to_owned()),
        (None, TextState::Summary | TextState::Headline) => {
            Some("the configuration asks for no more".to_owned())
        }
        (None, _) => None,
    };
    Some(match reason {
        Some(reason) => Rich::plain(format!("{searched}: "))
            .bold(reason.trim_end_matches('.'))
            .and("."),
        None => Rich::plain(format!("{searched}.")),
    })
}

/// `code of conduct (paragraph 4) · South China Sea (paragraphs 1 and 4)`
fn found(words: &[FoundWords]) -> Option<String> {
    let told: Vec<String> = words
        .iter()
        .take(MAX_FOUND)
        .map(|words| {
            let text = one_line(&words.text, MAX_NAME_CHARS);
            match places(&words.places) {
                places if places.is_empty() => text,
                places => format!("{text} ({places})"),
            }
        })
        .collect();
    if told.is_empty() {
        return None;
    }
    let more = words.len().saturating_sub(told.len());
    let rest = if more > 0 {
        format!(" · and {more} more")
    } else {
        String::new()
    };
    Some(format!("{}{rest}", told.join(" · ")))
}

/// `headline, paragraphs 1 and 4`
fn places(places: &[FoundPlace]) -> String {
    let mut told: Vec<String> = Vec::new();
    if places.contains(&FoundPlace::Headline) {
        told.push("headline".to_owned());
    }
    let mut paragraphs: Vec<usize> = places
        .iter()
        .filter_map(|place| match place {
            FoundPlace::Paragraph(number) => Some(*number),
            _ => None,
        })
        .collect();
    paragraphs.sort_unstable();
    paragraphs.dedup();
    let shown: Vec<String> = paragraphs.iter().take(5).map(usize::to_string).collect();
    match shown.split_last() {
        None => {}
        Some((last, [])) => told.push(format!("paragraph {last}")),
        Some(_) if paragraphs.len() > 5 => {
            told.push(format!("paragraphs {} and more", shown.join(", ")));
        }
        Some((last, others)) => {
            told.push(format!("paragraphs {} and {last}", others.join(", ")));
        }
    }
    if places.contains(&FoundPlace::Feed) {
        told.push("feed".to_owned());
    }
    if places.contains(&FoundPlace::About) {
        told.push("byline or address".to_owned());
    }
    told.join(", ")
}

/// The page that lists all that tell a story.
pub(super) fn story_page(telling: &Telling<'_>, story: Option<i64>) -> Option<Url> {
    let story = story?.to_string();
    telling.reader.page(&["stories", &story])
}

/// `Northern Wire, Strait Radio and 4 more`, which are linked where there is a page of them.
pub(super) fn also_in(outlets: &[Outlet], all: Option<Url>) -> Option<Rich> {
    let shown: Vec<&Outlet> = outlets.iter().take(MAX_OUTLETS).collect();
    let mut line = Rich::default();
    for (place, outlet) in shown.iter().enumerate() {
        if place > 0 {
            line = line.and(", ");
        }
        let name = one_line(&outlet.name, MAX_NAME_CHARS);
        line = line.link(name, outlet.url.as_ref().and_then(clean_link));
    }
    if line.is_empty() {
        return None;
    }
    let more = outlets.len() - shown.len();
    if more > 0 {
        line = line.and(" and ").link(format!("{more} more"), all);
    }
    if outlets.iter().all(|outlet| outlet.is_copy) {
        line = line.and(": the same agency text");
    }
    Some(line)
}

/// A language as an attribute may name it: letters, digits and hyphens.
pub(super) fn language_tag(tag: &str) -> Option<String> {
    let is_tag = (2..=35).contains(&tag.len())
        && tag
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_tag.then(|| tag.to_owned())
}

/// Whether a text is written from right to left: as its language is, else as its first letter is.
pub(super) fn is_rtl(lang: Option<&str>, text: &str) -> bool {
    const RTL: [&str; 12] = [
        "ar", "he", "iw", "fa", "ur", "yi", "ps", "sd", "ug", "dv", "ckb", "syr",
    ];
    let primary = lang
        .and_then(|tag| tag.split(['-', '_']).next())
        .unwrap_or_default()
        .to_ascii_lowercase();
    let first = text.chars().find(|c| c.is_alphabetic());
    match first {
        Some(letter) if primary.is_empty() => is_rtl_letter(letter),
        // A language that is wrong about its own headline is not believed.
        Some(letter) if RTL.contains(&primary.as_str()) => {
            is_rtl_letter(letter) || text.chars().any(is_rtl_letter)
        }
        Some(_) => false,
        None => RTL.contains(&primary.as_str()),
    }
}

fn is_rtl_letter(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// `14:31` of an outlet, in a list.
pub(super) fn time_of(telling: &Telling<'_>, at: Option<Timestamp>) -> String {
    at.map(|at| times::in_list(at, &telling.reader.zone, telling.now))
        .unwrap_or_default()
}
