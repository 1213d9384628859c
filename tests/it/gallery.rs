//! Mails of every kind as `docs/CHANNELS.md` promises them: sizes, colours, attributes. With `NEWSWATCH_GALLERY=FOLDER` they
//! are written there, with what every other service is sent; `tests/outside/pictures.mjs` draws them.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use newswatch::channel::{Channel, ChannelKind, ConsoleSettings, Form, Unwritten};
use newswatch::domain::{DeliveryId, Occasion};
use newswatch::links::LinkKey;
use newswatch::render::{EmailMessage, Reader, Telling, email};

use crate::every_service::{kind, settings};
use crate::support::documented::SERVICES;
use crate::support::gallery::{self, Shown};
use crate::support::http::client;

/// A reader in Vietnam, with our own pages or without.
pub(crate) fn reader(has_pages: bool) -> Reader {
    let zone = jiff::tz::TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
    let mut reader = Reader {
        zone,
        sender: Some("watch@sender.example".into()),
        channel: "desk".into(),
        machine: Some("watch1.example.org".into()),
        ..Reader::default()
    };
    if has_pages {
        reader.web = Some("https://watch.example.org/".parse().unwrap());
        reader.links = Some(LinkKey::new([3; 32]));
    } else {
        let watches = ["Code of Conduct", "East Sea", "Port strikes"].into_iter();
        let places = watches.map(|watch| (watch, "watches.toml", 41));
        reader.watch_places = Arc::new(places.collect());
    }
    reader
}

fn mail(shown: &Shown, reader: &Reader) -> EmailMessage {
    email(&Telling {
        delivery: &DeliveryId("dlv_5b20c10123456789abcd".into()),
        recipient: Some("desk@example.org"),
        alerts: &shown.alerts,
        occasion: &shown.occasion,
        reader,
        now: gallery::now(),
        filled: None,
    })
}

/// The values of a property, wherever it stands in a page.
fn values<'a>(page: &'a str, property: &str) -> BTreeSet<&'a str> {
    let name = format!("{property}:");
    page.match_indices(&name)
        .filter(|(at, _)| !page[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '-'))
        .map(|(at, _)| {
            let rest = &page[at + name.len()..];
            let end = rest.find([';', '"', '}', '!']).unwrap();
            &rest[..end]
        })
        .collect()
}

/// What MESSAGES says of colours, light and dark, and the one of what is hidden.
const COLOURS: [&str; 25] = [
    "#ffffff",
    "#15181c",
    "#1b1f24",
    "#e9ecef",
    "#57606a",
    "#a7b0ba",
    "#0b4fc4",
    "#8ab4ff",
    "#ffefb0",
    "#5a4400",
    "#fff4cf",
    "#b97f00",
    "#e0a722",
    "#d5dbe1",
    "#363d45",
    "#f5f7f9",
    "#1e2329",
    "#b3261e",
    "#ff9a91",
    "#fdeceb",
    "#3a1d1b",
    "#1a6b35",
    "#7bd497",
    "none",
    "transparent",
];

fn wrong_with(shown: &Shown, mail: &EmailMessage) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut check = |is_right: bool, what: &str| {
        if !is_right {
            wrong.push(format!("{}: {what}", shown.name));
        }
    };
    let page = mail.html.as_str();
    check(page.len() < 80_000, "80 kB or more");
    check(
        page.contains("<html lang=\"en\" dir=\"ltr\">"),
        "no language of the page",
    );
    let sizes: BTreeSet<&str> = values(page, "font-size");
    let allowed = [
        "1px", "14px", "15px", "16px", "17px", "18px", "21px", "23px",
    ];
    for size in sizes {
        check(allowed.contains(&size), &format!("letters of {size}"));
    }
    for property in ["color", "background"] {
        for colour in values(page, property) {
            check(COLOURS.contains(&colour), &format!("{property} {colour}"));
        }
    }
    let style = page
        .split_once("<style>")
        .unwrap()
        .1
        .split_once("</style>")
        .unwrap()
        .0;
    check(style.len() < 8_000, "a style block of 8 kB");
    for unsafe_part in [
        "<bdi",
        "inline-start",
        "opacity",
        "flex",
        "<section",
        "dir=\"auto\"",
        "<img",
        "<script",
        "url(",
        "@font",
        "@import",
        "<form",
    ] {
        check(!page.contains(unsafe_part), unsafe_part);
    }
    let tables = page.matches("<table").count();
    let told = page.matches("<table role=\"presentation\"").count()
        + page.matches("<table role=\"main\"").count()
        + page
            .split("<table")
            .skip(1)
            .filter(|table| {
                table
                    .split("</table>")
                    .next()
                    .unwrap()
                    .contains("<th scope=")
            })
            .count();
    check(
        tables == told,
        "a table that is neither layout nor data with scopes",
    );
    check(page.matches("<h1").count() == 1, "not one h1");
    check(!mail.subject.starts_with("Re:"), "Re:");
    check(
        !mail.subject.contains('[') || matches!(shown.occasion, Occasion::Health(_)),
        "brackets in the subject",
    );
    check(mail.text.contains("\n-- \n"), "no end of the plain text");
    // Never: `2026-11-26T07:10:00Z`.
    check(
        !page.contains("T07:") && !mail.text.contains("T07:"),
        "a time for programs",
    );
    check(
        mail.text.contains("UTC+7") && page.contains("UTC+7"),
        "a zone that is not named",
    );
    wrong
}

#[test]
fn mails_of_every_kind_have_the_sizes_the_colours_and_the_attributes_of_the_design() {
    let folder = std::env::var("NEWSWATCH_GALLERY").ok();
    let mut wrong = Vec::new();
    for has_pages in [true, false] {
        let reader = reader(has_pages);
        for shown in gallery::messages() {
            let mail = mail(&shown, &reader);
            wrong.extend(wrong_with(&shown, &mail));
            if let Some(folder) = &folder {
                let name = if has_pages { "" } else { "-alone" };
                write(Path::new(folder), &format!("{}{name}", shown.name), &mail);
            }
        }
    }
    if let Some(folder) = &folder {
        write_bodies(Path::new(folder));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What every other service is sent for some of the messages.
fn write_bodies(folder: &Path) {
    newswatch::http::install_tls_provider();
    let nowhere = "http://127.0.0.1:9/".parse().unwrap();
    for shown in gallery::messages() {
        if !["alert", "alert-ar", "alert-vi", "health"].contains(&shown.name) {
            continue;
        }
        let delivery = DeliveryId("dlv_5b20c10123456789abcd".into());
        let message = Unwritten {
            delivery: &delivery,
            recipient: None,
            alerts: &shown.alerts,
            occasion: &shown.occasion,
            now: gallery::now(),
        };
        let services = SERVICES.map(|service| (service.name, kind(service.name, &nowhere)));
        let console = ("console", ChannelKind::Console(ConsoleSettings::default()));
        for (name, kind) in services.into_iter().chain([console]) {
            let channel = Channel::new(settings(kind, reader(true)), client()).unwrap();
            let written = channel.write(&message, Form::Full).unwrap();
            let path = folder.join(format!("{}.{name}.json", shown.name));
            std::fs::write(path, written.body).unwrap();
        }
    }
}

fn write(folder: &Path, name: &str, mail: &EmailMessage) {
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(folder.join(format!("{name}.html")), &mail.html).unwrap();
    let head = format!("From: {}\nSubject: {}\n\n", mail.from_name, mail.subject);
    std::fs::write(folder.join(format!("{name}.txt")), head + &mail.text).unwrap();
}

/// From name, subject and preheader of each kind, as a list of mails shows them.
#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn a_list_of_mails_shows_watch_headline_and_what_was_found() {
    let expected = [
        (
            "alert",
            "Code of Conduct · newswatch",
            "! Manila and Beijing agree reef hotline after week of collisions",
            "Harbour Post: …finish the code of conduct for the South China Sea",
        ),
        (
            "alert-vi",
            "East Sea · newswatch",
            "ASEAN họp bàn quy tắc ứng xử ở Biển Đông trong tháng 12",
            "Báo Biển Xanh: …xử ở Biển Đông trước ngày 15 tháng 12",
        ),
        (
            "alert-ar",
            "Port strikes · newswatch",
            "عمال ميناء العقبة يبدؤون إضراباً مفتوحاً بعد فشل المحادثات",
            "صحيفة المرفأ: …عمال الميناء إضراباً مفتوحاً",
        ),
        (
            "alert-headline",
            "Port strikes · newswatch",
            "Dockers’ strike ballot: first results",
            "Port Gazette: Only the headline was searched: the feed gave neither text nor link.",
        ),
        (
            "group",
            "newswatch",
            "! 4 alerts: Manila and Beijing agree reef hotline after week of collisions",
            "Coast guard logs 14 ship encounters",
        ),
        (
            "update",
            "Code of Conduct · newswatch",
            "! Manila and Beijing agree reef hotline after week of collisions",
            "Update, 6 outlets. Pacific Ledger: The line opens on Monday",
        ),
        (
            "digest",
            "newswatch digest",
            "Thu 26 Nov: 4 alerts in 4 stories",
            "Manila and Beijing agree reef hotline",
        ),
        (
            "digest-empty",
            "newswatch digest",
            "Thu 26 Nov: no alerts",
            "",
        ),
        (
            "storm",
            "newswatch",
            "214 alerts in 10 min, most from “Oil prices”",
            "Joined until 14:50; nothing is lost",
        ),
        (
            "storm-over",
            "newswatch",
            "214 alerts in 10 min, most from “Oil prices”",
            "The storm is over; nothing is lost",
        ),
        (
            "spike",
            "Oil prices · newswatch",
            "Oil prices: 12 stories, usual: 1.5",
            "Tanker rates slip",
        ),
        (
            "health",
            "newswatch health",
            "[Failing] Feed Strait Radio",
            "straitradio.example answered 403 Forbidden. About 14 articles a day are not seen.",
        ),
        (
            "health-channel",
            "newswatch health",
            "[Gave up] Channel ops-hook",
            "hooks.example.org answered 500: upstream not found",
        ),
        (
            "health-over",
            "newswatch health",
            "[Works again] Feed Strait Radio",
            "Since Thu 26 Nov, 13:58 UTC+7, after 27 h",
        ),
        (
            "heartbeat",
            "newswatch health",
            "Running: 310 of 312 sources, 23 alerts",
            "Next by Fri 27 Nov, 14:10 UTC+7; else look at watch1.example.org",
        ),
    ];
    let reader = reader(true);
    let messages = gallery::messages();
    for (name, from, subject, preheader) in expected {
        let shown = messages.iter().find(|shown| shown.name == name).unwrap();
        let mail = mail(shown, &reader);
        assert_eq!(
            (mail.from_name.as_str(), mail.subject.as_str()),
            (from, subject),
            "{name}"
        );
        let hidden = mail
            .html
            .split_once("display:none")
            .unwrap()
            .1
            .split_once('>')
            .unwrap()
            .1;
        assert!(
            hidden.starts_with(preheader),
            "{name}: {}",
            &hidden[..200.min(hidden.len())]
        );
    }
}
