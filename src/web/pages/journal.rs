//! `/journal`: what was changed by hand.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use minijinja::context;

use super::{Page, render};
use crate::store::JournalLine;
use crate::web::House;
use crate::web::access::Visitor;
use crate::web::failure::Failure;
use crate::web::fields::Fields;

/// Lines on one page.
const A_PAGE: usize = 100;

/// `GET /journal`
pub(crate) async fn show(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let fields = Fields::of_query(query.as_deref());
    let below = fields.get("below").and_then(|seq| seq.parse().ok());
    let lines = house.ctx.store.journal(below, A_PAGE).await?;
    let next = lines
        .last()
        .filter(|_| lines.len() == A_PAGE)
        .map(|line| line.seq);
    let lines: Vec<_> = lines.iter().map(shown).collect();
    let page = Page {
        place: "journal",
        title: "Journal",
        template: "rest.html",
    };
    render(
        &house,
        &visitor,
        page,
        context! { kind => "journal", lines, next },
    )
    .await
}

/// A line of the journal as people see it.
pub(crate) fn shown(line: &JournalLine) -> minijinja::Value {
    context! {
        at => line.at.to_string(), who => line.who.as_str(), what => line.what.replace('-', " "),
        subject => line.subject.as_str(), before => line.before.as_str(), after => line.after.as_str(),
    }
}
