//! The rules of the architecture, kept by reading the source: DESIGN in a form that fails.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const PURE: [&str; 8] = [
    "domain", "parse", "extract", "matching", "story", "alerting", "render", "schedule",
];

/// For each module, the modules that it may name; `main > cli > daemon > web > pipeline, config > ops > channel > store,
/// http, the pure modules > domain`.
const MAY_NAME: [(&str, &[&str]); 26] = [
    ("domain", &[]),
    ("charset", &[]),
    ("language", &[]),
    ("clock", &["domain"]),
    ("defects", &["domain"]),
    ("schedule", &["domain"]),
    ("links", &["domain"]),
    ("render", &["domain", "links"]),
    ("alerting", &["domain", "schedule"]),
    ("matching", &["domain"]),
    ("story", &["domain", "extract", "matching"]),
    ("extract", &["charset", "domain", "language"]),
    ("parse", &["charset", "domain"]),
    ("http", &["clock", "domain"]),
    ("store", &["domain"]),
    ("channel", &["clock", "domain", "http", "links", "render"]),
    (
        "config",
        &[
            "channel", "domain", "extract", "http", "matching", "render", "schedule", "store",
        ],
    ),
    (
        "pipeline",
        &[
            "alerting", "channel", "clock", "defects", "domain", "extract", "http", "links",
            "matching", "parse", "schedule", "store", "story", "tally",
        ],
    ),
    (
        "ops",
        &[
            "alerting", "channel", "domain", "extract", "matching", "parse", "schedule", "store",
            "story",
        ],
    ),
    (
        "web",
        &[
            "channel", "clock", "config", "domain", "links", "matching", "ops", "pipeline",
            "render", "store", "tally",
        ],
    ),
    ("systemd", &[]),
    ("tally", &[]),
    ("telemetry", &["clock", "domain"]),
    ("demo", &["domain", "parse", "extract", "matching"]),
    (
        "daemon",
        &[
            "channel", "clock", "config", "domain", "http", "links", "matching", "pipeline",
            "schedule", "store", "systemd", "tally", "web",
        ],
    ),
    (
        "cli",
        &[
            "alerting",
            "channel",
            "clock",
            "config",
            "daemon",
            "defects",
            "demo",
            "domain",
            "extract",
            "http",
            "language",
            "matching",
            "ops",
            "parse",
            "pipeline",
            "render",
            "store",
            "story",
            "telemetry",
        ],
    ),
];

struct Source {
    path: PathBuf,
    module: String,
    /// The file without its comments and its tests.
    code: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    collect(&root, &root, &mut found);
    assert!(found.len() > 50, "the source tree was not found");
    found
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let relative = path.strip_prefix(root).unwrap();
            let is_test = relative
                .components()
                .any(|part| part.as_os_str() == "tests.rs" || part.as_os_str() == "tests");
            if is_test {
                continue;
            }
            let first = relative.components().next().unwrap().as_os_str();
            found.push(Source {
                module: first.to_str().unwrap().trim_end_matches(".rs").to_owned(),
                code: code_of(&fs::read_to_string(&path).unwrap()),
                path,
            });
        }
    }
}

/// Drops comments, and everything from the tests on, which stand last in a file.
fn code_of(text: &str) -> String {
    let before_tests = text
        .split("\n#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or_default();
    before_tests
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn assert_only_in(word: &str, homes: &[&str]) {
    for source in sources() {
        let name = source.path.display().to_string();
        let is_home = homes
            .iter()
            .any(|home| source.module == *home || name.ends_with(home));
        assert!(
            is_home || !source.code.contains(word),
            "{name} names {word}, which belongs to {homes:?}"
        );
    }
}

#[test]
fn every_outside_thing_has_one_home() {
    assert_only_in("reqwest", &["http", "src/telemetry/mod.rs"]);
    assert_only_in("feed_rs", &["parse"]);
    assert_only_in("scraper::", &["extract"]);
    assert_only_in("lettre", &["channel", "src/telemetry/mod.rs"]);
    assert_only_in("rusqlite", &["store"]);
    assert_only_in("axum", &["web", "demo"]);
    assert_only_in("argon2", &["ops"]);
    assert_only_in("postgres::", &["store"]);
    assert_only_in("std::env::var", &["config"]);
    assert_only_in("Timestamp::now", &["clock"]);
    assert_only_in("println!", &[]);
}

#[test]
fn sql_is_written_in_the_store_alone() {
    for word in [
        "SELECT ",
        "INSERT INTO ",
        "DELETE FROM ",
        "UPDATE feeds",
        "UPDATE entries",
    ] {
        assert_only_in(word, &["store"]);
    }
}

#[test]
fn there_is_one_http_client_constructor() {
    let constructors: usize = sources()
        .iter()
        .map(|source| source.code.matches("Client::builder()").count())
        .sum();
    assert_eq!(constructors, 1, "reqwest clients are made in one place");
}

#[test]
fn pure_modules_do_nothing_but_compute() {
    for source in sources() {
        if !PURE.contains(&source.module.as_str()) {
            continue;
        }
        for word in [
            "tokio",
            "reqwest",
            "lettre",
            "tracing",
            "std::fs",
            "std::env",
            "std::net::Tcp",
            "Instant::now",
            "SystemTime",
            "fastrand",
            "crate::store",
            "crate::http",
            "crate::channel",
            "crate::config",
            "crate::pipeline",
            "crate::clock",
        ] {
            assert!(
                !source.code.contains(word),
                "{} names {word} and is in a pure module",
                source.path.display()
            );
        }
    }
}

#[test]
fn imports_go_one_way() {
    let allowed: BTreeMap<&str, BTreeSet<&str>> = MAY_NAME
        .iter()
        .map(|(module, others)| (*module, others.iter().copied().collect()))
        .collect();
    for source in sources() {
        let Some(allowed) = allowed.get(source.module.as_str()) else {
            assert!(
                ["main", "lib"].contains(&source.module.as_str()),
                "{} is a module without a place in the order",
                source.module
            );
            continue;
        };
        for named in source.code.split("crate::").skip(1) {
            let named: String = named
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                .collect();
            let is_known = MAY_NAME.iter().any(|(module, _)| *module == named);
            assert!(
                !is_known || named == source.module || allowed.contains(named.as_str()),
                "{} names crate::{named}, against the direction of imports",
                source.path.display()
            );
        }
    }
}

#[test]
fn the_parameters_of_every_statement_are_numbered_in_order_of_appearance() {
    for source in sources().iter().filter(|source| source.module == "store") {
        let texts = source.code.split('"').skip(1).step_by(2);
        // A text that begins in another way is a piece of a statement, which is seen whole elsewhere.
        let begins = |text: &&str| {
            let words = ["SELECT", "INSERT", "UPDATE", "DELETE"];
            words.iter().any(|word| text.trim_start().starts_with(word))
        };
        for statement in texts.filter(begins) {
            let mut next = 1;
            for number in parameters(statement) {
                assert!(
                    number <= next,
                    "{}: ${number} comes before ${next} in: {statement}",
                    source.path.display()
                );
                next = next.max(number + 1);
            }
        }
    }
}

fn parameters(statement: &str) -> Vec<usize> {
    statement
        .split('$')
        .skip(1)
        .filter_map(|rest| {
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().ok()
        })
        .collect()
}

#[test]
fn no_statement_asks_the_database_for_the_time() {
    for source in sources().iter().filter(|source| source.module == "store") {
        for word in ["now()", "CURRENT_TIMESTAMP", "datetime(", "strftime("] {
            assert!(
                !source.code.contains(word) || source.code.contains("fn now()"),
                "{} names {word}",
                source.path.display()
            );
        }
    }
}

#[test]
fn there_is_no_drawer_for_odds_and_ends() {
    for source in sources() {
        let name = source.path.file_stem().unwrap().to_str().unwrap();
        assert!(
            !["utils", "util", "helpers", "misc", "common"].contains(&name),
            "{} is named for nothing",
            source.path.display()
        );
    }
}

/// The lines that a function may have: one level of detail, which is read at a glance.
const MAX_LINES: usize = 60;

/// Functions that are tables, a line a row.
const TABLES: [(&str, &str); 1] = [("extract/tag.rs", "of")];

#[test]
fn a_function_is_read_at_a_glance() {
    for source in sources() {
        let lines: Vec<&str> = source.code.lines().collect();
        let name = source.path.display().to_string();
        for (place, line) in lines.iter().enumerate() {
            let Some((function, indent)) = begins_function(line) else {
                continue;
            };
            let end = format!("{indent}}}");
            let body = lines.iter().skip(place + 1);
            let signature = lines.iter().skip(place);
            // The signature ends with the line that opens the body.
            let before = signature.take_while(|line| !line.ends_with('{')).count();
            let length = body.take_while(|line| **line != end).count() - before;
            let is_table = TABLES
                .iter()
                .any(|(file, of)| name.ends_with(file) && *of == function);
            assert!(
                length <= MAX_LINES || is_table,
                "{name}: {function} has {length} lines"
            );
        }
    }
}

/// The name of the function that begins in a line, and what the line is set in by.
fn begins_function(line: &str) -> Option<(&str, &str)> {
    let indent = line.len() - line.trim_start().len();
    let (indent, rest) = line.split_at(indent);
    let mut rest = rest.strip_prefix("pub").map_or(rest, |rest| {
        rest.strip_prefix('(')
            .and_then(|rest| rest.split_once(')'))
            .map_or(rest, |(_, rest)| rest)
    });
    rest = rest.trim_start();
    for word in ["const ", "async "] {
        rest = rest.strip_prefix(word).unwrap_or(rest);
    }
    let name = rest.strip_prefix("fn ")?.split(['(', '<']).next()?;
    let has_body = !line.ends_with(';') && !line.ends_with('}');
    has_body.then_some((name, indent))
}
