//! What an alert quotes of its article: passages with the places that the matcher marked, and the words it found.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation as _;
use url::Url;

use super::{AlertId, Timestamp, visible};

/// What a match quotes. Marks are the matcher's own spans, carried along: whoever writes a message never searches.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Quote {
    /// The places in the headline that matched, in code points.
    pub title_marks: Vec<Range<usize>>,
    /// The passages to show, in the order of the text; the first meets most of what was asked for.
    pub passages: Vec<Passage>,
    /// The words that were found, as they stand in the text.
    pub found: Vec<FoundWords>,
}

/// A sentence of the article, or the part of one around its marks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Passage {
    /// Its text, one line.
    pub text: String,
    /// Its paragraph, from 1; absent where it is not from the article's text.
    pub paragraph: Option<usize>,
    /// True when it is from the feed's own words, which the page does not have.
    pub of_feed: bool,
    /// What is marked in it, in code points, in order and apart from one another.
    pub marks: Vec<Range<usize>>,
}

/// Words that were found, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundWords {
    /// The words as they stand in the text.
    pub text: String,
    /// Where: each place once.
    pub places: Vec<FoundPlace>,
}

/// A place where words were found, as a reader finds it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FoundPlace {
    /// In the headline.
    Headline,
    /// In a paragraph, counted from 1.
    Paragraph(usize),
    /// In the words of the feed.
    Feed,
    /// In what is known of the article beside its text: its author, its labels, its address.
    About,
}

/// What is known of how an alert's article was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reading {
    /// The article's language as a BCP 47 tag.
    pub lang: Option<String>,
    /// How much of the text was searched.
    pub text: TextState,
    /// Why no more was searched, as a clause for people.
    pub text_reason: Option<String>,
    /// When the entry was found.
    pub found_at: Option<Timestamp>,
    /// The story it belongs to.
    pub story: Option<i64>,
    /// Who else tells it.
    pub also_in: Vec<Outlet>,
    /// The alert of the same watch that told of the report before, to which this one adds sentences.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adds_to: Option<AlertId>,
}

/// How much of an article's text was searched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TextState {
    /// All of it.
    #[default]
    Full,
    /// Its beginning.
    Beginning,
    /// The headline and the feed's summary alone.
    Summary,
    /// The headline alone.
    Headline,
}

impl TextState {
    /// The word for it in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Beginning => "beginning",
            Self::Summary => "summary",
            Self::Headline => "headline",
        }
    }
}

/// Another outlet that tells a story.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Outlet {
    /// Its name.
    pub name: String,
    /// Its article.
    pub url: Option<Url>,
    /// When it published it.
    pub published: Option<Timestamp>,
    /// True when its text is the same as the alert's: the same agency text.
    pub is_copy: bool,
}

/// A text as one visible line, and where places in it have gone; a place never ends inside what people see as one letter.
#[must_use]
pub fn one_line_with_marks(text: &str, marks: &[Range<usize>]) -> (String, Vec<Range<usize>>) {
    let mut shown = visible(text).peekable();
    let mut line = String::new();
    let mut length = 0;
    let mut gap = false;
    // For every code point of the text, the place in the line of what comes at it or after it, and of the end of what
    // came before it.
    let (mut starts, mut ends) = (Vec::new(), Vec::new());
    for c in text.chars() {
        ends.push(length);
        let is_shown = shown.next_if_eq(&c).is_some();
        if is_shown && (c.is_whitespace() || c.is_control()) {
            gap = length > 0;
        } else if is_shown {
            if std::mem::take(&mut gap) {
                line.push(' ');
                length += 1;
            }
            starts.resize(ends.len(), length);
            line.push(c);
            length += 1;
        }
    }
    starts.resize(ends.len() + 1, length);
    ends.push(length);
    let moved = marks.iter().filter_map(|mark| {
        let start = *starts.get(mark.start)?;
        let end = *ends.get(mark.end).or(ends.last())?;
        (start < end).then_some(start..end)
    });
    let moved = whole_letters(&line, moved.collect());
    (line, moved)
}

/// Widens places so that none begins or ends inside a grapheme, and joins those that then touch.
fn whole_letters(line: &str, marks: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let mut bounds = vec![0];
    let mut at = 0;
    for grapheme in line.graphemes(true) {
        at += grapheme.chars().count();
        bounds.push(at);
    }
    let widened = marks.into_iter().map(|mark| {
        let before = bounds.partition_point(|bound| *bound <= mark.start);
        let after = bounds.partition_point(|bound| *bound < mark.end);
        let start = bounds.get(before.saturating_sub(1)).copied();
        start.unwrap_or_default()..bounds.get(after).copied().unwrap_or(at)
    });
    joined_marks(widened.collect())
}

/// Places in order, those that overlap joined.
#[must_use]
pub fn joined_marks(mut marks: Vec<Range<usize>>) -> Vec<Range<usize>> {
    marks.sort_by_key(|mark| (mark.start, mark.end));
    let mut joined: Vec<Range<usize>> = Vec::with_capacity(marks.len());
    for mark in marks {
        match joined.last_mut() {
            Some(last) if mark.start < last.end => last.end = last.end.max(mark.end),
            _ => joined.push(mark),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str, marks: &[(usize, usize)]) -> String {
        let marks: Vec<Range<usize>> = marks.iter().map(|&(start, end)| start..end).collect();
        let (line, marks) = one_line_with_marks(text, &marks);
        let mut shown = String::new();
        for (at, c) in line.chars().enumerate() {
            shown.extend(marks.iter().filter(|mark| mark.start == at).map(|_| '['));
            shown.push(c);
            shown.extend(marks.iter().filter(|mark| mark.end == at + 1).map(|_| ']'));
        }
        shown
    }

    #[test]
    fn marks_move_with_the_letters_that_they_stand_on() {
        assert_eq!(
            marked("  a\t b\u{202e} cc ", &[(5, 6), (8, 10)]),
            "a [b] [cc]"
        );
        assert_eq!(marked("ab\u{200b}cd", &[(1, 4)]), "a[bc]d");
        // The second accent of a letter belongs to it.
        assert_eq!(marked("e\u{302}\u{301}n", &[(0, 2)]), "[e\u{302}\u{301}]n");
        assert_eq!(marked("abcdef", &[(0, 3), (2, 5)]), "[abcde]f");
        assert_eq!(marked("abc", &[(7, 9)]), "abc");
    }
}
