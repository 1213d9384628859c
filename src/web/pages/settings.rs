//! `/settings`: what is in force, who may come in; and the one thing that everybody may set, the zone of times.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use jiff::tz::TimeZone;
use minijinja::context;

use super::{Page, render, said};
use crate::channel::ChannelSettings;
use crate::domain::Role;
use crate::ops::told::masked;
use crate::web::House;
use crate::web::access::Visitor;
use crate::web::elsewhere::see_other;
use crate::web::failure::Failure;
use crate::web::fields::Fields;

/// `GET /settings`
pub(crate) async fn show(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let fields = Fields::of_query(query.as_deref());
    let config = house.config();
    let channels: Vec<_> = config.channels.iter().map(channel).collect();
    let (mut users, mut tokens) = (Vec::new(), Vec::new());
    if visitor.may(Role::Admin) {
        for user in house.ctx.store.web_users().await? {
            users.push(context! { name => user.name, role => user.role.as_str(), made_at => user.made_at.to_string() });
        }
        for token in house.ctx.store.web_tokens().await? {
            tokens.push(context! {
                name => token.name, role => token.role.as_str(), only => token.only,
                used_at => token.used_at.map(|at| at.to_string()),
            });
        }
    }
    let given = context! {
        kind => "settings", channels, users, tokens, said => said(&fields),
        feeds => config.feeds.len(), watches => config.watches.len(),
        state_dir => config.state_dir.display().to_string(),
        engine => if config.store.server.is_some() { "PostgreSQL" } else { "SQLite" },
        keep_days => config.store.keep_articles.as_secs() / 86_400,
        url => config.web.url.as_ref().map(ToString::to_string),
        release => env!("CARGO_PKG_VERSION"),
        chosen => visitor.zone.as_deref(), has_user => house.ctx.store.web_user(visitor.name.clone()).await?.is_some(),
    };
    let page = Page {
        place: "settings",
        title: "Settings",
        template: "rest.html",
    };
    render(&house, &visitor, page, given).await
}

/// A channel with what may be seen of where it leads.
fn channel(settings: &ChannelSettings) -> minijinja::Value {
    let destinations = settings.destinations();
    let to: Vec<String> = destinations
        .iter()
        .filter_map(|destination| destination.recipient.as_deref())
        .map(masked)
        .collect();
    context! { name => settings.name.0.as_str(), kind => settings.kind.type_name(), to => to.join(", ") }
}

/// `POST /settings/zone`
pub(crate) async fn zone(
    State(house): State<Arc<House>>,
    Extension(visitor): Extension<Visitor>,
    fields: Fields,
) -> Result<Response, Failure> {
    let zone = fields.get("zone").map(str::to_owned);
    if let Some(name) = &zone
        && TimeZone::get(name).is_err()
    {
        return Err(Failure::bad(format!(
            "\"{name}\" is no time zone; write for example Asia/Ho_Chi_Minh"
        )));
    }
    let is_user = house
        .ctx
        .store
        .set_zone(visitor.name, zone, house.now())
        .await?;
    if !is_user {
        return Err(Failure::bad(
            "A zone is kept for users with a name of their own.",
        ));
    }
    Ok(see_other("/settings?said=zone"))
}
