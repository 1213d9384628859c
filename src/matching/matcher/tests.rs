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

fn watch(query: &str, options: &Options) -> WatchSource {
    WatchSource {
        name: "case".to_owned(),
        asks: Asks::Query(query.to_owned()),
        min_score: options.min_score,
        stem: options.stem.clone(),
        fold: None,
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
        ..ArticleText::default()
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
        Field::FeedTitle | Field::FeedSummary => unreachable!("the cases have no feed"),
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

fn run(fixture: &str) {
    let fixture: Fixture = serde_json::from_str(fixture).unwrap();
    let mut report = Vec::new();
    for case in &fixture.cases {
        for failure in failures(case) {
            report.push(format!(
                "{} {}: {failure}; {}",
                case.id, case.query, case.why
            ));
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
            report.push(format!("{} {}: {problems:?}", case.id, case.query));
        }
    }
    assert!(report.is_empty(), "{}", report.join("\n"));
    assert!(!fixture.cases.is_empty());
}

#[test]
fn every_agreed_case_comes_out_as_written() {
    run(include_str!("../../../tests/fixtures/matching/cases.json"));
}

#[test]
fn every_case_of_our_own_comes_out_as_written() {
    run(include_str!(
        "../../../tests/fixtures/matching/more-cases.json"
    ));
}

#[test]
fn the_examples_of_the_manual_come_out_as_written() {
    let manual = include_str!("../../../docs/QUERY.md");
    let mut examples = 0;
    for line in manual
        .lines()
        .filter(|line| line.contains(" | yes | ") || line.contains(" | no | "))
    {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [query, example, fires, _] = cells[..] else {
            panic!("{line}");
        };
        let query = query.trim_matches('`');
        let matcher = Matcher::compile(&[], &[watch(query, &Options::default())]).unwrap();
        let example = example.replace('¶', "\n");
        let article = ArticleText {
            text: &example,
            ..ArticleText::default()
        };
        assert_eq!(matcher.hits(&article).len() == 1, fires == "yes", "{line}");
        examples += 1;
    }
    assert_eq!(examples, 20);
}

fn list(terms: &[&str]) -> WatchSource {
    WatchSource {
        asks: Asks::Terms(terms.iter().map(|term| (*term).to_owned()).collect()),
        ..watch("", &Options::default())
    }
}

#[test]
fn a_list_fires_on_any_of_its_terms_and_names_those_found() {
    let matcher =
        Matcher::compile(&[], &[list(&["East Sea", " =UNCLOS", "attack*", "U.S."])]).unwrap();
    let hits = |text| {
        matcher.hits(&ArticleText {
            text,
            ..ArticleText::default()
        })
    };
    assert_eq!(
        hits("the EAST SEA under UNCLOS")[0].terms,
        ["East Sea", "=UNCLOS"]
    );
    assert_eq!(hits("Attackers in the US")[0].terms, ["attack*", "U.S."]);
    assert!(hits("unclos, a sea, us").is_empty());
}

#[test]
fn a_list_has_no_operators() {
    let matcher =
        Matcher::compile(&[], &[list(&["iran OR iraq", "\"oil\" -gas", "title:x"])]).unwrap();
    let fires = |text| {
        let article = ArticleText {
            text,
            title: "x",
            ..ArticleText::default()
        };
        matcher.hits(&article).len() == 1
    };
    assert!(fires("iran or iraq"));
    assert!(!fires("iraq"));
    assert!(fires("oil gas"));
    assert!(!fires("oil"));
}

#[test]
fn mistakes_in_a_list_name_the_term() {
    let problems = Matcher::compile(
        &[],
        &[list(&["iran"]), list(&["oil", "…", "ga* a*"]), list(&[])],
    );
    let found: Vec<_> = problems
        .err()
        .unwrap()
        .into_iter()
        .map(|one| (one.place, one.kind, one.col))
        .collect();
    let expected = [
        (Place::Term(1, 1), "empty-term", 1),
        (Place::Term(1, 2), "wildcard-too-broad", 5),
        (Place::Query(2), "empty-query", 1),
    ];
    assert_eq!(found, expected);
}

#[test]
fn every_mistake_is_reported_once_and_where_it_stands() {
    let aliases = [
        ("good".to_owned(), "iran".to_owned()),
        ("bad".to_owned(), "iran OR".to_owned()),
        ("round".to_owned(), "iran OR @round".to_owned()),
    ];
    let watches = [
        watch("@good @bad", &Options::default()),
        watch("foo:iran a* \"...\"", &Options::default()),
        watch(
            "iran",
            &Options {
                stem: Some("vi".to_owned()),
                min_score: None,
            },
        ),
    ];
    let problems = Matcher::compile(&aliases, &watches).err().unwrap();
    let found: Vec<_> = problems
        .into_iter()
        .map(|one| (one.place, one.kind, one.col))
        .collect();
    let expected = [
        (Place::Alias(1), "dangling-operator", 6),
        (Place::Query(1), "unknown-field", 1),
        (Place::Query(1), "wildcard-too-broad", 10),
        (Place::Query(1), "empty-phrase", 13),
        (Place::Query(2), "bad-lang", 1),
        (Place::Alias(2), "alias-cycle", 9),
    ];
    assert_eq!(found, expected);
}

#[test]
fn an_explanation_has_every_clause_and_says_what_was_missing() {
    let aliases = [("gulf".to_owned(), "iran OR oman".to_owned())];
    let query = "@gulf AND (deal OR treaty) -football";
    let matcher = Matcher::compile(&aliases, &[watch(query, &Options::default())]).unwrap();
    let explain = |text| {
        let article = ArticleText {
            text,
            ..ArticleText::default()
        };
        matcher.explain(0, &article).unwrap()
    };

    let met = explain("A deal with Iran and Oman");
    assert!(met.matched && met.near_misses().is_empty());
    assert_eq!(met.terms(), ["iran", "oman", "deal"]);
    let clauses: Vec<_> = met
        .clause
        .clauses
        .iter()
        .map(|one| (one.text.as_str(), one.met, one.count))
        .collect();
    assert_eq!(
        clauses,
        [
            ("@gulf", true, 2),
            ("(deal OR treaty)", true, 1),
            ("-football", true, 0)
        ]
    );

    let near = |text| {
        let explanation = explain(text);
        assert!(!explanation.matched);
        explanation
            .near_misses()
            .into_iter()
            .map(|one| one.text.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(near("Iran talks"), ["deal", "treaty"]);
    assert_eq!(near("Iran deal, football"), ["football"]);
    assert!(near("football with Iran").is_empty());
    assert_eq!(matcher.explain(1, &ArticleText::default()), None);
}

#[test]
fn a_description_shows_the_query_as_it_was_understood() {
    let options = Options {
        min_score: Some(2.0),
        stem: None,
    };
    let watches = [
        watch("oil (gas OR title:=PA) -\"x y\"~2", &options),
        list(&["East Sea", "=UNCLOS"]),
    ];
    let matcher = Matcher::compile(&[], &watches).unwrap();
    assert_eq!(
        matcher.describe(0).unwrap(),
        "oil AND (gas OR title:=PA) AND NOT \"x y\"~2\n\
         the word \"oil\", and [the word \"gas\", or the word \"PA\" exactly as typed in the title], and not the words of \
         \"x y\" in any order with at most 2 more among them; at least 2 points in all"
    );
    assert_eq!(matcher.printed(1).unwrap(), "\"East Sea\" OR =\"UNCLOS\"");
    assert_eq!(matcher.describe(2), None);
}

#[test]
fn hits_come_in_the_order_of_the_watches() {
    let queries = ["oil", "iran OR oil", "gas", "iran", "lang:en -gas"];
    let watches = queries.map(|query| watch(query, &Options::default()));
    let matcher = Matcher::compile(&[], &watches).unwrap();
    let article = ArticleText {
        text: "Iran oil",
        lang: "en",
        ..ArticleText::default()
    };
    let found: Vec<usize> = matcher
        .hits(&article)
        .into_iter()
        .map(|hit| hit.watch)
        .collect();
    assert_eq!(found, [0, 1, 3, 4]);
}

#[test]
fn nothing_of_one_article_is_left_for_the_next() {
    let watches = [
        watch("iran deal", &Options::default()),
        watch("/oi./ -iran", &Options::default()),
    ];
    let matcher = Matcher::compile(&[], &watches).unwrap();
    let fires = |text| {
        let article = ArticleText {
            text,
            ..ArticleText::default()
        };
        matcher
            .hits(&article)
            .into_iter()
            .map(|hit| hit.watch)
            .collect::<Vec<_>>()
    };
    assert_eq!(fires("Iran deal oil"), [0]);
    assert_eq!(fires("a deal"), [0; 0]);
    assert_eq!(fires("oil"), [1]);
    assert_eq!(fires(""), [0; 0]);
}

#[test]
fn operators_of_other_engines_are_refused_with_ours() {
    for (query, col, ours) in [
        ("iran or tehran", 6, "iran OR tehran"),
        ("iran ODER tehran", 6, "iran OR tehran"),
        ("iran AROUND(5) deal", 6, "NEAR/5"),
        ("iran WITHIN 5 deal", 6, "NEAR/5"),
        ("atleast3(iran)", 1, "iran>=3"),
        ("iran ANDNOT oil", 6, "AND NOT"),
        ("iran NEAR 5 deal", 6, "NEAR/5"),
        ("iran NEAR(5) deal", 6, "NEAR/5"),
        ("iran ONEAR 3 deal", 6, "ONEAR/3"),
        ("iran /5 deal", 6, "NEAR/5"),
        ("iran /s deal", 6, "NEAR/15"),
        ("iran / deal", 6, "OR"),
        ("iran ~5 deal", 6, "~n"),
        ("iran w/7 deal", 6, "NEAR/7"),
        ("iran (5n) deal", 6, "NEAR/5"),
        ("iran (w) deal", 6, "ONEAR/0"),
        ("'East Sea' OR oil", 12, "\"East Sea\""),
        ("iran || deal", 6, "OR"),
        ("iran && deal", 6, "AND"),
        ("iran !deal", 6, "-word"),
        ("title(iran) oil", 1, "title:("),
        ("allcaps(who) oil", 1, "=WHO"),
        ("near(iran deal)", 1, "iran NEAR/5 deal"),
        ("after:2026-01-01 iran", 1, "dates"),
        ("https://x.example/a iran", 1, "url:"),
        ("@gulf oder iran", 7, "OR"),
    ] {
        let aliases = [("gulf".to_owned(), "oman OR iraq".to_owned())];
        let problems = Matcher::compile(&aliases, &[watch(query, &Options::default())])
            .err()
            .unwrap_or_default();
        let [problem] = problems.as_slice() else {
            panic!("{query}: {problems:?}");
        };
        assert_eq!(problem.col, col, "{query}");
        assert!(problem.hint.contains(ours), "{query}: {}", problem.hint);
    }
}

#[test]
fn a_list_is_explained_as_the_query_that_it_is() {
    let matcher = Matcher::compile(&[], &[list(&["Biển Đông", "=UNCLOS", "attack*"])]).unwrap();
    let article = ArticleText {
        text: "attacks",
        ..ArticleText::default()
    };
    let explanation = matcher.explain(0, &article).unwrap();
    assert_eq!(explanation.clause.text, "Biển Đông OR =UNCLOS OR attack*");
    assert_eq!(explanation.terms(), ["attack*"]);
}
