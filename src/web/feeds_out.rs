//! Each watch as a feed of its own: Atom (RFC 4287) and JSON Feed 1.1, for feed readers, which take a token in the address.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::House;
use super::access::{KnownBy, Visitor};
use super::failure::Failure;
use super::templates::part;
use crate::domain::{InstallationId, Timestamp, WatchName, visible};
use crate::ops::alerts::AlertView;
use crate::store::ShownFilter;

/// Alerts that a feed holds.
const HELD: usize = 50;

/// `GET /feeds/watch/{file}`: `NAME.atom` or `NAME.json`
pub(crate) async fn of_watch(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
    Path(file): Path<String>,
) -> Result<Response, Failure> {
    let (name, kind) = file
        .rsplit_once('.')
        .ok_or_else(|| Failure::not_found("feed"))?;
    if let KnownBy::Token { only: Some(only) } = &visitor.by
        && *only != format!("watch:{name}")
    {
        return Err(Failure::new(
            StatusCode::FORBIDDEN,
            "This token opens another feed.",
        ));
    }
    let plan = house.ctx.plan();
    if !plan.watches.iter().any(|watch| watch.name.0 == name) {
        return Err(Failure::not_found("watch"));
    }
    let filter = ShownFilter {
        watch: Some(WatchName(name.to_owned())),
        limit: HELD,
        ..ShownFilter::default()
    };
    let shown = house.ctx.store.shown_alerts(filter).await?;
    let alerts: Vec<AlertView> = shown.into_iter().map(AlertView::marked).collect();
    let url = house.config().web.url.as_ref().map(ToString::to_string);
    let (content_type, text) = match kind {
        "atom" => (
            "application/atom+xml; charset=utf-8",
            atom(
                &house.ctx.installation,
                name,
                &alerts,
                url.as_deref(),
                house.now(),
            ),
        ),
        "json" => (
            "application/feed+json; charset=utf-8",
            json_feed(name, &alerts, url.as_deref()),
        ),
        _ => return Err(Failure::not_found("feed")),
    };
    let field = (CONTENT_TYPE, HeaderValue::from_static(content_type));
    Ok(([field], text).into_response())
}

fn page_of(url: Option<&str>, alert: &AlertView) -> Option<String> {
    url.map(|url| format!("{url}alerts/{}", part(&alert.facts.id)))
}

fn atom(
    installation: &InstallationId,
    name: &str,
    alerts: &[AlertView],
    url: Option<&str>,
    now: Timestamp,
) -> String {
    let updated = alerts.first().map_or(now, |alert| alert.at);
    let id = format!("urn:newswatch:{}:watch:{}", installation.0, part(name));
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n<id>{}</id>\n\
         <title>{}</title>\n<updated>{updated}</updated>\n<author><name>newswatch</name></author>\n",
        xml(&id),
        xml(name)
    );
    text.extend(alerts.iter().map(|alert| entry(installation, alert, url)));
    text.push_str("</feed>\n");
    text
}

fn entry(installation: &InstallationId, alert: &AlertView, url: Option<&str>) -> String {
    let page = page_of(url, alert);
    let links = [
        ("alternate", alert.facts.url.as_ref()),
        ("related", page.as_ref()),
    ];
    let links = links.iter().filter_map(|(rel, link)| {
        let link = xml(link.as_ref()?);
        Some(format!("<link rel=\"{rel}\" href=\"{link}\"/>\n"))
    });
    let published = alert
        .facts
        .published
        .iter()
        .map(|at| format!("<published>{}</published>\n", xml(at)));
    let source = alert.facts.source.iter();
    let author = source.map(|name| format!("<author><name>{}</name></author>\n", xml(name)));
    format!(
        "<entry>\n<id>urn:newswatch:{}:{}</id>\n<title>{}</title>\n<updated>{}</updated>\n{}{}{}\
         <summary>{}</summary>\n</entry>\n",
        installation.0,
        xml(&alert.facts.id),
        xml(&alert.facts.title),
        alert.at,
        links.collect::<String>(),
        published.collect::<String>(),
        author.collect::<String>(),
        xml(&alert.facts.excerpt)
    )
}

fn json_feed(name: &str, alerts: &[AlertView], url: Option<&str>) -> String {
    let items: Vec<_> = alerts
        .iter()
        .map(|alert| {
            json!({
                "id": alert.facts.id,
                "url": alert.facts.url,
                "external_url": page_of(url, alert),
                "title": alert.facts.title,
                "content_text": alert.facts.excerpt,
                "date_published": alert.facts.published,
                "date_modified": alert.at,
                "language": alert.lang,
                "tags": alert.facts.terms,
                "authors": alert.facts.source.iter().map(|source| json!({ "name": source })).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({ "version": "https://jsonfeed.org/version/1.1", "title": name, "items": items })
        .to_string()
}

/// A text for XML, between tags and in attributes; without the characters that XML 1.0 §2.2 has no place for.
fn xml(text: &str) -> String {
    let mut escaped = String::new();
    for c in visible(text) {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::AlertFacts;

    #[test]
    fn a_feed_of_hostile_texts_is_well_formed_and_can_be_read() {
        let facts = AlertFacts {
            id: "alr_1".into(),
            watch: "w".into(),
            priority: "high",
            terms: vec!["x".into()],
            feed: None,
            feeds: Vec::new(),
            source: Some("A & B".into()),
            title: "<script>alert(1)</script>".into(),
            url: Some("https://a.example/?a=1&b=\"2\"".into()),
            published: None,
            excerpt: "]]> <b>&amp;\u{0}\u{202e}".into(),
            summary_only: false,
        };
        let alert = AlertView {
            versions: None,
            state: "raised",
            facts,
            score: 1.0,
            lang: None,
            at: "2026-11-26T09:00:00Z".parse().unwrap(),
            told: None,
            mark: None,
            page_problem: None,
        };
        let now = alert.at;
        let text = atom(
            &InstallationId("i".into()),
            "a <watch>",
            std::slice::from_ref(&alert),
            Some("https://w.example/"),
            now,
        );
        assert!(
            !text.contains("<script") && !text.contains('\u{0}'),
            "{text}"
        );
        assert!(
            text.contains("href=\"https://w.example/alerts/alr_1\""),
            "{text}"
        );
        let json: serde_json::Value =
            serde_json::from_str(&json_feed("w", &[alert], None)).unwrap();
        assert_eq!(json["items"][0]["title"], "<script>alert(1)</script>");
    }
}
