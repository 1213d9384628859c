//! In and out: by name and password, by a link for one use, and out again.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use minijinja::context;

use super::House;
use super::access::{COOKIE_NAME, KnownBy, Peer, Visitor};
use super::elsewhere::see_other;
use super::failure::Failure;
use super::fields::Fields;
use super::pages::render_alone;
use crate::ops::entrance::{
    EntranceError, LINK_LASTS, SESSION_IDLE, enter_by_link as enter_with_link, enter_by_password,
    hash,
};

/// Says that a name does not fit its password, and nothing more of either.
const WRONG: &str = "Name or password is wrong.";

impl From<EntranceError> for Failure {
    fn from(error: EntranceError) -> Self {
        match error {
            EntranceError::Store(error) => error.into(),
            EntranceError::Chance => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "This machine gives no randomness.",
            ),
            other => Self::bad(other.to_string()),
        }
    }
}

/// `GET /login`
pub(crate) async fn form(
    State(house): State<Arc<House>>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let fields = Fields::of_query(query.as_deref());
    shown(&house, &fields, StatusCode::OK, None, None)
}

/// The name that the pages are reached by.
fn own_host(house: &House) -> Option<String> {
    let config = house.config();
    let url = config.web.url.as_ref()?;
    url.host_str().map(str::to_owned)
}

fn shown(
    house: &House,
    fields: &Fields,
    status: StatusCode,
    wrong: Option<&str>,
    more: Option<String>,
) -> Result<Response, Failure> {
    let host = own_host(house);
    let asked = context! {
        next => fields.get("next").unwrap_or("/"), name => fields.get("name"), wrong, more, host,
    };
    render_alone(house, status, "login.html", asked)
}

/// `POST /login`
pub(crate) async fn enter(
    State(house): State<Arc<House>>,
    peer: Option<Extension<Peer>>,
    fields: Fields,
) -> Result<Response, Failure> {
    let (name, password) = (fields.get("name"), fields.all("password"));
    let (name, password) = (name.unwrap_or_default(), password.first().copied());
    let (peer, now) = (peer.map(|Extension(peer)| peer), house.now());
    if let Some(pause) = house.throttle.pause(name, peer, now) {
        let more = format!(
            "Too many wrong tries: the next one counts in {} s.",
            pause.as_secs() + 1
        );
        let status = StatusCode::TOO_MANY_REQUESTS;
        return shown(&house, &fields, status, Some("Wait a moment."), Some(more));
    }
    let store = &house.ctx.store;
    let session = enter_by_password(store, name, password.unwrap_or_default(), now).await?;
    let Some(session) = session else {
        let more = match house.throttle.wrong(name, peer, now) {
            0 => Some("Now there is a pause of 30 s.".to_owned()),
            1 => Some("After one more try there is a pause of 30 s.".to_owned()),
            left if left < 3 => Some(format!("After {left} more tries there is a pause of 30 s.")),
            _ => None,
        };
        return shown(&house, &fields, StatusCode::FORBIDDEN, Some(WRONG), more);
    };
    house.throttle.right(name);
    Ok(with_session(
        &house,
        &session,
        own_place(fields.get("next")),
    ))
}

/// `GET /login/{secret}`: a page with a button, which a preview of the link does not press.
pub(crate) async fn link(
    State(house): State<Arc<House>>,
    Path(secret): Path<String>,
) -> Result<Response, Failure> {
    let since = house.now() - LINK_LASTS;
    let is_good = house.ctx.store.has_login_link(hash(&secret), since).await?;
    if !is_good {
        return Err(used_up());
    }
    let host = own_host(&house);
    render_alone(&house, StatusCode::OK, "login-link.html", context! { host })
}

fn used_up() -> Failure {
    Failure::new(
        StatusCode::GONE,
        "This link has been used, or is older than ten minutes.",
    )
    .hint("Whoever may read the state directory makes another one: newswatch web login")
}

/// `POST /login/{secret}`
pub(crate) async fn enter_by_link(
    State(house): State<Arc<House>>,
    Path(secret): Path<String>,
) -> Result<Response, Failure> {
    let entered = enter_with_link(&house.ctx.store, &secret, house.now()).await?;
    let (session, _) = entered.ok_or_else(used_up)?;
    Ok(with_session(&house, &session, "/"))
}

/// `POST /logout`
pub(crate) async fn leave(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    if let KnownBy::Session(session) = visitor.by {
        let store = &house.ctx.store;
        store
            .end_session(session, visitor.name, house.now())
            .await?;
    }
    let mut response = see_other("/login");
    if headers.contains_key(COOKIE) {
        set_cookie(&mut response, &house, "", 0);
    }
    Ok(response)
}

fn with_session(house: &House, session: &str, place: &str) -> Response {
    let mut response = see_other(place);
    set_cookie(&mut response, house, session, SESSION_IDLE.as_secs());
    response
}

/// The attributes of RFC 6265 §4.1.2: out of reach of scripts, and not sent from other people's pages.
fn set_cookie(response: &mut Response, house: &House, session: &str, max_age_s: u64) {
    let is_https = house
        .config()
        .web
        .url
        .as_ref()
        .is_some_and(|url| url.scheme() == "https");
    let secure = if is_https { "; Secure" } else { "" };
    let cookie = format!(
        "{COOKIE_NAME}={session}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age_s}{secure}"
    );
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
}

/// Where to go on: a path of ours, whatever the address says. `//host` and `/\host` lead to other hosts.
fn own_place(next: Option<&str>) -> &str {
    let is_own = |next: &&str| {
        next.starts_with('/')
            && !next.starts_with("//")
            && !next.contains('\\')
            && next.chars().all(|c| c.is_ascii_graphic())
    };
    next.filter(is_own).unwrap_or("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_host_after_logging_in() {
        for (next, place) in [
            ("/feeds?x=1", "/feeds?x=1"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("https://evil.example", "/"),
            ("/a\r\nSet-Cookie: x", "/"),
            ("", "/"),
        ] {
            assert_eq!(own_place(Some(next)), place);
        }
    }
}
