//! Files that nobody meant to write: whatever stands in them, the answer is a list of problems.

use proptest::prelude::*;

use super::good::FULL;
use super::*;

/// What TOML and configurations are made of, and what breaks them.
const PIECES: [&str; 26] = [
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "=",
    "\"",
    "'",
    "'''",
    "\"\"\"",
    "\\",
    "\\u00",
    "#",
    "\n",
    "\r\n",
    ",",
    ".",
    "\u{feff}",
    "\u{0}",
    "\u{202e}",
    "\u{1b}",
    "\"\\n\" = ",
    "Đ🔔",
    "[[watch]]\n",
    "inf",
];

/// Loads a text and checks what holds of every answer.
fn is_answered(text: &str) -> Result<(), TestCaseError> {
    let problems = match load(text) {
        Ok(loaded) => loaded.warnings,
        Err(problems) => {
            prop_assert!(
                problems
                    .0
                    .iter()
                    .any(|problem| problem.severity == Severity::Error),
                "no error says why the text cannot be used"
            );
            problems.0
        }
    };
    let lines = text.split('\n').count();
    for problem in problems {
        prop_assert!((1..=lines).contains(&problem.line), "{problem}");
        let line = text.split('\n').nth(problem.line - 1).unwrap_or_default();
        prop_assert!(problem.column <= line.chars().count() + 1, "{problem}");
        let told = problem.to_string();
        prop_assert!(
            !told.contains(['\n', '\u{0}', '\u{1b}', '\u{202e}']),
            "{told:?}"
        );
        prop_assert!(problem.render(Color::Plain).contains(problem.kind.as_str()));
    }
    Ok(())
}

/// A whole file with some of its characters replaced by pieces.
fn damaged() -> impl Strategy<Value = String> {
    let damage = (0..FULL.chars().count(), 0..12_usize, 0..PIECES.len());
    prop::collection::vec(damage, 1..6).prop_map(|damages| {
        let mut text: Vec<String> = FULL.chars().map(String::from).collect();
        for (at, removed, piece) in damages {
            let end = (at + removed).min(text.len());
            text.splice(at.min(end)..end, [PIECES[piece].to_owned()]);
        }
        text.concat()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn a_damaged_file_is_answered(text in damaged()) {
        is_answered(&text)?;
    }

    #[test]
    fn pieces_in_any_order_are_answered(pieces in prop::collection::vec(0..PIECES.len(), 0..60)) {
        let text: String = pieces.into_iter().map(|piece| PIECES[piece]).collect();
        is_answered(&text)?;
    }
}

#[test]
fn a_webhook_without_tls_on_another_machine_is_a_warning() {
    let of = |url: &str| {
        let text = format!("[[channel]]\nname = \"hook\"\ntype = \"webhook\"\nurl = \"{url}\"\n");
        let warnings = warnings(&text);
        warnings.iter().any(|problem| {
            problem
                .render(Color::Plain)
                .contains("can be read on the way")
        })
    };
    for url in ["http://hooks.example.org/x", "http://93.184.215.14/x"] {
        assert!(of(url), "{url}");
    }
    for url in [
        "https://hooks.example.org/x",
        "http://localhost:8080/x",
        "http://127.0.0.1:8080/x",
        "http://[::1]:8080/x",
    ] {
        assert!(!of(url), "{url}");
    }
}
