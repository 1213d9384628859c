//! The gate that every request passes: by which name we are called, from which page it comes, who asks, what they may;
//! and what every answer says to the browser.

use std::sync::Arc;

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, WWW_AUTHENTICATE,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use url::Url;

use super::House;
use super::access::{KnownBy, Peer, Visitor, visitor};
use super::elsewhere::see_other;
use super::failure::Failure;
use super::fields::Fields;
use super::origin::{is_from_us, is_our_name};
use super::routes::{Needs, route};
use crate::domain::Role;

/// What a page may load and where it may send: from us, to us, and nothing that stands in the page itself.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
     form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// What a request is about, once it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Page,
    Document,
}

/// Why a request is not let through.
enum Refused {
    Failure(Failure),
    LogIn(String),
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::Failure(failure) => failure.into_response(),
            Self::LogIn(place) => see_other(&place),
        }
    }
}

/// Lets a request through, or answers it.
pub(crate) async fn gate(
    State(house): State<Arc<House>>,
    mut request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path().to_owned();
    let form = if path.starts_with("/api/") || path.starts_with("/metrics") {
        Form::Document
    } else {
        Form::Page
    };
    let peer = request
        .extensions()
        .get::<ConnectInfo<Peer>>()
        .map(|ConnectInfo(peer)| *peer);
    if let Some(peer) = peer {
        request.extensions_mut().insert(peer);
    }
    let is_asset = path.starts_with("/assets/");
    let mut known = None;
    // A body cannot be looked at from two threads; what is asked is judged without it.
    let (mut parts, body) = request.into_parts();
    let admitted = admitted(&house, &parts, peer, &mut known).await;
    let response = if let Err(refused) = admitted {
        refused.into_response()
    } else {
        if let Some(visitor) = &known {
            parts.extensions.insert(visitor.clone());
        }
        answered(Request::from_parts(parts, body), next).await
    };
    let response = told(&house, response, form, &path, known.as_ref()).await;
    with_headers(response, is_asset)
}

/// Answers by a task of its own: a defect ends the answer and nothing else, and a write that has begun comes to its end
/// when the browser has gone.
async fn answered(request: Request, next: Next) -> Response {
    let answer = tokio::spawn(next.run(request)).await;
    answer.unwrap_or_else(|_| {
        Failure::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "newswatch could not answer. Nothing was lost; the log tells why.",
        )
        .into_response()
    })
}

/// Lets a request in, or says why not.
async fn admitted(
    house: &House,
    request: &Parts,
    peer: Option<Peer>,
    known: &mut Option<Visitor>,
) -> Result<(), Refused> {
    let (method, headers) = (&request.method, &request.headers);
    let config = house.config();
    let ours = config.web.url.as_ref();
    check_name(headers, ours)?;
    let needs = needs_of(request);
    if needs == Some(Needs::Link) {
        // Mail programs press its button without a cookie, and from pages of their own.
        return Ok(());
    }
    if !is_from_us(method, headers, ours) {
        let title = "This came from a page of another site, and was not done.";
        return Err(Failure::new(StatusCode::FORBIDDEN, title).into());
    }
    let Some(needs) = needs else {
        // Somebody who is in is told within the frame that there is nothing.
        *known = visitor(house, headers, peer, None).await.ok().flatten();
        return Ok(());
    };
    let fields = Fields::of_query(request.uri.query());
    let token = match needs {
        Needs::Feed => fields.get("token"),
        Needs::Nobody | Needs::Role(_) | Needs::Link => None,
    };
    let asked = visitor(house, headers, peer, token).await;
    *known = asked.map_err(Failure::from)?;
    match (needs, known.as_ref()) {
        // Which feed a token opens is for the feed to say.
        (Needs::Nobody | Needs::Link, _) | (Needs::Feed, Some(_)) => Ok(()),
        (Needs::Role(role), Some(visitor)) => Ok(check_role(visitor, role)?),
        (Needs::Role(_) | Needs::Feed, None) => Err(who_are_you(request)),
    }
}

fn check_name(headers: &HeaderMap, ours: Option<&Url>) -> Result<(), Failure> {
    if is_our_name(headers, ours) {
        return Ok(());
    }
    let failure = Failure::new(
        StatusCode::MISDIRECTED_REQUEST,
        "newswatch is not called by this name.",
    );
    let hint = "Name it in the configuration: [web] url = \"https://watch.example.org\"";
    Err(failure.hint(hint))
}

/// What a request needs; `None` where there is nothing at its address, which nobody need know more of.
fn needs_of(request: &Parts) -> Option<Needs> {
    let matched = request.extensions.get::<MatchedPath>()?;
    let method = if request.method == Method::HEAD {
        &Method::GET
    } else {
        &request.method
    };
    // What stands in no table is for nobody but administrators.
    let found = route(method.as_str(), matched.as_str());
    Some(found.map_or(Needs::Role(Role::Admin), |route| route.needs))
}

fn check_role(visitor: &Visitor, role: Role) -> Result<(), Failure> {
    let is_for_one_feed = matches!(&visitor.by, KnownBy::Token { only: Some(_) });
    if visitor.may(role) && !is_for_one_feed {
        return Ok(());
    }
    let failure = Failure::new(
        StatusCode::FORBIDDEN,
        format!(
            "This takes the role {role}; {} is {}.",
            visitor.name, visitor.role
        ),
    );
    Err(failure)
}

/// Asks somebody who is not known to log in; a program is told in its own way.
fn who_are_you(request: &Parts) -> Refused {
    let path = request.uri.path();
    let is_page = request.method == Method::GET
        && !path.starts_with("/api/")
        && !path.starts_with("/metrics")
        && !path.starts_with("/feeds/watch/");
    if is_page {
        let asked = request
            .uri
            .path_and_query()
            .map_or("/", |asked| asked.as_str());
        let next: String = url::form_urlencoded::byte_serialize(asked.as_bytes()).collect();
        let place = if asked == "/" {
            "/login".to_owned()
        } else {
            format!("/login?next={next}")
        };
        return Refused::LogIn(place);
    }
    let failure = Failure::new(StatusCode::UNAUTHORIZED, "Nobody gets in without proof.");
    let hint =
        "Send a token: Authorization: Bearer nwt_... (newswatch web token add NAME --role reader)";
    failure.hint(hint).into()
}

/// Writes what went wrong in the form that was asked for.
async fn told(
    house: &House,
    mut response: Response,
    form: Form,
    path: &str,
    visitor: Option<&Visitor>,
) -> Response {
    let bare = [StatusCode::NOT_FOUND, StatusCode::METHOD_NOT_ALLOWED];
    let has_body = response.headers().contains_key(CONTENT_TYPE);
    let failure = match response.extensions_mut().remove::<Failure>() {
        Some(failure) => failure,
        None if bare.contains(&response.status()) && !has_body => {
            let title = match response.status() {
                StatusCode::NOT_FOUND => "There is no such page.",
                _ => "This address is not asked in this way.",
            };
            Failure::new(response.status(), title)
        }
        None => return response,
    };
    let kept = std::mem::take(response.headers_mut());
    let mut told = match form {
        Form::Document => {
            let kind = HeaderValue::from_static("application/problem+json");
            (failure.status, [(CONTENT_TYPE, kind)], failure.problem()).into_response()
        }
        Form::Page => super::pages::failed(house, &failure, path, visitor).await,
    };
    if failure.status == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static("Bearer realm=\"newswatch\"");
        told.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    }
    for name in [axum::http::header::ALLOW, axum::http::header::RETRY_AFTER] {
        if let Some(value) = kept.get(&name) {
            told.headers_mut().insert(name, value.clone());
        }
    }
    told
}

fn with_headers(mut response: Response, is_asset: bool) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, POLICY),
        // With "no-referrer" Chromium sends "Origin: null" with every form.
        (REFERRER_POLICY, "same-origin"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !is_asset && !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}
