//! What is asked and changes something. With an `Idempotency-Key` it is done once, however often it is asked.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::domain::{AlertId, Silence, Timestamp};
use crate::ops::entrance::hash;
use crate::store::{Answered, Opinion};
use crate::web::House;
use crate::web::access::Visitor;
use crate::web::failure::Failure;
use crate::web::pages::alert::send_again;
use crate::web::pages::deliveries::send_test;
use crate::web::pages::feeds::{number, set_paused};
use crate::web::pages::silences::{begin, finish, meant, reason};

/// How long an answer is kept for a request that comes again.
const KEPT: Duration = Duration::from_hours(24);

/// The longest key.
const MAX_KEY_BYTES: usize = 255;

/// The field that names a request.
const KEY: &str = "idempotency-key";

type Done = Result<Value, Failure>;

/// Somebody who wants something done.
pub(super) struct Asked {
    house: Arc<House>,
    visitor: Visitor,
    key: Option<String>,
    /// What is wanted, in full: the same key for something else is a mistake.
    what: String,
}

impl Asked {
    fn new(
        house: Arc<House>,
        visitor: Visitor,
        headers: &HeaderMap,
        what: String,
    ) -> Result<Self, Failure> {
        let key = headers.get(KEY).map(|key| key.to_str().unwrap_or_default());
        if key.is_some_and(|key| key.is_empty() || key.len() > MAX_KEY_BYTES) {
            return Err(Failure::bad(format!(
                "An Idempotency-Key has 1 to {MAX_KEY_BYTES} plain letters."
            )));
        }
        let key = key.map(|key| hash(&format!("{}\n{key}", visitor.name)));
        Ok(Self {
            house,
            visitor,
            key,
            what,
        })
    }

    /// Does it, unless it has been done under the same key: then the answer is the same.
    async fn once(&self, work: impl Future<Output = Done>) -> Result<Response, Failure> {
        let Some(key) = &self.key else {
            return work
                .await
                .map(|value| written(200, &value.to_string(), false));
        };
        let (store, now) = (&self.house.ctx.store, self.house.now());
        let before = store
            .begin_answer(key.clone(), hash(&self.what), now - KEPT, now)
            .await?;
        match before {
            Answered::Before { status, body } => return Ok(written(status, &body, true)),
            Answered::UnderWay => {
                let title = "The same request is being done.";
                return Err(Failure::new(StatusCode::CONFLICT, title));
            }
            Answered::Other => {
                let title = "This Idempotency-Key was used for another request.";
                return Err(Failure::new(StatusCode::UNPROCESSABLE_ENTITY, title));
            }
            Answered::New => {}
        }
        let done = work.await;
        let (status, body) = match &done {
            Ok(value) => (200, value.to_string()),
            Err(failure) => (failure.status.as_u16(), failure.problem()),
        };
        store.end_answer(key.clone(), status, body.clone()).await?;
        done.map(|_| written(status, &body, false))
    }
}

fn written(status: u16, body: &str, is_repeated: bool) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let kind = if status.is_success() {
        "application/json"
    } else {
        "application/problem+json"
    };
    let mut response = (status, body.to_owned()).into_response();
    let fields = response.headers_mut();
    fields.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    if is_repeated {
        fields.insert("idempotency-replayed", HeaderValue::from_static("true"));
    }
    response
}

/// A body of JSON; an empty one is an empty object.
fn object(body: &Bytes) -> Result<Value, Failure> {
    if body.is_empty() {
        return Ok(json!({}));
    }
    let parsed: Result<Value, _> = serde_json::from_slice(body);
    let parsed = parsed.map_err(|error| Failure::bad(format!("The body is no JSON: {error}")))?;
    if parsed.is_object() {
        Ok(parsed)
    } else {
        Err(Failure::bad("The body must be a JSON object."))
    }
}

/// `PUT /alerts/{id}/mark`
pub(super) async fn mark(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Failure> {
    let given = object(&body)?;
    let word = given
        .get("mark")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let mark = Opinion::named(word).ok_or_else(|| {
        Failure::bad("The body must say {\"mark\": \"useful\"} or {\"mark\": \"noise\"}.")
    })?;
    set_mark(house, visitor, &headers, id, Some(mark)).await
}

/// `DELETE /alerts/{id}/mark`
pub(super) async fn unmark(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    set_mark(house, visitor, &headers, id, None).await
}

async fn set_mark(
    house: Arc<House>,
    visitor: Visitor,
    headers: &HeaderMap,
    id: String,
    mark: Option<Opinion>,
) -> Result<Response, Failure> {
    let what = format!("mark {id} {}", mark.map_or("", Opinion::as_str));
    let asked = Asked::new(house, visitor, headers, what)?;
    let work = async {
        let (store, who) = (&asked.house.ctx.store, asked.visitor.name.clone());
        let alert = AlertId(id.clone());
        if store
            .mark_alert(alert, mark, who, asked.house.now())
            .await?
        {
            Ok(json!({ "id": id, "mark": mark.map(Opinion::as_str) }))
        } else {
            Err(Failure::not_found("alert"))
        }
    };
    asked.once(work).await
}

/// `POST /alerts/{id}/retry`, `POST /deliveries/{id}/retry`
pub(super) async fn retry(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let asked = Asked::new(house, visitor, &headers, format!("retry {id}"))?;
    let work = async {
        let due = send_again(&asked.house, &asked.visitor, &id).await?;
        Ok(json!({ "id": id, "due": due }))
    };
    asked.once(work).await
}

/// `POST /feeds/{id}/poll`
pub(super) async fn poll(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let feed = number(&id)?;
    let asked = Asked::new(house, visitor, &headers, format!("poll {id}"))?;
    let work = async {
        let (store, who) = (&asked.house.ctx.store, asked.visitor.name.clone());
        if store.poll_now(feed, who, asked.house.now()).await? {
            Ok(json!({ "id": feed.0, "due": true }))
        } else {
            let title = "There is no such feed, or it is paused.";
            Err(Failure::new(StatusCode::NOT_FOUND, title))
        }
    };
    asked.once(work).await
}

/// `POST /feeds/{id}/pause`
pub(super) async fn pause(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Failure> {
    let given = object(&body)?;
    let why = given
        .get("why")
        .and_then(Value::as_str)
        .map(str::trim)
        .unwrap_or_default();
    if why.is_empty() {
        return Err(Failure::bad(
            "Say why: others will ask. The body must say {\"why\": \"...\"}.",
        ));
    }
    paused(house, visitor, &headers, &id, Some(why)).await
}

/// `POST /feeds/{id}/resume`
pub(super) async fn resume(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    paused(house, visitor, &headers, &id, None).await
}

async fn paused(
    house: Arc<House>,
    visitor: Visitor,
    headers: &HeaderMap,
    id: &str,
    why: Option<&str>,
) -> Result<Response, Failure> {
    let what = format!("pause {id} {}", why.unwrap_or_default());
    let asked = Asked::new(house, visitor, headers, what)?;
    let work = async {
        let changed = set_paused(&asked.house, &asked.visitor, id, why).await?;
        Ok(json!({ "id": number(id)?.0, "paused": why.is_some(), "changed": changed }))
    };
    asked.once(work).await
}

/// `POST /channels/{name}/test`
pub(super) async fn test(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let asked = Asked::new(house, visitor, &headers, format!("test {name}"))?;
    let work = async {
        let tested = send_test(&asked.house, &asked.visitor, &name).await?;
        Ok(json!({ "channel": name, "tests": tested }))
    };
    asked.once(work).await
}

/// `POST /silences`
pub(super) async fn silence(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Failure> {
    let given = object(&body)?;
    let text = |name: &str| given.get(name).and_then(Value::as_str);
    let now = house.now();
    let time = |name: &str| {
        let time = text(name).map(str::parse::<Timestamp>).transpose();
        time.map_err(|_| Failure::bad(format!("{name} must be a time: 2026-11-26T08:00:00Z")))
    };
    let reason = reason(text("reason").map(str::trim).filter(|why| !why.is_empty()))?;
    let until = time("end")?
        .ok_or_else(|| Failure::bad("Say until when, as \"end\": every silence ends by itself."))?;
    let silence = Silence {
        reason,
        from: time("start")?.unwrap_or(now),
        until,
        ..meant(&house, text, now).await?
    };
    let asked = Asked::new(house, visitor, &headers, format!("silence {given}"))?;
    let work = async {
        let id = begin(&asked.house, &asked.visitor, silence).await?;
        Ok(json!({ "id": id }))
    };
    asked.once(work).await
}

/// `POST /silences/{id}/end`
pub(super) async fn end_silence(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let asked = Asked::new(house, visitor, &headers, format!("end silence {id}"))?;
    let work = async {
        let changed = finish(&asked.house, &asked.visitor, &id).await?;
        Ok(json!({ "id": id, "changed": changed }))
    };
    asked.once(work).await
}
