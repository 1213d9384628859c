//! How a page was read, for people who write a site rule.

use serde_json::{Value, json};

use crate::extract::{Elsewhere, ExplainedBlock, Explanation, Extracted, Origin, Sourced};

/// Characters of a block that are shown.
const SHOWN_CHARS: usize = 70;

/// Blocks of one kind in a row whose texts are shown where they were dropped.
const SHOWN_DROPPED: usize = 3;

/// Adds what became of each block to the object of an input.
pub(super) fn as_json(mut report: Value, explanation: &Explanation) -> Value {
    let blocks: Vec<Value> = explanation.blocks.iter().map(block_as_json).collect();
    let selectors: Vec<Value> = explanation
        .selectors
        .iter()
        .map(|matched| {
            json!({ "key": matched.key, "selector": matched.selector, "elements": matched.elements })
        })
        .collect();
    if let Value::Object(report) = &mut report {
        let root = explanation.root.as_ref();
        report.insert("root".into(), root.map(|root| root.path.as_str()).into());
        let selector = root.and_then(|root| root.selector.as_deref());
        report.insert("root_selector".into(), selector.into());
        let elsewhere = explanation.elsewhere.map(name_of);
        report.insert("text_from".into(), elsewhere.unwrap_or("page").into());
        report.insert("selectors".into(), selectors.into());
        report.insert("blocks".into(), blocks.into());
        report.insert("more_blocks".into(), explanation.more_blocks.into());
    }
    report
}

fn block_as_json(block: &ExplainedBlock) -> Value {
    json!({
        "path": block.path,
        "kept": block.verdict.is_kept(),
        "why": block.verdict.to_string(),
        "link_share": (block.link_share * 100.0).round() / 100.0,
        "text": block.text,
    })
}

fn name_of(elsewhere: Elsewhere) -> &'static str {
    match elsewhere {
        Elsewhere::LinkedData => "linked data (articleBody)",
        Elsewhere::Scripts => "scripts of the page",
    }
}

/// Shows how a page was read.
pub(super) fn shown(name: &str, found: &Extracted, explanation: &Explanation) -> String {
    let mut lines = vec![name.to_owned()];
    add_metadata(found, &mut lines);
    add_source(found, explanation, &mut lines);
    lines.push(String::new());
    add_blocks(&explanation.blocks, &mut lines);
    if explanation.more_blocks > 0 {
        lines.push(format!("... and {} more blocks", explanation.more_blocks));
    }
    add_rule(explanation, &mut lines);
    lines.push(String::new());
    lines.join("\n")
}

fn add_metadata(found: &Extracted, lines: &mut Vec<String>) {
    fn said<T: ToString>(found: Option<&Sourced<T>>) -> Option<(String, &Origin)> {
        found.map(|found| (found.value.to_string(), &found.origin))
    }
    let rows = [
        ("title", said(found.title.as_ref())),
        ("byline", said(found.byline.as_ref())),
        ("published", said(found.published.as_ref())),
        ("modified", said(found.modified.as_ref())),
        ("language", said(found.lang.as_ref())),
        ("site", said(found.site.as_ref())),
        ("section", said(found.section.as_ref())),
        ("canonical", said(found.canonical.as_ref())),
        ("free", said(found.is_free.as_ref())),
    ];
    for (key, row) in rows {
        lines.push(match row {
            Some((value, origin)) => format!("  {key:<10} {}   [{origin}]", cut(&value)),
            None => format!("  {key:<10} -"),
        });
    }
}

fn add_source(found: &Extracted, explanation: &Explanation, lines: &mut Vec<String>) {
    if let Some(wall) = found.wall {
        lines.push(format!("  {:<10} {wall}", "wall"));
    }
    if let Some(next) = &found.next {
        lines.push(format!("  {:<10} {next}", "next page"));
    }
    for note in &found.notes {
        lines.push(format!("  {:<10} {note}", "note"));
    }
    let paragraphs = found.text.lines().count();
    let characters = found.text.chars().count();
    let from = match (&explanation.elsewhere, &explanation.root) {
        (Some(elsewhere), _) => format!("the {}", name_of(*elsewhere)),
        (None, Some(root)) if root.path.is_empty() => "the whole page".to_owned(),
        (None, Some(root)) => root.path.clone(),
        (None, None) => "what the site rule names".to_owned(),
    };
    lines.push(if characters == 0 {
        format!("  {:<10} none was found", "text")
    } else {
        format!(
            "  {:<10} {paragraphs} paragraphs, {characters} characters, from {from}",
            "text"
        )
    });
}

/// The blocks, those in a row that share their fate under one heading.
fn add_blocks(blocks: &[ExplainedBlock], lines: &mut Vec<String>) {
    for run in blocks.chunk_by(|a, b| a.verdict == b.verdict) {
        let Some(first) = run.first() else {
            continue;
        };
        let is_kept = first.verdict.is_kept();
        let mark = if is_kept { '+' } else { '-' };
        lines.push(format!("{mark} {}", first.verdict));
        let limit = if is_kept { run.len() } else { SHOWN_DROPPED };
        for block in run.iter().take(limit) {
            let place = place(&block.path);
            lines.push(format!("    {place:<PLACE_CHARS$}  {}", cut(&block.text)));
        }
        if run.len() > limit {
            let more = format!("... and {} more", run.len() - limit);
            lines.push(format!("    {more}"));
        }
    }
}

/// Characters of a block's place that are shown.
const PLACE_CHARS: usize = 36;

/// The end of a path: as many of its elements as fit.
fn place(path: &str) -> &str {
    let mut shown = path;
    while shown.chars().count() > PLACE_CHARS
        && let Some((_, rest)) = shown.split_once(" > ")
    {
        shown = rest;
    }
    shown
}

/// What the selectors of the rule matched; without a rule, one to start from.
fn add_rule(explanation: &Explanation, lines: &mut Vec<String>) {
    if !explanation.selectors.is_empty() {
        lines.extend([String::new(), "The site rule:".to_owned()]);
        for matched in &explanation.selectors {
            let elements = match matched.elements {
                0 => "matches nothing on this page".to_owned(),
                1 => "1 element".to_owned(),
                count => format!("{count} elements"),
            };
            lines.push(format!(
                "  {} = {:?}   {elements}",
                matched.key, matched.selector
            ));
        }
        return;
    }
    let selector = explanation
        .root
        .as_ref()
        .and_then(|root| root.selector.as_ref());
    if let Some(selector) = selector {
        lines.extend([
            String::new(),
            "A rule to start from; try it with --rule FILE, then put it into the feed's `article = { ... }`:".to_owned(),
            format!("  body = '{selector}'"),
            "  remove = []   # selectors of what is kept and should not be".to_owned(),
        ]);
    }
}

fn cut(text: &str) -> String {
    if text.chars().count() <= SHOWN_CHARS {
        return text.to_owned();
    }
    let beginning: String = text.chars().take(SHOWN_CHARS).collect();
    format!("{}...", beginning.trim_end())
}
