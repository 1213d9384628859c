use super::*;

#[test]
fn an_empty_file_can_be_used_and_three_things_are_said_to_be_missing() {
    let kinds: Vec<_> = warnings("")
        .iter()
        .map(|problem| problem.kind.as_str())
        .collect();
    assert_eq!(kinds, ["empty", "empty", "empty"]);
}
