//! One alert as a page shows it: what was found and where, why it was raised, who was told, how fast.

use serde::Serialize;

use super::explain::{Why, why};
use super::in_view;
use super::now::{Piece, direction, marked};
use crate::domain::{
    AlertId, ArticleText, DeliveryState, LocalTimestamp, Timestamp, WatchName, paragraphs,
};
use crate::matching::{Marker, Matcher};
use crate::store::{AttemptLine, DeliveryLine, HeldLine, ShownAlertDetail, Store, StoreError};

/// Paragraphs that are shown of one article.
const MAX_PARAGRAPHS: usize = 400;

/// The longest paragraph that is shown, in characters.
const MAX_PARAGRAPH_CHARS: usize = 4_000;

/// An alert as a page shows it.
#[derive(Debug, Clone, Serialize)]
pub struct Told {
    /// Its id.
    pub id: AlertId,
    /// The watch.
    pub watch: String,
    /// How urgent it is.
    pub priority: &'static str,
    /// The headline.
    pub title: String,
    /// Where to read it.
    pub url: Option<String>,
    /// The host of that address.
    pub host: Option<String>,
    /// Who published it.
    pub outlet: Option<String>,
    /// Who wrote it.
    pub byline: Option<String>,
    /// The language of the article.
    pub lang: Option<String>,
    /// `rtl` or `ltr`.
    pub dir: &'static str,
    /// The feeds that announced it.
    pub feeds: Vec<String>,
    /// Whether the text is the feed's own.
    pub summary_only: bool,
    /// Why the page did not give the whole text.
    pub page_problem: Option<String>,
    /// The sentence, in pieces.
    pub sentence: Vec<Piece>,
    /// The paragraphs with hits, and how many without stand before each; empty when the article is not kept.
    pub found: Vec<FoundParagraph>,
    /// Paragraphs without a hit after the last one with.
    pub rest: usize,
    /// The whole text, in paragraphs.
    pub text: Vec<Vec<Piece>>,
    /// What the watch finds in the article as its query is now.
    pub why: Option<Why>,
    /// The times on its way.
    pub times: Times,
    /// Who was told.
    pub deliveries: Vec<Receipt>,
    /// What matched and was held for the same report.
    pub held: Vec<HeldRow>,
    /// What somebody thinks of it.
    pub mark: Option<&'static str>,
    /// Who.
    pub marked_by: Option<String>,
}

/// A paragraph with hits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FoundParagraph {
    /// Its number, from 1.
    pub number: usize,
    /// Paragraphs without a hit before it.
    pub skipped: usize,
    /// Its text.
    pub pieces: Vec<Piece>,
}

/// The times on an alert's way.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Times {
    /// When the article was published.
    pub published: Option<Timestamp>,
    /// When its entry was found.
    pub seen: Timestamp,
    /// When its text was read.
    pub read: Option<Timestamp>,
    /// When the alert was raised.
    pub raised: Timestamp,
    /// When the first receiver had taken it.
    pub told: Option<Timestamp>,
}

/// What became of one copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// The delivery's id; absent while the alert waits to be gathered.
    pub id: Option<String>,
    /// The channel.
    pub channel: String,
    /// The mail address, masked.
    pub recipient: Option<String>,
    /// `waiting`, `delivered`, `abandoned`.
    pub state: &'static str,
    /// When it is tried next, was accepted or given up.
    pub at: Timestamp,
    /// Why the last try failed.
    pub reason: Option<String>,
    /// Its tries.
    pub tries: Vec<Try>,
}

/// One try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Try {
    /// When.
    pub at: Timestamp,
    /// How it ended.
    pub outcome: String,
    /// Why.
    pub reason: Option<String>,
    /// What the receiver said when it accepted.
    pub answer: Option<String>,
}

/// A match that was held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeldRow {
    /// When.
    pub at: Timestamp,
    /// The watch.
    pub watch: String,
    /// The feed.
    pub outlet: String,
    /// The headline.
    pub title: String,
    /// Where to read it.
    pub url: Option<String>,
    /// A word for why.
    pub reason: &'static str,
    /// Why, as a clause.
    pub explanation: String,
}

/// Tells all of an alert; `None` where there is none of this id.
///
/// # Errors
/// When the store fails.
pub async fn told(
    store: &Store,
    matcher: &Matcher,
    watches: &[crate::domain::Watch],
    id: &str,
) -> Result<Option<Told>, StoreError> {
    let shown = store.shown_alert(id.to_owned()).await?;
    Ok(shown.map(|shown| {
        let watch = &shown.detail.alert.found.watch;
        let place = watches.iter().position(|known| known.name == *watch);
        view(shown, matcher, place)
    }))
}

fn view(shown: ShownAlertDetail, matcher: &Matcher, watch: Option<usize>) -> Told {
    let alert = shown.detail.alert;
    let article = shown.article;
    let article = article.map(|(article, _)| article);
    let why = article.as_ref().zip(watch).and_then(|(article, watch)| {
        let text = paragraphs(&article.text);
        why(matcher, watch, &ArticleText::of(article, &text, &[]))
    });
    let mut marker = Marker::default();
    let lang = article.as_ref().and_then(|article| article.lang.clone());
    let text = article.as_ref().map_or_else(Vec::new, |article| {
        paragraphs_of(&article.text, &alert.found.terms, &mut marker)
    });
    let (found, rest) = with_hits(&text);
    let deliveries = shown.detail.deliveries;
    let told = deliveries.iter().filter_map(|(line, _)| told_at(line));
    let (mark, marked_by) = shown.mark.map(|(mark, who)| (mark.as_str(), who)).unzip();
    Told {
        times: Times {
            published: alert.published.map(|LocalTimestamp { at, .. }| at),
            seen: shown.found_at,
            read: shown.scraped_at,
            raised: alert.raised_at,
            told: told.min(),
        },
        id: alert.id,
        watch: alert.found.watch.0,
        priority: alert.priority.as_str(),
        title: in_view(&alert.title, 1_000),
        host: alert
            .url
            .as_ref()
            .and_then(|url| url.host_str())
            .map(str::to_owned),
        url: alert.url.map(String::from),
        outlet: alert.source.map(|source| in_view(&source, 200)),
        byline: article
            .and_then(|article| article.byline)
            .map(|byline| in_view(&byline, 200)),
        dir: direction(lang.as_deref()),
        lang,
        feeds: alert.feeds.iter().map(|feed| in_view(feed, 200)).collect(),
        summary_only: alert.summary_only,
        page_problem: shown
            .detail
            .page_problem
            .map(|problem| in_view(&problem, 400)),
        sentence: marked(
            &in_view(&alert.found.sentence, 2_000),
            &alert.found.terms,
            &mut marker,
        ),
        found,
        rest,
        text,
        why,
        deliveries: deliveries.into_iter().map(receipt).collect(),
        held: shown.held.into_iter().map(held_row).collect(),
        mark,
        marked_by,
    }
}

/// The text of an article as it is shown, its paragraphs in pieces.
fn paragraphs_of(text: &str, terms: &[String], marker: &mut Marker) -> Vec<Vec<Piece>> {
    let lines: Vec<String> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .take(MAX_PARAGRAPHS)
        .map(|line| in_view(line, MAX_PARAGRAPH_CHARS))
        .collect();
    in_lines(marked(&lines.join("\n"), terms, marker))
}

/// When somebody was told.
fn told_at(line: &DeliveryLine) -> Option<Timestamp> {
    match line.state {
        DeliveryState::Sent { at } => Some(at),
        DeliveryState::Waiting { .. } | DeliveryState::Abandoned { .. } => None,
    }
}

/// Pieces of a text, line by line; the terms of a watch are compiled once for all of it.
fn in_lines(pieces: Vec<Piece>) -> Vec<Vec<Piece>> {
    let mut lines: Vec<Vec<Piece>> = vec![Vec::new()];
    for piece in pieces {
        for (number, text) in piece.text.split('\n').enumerate() {
            if number > 0 {
                lines.push(Vec::new());
            }
            if let (Some(line), false) = (lines.last_mut(), text.is_empty()) {
                let text = text.to_owned();
                line.push(Piece { text, ..piece });
            }
        }
    }
    lines.retain(|line| !line.is_empty());
    lines
}

/// The paragraphs with hits, each with the number of those without before it, and how many stand after the last.
fn with_hits(text: &[Vec<Piece>]) -> (Vec<FoundParagraph>, usize) {
    let mut found = Vec::new();
    let mut skipped = 0;
    for (number, pieces) in (1..).zip(text) {
        if pieces.iter().any(|piece| piece.hit) {
            found.push(FoundParagraph {
                number,
                skipped,
                pieces: pieces.clone(),
            });
            skipped = 0;
        } else {
            skipped += 1;
        }
    }
    (found, skipped)
}

fn receipt((line, tries): (DeliveryLine, Vec<AttemptLine>)) -> Receipt {
    let (state, at) = match line.state {
        DeliveryState::Waiting { not_before } => ("waiting", not_before),
        DeliveryState::Sent { at } => ("delivered", at),
        DeliveryState::Abandoned { at, .. } => ("abandoned", at),
    };
    Receipt {
        id: line.id.map(|id| id.0),
        channel: line.channel.0,
        recipient: line.recipient.as_deref().map(masked),
        state,
        at,
        reason: line.reason.map(|reason| in_view(&reason, 400)),
        tries: tries
            .into_iter()
            .map(|line| Try {
                at: line.at,
                outcome: line.outcome,
                reason: line.reason.map(|reason| in_view(&reason, 400)),
                answer: line.answer.map(|answer| in_view(&answer, 400)),
            })
            .collect(),
    }
}

/// A mail address of which its domain and the beginning of its name are shown.
#[must_use]
pub fn masked(address: &str) -> String {
    match address.split_once('@') {
        Some((name, domain)) => {
            let shown: String = name.chars().take(2).collect();
            format!("{shown}…@{domain}")
        }
        None => address.to_owned(),
    }
}

fn held_row(line: HeldLine) -> HeldRow {
    let WatchName(watch) = line.watch;
    HeldRow {
        at: line.at,
        watch,
        outlet: line
            .outlet
            .map(|outlet| in_view(&outlet, 200))
            .unwrap_or_default(),
        title: in_view(&line.title, 300),
        url: line.url.map(String::from),
        reason: line.reason.as_str(),
        explanation: line.reason.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_without_a_hit_are_counted_and_not_shown() {
        let terms = ["hit".to_owned()];
        let text = in_lines(marked(
            "a\na hit\nb\nc\nhit\nd",
            &terms,
            &mut Marker::default(),
        ));
        let (found, rest) = with_hits(&text);
        let shown: Vec<(usize, usize)> =
            found.iter().map(|one| (one.number, one.skipped)).collect();
        assert_eq!(shown, [(2, 1), (5, 2)]);
        assert_eq!(rest, 1);
    }

    #[test]
    fn an_address_is_shown_by_its_beginning() {
        assert_eq!(masked("desk@newsroom.example"), "de…@newsroom.example");
    }
}
