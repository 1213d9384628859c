//! Documents that are made to cost: each ends in an answer of bounded size.

use super::read;
use crate::parse::MAX_ENTRIES;

#[test]
fn a_million_entries_leave_the_first_two_thousand() {
    let mut document = String::from("<rss version=\"2.0\"><channel><title>Many</title>");
    document.push_str(&"<item><title>x</title></item>".repeat(1_000_000));
    let feed = read(document.as_bytes()).unwrap();
    assert_eq!(feed.entries.len(), MAX_ENTRIES);
    assert!(
        feed.repairs
            .iter()
            .any(|repair| repair.contains("998000 entries")),
        "{:?}",
        feed.repairs
    );
}

#[test]
fn a_hundred_thousand_elements_inside_one_another_are_read_without_recursion() {
    let deep = format!("{}x{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
    let document = format!(
        "<rss><channel>{deep}<item><title>T</title><description>{deep}</description></item></channel></rss>"
    );
    assert_eq!(read(document.as_bytes()).unwrap().entries.len(), 1);
}

#[test]
fn elements_that_are_never_closed_cost_no_more() {
    let document = format!(
        "<rss><channel><item>{}<title>T</title>",
        "<dc:x>".repeat(300_000)
    );
    assert_eq!(read(document.as_bytes()).unwrap().entries.len(), 1);
}

#[test]
fn half_a_million_namespaces_are_passed_over() {
    let names = (0..500_000).fold(String::new(), |names, number| {
        names + &format!(" xmlns:n{number}=\"u{number}\"")
    });
    let document = format!(
        "<rss version=\"2.0\"{names}><channel><item><title>T</title></item></channel></rss>"
    );
    assert_eq!(read(document.as_bytes()).unwrap().entries.len(), 1);
}

#[test]
fn a_billion_laughs_stay_few() {
    let mut doctype = String::from("<!DOCTYPE lolz [<!ENTITY l0 \"lol\">");
    for level in 1..=10 {
        let value = format!("&l{};", level - 1).repeat(10);
        doctype += &["<!ENTITY l", &level.to_string(), " \"", &value, "\">"].concat();
    }
    let document = format!(
        "{doctype}]><rss><channel><item><title>&l10;</title><description>&l9;&l3;</description></item></channel></rss>"
    );
    let feed = read(document.as_bytes()).unwrap();
    assert!(feed.entries[0].summary.as_ref().unwrap().len() < 100_000);
}

#[test]
fn an_endless_title_is_cut() {
    let document = format!(
        "<rss><channel><item><title>{}</title></item></channel></rss>",
        "word ".repeat(1_000_000)
    );
    assert!(
        read(document.as_bytes()).unwrap().entries[0]
            .title
            .as_ref()
            .unwrap()
            .len()
            < 10_000
    );
}

#[test]
fn patterns_that_look_far_ahead_are_read_once() {
    for pattern in [
        "<![CDATA[",
        "<!--",
        "<a \"",
        "<a b=\"",
        "</",
        "<!",
        "<?",
        "&",
        "&#",
        "<b <",
        "<title>",
        "]]>",
        "<![CDATA[</a",
    ] {
        let flood = pattern.repeat(30_000);
        for document in [
            format!("<rss><channel><item><title>{flood}"),
            format!(
                "<rss><channel><item><description>{flood}</description></item></channel></rss>"
            ),
            format!("<rss><channel><item><title>T</title></item>{flood}-->]]>\">"),
        ] {
            assert!(read(document.as_bytes()).is_ok(), "{pattern}");
        }
    }
}
