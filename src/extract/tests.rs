//! Whole pages: each has its expected result in the file of the same name beside it.

use super::*;

/// Reads a page as the pipeline does, with all the time in the world.
fn read(bytes: &[u8], content_type: Option<&str>) -> Extracted {
    let page = Page {
        bytes,
        content_type,
        url: None,
    };
    article(&page, None, &|| true).unwrap()
}

/// Writes a result the way the expected files have it.
fn shown(found: &Extracted) -> String {
    let field = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
    format!(
        "title: {}\nbyline: {}\npublished: {}\nlang: {}\nsite: {}\n\n{}\n",
        field(found.title.clone()),
        field(found.byline.clone()),
        field(found.published.map(|published| published.to_string())),
        field(found.lang.clone()),
        field(found.site.clone()),
        found.text
    )
}

macro_rules! page_fixture {
    ($($name:ident: $file:literal, $content_type:expr;)*) => {
        $(#[test]
        fn $name() {
            let page = include_bytes!(concat!("../../tests/fixtures/extract/", $file, ".html"));
            let expected = include_str!(concat!("../../tests/fixtures/extract/", $file, ".expected"));
            assert_eq!(shown(&read(page, $content_type)), expected);
        })*
    };
}

page_fixture! {
    a_print_page_is_read_from_its_visible_lines: "print", None;
    a_full_page_is_read_without_its_surroundings: "full", None;
}

#[test]
fn a_document_of_another_kind_is_refused_by_name() {
    let page = Page {
        bytes: b"%PDF-1.7 ...",
        content_type: Some("text/html"),
        url: None,
    };
    let error = article(&page, None, &|| true).unwrap_err();
    assert_eq!(error.to_string(), "the document is not HTML but PDF");
}

#[test]
fn an_empty_page_has_no_text() {
    assert_eq!(read(b"", None).text, "");
}

#[test]
fn a_fragment_keeps_its_paragraphs_and_loses_its_code() {
    let text = fragment_text(
        "<p>One &amp; two</p><script>x()</script><style>p{}</style><p>Three<br>four &nbsp; five</p>",
    );
    assert_eq!(text, "One & two\nThree\nfour five");
}

#[test]
fn a_fragment_without_markup_is_cleaned() {
    assert_eq!(fragment_text("  a \u{A0} b\n\n c "), "a b\nc");
}

#[test]
fn a_fragment_that_is_too_deep_still_gives_its_words() {
    let html = "<div>".repeat(5_000) + "word" + &"</div>".repeat(5_000);
    assert_eq!(fragment_text(&html), "word");
}
