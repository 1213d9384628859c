//! The mail for alerts: subject, plain text, and HTML that says the same.
//!
//! The HTML stands alone: no pictures, scripts, forms or styles from elsewhere, and colours that both a light and a
//! dark mail program can show. What people click shows the host it leads to.

use crate::domain::{Alert, Priority};

use super::escape::{header, html, link, one_line};
use super::{EmailMessage, parts};

/// The most of a subject.
const MAX_SUBJECT_CHARS: usize = 200;

/// The most of a watch's name in the subject, so that the headline keeps its place.
const MAX_WATCH_CHARS: usize = 60;

/// The most of a headline in the body.
const MAX_TITLE_CHARS: usize = 1000;

/// The most of the sentence that matched.
const MAX_SENTENCE_CHARS: usize = 2000;

/// The alerts that one mail tells in full; the others are named by title, watch and link.
const MAX_FULL_ALERTS: usize = 50;

/// Writes the mail.
pub(super) fn email(alerts: &[Alert]) -> EmailMessage {
    let told: Vec<Told> = alerts.iter().enumerate().map(Told::of).collect();
    EmailMessage {
        subject: subject(alerts),
        text: text(&told),
        html: page(&told),
        priority: alerts
            .iter()
            .map(|alert| alert.priority)
            .max()
            .unwrap_or_default(),
    }
}

fn subject(alerts: &[Alert]) -> String {
    let Some(first) = alerts.first() else {
        return "newswatch".to_owned();
    };
    let watch = header(&first.found.watch.0, MAX_WATCH_CHARS);
    let mark = match alerts.iter().map(|alert| alert.priority).max() {
        Some(Priority::High) => "(!) ",
        _ => "",
    };
    let title = title(first);
    let subject = match alerts.len() {
        1 => format!("[{watch}] {mark}{title}"),
        count
            if alerts
                .iter()
                .all(|alert| alert.found.watch == first.found.watch) =>
        {
            format!("[{watch}] {mark}{count} alerts: {title}")
        }
        count => format!("[newswatch] {mark}{count} alerts: {title}"),
    };
    header(&subject, MAX_SUBJECT_CHARS)
}

fn title(alert: &Alert) -> String {
    Some(one_line(&alert.title, MAX_TITLE_CHARS))
        .filter(|title| !title.is_empty())
        .unwrap_or_else(|| "(no title)".to_owned())
}

/// What a mail says of one alert; every text is one harmless line.
struct Told {
    watch: String,
    priority: Priority,
    title: String,
    origin: Option<String>,
    sentence: Option<String>,
    terms: Option<String>,
    summary_only: bool,
    /// The address, and the host to show.
    link: Option<(String, String)>,
    id: String,
}

impl Told {
    fn of((place, alert): (usize, &Alert)) -> Self {
        let in_full = place < MAX_FULL_ALERTS;
        Self {
            watch: one_line(&alert.found.watch.0, MAX_TITLE_CHARS),
            priority: alert.priority,
            title: title(alert),
            origin: parts::origin(alert),
            sentence: parts::sentence(alert, MAX_SENTENCE_CHARS).filter(|_| in_full),
            terms: parts::terms(alert),
            summary_only: alert.summary_only,
            link: link(alert.url.as_ref()).map(|url| {
                let host = url.host_str().unwrap_or_default().to_owned();
                (url.into(), host)
            }),
            id: one_line(&alert.id.0, MAX_TITLE_CHARS),
        }
    }

    /// Why the alert was raised: `watch East Sea, high priority, for: COC, "code of conduct"`.
    fn why(&self) -> String {
        let priority = match self.priority {
            Priority::High => ", high priority",
            Priority::Normal => "",
            Priority::Low => ", low priority",
        };
        let terms = self
            .terms
            .as_ref()
            .map(|terms| format!(", for: {terms}"))
            .unwrap_or_default();
        format!("watch {}{priority}{terms}", self.watch)
    }
}

fn text(alerts: &[Told]) -> String {
    let blocks: Vec<String> = alerts.iter().map(text_block).collect();
    blocks.join("\n\n----------------------------------------\n\n") + "\n"
}

fn text_block(alert: &Told) -> String {
    let mut paragraphs = vec![alert.title.clone()];
    if let Some(origin) = &alert.origin {
        paragraphs = vec![format!("{}\n{origin}", alert.title)];
    }
    paragraphs.extend(
        alert
            .sentence
            .as_ref()
            .map(|sentence| format!("> {sentence}")),
    );
    if alert.summary_only {
        paragraphs.push(format!("Note: {}.", parts::SUMMARY_ONLY));
    }
    paragraphs.extend(alert.link.as_ref().map(|(url, _)| url.clone()));
    paragraphs.push(format!("{}\nalert {}", alert.why(), alert.id));
    paragraphs.join("\n\n")
}

/// The frame of the page. `color-scheme` lets a mail program choose its own dark colours.
fn page(alerts: &[Told]) -> String {
    let blocks: String = alerts.iter().map(html_block).collect();
    format!(
        "<!DOCTYPE html>\n\
         <html>\n\
         <head>\n\
         <meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>newswatch</title>\n\
         </head>\n\
         <body style=\"margin:0;padding:16px;font-family:system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;\
         font-size:16px;line-height:1.5\">\n\
         {blocks}</body>\n\
         </html>\n"
    )
}

fn html_block(alert: &Told) -> String {
    let badge = match alert.priority {
        Priority::High => Some(BADGE.to_owned()),
        Priority::Normal | Priority::Low => None,
    };
    let note = alert
        .summary_only
        .then(|| quiet_line(&format!("Note: {}.", parts::SUMMARY_ONLY)));
    let elements: Vec<String> = [
        badge,
        Some(headline(&alert.title)),
        alert.origin.as_deref().map(quiet_line),
        alert.sentence.as_deref().map(quotation),
        note,
        alert.link.as_ref().map(|(url, host)| anchor(url, host)),
        Some(quiet_line(&alert.why())),
        Some(quiet_line(&format!("alert {}", alert.id))),
    ]
    .into_iter()
    .flatten()
    .collect();
    format!(
        "<div style=\"max-width:640px;margin:0 0 24px;padding:0 0 16px;border-bottom:1px solid #8884\">\n{}\n</div>\n",
        elements.join("\n")
    )
}

/// What stands above an urgent alert.
const BADGE: &str =
    "<p style=\"margin:0 0 4px;font-size:13px;font-weight:bold;color:#d33\">High priority</p>";

fn headline(text: &str) -> String {
    format!(
        "<h2 dir=\"auto\" style=\"margin:0 0 4px;font-size:20px;line-height:1.3\">{}</h2>",
        html(text)
    )
}

fn quotation(text: &str) -> String {
    format!(
        "<blockquote dir=\"auto\" style=\"margin:12px 0;padding:2px 0 2px 12px;border-left:3px solid #888\">{}</blockquote>",
        html(text)
    )
}

fn anchor(url: &str, host: &str) -> String {
    format!(
        "<p style=\"margin:12px 0\"><a href=\"{}\">Read it at {}</a></p>",
        html(url),
        html(host)
    )
}

fn quiet_line(text: &str) -> String {
    format!(
        "<p dir=\"auto\" style=\"margin:0 0 4px;font-size:13px;opacity:.75\">{}</p>",
        html(text)
    )
}
