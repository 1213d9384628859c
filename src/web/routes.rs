//! Every address that is answered, and what it needs: one table, which the gate, the description of the API and the tests
//! read.

use crate::domain::Role;

/// What a request needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: anybody may ask.
    Nobody,
    /// Somebody who is known and may do what this role may.
    Role(Role),
    /// The same, or a token for the one feed in the address.
    Feed,
    /// An address that is signed: whoever has it may do the one thing that it says, from wherever they press its button.
    Link,
}

/// An address that is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// The method.
    pub method: &'static str,
    /// The address, with the names of its parts in braces.
    pub path: &'static str,
    /// What it needs.
    pub needs: Needs,
    /// What it does, for the description of the API.
    pub says: &'static str,
}

const fn page(method: &'static str, path: &'static str, needs: Needs) -> Route {
    Route {
        method,
        path,
        needs,
        says: "",
    }
}

const fn api(method: &'static str, path: &'static str, role: Role, says: &'static str) -> Route {
    Route {
        method,
        path,
        needs: Needs::Role(role),
        says,
    }
}

const READER: Needs = Needs::Role(Role::Reader);
const EDITOR: Needs = Needs::Role(Role::Editor);

/// Every address that is answered.
pub const ROUTES: &[Route] = &[
    page("GET", "/", READER),
    page("GET", "/alerts/{id}", READER),
    page("POST", "/alerts/{id}/mark", EDITOR),
    page("POST", "/alerts/{id}/retry", EDITOR),
    page("GET", "/watches", READER),
    page("GET", "/watches/{name}", READER),
    page("GET", "/feeds", READER),
    page("GET", "/feeds/{id}", READER),
    page("POST", "/feeds/{id}/poll", EDITOR),
    page("POST", "/feeds/{id}/pause", EDITOR),
    page("POST", "/feeds/{id}/resume", EDITOR),
    page("GET", "/search", READER),
    page("GET", "/deliveries", READER),
    page("POST", "/deliveries/retry", EDITOR),
    page("POST", "/deliveries/test", EDITOR),
    page("GET", "/silences", READER),
    page("POST", "/silences", EDITOR),
    page("POST", "/silences/{id}/end", EDITOR),
    page("GET", "/stories", READER),
    page("GET", "/stories/{id}", READER),
    page("GET", "/why", READER),
    page("GET", "/journal", READER),
    page("GET", "/settings", READER),
    page("POST", "/settings/zone", READER),
    page("GET", "/login", Needs::Nobody),
    page("POST", "/login", Needs::Nobody),
    page("GET", "/login/{secret}", Needs::Nobody),
    page("POST", "/login/{secret}", Needs::Nobody),
    page("POST", "/logout", READER),
    page("GET", "/unsubscribe/{token}", Needs::Link),
    page("POST", "/unsubscribe/{token}", Needs::Link),
    page("GET", "/act/{token}", Needs::Link),
    page("POST", "/act/{token}", Needs::Link),
    page("GET", "/events", READER),
    page("GET", "/feeds/watch/{file}", Needs::Feed),
    page("GET", "/assets/{file}", Needs::Nobody),
    page("GET", "/healthz", Needs::Nobody),
    page("GET", "/readyz", Needs::Nobody),
    page("GET", "/metrics", READER),
    api(
        "GET",
        "/api/v1/openapi.json",
        Role::Reader,
        "This description",
    ),
    api(
        "GET",
        "/api/v1/status",
        Role::Reader,
        "How everything is: feeds, deliveries, problems, watches in numbers",
    ),
    api(
        "GET",
        "/api/v1/alerts",
        Role::Reader,
        "What was raised, the newest first",
    ),
    api(
        "GET",
        "/api/v1/alerts/stream",
        Role::Reader,
        "Alerts as they are raised, as server-sent events; Last-Event-ID goes on after one",
    ),
    api(
        "GET",
        "/api/v1/alerts/{id}",
        Role::Reader,
        "One alert: what was found, why, who was told, how fast",
    ),
    api(
        "PUT",
        "/api/v1/alerts/{id}/mark",
        Role::Editor,
        "Mark an alert useful or noise",
    ),
    api(
        "DELETE",
        "/api/v1/alerts/{id}/mark",
        Role::Editor,
        "Take the mark of an alert away",
    ),
    api(
        "POST",
        "/api/v1/alerts/{id}/retry",
        Role::Editor,
        "Send an alert again to all that it goes to",
    ),
    api("GET", "/api/v1/watches", Role::Reader, "The watches"),
    api(
        "GET",
        "/api/v1/watches/{name}",
        Role::Reader,
        "One watch: its days, newest alerts, outlets and terms",
    ),
    api(
        "GET",
        "/api/v1/feeds",
        Role::Reader,
        "The feeds, those that need somebody first",
    ),
    api(
        "GET",
        "/api/v1/feeds/{id}",
        Role::Reader,
        "One feed with its entries and what became of them",
    ),
    api(
        "POST",
        "/api/v1/feeds/{id}/poll",
        Role::Editor,
        "Poll a feed now",
    ),
    api(
        "POST",
        "/api/v1/feeds/{id}/pause",
        Role::Editor,
        "Pause a feed",
    ),
    api(
        "POST",
        "/api/v1/feeds/{id}/resume",
        Role::Editor,
        "Let a paused feed go on",
    ),
    api(
        "GET",
        "/api/v1/channels",
        Role::Reader,
        "The channels and how they are",
    ),
    api(
        "POST",
        "/api/v1/channels/{name}/test",
        Role::Editor,
        "Send a test alert through a channel",
    ),
    api(
        "GET",
        "/api/v1/deliveries",
        Role::Reader,
        "What waits or was given up, the newest first",
    ),
    api(
        "POST",
        "/api/v1/deliveries/{id}/retry",
        Role::Editor,
        "Send a delivery again",
    ),
    api(
        "GET",
        "/api/v1/silences",
        Role::Reader,
        "The silences that have not ended",
    ),
    api(
        "POST",
        "/api/v1/silences",
        Role::Editor,
        "Hold alerts by watch, feed, story or text until a time",
    ),
    api(
        "GET",
        "/api/v1/silences/preview",
        Role::Reader,
        "What a silence would have muted of the alerts of the last days",
    ),
    api(
        "POST",
        "/api/v1/silences/{id}/end",
        Role::Editor,
        "End a silence now",
    ),
    api(
        "GET",
        "/api/v1/search",
        Role::Reader,
        "What the kept articles hold, in the language of the watches",
    ),
    api(
        "GET",
        "/api/v1/stories",
        Role::Reader,
        "The stories that went on last, the newest first",
    ),
    api(
        "GET",
        "/api/v1/stories/{id}",
        Role::Reader,
        "One story: its articles as they came, which are copies, and what these add",
    ),
    api(
        "GET",
        "/api/v1/why",
        Role::Reader,
        "What became of an article: the first gate that stopped it, or the receipt",
    ),
    api(
        "GET",
        "/api/v1/journal",
        Role::Reader,
        "What was changed by hand, the newest first",
    ),
];

/// The route of a method and an address.
pub(crate) fn route(method: &str, path: &str) -> Option<&'static Route> {
    ROUTES
        .iter()
        .find(|route| route.method == method && route.path == path)
}
