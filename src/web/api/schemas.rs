//! The forms of the answers, as schemas: each object by name, with its fields and their types.
//!
//! A field is `name:type`; `?` after the type allows null, `[..]` is a list, `...Name` takes the fields of another object
//! over. All fields are there, and no others.

use serde_json::{Map, Value, json};

/// The objects.
const OBJECTS: [(&str, &str); 43] = [
    ("Piece", "text:text hit:flag"),
    ("Day", "day:int told:int held:int"),
    (
        "PollDay",
        "day:int date:text polls:int failed:int new_entries:int",
    ),
    (
        "PollHour",
        "begins_at:time polls:int failed:int new_entries:int",
    ),
    (
        "Counted",
        "all:int fine:int failing:int silent:int paused:int",
    ),
    ("Open", "waiting:int abandoned:int delivered:int"),
    (
        "Concern",
        "kind:text tone:text subject:text cause:text since:time?",
    ),
    ("WatchChip", "name:text alert:text"),
    (
        "Report",
        "id:text at:time priority:text title:text lang:text? dir:text watches:[WatchChip] outlet:text sentence:[Piece] \
         also:[text] summary_only:flag page_problem:text? waiting:[text] abandoned:[text] url:text? mark:text?",
    ),
    (
        "WatchNumbers",
        "name:text priority:text today:int held:int marked:int useful:int? days:[Day]",
    ),
    (
        "Status",
        "feeds:Counted deliveries:Open last_alert_at:time? last_read_at:time? problems:[Concern] reports:[Report] \
         older:text? told_today:int held_today:int langs:[text] by_watch:[WatchNumbers]",
    ),
    (
        "AlertListed",
        "state:text id:text watch:text priority:text terms:[text] feed:text? feeds:[text] source:text? title:text \
         url:text? published:text? excerpt:text summary_only:flag score:number lang:text? at:time mark:text?",
    ),
    ("FoundParagraph", "number:int skipped:int pieces:[Piece]"),
    (
        "Times",
        "published:time? seen:time read:time? raised:time told:time?",
    ),
    ("Try", "at:time outcome:text reason:text? answer:text?"),
    (
        "Receipt",
        "id:text? channel:text recipient:text? state:text at:time reason:text? tries:[Try]",
    ),
    (
        "Held",
        "at:time watch:text outlet:text title:text url:text? reason:text explanation:text",
    ),
    ("Hit", "field:text start:int end:int text:text"),
    (
        "Clause",
        "text:text kind:text met:flag only_points:flag count:int score:number hits:[Hit] places:[text] clauses:[Clause]",
    ),
    (
        "Why",
        "matched:flag score:number min_score:number? clause:Clause near_misses:[text]",
    ),
    (
        "Alert",
        "id:text watch:text priority:text title:text url:text? host:text? outlet:text? byline:text? lang:text? dir:text \
         feeds:[text] summary_only:flag page_problem:text? sentence:[Piece] found:[FoundParagraph] rest:int \
         text:[[Piece]] why:Why? times:Times deliveries:[Receipt] held:[Held] mark:text? marked_by:text?",
    ),
    (
        "Watch",
        "name:text state:text query:text priority:text tells:[text] feeds:[text] place:text?",
    ),
    (
        "WatchListed",
        "...Watch today:int held:int marked:int useful:int? days:[Day]",
    ),
    ("WatchTest", "text:text must_match:flag passes:flag"),
    (
        "WatchDetail",
        "watch:Watch prose:text tests:[WatchTest] days:[Day] told:int held:int newest:[Report] outlets:[pair] \
         other_outlets:int terms:[pair] langs:[pair] marked:int useful:int?",
    ),
    ("Paused", "at:time by:text why:text"),
    (
        "Feed",
        "id:int state:text name:text url:text fetch_url:text tags:[text] place:text? error:text? advice:text? \
         failures:int failing_since:time? silent_since:time? last_success_at:time? next_poll_at:time? every_s:int? \
         entries:int page_problem:text? repairs:[text] paused:Paused?",
    ),
    ("SeenAfter", "p50_s:int p90_s:int"),
    (
        "FeedListed",
        "...Feed new_by_day:[int] seen_after:SeenAfter?",
    ),
    (
        "Robots",
        "site:text state:text asked_at:time? disallowed:[text] allowed:[text] more:int crawl_delay_s:number?",
    ),
    (
        "Entry",
        "title:text url:text? published_at:time? found_at:time fate:text page_problem:text? alert:text?",
    ),
    (
        "FeedDetail",
        "feed:Feed days:[Day] seen_after:SeenAfter? polls:[PollDay] polls_by_hour:[PollHour] robots:[Robots] \
         newest:[Entry]",
    ),
    (
        "Channel",
        "name:text state:text error:text? failing_since:time? last_success_at:time? not_before:time? waiting:int \
         delivered:int held:int abandoned:int",
    ),
    (
        "Delivery",
        "id:text channel:text recipient:text? state:text at:time tries:int reason:text? alert:text? title:text? alerts:int",
    ),
    (
        "Silence",
        "id:int watch:text? feed:text? story:int? text:text? author:text reason:text start:time end:time active:flag \
         held:int",
    ),
    ("Muted", "alert:text watch:text title:text at:time"),
    (
        "SilencePreview",
        "days:int alerts:int muted:int is_whole:flag newest:[Muted]",
    ),
    (
        "SearchHit",
        "at:time title:text url:text? source:text feed:text? published:text? score:number excerpt:text",
    ),
    (
        "Story",
        "story:int title:text first_at:time last_at:time reports:int",
    ),
    (
        "StoryArticle",
        "report:int part:text at:time after_s:int outlet:text title:text? url:text? lang:text? dir:text same_words:int? \
         of_words:int? delta_sentences:[text]",
    ),
    ("Change", "kind:text before:text after:text"),
    (
        "StoryChange",
        "at:time outlet:text url:text? kinds:[text] changes:[Change]",
    ),
    (
        "StoryDetail",
        "story:int first_at:time last_at:time reports:int outlets:[text] langs:[text] \
         changes:[StoryChange] articles:[StoryArticle]",
    ),
];

/// Objects that are answers alone, or rows of one kind of list.
const MORE: [(&str, &str); 3] = [
    ("Search", "items:[SearchHit] looked_at:int is_cut:flag"),
    (
        "Reason",
        "entry:int? title:text? feed:text? watch:text? alert:text? channel:text? recipient:text? gate:text detail:any \
         explanation:text",
    ),
    (
        "Write",
        "at:time who:text what:text subject:text before:text after:text",
    ),
];

/// What each address answers with: one object, or a page of them.
const ANSWERS: [(&str, Form); 16] = [
    ("/api/v1/status", Form::One("Status")),
    ("/api/v1/alerts", Form::Page("AlertListed")),
    ("/api/v1/alerts/{id}", Form::One("Alert")),
    ("/api/v1/watches", Form::Page("WatchListed")),
    ("/api/v1/watches/{name}", Form::One("WatchDetail")),
    ("/api/v1/feeds", Form::Page("FeedListed")),
    ("/api/v1/feeds/{id}", Form::One("FeedDetail")),
    ("/api/v1/channels", Form::Page("Channel")),
    ("/api/v1/deliveries", Form::Page("Delivery")),
    ("/api/v1/silences", Form::Page("Silence")),
    ("/api/v1/silences/preview", Form::One("SilencePreview")),
    ("/api/v1/search", Form::One("Search")),
    ("/api/v1/stories", Form::Page("Story")),
    ("/api/v1/stories/{id}", Form::One("StoryDetail")),
    ("/api/v1/why", Form::Page("Reason")),
    ("/api/v1/journal", Form::Page("Write")),
];

#[derive(Debug, Clone, Copy)]
enum Form {
    One(&'static str),
    Page(&'static str),
}

/// The schema of what is answered to a `GET` of an address; `None` where it is not described.
pub(super) fn answer_of(path: &str) -> Option<Value> {
    let (_, form) = ANSWERS.iter().find(|(known, _)| *known == path)?;
    Some(match form {
        Form::One(name) => reference(name),
        Form::Page(name) => object(&[
            (
                "items".to_owned(),
                json!({ "type": "array", "items": reference(name) }),
            ),
            ("next".to_owned(), json!({ "type": ["string", "null"] })),
        ]),
    })
}

/// All objects by name.
pub(super) fn components() -> Map<String, Value> {
    let all = OBJECTS.iter().chain(&MORE);
    all.map(|(name, fields)| ((*name).to_owned(), object(&fields_of(fields))))
        .collect()
}

fn fields_of(written: &str) -> Vec<(String, Value)> {
    let mut fields = Vec::new();
    for field in written.split_whitespace() {
        if let Some(other) = field.strip_prefix("...") {
            let other = OBJECTS.iter().find(|(name, _)| *name == other);
            fields.extend(other.into_iter().flat_map(|(_, other)| fields_of(other)));
        } else if let Some((name, kind)) = field.split_once(':') {
            fields.push((name.to_owned(), schema(kind)));
        }
    }
    fields
}

fn object(fields: &[(String, Value)]) -> Value {
    let required: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
    let properties: Map<String, Value> = fields.iter().cloned().collect();
    json!({
        "type": "object", "required": required, "properties": properties, "additionalProperties": false,
    })
}

fn schema(kind: &str) -> Value {
    if let Some(kind) = kind.strip_suffix('?') {
        return json!({ "anyOf": [schema(kind), { "type": "null" }] });
    }
    if let Some(kind) = kind
        .strip_prefix('[')
        .and_then(|kind| kind.strip_suffix(']'))
    {
        return json!({ "type": "array", "items": schema(kind) });
    }
    match kind {
        "text" => json!({ "type": "string" }),
        "time" => json!({ "type": "string", "format": "date-time" }),
        "int" => json!({ "type": "integer" }),
        "number" => json!({ "type": "number" }),
        "flag" => json!({ "type": "boolean" }),
        "pair" => json!({
            "type": "array", "prefixItems": [{ "type": "string" }, { "type": "integer" }], "items": false,
            "minItems": 2,
        }),
        "any" => json!({}),
        name => reference(name),
    }
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::routes::ROUTES;

    #[test]
    fn every_name_in_a_schema_is_that_of_a_schema_and_each_is_used() {
        let components = components();
        assert_eq!(components.len(), OBJECTS.len() + MORE.len());
        let answers: Vec<Value> = ANSWERS
            .iter()
            .map(|(path, _)| answer_of(path).unwrap())
            .collect();
        let all = serde_json::to_string(&(&components, &answers)).unwrap();
        for part in all.split("#/components/schemas/").skip(1) {
            let name = part.split('"').next().unwrap();
            assert!(components.contains_key(name), "{name}");
        }
        // Those whose fields others take over are named by no reference of their own where they are not shown alone.
        for name in components.keys() {
            assert!(all.contains(&format!("/{name}\"")), "{name}");
        }
    }

    #[test]
    fn every_answer_that_is_read_has_its_schema() {
        let read = ROUTES
            .iter()
            .filter(|route| route.method == "GET" && route.path.starts_with("/api/v1/"))
            .filter(|route| !route.says.is_empty())
            .filter(|route| {
                !route.path.ends_with("/stream") && !route.path.ends_with("/openapi.json")
            });
        let paths: Vec<&str> = read.map(|route| route.path).collect();
        assert_eq!(paths.len(), ANSWERS.len());
        for path in paths {
            assert!(answer_of(path).is_some(), "{path}");
        }
    }
}
