//! Files with mistakes as `check` prints them: `printed.txt` holds both, and is read like a letter to a user.

use super::*;

/// A file and what is printed of it.
struct Case {
    /// The lines that name it.
    name: Vec<String>,
    text: String,
    printed: String,
}

#[test]
fn every_mistake_is_told_in_these_words() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/config/tests/printed.txt");
    let text = std::fs::read_to_string(path).unwrap();
    let (introduction, cases) = read(&text);
    if super::super::ProcessEnvironment
        .variable("UPDATE_EXPECT")
        .is_some()
    {
        let mut rewritten = introduction;
        for case in &cases {
            let (name, text) = (case.name.join("\n"), &case.text);
            rewritten.extend([name.as_str(), "\n", text, "---\n", &printed(text), "\n\n"]);
        }
        std::fs::write(path, rewritten).unwrap();
        return;
    }
    for case in cases {
        let found = printed(&case.text);
        assert_eq!(found, case.printed, "{}", case.name.join(": "));
    }
}

#[test]
fn nothing_is_printed_beyond_eighty_columns() {
    let (_, cases) = read(include_str!("printed.txt"));
    assert!(cases.len() >= 60);
    for case in cases {
        for line in printed(&case.text).lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
    }
}

/// What `check` prints of a text; of files in which something is missing as a whole the mistakes alone.
fn printed(text: &str) -> String {
    let problems = match load(text) {
        Ok(loaded) => loaded.warnings,
        Err(problems) => problems.0,
    };
    let told: Vec<String> = problems
        .iter()
        .filter(|problem| problem.severity == Severity::Error || problem.kind.as_str() != "empty")
        .map(|problem| problem.render(Color::Plain))
        .collect();
    told.join("\n\n")
}

fn read(text: &str) -> (String, Vec<Case>) {
    let mut introduction = String::new();
    let mut cases: Vec<Case> = Vec::new();
    let mut heading = Vec::new();
    let mut is_printed = true;
    for line in text.lines() {
        if line.starts_with("######## ") {
            heading = vec![line.to_owned()];
        } else if line.starts_with("=== ") {
            let mut name = std::mem::take(&mut heading);
            name.push(line.to_owned());
            let (text, printed) = (String::new(), String::new());
            cases.push(Case {
                name,
                text,
                printed,
            });
            is_printed = false;
        } else if let Some(case) = cases.last_mut() {
            match line {
                "---" if !is_printed => is_printed = true,
                line if is_printed => case.printed.extend([line, "\n"]),
                line => case.text.extend([line, "\n"]),
            }
        } else {
            introduction.extend([line, "\n"]);
        }
    }
    for case in &mut cases {
        case.printed = case.printed.trim_end_matches('\n').to_owned();
    }
    (introduction, cases)
}
