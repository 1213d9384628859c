use super::*;

const LINE: &str = "The ferry office said on Monday that the boats will sail all winter, whatever the weather, and that nobody will wait for long.";

#[test]
fn a_quoted_text_is_taken_only_where_the_page_shows_less() {
    let quoted_text = [LINE; 6].join("\n");
    assert_eq!(quoted("", Some(&quoted_text)), Some(quoted_text.clone()));
    assert_eq!(quoted(&quoted_text, Some(&quoted_text)), None);
}
