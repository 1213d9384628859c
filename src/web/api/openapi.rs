//! The description of the API, made of the table of routes: what is not in the table is not answered.

use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::answer::{MAX_LIMIT, json as answer};
use super::schemas;
use crate::web::failure::Failure;
use crate::web::routes::{Needs, ROUTES, Route};

/// `GET /openapi.json`
pub(super) async fn document(headers: HeaderMap) -> Result<Response, Failure> {
    answer(&headers, &described())
}

/// The whole API, in the form of `OpenAPI` 3.1.
pub(super) fn described() -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for route in ROUTES.iter().filter(|route| !route.says.is_empty()) {
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            path.insert(route.method.to_lowercase(), operation(route));
        }
    }
    let mut schemas = schemas::components();
    schemas.insert("Problem".into(), problem());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "newswatch",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "What the pages show, for programs. Times are RFC 3339 in UTC.",
        },
        "servers": [{ "url": "/" }],
        "security": [{ "token": [] }, { "session": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer" },
                "session": { "type": "apiKey", "in": "cookie", "name": "newswatch" },
            },
            "schemas": schemas,
        },
    })
}

fn problem() -> Value {
    json!({
        "type": "object",
        "description": "RFC 9457",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": { "type": "string" },
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "detail": { "type": "string" },
            "hint": { "type": ["string", "null"] },
        },
    })
}

fn operation(route: &Route) -> Value {
    let is_stream = route.path.ends_with("/stream");
    let kind = if is_stream {
        "text/event-stream"
    } else {
        "application/json"
    };
    let schema = if is_stream {
        json!({ "type": "string" })
    } else {
        let is_read = route.method == "GET";
        let answer = schemas::answer_of(route.path).filter(|_| is_read);
        answer.unwrap_or_else(|| json!({ "type": "object" }))
    };
    let role = match route.needs {
        Needs::Role(role) => role.as_str(),
        Needs::Nobody | Needs::Feed | Needs::Link => "nobody",
    };
    let mut operation = json!({
        "summary": route.says,
        "operationId": operation_id(route),
        "description": format!("Takes the role {role}."),
        "parameters": parameters(route),
        "responses": {
            "200": { "description": "Done.", "content": { kind: { "schema": schema } } },
            "default": {
                "description": "What went wrong.",
                "content": {
                    "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } },
                },
            },
        },
    });
    let is_read = route.method == "GET" && !is_stream;
    if let (true, Some(responses)) = (
        is_read,
        operation
            .get_mut("responses")
            .and_then(Value::as_object_mut),
    ) {
        responses.insert(
            "304".into(),
            json!({ "description": "It has not changed." }),
        );
    }
    if let (Some(body), Some(fields)) = (body(route), operation.as_object_mut()) {
        fields.insert("requestBody".into(), body);
    }
    operation
}

/// `post_feeds_id_pause`
fn operation_id(route: &Route) -> String {
    let path = route.path.trim_start_matches("/api/v1/");
    let words = path
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    let words: Vec<&str> = words.collect();
    format!("{}_{}", route.method.to_lowercase(), words.join("_"))
}

fn parameters(route: &Route) -> Vec<Value> {
    let names = route.path.split('{').skip(1);
    let names = names.filter_map(|rest| rest.split('}').next());
    let in_path = names.map(|name| {
        json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } })
    });
    let mut parameters: Vec<Value> = in_path.collect();
    if route.method == "GET" {
        parameters.extend(queries(route.path));
    } else {
        parameters.push(json!({
            "name": "Idempotency-Key", "in": "header",
            "schema": { "type": "string", "minLength": 1, "maxLength": 255 },
            "description": "The same key, the same answer, for a day: it is done once.",
        }));
    }
    parameters
}

/// What may stand behind the `?` of an address.
fn queries(path: &str) -> Vec<Value> {
    let text = |name: &str, says: &str| query(name, &json!({ "type": "string" }), says);
    let needed = |name: &str, says: &str| {
        let schema = json!({ "type": "string", "minLength": 1 });
        json!({ "name": name, "in": "query", "required": true, "schema": schema, "description": says })
    };
    let since = |says: &str| {
        query(
            "since",
            &json!({ "type": "string", "format": "date-time" }),
            says,
        )
    };
    let bounds = json!({ "type": "integer", "minimum": 1, "maximum": MAX_LIMIT });
    let limit = query("limit", &bounds, "At most this many.");
    let after = text("after", "What next of the page before said.");
    match path {
        "/api/v1/alerts" => {
            let mut queries = narrowing();
            queries.extend([since("Those raised at this time or later."), after, limit]);
            queries
        }
        "/api/v1/feeds" => {
            let state = text("state", "failing, gone, paused, new or fine.");
            vec![state, after, limit]
        }
        "/api/v1/why" => vec![
            needed(
                "q",
                "The address of an article, or the id of an alert, a delivery, a held match or an entry.",
            ),
            text("watch", "This watch alone."),
            text("channel", "The ways to this channel alone."),
        ],
        "/api/v1/silences/preview" => SILENCED.map(|(name, says)| text(name, says)).to_vec(),
        "/api/v1/search" => vec![
            needed("q", "A query in the language of the watches."),
            since("Articles that came in at this time or later; else those of seven days."),
            limit,
        ],
        "/api/v1/journal" => {
            let number = json!({ "type": "string", "pattern": "^[0-9]{0,18}$" });
            vec![
                query("after", &number, "What next of the page before said."),
                limit,
            ]
        }
        "/api/v1/silences" => {
            vec![text(
                "state",
                "running, coming or ended; else those that have not ended.",
            )]
        }
        "/api/v1/deliveries" | "/api/v1/stories" => vec![limit],
        _ => Vec::new(),
    }
}

/// What says which alerts are meant.
fn narrowing() -> Vec<Value> {
    let text = json!({ "type": "string" });
    let language = json!({ "type": "string", "pattern": "^[A-Za-z0-9-]*$" });
    let priority = json!({ "type": "string", "enum": ["low", "normal", "high"] });
    vec![
        query("watch", &text, "Those of this watch."),
        query(
            "feed",
            &text,
            "Those from this feed: its name, its address, or tag:NAME.",
        ),
        query(
            "lang",
            &language,
            "Those of articles in this language, as en.",
        ),
        query("priority", &priority, "Those of this priority."),
    ]
}

fn query(name: &str, schema: &Value, says: &str) -> Value {
    json!({ "name": name, "in": "query", "schema": schema, "description": says })
}

/// What says which alerts a silence holds: at least one of them.
const SILENCED: [(&str, &str); 4] = [
    ("watch", "Alerts of this watch."),
    (
        "feed",
        "Alerts from this feed: its name, its address, or tag:NAME.",
    ),
    (
        "story",
        "Alerts of the story of this alert, by its id or address.",
    ),
    ("text", "Alerts with this in the headline or the text."),
];

fn silence_body() -> Value {
    let time = json!({ "type": "string", "format": "date-time" });
    let mut properties: Map<String, Value> = SILENCED
        .iter()
        .map(|(name, says)| {
            (
                (*name).to_owned(),
                json!({ "type": "string", "description": says }),
            )
        })
        .collect();
    properties.insert("reason".into(), json!({ "type": "string", "minLength": 1 }));
    properties.insert("start".into(), time.clone());
    properties.insert("end".into(), time);
    json!({ "type": "object", "required": ["reason", "end"], "properties": properties })
}

fn body(route: &Route) -> Option<Value> {
    let schema = match (route.method, route.path) {
        ("PUT", "/api/v1/alerts/{id}/mark") => json!({
            "type": "object", "required": ["mark"],
            "properties": { "mark": { "type": "string", "enum": ["useful", "noise"] } },
        }),
        ("POST", "/api/v1/feeds/{id}/pause") => json!({
            "type": "object", "required": ["why"],
            "properties": { "why": { "type": "string", "minLength": 1 } },
        }),
        ("POST", "/api/v1/silences") => silence_body(),
        _ => return None,
    };
    Some(json!({ "required": true, "content": { "application/json": { "schema": schema } } }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_of_the_api_is_described_once() {
        let described = described();
        let paths = described["paths"].as_object().unwrap();
        let operations: usize = paths
            .values()
            .map(|path| path.as_object().unwrap().len())
            .sum();
        let routes: Vec<_> = ROUTES
            .iter()
            .filter(|route| route.path.starts_with("/api/"))
            .collect();
        assert_eq!(operations, routes.len());
        assert!(routes.iter().all(|route| !route.says.is_empty()));
        let mut ids: Vec<String> = routes.iter().map(|route| operation_id(route)).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), routes.len());
    }
}
