//! The file as written: its tables and keys with their types, nothing checked beyond that.
//!
//! Reads a TOML tree into structures whose every value knows its place. A key that does not exist, a value of
//! the wrong type and a required key that is missing are reported, and reading goes on. What the values mean,
//! and whether they fit together, is the business of the modules that take these structures.

use std::ops::Deref;

use super::channels::RawChannel;
use super::problem::Report;
use super::raw_taming::{RawRoute, RawSchedule, WatchTaming};
use super::secrets::{ADDRESS, RawSecret, SECRET, header_fields};
use super::section::{Section, Value};
use super::source::{At, Place};

/// A whole file.
#[derive(Default)]
pub(super) struct RawFile {
    pub(super) include: Option<At<Vec<At<String>>>>,
    pub(super) state_dir: Option<At<String>>,
    pub(super) timezone: Option<At<String>>,
    pub(super) poll: RawPoll,
    pub(super) http: RawHttp,
    pub(super) store: RawStore,
    pub(super) web: Option<RawWeb>,
    pub(super) feeds: Vec<RawFeed>,
    /// Names and queries, in the order of the file.
    pub(super) aliases: Vec<(At<String>, At<String>)>,
    pub(super) watches: Vec<RawWatch>,
    pub(super) channels: Vec<RawChannel>,
    pub(super) routes: Vec<RawRoute>,
    pub(super) health: RawHealth,
}

/// The tables of a file.
const TABLES: [&str; 10] = [
    "feed", "watch", "channel", "route", "alias", "poll", "http", "store", "web", "health",
];

/// What a proxy can be.
const PROXY: &str =
    "\"http://HOST:PORT\", or { credential = \"NAME\" }, { file = \"PATH\" } or { env = \"NAME\" }";

/// What `first_articles` can be.
const FIRST_ARTICLES: &str = "\"read\" or \"skip\"";

/// What `first_poll` can be.
const FIRST_POLL: &str = "\"skip\", \"alert\" or an age, for example \"24h\"";

/// Whether a file is the one that was named, or one that it includes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The file that was named: it may hold everything.
    Main,
    /// One that it includes: feeds, aliases, watches and channels.
    Included,
}

/// `[poll]`
#[derive(Default)]
pub(super) struct RawPoll {
    pub(super) every: Option<At<String>>,
    pub(super) min_every: Option<At<String>>,
    pub(super) max_every: Option<At<String>>,
    pub(super) timeout: Option<At<String>>,
    pub(super) first_poll: Option<At<String>>,
}

/// `[http]`
#[derive(Default)]
pub(super) struct RawHttp {
    pub(super) contact: Option<At<String>>,
    pub(super) allow_private: Option<RawAllowed>,
    pub(super) per_host: Option<RawPerHost>,
}

/// `allow_private`
pub(super) enum RawAllowed {
    /// For everything.
    ForAll(At<Vec<At<String>>>),
    /// A list for each purpose.
    Apart {
        feeds: Option<At<Vec<At<String>>>>,
        pages: Option<At<Vec<At<String>>>>,
        webhooks: Option<At<Vec<At<String>>>>,
    },
}

/// `per_host`
pub(super) struct RawPerHost {
    pub(super) at_once: Option<At<i64>>,
    pub(super) gap: Option<At<String>>,
}

/// `[store]`
#[derive(Default)]
pub(super) struct RawStore {
    pub(super) keep_articles: Option<At<String>>,
    pub(super) first_articles: Option<At<String>>,
    pub(super) url: Option<At<String>>,
    pub(super) password: Option<RawSecret>,
    pub(super) worker: Option<At<String>>,
    pub(super) connections: Option<At<i64>>,
}

/// `[web]`
pub(super) struct RawWeb {
    pub(super) listen: Option<At<String>>,
    pub(super) url: Option<At<String>>,
    pub(super) metrics: Option<At<String>>,
    pub(super) trusted_proxy: Option<RawProxy>,
}

/// `trusted_proxy` of `[web]`.
pub(super) struct RawProxy {
    pub(super) from: Option<At<Vec<At<String>>>>,
    pub(super) user_header: Option<At<String>>,
    pub(super) role_header: Option<At<String>>,
}

/// `[health]`
#[derive(Default)]
pub(super) struct RawHealth {
    pub(super) notify: Option<At<Vec<At<String>>>>,
    pub(super) heartbeat: Option<RawHeartbeat>,
}

/// `heartbeat` of `[health]`.
pub(super) struct RawHeartbeat {
    pub(super) place: Place,
    pub(super) url: Option<RawSecret>,
    pub(super) every: Option<At<String>>,
    pub(super) channel: Option<At<String>>,
    pub(super) schedule: RawSchedule,
}

/// `[[feed]]`
pub(super) struct RawFeed {
    pub(super) place: Place,
    pub(super) url: Option<At<String>>,
    pub(super) name: Option<At<String>>,
    pub(super) every: Option<At<String>>,
    pub(super) first_poll: Option<At<String>>,
    pub(super) tags: Option<At<Vec<At<String>>>>,
    pub(super) article: Option<RawArticle>,
    pub(super) listing: Option<RawListing>,
    pub(super) user_agent: Option<At<String>>,
    /// Names and values, in the order of the file.
    pub(super) headers: Vec<(At<String>, RawSecret)>,
    pub(super) auth: Option<RawAuth>,
    pub(super) proxy: Option<RawSecret>,
}

/// `auth` of a feed.
pub(super) struct RawAuth {
    pub(super) username: Option<At<String>>,
    pub(super) password: Option<RawSecret>,
}

/// `listing` of a feed.
pub(super) struct RawListing {
    pub(super) item: Option<At<String>>,
    pub(super) link: Option<At<String>>,
    pub(super) title: Option<At<String>>,
    pub(super) date: Option<At<String>>,
}

/// `article` of a feed.
pub(super) enum RawArticle {
    /// `"auto"`, `"never"`
    Word(At<String>),
    /// A table of selectors.
    Rule(Box<RawRule>),
}

/// `url` of a site rule.
pub(super) struct RawRewrite {
    pub(super) pattern: Option<At<String>>,
    pub(super) replace: Option<At<String>>,
}

/// The selectors of a site.
pub(super) struct RawRule {
    pub(super) place: Place,
    /// Whether there is no key in it at all.
    pub(super) is_empty: bool,
    pub(super) body: Option<At<String>>,
    pub(super) title: Option<At<String>>,
    pub(super) byline: Option<At<String>>,
    pub(super) published: Option<At<String>>,
    pub(super) remove: Option<At<Vec<At<String>>>>,
    pub(super) url: Option<RawRewrite>,
    pub(super) next: Option<At<String>>,
    pub(super) strip: Option<At<Vec<At<String>>>>,
}

/// `[[watch]]`. Most have a name, a query and no other key, and of 100,000 watches the room for all counts.
pub(super) struct RawWatch {
    pub(super) place: Place,
    pub(super) name: Option<At<String>>,
    pub(super) query: Option<At<String>>,
    pub(super) more: MoreWatchKeys,
}

/// Keys of a watch beside its name and its query, where it has any.
pub(super) struct MoreWatchKeys(Option<Box<RawWatchKeys>>);

/// Keys of a watch beside its name and its query.
pub(super) struct RawWatchKeys {
    pub(super) terms: Option<At<Vec<At<String>>>>,
    pub(super) min_score: Option<At<f64>>,
    pub(super) stem: Option<At<String>>,
    pub(super) fold: Option<At<String>>,
    pub(super) feeds: Option<At<Vec<At<String>>>>,
    pub(super) notify: Option<At<Vec<At<String>>>>,
    pub(super) priority: Option<At<String>>,
    pub(super) must_match: Option<At<Vec<At<String>>>>,
    pub(super) must_not_match: Option<At<Vec<At<String>>>>,
    pub(super) taming: WatchTaming,
}

impl RawFile {
    /// Reads a file.
    pub(super) fn read(mut root: Section<'_>, role: Role, report: &Report) -> Self {
        let mut file = Self::default();
        root.adopt_mistyped(&TABLES, report);
        match role {
            Role::Main => {
                file.include = root.strings("include", report);
                file.state_dir = root.string("state_dir", report);
                file.timezone = root.string("timezone", report);
                if let Some(poll) = root.table("poll", report) {
                    file.poll = RawPoll::read(poll, report);
                }
                if let Some(http) = root.table("http", report) {
                    file.http = RawHttp::read(http, report);
                }
                if let Some(store) = root.table("store", report) {
                    file.store = RawStore::read(store, report);
                }
                let web = root.table("web", report);
                file.web = web.map(|web| RawWeb::read(web, report));
                if let Some(health) = root.table("health", report) {
                    file.health = RawHealth::read(health, report);
                }
            }
            Role::Included => {
                for key in [
                    "include",
                    "state_dir",
                    "timezone",
                    "poll",
                    "http",
                    "store",
                    "web",
                    "health",
                ] {
                    root.refuse(key, "it belongs in the main file", report);
                }
            }
        }
        file.feeds = root.each("feed", report, RawFeed::read);
        if let Some(alias) = root.table("alias", report) {
            file.aliases = alias.named_strings(report);
        }
        file.watches = root.each("watch", report, RawWatch::read);
        file.channels = root.each("channel", report, RawChannel::read);
        file.routes = root.each("route", report, RawRoute::read);
        root.finish(report);
        file
    }

    /// Takes over the lists of an included file.
    pub(super) fn append(&mut self, included: Self) {
        self.feeds.extend(included.feeds);
        self.aliases.extend(included.aliases);
        self.watches.extend(included.watches);
        self.channels.extend(included.channels);
        self.routes.extend(included.routes);
    }
}

impl RawPoll {
    fn read(mut section: Section<'_>, report: &Report) -> Self {
        let poll = Self {
            every: section.duration("every", report),
            min_every: section.duration("min_every", report),
            max_every: section.duration("max_every", report),
            timeout: section.duration("timeout", report),
            first_poll: section.word("first_poll", FIRST_POLL, report),
        };
        section.finish(report);
        poll
    }
}

impl RawHttp {
    fn read(mut section: Section<'_>, report: &Report) -> Self {
        let http = Self {
            contact: section.string("contact", report),
            allow_private: section
                .value("allow_private")
                .and_then(|allowed| RawAllowed::read(allowed, report)),
            per_host: section
                .table("per_host", report)
                .map(|per_host| RawPerHost::read(per_host, report)),
        };
        section.finish(report);
        http
    }
}

impl RawAllowed {
    fn read(value: Value<'_>, report: &Report) -> Option<Self> {
        if !value.is_table() {
            return value.strings(report).map(Self::ForAll);
        }
        let mut section = value.table_or("a list or a table", report)?;
        let allowed = Self::Apart {
            feeds: section.strings("feeds", report),
            pages: section.strings("pages", report),
            webhooks: section.strings("webhooks", report),
        };
        section.finish(report);
        Some(allowed)
    }

    /// The entries of all lists.
    pub(super) fn lists(&self) -> [&[At<String>]; 3] {
        match self {
            Self::ForAll(list) => [&list.value; 3].map(|list| &list[..]),
            Self::Apart {
                feeds,
                pages,
                webhooks,
            } => [feeds, pages, webhooks].map(|list| {
                let list = list.as_ref();
                list.map(|list| &list.value[..]).unwrap_or_default()
            }),
        }
    }
}

impl RawPerHost {
    fn read(mut section: Section<'_>, report: &Report) -> Self {
        let per_host = Self {
            at_once: section.integer("at_once", report),
            gap: section.duration("gap", report),
        };
        section.finish(report);
        per_host
    }
}

impl RawStore {
    fn read(mut section: Section<'_>, report: &Report) -> Self {
        let store = Self {
            keep_articles: section.duration("keep_articles", report),
            first_articles: section.word("first_articles", FIRST_ARTICLES, report),
            url: section.string("url", report),
            password: section
                .value("password")
                .and_then(|password| RawSecret::read(password, SECRET, report)),
            worker: section.string("worker", report),
            connections: section.integer("connections", report),
        };
        section.finish(report);
        store
    }
}

impl RawWeb {
    fn read(mut section: Section<'_>, report: &Report) -> Self {
        let web = Self {
            listen: section.string("listen", report),
            url: section.string("url", report),
            metrics: section.string("metrics", report),
            trusted_proxy: section
                .table("trusted_proxy", report)
                .map(|proxy| RawProxy::read(proxy, report)),
        };
        section.finish(report);
        web
    }
}

impl RawProxy {
    fn read(mut section: Section<'_>, report: &Report) -> Self {
        let proxy = Self {
            from: section
                .required("from", report)
                .and_then(|from| from.strings(report)),
            user_header: section
                .required("user_header", report)
                .and_then(|name| name.string(report)),
            role_header: section.string("role_header", report),
        };
        section.finish(report);
        proxy
    }
}

impl RawHealth {
    fn read(mut section: Section<'_>, report: &Report) -> Self {
        let health = Self {
            notify: section.strings("notify", report),
            heartbeat: section
                .table("heartbeat", report)
                .map(|heartbeat| RawHeartbeat::read(heartbeat, report)),
        };
        section.finish(report);
        health
    }
}

impl RawHeartbeat {
    fn read(mut section: Section<'_>, report: &Report) -> Self {
        let heartbeat = Self {
            place: section.place.clone(),
            url: section
                .value("url")
                .and_then(|url| RawSecret::read(url, ADDRESS, report)),
            every: section.duration("every", report),
            channel: section.string("channel", report),
            schedule: RawSchedule::read_keys(&mut section, report),
        };
        section.finish(report);
        heartbeat
    }
}

impl RawFeed {
    fn read(mut section: Section<'_>, report: &Report) -> Self {
        let feed = Self {
            place: section.place.clone(),
            url: section
                .required("url", report)
                .and_then(|url| url.string(report)),
            name: section.string("name", report),
            every: section.duration("every", report),
            first_poll: section.word("first_poll", FIRST_POLL, report),
            tags: section.strings("tags", report),
            article: section
                .value("article")
                .and_then(|article| RawArticle::read(article, report)),
            listing: section
                .table("listing", report)
                .map(|listing| RawListing::read(listing, report)),
            user_agent: section.string("user_agent", report),
            headers: section
                .table("headers", report)
                .map(|headers| header_fields(headers, report))
                .unwrap_or_default(),
            auth: section
                .table("auth", report)
                .map(|auth| RawAuth::read(auth, report)),
            proxy: section
                .value("proxy")
                .and_then(|proxy| RawSecret::read(proxy, PROXY, report)),
        };
        section.finish(report);
        feed
    }
}

impl RawAuth {
    fn read(mut section: Section<'_>, report: &Report) -> Self {
        let auth = Self {
            username: section
                .required("username", report)
                .and_then(|name| name.string(report)),
            password: section
                .required("password", report)
                .and_then(|password| RawSecret::read(password, SECRET, report)),
        };
        section.finish(report);
        auth
    }
}

impl RawListing {
    fn read(mut section: Section<'_>, report: &Report) -> Self {
        let listing = Self {
            item: section
                .required("item", report)
                .and_then(|item| item.string(report)),
            link: section.string("link", report),
            title: section.string("title", report),
            date: section.string("date", report),
        };
        section.finish(report);
        listing
    }
}

impl RawArticle {
    fn read(value: Value<'_>, report: &Report) -> Option<Self> {
        if value.is_string() {
            return value.string(report).map(Self::Word);
        }
        let expected = "\"auto\", \"never\" or a table of CSS selectors";
        let section = value.table_or(expected, report)?;
        Some(Self::Rule(Box::new(RawRule::read(section, report))))
    }
}

impl RawRewrite {
    fn read(mut section: Section<'_>, report: &Report) -> Self {
        let mut required = |key| {
            let value = section.required(key, report)?;
            value.string(report)
        };
        let rewrite = Self {
            pattern: required("match"),
            replace: required("replace"),
        };
        section.finish(report);
        rewrite
    }
}

impl RawRule {
    /// Reads the selectors of a site.
    pub(super) fn read(mut section: Section<'_>, report: &Report) -> Self {
        let rule = Self {
            place: section.place.clone(),
            is_empty: !section.has_any(),
            body: section.string("body", report),
            title: section.string("title", report),
            byline: section.string("byline", report),
            published: section.string("published", report),
            remove: section.strings("remove", report),
            url: section
                .table("url", report)
                .map(|rewrite| RawRewrite::read(rewrite, report)),
            next: section.string("next", report),
            strip: section.strings("strip", report),
        };
        section.finish(report);
        rule
    }
}

impl RawWatch {
    fn read(mut section: Section<'_>, report: &Report) -> Self {
        section.belongs_to_watch();
        let name = section
            .required("name", report)
            .and_then(|name| name.string(report));
        let query = section.string("query", report);
        let has_more = section.has_any();
        let watch = Self {
            place: section.place.clone(),
            name,
            query,
            more: MoreWatchKeys(
                has_more.then(|| Box::new(RawWatchKeys::read_keys(&mut section, report))),
            ),
        };
        section.finish(report);
        watch
    }
}

impl RawWatchKeys {
    fn read_keys(section: &mut Section<'_>, report: &Report) -> Self {
        Self {
            terms: section.strings("terms", report),
            min_score: section.number("min_score", report),
            stem: section.string("stem", report),
            fold: section.string("fold", report),
            feeds: section.strings("feeds", report),
            notify: section.strings("notify", report),
            priority: section.word("priority", "\"low\", \"normal\" or \"high\"", report),
            must_match: section.strings("must_match", report),
            must_not_match: section.strings("must_not_match", report),
            taming: WatchTaming::read_keys(section, report),
        }
    }
}

impl Deref for RawWatch {
    type Target = RawWatchKeys;

    fn deref(&self) -> &RawWatchKeys {
        &self.more
    }
}

impl Deref for MoreWatchKeys {
    type Target = RawWatchKeys;

    fn deref(&self) -> &RawWatchKeys {
        static NONE: RawWatchKeys = RawWatchKeys {
            terms: None,
            min_score: None,
            stem: None,
            fold: None,
            feeds: None,
            notify: None,
            priority: None,
            must_match: None,
            must_not_match: None,
            taming: WatchTaming::NONE,
        };
        self.0.as_deref().unwrap_or(&NONE)
    }
}
