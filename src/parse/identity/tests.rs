use super::*;
use crate::domain::{Place, Suspect, Timestamp, Trust, verdict};

/// An entry as short as a test line: guid, link, title, day of March 2024; empty means absent.
fn entry(guid: &str, link: &str, title: &str, day: u8) -> Entry {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Entry {
        guid: some(guid),
        link: some(link).map(|link| Url::parse(&link).unwrap()),
        title: some(title),
        published: (day > 0).then(|| {
            format!("2024-03-{day:02}T10:30:00Z")
                .parse::<Timestamp>()
                .unwrap()
        }),
        ..Entry::default()
    }
}

/// Whether the store would take `later` for `earlier`, an entry of the document before.
fn is_recognised(earlier: Entry, later: Entry) -> bool {
    let home = Url::parse("https://example.org/").unwrap();
    let read = |entry| {
        let other = Entry {
            guid: Some("another of the same document".to_owned()),
            ..Entry::default()
        };
        let mut entries = [entry, other];
        give_keys(&mut entries, std::slice::from_ref(&home));
        let [entry, _] = entries;
        entry
    };
    is_same(&read(earlier), &read(later), Place::Before)
}

/// Whether one entry is found by the keys of the other, and judged to be it.
fn is_same(known: &Entry, later: &Entry, place: Place) -> bool {
    let suspect = Suspect {
        facts: &known.facts,
        place,
        trust: Trust::FULL,
    };
    later.keys.iter().any(|key| known.keys.contains(key))
        && verdict(&later.facts, &suspect).is_some()
}

/// Whether none of the entries of one document is taken for another.
fn all_are_told_apart(mut entries: Vec<Entry>) -> bool {
    give_keys(&mut entries, &[]);
    entries.iter().enumerate().all(|(index, entry)| {
        entries
            .iter()
            .take(index)
            .all(|other| !is_same(other, entry, Place::Beside))
    })
}

const A: &str = "https://example.org/a";
const B: &str = "https://example.org/b";

#[test]
fn what_counts_as_the_same_entry_and_why() {
    let same = [
        (
            "nothing changed",
            entry("g1", A, "Title", 1),
            entry("g1", A, "Title", 1),
        ),
        (
            "a guid and its address: everything else may be edited",
            entry("g1", A, "Title", 1),
            entry("g1", A, "New", 2),
        ),
        (
            "another guid and address: the site has moved",
            entry("g1", A, "Title", 1),
            entry("g2", B, "Title", 1),
        ),
        (
            "white space around a guid is a matter of layout",
            entry("g1", A, "T", 1),
            entry("\n  g1 ", B, "N", 1),
        ),
        (
            "a guid that is an address may change to https",
            entry("http://x.org/1", "", "T", 1),
            entry("https://x.org/1", "", "N", 1),
        ),
        (
            "re-dated",
            entry("g1", A, "Title", 1),
            entry("g1", A, "Title", 9),
        ),
        (
            "re-dated, without a guid",
            entry("", A, "Title", 1),
            entry("", A, "Title", 9),
        ),
        (
            "published again under a new guid",
            entry("g1", A, "Title", 1),
            entry("g2", A, "Title", 1),
        ),
        (
            "a guid appears where there was none",
            entry("", A, "Title", 1),
            entry("g1", A, "Title", 1),
        ),
        (
            "edited headline, no guid: the address is the entry",
            entry("", A, "Title", 1),
            entry("", A, "Better title", 1),
        ),
        (
            "http became https",
            entry("", "http://example.org/a", "Old", 1),
            entry("", A, "New", 1),
        ),
        (
            "another campaign",
            entry("", A, "Old", 1),
            entry(
                "",
                "https://example.org/a?utm_source=rss&fbclid=7",
                "New",
                1,
            ),
        ),
        (
            "another fragment",
            entry("", A, "Old", 1),
            entry("", "https://example.org/a#comments", "New", 1),
        ),
        (
            "no guid, no address: headline and date",
            entry("", "", "Title", 1),
            entry("", "", "Title", 1),
        ),
        (
            "case and spaces of a headline",
            entry("g1", A, "A  Title", 1),
            entry("g2", A, "a title", 1),
        ),
    ];
    for (why, earlier, later) in same {
        assert!(is_recognised(earlier, later), "{why}");
    }
}

#[test]
fn what_counts_as_another_entry_and_why() {
    let different = [
        (
            "another guid, address and date",
            entry("g1", A, "Title", 1),
            entry("g2", B, "Title", 2),
        ),
        (
            "the guid names a place in the list",
            entry("g1", A, "Title", 1),
            entry("g1", B, "New", 2),
        ),
        (
            "another guid and headline on one page",
            entry("g1", A, "Title", 1),
            entry("g2", A, "Other", 1),
        ),
        (
            "the page is chosen by a parameter",
            entry("", "https://example.org/?id=1", "T", 1),
            entry("", "https://example.org/?id=2", "U", 1),
        ),
        (
            "the page is chosen by the fragment",
            entry("", "https://example.org/#!/1", "T", 1),
            entry("", "https://example.org/#!/2", "U", 1),
        ),
        (
            "everything links to the front page",
            entry("", "https://example.org/", "T", 1),
            entry("", "https://example.org/", "U", 1),
        ),
        (
            "nothing but the front page and a date",
            entry("", "https://example.org/", "", 1),
            entry("", "https://example.org/", "", 2),
        ),
        (
            "guids on one page differ by fragment",
            entry("http://x.org/p#1", "", "T", 1),
            entry("http://x.org/p#2", "", "U", 1),
        ),
        (
            "a system that gives 0 as every guid",
            entry("0", A, "T", 1),
            entry("0", B, "U", 1),
        ),
        (
            "the site as every guid",
            entry("https://example.org/", A, "T", 1),
            entry("https://example.org/", B, "U", 1),
        ),
        (
            "a daily title without guid and address",
            entry("", "", "Weather", 1),
            entry("", "", "Weather", 2),
        ),
        (
            "case matters in guids",
            entry("g1", A, "T", 1),
            entry("G1", B, "U", 1),
        ),
    ];
    for (why, earlier, later) in different {
        assert!(!is_recognised(earlier, later), "{why}");
    }
}

#[test]
fn entries_of_one_document_never_hide_each_other() {
    let documents = [
        (
            "one link for all",
            vec![
                entry("", A, "T", 1),
                entry("", A, "U", 1),
                entry("", A, "V", 1),
            ],
        ),
        (
            "one link and headline, different days",
            vec![entry("", A, "T", 1), entry("", A, "T", 2)],
        ),
        (
            "one link and headline, different guids",
            vec![entry("g1", A, "T", 1), entry("g2", A, "T", 1)],
        ),
        (
            "one guid for all",
            vec![entry("g", A, "T", 1), entry("g", B, "U", 1)],
        ),
        (
            "one guid and link for all",
            vec![entry("g", A, "T", 1), entry("g", A, "U", 1)],
        ),
        (
            "nothing but dates",
            vec![entry("", "", "T", 1), entry("", "", "T", 2)],
        ),
    ];
    for (why, entries) in documents {
        assert!(all_are_told_apart(entries), "{why}");
    }
}

#[test]
fn an_entry_listed_twice_is_one() {
    let mut entries = [entry("g1", A, "T", 1), entry("g1", A, "T", 1)];
    give_keys(&mut entries, &[]);
    assert_eq!(entries[0].keys, entries[1].keys);
}

#[test]
fn an_entry_that_is_joined_by_another_with_its_link_stays_known() {
    let mut alone = [entry("", A, "T", 1)];
    give_keys(&mut alone, &[]);
    let mut joined = [entry("", A, "T", 1), entry("", A, "U", 2)];
    give_keys(&mut joined, &[]);
    assert!(is_same(&alone[0], &joined[0], Place::Before));
    assert!(!is_same(&alone[0], &joined[1], Place::Before));
}

#[test]
fn no_entry_is_without_a_key_and_no_key_without_bound() {
    let mut entries = [
        Entry::default(),
        entry(&"g".repeat(9_000), A, &"t".repeat(9_000), 1),
    ];
    give_keys(&mut entries, &[]);
    for entry in &entries {
        assert!(!entry.keys.is_empty());
        assert!(
            entry
                .keys
                .iter()
                .all(|key| key.0.len() <= MAX_READABLE_BYTES + 20)
        );
    }
}

#[test]
fn canonical_links() {
    for (written, canonical) in [
        ("http://Example.ORG/a", "//example.org/a"),
        ("https://example.org:443/a", "//example.org/a"),
        ("http://example.org:443/a", "//example.org/a"),
        ("http://example.org:8080/a", "//example.org:8080/a"),
        ("https://example.org/a?b=2&a=1", "//example.org/a?b=2&a=1"),
        (
            "https://example.org/a?utm_source=x&id=1&utm_medium=y",
            "//example.org/a?id=1",
        ),
        (
            "https://example.org/a?partner=rss&emc=rss",
            "//example.org/a",
        ),
        ("https://example.org/a?source=7", "//example.org/a?source=7"),
        ("https://example.org/a?", "//example.org/a"),
        ("https://example.org/a#b", "//example.org/a"),
        ("https://example.org/a#/b", "//example.org/a#/b"),
        ("https://example.org", "//example.org/"),
        ("urn:isbn:1", "urn:isbn:1"),
    ] {
        assert_eq!(
            canonical_link(&Url::parse(written).unwrap()),
            canonical,
            "{written}"
        );
    }
}

proptest::proptest! {
    /// However a text is cut up for it.
    #[test]
    fn a_folded_text_is_in_compatible_form_in_small_letters_and_a_space_apart(
        pieces in proptest::collection::vec(
            "[A-Za-z0-9 .\t\n]{0,5}|[\u{301}\u{323}\u{309}ế Ǆ\u{a0}\u{3000}ﬁ①ΣςİK\u{fdfa}]|[\u{1100}-\u{1112}][\u{1161}-\u{1175}]|가\u{11a8}|南国|\u{85}",
            0..30,
        ),
    ) {
        let text = pieces.concat();
        let whole: String = text.nfkc().flat_map(char::to_lowercase).collect();
        let expected = whole.split_whitespace().collect::<Vec<_>>().join(" ");
        proptest::prop_assert_eq!(folded(&text), expected);
    }
}
