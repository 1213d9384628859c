//! `/search`: what the kept articles hold, in the language of the watches.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use minijinja::context;

use super::{Page, render};
use crate::ops::search::Search;
use crate::web::House;
use crate::web::access::Visitor;
use crate::web::failure::Failure;
use crate::web::fields::Fields;
use crate::web::templates::view;

/// Hits on the page.
const SHOWN: usize = 50;

/// The days that can be looked back, of which the first is what is looked through when nothing is said.
const DAYS: [u64; 4] = [7, 1, 30, 90];

/// The longest query.
pub(crate) const MAX_QUERY_BYTES: usize = 4_000;

/// `GET /search`
pub(crate) async fn show(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let fields = Fields::of_query(query.as_deref());
    let asked = fields.get("q");
    if asked.is_some_and(|asked| asked.len() > MAX_QUERY_BYTES) {
        return Err(Failure::bad("The query is too long."));
    }
    let wanted = fields.get("days").and_then(|days| days.parse().ok());
    let days = DAYS.into_iter().find(|days| Some(*days) == wanted);
    let days = days.unwrap_or(DAYS[0]);
    let page = Page {
        place: "search",
        title: "Search",
        template: "search.html",
    };
    let choices = context! { asked, days, choices => vec![1_u64, 7, 30, 90] };
    let Some(asked) = asked else {
        return render(&house, &visitor, page, choices).await;
    };
    let given = match Search::new(asked, &house.config().aliases) {
        Err(problems) => context! { problems => view(&said(&problems)), ..choices },
        Ok(search) => {
            let since = house.now() - Duration::from_hours(24 * days);
            let found = search.run(&house.ctx.store, since, SHOWN).await?;
            context! { found => view(&found), traps => view(&said(&search.traps)), ..choices }
        }
    };
    render(&house, &visitor, page, given).await
}

/// Mistakes as a page shows them: what is wrong, where, and what helps.
fn said(problems: &[crate::matching::QueryProblem]) -> Vec<(usize, String, String)> {
    let problem = |problem: &crate::matching::QueryProblem| {
        (problem.col, problem.message.clone(), problem.hint.clone())
    };
    problems.iter().map(problem).collect()
}
