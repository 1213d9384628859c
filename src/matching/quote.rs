//! What an alert quotes: the sentences that meet most of what was asked for, with the matcher's own marks, and the words
//! that were found, with their places.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation as _;

use super::sentences::sentence_bounds;
use crate::domain::{
    ArticleText, Field, FoundPlace, FoundWords, Hit, Passage, Quote, Span, joined_marks,
    one_line_with_marks,
};

/// The most letters of a passage.
const MAX_PASSAGE_CHARS: usize = 300;

/// The most passages of an alert.
const MAX_PASSAGES: usize = 2;

/// The most places that are looked at: an article can be made to have thousands.
const MAX_SPANS: usize = 500;

/// The most different words that are kept.
const MAX_FOUND: usize = 12;

/// The most places of one of them.
const MAX_PLACES: usize = 20;

/// How much of a sentence the headline must repeat for it to say nothing new, in percent of its words.
const SAME_PERCENT: usize = 80;

/// Quotes what a hit found in an article.
#[must_use]
pub fn quote(article: &ArticleText<'_>, hit: &Hit) -> Quote {
    let body = Body::of(article);
    let in_body = spans_in(hit, Field::Body);
    let title_marks = joined_marks(spans_in(hit, Field::Title));
    let mut passages = body.best_passages(&in_body, article);
    if passages.is_empty() {
        passages = of_feed(article, hit);
    }
    if passages.is_empty() {
        passages = body.opening(article);
    }
    Quote {
        title_marks,
        passages,
        found: found(article, &body, hit),
    }
}

/// Every sentence of an article's text in which a hit found something, in order, with the marks.
#[must_use]
pub fn passages(article: &ArticleText<'_>, hit: &Hit) -> Vec<Passage> {
    let body = Body::of(article);
    let candidates = body.candidates(&spans_in(hit, Field::Body), article);
    candidates.iter().map(|one| body.passage(one)).collect()
}

fn spans_in(hit: &Hit, field: Field) -> Vec<Range<usize>> {
    let spans = hit.spans.iter().filter(|span| span.field == field);
    spans
        .take(MAX_SPANS)
        .filter(|span| span.start < span.end)
        .map(|span| span.start..span.end)
        .collect()
}

/// The text of an article by its letters and paragraphs.
struct Body {
    letters: Vec<char>,
    /// The paragraphs that say something, in order.
    paragraphs: Vec<Range<usize>>,
}

/// A sentence, or a part of one, that could be shown.
struct Candidate {
    range: Range<usize>,
    marks: Vec<Range<usize>>,
    /// The words that are marked in it, in small letters.
    words: BTreeSet<String>,
    repeats_headline: bool,
}

impl Body {
    fn of(article: &ArticleText<'_>) -> Self {
        let letters: Vec<char> = article.text.chars().collect();
        let mut paragraphs = Vec::new();
        let mut start = 0;
        for (at, c) in letters.iter().chain(std::iter::once(&'\n')).enumerate() {
            if matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}' | '\u{85}') {
                let is_said = letters
                    .get(start..at)
                    .is_some_and(|line| line.iter().any(|c| !c.is_whitespace()));
                if is_said {
                    paragraphs.push(start..at);
                }
                start = at + 1;
            }
        }
        Self {
            letters,
            paragraphs,
        }
    }

    fn text(&self, range: &Range<usize>) -> String {
        self.letters
            .get(range.clone())
            .unwrap_or_default()
            .iter()
            .collect()
    }

    /// The place of the paragraph that holds a letter, among those that say something.
    fn paragraph_of(&self, at: usize) -> Option<usize> {
        let behind = self
            .paragraphs
            .partition_point(|paragraph| paragraph.start <= at);
        behind.checked_sub(1)
    }

    fn best_passages(&self, spans: &[Range<usize>], article: &ArticleText<'_>) -> Vec<Passage> {
        let mut candidates = self.candidates(spans, article);
        let mut met: BTreeSet<String> = BTreeSet::new();
        let mut chosen: Vec<Candidate> = Vec::new();
        while chosen.len() < MAX_PASSAGES {
            let best = candidates
                .iter()
                .enumerate()
                .filter(|(_, one)| one.words.difference(&met).next().is_some())
                .min_by_key(|(_, one)| {
                    let new = one.words.difference(&met).count();
                    let spread = one.marks.last().map_or(0, |last| last.end)
                        - one.marks.first().map_or(0, |first| first.start);
                    (
                        one.repeats_headline,
                        std::cmp::Reverse(new),
                        spread,
                        one.range.start,
                    )
                })
                .map(|(at, _)| at);
            let Some(best) = best else { break };
            let best = candidates.swap_remove(best);
            met.extend(best.words.iter().cloned());
            chosen.push(best);
        }
        chosen.sort_by_key(|one| one.range.start);
        chosen.iter().map(|one| self.passage(one)).collect()
    }

    /// The sentences that hold a span; of one that is too long the parts around its marks.
    fn candidates(&self, spans: &[Range<usize>], article: &ArticleText<'_>) -> Vec<Candidate> {
        let headline = words(article.title);
        let mut sentences: BTreeMap<usize, (Range<usize>, Vec<Range<usize>>)> = BTreeMap::new();
        let mut bounds_of: BTreeMap<usize, Vec<Range<usize>>> = BTreeMap::new();
        for span in spans {
            let Some(range) = self.sentence_of(span, article.lang, &mut bounds_of) else {
                continue;
            };
            let entry = sentences
                .entry(range.start)
                .or_insert_with(|| (range.clone(), Vec::new()));
            entry.0.end = entry.0.end.max(range.end);
            entry.1.push(span.clone());
        }
        let mut candidates = Vec::new();
        for (range, marks) in sentences.into_values() {
            let sentence = words(&self.text(&range));
            let repeated = sentence.intersection(&headline).count();
            let repeats_headline =
                !sentence.is_empty() && repeated * 100 >= sentence.len() * SAME_PERCENT;
            for (range, marks) in self.windows(&range, joined_marks(marks)) {
                candidates.push(Candidate {
                    words: marks.iter().map(|mark| folded(&self.text(mark))).collect(),
                    repeats_headline,
                    range,
                    marks,
                });
            }
        }
        candidates
    }

    /// The sentence around a span; several when it crosses their ends.
    fn sentence_of(
        &self,
        span: &Range<usize>,
        lang: &str,
        bounds_of: &mut BTreeMap<usize, Vec<Range<usize>>>,
    ) -> Option<Range<usize>> {
        let place = self.paragraph_of(span.start)?;
        let paragraph = self.paragraphs.get(place)?;
        let bounds = bounds_of.entry(place).or_insert_with(|| {
            sentence_bounds(&self.text(paragraph), lang)
                .into_iter()
                .map(|range| paragraph.start + range.start..paragraph.start + range.end)
                .collect()
        });
        let first = bounds.iter().find(|bound| span.start < bound.end)?;
        let last = bounds
            .iter()
            .rev()
            .find(|bound| bound.start < span.end)
            .unwrap_or(first);
        Some(first.start..last.end.max(first.end).max(span.end))
    }

    /// A sentence whole, or windows of it that hold its marks.
    fn windows(
        &self,
        sentence: &Range<usize>,
        marks: Vec<Range<usize>>,
    ) -> Vec<(Range<usize>, Vec<Range<usize>>)> {
        if sentence.len() <= MAX_PASSAGE_CHARS {
            return vec![(sentence.clone(), marks)];
        }
        let mut groups: Vec<Vec<Range<usize>>> = Vec::new();
        for mark in marks {
            // Room is left for a few words on either side.
            let room = MAX_PASSAGE_CHARS * 2 / 3;
            match groups.last_mut() {
                Some(group)
                    if group
                        .first()
                        .is_some_and(|first| mark.end - first.start <= room) =>
                {
                    group.push(mark);
                }
                _ => groups.push(vec![mark]),
            }
        }
        groups
            .into_iter()
            .filter_map(|marks| {
                let core = marks.first()?.start..marks.last()?.end;
                Some((self.window(sentence, &core), marks))
            })
            .collect()
    }

    /// The part of a sentence around a place in it, from the beginning of a word to the end of one.
    fn window(&self, sentence: &Range<usize>, core: &Range<usize>) -> Range<usize> {
        let room = MAX_PASSAGE_CHARS.saturating_sub(core.len());
        let behind = sentence.end.saturating_sub(core.end);
        let lead = (room / 3)
            .max(room.saturating_sub(behind))
            .min(core.start - sentence.start);
        let start = core.start - lead;
        let end = (core.end + (room - lead)).min(sentence.end).max(core.end);
        let text = self.text(sentence);
        let at = |letter: usize| letter - sentence.start;
        // Words where there are some near, else letters as people see them.
        let (mut from, mut to) = (at(core.start), at(core.end));
        let (mut letters_from, mut letters_to) = (from, to);
        let mut place = 0;
        for piece in text.split_word_bounds() {
            let next = place + piece.chars().count();
            let is_space = piece.chars().all(char::is_whitespace);
            if place >= at(start) && place < from && !is_space {
                from = place;
            }
            if next <= at(end) && next > to && !is_space {
                to = next;
            }
            if next > at(start) && place < at(start) || next > at(end) && place < at(end) {
                let mut letter = place;
                for grapheme in piece.graphemes(true) {
                    let after = letter + grapheme.chars().count();
                    if letter >= at(start) && letter < letters_from {
                        letters_from = letter;
                    }
                    if after <= at(end) && after > letters_to {
                        letters_to = after;
                    }
                    letter = after;
                }
            }
            place = next;
        }
        // A word as long as the window is cut within.
        let near = 40;
        if letters_from + near < from {
            from = letters_from;
        }
        if to + near < letters_to {
            to = letters_to;
        }
        sentence.start + from..sentence.start + to
    }

    fn passage(&self, one: &Candidate) -> Passage {
        let is_cut_left = !self.begins_sentence(one.range.start);
        let is_cut_right = self.is_inside_sentence(one.range.end);
        let marks: Vec<Range<usize>> = one
            .marks
            .iter()
            .map(|mark| mark.start - one.range.start..mark.end - one.range.start)
            .collect();
        let (mut text, mut marks) = one_line_with_marks(&self.text(&one.range), &marks);
        if is_cut_left {
            text.insert(0, '…');
            for mark in &mut marks {
                *mark = mark.start + 1..mark.end + 1;
            }
        }
        if is_cut_right {
            text.push('…');
        }
        Passage {
            text,
            paragraph: self.paragraph_of(one.range.start).map(|place| place + 1),
            of_feed: false,
            marks,
        }
    }

    /// Whether a range that starts here starts a sentence: only windows do not.
    fn begins_sentence(&self, at: usize) -> bool {
        let Some(paragraph) = self
            .paragraph_of(at)
            .and_then(|place| self.paragraphs.get(place))
        else {
            return true;
        };
        let before = self.letters.get(paragraph.start..at).unwrap_or_default();
        let last = before.iter().rev().find(|c| !c.is_whitespace());
        last.is_none_or(|c| ends_sentence(*c))
    }

    /// Whether more of the sentence follows.
    fn is_inside_sentence(&self, end: usize) -> bool {
        let Some(paragraph) = end
            .checked_sub(1)
            .and_then(|last| self.paragraph_of(last))
            .and_then(|place| self.paragraphs.get(place))
        else {
            return false;
        };
        let after = self
            .letters
            .get(end..paragraph.end.max(end))
            .unwrap_or_default();
        let before = self.letters.get(..end).unwrap_or_default();
        let last = before.iter().rev().find(|c| !c.is_whitespace());
        after.iter().any(|c| !c.is_whitespace()) && last.is_none_or(|c| !ends_sentence(*c))
    }

    /// The first sentence, unmarked, unless it repeats the headline.
    fn opening(&self, article: &ArticleText<'_>) -> Vec<Passage> {
        let Some(first) = self.paragraphs.first() else {
            return Vec::new();
        };
        let headline = words(article.title);
        let bounds = sentence_bounds(&self.text(first), article.lang);
        let sentence = bounds.into_iter().find(|range| {
            let range = first.start + range.start..first.start + range.end;
            let sentence = words(&self.text(&range));
            let repeated = sentence.intersection(&headline).count();
            !sentence.is_empty() && repeated * 100 < sentence.len() * SAME_PERCENT
        });
        let Some(sentence) = sentence else {
            return Vec::new();
        };
        let sentence = first.start + sentence.start..first.start + sentence.end;
        let range = if sentence.len() > MAX_PASSAGE_CHARS {
            self.window(&sentence, &(sentence.start..sentence.start + 1))
        } else {
            sentence
        };
        let opening = Candidate {
            range,
            marks: Vec::new(),
            words: BTreeSet::new(),
            repeats_headline: false,
        };
        vec![self.passage(&opening)]
    }
}

/// Where only the feed's own words were met, those: the reader will not find them on the page.
fn of_feed(article: &ArticleText<'_>, hit: &Hit) -> Vec<Passage> {
    let by_preference = [
        (Field::FeedSummary, article.feed_summary),
        (Field::FeedTitle, article.feed_title),
    ];
    let quoted = by_preference.into_iter().find_map(|(field, text)| {
        let spans = spans_in(hit, field);
        (!spans.is_empty()).then_some((text, spans))
    });
    let Some((text, spans)) = quoted else {
        return Vec::new();
    };
    let of_feed = ArticleText {
        text,
        title: article.title,
        lang: article.lang,
        ..ArticleText::default()
    };
    let body = Body::of(&of_feed);
    let passages = body.best_passages(&spans, &of_feed).into_iter();
    passages
        .map(|passage| Passage {
            paragraph: None,
            of_feed: true,
            ..passage
        })
        .collect()
}

/// The words that were found, as they stand, each once.
fn found(article: &ArticleText<'_>, body: &Body, hit: &Hit) -> Vec<FoundWords> {
    let mut found: Vec<(String, FoundWords)> = Vec::new();
    for span in hit.spans.iter().take(MAX_SPANS) {
        let Some((text, place)) = found_at(article, body, span) else {
            continue;
        };
        let (text, _) = one_line_with_marks(&text, &[]);
        if text.is_empty() {
            continue;
        }
        let key = folded(&text);
        if let Some((_, words)) = found.iter_mut().find(|(known, _)| *known == key) {
            if !words.places.contains(&place) && words.places.len() < MAX_PLACES {
                words.places.push(place);
            }
        } else {
            let places = vec![place];
            found.push((key, FoundWords { text, places }));
        }
    }
    found.truncate(MAX_FOUND);
    found.into_iter().map(|(_, words)| words).collect()
}

fn found_at(article: &ArticleText<'_>, body: &Body, span: &Span) -> Option<(String, FoundPlace)> {
    let cut = |text: &str| -> String {
        let length = span.end.saturating_sub(span.start);
        text.chars().skip(span.start).take(length).collect()
    };
    Some(match span.field {
        Field::Title => (cut(article.title), FoundPlace::Headline),
        Field::Body => {
            let paragraph = body.paragraph_of(span.start)? + 1;
            let text = body.text(&(span.start..span.end.max(span.start)));
            (text, FoundPlace::Paragraph(paragraph))
        }
        Field::FeedTitle => (cut(article.feed_title), FoundPlace::Feed),
        Field::FeedSummary => (cut(article.feed_summary), FoundPlace::Feed),
        Field::Author => (cut(article.author), FoundPlace::About),
        Field::Source => (cut(article.source), FoundPlace::About),
        Field::Url => (cut(article.url), FoundPlace::About),
        Field::Tag | Field::Lang => return None,
    })
}

fn ends_sentence(c: char) -> bool {
    matches!(
        c,
        '.' | '!'
            | '?'
            | '…'
            | '。'
            | '！'
            | '？'
            | '｡'
            | '؟'
            | '۔'
            | '।'
            | '॥'
            | '։'
            | ';'
            | '"'
            | '\''
            | '”'
            | '’'
            | '»'
            | '」'
            | '』'
            | ')'
            | '）'
    )
}

fn words(text: &str) -> BTreeSet<String> {
    text.unicode_words().map(folded).collect()
}

fn folded(text: &str) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::super::{Asks, Matcher, WatchSource};
    use super::*;

    fn quoted(query: &str, title: &str, text: &str) -> Quote {
        let watch = WatchSource {
            name: "w".into(),
            asks: Asks::Query(query.into()),
            min_score: None,
            stem: None,
            fold: None,
        };
        let matcher = Matcher::compile(&[], &[watch]).unwrap();
        let article = ArticleText {
            title,
            text,
            ..ArticleText::default()
        };
        let hits = matcher.hits(&article);
        quote(&article, hits.first().expect("the watch fires"))
    }

    /// A passage with its marks as square brackets.
    fn shown(passage: &Passage) -> String {
        let mut shown = String::new();
        for (at, c) in passage.text.chars().enumerate() {
            if passage.marks.iter().any(|mark| mark.start == at) {
                shown.push('[');
            }
            shown.push(c);
            if passage.marks.iter().any(|mark| mark.end == at + 1) {
                shown.push(']');
            }
        }
        shown
    }

    fn passages(query: &str, title: &str, text: &str) -> Vec<String> {
        quoted(query, title, text)
            .passages
            .iter()
            .map(shown)
            .collect()
    }

    #[test]
    fn the_sentence_that_meets_most_is_quoted_and_not_the_first() {
        let text = "Ferry talks stalled. Nobody spoke.\n\nThe ferry and the harbour close on Monday. A ferry sank.";
        assert_eq!(
            passages("ferry AND harbour", "News", text),
            ["The [ferry] and the [harbour] close on Monday."]
        );
    }

    #[test]
    fn what_one_sentence_does_not_meet_another_does_in_the_order_of_the_text() {
        let text = "The dockers went home. It rained.\n\nNext week the union votes on a strike by all dockers of the port, dockers say, and dockers elsewhere. The cranes stand still.";
        assert_eq!(
            passages("cranes AND rained", "News", text),
            ["It [rained].", "The [cranes] stand still."]
        );
    }

    #[test]
    fn a_sentence_that_repeats_the_headline_gives_way_to_another() {
        let text = "Ferry strike ends in Lund. After nine days the ferry sails again, as the strike fund is empty.";
        assert_eq!(
            passages("ferry AND strike", "Ferry strike ends in Lund", text),
            ["After nine days the [ferry] sails again, as the [strike] fund is empty."]
        );
        assert_eq!(
            passages("ferry", "Ferry strike ends", "Ferry strike ends."),
            ["[Ferry] strike ends."]
        );
    }

    #[test]
    fn a_hit_in_the_headline_alone_marks_it_there_and_quotes_the_opening_unmarked() {
        let quote = quoted("ferry", "A ferry sank", "Nobody was hurt. More soon.");
        assert_eq!(quote.title_marks.first(), Some(&(2..7)));
        assert_eq!(shown(quote.passages.first().unwrap()), "Nobody was hurt.");
    }

    #[test]
    fn hits_at_both_ends_of_a_long_sentence_are_both_shown() {
        let text = format!("The ferry {}harbour.", "goes on and on ".repeat(270));
        let shown = passages("ferry AND harbour", "News", &text);
        assert_eq!(shown.len(), 2, "{shown:?}");
        assert!(
            shown.first().unwrap().starts_with("The [ferry] goes"),
            "{shown:?}"
        );
        assert!(shown.first().unwrap().ends_with('…'), "{shown:?}");
        assert!(shown.last().unwrap().starts_with('…'), "{shown:?}");
        assert!(shown.last().unwrap().ends_with("[harbour]."), "{shown:?}");
        for passage in &shown {
            assert!(
                passage.chars().count() <= MAX_PASSAGE_CHARS + 4,
                "{passage}"
            );
            assert!(
                !passage.contains("go…") && !passage.contains("…n "),
                "{passage}"
            );
        }
    }

    #[test]
    fn a_word_without_an_end_is_cut_between_letters() {
        let text = format!("{}中{}", "漢字".repeat(400), "文字".repeat(400));
        let shown = passages("中", "x", &text);
        let first = shown.first().unwrap();
        assert!(
            first.contains("[中]") && first.chars().count() <= MAX_PASSAGE_CHARS + 4,
            "{first}"
        );
    }

    #[test]
    fn marks_are_those_of_the_matcher() {
        for (query, text, expected) in [
            (
                "fish*",
                "He acted selfishly while fishing.",
                "He acted selfishly while [fishing].",
            ),
            ("/[😀-😎]+/", "So 😀😁 it is.", "So [😀😁] it is."),
            (
                "南海",
                "有关各方在南海问题上磋商。",
                "有关各方在[南海]问题上磋商。",
            ),
            (
                "\"Bien Dong\"",
                "Ở Biê\u{309}n Đông hôm nay.",
                "Ở [Biê\u{309}n Đông] hôm nay.",
            ),
        ] {
            assert_eq!(passages(query, "x", text), [expected], "{query}");
        }
    }

    #[test]
    fn what_was_found_is_told_as_it_stands_with_its_places() {
        let text = "A code of conduct.\n\nRain.\n\nThe Code of Conduct and the South China Sea.";
        let quote = quoted("\"code of conduct\" AND sea", "Sea code", text);
        let told: Vec<(String, Vec<FoundPlace>)> = quote
            .found
            .into_iter()
            .map(|words| (words.text, words.places))
            .collect();
        assert_eq!(
            told,
            [
                (
                    "Sea".to_owned(),
                    vec![FoundPlace::Headline, FoundPlace::Paragraph(3)]
                ),
                (
                    "code of conduct".to_owned(),
                    vec![FoundPlace::Paragraph(1), FoundPlace::Paragraph(3)]
                ),
            ]
        );
    }
}
