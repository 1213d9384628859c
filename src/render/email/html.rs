//! The HTML part of a mail.
//!
//! What mail programs make of HTML and CSS is told by caniemail.com: layout is tables, space is padding of cells, colours and
//! sizes stand in place, and a direction is an attribute with `left` and `right` written out.

use crate::domain::Priority;
use crate::render::escape::html;
use crate::render::message::{Block, Item, Look, Message, Rich, Tone};

/// What only a style block can say: dark colours, the tint of marks, and the padding of a phone. Gmail ignores the first.
/// A mark is plain bold without it: what is copied or searched for in a mail is the word alone.
const STYLE: &str = "\
.e b,h1 b,h2 b,h3 b{background:#ffefb0;color:#1b1f24;border-radius:2px}\
@media (prefers-color-scheme:dark){\
body,.g{background:#15181c!important}\
.t,.t td,.t th,h1,h2,h3{color:#e9ecef!important}\
.q,.t .q{color:#a7b0ba!important}\
a,.l{color:#8ab4ff!important}\
.b{border-color:#8ab4ff!important}\
.e b,h1 b,h2 b,h3 b{background:#5a4400!important;color:#fff4cf!important}\
.e{border-color:#e0a722!important}\
.r{border-color:#363d45!important}\
.s{border-color:#a7b0ba!important}\
.p{background:#1e2329!important;color:#e9ecef!important}\
.a{color:#ff9a91!important}\
.h{color:#ff9a91!important;background:#3a1d1b!important;border-color:#ff9a91!important}\
.o{color:#7bd497!important}}\
@media (max-width:480px){.w{padding:16px!important}h1{font-size:21px!important;line-height:27px!important}}\
.w td,.w th,.w p,.w h1,.w h2,.w h3,.w a,.w b{overflow-wrap:anywhere;word-break:break-word}";

const FONT: &str = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif";
const TEXT: &str = "color:#1b1f24";
const QUIET: &str = "color:#57606a";
const LINK: &str = "color:#0b4fc4";
/// Breaks a word that is longer than its line; the second is what older programs know.
const BREAK: &str = "overflow-wrap:anywhere;word-break:break-word";

/// Keeps words and numbers of a table whole, which would be broken to give room to its first column.
const WHOLE: &str = "overflow-wrap:normal;word-break:normal";

/// Fills the rest of the line that a list of mails shows, so that the body's text does not follow the preheader.
const FILLER_REPEATS: usize = 60;

/// Writes the page. Its own words are English; what is an outsider's says its language and direction.
pub(super) fn page(message: &Message, title: &str, preheader: &str) -> String {
    let content = content(message);
    let filler = "&#847;&zwnj;&nbsp;".repeat(FILLER_REPEATS);
    let title = html(title);
    let preheader = html(preheader);
    format!(
        "<!DOCTYPE html>\n\
         <html lang=\"en\" dir=\"ltr\">\n<head>\n\
         <meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"supported-color-schemes\" content=\"light dark\">\n\
         <title>{title}</title>\n\
         <style>{STYLE}</style>\n</head>\n\
         <body class=\"g\" style=\"margin:0;padding:0;background:#ffffff;{FONT}\">\n\
         <div style=\"display:none;max-height:0;overflow:hidden;font-size:1px;line-height:1px;color:#ffffff\">{preheader}{filler}</div>\n\
         <table role=\"main\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" style=\"border-collapse:collapse;table-layout:fixed\"><tr>\
         <td class=\"w t\" style=\"padding:24px;{FONT};font-size:16px;line-height:24px;{TEXT}\">\n\
         <!--[if mso]><table role=\"presentation\" width=\"600\"><tr><td><![endif]-->\n\
         <div style=\"max-width:600px;{BREAK}\">\n{content}</div>\n\
         <!--[if mso]></td></tr></table><![endif]-->\n\
         </td></tr></table>\n</body>\n</html>\n"
    )
}

fn content(message: &Message) -> String {
    let mut parts = vec![top(message)];
    if !message.heading.is_empty() {
        let text = html(&message.heading);
        let heading = match &message.heading_url {
            Some(url) => anchor(url.as_str(), &text, "text-decoration:none"),
            None => text,
        };
        let (told, side) = told_in(message.heading_lang.as_deref(), message.heading_is_rtl);
        parts.push(h1(&told, side, &heading));
    }
    for line in &message.lead {
        parts.push(paragraph(&rich(line), "margin:0 0 8px", ""));
    }
    let is_single = message.single().is_some();
    // A reader that goes from heading to heading misses none: a level is never left out.
    let mut level = "h2";
    for block in &message.blocks {
        if matches!(block, Block::Heading(..)) {
            level = "h3";
        }
        parts.push(match block {
            Block::Heading(name, note) => heading(name, note),
            Block::Item(item) if is_single => main_item(item),
            Block::Item(item) => list_item(item, level),
            Block::Text(text) => paragraph(&rich(text), "margin:8px 0", ""),
            Block::Facts(facts) => facts_table(facts),
            Block::Table(head, rows) => table(head, rows),
            Block::Panel(lines) => panel(lines),
            Block::More(more) => quiet(&rich(more)),
            Block::Pages(pages) => pages_of(pages),
        });
    }
    parts.push(foot(message));
    parts.concat()
}

/// The line above the headline: badge, watch, what kind of message it is.
fn top(message: &Message) -> String {
    let mut parts = Vec::new();
    if let Some((tone, text)) = &message.badge {
        let text = html(text);
        parts.push(match (tone, message.single()) {
            (Tone::Alarm, Some(_)) => format!("<span class=\"h\" style=\"color:#b3261e;background:#fdeceb;border:1px solid #b3261e;border-radius:10px;padding:1px 8px;font-weight:bold\">{text}</span> &nbsp;"),
            (Tone::Alarm, None) => format!("<b class=\"a\" style=\"color:#b3261e\">{text}</b>"),
            (Tone::Good, _) => format!("<b class=\"o\" style=\"color:#1a6b35\">{text}</b>"),
        });
    }
    if !message.label.is_empty() {
        parts.push(format!("<b>{}</b>", html(&message.label)));
    }
    if !message.label_note.is_empty() {
        parts.push(format!(
            " <span class=\"q\" style=\"{QUIET}\">· {}</span>",
            html(&message.label_note)
        ));
    }
    if parts.is_empty() {
        return String::new();
    }
    format!(
        "<p style=\"margin:0 0 6px;font-size:14px;line-height:21px;{BREAK}\">{}</p>\n",
        parts.concat()
    )
}

/// The attributes of a text that is an outsider's, its language and its direction, and the side where its lines begin.
fn told_in(lang: Option<&str>, is_rtl: bool) -> (String, &'static str) {
    let lang = lang_of(lang);
    if is_rtl {
        (format!("{lang} dir=\"rtl\""), "right")
    } else {
        (format!("{lang} dir=\"ltr\""), "left")
    }
}

fn lang_of(lang: Option<&str>) -> String {
    lang.map(|lang| format!(" lang=\"{}\"", html(lang)))
        .unwrap_or_default()
}

fn h1(told: &str, side: &str, text: &str) -> String {
    format!(
        "<h1{told} style=\"margin:0 0 4px;font-size:23px;line-height:29px;font-weight:bold;text-align:{side};{BREAK}\">{text}</h1>\n"
    )
}

fn title(item: &Item) -> String {
    let text = rich(&Rich::marked(&item.title));
    match &item.url {
        Some(url) => anchor(url.as_str(), &text, "text-decoration:none"),
        None => text,
    }
}

fn main_item(item: &Item) -> String {
    let (told, side) = told_in(item.lang.as_deref(), item.is_rtl);
    let mut parts = vec![h1(&told, side, &title(item))];
    parts.push(byline(item, true));
    parts.extend(
        item.passages
            .iter()
            .map(|passage| quotation(item, &rich(&Rich::marked(passage)), 17, 26)),
    );
    parts.extend(item.note.iter().map(|note| panel_of(&rich(note))));
    if let Some(found) = &item.found {
        parts.push(format!(
            "<p class=\"q\" style=\"margin:12px 0;font-size:15px;line-height:22px;{QUIET};{BREAK}\"><b>Found:</b> {}</p>\n",
            html(found)
        ));
    }
    if let Some(also) = &item.also_in {
        parts.push(format!(
            "<p style=\"margin:12px 0;font-size:15px;line-height:22px;{BREAK}\"><b>Also in:</b> {}</p>\n",
            rich(also)
        ));
    }
    parts.push(actions(item));
    parts.concat()
}

/// What can be done: read it, and what our own pages offer beside that; commands stand on lines of their own.
fn actions(item: &Item) -> String {
    let read = match (&item.url, item.host()) {
        (Some(url), Some(host)) => button(url.as_str(), &format!("Read at {}", html(&host))),
        _ => String::new(),
    };
    let (pages, commands): (Vec<&Rich>, Vec<&Rich>) = item
        .own
        .iter()
        .partition(|line| line.0.iter().any(|run| run.url.is_some()));
    let pages: String = pages.into_iter().map(page_link).collect();
    let commands: Vec<String> = commands.into_iter().map(rich).collect();
    let mut parts = vec![beside(&read, &pages)];
    if !commands.is_empty() {
        parts.push(format!(
            "<p class=\"q\" style=\"margin:0 0 8px;font-size:15px;line-height:22px;{QUIET};{BREAK}\">{}</p>\n",
            commands.join("<br>")
        ));
    }
    parts.concat()
}

/// Our pages on which something can be done, the first as a button.
fn pages_of(pages: &[Rich]) -> String {
    let mut runs = pages.iter().filter_map(|line| line.0.first());
    let first = runs.next().and_then(|run| {
        let url = run.url.as_ref()?;
        Some(button(url.as_str(), &html(&run.text)))
    });
    let others: String = pages.iter().skip(1).map(page_link).collect();
    beside(&first.unwrap_or_default(), &others)
}

/// A button of 44 px.
fn button(url: &str, text: &str) -> String {
    format!(
        "<a class=\"l b\" href=\"{}\" style=\"display:inline-block;{LINK};border:1px solid #0b4fc4;border-radius:6px;padding:9px 18px;margin:6px 18px 6px 0;font-size:16px;line-height:24px;font-weight:bold;text-decoration:none;{BREAK}\">{text}</a>",
        html(url)
    )
}

/// A link to one of our pages, which a finger can hit.
fn page_link(line: &Rich) -> String {
    format!(
        "<span style=\"display:inline-block;padding:6px 18px 6px 0\">{}</span>",
        rich(line)
    )
}

/// A button, and links beside it that go below it on a phone.
fn beside(button: &str, links: &str) -> String {
    if button.is_empty() && links.is_empty() {
        return String::new();
    }
    format!(
        "<p style=\"margin:10px 0 8px;font-size:15px;line-height:24px;{BREAK}\">{button}{links}</p>\n"
    )
}

fn list_item(item: &Item, level: &str) -> String {
    let (told, side) = told_in(item.lang.as_deref(), item.is_rtl);
    let mut parts = vec![format!(
        "<{level}{told} style=\"margin:18px 0 2px;font-size:18px;line-height:24px;font-weight:bold;text-align:{side};{BREAK}\">{}</{level}>\n",
        title(item)
    )];
    parts.push(byline(item, false));
    parts.extend(
        item.passages
            .iter()
            .map(|passage| quotation(item, &rich(&Rich::marked(passage)), 16, 24)),
    );
    if let Some(note) = &item.note {
        parts.push(format!(
            "<p style=\"margin:4px 0;font-size:14px;line-height:21px;{BREAK}\">{}</p>\n",
            rich(note)
        ));
    }
    let mut last: Vec<String> = Vec::new();
    last.extend(
        item.also_in
            .as_ref()
            .map(|also| format!("Also in {}", rich(also))),
    );
    last.extend(
        item.own
            .iter()
            .filter(|line| line.0.iter().any(|run| run.url.is_some()))
            .map(rich),
    );
    if !last.is_empty() {
        parts.push(quiet(&last.join(" &nbsp;·&nbsp; ")));
    }
    parts.concat()
}

/// Outlet and time; in a line from right to left the time still reads from left to right.
fn byline(item: &Item, is_main: bool) -> String {
    let mut parts = Vec::new();
    if !item.outlet.is_empty() {
        let lang = lang_of(item.lang.as_deref());
        parts.push(format!("<b{lang}>{}</b>", html(&item.outlet)));
    }
    if !item.time.is_empty() {
        parts.push(format!(
            "<span class=\"q\" dir=\"ltr\" style=\"{QUIET};unicode-bidi:isolate\">{}</span>",
            html(&item.time)
        ));
    }
    let urgent = item.priority == Priority::High && !is_main;
    if urgent {
        parts.push("<b class=\"a\" style=\"color:#b3261e\">High priority</b>".to_owned());
    }
    if parts.is_empty() {
        return String::new();
    }
    let (direction, side) = if item.is_rtl {
        ("rtl", "right")
    } else {
        ("ltr", "left")
    };
    format!(
        "<p dir=\"{direction}\" style=\"margin:0 0 8px;font-size:15px;line-height:22px;text-align:{side};{BREAK}\">{}</p>\n",
        parts.join(" <span class=\"q\" style=\"color:#57606a\">·</span> ")
    )
}

/// A quotation; its bar stands where its lines begin.
fn quotation(item: &Item, text: &str, letters: u8, line: u8) -> String {
    let (told, side) = told_in(item.lang.as_deref(), item.is_rtl);
    format!(
        "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" style=\"border-collapse:collapse;table-layout:fixed;margin:6px 0\"><tr>\
         <td class=\"e\"{told} style=\"border-{side}:4px solid #b97f00;padding:0 14px;font-size:{letters}px;line-height:{line}px;text-align:{side};{TEXT};{BREAK}\">{text}</td></tr></table>\n"
    )
}

fn heading(name: &str, note: &str) -> String {
    let note = if note.is_empty() {
        String::new()
    } else {
        format!(
            " <span class=\"q\" style=\"{QUIET};font-weight:normal;font-size:15px\">· {}</span>",
            html(note)
        )
    };
    format!(
        "<h2 class=\"s\" style=\"margin:24px 0 8px;padding:10px 0 0;border-top:2px solid #1b1f24;font-size:17px;line-height:24px;font-weight:bold;{BREAK}\">{}{note}</h2>\n",
        html(name)
    )
}

fn facts_table(facts: &[(String, Rich)]) -> String {
    let rows: String = facts
        .iter()
        .map(|(name, value)| {
            format!(
                "<tr><th scope=\"row\" class=\"r q\" style=\"border-top:1px solid #d5dbe1;padding:8px 14px 8px 0;font-size:15px;line-height:22px;font-weight:normal;text-align:left;vertical-align:top;width:88px;{QUIET};{WHOLE}\">{}</th>\
                 <td class=\"r\" style=\"border-top:1px solid #d5dbe1;padding:8px 0;font-size:15px;line-height:22px;vertical-align:top;{TEXT};{BREAK}\">{}</td></tr>\n",
                html(name),
                rich(value)
            )
        })
        .collect::<Vec<_>>()
        .concat();
    format!(
        "<table width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" style=\"border-collapse:collapse;margin:12px 0\">\n{rows}</table>\n"
    )
}

fn table(head: &[String], rows: &[Vec<Rich>]) -> String {
    let side = |column: usize| if column == 0 { "left" } else { "right" };
    let gap = |column: usize| if column == 0 { 0 } else { 8 };
    // What is usual is there to compare with.
    let usual: Vec<bool> = head.iter().map(|name| name.starts_with("Usual")).collect();
    let is_usual = |column: usize| usual.get(column).copied().unwrap_or_default();
    let head: String = head
        .iter()
        .enumerate()
        .map(|(column, name)| {
            format!(
                "<th scope=\"col\" class=\"q\" style=\"padding:8px 0 8px {}px;font-size:14px;line-height:21px;font-weight:normal;text-align:{};{QUIET};{}\">{}</th>",
                gap(column),
                side(column),
                if column == 0 { BREAK } else { WHOLE },
                html(name)
            )
        })
        .collect::<Vec<_>>()
        .concat();
    let rows: String = rows
        .iter()
        .map(|row| {
            let cells: String = row
                .iter()
                .enumerate()
                .map(|(column, cell)| {
                    let (tag, scope) = if column == 0 { ("th", " scope=\"row\"") } else { ("td", "") };
                    format!(
                        "<{tag}{scope} class=\"r{}\" style=\"border-top:1px solid #d5dbe1;padding:8px 0 8px {}px;font-size:15px;line-height:22px;font-weight:normal;text-align:{};{};{}\">{}</{tag}>",
                        if is_usual(column) { " q" } else { "" },
                        gap(column),
                        side(column),
                        if is_usual(column) { QUIET } else { TEXT },
                        if column == 0 { BREAK } else { WHOLE },
                        rich(cell)
                    )
                })
                .collect::<Vec<_>>()
        .concat();
            format!("<tr>{cells}</tr>\n")
        })
        .collect::<Vec<_>>()
        .concat();
    format!(
        "<table width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" style=\"border-collapse:collapse;margin:8px 0\">\n<tr>{head}</tr>\n{rows}</table>\n"
    )
}

fn panel(lines: &[Rich]) -> String {
    let lines: Vec<String> = lines.iter().map(rich).collect();
    panel_of(&lines.join("<br><br>"))
}

fn panel_of(text: &str) -> String {
    format!(
        "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" style=\"border-collapse:collapse;table-layout:fixed;margin:12px 0\"><tr>\
         <td class=\"p\" style=\"background:#f5f7f9;border-radius:6px;padding:10px 14px;font-size:15px;line-height:22px;{TEXT};{BREAK}\">{text}</td></tr></table>\n"
    )
}

fn foot(message: &Message) -> String {
    let lines: String = message
        .foot
        .iter()
        .map(|line| format!("<p class=\"q\" style=\"margin:0 0 4px;font-size:14px;line-height:21px;{QUIET};{BREAK}\">{}</p>\n", rich(line)))
        .collect::<Vec<_>>()
        .concat();
    format!(
        "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" style=\"border-collapse:collapse;table-layout:fixed;margin:24px 0 0\"><tr><td class=\"r\" style=\"border-top:1px solid #d5dbe1;padding:14px 0 0;{BREAK}\">\n{lines}</td></tr></table>\n"
    )
}

fn paragraph(text: &str, style: &str, attributes: &str) -> String {
    format!("<p{attributes} style=\"{style};{BREAK}\">{text}</p>\n")
}

fn quiet(text: &str) -> String {
    format!(
        "<p class=\"q\" style=\"margin:6px 0;font-size:15px;line-height:22px;{QUIET};{BREAK}\">{text}</p>\n"
    )
}

fn anchor(url: &str, text: &str, style: &str) -> String {
    let space = if style.is_empty() { "" } else { ";" };
    format!(
        "<a class=\"l\" href=\"{}\" style=\"{LINK}{space}{style}\">{text}</a>",
        html(url)
    )
}

fn rich(line: &Rich) -> String {
    line.0
        .iter()
        .map(|run| {
            let text = html(&run.text);
            let text = match run.look {
                Look::Plain => text,
                Look::Bold | Look::Marked => format!("<b>{text}</b>"),
                Look::Code => format!(
                    "<span style=\"font-family:ui-monospace,Consolas,monospace\">{text}</span>"
                ),
            };
            match &run.url {
                Some(url) => anchor(url.as_str(), &text, ""),
                None => text,
            }
        })
        .collect()
}
