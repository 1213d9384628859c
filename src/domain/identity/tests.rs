use super::*;

/// What an entry says, as short as a row: guid, link, headline, date, text; "-" is absent. A date is a number of minutes,
/// or a day ("d7") without a time.
fn facts(row: &str) -> EntryFacts {
    let mut parts = row
        .split('|')
        .map(str::trim)
        .map(|part| (part != "-").then(|| part.to_owned()));
    let mut next = || parts.next().flatten();
    let guid = next();
    let edition_of = guid
        .as_deref()
        .and_then(|guid| guid.split_once('#'))
        .map(|(base, _)| base.to_owned());
    let (link, title) = (next(), next());
    let date = next().map(|date| match date.strip_prefix('d') {
        Some(day) => day.parse::<i64>().unwrap() * DAY_MS,
        None => date.parse::<i64>().unwrap() * 600_000 + 1,
    });
    EntryFacts {
        guid,
        edition_of,
        link,
        title,
        date,
        text: next(),
        alone: next().is_some(),
    }
}

fn judged(known: &str, entry: &str, place: Place, trust: Trust) -> Option<Known> {
    let (facts, entry) = (facts(known), facts(entry));
    verdict(
        &entry,
        &Suspect {
            facts: &facts,
            place,
            trust,
        },
    )
}

/// Rows of the table: what was known, what comes, and whether it is the same.
fn holds(rows: &[(&str, &str, &str, bool)], place: Place, trust: Trust) {
    for (why, known, entry, is_same) in rows {
        assert_eq!(
            judged(known, entry, place, trust).is_some(),
            *is_same,
            "{why}: {known} -> {entry}"
        );
    }
}

#[test]
fn a_known_guid_is_the_entry_unless_all_else_is_new() {
    holds(
        &[
            (
                "nothing changed",
                "g|a|flood in town|1|x",
                "g|a|flood in town|1|x",
                true,
            ),
            (
                "edited headline",
                "g|a|flood in town|1|x",
                "g|a|rain|1|x",
                true,
            ),
            (
                "edited headline and text",
                "g|a|flood in town|1|x",
                "g|a|rain|1|y",
                true,
            ),
            ("dated anew", "g|a|flood|1|x", "g|a|flood|9|x", true),
            (
                "rewritten whole at its address",
                "g|a|flood|1|x",
                "g|a|rain|9|y",
                true,
            ),
            ("moved", "g|a|flood|1|x", "g|b|flood|1|x", true),
            ("moved and edited", "g|a|flood|1|x", "g|b|rain|1|y", true),
            (
                "moved and dated anew",
                "g|a|flood|1|x",
                "g|b|flood|9|x",
                true,
            ),
            (
                "a place in the list",
                "g|a|flood|1|x",
                "g|b|rain|9|y",
                false,
            ),
            (
                "a place in the list, whose text is a phrase",
                "g|a|flood|1|x",
                "g|b|rain|9|x",
                false,
            ),
            (
                "a place in the list, dated by the day",
                "g|a|flood|d1|x",
                "g|b|rain|d1|y",
                false,
            ),
            (
                "a place in a list without dates",
                "g|a|flood|-|x",
                "g|b|rain|-|y",
                false,
            ),
            (
                "one guid for a series",
                "g|a|bulletin|1|x",
                "g|b|bulletin|9|y",
                false,
            ),
            ("no address, edited", "g|-|flood|1|x", "g|-|rain|1|y", true),
            (
                "no address, dated anew",
                "g|-|flood|1|x",
                "g|-|flood|9|y",
                true,
            ),
            (
                "no address, all new",
                "g|-|flood|1|x",
                "g|-|rain|9|y",
                false,
            ),
            ("an address appears", "g|-|flood|1|x", "g|a|flood|1|x", true),
        ],
        Place::Before,
        Trust::FULL,
    );
}

#[test]
fn a_guid_that_counts_editions_is_that_of_the_article() {
    holds(
        &[
            (
                "the next edition",
                "c#0|c|3 hurt in flood|1|x",
                "c#1|c|3 hurt in flood|1|x",
                true,
            ),
            (
                "dated anew",
                "c#0|c|3 hurt in flood|1|x",
                "c#3|c|3 hurt in flood|9|y",
                true,
            ),
            (
                "edited headline",
                "c#0|c|3 hurt in flood|1|x",
                "c#3|c|5 hurt in flood|9|y",
                true,
            ),
            (
                "another headline, the same date",
                "c#0|c|flood|1|x",
                "c#3|c|rain|1|y",
                true,
            ),
            (
                "the first without a number",
                "c|c|flood|1|x",
                "c#1|c|flood|9|y",
                true,
            ),
            ("no address", "c#0|-|flood|1|x", "c#1|-|flood|9|y", true),
            (
                "posts of a live page",
                "c#6|c|the mayor speaks|1|x",
                "c#7|c|bridge closed|9|y",
                false,
            ),
            (
                "another article",
                "c#0|c|flood|1|x",
                "d#1|d|flood|9|x",
                false,
            ),
        ],
        Place::Before,
        Trust::FULL,
    );
    holds(
        &[
            (
                "two editions side by side",
                "c#0|c|flood|1|x",
                "c#3|c|flood|9|y",
                true,
            ),
            (
                "two posts side by side",
                "c#6|c|the mayor speaks|1|x",
                "c#7|c|bridge closed|9|y",
                false,
            ),
        ],
        Place::Beside,
        Trust::FULL,
    );
}

#[test]
fn a_new_guid_under_an_old_address_is_news_where_date_and_text_are() {
    holds(
        &[
            ("published again", "g|a|flood|1|x", "h|a|flood|1|x", true),
            (
                "published again, edited",
                "g|a|flood|1|x",
                "h|a|flood|1|y",
                true,
            ),
            ("dated anew", "g|a|flood|1|x", "h|a|flood|9|x", true),
            (
                "dated anew, without texts",
                "g|a|flood|1|-",
                "h|a|flood|9|-",
                true,
            ),
            (
                "the next bulletin",
                "g|a|bulletin|1|x",
                "h|a|bulletin|9|y",
                false,
            ),
            (
                "the next bulletin of the day",
                "g|a|bulletin|d1|x",
                "h|a|bulletin|d1|y",
                false,
            ),
            (
                "the next bulletin, undated",
                "g|a|bulletin|-|x",
                "h|a|bulletin|-|y",
                false,
            ),
            ("undated, the same", "g|a|flood|-|x", "h|a|flood|-|x", true),
            (
                "a page for several news",
                "g|a|flood|1|x",
                "h|a|rain|9|y",
                false,
            ),
            (
                "a page for several news, undated",
                "g|a|flood|-|x",
                "h|a|rain|-|x",
                false,
            ),
            (
                "a polished headline",
                "g|a|flood in town|1|x",
                "h|a|flood in the town|1|y",
                true,
            ),
            (
                "another headline at the same minute",
                "g|a|flood|1|x",
                "h|a|rain|1|y",
                false,
            ),
        ],
        Place::Before,
        Trust::FULL,
    );
}

#[test]
fn without_a_guid_an_address_does_not_swallow_new_headlines() {
    holds(
        &[
            ("nothing changed", "-|a|flood|1|x", "-|a|flood|1|x", true),
            ("edited headline", "-|a|flood|1|x", "-|a|rain|1|y", true),
            ("dated anew", "-|a|flood|1|x", "-|a|flood|9|x", true),
            (
                "dated anew, without texts",
                "-|a|flood|1|-",
                "-|a|flood|9|-",
                true,
            ),
            (
                "the page tells the newest",
                "-|a|level 1|1|x",
                "-|a|level 4|9|y",
                false,
            ),
            (
                "the page tells the newest, with one text",
                "-|a|level 1|1|x",
                "-|a|level 4|9|x",
                false,
            ),
            (
                "the next forecast",
                "-|a|forecast|1|x",
                "-|a|forecast|9|y",
                false,
            ),
            (
                "undated, edited headline",
                "-|a|flood in town|-|x",
                "-|a|flood in the town|-|y",
                true,
            ),
            ("undated, all new", "-|a|flood|-|x", "-|a|rain|-|y", false),
            (
                "undated, all there was, replaced",
                "-|a|level 1|-|x|alone",
                "-|a|level 4|-|x|alone",
                false,
            ),
            (
                "undated, all there was, edited text",
                "-|a|forecast|-|x|alone",
                "-|a|forecast|-|y|alone",
                false,
            ),
            (
                "undated, edited text",
                "-|a|flood|-|x",
                "-|a|flood|-|y",
                true,
            ),
            ("a guid appears", "-|a|flood|1|x", "g|a|flood|1|x", true),
            ("a guid is dropped", "g|a|flood|1|x", "-|a|flood|1|x", true),
            (
                "a guid that is the fixed address",
                "a|a|level 1|1|x|alone",
                "a|a|level 4|9|y|alone",
                false,
            ),
            (
                "a guid that is the fixed address, undated",
                "a|a|level 1|-|x|alone",
                "a|a|level 4|-|y|alone",
                false,
            ),
            (
                "a guid that is the address of one of several, undated",
                "a|a|level 1|-|x",
                "a|a|level 4|-|y",
                true,
            ),
            (
                "a guid of its own, undated",
                "g|a|level 1|-|x|alone",
                "g|a|level 4|-|y|alone",
                true,
            ),
        ],
        Place::Before,
        Trust::FULL,
    );
}

#[test]
fn a_site_that_changes_its_addresses_keeps_headlines_and_dates() {
    holds(
        &[
            ("all paths are new", "a|a|flood|1|x", "b|b|flood|1|x", true),
            (
                "another host, no guid",
                "-|a|flood|1|x",
                "-|b|flood|1|x",
                true,
            ),
            ("seconds are cut", "-|a|flood|1|x", "-|b|flood|1|-", true),
            ("another text", "a|a|warning|1|x", "b|b|warning|1|y", false),
            ("another date", "a|a|flood|1|x", "b|b|flood|9|x", false),
            ("another headline", "a|a|flood|1|x", "b|b|rain|1|x", false),
            (
                "seconds are cut, a guid of another system",
                "g|a|flood|1|x",
                "h|b|flood|1|x",
                true,
            ),
            (
                "dated by the day, the same text",
                "a|a|flood|d1|x",
                "b|b|flood|d1|x",
                true,
            ),
            (
                "dated by the day, without texts",
                "a|a|flood|d1|-",
                "b|b|flood|d1|-",
                false,
            ),
            ("undated", "a|a|flood|-|x", "b|b|flood|-|x", false),
            (
                "undated, a query that changes each time",
                "-|//h/a?t=1|flood|-|x",
                "-|//h/a?t=2|flood|-|x",
                true,
            ),
            (
                "undated, the same in a guid",
                "//h/a?t=1|//h/a?t=1|flood|-|x",
                "//h/a?t=2|//h/a?t=2|flood|-|x",
                true,
            ),
            (
                "undated, another host",
                "-|//h/a|flood|-|x",
                "-|//k/a|flood|-|x",
                true,
            ),
            (
                "undated, another text",
                "-|//h/a?id=1|flood|-|x",
                "-|//h/a?id=2|flood|-|y",
                false,
            ),
            (
                "undated, two guids of their own",
                "g|//h/a?id=1|flood|-|x",
                "h|//h/a?id=2|flood|-|x",
                false,
            ),
            (
                "undated, another path",
                "-|//h/a|flood|-|x",
                "-|//h/b|flood|-|x",
                false,
            ),
        ],
        Place::Before,
        Trust::FULL,
    );
}

#[test]
fn without_guid_and_address_headline_and_date_are_the_entry() {
    holds(
        &[
            ("nothing changed", "-|-|flood|1|x", "-|-|flood|1|x", true),
            ("edited text", "-|-|flood|1|x", "-|-|flood|1|y", true),
            (
                "the next of a series",
                "-|-|weather|1|x",
                "-|-|weather|9|x",
                false,
            ),
            ("undated", "-|-|flood|-|x", "-|-|flood|-|x", true),
            (
                "undated, another text",
                "-|-|weather|-|x",
                "-|-|weather|-|y",
                false,
            ),
            ("without a headline", "-|-|-|1|x", "-|-|-|1|x", true),
            (
                "without a headline, another text",
                "-|-|-|1|x",
                "-|-|-|1|y",
                false,
            ),
            ("another headline", "-|-|flood|1|x", "-|-|rain|1|x", false),
        ],
        Place::Before,
        Trust::FULL,
    );
}

#[test]
fn what_stands_side_by_side_is_told_apart() {
    holds(
        &[
            ("listed twice", "g|a|flood|1|x", "g|a|flood|1|x", true),
            (
                "listed twice, with two dates",
                "g|a|flood|1|x",
                "g|a|flood|9|x",
                true,
            ),
            (
                "listed twice, without a guid",
                "-|a|flood|1|x",
                "-|a|flood|1|x",
                true,
            ),
            ("one guid for all", "g|a|flood|1|x", "g|b|rain|1|x", false),
            (
                "one guid and address for all",
                "g|a|flood|1|x",
                "g|a|rain|1|x",
                false,
            ),
            (
                "one address and headline, two guids",
                "g|a|bulletin|1|x",
                "h|a|bulletin|1|x",
                false,
            ),
            (
                "one address and headline, two days",
                "-|a|forecast|1|x",
                "-|a|forecast|9|x",
                false,
            ),
            ("one address", "-|a|flood|1|x", "-|a|rain|1|x", false),
            (
                "two regions, one warning",
                "g|a|storm|1|x",
                "h|b|storm|1|x",
                false,
            ),
        ],
        Place::Beside,
        Trust::FULL,
    );
}

#[test]
fn a_key_that_two_entries_have_had_proves_nothing() {
    let without = |change: fn(&mut Trust)| {
        let mut trust = Trust::FULL;
        change(&mut trust);
        trust
    };
    for (why, trust, known, entry) in [
        (
            "the guid",
            without(|trust| trust.guid = false),
            "g|a|flood|1|x",
            "g|b|rain|1|y",
        ),
        (
            "the address",
            without(|trust| trust.link = false),
            "-|a|flood|1|x",
            "-|a|rain|1|y",
        ),
        (
            "address and headline",
            without(|trust| trust.headline = false),
            "-|a|forecast|1|x",
            "-|a|forecast|9|x",
        ),
        (
            "headline and date",
            without(|trust| trust.dated = false),
            "g|a|storm|1|x",
            "h|b|storm|1|x",
        ),
    ] {
        assert_eq!(judged(known, entry, Place::Before, trust), None, "{why}");
        assert!(
            judged(known, entry, Place::Before, Trust::FULL).is_some(),
            "{why}"
        );
    }
}
