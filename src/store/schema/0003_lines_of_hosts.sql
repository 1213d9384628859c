-- The pages read of each host and the lines that stood on them, to know the lines that stand on many. A line, an address
-- and a headline are kept as hashes: the first eight bytes of their SHA-256.

CREATE TABLE hosts (
    id {PK},
    name TEXT NOT NULL UNIQUE,             -- as in the addresses of its pages, without "www."
    pages {BIGINT} NOT NULL,               -- distinct pages read so far: the number of the newest
    read_at {BIGINT} NOT NULL              -- when the last of them was read
) {STRICT};

CREATE INDEX hosts_by_time ON hosts(read_at, id);

CREATE TABLE host_pages (
    host_id {BIGINT} NOT NULL REFERENCES hosts(id),
    number {BIGINT} NOT NULL,
    address {BIGINT} NOT NULL,
    headline {BIGINT},
    PRIMARY KEY (host_id, number)
) {BY_KEY};

CREATE TABLE host_lines (
    host_id {BIGINT} NOT NULL REFERENCES hosts(id),
    line {BIGINT} NOT NULL,
    last_page {BIGINT} NOT NULL,           -- the number of the newest page it stood on
    history {BIGINT} NOT NULL,             -- bit n: it stood on the page n before that one
    PRIMARY KEY (host_id, line)
) {BY_KEY};
