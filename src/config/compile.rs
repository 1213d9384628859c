//! From the queries as written to the matcher, with every mistake at its place in the file.

use std::collections::HashSet;

use crate::matching::{
    Asks, ClauseReport, Example, Explanation, Matcher, Place as QueryPlace, QueryProblem,
    WatchSource, as_text_and_as_headline,
};

use super::problem::{Kind, Problem, Report, Severity, quoted};
use super::queries::place_of;
use super::raw::{MoreWatchKeys, RawWatchKeys};
use super::source::{At, Place};

/// Problems of one query that are shown.
const MOST_OF_A_QUERY: usize = 20;

/// The most clauses or terms that a hint names.
const MAX_NAMED: usize = 4;

/// What stays of a watch as written once its query has gone to the matcher: where it stands, and its other keys.
pub(super) struct Origin {
    /// The row of the watch, with the bytes of its query.
    pub(super) query: Option<Place>,
    pub(super) more: MoreWatchKeys,
}

/// Compiles the queries, reports every mistake and every trap, and tries the texts that watches must and must not match.
///
/// `origins` are the watches as written, in the order of `sources`. `None` when there is a mistake.
pub(super) fn compile(
    aliases: &[&(At<String>, At<String>)],
    sources: &[WatchSource],
    origins: &[Origin],
    report: &Report,
) -> Option<Matcher> {
    let names_and_queries: Vec<_> = aliases
        .iter()
        .map(|(name, query)| (name.value.clone(), query.value.clone()))
        .collect();
    let (compiled, traps) = Matcher::compile_with_traps(&names_and_queries, sources);
    let mistakes: HashSet<(QueryPlace, usize)> = compiled
        .as_ref()
        .err()
        .map_or(&[][..], Vec::as_slice)
        .iter()
        .map(|mistake| (mistake.place, mistake.col))
        .collect();
    let traps: Vec<QueryProblem> = traps
        .into_iter()
        .filter(|trap| !mistakes.contains(&(trap.place, trap.col)))
        .collect();
    let written = Written {
        aliases,
        sources,
        origins,
    };
    for trap in first_of_each(&traps) {
        report_query(trap, Severity::Warning, &written, report);
    }
    match compiled {
        Ok(matcher) => {
            try_examples(&matcher, origins.iter(), report);
            Some(matcher)
        }
        Err(problems) => {
            for problem in first_of_each(&problems) {
                report_query(problem, Severity::Error, &written, report);
            }
            // A mistake in one query must not hide what is wrong with another watch's examples.
            let (sources, origins) = sound(sources, origins, &problems);
            if let Ok(matcher) = Matcher::compile(&names_and_queries, &sources) {
                try_examples(&matcher, origins.into_iter(), report);
            }
            None
        }
    }
}

/// The first problems of each query: each is shown with its line, and nobody mends more of them at a time.
fn first_of_each(problems: &[QueryProblem]) -> impl Iterator<Item = &QueryProblem> {
    let of_one_query = problems.chunk_by(|one, next| one.place == next.place);
    of_one_query.flat_map(|problems| problems.iter().take(MOST_OF_A_QUERY))
}

/// All queries, and where they stand.
struct Written<'a> {
    aliases: &'a [&'a (At<String>, At<String>)],
    sources: &'a [WatchSource],
    origins: &'a [Origin],
}

impl Written<'_> {
    /// A text, and where it stands.
    fn at(&self, place: QueryPlace) -> Option<(&str, Place)> {
        match place {
            QueryPlace::Query(watch) => {
                let source = self.sources.get(watch)?;
                let place = self.origins.get(watch)?.query.as_ref()?;
                match &source.asks {
                    Asks::Query(query) => Some((query, place.in_watch("query", &source.name))),
                    Asks::Terms(_) => None,
                }
            }
            QueryPlace::Term(watch, term) => {
                let terms = self.origins.get(watch)?.more.terms.as_ref()?;
                terms.value.get(term).map(At::parts)
            }
            QueryPlace::Alias(alias) => self.aliases.get(alias).map(|(_, query)| query.parts()),
        }
    }
}

fn report_query(
    problem: &QueryProblem,
    severity: Severity,
    written: &Written<'_>,
    report: &Report,
) {
    let Some((value, place)) = written.at(problem.place) else {
        return;
    };
    let in_file = place.source().text(place.span());
    let inside = place_of(in_file, place.span().start, value, problem.col);
    let place = place.within(&inside);
    let new = match severity {
        Severity::Error => Problem::error,
        Severity::Warning => Problem::warning,
    };
    report.add(
        new(&place, Kind::Query(problem.kind), &problem.message)
            .hint(&problem.hint)
            .query_col(problem.col),
    );
}

/// The watches that have no mistake of their own.
fn sound<'a>(
    sources: &[WatchSource],
    origins: &'a [Origin],
    problems: &[QueryProblem],
) -> (Vec<WatchSource>, Vec<&'a Origin>) {
    let unsound: HashSet<usize> = problems
        .iter()
        .filter_map(|problem| match problem.place {
            QueryPlace::Query(watch) | QueryPlace::Term(watch, _) => Some(watch),
            QueryPlace::Alias(_) => None,
        })
        .collect();
    sources
        .iter()
        .cloned()
        .zip(origins)
        .enumerate()
        .filter(|(index, _)| !unsound.contains(index))
        .map(|(_, sound)| sound)
        .unzip()
}

/// Tries the texts of `must_match` and `must_not_match`.
fn try_examples<'a>(matcher: &Matcher, origins: impl Iterator<Item = &'a Origin>, report: &Report) {
    for (index, origin) in origins.enumerate() {
        for (example, written) in examples(&origin.more) {
            if example.passes(matcher, index) {
                continue;
            }
            let text = quoted(&example.text);
            let (kind, message, hint) = if example.must_match {
                let hint = short_clause(matcher, index, &example.text);
                let message = format!("the watch does not match {text}");
                (Kind::MustMatch, message, hint)
            } else {
                let hint = found_terms(matcher, index, &example.text);
                (
                    Kind::MustNotMatch,
                    format!("the watch matches {text}"),
                    hint,
                )
            };
            report.add(Problem::error(&written.place, kind, message).hint(hint));
        }
    }
}

/// The tests of a watch, each with where it is written: those that must match first.
pub(super) fn examples(raw: &RawWatchKeys) -> impl Iterator<Item = (Example, &At<String>)> {
    let must_match = raw.must_match.iter().flat_map(|list| &list.value);
    let must_match = must_match.map(|written| (true, written));
    let must_not = raw.must_not_match.iter().flat_map(|list| &list.value);
    let must_not = must_not.map(|written| (false, written));
    must_match.chain(must_not).map(|(must_match, written)| {
        let text = written.value.clone();
        (Example { text, must_match }, written)
    })
}

/// What a text lacks to be matched: the clauses that alone would have made the difference.
fn short_clause(matcher: &Matcher, index: usize, text: &str) -> String {
    let found = explained(matcher, index, text);
    let Some(closest) = found
        .iter()
        .min_by_key(|found| found.near_misses().is_empty())
    else {
        return "change the query, or take the text out".to_owned();
    };
    let missing: Vec<String> = closest
        .near_misses()
        .iter()
        .take(MAX_NAMED)
        .map(|clause| {
            if clause.met {
                format!("{} is there, and must not be", quoted(&clause.text))
            } else {
                lack_of(&clause.text)
            }
        })
        .collect();
    if closest.clause.met {
        return format!(
            "its score is {}, and min_score asks for {}",
            closest.score,
            closest.min_score.unwrap_or_default()
        );
    }
    if missing.is_empty() {
        let named: Vec<String> = unmet(&closest.clause)
            .iter()
            .take(MAX_NAMED)
            .map(|text| quoted(text))
            .collect();
        return format!("more than one thing is not there: {}", named.join(", "));
    }
    missing.join(", or ")
}

/// What is wrong with a clause that is not met: its words may be there, too few times or too far apart.
fn lack_of(clause: &str) -> String {
    let counted = clause.rsplit_once(">=");
    if let Some((what, count)) = counted.filter(|(_, count)| count.parse::<u32>().is_ok()) {
        format!("{} is not there {count} times", quoted(what))
    } else if clause.contains(" NEAR") || clause.contains(" ONEAR") || clause.contains("\"~") {
        format!("{} is not there, or not so close together", quoted(clause))
    } else {
        format!("{} is not there", quoted(clause))
    }
}

/// The terms that were found where none should be.
fn found_terms(matcher: &Matcher, index: usize, text: &str) -> String {
    let terms: Vec<String> = explained(matcher, index, text)
        .into_iter()
        .find(|found| found.matched)
        .map(|found| found.terms())
        .unwrap_or_default()
        .iter()
        .take(MAX_NAMED)
        .map(|term| quoted(term))
        .collect();
    if terms.is_empty() {
        return "what the query excludes is not in it".to_owned();
    }
    format!("it finds {}", terms.join(", "))
}

/// What a watch makes of a text, as the text and as the headline of an article.
fn explained(matcher: &Matcher, index: usize, text: &str) -> Vec<Explanation> {
    as_text_and_as_headline(text)
        .iter()
        .filter_map(|article| matcher.explain(index, article))
        .collect()
}

/// The terms of a clause that are not met.
fn unmet(clause: &ClauseReport) -> Vec<&str> {
    if clause.met || clause.only_points {
        return Vec::new();
    }
    if clause.clauses.is_empty() {
        return vec![&clause.text];
    }
    clause.clauses.iter().flat_map(unmet).collect()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::config::files::{self, Text};
    use crate::config::raw::RawWatch;
    use crate::config::source::Readers;

    const FILE: &str = "\
[alias]
sea = '\"East Sea\" OR (Biển'
[[watch]]
name = 'one'
query = \"\\\"a\\\" (b\"
[[watch]]
name = 'none'
[[watch]]
name = 'two'
terms = ['x', \"y \\\"\"]
";

    /// What the matcher takes of a watch, and what stays of it.
    fn apart(watch: RawWatch, outermost: &Place) -> Option<(WatchSource, Origin)> {
        let asks = match (&watch.query, &watch.terms) {
            (Some(query), _) => Asks::Query(query.value.clone()),
            (None, Some(_)) => Asks::Terms(Vec::new()),
            (None, None) => return None,
        };
        let source = WatchSource {
            name: watch.name.map(|name| name.value).unwrap_or_default(),
            asks,
            min_score: None,
            stem: None,
            fold: None,
        };
        let query = watch.query.map(|query| query.place.alone(outermost));
        let more = watch.more;
        Some((source, Origin { query, more }))
    }

    /// Line, column, watch, kind and column in the query of a mistake in `FILE`.
    fn told(
        place: QueryPlace,
        col: usize,
    ) -> (usize, usize, Option<String>, &'static str, Option<usize>) {
        let text = Text {
            name: "t".into(),
            directory: PathBuf::new(),
            readers: Readers::Owner,
            content: FILE,
        };
        let mut raw = files::read_text(&text, None, &Report::default()).raw;
        let watches = std::mem::take(&mut raw.watches);
        let report = Report::default();
        let aliases: Vec<_> = raw.aliases.iter().collect();
        // The watch without a query is not among those that are compiled.
        let outermost = watches[0].place.outermost();
        let watches = watches.into_iter();
        let (sources, origins): (Vec<_>, Vec<_>) =
            watches.filter_map(|watch| apart(watch, &outermost)).unzip();
        let problem = QueryProblem {
            place,
            kind: "unclosed-quote",
            col,
            message: "m".into(),
            hint: "h".into(),
        };
        let written = Written {
            aliases: &aliases,
            sources: &sources,
            origins: &origins,
        };
        report_query(&problem, Severity::Error, &written, &report);
        let problem = report.into_problems().remove(0);
        (
            problem.line,
            problem.column,
            problem.watch,
            problem.kind.as_str(),
            problem.query_col,
        )
    }

    #[test]
    fn a_mistake_in_a_query_is_placed_past_its_escapes() {
        assert_eq!(
            told(QueryPlace::Query(0), 5),
            (5, 16, Some("one".into()), "unclosed-quote", Some(5))
        );
    }

    #[test]
    fn a_mistake_in_a_term_is_placed_in_that_term() {
        assert_eq!(
            told(QueryPlace::Term(1, 1), 3),
            (10, 18, Some("two".into()), "unclosed-quote", Some(3))
        );
    }

    #[test]
    fn a_mistake_in_an_alias_belongs_to_no_watch() {
        assert_eq!(
            told(QueryPlace::Alias(0), 15),
            (2, 22, None, "unclosed-quote", Some(15))
        );
    }
}
