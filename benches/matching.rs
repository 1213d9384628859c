//! What it costs to hold one article against all watches: `cargo bench --bench matching`.
//!
//! Articles have about 10 kB (1,600 words) with word frequencies as in Zipf's law. Watches are words, phrases,
//! AND, OR, NEAR and exclusions over rarer words of the same law, so that most never match. The same run holds
//! the articles against one compiled regular expression for each watch, the way the job is done without an
//! index, and searches them for the bare words of the watches by Aho-Corasick, which knows no word, phrase or
//! operator: the floor.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a measurement that fails may panic, as a test may"
)]

use divan::{Bencher, black_box};
use newswatch::domain::ArticleText;
use newswatch::matching::{Asks, Matcher, WatchSource};

fn main() {
    divan::main();
}

/// Words that articles are made of.
const VOCABULARY: usize = 60_000;
/// Words that watches ask for; those beyond the vocabulary never occur.
const WATCHED: usize = 2_000_000;
/// Ranks below this stand in so many articles that nobody asks for the word alone.
const RARE: usize = 3_000;
/// Ranks below this are everyday words.
const EVERYDAY: usize = 1_000;
/// Words of an article.
const ARTICLE_WORDS: usize = 1_600;
/// Articles that take turns.
const ARTICLES: usize = 16;

#[divan::bench(args = [10, 100, 1_000, 10_000, 100_000], sample_count = 40)]
fn mixed_watches(bencher: Bencher<'_, '_>, count: usize) {
    bench(bencher, &Matcher::compile(&[], &mixed(count)).unwrap());
}

/// 100,000 watches of the same kinds as an archive of names has them: an article hits at most two.
#[divan::bench(sample_count = 40)]
fn watches_of_100_000_that_hardly_match(bencher: Bencher<'_, '_>) {
    bench(bencher, &Matcher::compile(&[], &rare(100_000)).unwrap());
}

/// Watches for middling words, of which every article hits some 1,300.
#[divan::bench(sample_count = 40)]
fn matches_1_300_of_an_article(bencher: Bencher<'_, '_>) {
    bench(bencher, &Matcher::compile(&[], &frequent(13_000)).unwrap());
}

#[divan::bench(args = [1_000, 10_000, 100_000], sample_count = 40)]
fn aho_corasick_over_the_bare_words(bencher: Bencher<'_, '_>, count: usize) {
    let mut random = fastrand::Rng::with_seed(2);
    let words = (0..count).flat_map(|_| query(&mut random, RARE).words);
    let floor = aho_corasick::AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(words)
        .unwrap();
    let articles = articles();
    let mut next = 0;
    bencher.bench_local(|| {
        next += 1;
        let article = &articles[next % ARTICLES];
        floor.find_iter(black_box(article)).count()
    });
}

/// The same number of words with accents, as in Vietnamese, and in unspaced writing.
#[divan::bench(args = ["biển đông và các nước ", "南海の問題について"], sample_count = 40)]
fn other_scripts(bencher: Bencher<'_, '_>, phrase: &str) {
    let matcher = Matcher::compile(&[], &mixed(1_000)).unwrap();
    let words = phrase
        .split(' ')
        .filter(|word| !word.is_empty())
        .count()
        .max(1);
    let text = phrase.repeat(ARTICLE_WORDS / words);
    bencher.bench_local(|| {
        let article = ArticleText {
            text: black_box(&text),
            ..ArticleText::default()
        };
        matcher.hits(&article).len()
    });
}

#[divan::bench(sample_count = 40)]
fn an_agency_of_10_000_watches_with_nine_terms(bencher: Bencher<'_, '_>) {
    bench(bencher, &Matcher::compile(&[], &agency(10_000)).unwrap());
}

/// Clients' lists of nine terms, each of which must meet one of a hundred lists of subjects.
#[divan::bench(sample_count = 40)]
fn lists_of_10_000_clients_with_lists_of_subjects(bencher: Bencher<'_, '_>) {
    bench(bencher, &Matcher::compile(&[], &lists(10_000)).unwrap());
}

#[divan::bench(args = [1_000, 10_000], sample_count = 40)]
fn watches_that_never_match(bencher: Bencher<'_, '_>, count: usize) {
    let watches: Vec<WatchSource> = (0..count)
        .map(|rank| {
            watch(format!(
                "{} {}",
                word(VOCABULARY + rank),
                word(rank % EVERYDAY)
            ))
        })
        .collect();
    bench(bencher, &Matcher::compile(&[], &watches).unwrap());
}

#[divan::bench(args = [1_000, 10_000], sample_count = 5, sample_size = 1)]
fn one_regex_for_each_watch(bencher: Bencher<'_, '_>, count: usize) {
    let mut random = fastrand::Rng::with_seed(2);
    let regexes: Vec<regex::Regex> = (0..count)
        .map(|_| regex::Regex::new(&query(&mut random, RARE).pattern).unwrap())
        .collect();
    let articles = articles();
    let mut next = 0;
    bencher.bench_local(|| {
        next += 1;
        let article = &articles[next % ARTICLES];
        regexes
            .iter()
            .filter(|regex| regex.is_match(black_box(article)))
            .count()
    });
}

/// Articles of one word, in megabytes: what a page made to hurt costs, in proportion to its size.
#[divan::bench(args = [1, 10], sample_count = 2, sample_size = 1)]
fn megabytes_of_one_word(bencher: Bencher<'_, '_>, megabytes: usize) {
    let queries = [
        "iran",
        "\"iran iran\"",
        "\"iran iran\"~100",
        "iran NEAR/100 iran",
        "iran>=3",
        "ir*n",
        "iran oil",
    ];
    let watches = queries.map(|query| watch(query.to_owned()));
    let matcher = Matcher::compile(&[], &watches).unwrap();
    let text = "iran ".repeat(megabytes * 1_000_000 / 5);
    bencher.bench_local(|| {
        let article = ArticleText {
            text: black_box(&text),
            ..ArticleText::default()
        };
        matcher.hits(&article).len()
    });
}

#[divan::bench(args = [100_000], sample_count = 3, sample_size = 1)]
fn compile(bencher: Bencher<'_, '_>, count: usize) {
    let watches = mixed(count);
    bencher.bench_local(|| Matcher::compile(&[], black_box(&watches)).unwrap());
}

fn bench(bencher: Bencher<'_, '_>, matcher: &Matcher) {
    let articles = articles();
    let mut next = 0;
    bencher.bench_local(|| {
        next += 1;
        let article = ArticleText {
            title: "Officials meet over the plan",
            text: &articles[next % ARTICLES],
            lang: "en",
            ..ArticleText::default()
        };
        matcher.hits(black_box(&article)).len()
    });
}

fn articles() -> Vec<String> {
    let mut random = fastrand::Rng::with_seed(1);
    (0..ARTICLES).map(|_| article(&mut random)).collect()
}

fn article(random: &mut fastrand::Rng) -> String {
    let mut text = String::new();
    for place in 0..ARTICLE_WORDS {
        let mut next = word(zipf(random, 0, VOCABULARY));
        if place % 15 == 0 {
            next = format!("{}{}", next[..1].to_ascii_uppercase(), &next[1..]);
        }
        text.push_str(&next);
        text.push_str(match place % 120 {
            14 | 44 | 74 | 104 => ". ",
            29 | 89 => ", ",
            119 => ".\n\n",
            _ => " ",
        });
    }
    text
}

/// A rank between the limits, each with a probability of one over it.
fn zipf(random: &mut fastrand::Rng, from: usize, to: usize) -> usize {
    let (low, high) = ((from as f64 + 1.0).ln(), (to as f64).ln());
    (low + random.f64() * (high - low)).exp() as usize - 1
}

/// The word of a rank: frequent words are short, as in every language.
fn word(rank: usize) -> String {
    const SYLLABLES: [&str; 24] = [
        "an", "be", "ci", "do", "er", "fa", "gu", "hi", "in", "ja", "ke", "lo", "ma", "ne", "or",
        "pu", "ra", "si", "to", "un", "va", "we", "yo", "za",
    ];
    let mut word = String::new();
    let mut rest = rank;
    loop {
        word.push_str(SYLLABLES[rest % SYLLABLES.len()]);
        rest /= SYLLABLES.len();
        if rest == 0 {
            return word;
        }
    }
}

fn watch(query: String) -> WatchSource {
    WatchSource {
        name: query.clone(),
        asks: Asks::Query(query),
        min_score: None,
        stem: None,
        fold: None,
    }
}

fn mixed(count: usize) -> Vec<WatchSource> {
    let mut random = fastrand::Rng::with_seed(2);
    (0..count)
        .map(|_| watch(query(&mut random, RARE).text))
        .collect()
}

/// As [`mixed`], of words that no article has, but for one watch an article, of a word that no other has.
fn rare(count: usize) -> Vec<WatchSource> {
    let articles = articles();
    let mut watches = Vec::new();
    for text in &articles {
        let others = || articles.iter().filter(|other| *other != text);
        let is_own = |word: &&str| others().all(|other| !other.contains(*word));
        let words = text.split(|c: char| !c.is_ascii_lowercase());
        let own = words.max_by_key(|word| (is_own(word), word.len()));
        watches.push(watch(own.unwrap().to_owned()));
    }
    let mut random = fastrand::Rng::with_seed(2);
    while watches.len() < count {
        watches.push(watch(query(&mut random, VOCABULARY).text));
    }
    let matcher = Matcher::compile(&[], &watches).unwrap();
    for text in &articles {
        let article = ArticleText {
            text,
            ..ArticleText::default()
        };
        assert!((1..=2).contains(&matcher.hits(&article).len()));
    }
    watches
}

/// One word, or two that stand anywhere, of those that a tenth of all articles have.
fn frequent(count: usize) -> Vec<WatchSource> {
    let mut random = fastrand::Rng::with_seed(5);
    (0..count)
        .map(|place| {
            let word_of = |random: &mut _| word(zipf(random, EVERYDAY / 2, 2 * RARE));
            let (a, b) = (word_of(&mut random), word_of(&mut random));
            watch(match place % 4 {
                0 => format!("{a} {}", word(random.usize(0..50))),
                1 => format!("{a} OR {b}"),
                _ => a,
            })
        })
        .collect()
}

/// A query, the regular expression that would find the same or, where it cannot, more, and the words that are rare.
struct Query {
    text: String,
    pattern: String,
    words: Vec<String>,
}

/// A query of which the rare words have at least a rank.
fn query(random: &mut fastrand::Rng, from: usize) -> Query {
    let mut name = || word(zipf(random, from, WATCHED));
    let (a, b, c) = (name(), name(), name());
    let common = word(zipf(random, 0, EVERYDAY));
    let kind = random.usize(0..20);
    let (text, pattern) = match kind {
        0..6 => (a.clone(), a.clone()),
        6..10 => (format!("\"{common} {a}\""), format!(r"{common}\s+{a}")),
        10..12 => (format!("\"{a} {b}\""), format!(r"{a}\s+{b}")),
        12..14 => (format!("{a} {common}"), a.clone()),
        14..16 => (
            format!("{a} OR \"{b} {common}\" OR ={c}"),
            format!(r"(?:{a}|{b}\s+{common}|{c})"),
        ),
        16 => (
            format!("({a} OR {b}) NEAR/5 {common}"),
            format!("(?:{a}|{b})"),
        ),
        17 => (format!("{a} -{common}"), a.clone()),
        18 => (format!("{a}* {b}"), format!(r"{a}\w*")),
        _ => (
            format!("title:{a} OR {b}>=2"),
            format!(r"{b}\b(?s:.*)\b{b}"),
        ),
    };
    let words = match kind {
        14..16 => vec![a, b, c],
        16 | 19 => vec![a, b],
        _ => vec![a],
    };
    Query {
        text,
        pattern: format!(r"(?i)\b{pattern}\b"),
        words,
    }
}

/// `(a OR b OR …) AND (x OR y OR …)`, nine on either side: names of middling frequency, so that most articles hold one of a
/// client's, and subjects that are rarer.
fn lists(count: usize) -> Vec<WatchSource> {
    let mut random = fastrand::Rng::with_seed(4);
    let mut nine = |from: usize, to: usize| {
        let terms: Vec<String> = (0..9).map(|_| word(zipf(&mut random, from, to))).collect();
        terms.join(" OR ")
    };
    let subjects: Vec<String> = (0..100).map(|_| nine(RARE, VOCABULARY)).collect();
    (0..count)
        .map(|place| {
            let subject = &subjects[place % subjects.len()];
            watch(format!("({}) AND ({subject})", nine(EVERYDAY, VOCABULARY)))
        })
        .collect()
}

fn agency(count: usize) -> Vec<WatchSource> {
    let mut random = fastrand::Rng::with_seed(3);
    (0..count)
        .map(|place| {
            let terms = (0..9).map(|_| {
                let name = word(zipf(&mut random, RARE, WATCHED));
                if random.bool() {
                    name
                } else {
                    format!("{name} {}", word(zipf(&mut random, 0, WATCHED)))
                }
            });
            WatchSource {
                name: format!("client {place}"),
                asks: Asks::Terms(terms.collect()),
                min_score: None,
                stem: None,
                fold: None,
            }
        })
        .collect()
}
