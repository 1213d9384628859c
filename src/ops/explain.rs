//! Why a watch fires on an article, or why it does not.

use serde::{Serialize, Serializer};

use crate::domain::{ArticleText, Field, Span};
use crate::matching::{ClauseKind, ClauseReport, Matcher};

/// Hits of one clause whose text is shown; a common word may have thousands.
const SHOWN_HITS: usize = 20;

/// Characters of one hit that are shown: a NEAR may reach over half a text.
const SHOWN_CHARS: usize = 120;

/// What a watch found, clause by clause.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Why {
    /// Whether the watch fires.
    pub matched: bool,
    /// The sum of the weights of the terms found.
    pub score: f64,
    /// The score that is asked for.
    pub min_score: Option<f64>,
    /// The query and its clauses.
    pub clause: WhyClause,
    /// The clauses of which each alone, had it come out the other way, would have made the query true.
    pub near_misses: Vec<String>,
}

/// What one clause of a query found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WhyClause {
    /// The clause as its author wrote it.
    pub text: String,
    /// `term`, `language`, `alias`, `and`, `or`, `not`, `near`, `count`, `weight`.
    pub kind: &'static str,
    /// Whether it is met.
    pub met: bool,
    /// Whether it only takes points away.
    pub only_points: bool,
    /// How often it was found.
    pub count: usize,
    /// What it adds to the score.
    pub score: f64,
    /// The first places where it was found.
    pub hits: Vec<Found>,
    /// Where these stand, in words, each once: `headline`, `paragraph 3`.
    pub places: Vec<String>,
    /// The clauses below it.
    pub clauses: Vec<Self>,
}

/// A place where a clause was found, and the text that stands there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Found {
    /// Where it stands: `title`, `body`, `feed_title`, ...
    #[serde(serialize_with = "as_word")]
    pub field: Field,
    /// The first code point.
    pub start: usize,
    /// The code point after the last.
    pub end: usize,
    /// The text, its white space joined; cut when it is long.
    pub text: String,
}

/// Tells why the watch at `watch` in the matcher's list fires on an article, or why it does not; `None` if there is no
/// such watch.
#[must_use]
pub fn why(matcher: &Matcher, watch: usize, article: &ArticleText<'_>) -> Option<Why> {
    let explanation = matcher.explain(watch, article)?;
    let mut near_misses: Vec<String> = Vec::new();
    for clause in explanation.near_misses() {
        if !near_misses.contains(&clause.text) {
            near_misses.push(clause.text.clone());
        }
    }
    Some(Why {
        matched: explanation.matched,
        score: explanation.score,
        min_score: explanation.min_score,
        clause: clause(&explanation.clause, article),
        near_misses,
    })
}

fn clause(report: &ClauseReport, article: &ArticleText<'_>) -> WhyClause {
    let spans = || report.spans.iter().take(SHOWN_HITS);
    let mut places: Vec<String> = Vec::new();
    for place in spans().map(|span| place(*span, article)) {
        if !places.contains(&place) {
            places.push(place);
        }
    }
    WhyClause {
        places,
        text: report.text.clone(),
        kind: word(report.kind),
        met: report.met,
        only_points: report.only_points,
        count: report.count,
        score: report.score,
        hits: spans().map(|span| found(*span, article)).collect(),
        clauses: report
            .clauses
            .iter()
            .map(|inner| clause(inner, article))
            .collect(),
    }
}

fn word(kind: ClauseKind) -> &'static str {
    match kind {
        ClauseKind::Term => "term",
        ClauseKind::Language => "language",
        ClauseKind::Alias => "alias",
        ClauseKind::And => "and",
        ClauseKind::Or => "or",
        ClauseKind::Not => "not",
        ClauseKind::Near => "near",
        ClauseKind::Count { .. } => "count",
        ClauseKind::Weight => "weight",
    }
}

/// Says where a hit stands; the paragraphs are those that have a word.
fn place(span: Span, article: &ArticleText<'_>) -> String {
    let word = match span.field {
        Field::Body => {
            let up_to: String = article.text.chars().take(span.start + 1).collect();
            let paragraphs = up_to.lines().filter(|line| !line.trim().is_empty());
            return format!("paragraph {}", paragraphs.count());
        }
        Field::Title => "headline",
        Field::FeedTitle => "feed’s headline",
        Field::FeedSummary => "feed’s summary",
        Field::Author => "author",
        Field::Source => "name of the outlet",
        Field::Url => "address",
        Field::Lang => "language",
        Field::Tag => "tags",
    };
    word.to_owned()
}

fn found(span: Span, article: &ArticleText<'_>) -> Found {
    let tags;
    let text = match span.field {
        Field::Title => article.title,
        Field::Body => article.text,
        Field::FeedTitle => article.feed_title,
        Field::FeedSummary => article.feed_summary,
        Field::Author => article.author,
        Field::Source => article.source,
        Field::Url => article.url,
        Field::Lang => article.lang,
        Field::Tag => {
            tags = article.tags.join(" ");
            &tags
        }
    };
    let length = span.end.saturating_sub(span.start);
    let text: String = text
        .chars()
        .skip(span.start)
        .take(length.min(SHOWN_CHARS))
        .collect();
    let mut text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if length > SHOWN_CHARS {
        text.push('…');
    }
    Found {
        field: span.field,
        start: span.start,
        end: span.end,
        text,
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over a reference"
)]
fn as_word<S: Serializer>(field: &Field, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(field.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::{Asks, WatchSource};

    fn why_of(query: &str, text: &str) -> Why {
        let source = WatchSource {
            name: "w".into(),
            asks: Asks::Query(query.into()),
            min_score: None,
            stem: None,
            fold: None,
        };
        let matcher = Matcher::compile(&[], &[source]).unwrap();
        let article = ArticleText {
            text,
            ..ArticleText::default()
        };
        why(&matcher, 0, &article).unwrap()
    }

    #[test]
    fn a_hit_shows_the_text_that_stands_there() {
        let why = why_of(
            "\"biển đông\" sanction",
            "Về Biển\nĐông: sanction, sanction",
        );
        assert!(why.matched);
        let hits = |place: usize| -> Vec<&str> {
            let clause = why.clause.clauses.get(place).unwrap();
            clause.hits.iter().map(|hit| hit.text.as_str()).collect()
        };
        assert_eq!(hits(0), ["Biển Đông"]);
        assert_eq!(hits(1), ["sanction", "sanction"]);
    }

    #[test]
    fn a_hit_says_in_which_paragraphs_it_stands() {
        let text = crate::domain::paragraphs("Nothing.\n\nA deal.\nIran: deal, deal\n \nIran");
        let why = why_of("iran AND deal", &text);
        let places = |clause: usize| why.clause.clauses.get(clause).unwrap().places.join(", ");
        assert_eq!(places(0), "paragraph 3, paragraph 4");
        assert_eq!(places(1), "paragraph 2, paragraph 3");
    }

    #[test]
    fn a_near_miss_names_the_clause_that_was_lacking() {
        let why = why_of("iran AND (deal OR talks)", "Iran talked.");
        assert!(!why.matched);
        assert_eq!(why.near_misses, ["deal", "talks"]);
        assert!(why_of("iran AND deal", "nothing").near_misses.is_empty());
    }
}
