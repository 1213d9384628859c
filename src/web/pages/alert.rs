//! `/alerts/{id}`: one alert, what was found, why, who was told.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use minijinja::context;

use super::silences::HOURS;
use super::{Page, render, said};
use crate::domain::AlertId;
use crate::ops;
use crate::store::{Opinion, RetrySelection};
use crate::web::House;
use crate::web::access::Visitor;
use crate::web::elsewhere::see_other;
use crate::web::failure::Failure;
use crate::web::fields::Fields;
use crate::web::templates::{part, view};

/// `GET /alerts/{id}`
pub(crate) async fn show(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let fields = Fields::of_query(query.as_deref());
    let plan = house.ctx.plan();
    let told = ops::told::told(&house.ctx.store, &plan.matcher, &plan.watches, &id).await?;
    let told = told.ok_or_else(|| Failure::not_found("alert"))?;
    let title = told.title.clone();
    let whole = fields.get("text") == Some("whole");
    let given =
        context! { view => view(&told), whole, said => said(&fields), hours => HOURS.to_vec() };
    let page = Page {
        place: "now",
        title: &title,
        template: "alert.html",
    };
    render(&house, &visitor, page, given).await
}

/// `POST /alerts/{id}/mark`
pub(crate) async fn mark(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let mark = match fields.get("mark") {
        None => None,
        Some(word) => {
            Some(Opinion::named(word).ok_or_else(|| Failure::bad("There is no such mark."))?)
        }
    };
    let store = &house.ctx.store;
    let alert = AlertId(id.clone());
    if !store
        .mark_alert(alert, mark, visitor.name, house.now())
        .await?
    {
        return Err(Failure::not_found("alert"));
    }
    let word = mark.map_or("unmarked", Opinion::as_str);
    Ok(if fields.get("to") == Some("now") {
        see_other(&format!("/?said={word}"))
    } else {
        see_other(&format!("/alerts/{}?said={word}", part(&id)))
    })
}

/// `POST /alerts/{id}/retry`
pub(crate) async fn retry(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let chosen = send_again(&house, &visitor, &id).await?;
    let word = if chosen == 0 { "nothing" } else { "again" };
    Ok(see_other(&format!("/alerts/{}?said={word}", part(&id))))
}

/// Sends an alert or a delivery again, by its whole id; tells how many deliveries are due now.
pub(crate) async fn send_again(
    house: &House,
    visitor: &Visitor,
    id: &str,
) -> Result<usize, Failure> {
    // The beginning of an id would choose others with it.
    let known = house.ctx.store.alert(id).await?;
    let is_whole = known.iter().any(|detail| {
        let has =
            |line: &crate::store::DeliveryLine| line.id.as_ref().is_some_and(|known| known.0 == id);
        detail.alert.id.0 == id || detail.deliveries.iter().any(|(line, _)| has(line))
    });
    if !is_whole {
        return Err(Failure::not_found("alert or delivery"));
    }
    let selection = RetrySelection {
        id: Some(id.to_owned()),
        ..RetrySelection::default()
    };
    let now = house.now();
    let chosen = house.ctx.store.retry(selection, now).await?;
    if chosen > 0 {
        let (subject, who) = (id.to_owned(), visitor.name.clone());
        let after = format!("{chosen} due");
        house
            .ctx
            .store
            .write_down("sent-again", subject, after, who, now)
            .await?;
        house.ctx.wake.notify.notify_waiters();
    }
    Ok(chosen)
}
