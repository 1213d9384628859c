//! `/stories`: which articles tell of one event, and what each adds.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use minijinja::context;

use super::{Page, render};
use crate::ops;
use crate::ops::stories::StoryView;
use crate::web::House;
use crate::web::access::Visitor;
use crate::web::failure::Failure;
use crate::web::templates::view;

/// Stories on the page.
const SHOWN: usize = 100;

/// `GET /stories`
pub(crate) async fn list(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
) -> Result<Response, Failure> {
    let stories = ops::stories::stories(&house.ctx.store, SHOWN).await?;
    let page = Page {
        place: "stories",
        title: "Stories",
        template: "stories.html",
    };
    let given = context! { stories => view(&stories), shown => SHOWN };
    render(&house, &visitor, page, given).await
}

/// `GET /stories/{id}`
pub(crate) async fn show(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let story = story_of(&house, &id).await?;
    let title = story.articles.iter().find_map(|one| one.title.as_deref());
    let title = title.map_or_else(|| format!("Story {}", story.story), str::to_owned);
    let page = Page {
        place: "stories",
        title: &title,
        template: "story.html",
    };
    let given = context! { view => view(&story), heading => title.as_str() };
    render(&house, &visitor, page, given).await
}

/// The story of a number in an address.
pub(crate) async fn story_of(house: &House, id: &str) -> Result<StoryView, Failure> {
    let number = id.parse().map_err(|_| Failure::not_found("story"))?;
    let story = ops::stories::story(&house.ctx.store, number).await?;
    story.ok_or_else(|| Failure::not_found("story"))
}
