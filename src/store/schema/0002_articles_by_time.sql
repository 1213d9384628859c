-- Articles are looked through, and forgotten, in the order in which they came in.

CREATE INDEX articles_by_time ON articles(scraped_at, entry_id);
