-- The first schema. The words in braces are replaced for the engine in use (see tx.rs).
-- Times are milliseconds since 1970 UTC; 0 in a lease means that nobody holds it, claimed_by names who does.
-- A key that is longer than an index may hold is kept as its SHA-256 (see mod.rs, indexed).

CREATE TABLE installation (
    one {BIGINT} PRIMARY KEY CHECK (one = 1),
    id TEXT NOT NULL,
    feeds_hash {BIGINT} NOT NULL DEFAULT 0 -- of the configured feeds as they were put in last (see feeds.rs)
) {STRICT};

-- Keys that this installation signs with, drawn once; a copy of the store keeps them, so that old links stay good.
CREATE TABLE signing_keys (
    name TEXT PRIMARY KEY,                 -- 'links'
    value TEXT NOT NULL                    -- in hexadecimal digits
) {STRICT};

-- Who may come in by the web pages and the API. What lets somebody in is kept as its SHA-256 alone.
CREATE TABLE web_users (
    name TEXT PRIMARY KEY,
    role TEXT NOT NULL,                    -- 'reader', 'editor', 'admin'
    password TEXT NOT NULL,                -- argon2id, with its settings and its salt
    zone TEXT,                             -- the time zone that times are shown in
    made_at {BIGINT} NOT NULL
) {STRICT};

CREATE TABLE web_links (
    hash TEXT PRIMARY KEY,
    user_name TEXT NOT NULL,
    role TEXT NOT NULL,
    made_at {BIGINT} NOT NULL
) {STRICT};

CREATE TABLE web_sessions (
    hash TEXT PRIMARY KEY,
    user_name TEXT NOT NULL,
    role TEXT NOT NULL,
    made_at {BIGINT} NOT NULL,
    seen_at {BIGINT} NOT NULL
) {STRICT};

CREATE INDEX web_sessions_user ON web_sessions(user_name);
CREATE INDEX web_sessions_seen ON web_sessions(seen_at);

CREATE TABLE web_tokens (
    name TEXT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    opens TEXT NOT NULL,                   -- the one address that it opens; '' for all that its role may
    made_at {BIGINT} NOT NULL,
    used_at {BIGINT}
) {STRICT};

-- Who changed what by hand, and when.
CREATE TABLE journal (
    seq {PK},
    at {BIGINT} NOT NULL,
    who TEXT NOT NULL,
    what TEXT NOT NULL,                    -- a word: 'alert-marked', 'feed-paused', ...
    subject TEXT NOT NULL,                 -- which one
    before TEXT NOT NULL,
    after TEXT NOT NULL
) {STRICT};

-- Answers to requests that carry a key of their own, to give the same one when they come again.
CREATE TABLE web_answers (
    key TEXT PRIMARY KEY,                  -- the SHA-256 of who asked and their key
    request TEXT NOT NULL,                 -- the SHA-256 of what was asked
    status {BIGINT} NOT NULL,              -- 0 while it is being answered
    body TEXT NOT NULL,
    made_at {BIGINT} NOT NULL
) {STRICT};

CREATE INDEX web_answers_made ON web_answers(made_at);

-- What people know of a feed. What a poll changes each time stands in polls.
CREATE TABLE feeds (
    id {PK},
    key TEXT NOT NULL UNIQUE,              -- its url, as indexed
    url TEXT NOT NULL,                     -- as configured
    name TEXT,                             -- as configured
    title TEXT,                            -- its own
    entries {BIGINT} NOT NULL DEFAULT 0,   -- how many of its entries are known
    last_new_at {BIGINT},                  -- when it last had an entry that was new
    news {BIGINT} NOT NULL DEFAULT 0,      -- its entries beyond those of its first poll
    gaps {BIGINT} NOT NULL DEFAULT 0,      -- how often something new came after something new
    longest_gap {BIGINT} NOT NULL DEFAULT 0, -- the longest time between the two, of the last four weeks: its rhythm
    longest_gap_at {BIGINT} NOT NULL DEFAULT 0, -- when that ended
    page_problem TEXT,                     -- what was wrong with the newest article's page
    pages_failing_since {BIGINT},
    repairs TEXT NOT NULL DEFAULT '[]',    -- JSON list: what had to be mended at the last good poll
    paused_at {BIGINT},                    -- while somebody has paused it
    paused_by TEXT,
    paused_why TEXT
) {STRICT};

CREATE TABLE polls (
    feed_id {BIGINT} PRIMARY KEY REFERENCES feeds(id),
    slot {BIGINT} NOT NULL,                -- 0 to 255, of the host that is polled: feeds of one host share it
    active {BIGINT} NOT NULL,              -- 1 while it stands in the configuration
    paused {BIGINT} NOT NULL DEFAULT 0,    -- 1 while somebody has paused it
    gone {BIGINT} NOT NULL DEFAULT 0,      -- 1 after HTTP 410
    due_at {BIGINT} NOT NULL,
    polled_at {BIGINT} NOT NULL DEFAULT 0, -- when due_at was set: nothing set later than now is believed
    lease_until {BIGINT} NOT NULL DEFAULT 0,
    claimed_by TEXT,
    fetch_url TEXT NOT NULL,               -- where it is polled: differs after a permanent redirect
    found {BIGINT} NOT NULL DEFAULT 0,     -- 1: fetch_url was found on the page at url; 2: and is no feed any more;
                                           -- 3: url leads for now to it at another host
    etag TEXT,
    last_modified TEXT,
    first_success_at {BIGINT},
    last_success_at {BIGINT},
    prior_success_at {BIGINT},             -- the good poll before that one
    failures {BIGINT} NOT NULL DEFAULT 0,  -- failed polls in a row
    failing_since {BIGINT},
    error TEXT,
    pace TEXT,                             -- JSON: how often the feed itself wants to be read
    body_hash {BIGINT},                    -- of the document that was read last
    full_at {BIGINT} NOT NULL DEFAULT 0,   -- when its whole document was sent last
    gap_from {BIGINT},                     -- the last time that a poll shared no entry with the one before: entries
    gap_until {BIGINT},                    -- may have been missed between these two
    trouble TEXT                           -- what kind of failure the last one was, a word; counts where there is an error
) {STRICT};

CREATE INDEX polls_due ON polls(due_at, feed_id) WHERE active = 1 AND gone = 0;
CREATE INDEX polls_leased ON polls(claimed_by) WHERE lease_until > 0;
CREATE INDEX polls_failing ON polls(feed_id) WHERE failures > 0;

-- How often a feed was polled in each hour of the last month.
CREATE TABLE poll_hours (
    feed_id {BIGINT} NOT NULL REFERENCES feeds(id),
    place {BIGINT} NOT NULL,               -- of the hour within 31 days: a later one takes the place of the one before
    hour {BIGINT} NOT NULL,                -- counted from 1970
    polls {BIGINT} NOT NULL,
    failed {BIGINT} NOT NULL,              -- how many of them
    news {BIGINT} NOT NULL,                -- entries that were not known before
    PRIMARY KEY (feed_id, place)
) {BY_KEY};

-- A cluster of independent reports.
CREATE TABLE stories (
    id {PK},
    title TEXT NOT NULL,                   -- of the first report
    first_at {BIGINT} NOT NULL,
    last_at {BIGINT} NOT NULL,
    reports {BIGINT} NOT NULL              -- how many; copies count once
) {STRICT};

CREATE INDEX stories_by_time ON stories(last_at, id);

-- What is told once: an article and its copies.
CREATE TABLE reports (
    id {PK},
    story_id {BIGINT} REFERENCES stories(id),
    made_at {BIGINT} NOT NULL
) {STRICT};

CREATE INDEX reports_story ON reports(story_id, id) WHERE story_id IS NOT NULL;

-- The first alert of each watch of a story.
CREATE TABLE story_told (
    story_id {BIGINT} NOT NULL REFERENCES stories(id),
    watch TEXT NOT NULL,
    alert_id TEXT NOT NULL,
    PRIMARY KEY (story_id, watch)
) {BY_KEY};

-- The stories that each watch found today. Days are counted from 1970, in the zone of the configuration.
CREATE TABLE watch_stories (
    day {BIGINT} NOT NULL,
    watch TEXT NOT NULL,
    story {BIGINT} NOT NULL,               -- a story; below 0 a report that has none
    PRIMARY KEY (day, watch, story)
) {BY_KEY};

-- How many they were on each day.
CREATE TABLE watch_days (
    day {BIGINT} NOT NULL,
    watch TEXT NOT NULL,
    stories {BIGINT} NOT NULL,
    spike {BIGINT} NOT NULL DEFAULT 0,     -- 1 where they were far more than usual
    PRIMARY KEY (day, watch)
) {BY_KEY};

-- The days on which newswatch ran: on others nothing could be found.
CREATE TABLE run_days (
    day {BIGINT} PRIMARY KEY
) {STRICT};

-- Since when each watch looks for what it looks for.
CREATE TABLE watch_lives (
    watch TEXT PRIMARY KEY,
    asks TEXT NOT NULL,                    -- its query and its feeds, as indexed
    since_day {BIGINT} NOT NULL
) {STRICT};

-- What reports of stories that may go on are compared by.
CREATE TABLE story_reports (
    report_id {BIGINT} PRIMARY KEY REFERENCES reports(id),
    at {BIGINT} NOT NULL,
    language TEXT NOT NULL,
    profile TEXT NOT NULL                  -- JSON object
) {STRICT};

CREATE INDEX story_reports_by_time ON story_reports(at, report_id);

CREATE TABLE story_terms (
    term {BIGINT} NOT NULL,                -- a hash
    report_id {BIGINT} NOT NULL,
    at {BIGINT} NOT NULL,
    PRIMARY KEY (term, report_id)
) {BY_KEY};

CREATE INDEX story_terms_by_time ON story_terms(at);

CREATE TABLE report_keys (
    key TEXT PRIMARY KEY,                  -- link:..., entry:...
    report_id {BIGINT} NOT NULL REFERENCES reports(id)
) {STRICT};

-- The sentences of reports, as hashes: what copies are found by, for two weeks.
CREATE TABLE sentence_index (
    hash {BIGINT} NOT NULL,
    report_id {BIGINT} NOT NULL,
    at {BIGINT} NOT NULL,
    PRIMARY KEY (hash, report_id)
) {BY_KEY};

CREATE INDEX sentence_index_by_time ON sentence_index(at);

-- An article that tells a report again: how much of it, and what it adds.
CREATE TABLE copies (
    entry_id {BIGINT} PRIMARY KEY,
    report_id {BIGINT} NOT NULL,
    same_words {BIGINT} NOT NULL,
    of_words {BIGINT} NOT NULL,
    delta TEXT NOT NULL,                   -- JSON list of sentences
    at {BIGINT} NOT NULL
) {STRICT};

CREATE INDEX copies_report ON copies(report_id, entry_id);

CREATE TABLE entries (
    id {PK},
    feed_id {BIGINT} NOT NULL REFERENCES feeds(id),
    state {BIGINT} NOT NULL,               -- 0 to be scraped, 1 to be flagged, 2 done, 3 seen at the first poll,
                                           -- 4 seen, and to be read to be looked back on
    slot {BIGINT} NOT NULL,                -- 0 to 255, of the host of its link
    host TEXT {C} NOT NULL DEFAULT '',     -- the server of its link, with the port; '' where it has none
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
    rereads {BIGINT} NOT NULL DEFAULT 0,   -- how often it was read again because its feed had changed it
    page_at {BIGINT} NOT NULL DEFAULT 0,   -- told from the feed's text for now: when its page is read again; else 0
    not_before {BIGINT} NOT NULL DEFAULT 0,
    lease_until {BIGINT} NOT NULL DEFAULT 0,
    claimed_by TEXT,
    set_aside TEXT,                        -- the document that was not read of it; its own texts are kept then
    report_id {BIGINT} REFERENCES reports(id),
    facts TEXT                             -- JSON: what it said of itself when it was seen last, to know it again
) {STRICT};

CREATE INDEX entries_due ON entries(state, id) WHERE state < 2;
CREATE INDEX entries_unflagged ON entries(feed_id, id) WHERE state = 1;
CREATE INDEX entries_backlog ON entries(id) WHERE state = 4;
CREATE INDEX entries_pages ON entries(host, feed_id, id) WHERE state = 0;
CREATE INDEX entries_leased ON entries(claimed_by) WHERE lease_until > 0;
CREATE INDEX entries_set_aside ON entries(set_aside) WHERE set_aside IS NOT NULL;
CREATE INDEX entries_report ON entries(report_id, id) WHERE report_id IS NOT NULL;
CREATE INDEX entries_feed ON entries(feed_id, id);

CREATE TABLE entry_keys (
    feed_id {BIGINT} NOT NULL REFERENCES feeds(id),
    key TEXT NOT NULL,
    entry_id {BIGINT} NOT NULL REFERENCES entries(id),
    shared {BIGINT} NOT NULL DEFAULT 0,    -- 1 once two different entries have had it: it proves nothing any more
    PRIMARY KEY (feed_id, key)
) {BY_KEY};

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
    feed_title TEXT,                       -- the feed's own headline
    feed_summary TEXT,                     -- the feed's own summary, as text
    from_page {BIGINT} NOT NULL,           -- 1 when the text is the page's, 0 when it is the feed's own, 2 when it is for now
    page_problem TEXT,                     -- why the page did not give the whole text; null when it did, or was not asked
    link_hash {BIGINT},                    -- of the link of its entry, as links are compared
    url_hash {BIGINT},                     -- of url, likewise
    etag TEXT,                             -- of the page, to ask whether it is as it was
    last_modified TEXT,
    page_read_at {BIGINT},                 -- when the page gave its text last
    scraped_at {BIGINT} NOT NULL
) {STRICT};

CREATE INDEX articles_link ON articles(link_hash) WHERE from_page = 1;
CREATE INDEX articles_url ON articles(url_hash) WHERE from_page = 1;

-- Articles are looked through, and forgotten, in the order in which they came in.
CREATE INDEX articles_by_time ON articles(scraped_at, entry_id);

CREATE TABLE alerts (
    seq {PK},
    id TEXT {C} NOT NULL UNIQUE,
    watch TEXT NOT NULL,
    report_id {BIGINT} NOT NULL REFERENCES reports(id),
    episode {BIGINT} NOT NULL,             -- counts the alerts that a watch may raise for one report
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
    quote TEXT NOT NULL DEFAULT '{}',      -- JSON object: passages, marks, found words
    reading TEXT NOT NULL DEFAULT '{}',    -- JSON object: how the article was read
    told_at {BIGINT} NOT NULL,             -- when its watch lets people be told: later while it cools down
    notes TEXT NOT NULL DEFAULT '[]',      -- JSON list: what is to be said beside it
    acked_at {BIGINT},
    acked_by TEXT,
    UNIQUE (report_id, watch, episode)
) {STRICT};

CREATE INDEX alerts_by_time ON alerts(raised_at, seq);
CREATE INDEX alerts_watch ON alerts(watch, raised_at, seq);

-- The pages of alerted articles that are looked at again, and when.
CREATE TABLE visits (
    entry_id {BIGINT} PRIMARY KEY REFERENCES entries(id),
    due_at {BIGINT} NOT NULL,
    set_at {BIGINT} NOT NULL,              -- when due_at was set
    lease_until {BIGINT} NOT NULL DEFAULT 0,
    claimed_by TEXT,
    tries {BIGINT} NOT NULL DEFAULT 0,     -- tries in a row that failed in passing
    etag TEXT,
    last_modified TEXT,
    gone_since {BIGINT},                   -- when the page was found to be gone, as long as it is
    gone_told {BIGINT} NOT NULL DEFAULT 0  -- 1 once people were told of that
) {STRICT};

CREATE INDEX visits_due ON visits(due_at, entry_id);
CREATE INDEX visits_leased ON visits(claimed_by) WHERE lease_until > 0;

-- What an alerted article said when it was alerted, and each time it said something else.
CREATE TABLE article_versions (
    entry_id {BIGINT} NOT NULL REFERENCES entries(id),
    number {BIGINT} NOT NULL,              -- from 1
    at {BIGINT} NOT NULL,                  -- when it was found
    title TEXT NOT NULL,
    text TEXT,                             -- null where the page was gone
    is_whole {BIGINT} NOT NULL,            -- 1 where it is the whole text, 0 for the beginning of one behind a wall
    visited {BIGINT} NOT NULL,             -- 1 where a visit found it, 0 where an alert was raised on it
    kinds TEXT NOT NULL,                   -- JSON list: in which ways it differs from the one before
    changes TEXT NOT NULL,                 -- JSON list: the sentences that differ
    PRIMARY KEY (entry_id, number)
) {BY_KEY};

-- What people think of an alert.
CREATE TABLE alert_marks (
    alert_id TEXT {C} PRIMARY KEY REFERENCES alerts(id),
    mark TEXT NOT NULL,                    -- 'useful', 'noise'
    who TEXT NOT NULL,
    at {BIGINT} NOT NULL
) {STRICT};

CREATE INDEX alert_marks_time ON alert_marks(at);

-- A match that raised no alert, and why.
CREATE TABLE held (
    seq {PK},
    watch TEXT NOT NULL,
    entry_id {BIGINT} NOT NULL REFERENCES entries(id),
    reason TEXT NOT NULL,                  -- a word
    detail TEXT NOT NULL,                  -- JSON object: the data of the reason
    score DOUBLE PRECISION NOT NULL,
    terms TEXT NOT NULL,
    sentence TEXT NOT NULL,
    held_at {BIGINT} NOT NULL,
    UNIQUE (entry_id, watch)
) {STRICT};

CREATE INDEX held_by_time ON held(held_at, seq);
CREATE INDEX held_watch ON held(watch, held_at, seq);

CREATE TABLE channels (
    name TEXT PRIMARY KEY,
    state TEXT NOT NULL DEFAULT 'ok',      -- 'ok', 'failing', 'paused', 'misconfigured', 'gone'
    not_before {BIGINT} NOT NULL DEFAULT 0, -- nothing is sent before this time
    new_from {BIGINT} NOT NULL DEFAULT 0,  -- while it fails: when a message may be sent that was never tried
    probe TEXT NOT NULL DEFAULT 'oldest',  -- while it fails: what it is probed with: 'oldest', 'another', 'spotless'
    set_at {BIGINT} NOT NULL DEFAULT 0,    -- when not_before was set
    error TEXT,
    failing_since {BIGINT},
    last_success_at {BIGINT},
    failures {BIGINT} NOT NULL DEFAULT 0,  -- tries in a row that were not accepted
    suspects {BIGINT} NOT NULL DEFAULT 0,  -- different messages among them
    refusals {BIGINT} NOT NULL DEFAULT 0,  -- tries among them that the other side refused
    template_error TEXT,                   -- why the last message has the built-in form in the place of a template's
    -- Its legs by where they stand, kept by whoever moves one.
    waiting {BIGINT} NOT NULL DEFAULT 0,
    delivered {BIGINT} NOT NULL DEFAULT 0,
    held {BIGINT} NOT NULL DEFAULT 0,
    abandoned {BIGINT} NOT NULL DEFAULT 0
) {STRICT};

CREATE TABLE deliveries (
    seq {PK},
    id TEXT {C} NOT NULL UNIQUE,
    channel TEXT NOT NULL,
    recipient TEXT NOT NULL,               -- '' where the channel has none
    state {BIGINT} NOT NULL,               -- 0 waiting, 1 sent, 2 abandoned
    urgency {BIGINT} NOT NULL,             -- 0 when an alert in it has priority high, else 1: what is sent first
    not_before {BIGINT} NOT NULL,
    set_at {BIGINT} NOT NULL,              -- when not_before was set: the last try, or when it was made
    lease_until {BIGINT} NOT NULL DEFAULT 0,
    claimed_by TEXT,
    tries {BIGINT} NOT NULL DEFAULT 0,     -- tries that count against the schedule
    first_tried_at {BIGINT},
    turned_away {BIGINT} NOT NULL DEFAULT 0, -- 1 once the other side was there and did not take it
    ended_at {BIGINT},
    reason TEXT,                           -- of the last failed try
    body TEXT,                             -- what the first try brought, and every later one brings
    message TEXT,                          -- what the receiver's service calls the message
    occasion TEXT,                         -- JSON object: what it is about beside its alerts; null for an alert
    is_short {BIGINT} NOT NULL DEFAULT 0,  -- 1 once the receiver has refused the form of the whole body
    created_at {BIGINT} NOT NULL
) {STRICT};

CREATE INDEX deliveries_due ON deliveries(channel, urgency, seq) WHERE state = 0;
CREATE INDEX deliveries_by_time ON deliveries(channel, recipient, created_at);
CREATE INDEX deliveries_open ON deliveries(seq) WHERE state <> 1;
CREATE INDEX deliveries_leased ON deliveries(claimed_by) WHERE lease_until > 0;

-- One alert's way to one receiver.
CREATE TABLE legs (
    seq {PK},
    alert_id TEXT {C} NOT NULL REFERENCES alerts(id),
    channel TEXT NOT NULL,
    recipient TEXT NOT NULL,               -- '' where the channel has none
    state {BIGINT} NOT NULL,               -- 0 waiting, 1 gathered, 2 held
    bundle TEXT NOT NULL,                  -- '' alone; else what it is gathered with, as 'digest:morning'
    not_before {BIGINT} NOT NULL,
    delivery_id TEXT {C} REFERENCES deliveries(id),
    reason TEXT,                           -- what it waits for, or why it is held: a word
    detail TEXT,                           -- JSON object: the data of the reason
    made_at {BIGINT} NOT NULL,
    UNIQUE (alert_id, channel, recipient)
) {STRICT};

CREATE INDEX legs_bundle ON legs(channel, recipient, bundle, not_before) WHERE state = 0;
CREATE INDEX legs_by_time ON legs(channel, recipient, made_at);

-- What is known of a receiver beside what came to it.
CREATE TABLE receivers (
    channel TEXT NOT NULL,
    recipient TEXT NOT NULL,
    storm_since {BIGINT} NOT NULL DEFAULT 0,
    storm_until {BIGINT} NOT NULL DEFAULT 0, -- alerts are joined until then
    PRIMARY KEY (channel, recipient)
) {BY_KEY};

-- What is wrong with newswatch itself and was told, and when messages of set times were made.
CREATE TABLE troubles (
    key TEXT PRIMARY KEY,                  -- what it is about: 'channel:desk'
    event TEXT NOT NULL,                   -- JSON object: what was said; '' where nothing is
    seen_at {BIGINT} NOT NULL,             -- when it was found the last time
    ends {BIGINT} NOT NULL                 -- 1 where its end is told
) {STRICT};

-- Alerts that nobody wants for a while.
CREATE TABLE silences (
    id {PK},
    watch TEXT,
    feed TEXT,
    report_id {BIGINT},
    text TEXT,
    author TEXT NOT NULL,
    reason TEXT NOT NULL,
    starts_at {BIGINT} NOT NULL,
    ends_at {BIGINT} NOT NULL,
    held {BIGINT} NOT NULL DEFAULT 0,      -- legs that it has held
    told {BIGINT} NOT NULL DEFAULT 0       -- 1 once somebody was told that it has ended
) {STRICT};

CREATE INDEX silences_untold ON silences(id) WHERE told = 0;

CREATE INDEX legs_due ON legs(not_before, seq) WHERE state = 0;
CREATE INDEX legs_delivery ON legs(delivery_id) WHERE delivery_id IS NOT NULL;

-- Who asked for no more messages.
CREATE TABLE suppressions (
    recipient TEXT NOT NULL,               -- a mail address in small letters
    watch TEXT NOT NULL,                   -- '' for all of them
    since {BIGINT} NOT NULL,
    PRIMARY KEY (recipient, watch)
) {BY_KEY};

CREATE TABLE attempts (
    seq {PK},
    delivery_id TEXT {C} NOT NULL REFERENCES deliveries(id),
    at {BIGINT} NOT NULL,
    outcome TEXT NOT NULL,                 -- 'accepted', 'failed', 'paused', 'misconfigured', 'too-long', 'refused', 'gone'
    reason TEXT,
    answer TEXT                            -- what the receiver said when it accepted
) {STRICT};

CREATE INDEX attempts_delivery ON attempts(delivery_id, seq);

-- What is counted, kept by whoever adds to it: counting would read everything.
CREATE TABLE tallies (
    name TEXT PRIMARY KEY,                 -- 'alerts', 'held', 'story-reports'
    number {BIGINT} NOT NULL
) {STRICT};

-- The rules of each site for robots, as they were read last.
CREATE TABLE robots (
    origin TEXT PRIMARY KEY,               -- scheme, host and port
    rules TEXT NOT NULL,                   -- the lines that hold for newswatch; '' where there is no file
    read_at {BIGINT} NOT NULL
) {STRICT};

CREATE INDEX robots_by_time ON robots(read_at);

-- The servers that have asked to be left alone, and until when.
CREATE TABLE host_rests (
    server TEXT NOT NULL,
    of_pages {BIGINT} NOT NULL,            -- 1 where it is its pages that are not asked for, 0 where its feeds
    until {BIGINT} NOT NULL,
    PRIMARY KEY (server, of_pages)
) {BY_KEY};

CREATE INDEX host_rests_by_time ON host_rests(until);

-- The pages read of each host and the lines that stood on them, to know the lines that stand on many. A line, an address
-- and a headline are kept as hashes: the first eight bytes of their SHA-256.
CREATE TABLE page_hosts (
    id {PK},
    name TEXT NOT NULL UNIQUE,             -- as in the addresses of its pages, without "www."
    pages {BIGINT} NOT NULL,               -- distinct pages read so far: the number of the newest
    read_at {BIGINT} NOT NULL              -- when the last of them was read
) {STRICT};

CREATE INDEX page_hosts_by_time ON page_hosts(read_at, id);

CREATE TABLE host_pages (
    host_id {BIGINT} NOT NULL REFERENCES page_hosts(id),
    number {BIGINT} NOT NULL,
    address {BIGINT} NOT NULL,
    headline {BIGINT},
    PRIMARY KEY (host_id, number)
) {BY_KEY};

CREATE TABLE host_lines (
    host_id {BIGINT} NOT NULL REFERENCES page_hosts(id),
    line {BIGINT} NOT NULL,
    last_page {BIGINT} NOT NULL,           -- the number of the newest page it stood on
    history {BIGINT} NOT NULL,             -- bit n: it stood on the page n before that one
    PRIMARY KEY (host_id, line)
) {BY_KEY};
