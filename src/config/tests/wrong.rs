//! Files with mistakes: `mistakes.txt` holds them, with the place, the kind and the words of each error.

use super::*;

/// A file of `mistakes.txt`.
#[derive(Default)]
struct Case {
    name: String,
    text: String,
    expected: Vec<Expected>,
}

/// An error that must be found.
struct Expected {
    /// `3:8`
    place: String,
    kind: String,
    says: Vec<String>,
}

#[test]
fn every_mistake_is_found_at_its_place_and_nothing_else_is() {
    let cases = read_cases(include_str!("mistakes.txt"));
    let failures: Vec<String> = cases.iter().filter_map(failure).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn the_manual_names_every_kind_of_problem() {
    let manual = include_str!("../../../docs/CONFIGURATION.md");
    for case in read_cases(include_str!("mistakes.txt")) {
        for problem in errors(&case.text) {
            // The kinds of mistakes in queries are in the manual of the watch language.
            let is_named = manual.contains(&format!("`{}`", problem.kind.as_str()));
            assert!(is_named || problem.query_col.is_some(), "{problem}");
        }
    }
}

/// What was found, where it is not exactly what is expected.
fn failure(case: &Case) -> Option<String> {
    let found = errors(&case.text);
    let all_fit = found.len() == case.expected.len()
        && found.iter().zip(&case.expected).all(|(problem, expected)| {
            let said = problem.to_string();
            format!("{}:{}", problem.line, problem.column) == expected.place
                && problem.kind.as_str() == expected.kind
                && expected.says.iter().all(|part| said.contains(part))
        });
    (!all_fit).then(|| format!("{}: found {found:#?}", case.name))
}

fn read_cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut heading = "";
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("######## ") {
            heading = name;
        } else if let Some(name) = line.strip_prefix("=== ") {
            cases.push(Case {
                name: format!("{heading}: {name}"),
                ..Case::default()
            });
        } else if let Some(case) = cases.last_mut() {
            match line.strip_prefix("--- ") {
                Some(expected) => case.expected.push(read_expected(expected)),
                None if case.expected.is_empty() => case.text.extend([line, "\n"]),
                None => assert_eq!(line, "", "after the errors of {}", case.name),
            }
        }
    }
    cases
}

fn read_expected(line: &str) -> Expected {
    let (place, rest) = line.split_once(' ').unwrap();
    let (kind, says) = rest.split_once(": ").unwrap_or((rest, ""));
    Expected {
        place: place.to_owned(),
        kind: kind.to_owned(),
        says: says.split(" | ").map(str::to_owned).collect(),
    }
}

#[test]
fn mail_addresses_with_line_ends_are_refused() {
    for (to, from, line) in [
        ("a@example.org\\r\\nBcc: c@example.org", "b@example.org", 4),
        (
            "a@example.org",
            "News\\r\\nBcc: c@example.org <b@example.org>",
            5,
        ),
    ] {
        let found = errors(&format!(
            "[[channel]]\nname = 'm'\ntype = 'email'\nto = [\"{to}\"]\nfrom = \"{from}\"\nsmtp = {{ host = 'h' }}\n"
        ));
        let lines: Vec<_> = found.iter().map(|problem| problem.line).collect();
        assert_eq!(lines, [line], "{found:#?}");
    }
}

#[test]
fn a_problem_is_shown_with_its_line_underlined() {
    let found = errors("# Đài\n[poll]\nevery = \"15 parsecs\" # often\n");
    let shown = found.first().unwrap().render(Color::Plain);
    assert_eq!(
        shown,
        "error[bad-value]: poll.every: \"15 parsecs\" is not a duration\n \
         --> t.toml:3:9\n  |\n3 | every = \"15 parsecs\" # often\n  |         ^^^^^^^^^^^^\n  |\n  \
         = help: write a number and a unit, for example \"30s\", \"15m\", \"1h30m\" or \"2d\""
    );
}

#[test]
fn nothing_in_a_file_can_move_what_a_terminal_shows() {
    let problems = errors(
        "\"a\\u001b[2J\\n\\u202eb\" = 1\n[[watch]]\nname = \"w\\u202e\"\nquery = \"(\\u202e\\u001b\"\n# \u{202e}",
    );
    assert_eq!(problems.len(), 3, "{problems:#?}");
    for problem in problems {
        let shown = format!("{problem}{}", problem.render(Color::Plain));
        assert!(!shown.contains(['\u{1b}', '\u{202e}']), "{shown:?}");
    }
}

#[test]
fn colours_come_only_when_asked_for() {
    let found = errors("x = 1\n");
    let problem = found.first().unwrap();
    assert!(!problem.render(Color::Plain).contains('\u{1b}'));
    assert!(problem.render(Color::Ansi).contains('\u{1b}'));
}

#[test]
fn a_problem_as_json_names_watch_kind_column_message_and_hint() {
    let found = errors("[[watch]]\nname = 'Biển'\nquery = 'a'\npriority = 'hihg'\n");
    let json = found.first().unwrap().to_json();
    assert_eq!(json["watch"], "Biển");
    assert_eq!(json["kind"], "bad-value");
    assert!(json["col"].is_null());
    assert_eq!(
        json["message"],
        "watch[1].priority of \"Biển\": \"hihg\" is not a priority"
    );
    assert_eq!(json["hint"], "did you mean \"high\"?");
}
