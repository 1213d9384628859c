//! Whether answers have the form that the description of the API gives them.

use serde_json::Value;

/// What an answer to `GET path` has that its schema does not allow.
pub(crate) fn mistakes(described: &Value, path: &str, answer: &Value) -> Vec<String> {
    let path = path.split('?').next().unwrap();
    let paths = described["paths"].as_object().unwrap();
    let is_meant = |pattern: &str| {
        let (parts, asked) = (pattern.split('/'), path.split('/'));
        let fits = |(part, asked): (&str, &str)| part.starts_with('{') || part == asked;
        pattern.matches('/').count() == path.matches('/').count() && parts.zip(asked).all(fits)
    };
    // What stands there as written goes before what is left open.
    let operation = paths.get(path).or_else(|| {
        let mut meant = paths.iter().filter(|(pattern, _)| is_meant(pattern));
        meant.next().map(|(_, operations)| operations)
    });
    let operation = operation.unwrap_or_else(|| panic!("{path} is not described"));
    let schema = &operation["get"]["responses"]["200"]["content"]["application/json"]["schema"];
    assert!(schema.is_object(), "{path}");
    let mut found = Vec::new();
    check(described, schema, answer, "", &mut found);
    found
}

fn check(described: &Value, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    if let Some(name) = schema["$ref"].as_str() {
        let schema = described.pointer(name.strip_prefix('#').unwrap()).unwrap();
        return check(described, schema, value, at, found);
    }
    if let Some(any) = schema["anyOf"].as_array() {
        let tried = any.iter().map(|schema| {
            let mut found = Vec::new();
            check(described, schema, value, at, &mut found);
            found
        });
        let best = tried.min_by_key(Vec::len).unwrap();
        return found.extend(best);
    }
    let is_of = |kind: &str| match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("{other} is no type"),
    };
    let kinds = match &schema["type"] {
        Value::Null => return,
        Value::String(kind) => vec![kind.as_str()],
        kinds => kinds
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_str)
            .collect(),
    };
    if !kinds.into_iter().any(is_of) {
        return found.push(format!("{at} is not {}: {value}", schema["type"]));
    }
    if schema["format"] == "date-time"
        && value
            .as_str()
            .is_none_or(|text| text.parse::<newswatch::domain::Timestamp>().is_err())
    {
        found.push(format!("{at} is no time: {value}"));
    }
    if let Some(fields) = value.as_object() {
        for name in schema["required"].as_array().into_iter().flatten() {
            if !fields.contains_key(name.as_str().unwrap()) {
                found.push(format!("{at} lacks {name}"));
            }
        }
        for (name, value) in fields {
            let at = format!("{at}.{name}");
            match schema["properties"].get(name) {
                Some(schema) => check(described, schema, value, &at, found),
                None if schema["additionalProperties"] == false => {
                    found.push(format!("{at} is not described"));
                }
                None => {}
            }
        }
    }
    let first = schema["prefixItems"].as_array().map_or(0, Vec::len);
    for (place, value) in value.as_array().into_iter().flatten().enumerate() {
        let schema = match schema["prefixItems"].get(place) {
            Some(schema) => schema,
            None if first > 0 => {
                found.push(format!("{at}[{place}] is too much"));
                continue;
            }
            None => &schema["items"],
        };
        check(described, schema, value, &format!("{at}[{place}]"), found);
    }
}

#[test]
fn what_is_missing_unknown_or_of_another_type_is_a_mistake() {
    let described = serde_json::json!({
        "paths": { "/a/{id}": { "get": { "responses": { "200": { "content": { "application/json": { "schema": {
            "$ref": "#/components/schemas/One",
        } } } } } } } },
        "components": { "schemas": { "One": {
            "type": "object", "required": ["n", "at"], "additionalProperties": false,
            "properties": {
                "n": { "anyOf": [{ "type": "integer" }, { "type": "null" }] },
                "at": { "type": "string", "format": "date-time" },
                "list": { "type": "array", "items": { "$ref": "#/components/schemas/One" } },
            },
        } } },
    });
    let at = "2026-11-26T08:00:00Z";
    for (answer, number) in [
        (serde_json::json!({ "n": 1, "at": at }), 0),
        (
            serde_json::json!({ "n": null, "at": at, "list": [{ "n": 2, "at": at }] }),
            0,
        ),
        (serde_json::json!({ "n": "1", "at": at }), 1),
        (serde_json::json!({ "n": 1.5, "at": "today" }), 2),
        (serde_json::json!({ "at": at, "more": 1 }), 2),
        (
            serde_json::json!({ "n": 1, "at": at, "list": [{ "n": 2 }, []] }),
            2,
        ),
        (serde_json::json!([]), 1),
    ] {
        let found = mistakes(&described, "/a/7?x=1", &answer);
        assert_eq!(found.len(), number, "{answer}: {found:?}");
    }
}
