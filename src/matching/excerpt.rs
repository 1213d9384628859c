//! The sentence that is shown with an alert.

use unicode_segmentation::UnicodeSegmentation as _;

use super::sentences::sentence_bounds;
use crate::domain::{ArticleText, Field, Hit, Span};

/// Characters on either side of the hit in which the ends of its sentence are looked for.
///
/// Longer sentences are cut anyway; a page of one line must not be read whole for each alert.
const WINDOW_CHARS: usize = 2_000;
/// Stands where a sentence was cut.
const CUT: &str = "…";
/// Characters by which a cut may move to fall between words.
const WORD_CHARS: usize = 24;
/// The sentence that holds the first span of a hit, as plain text of at most `max_chars` characters.
///
/// A span in the body is preferred to one in the title, and both to what the feed says, of which the sentence then
/// tells: the reader will not find it on the page. Where none has one, the body speaks for itself with its first
/// sentence. White space is joined, and `…` stands where something was cut off.
#[must_use]
pub fn sentence(article: &ArticleText<'_>, hit: &Hit, max_chars: usize) -> String {
    let by_preference = [
        (Field::Body, article.text),
        (Field::Title, article.title),
        (Field::FeedSummary, article.feed_summary),
        (Field::FeedTitle, article.feed_title),
    ];
    let first_in = |field| hit.spans.iter().find(|span| span.field == field);
    let (text, span) = by_preference
        .into_iter()
        .find_map(|(field, text)| first_in(field).map(|span| (text, *span)))
        .unwrap_or_else(|| opening(article));
    let (sentence, range) = sentence_around(text, span, article.lang);
    let lead = match span.field {
        Field::FeedTitle | Field::FeedSummary => format!("In the {}: ", span.field.name()),
        _ => String::new(),
    };
    let room = max_chars.saturating_sub(lead.chars().count());
    let fitted = fit(&sentence, range, room);
    (lead + &fitted).chars().take(max_chars).collect()
}

/// The first words of an article.
fn opening<'a>(article: &ArticleText<'a>) -> (&'a str, Span) {
    let (text, field) = if article.text.trim().is_empty() {
        (article.title, Field::Title)
    } else {
        (article.text, Field::Body)
    };
    let start = text.chars().take_while(|c| c.is_whitespace()).count();
    (
        text,
        Span {
            field,
            start,
            end: start + 1,
        },
    )
}

/// The sentence around a span with its white space joined, and the span's place in it, in characters.
fn sentence_around(text: &str, span: Span, lang: &str) -> (String, std::ops::Range<usize>) {
    let from = span.start.saturating_sub(WINDOW_CHARS);
    let length = (span.end - span.start.min(span.end)).saturating_add(2 * WINDOW_CHARS);
    let window: Vec<char> = text.chars().skip(from).take(length).collect();
    let start = (span.start - from).min(window.len());
    let end = (span.end.max(span.start) - from).clamp(start, window.len());
    let is_line_end = |c: &char| matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}' | '\u{85}');
    let before = window.get(..start).unwrap_or_default();
    let after = window.get(end..).unwrap_or_default();
    let line_start = before.iter().rposition(is_line_end).map_or(0, |at| at + 1);
    let line_end = after
        .iter()
        .position(is_line_end)
        .map_or(window.len(), |at| end + at);
    let line: String = window
        .get(line_start..line_end)
        .unwrap_or_default()
        .iter()
        .collect();

    let (start, end) = (start - line_start, end - line_start);
    let bounds = sentence_bounds(&line, lang);
    let first = bounds.iter().rfind(|bound| bound.start <= start);
    let last = bounds
        .iter()
        .find(|bound| bound.end > start && bound.end >= end);
    let from = first.map_or(0, |bound| bound.start);
    let until = last.map_or(usize::MAX, |bound| bound.end);
    let sentence: String = line.chars().take(until).skip(from).collect();
    joined(&sentence, start - from..end.max(from) - from)
}

/// A text with its white space joined and control characters left out, and where a range of it has gone.
fn joined(text: &str, range: std::ops::Range<usize>) -> (String, std::ops::Range<usize>) {
    let mut result = String::new();
    let (mut start, mut end) = (0, 0);
    let mut length = 0;
    let mut is_space_due = false;
    for (at, c) in text.chars().enumerate() {
        if c.is_whitespace() {
            is_space_due = !result.is_empty();
        } else if !c.is_control() {
            if is_space_due {
                result.push(' ');
                length += 1;
                is_space_due = false;
            }
            if at <= range.start {
                start = length;
            }
            result.push(c);
            length += 1;
            if at < range.end {
                end = length;
            }
        }
    }
    (result, start..end.max(start))
}

/// Cuts a sentence down to `max_chars` characters around its hit, between graphemes and if it can be words.
fn fit(sentence: &str, hit: std::ops::Range<usize>, max_chars: usize) -> String {
    if sentence.chars().count() <= max_chars {
        return sentence.to_owned();
    }
    let graphemes: Vec<&str> = sentence.graphemes(true).collect();
    let mut starts = Vec::with_capacity(graphemes.len() + 1);
    let mut length = 0;
    for grapheme in &graphemes {
        starts.push(length);
        length += grapheme.chars().count();
    }
    starts.push(length);
    let room = max_chars.saturating_sub(2 * CUT.chars().count());
    let hit_length = (hit.end - hit.start).min(room);
    let around = room - hit_length;
    // More of what follows is shown than of what leads there; what one side does not need the other gets.
    let behind = length - (hit.start + hit_length);
    let lead = (around / 3)
        .max(around.saturating_sub(behind))
        .min(hit.start);
    let first = starts.partition_point(|start| *start < hit.start - lead);
    let first = first.min(
        starts
            .partition_point(|start| *start <= hit.start)
            .saturating_sub(1),
    );
    let from = starts.get(first).copied().unwrap_or_default();
    let last = starts
        .partition_point(|start| *start <= from + room)
        .saturating_sub(1);
    let first = next_word(&graphemes, first, &starts, hit.start);
    let last = word_end(&graphemes, last, &starts, hit.start + hit_length);
    let kept = graphemes
        .get(first..last.max(first))
        .unwrap_or_default()
        .concat();
    let left = if first > 0 { CUT } else { "" };
    let right = if last < graphemes.len() { CUT } else { "" };
    let fitted = format!("{left}{}{right}", kept.trim());
    if fitted.chars().count() <= max_chars {
        fitted
    } else {
        fitted.chars().take(max_chars).collect()
    }
}

/// The first grapheme at or after `first` that starts a word, if one comes soon and before the hit.
fn next_word(graphemes: &[&str], first: usize, starts: &[usize], hit: usize) -> usize {
    if first == 0 {
        return 0;
    }
    let ahead = graphemes.iter().enumerate().skip(first.saturating_sub(1));
    ahead
        .take(WORD_CHARS)
        .find(|(_, grapheme)| **grapheme == " ")
        .map(|(at, _)| at + 1)
        .filter(|at| starts.get(*at).is_some_and(|start| *start <= hit))
        .unwrap_or(first)
}

/// The grapheme at or before `last` after which a word ends, if one is near and behind the hit.
fn word_end(graphemes: &[&str], last: usize, starts: &[usize], hit_end: usize) -> usize {
    if last >= graphemes.len() {
        return graphemes.len();
    }
    let behind = graphemes.iter().enumerate().take(last + 1).rev();
    behind
        .take(WORD_CHARS)
        .find(|(_, grapheme)| **grapheme == " ")
        .map(|(at, _)| at)
        .filter(|at| starts.get(*at).is_some_and(|start| *start >= hit_end))
        .unwrap_or(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, word: &str, max_chars: usize) -> String {
        let byte = text.find(word).unwrap();
        let start = text.get(..byte).unwrap().chars().count();
        let span = Span {
            field: Field::Body,
            start,
            end: start + word.chars().count(),
        };
        let hit = Hit {
            watch: 0,
            score: 1.0,
            spans: vec![span],
            terms: Vec::new(),
        };
        let article = ArticleText {
            text,
            ..ArticleText::default()
        };
        sentence(&article, &hit, max_chars)
    }

    #[test]
    fn the_sentence_of_the_hit_is_shown_with_its_white_space_joined() {
        let text = "First one. The  talks\u{a0}with Iran resume! Last one.\nIran again.";
        assert_eq!(shown(text, "Iran", 200), "The talks with Iran resume!");
    }

    #[test]
    fn a_shortened_word_ends_no_sentence() {
        let text = "It rained. The U.S. Navy and Gen. Smith left Iran. They were late.";
        assert_eq!(
            shown(text, "Navy", 200),
            "The U.S. Navy and Gen. Smith left Iran."
        );
        assert_eq!(
            shown(text, "Iran", 200),
            "The U.S. Navy and Gen. Smith left Iran."
        );
        assert_eq!(shown("中国说。南海问题。完。", "南海", 50), "南海问题。");
    }

    #[test]
    fn a_sentence_ends_as_its_language_ends_it() {
        let sentence = |lang, text: &str| {
            let byte = text.find("Orphelia").unwrap();
            let start = text.get(..byte).unwrap().chars().count();
            sentence_around(
                text,
                Span {
                    field: Field::Body,
                    start,
                    end: start + 8,
                },
                lang,
            )
            .0
        };
        let german =
            "Es regnete. Am 9. März sprach Dr. Quill mit Orphelia über die 3. Stufe. Sonst nichts.";
        assert_eq!(
            sentence("de", german),
            "Am 9. März sprach Dr. Quill mit Orphelia über die 3. Stufe."
        );
        let english = "He is 35. Then Orphelia paid 12. More came.";
        assert_eq!(sentence("en", english), "Then Orphelia paid 12.");
        // Greek asks with a semicolon.
        let greek = "Ποιος ήρθε; Η Orphelia είναι εδώ. Βρέχει.";
        assert_eq!(sentence("el", greek), "Η Orphelia είναι εδώ.");
    }

    #[test]
    fn a_paragraph_is_a_line_and_a_hit_may_cross_it() {
        assert_eq!(
            shown("Heading\nThe West\nBank city. More.", "West\nBank", 99),
            "The West Bank city."
        );
    }

    #[test]
    fn a_long_sentence_is_cut_between_words_around_the_hit() {
        let text = format!("{} Iran {}", "before ".repeat(40), "after ".repeat(40));
        let shown = shown(&text, "Iran", 60);
        assert!(shown.chars().count() <= 60, "{shown}");
        assert!(shown.starts_with("…before"), "{shown}");
        assert!(shown.contains(" Iran after"), "{shown}");
        assert!(shown.ends_with("after…"), "{shown}");
    }

    #[test]
    fn no_grapheme_is_cut_and_no_limit_exceeded() {
        let text = "👩‍👩‍👧‍👦".repeat(30) + "x" + &"e\u{301}".repeat(99);
        for max_chars in 0..80 {
            let shown = shown(&text, "x", max_chars);
            assert!(shown.chars().count() <= max_chars, "{max_chars}: {shown}");
            assert!(!shown.ends_with("e…"), "{max_chars}: {shown}");
        }
    }

    #[test]
    fn without_a_span_the_text_speaks_for_itself() {
        let article = ArticleText {
            title: "Title",
            text: "  One sentence. Two.",
            ..ArticleText::default()
        };
        let hit = Hit {
            watch: 0,
            score: 0.0,
            spans: Vec::new(),
            terms: Vec::new(),
        };
        assert_eq!(sentence(&article, &hit, 99), "One sentence.");
    }

    #[test]
    fn a_hit_that_only_the_feed_has_says_so() {
        let article = ArticleText {
            title: "Strike ends",
            text: "Nothing of it.",
            feed_title: "Orphelia strike ends",
            feed_summary: "It rained. The Orphelia works open.",
            ..ArticleText::default()
        };
        let span = |field, start| Span {
            field,
            start,
            end: start + 8,
        };
        let hit = |spans| Hit {
            watch: 0,
            score: 1.0,
            spans,
            terms: Vec::new(),
        };
        let (title, summary) = (span(Field::FeedTitle, 0), span(Field::FeedSummary, 15));
        assert_eq!(
            sentence(&article, &hit(vec![title]), 99),
            "In the feed's headline: Orphelia strike ends"
        );
        let both = hit(vec![title, summary]);
        assert_eq!(
            sentence(&article, &both, 99),
            "In the feed's summary: The Orphelia works open."
        );
        for max_chars in 0..40 {
            assert!(sentence(&article, &both, max_chars).chars().count() <= max_chars);
        }
    }

    #[test]
    fn spans_outside_of_the_text_are_survived() {
        let article = ArticleText::default();
        let hit = Hit {
            watch: 0,
            score: 0.0,
            spans: vec![Span {
                field: Field::Body,
                start: 7,
                end: 3,
            }],
            terms: Vec::new(),
        };
        assert_eq!(sentence(&article, &hit, 99), "");
    }
}
