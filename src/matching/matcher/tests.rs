use std::path::Path;

use serde::Deserialize;

use super::*;
use crate::domain::Field;

#[derive(Deserialize)]
struct Fixture {
    cases: Vec<Case>,
    invalid: Vec<Invalid>,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    query: String,
    #[serde(default)]
    aliases: std::collections::BTreeMap<String, String>,
    #[serde(default)]
    options: Options,
    article: CaseArticle,
    #[serde(rename = "match")]
    matches: bool,
    score: Option<f64>,
    hits: Option<Vec<String>>,
    why: String,
}

#[derive(Deserialize, Default)]
struct Options {
    min_score: Option<f64>,
    stem: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct CaseArticle {
    title: String,
    text: String,
    lang: String,
    source: String,
    author: String,
    tags: Vec<String>,
    url: String,
}

#[derive(Deserialize)]
struct Invalid {
    id: String,
    query: String,
    #[serde(default)]
    aliases: std::collections::BTreeMap<String, String>,
    error: String,
    col: usize,
}

fn fixture(name: &str) -> Fixture {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/matching");
    let text = std::fs::read_to_string(path.join(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn watch(query: &str, options: &Options) -> WatchSource {
    WatchSource {
        name: "case".to_owned(),
        asks: Asks::Query(query.to_owned()),
        min_score: options.min_score,
        stem: options.stem.clone(),
    }
}

fn text(article: &CaseArticle) -> ArticleText<'_> {
    ArticleText {
        title: &article.title,
        text: &article.text,
        author: &article.author,
        source: &article.source,
        tags: &article.tags,
        url: &article.url,
        lang: &article.lang,
    }
}

fn slice(article: &CaseArticle, span: crate::domain::Span) -> String {
    let tags = article.tags.join("\n");
    let field = match span.field {
        Field::Title => &article.title,
        Field::Body => &article.text,
        Field::Author => &article.author,
        Field::Source => &article.source,
        Field::Url => &article.url,
        Field::Lang => &article.lang,
        Field::Tag => &tags,
    };
    field
        .chars()
        .skip(span.start)
        .take(span.end - span.start)
        .collect()
}

/// What a case gets wrong; empty if nothing.
fn failures(case: &Case) -> Vec<String> {
    let aliases: Vec<_> = case.aliases.clone().into_iter().collect();
    let matcher = match Matcher::compile(&aliases, &[watch(&case.query, &case.options)]) {
        Ok(matcher) => matcher,
        Err(problems) => return vec![format!("{problems:?}")],
    };
    let hits = matcher.hits(&text(&case.article));
    let mut failures = Vec::new();
    if hits.is_empty() == case.matches {
        failures.push(format!("match is {}", !case.matches));
    }
    for hit in &hits {
        let found: Vec<String> = hit
            .spans
            .iter()
            .map(|span| slice(&case.article, *span))
            .collect();
        if case.hits.as_ref().is_some_and(|wanted| *wanted != found) {
            failures.push(format!("hits are {found:?}"));
        }
        if case
            .score
            .is_some_and(|score| (score - hit.score).abs() > 1e-9)
        {
            failures.push(format!("score is {}", hit.score));
        }
    }
    failures
}

fn run(name: &str) {
    let fixture = fixture(name);
    let mut report = String::new();
    for case in &fixture.cases {
        for failure in failures(case) {
            report += &format!("{} {}: {failure}; {}\n", case.id, case.query, case.why);
        }
    }
    for case in &fixture.invalid {
        let aliases: Vec<_> = case.aliases.clone().into_iter().collect();
        let problems = Matcher::compile(&aliases, &[watch(&case.query, &Options::default())])
            .err()
            .unwrap_or_default();
        let found: Vec<_> = problems
            .iter()
            .map(|one| (one.kind, one.col, &one.place))
            .collect();
        if found != [(case.error.as_str(), case.col, &Place::Query(0))] {
            report += &format!("{} {}: {problems:?}\n", case.id, case.query);
        }
    }
    assert!(report.is_empty(), "{report}");
    assert!(!fixture.cases.is_empty());
}

#[test]
fn every_agreed_case_comes_out_as_written() {
    run("cases.json");
}
