//! What must be true of every query and every article.

use proptest::prelude::*;

use super::*;
use crate::matching::query::print;

/// Words in several scripts that meet and overlap one another.
const TEXT_WORDS: [&str; 34] = [
    "iran",
    "Iran",
    "IRAN",
    "Iran’s",
    "oil",
    "PA",
    "pa",
    "U.S.",
    "us",
    "cyber",
    "security",
    "cybersecurity",
    "women",
    "Biển",
    "biến",
    "Bien",
    "Bie\u{302}\u{309}n",
    "đông",
    "南",
    "海",
    "南海",
    "海南",
    "이란",
    "이란은",
    "мои",
    "мой",
    "กา",
    "การ",
    "🚀",
    "3.5",
    "1,000",
    "Xi'an",
    "x\u{ad}y",
    "www.iran.example",
];
const GAPS: [&str; 12] = [
    " ", " ", " ", "  ", "-", ", ", "\n", "\n\n", "", "’", ". ", "-\n",
];
const TERMS: [&str; 30] = [
    "iran",
    "oil",
    "pa",
    "=PA",
    "=\"Iran\"",
    "U.S.",
    "us",
    "cyber-security",
    "cybersecurity",
    "cyber*",
    "wom?n",
    "Biển",
    "bien",
    "\"biển đông\"",
    "南海",
    "海",
    "이란",
    "=이란",
    "мой",
    "กา",
    "🚀",
    "3.5",
    "1,000",
    "Xi'an",
    "\"iran oil\"",
    "\"iran * oil\"",
    "\"oil iran\"~2",
    "\"cyber-security iran\"~3",
    "\"* iran\"",
    "i-r-a-n",
];
const FIELDS: [&str; 3] = ["title:", "body:", "source:"];

fn article() -> impl Strategy<Value = String> {
    let piece = (
        prop::sample::select(&TEXT_WORDS[..]),
        prop::sample::select(&GAPS[..]),
    );
    prop::collection::vec(piece, 0..40).prop_map(|pieces| {
        pieces
            .into_iter()
            .flat_map(|(word, gap)| [word, gap])
            .collect()
    })
}

/// A clause that can be a side of NEAR.
fn positional() -> impl Strategy<Value = String> {
    let term = prop::sample::select(&TERMS[..]).prop_map(str::to_owned);
    term.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4)
                .prop_map(|sides| format!("({})", sides.join(" OR "))),
            (inner.clone(), inner, 0u32..6, any::<bool>()).prop_map(
                |(left, right, distance, ordered)| {
                    format!(
                        "({left} {}NEAR/{distance} {right})",
                        if ordered { "O" } else { "" }
                    )
                }
            ),
        ]
    })
}

/// A query that can be read.
fn valid_query() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        4 => positional(),
        1 => (positional(), 1u32..4).prop_map(|(what, min)| format!("{what}>={min}")),
        1 => (prop::sample::select(&FIELDS[..]), positional()).prop_map(|(field, what)| format!("{field}{what}")),
        1 => Just("lang:en".to_owned()),
        1 => Just("@set".to_owned()),
        1 => Just("/[iI]ran/".to_owned()),
        1 => Just("/\\d[.,]\\d/".to_owned()),
        1 => (positional(), -3i32..4).prop_map(|(what, points)| format!("(iran OR {what}^{points})")),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4)
                .prop_map(|all| format!("({})", all.join(" "))),
            prop::collection::vec(inner.clone(), 2..4)
                .prop_map(|all| format!("({})", all.join(" OR "))),
            (inner.clone(), inner).prop_map(|(one, other)| format!("({one} AND NOT {other})")),
        ]
    })
}

fn aliases() -> Vec<(String, String)> {
    vec![
        (
            "set".to_owned(),
            "iran OR \"oil * iran\" OR @inner".to_owned(),
        ),
        ("inner".to_owned(), "南海 OR =PA".to_owned()),
    ]
}

fn watch(query: &str) -> WatchSource {
    WatchSource {
        name: query.to_owned(),
        asks: Asks::Query(query.to_owned()),
        min_score: None,
        stem: Some("en".to_owned()),
        fold: None,
    }
}

/// The printed tree without the places of its clauses.
fn shape(query: &str) -> String {
    let debug = format!("{:?}", query::query(query).unwrap());
    let places = regex::Regex::new(r"(place: \d+\.\.\d+|at: \d+|raw_at: \d+)").unwrap();
    places.replace_all(&debug, "").into_owned()
}

proptest! {
    #[test]
    fn the_index_finds_what_each_watch_alone_finds(
        queries in prop::collection::vec(valid_query(), 1..12),
        title in article(),
        text in article(),
    ) {
        let watches: Vec<WatchSource> = queries.iter().map(|query| watch(query)).collect();
        let together = Matcher::compile(&aliases(), &watches).unwrap();
        let article = ArticleText { title: &title, text: &text, source: "iran.example", lang: "en", ..ArticleText::default() };
        let hits = together.hits(&article);
        prop_assert!(hits.is_sorted_by_key(|hit| hit.watch));
        for (place, watch) in watches.iter().enumerate() {
            let alone = Matcher::compile(&aliases(), std::slice::from_ref(watch)).unwrap();
            let explanation = alone.explain(0, &article).unwrap();
            let hit = hits.iter().find(|hit| hit.watch == place);
            prop_assert_eq!(hit.is_some(), explanation.matched, "{}", watch.name);
            if let Some(hit) = hit {
                prop_assert_eq!(&hit.spans, &explanation.clause.spans);
                prop_assert_eq!(hit.score.to_bits(), explanation.score.to_bits());
                prop_assert_eq!(&hit.terms, &explanation.terms());
            }
        }
    }

    #[test]
    fn spans_lie_in_their_text_and_in_order(query in valid_query(), text in article()) {
        let matcher = Matcher::compile(&aliases(), &[watch(&query)]).unwrap();
        let article = ArticleText { text: &text, ..ArticleText::default() };
        let length = text.chars().count();
        for hit in matcher.hits(&article) {
            prop_assert!(hit.spans.is_sorted());
            prop_assert!(hit.spans.iter().all(|span| span.start < span.end && span.end <= length));
            let sentence = crate::matching::sentence(&article, &hit, 50);
            prop_assert!(sentence.chars().count() <= 50);
        }
    }

    #[test]
    fn near_finds_what_a_look_at_every_pair_finds(
        words in prop::collection::vec(prop::sample::select(vec!["a1", "b1", "c1", "x1"]), 0..14),
        first in 0u32..5,
        second in 0u32..5,
        ordered in any::<bool>(),
    ) {
        let near = if ordered { "ONEAR" } else { "NEAR" };
        let queries = [format!("a1 {near}/{first} b1"), format!("a1 {near}/{first} b1 {near}/{second} c1")];
        let matcher = Matcher::compile(&[], &queries.each_ref().map(|query| watch(query))).unwrap();
        let text = words.join(" ");
        let article = ArticleText { text: &text, ..ArticleText::default() };
        let fires: Vec<usize> = matcher.hits(&article).into_iter().map(|hit| hit.watch).collect();

        let places = |word: &str| (0u32..).zip(&words).filter(|(_, one)| **one == word).map(|(at, _)| at).collect::<Vec<_>>();
        let mut pairs = Vec::new();
        for a in places("a1") {
            for b in places("b1") {
                if a.abs_diff(b) - 1 <= first && (!ordered || a < b) {
                    pairs.push((a.min(b), a.max(b)));
                }
            }
        }
        let near_third = pairs.iter().any(|(low, high)| {
            places("c1").iter().any(|c| {
                let between = if c < low { low - c - 1 } else { c.saturating_sub(high + 1) };
                between <= second && (!ordered || c > high)
            })
        });
        prop_assert_eq!(fires.contains(&0), !pairs.is_empty(), "{}", text);
        prop_assert_eq!(fires.contains(&1), near_third, "{}", text);
    }

    #[test]
    fn a_printed_query_reads_as_the_same(query in valid_query()) {
        let printed = print(&query::query(&query).unwrap());
        prop_assert_eq!(shape(&printed), shape(&query), "{}", printed);
        prop_assert_eq!(print(&query::query(&printed).unwrap()), printed);
    }

    #[test]
    fn no_query_panics(query in "[a-c南กé(){}\"“=*?@:/|^~<>,.+!&\\-\\\\ 0-9NOTREAD]{0,30}", text in article()) {
        if let Ok(matcher) = Matcher::compile(&[], &[watch(&query)]) {
            let article = ArticleText { text: &text, title: &query, ..ArticleText::default() };
            let hits = matcher.hits(&article);
            let explanation = matcher.explain(0, &article).unwrap();
            prop_assert_eq!(hits.len() == 1, explanation.matched);
            let printed = matcher.printed(0).unwrap();
            prop_assert_eq!(shape(&printed), shape(&query), "{}", printed);
        }
        let list = WatchSource { asks: Asks::Terms(vec![query.clone()]), ..watch("") };
        if let Ok(matcher) = Matcher::compile(&[], &[list]) {
            prop_assert!(query::query(&matcher.printed(0).unwrap()).is_ok());
        }
        let sources = [watch(&query)];
        prop_assert!(Matcher::compile_with_traps(&[], &sources).1.iter().all(|trap| trap.col >= 1));
    }

    #[test]
    fn no_text_panics(title in any::<String>(), text in any::<String>()) {
        let queries = ["iran OR \"a * b\" OR /[^a]b/ OR 南海 OR \"a b\"~3 OR title:ab* OR (a b) OR (a NEAR b)"];
        let matcher = Matcher::compile(&[], &queries.map(watch)).unwrap();
        let article = ArticleText { title: &title, text: &text, ..ArticleText::default() };
        for hit in matcher.hits(&article) {
            let span = hit.spans[0];
            let field = if span.field == crate::domain::Field::Title { &title } else { &text };
            prop_assert!(span.end <= field.chars().count());
            prop_assert!(crate::matching::sentence(&article, &hit, 20).chars().count() <= 20);
        }
    }
}

#[test]
fn work_grows_no_faster_than_the_article() {
    let queries = [
        "iran",
        "\"iran iran\"",
        "\"iran iran iran\"~100",
        "iran NEAR/100 iran",
        "iran NEAR/100 iran NEAR/100 iran",
        "iran>=3",
        "iran-iran-iran",
        "\"* iran *\"",
        "(iran OR ir* OR =iran)>=2",
    ];
    let matcher = Matcher::compile(&[], &queries.map(watch)).unwrap();
    let found = |words: usize| {
        let text = "iran ".repeat(words);
        let article = ArticleText {
            text: &text,
            ..ArticleText::default()
        };
        let hits = matcher.hits(&article);
        assert_eq!(hits.len(), queries.len());
        hits.iter().map(|hit| hit.spans.len()).sum::<usize>()
    };
    let (small, large) = (found(300), found(3_000));
    assert!(large <= 11 * small, "{small} {large}");
    // However large the article, what a hit keeps is bounded.
    assert!(found(50_000) <= queries.len() * 5_000);
}

#[test]
fn aliases_that_double_one_another_cost_no_more_than_their_number() {
    let mut aliases = vec![("a0".to_owned(), "iran OR oil".to_owned())];
    for level in 1..20 {
        let inner = level - 1;
        aliases.push((
            format!("a{level}"),
            format!("(@a{inner} OR @a{inner}) AND @a{inner}"),
        ));
    }
    for level in 1..20 {
        let inner = if level == 1 {
            "a0".to_owned()
        } else {
            format!("b{}", level - 1)
        };
        aliases.push((format!("b{level}"), format!("@{inner} OR @{inner}")));
    }
    let queries = ["@a19", "@b19 NEAR/3 deal", "@b19>=2", "title:@b19 OR deal"];
    let matcher = Matcher::compile(&aliases, &queries.map(watch)).unwrap();
    let article = ArticleText {
        text: "an oil deal with Iran",
        ..ArticleText::default()
    };
    assert_eq!(matcher.hits(&article).len(), queries.len());
    assert!(matcher.explain(0, &article).unwrap().matched);
}

#[test]
fn a_long_chain_of_hyphens_is_survived() {
    let chain = vec!["a"; 300].join("-");
    let matcher = Matcher::compile(&[], &[watch(&format!("\"{chain}\"")), watch("a-a-a")]).unwrap();
    let article = ArticleText {
        text: &chain,
        ..ArticleText::default()
    };
    assert_eq!(matcher.hits(&article).len(), 2);
}

#[test]
fn threads_share_one_matcher() {
    let matcher = Matcher::compile(&aliases(), &[watch("iran oil"), watch("@set")]).unwrap();
    std::thread::scope(|scope| {
        for number in 0..4 {
            let matcher = &matcher;
            scope.spawn(move || {
                for round in 0..50 {
                    let text = if (number + round) % 2 == 0 {
                        "Iran oil"
                    } else {
                        "iran"
                    };
                    let article = ArticleText {
                        text,
                        ..ArticleText::default()
                    };
                    let expected = if text.contains("oil") { 2 } else { 1 };
                    assert_eq!(matcher.hits(&article).len(), expected);
                }
            });
        }
    });
}

#[test]
fn endless_nesting_is_refused() {
    for piece in [
        "(",
        "title:",
        "foo:",
        "-",
        "NOT ",
        "iran NEAR ",
        "iran NEAR/1 (",
        "-title:(",
        "=\"",
        "iran^1",
        "{",
    ] {
        let query = piece.repeat(50_000) + "iran";
        assert!(Matcher::compile(&[], &[watch(&query)]).is_err(), "{piece}");
    }
    let chain: Vec<(String, String)> = (0..5_000)
        .map(|number| (format!("a{number}"), format!("@a{}", number + 1)))
        .chain([("a5000".to_owned(), "iran".to_owned())])
        .collect();
    let problems = Matcher::compile(&chain, &[watch("@a4990")]).err().unwrap();
    assert!(problems.iter().all(|problem| problem.kind == "too-deep"));
}

#[test]
fn a_long_query_is_read_in_one_go() {
    let names: Vec<String> = (0..20_000).map(|number| format!("name{number}")).collect();
    let list = names.join(" OR ");
    let matcher = Matcher::compile(
        &[("names".to_owned(), list.clone())],
        &[watch(&list), watch("@names")],
    )
    .unwrap();
    let article = ArticleText {
        text: "about name777 and name19999",
        ..ArticleText::default()
    };
    let hits = matcher.hits(&article);
    assert_eq!(hits.len(), 2);
    assert_eq!(hits[1].terms, ["name777", "name19999"]);
}

#[test]
fn what_stands_at_the_end_of_a_very_long_article_is_found() {
    let queries = [
        "iran NEAR/2 deal",
        "iran NEAR/2 @deals",
        "\"deal iran\"~1",
        "\"iran * deal\"",
        "iran>=5000",
        "iran>=7000",
        "(iran NEAR/2 deal)>=2",
        "missile",
    ];
    let aliases = [("deals".to_owned(), "deal OR treaty".to_owned())];
    let matcher = Matcher::compile(&aliases, &queries.map(watch)).unwrap();
    let text = "iran ".repeat(6_000) + "x x x iran a deal";
    let article = ArticleText {
        text: &text,
        ..ArticleText::default()
    };
    let hits = matcher.hits(&article);
    let found: Vec<usize> = hits.iter().map(|hit| hit.watch).collect();
    assert_eq!(found, [0, 1, 2, 3, 4]);
    assert!(hits.iter().all(|hit| !hit.spans.is_empty()));
    assert_eq!(matcher.explain(4, &article).unwrap().clause.count, 6_001);
}

#[test]
fn the_deepest_queries_that_are_allowed_fit_a_thread() {
    let nested = |inner: &str, levels: usize| {
        let open = "(oil OR gas AND ".repeat(levels);
        format!("{open}{inner}{}", ")^2".repeat(levels))
    };
    let mut aliases = vec![("a0".to_owned(), "oil OR gas AND iran".to_owned())];
    for level in 1..16 {
        aliases.push((
            format!("a{level}"),
            format!("oil OR gas AND @a{}", level - 1),
        ));
    }
    let deepest = nested("@a15", 31);
    let matcher = Matcher::compile(&aliases, &[watch(&deepest), watch("-@a15 iran")]).unwrap();
    let article = ArticleText {
        text: "gas from Iran",
        ..ArticleText::default()
    };
    assert_eq!(matcher.hits(&article).len(), 1);
    assert!(matcher.explain(0, &article).unwrap().matched);
    assert!(matcher.describe(0).is_some());

    aliases.push(("b0".to_owned(), nested("iran", 31)));
    aliases.push(("b1".to_owned(), nested("@b0", 31)));
    let problems = Matcher::compile(&aliases, &[watch("@b1 oil")])
        .err()
        .unwrap();
    assert!(problems.iter().any(|problem| problem.kind == "too-deep"));
}
