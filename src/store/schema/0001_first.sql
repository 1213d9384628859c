-- The first schema. {PK} {BIGINT} {STRICT} are replaced for the engine in use (see schema.rs).
-- Times are milliseconds since 1970 UTC; 0 in a lease means that nobody holds it.

CREATE TABLE installation (
    id TEXT NOT NULL
) {STRICT};

CREATE TABLE feeds (
    id {PK},
    url TEXT NOT NULL UNIQUE,              -- as configured
    fetch_url TEXT NOT NULL,               -- where it is polled: differs after a permanent redirect
    found {BIGINT} NOT NULL DEFAULT 0,     -- 1: fetch_url was found on the page at url; 2: and is no feed any more
    name TEXT,                             -- as configured
    title TEXT,                            -- its own
    active {BIGINT} NOT NULL,              -- 1 while it stands in the configuration
    gone {BIGINT} NOT NULL DEFAULT 0,      -- 1 after HTTP 410
    etag TEXT,
    last_modified TEXT,
    first_success_at {BIGINT},
    last_success_at {BIGINT},
    next_poll_at {BIGINT} NOT NULL,
    lease_until {BIGINT} NOT NULL DEFAULT 0,
    failures {BIGINT} NOT NULL DEFAULT 0,  -- failed polls in a row
    failing_since {BIGINT},
    error TEXT,
    page_problem TEXT,                     -- what was wrong with the newest article's page
    pages_failing_since {BIGINT},
    repairs TEXT NOT NULL DEFAULT '[]'     -- JSON list: what had to be mended at the last good poll
) {STRICT};

CREATE INDEX feeds_due ON feeds(next_poll_at, id) WHERE active = 1 AND gone = 0;

CREATE TABLE stories (
    id {PK},
    key TEXT NOT NULL UNIQUE
) {STRICT};

CREATE TABLE entries (
    id {PK},
    feed_id {BIGINT} NOT NULL REFERENCES feeds(id),
    state {BIGINT} NOT NULL,               -- 0 to be scraped, 1 to be flagged, 2 done, 3 seen at the first poll
    key TEXT NOT NULL,                     -- the most trustworthy of its keys
    title TEXT,
    link TEXT,
    published_at {BIGINT},
    updated_at {BIGINT},
    author TEXT,
    summary TEXT,
    content TEXT,
    lang TEXT,
    found_at {BIGINT} NOT NULL,
    scrapes {BIGINT} NOT NULL DEFAULT 0,   -- tries to fetch its page that failed
    not_before {BIGINT} NOT NULL DEFAULT 0,
    lease_until {BIGINT} NOT NULL DEFAULT 0,
    story_id {BIGINT} REFERENCES stories(id)
) {STRICT};

CREATE INDEX entries_due ON entries(state, id) WHERE state < 2;
CREATE INDEX entries_story ON entries(story_id) WHERE story_id IS NOT NULL;

CREATE TABLE entry_keys (
    feed_id {BIGINT} NOT NULL REFERENCES feeds(id),
    key TEXT NOT NULL,
    entry_id {BIGINT} NOT NULL REFERENCES entries(id),
    PRIMARY KEY (feed_id, key)
) {STRICT};

CREATE TABLE articles (
    entry_id {BIGINT} PRIMARY KEY REFERENCES entries(id),
    url TEXT,
    title TEXT NOT NULL,
    byline TEXT,
    published_at {BIGINT},
    published_offset_s {BIGINT},
    lang TEXT,
    site TEXT,
    text TEXT NOT NULL,
    from_page {BIGINT} NOT NULL,           -- 1 when the text is the page's, 0 when it is the feed's own
    page_problem TEXT,                     -- why the page did not give the whole text; null when it did, or was not asked
    scraped_at {BIGINT} NOT NULL
) {STRICT};

CREATE TABLE alerts (
    seq {PK},
    id TEXT NOT NULL UNIQUE,
    watch TEXT NOT NULL,
    story_id {BIGINT} NOT NULL REFERENCES stories(id),
    entry_id {BIGINT} NOT NULL REFERENCES entries(id),
    priority TEXT NOT NULL,
    score DOUBLE PRECISION NOT NULL,
    terms TEXT NOT NULL,                   -- JSON list
    sentence TEXT NOT NULL,
    title TEXT NOT NULL,
    url TEXT,
    source TEXT,
    published_at {BIGINT},
    published_offset_s {BIGINT},
    summary_only {BIGINT} NOT NULL,
    raised_at {BIGINT} NOT NULL,
    UNIQUE (watch, story_id)
) {STRICT};

CREATE TABLE held (
    seq {PK},
    watch TEXT NOT NULL,
    entry_id {BIGINT} NOT NULL REFERENCES entries(id),
    reason TEXT NOT NULL,
    score DOUBLE PRECISION NOT NULL,
    terms TEXT NOT NULL,
    sentence TEXT NOT NULL,
    held_at {BIGINT} NOT NULL,
    UNIQUE (watch, entry_id)
) {STRICT};

CREATE TABLE channels (
    name TEXT PRIMARY KEY,
    state TEXT NOT NULL,                   -- 'ok', 'failing', 'paused', 'misconfigured', 'gone'
    not_before {BIGINT} NOT NULL,          -- nothing is sent before this time
    error TEXT,
    failing_since {BIGINT},
    last_success_at {BIGINT}
) {STRICT};

CREATE TABLE deliveries (
    seq {PK},
    id TEXT NOT NULL UNIQUE,
    channel TEXT NOT NULL,
    recipient TEXT,
    state {BIGINT} NOT NULL,               -- 0 waiting, 1 sent, 2 abandoned
    not_before {BIGINT} NOT NULL,
    lease_until {BIGINT} NOT NULL DEFAULT 0,
    tries {BIGINT} NOT NULL DEFAULT 0,     -- tries that count against the schedule
    first_tried_at {BIGINT},
    ended_at {BIGINT},
    reason TEXT,                           -- of the last failed try
    created_at {BIGINT} NOT NULL
) {STRICT};

CREATE INDEX deliveries_due ON deliveries(channel, seq) WHERE state = 0;

CREATE TABLE delivery_alerts (
    delivery_id TEXT NOT NULL REFERENCES deliveries(id),
    alert_id TEXT NOT NULL REFERENCES alerts(id),
    PRIMARY KEY (delivery_id, alert_id)
) {STRICT};

CREATE INDEX delivery_alerts_alert ON delivery_alerts(alert_id);

CREATE TABLE attempts (
    seq {PK},
    delivery_id TEXT NOT NULL REFERENCES deliveries(id),
    at {BIGINT} NOT NULL,
    outcome TEXT NOT NULL,                 -- 'accepted', 'failed', 'paused', 'misconfigured', 'refused', 'gone'
    reason TEXT
) {STRICT};

CREATE INDEX attempts_delivery ON attempts(delivery_id);
