//! Markup that a page holds back: templates, parts for readers without scripts, and elements written as values.

use std::fmt::Write;

use serde_json::Value;

use super::decode::Values;
use super::{ENOUGH, Shown};
use crate::domain::Budget;
use crate::extract::page_text;
use crate::extract::text::weight;

/// Levels of elements within elements that are written out.
const MAX_LEVELS: usize = 100;

/// Bytes of markup that are written out of values.
const MAX_BYTES: usize = 2 * 1_048_576;

/// Elements whose content no browser shows before a script takes it.
const HELD_BACK: &[(&str, &str)] = &[
    ("<template", "</template"),
    ("<noscript", "</noscript"),
    ("<textarea", "</textarea"),
];

/// The text in templates and the like.
pub(super) fn hidden(shown: &Shown<'_>) -> Option<String> {
    let templates = shown
        .scripts
        .iter()
        .filter(|script| script.trim_start().starts_with('<'))
        .chain(shown.noscripts)
        .map(|script| (*script).to_owned());
    let elements = HELD_BACK.iter().flat_map(|&(open, close)| {
        let parts = shown.html.split(open).skip(1);
        parts.filter_map(move |part| {
            let (_, content) = part.split_once('>')?;
            let content = content.split(close).next().unwrap_or_default();
            Some(if content.contains('<') {
                content.to_owned()
            } else {
                content
                    .replace("&lt;", "<")
                    .replace("&gt;", ">")
                    .replace("&quot;", "\"")
                    .replace("&amp;", "&")
            })
        })
    });
    templates
        .chain(elements)
        .filter(|html| html.len() >= ENOUGH / 2 && shown.budget.lasts(1))
        .map(|html| page_text(&html, shown.title, shown.budget))
        .filter(|text| weight(text) >= ENOUGH / 2 && !super::wall::is_about_consent(text))
        .max_by_key(|text| weight(text))
}

/// The text of elements that are written as values: `["$","p",null,{"children":...}]`.
pub(super) fn of_rows(values: &Values, shown: &Shown<'_>) -> Option<String> {
    if values.rows.is_empty() {
        return None;
    }
    values
        .all
        .iter()
        .take_while(|_| shown.budget.lasts(1))
        .map(|value| {
            let mut html = String::new();
            write_out(value, values, 0, &mut html, shown.budget);
            html
        })
        .filter(|html| html.len() >= ENOUGH)
        .map(|html| page_text(&html, shown.title, shown.budget))
        .filter(|text| weight(text) >= ENOUGH)
        .max_by_key(|text| weight(text))
}

/// Writes an element, or what stands between elements, as HTML.
///
/// Rows may refer to one another without end, and write nothing.
fn write_out(value: &Value, values: &Values, level: usize, html: &mut String, budget: &Budget<'_>) {
    if level > MAX_LEVELS || html.len() > MAX_BYTES || !budget.lasts(1) {
        return;
    }
    match value {
        Value::String(text) => {
            let id = text
                .strip_prefix('$')
                .map(|id| id.trim_start_matches(['L', '@']));
            if let Some(row) = id.and_then(|id| values.rows.get(id)) {
                write_out(row, values, level + 1, html, budget);
            } else if level > 0 && id.is_none() {
                html.push_str(&text.replace('&', "&amp;").replace('<', "&lt;"));
            }
        }
        Value::Array(parts) => match parts.as_slice() {
            [
                Value::String(mark),
                Value::String(tag),
                _,
                Value::Object(props),
                ..,
            ] if mark == "$" => {
                let is_element = tag
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
                let tag = if is_element { tag.as_str() } else { "div" };
                if matches!(tag, "script" | "style" | "svg" | "link" | "meta") {
                    return;
                }
                let class = props
                    .get("className")
                    .and_then(Value::as_str)
                    .unwrap_or_default();
                let _infallible = write!(html, "<{tag} class=\"{}\">", class.replace('"', ""));
                if let Some(children) = props.get("children") {
                    write_out(children, values, level + 1, html, budget);
                } else if let Some(inner) = props
                    .get("dangerouslySetInnerHTML")
                    .and_then(|inner| inner.get("__html"))
                    .and_then(Value::as_str)
                {
                    html.push_str(inner);
                }
                let _infallible = write!(html, "</{tag}>");
            }
            parts => {
                for part in parts {
                    write_out(part, values, level + 1, html, budget);
                }
            }
        },
        Value::Number(number) => {
            let _infallible = write!(html, "{number}");
        }
        _ => {}
    }
}
