//! Situations that every message must stand, on every service: twenty that were thought of beforehand, and articles that are
//! made to do harm.

use newswatch::domain::{
    Alert, ArticleText, FoundPlace, FoundWords, LocalTimestamp, Occasion, Outlet, TextState,
    UpdateFacts, WatchName,
};
use newswatch::matching::{Asks, Matcher, WatchSource, quote};
use serde_json::Value;
use url::Url;

use super::gallery;

/// One situation.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) alerts: Vec<Alert>,
    pub(crate) occasion: Occasion,
    pub(crate) zone: &'static str,
    pub(crate) has_pages: bool,
    /// What else must be true of what a reader sees, by the name of the service; an empty answer is a yes.
    pub(crate) also: fn(&str, &str) -> String,
}

/// The services that show marks, each with its sign of bold before a word.
const BOLD: [(&str, &str, &str); 7] = [
    ("mail", "<b>", "</b>"),
    ("discord", "**", "**"),
    ("telegram", "<b>", "</b>"),
    ("matrix", "<strong>", "</strong>"),
    ("mattermost", "**", "**"),
    ("mail text", "*", "*"),
    ("console", "*", "*"),
];

fn unless(is_right: bool, what: &str) -> String {
    if is_right {
        String::new()
    } else {
        what.to_owned()
    }
}

/// Whether a word is bold, and stands whole between the signs, where the service has them.
fn is_bold(service: &str, seen: &str, word: &str) -> bool {
    BOLD.iter()
        .filter(|(name, ..)| *name == service)
        .all(|(_, before, after)| seen.contains(&format!("{before}{word}{after}")))
}

/// Programs are told the facts and no sentences.
fn is_program(service: &str) -> bool {
    ["webhook", "exec", "file"].contains(&service)
}

/// An alert as the matcher makes it of an article.
fn found(query: &str, title: &str, text: &str) -> Alert {
    let watch = WatchSource {
        name: "w".into(),
        asks: Asks::Query(query.into()),
        min_score: None,
        stem: None,
        fold: None,
    };
    let matcher = Matcher::compile(&[], &[watch]).unwrap();
    let article = ArticleText {
        title,
        text,
        ..ArticleText::default()
    };
    let hits = matcher.hits(&article);
    let hit = hits.first().expect("the watch fires");
    let mut alert = gallery::plain();
    title.clone_into(&mut alert.title);
    alert.found.terms.clone_from(&hit.terms);
    alert.found.quote = quote(&article, hit);
    let first = alert.found.quote.passages.first();
    alert.found.sentence = first.map_or(String::new(), |one| one.text.clone());
    alert.reading.lang = None;
    alert
}

fn case(name: &str, alert: Alert, also: fn(&str, &str) -> String) -> Case {
    Case {
        name: name.to_owned(),
        alerts: vec![alert],
        occasion: Occasion::Alert,
        zone: "Asia/Ho_Chi_Minh",
        has_pages: true,
        also,
    }
}

fn nothing(_: &str, _: &str) -> String {
    String::new()
}

/// The twenty.
pub(crate) fn twenty() -> Vec<Case> {
    let mut cases = of_words();
    cases.extend(of_marks());
    cases.extend(of_everything_else());
    cases
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn of_words() -> Vec<Case> {
    let long = "x".repeat(300);
    vec![
        case(
            "1 a headline of 300 letters without a space",
            found("strike", &long, "A strike begins."),
            nothing,
        ),
        case(
            "2 no headline",
            found("strike", "", "A strike begins."),
            |service, seen| {
                unless(
                    is_program(service) || seen.contains("(no headline)"),
                    "it does not say so",
                )
            },
        ),
        case(
            "3 an Arabic watch, an English article",
            {
                let mut alert = found("strike", "A strike begins", "A strike begins at noon.");
                alert.found.watch = WatchName("إضراب الموانئ".into());
                alert
            },
            |_, seen| unless(seen.contains("إضراب الموانئ"), "the watch is not named"),
        ),
        case(
            "4 Hebrew with digits and an address",
            {
                let text = "ראו https://a.example/x?y=1 היום: שביתה ב-12 נמלים.";
                let mut alert = found("שביתה", "שביתה ב-12 נמלים", text);
                alert.reading.lang = Some("he".into());
                alert
            },
            |service, seen| {
                let is_told = service == "syslog" || seen.contains("https://a.example/x?y=1");
                unless(
                    is_told && is_bold(service, seen, "שביתה"),
                    "the sentence is torn apart",
                )
            },
        ),
        case(
            "5 Vietnamese in letters and accents apart",
            found(
                "\"Biển Đông\"",
                "Bie\u{302}\u{309}n \u{110}o\u{302}ng",
                "Họ họp về Bie\u{302}\u{309}n \u{110}o\u{302}ng hôm nay.",
            ),
            |service, seen| {
                let is_whole = is_bold(service, seen, "Bie\u{302}\u{309}n \u{110}o\u{302}ng");
                unless(is_whole, "an accent has left its letter")
            },
        ),
        case(
            "6 Chinese, a mark inside a run of letters",
            found(
                "南海",
                "各方继续磋商",
                &"会议指出，有关各方在南海问题上应保持克制。".repeat(9),
            ),
            |service, seen| {
                unless(
                    is_bold(service, seen, "南海"),
                    "the mark is not where it was found",
                )
            },
        ),
        Case {
            alerts: ["Shipping", "East Sea"]
                .map(|watch| {
                    let mut alert = found("strike", "One headline", "A strike begins.");
                    alert.found.watch = WatchName(watch.into());
                    alert
                })
                .into(),
            occasion: Occasion::Group,
            ..case(
                "7 two watches, one headline",
                gallery::plain(),
                |service, seen| {
                    let is_named = ["Shipping", "East Sea"]
                        .iter()
                        .all(|watch| seen.contains(watch));
                    unless(is_program(service) || is_named, "a watch is not named")
                },
            )
        },
        case(
            "8 found in the headline alone",
            found(
                "strike",
                "Dockers’ strike ballot",
                "The first results are in.",
            ),
            |service, seen| {
                let is_marked = ["mail", "matrix"].contains(&service);
                let is_bold = !is_marked || is_bold(service, seen, "strike");
                unless(
                    is_bold && (service == "syslog" || seen.contains("The first results are in")),
                    "no mark, or no quote",
                )
            },
        ),
        case(
            "9 the sentence is the headline",
            found(
                "ferry",
                "Ferry sinks off the coast",
                "Ferry sinks off the coast.\nNobody was hurt.",
            ),
            |service, seen| {
                let plain = seen.replace('*', "");
                let is_once = plain.matches("Ferry sinks off the coast").count() == 1;
                unless(service != "mail text" || is_once, "it is said twice")
            },
        ),
    ]
}

fn of_marks() -> Vec<Case> {
    let far = format!("Strike {} ballot.", "and so on ".repeat(400));
    vec![
        case(
            "10 a sentence of 4,000 letters, found at both ends",
            found("strike AND ballot", "Long", &far),
            |service, seen| {
                let is_cut = is_program(service) || seen.chars().count() < 9_000;
                unless(
                    is_cut && is_bold(service, seen, "Strike"),
                    "it is not cut around what was found",
                )
            },
        ),
        case(
            "11 fish* in selfishly",
            found("fish*", "Quotas", "They selfishly went fishing at night."),
            |service, seen| {
                let is_whole = is_bold(service, seen, "fishing");
                let is_none =
                    !seen.contains("sel<b>") && !seen.contains("sel**") && !seen.contains("sel*");
                unless(is_whole && is_none, "a part of another word is marked")
            },
        ),
        case(
            "12 a regular expression over signs of several letters",
            found("/👩‍👩‍👧‍👦 \\w+/", "Families", "Here 👩‍👩‍👧‍👦 families wait."),
            |service, seen| {
                unless(
                    is_bold(service, seen, "👩‍👩‍👧‍👦 families"),
                    "a sign is torn apart",
                )
            },
        ),
        case(
            "13 the signs of every chat",
            found(
                "strike",
                "*_~<@!here>{{DATE()}} strike",
                "A strike *_~<@!here>{{DATE()}} begins.",
            ),
            |service, seen| {
                let is_there =
                    is_program(service) || service == "mail" || seen.contains("{{DATE()}}");
                unless(is_there, "its signs are lost")
            },
        ),
        Case {
            alerts: (0..500)
                .map(|number| {
                    let mut alert = found(
                        "strike",
                        &format!("Strike number {number} of some words"),
                        &"A strike begins. ".repeat(30),
                    );
                    alert.id.0 = format!("alr_{number:020x}");
                    alert
                })
                .collect(),
            occasion: Occasion::Group,
            ..case("14 500 alerts", gallery::plain(), |service, seen| {
                let is_counted = seen.contains(" more") || seen.contains("500");
                unless(is_program(service) || is_counted, "the rest is not counted")
            })
        },
    ]
}

fn of_everything_else() -> Vec<Case> {
    let mut bare = gallery::plain();
    bare.url = None;
    bare.published = None;
    bare.source = None;
    bare.feeds.clear();
    bare.reading.text = TextState::Headline;
    bare.found.quote.passages.clear();
    let mut night = gallery::plain();
    night.published = Some(LocalTimestamp::utc("2026-10-25T01:30:00Z".parse().unwrap()));
    let mut followed = gallery::plain();
    followed.url = Url::parse("https://a.example/x?utm_source=x&id=7#p3").ok();
    let failed = UpdateFacts {
        outlets: 3,
        ..UpdateFacts::default()
    };
    vec![
        Case {
            zone: "Europe/Berlin",
            ..case("15 the night of the change", night, |service, seen| {
                // These write times as the reader's own device has them.
                let by_device = ["slack", "discord", "teams"].contains(&service);
                unless(
                    is_program(service) || by_device || seen.contains("02:30 UTC+1"),
                    "another hour",
                )
            })
        },
        Case {
            zone: "Asia/Kathmandu",
            ..case("15 UTC+5:45", gallery::plain(), |service, seen| {
                let by_device = ["slack", "discord", "teams"].contains(&service);
                unless(
                    is_program(service) || by_device || seen.contains("12:50 UTC+5:45"),
                    "another hour",
                )
            })
        },
        Case {
            has_pages: false,
            ..case("16 no date, link, outlet, pages", bare, |service, seen| {
                let is_told =
                    seen.contains("no date given") && seen.contains("neither text nor link");
                unless(
                    is_program(service) || service == "syslog" || is_told,
                    "it does not say what is missing",
                )
            })
        },
        case(
            "17 what follows the reader is taken off",
            followed,
            |service, seen| {
                let is_clean =
                    seen.contains("https://a.example/x?id=7#p3") && !seen.contains("utm_source");
                unless(is_program(service) || is_clean, "another link")
            },
        ),
        case(
            "18 without the style block",
            gallery::plain(),
            |service, seen| {
                // The signs are in the elements themselves; how it looks is for tests/outside.
                unless(is_bold(service, seen, "code of conduct"), "no mark is left")
            },
        ),
        case(
            "19 every link is opened",
            gallery::plain(),
            |service, seen| {
                // What opening does is in tests/it/web.rs; here: no link acts by itself.
                let acts = seen
                    .matches("/alerts/")
                    .filter(|_| seen.contains("retry") || seen.contains("?mark="));
                unless(acts.count() == 0 || is_program(service), "a link that acts")
            },
        ),
        Case {
            occasion: Occasion::Update(failed),
            ..case(
                "20 an update whose first message failed",
                gallery::plain(),
                |_, seen| {
                    let is_alone = !seen.contains("m.thread") && !seen.contains("In-Reply-To");
                    unless(is_alone, "it answers to nothing")
                },
            )
        },
    ]
}

/// An article all of whose texts are made to do harm.
pub(crate) fn nasty() -> Vec<Case> {
    let list: Vec<Value> = serde_json::from_str(include_str!("../../fixtures/nasty.json")).unwrap();
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        value => {
            let times = usize::try_from(value[2].as_u64().unwrap()).unwrap();
            value[0].as_str().unwrap().to_owned() + &value[1].as_str().unwrap().repeat(times)
        }
    };
    let texts = list.iter().map(text);
    texts
        .enumerate()
        .map(|(number, text)| case(&format!("nasty {}", number + 1), of(&text), nothing))
        .collect()
}

fn of(text: &str) -> Alert {
    let mut alert = gallery::plain();
    text.clone_into(&mut alert.title);
    alert.source = Some(text.to_owned());
    alert.feeds = vec![text.to_owned(); 30];
    alert.found.watch = WatchName(text.to_owned());
    alert.found.terms = vec![text.to_owned(); 30];
    text.clone_into(&mut alert.found.sentence);
    alert.found.quote.title_marks = vec![0..3, 2..9];
    for passage in &mut alert.found.quote.passages {
        text.clone_into(&mut passage.text);
        passage.marks = vec![1..2, 4..700];
    }
    alert.found.quote.found = vec![
        FoundWords {
            text: text.to_owned(),
            places: vec![FoundPlace::Headline],
        };
        9
    ];
    alert.reading.text = TextState::Summary;
    alert.reading.text_reason = Some(text.to_owned());
    alert.reading.also_in = vec![
        Outlet {
            name: text.to_owned(),
            url: Url::parse("https://b.example/(x)|y").ok(),
            published: None,
            is_copy: true,
        };
        6
    ];
    alert
}
