//! Writes the feeds and the pages.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};

use bytes::Bytes;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use jiff::Timestamp;

use crate::words::Dice;
use crate::world::{Kind, Place, Size, Story, almost, kind_of, words_of};

/// A body that is ready to be sent.
#[derive(Debug, Clone)]
pub(crate) struct Packed {
    gzip: Bytes,
}

impl Packed {
    fn new(text: &str) -> Self {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text.as_bytes()).expect("memory takes it");
        Self {
            gzip: encoder.finish().expect("memory takes it").into(),
        }
    }

    /// As it is sent to whom understands gzip.
    pub(crate) fn gzip(&self) -> Bytes {
        self.gzip.clone()
    }

    /// As it is sent to all others.
    pub(crate) fn plain(&self) -> Bytes {
        let mut plain = Vec::new();
        GzDecoder::new(&*self.gzip)
            .read_to_end(&mut plain)
            .expect("what was packed can be unpacked");
        plain.into()
    }
}

/// What a feed says of a story.
struct Announced {
    id: String,
    link: String,
    title: String,
    summary: String,
    /// The beginning of the story, as HTML.
    content: String,
    at: Timestamp,
}

/// Writes a feed of 10 to 90 kB; `stories` with the time each came out.
pub(crate) fn feed(size: Size, feed: usize, stories: &[(Story, Timestamp)]) -> Packed {
    let bytes = Dice::of(size.seed, &[feed as u64, 9]).between(10_000, 90_000);
    let of_each = (bytes / stories.len().max(1)).saturating_sub(700);
    let announced: Vec<Announced> = stories
        .iter()
        .map(|(story, at)| announced(size, *story, *at, of_each))
        .collect();
    let title = format!("Paper {feed}");
    Packed::new(&match kind_of(feed) {
        Kind::Rss => rss(&title, &announced),
        Kind::Atom => atom(size, feed, &title, &announced),
        Kind::Rdf => rdf(size, feed, &title, &announced),
        Kind::Json => json(&title, &announced),
    })
}

fn announced(size: Size, story: Story, at: Timestamp, content_bytes: usize) -> Announced {
    let mut dice = size.dice(story, 4);
    let mut title = dice.sentence();
    let mut summary = dice.text(150);
    match size.hit(story) {
        Some(hit) if hit.place == Place::Headline => {
            title = format!(
                "{} {}",
                words_of(hit.watch).trim_end_matches('.'),
                story.number
            );
        }
        Some(hit) if hit.place == Place::Summary => {
            summary = format!("{} {}", words_of(hit.watch), summary);
        }
        Some(_) | None => {}
    }
    if let Some(watch) = size.decoy(story) {
        summary = format!("{summary} {}", almost(watch));
    }
    Announced {
        id: format!("story-{}-{}", story.feed, story.number),
        link: size.story_url(story),
        title,
        summary,
        content: format!("<p>{}</p>", dice.text(content_bytes)),
        at,
    }
}

fn rss(title: &str, announced: &[Announced]) -> String {
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" \
         xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel><title>{title}</title>\
         <description>Load</description>\n"
    );
    for one in announced {
        let date = one.at.strftime("%a, %d %b %Y %H:%M:%S +0000");
        writeln!(
            text,
            "<item><title>{}</title><link>{}</link><guid isPermaLink=\"false\">{}</guid><pubDate>{date}</pubDate>\
             <description>{}</description><content:encoded><![CDATA[{}]]></content:encoded></item>",
            one.title, one.link, one.id, one.summary, one.content
        )
        .expect("memory takes it");
    }
    text + "</channel></rss>\n"
}

fn atom(size: Size, feed: usize, title: &str, announced: &[Announced]) -> String {
    let newest = announced.first().map(|one| one.at).unwrap_or_default();
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\
         <title>{title}</title><id>{}</id><updated>{newest}</updated>\n",
        size.feed_url(feed)
    );
    for one in announced {
        writeln!(
            text,
            "<entry><title>{}</title><link href=\"{}\"/><id>urn:{}</id><published>{at}</published>\
             <updated>{at}</updated><summary>{}</summary><content type=\"html\"><![CDATA[{}]]></content></entry>",
            one.title,
            one.link,
            one.id,
            one.summary,
            one.content,
            at = one.at
        )
        .expect("memory takes it");
    }
    text + "</feed>\n"
}

fn rdf(size: Size, feed: usize, title: &str, announced: &[Announced]) -> String {
    let about = size.feed_url(feed);
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rdf:RDF xmlns=\"http://purl.org/rss/1.0/\" \
         xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
         xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel rdf:about=\"{about}\">\
         <title>{title}</title><link>{about}</link><description>Load</description></channel>\n"
    );
    for one in announced {
        writeln!(
            text,
            "<item rdf:about=\"{link}\"><title>{}</title><link>{link}</link><dc:date>{}</dc:date>\
             <description>{}</description><content:encoded><![CDATA[{}]]></content:encoded></item>",
            one.title,
            one.at,
            one.summary,
            one.content,
            link = one.link
        )
        .expect("memory takes it");
    }
    text + "</rdf:RDF>\n"
}

fn json(title: &str, announced: &[Announced]) -> String {
    let items: Vec<serde_json::Value> = announced
        .iter()
        .map(|one| {
            serde_json::json!({
                "id": one.id, "url": one.link, "title": one.title, "summary": one.summary,
                "content_html": one.content, "date_published": one.at.to_string(),
            })
        })
        .collect();
    serde_json::json!({
        "version": "https://jsonfeed.org/version/1.1", "title": title, "items": items,
    })
    .to_string()
}

/// Writes the page of a story: 80 to 170 kB, of which 3 to 12 kB are the text, as on news sites.
pub(crate) fn page(size: Size, story: Story, at: Timestamp) -> Packed {
    let said = announced(size, story, at, 0);
    let mut dice = size.dice(story, 5);
    let bytes = dice.between(80_000, 170_000);
    let mut paragraphs: Vec<String> = vec![said.summary];
    for _ in 0..dice.between(8, 28) {
        let length = dice.between(250, 450);
        paragraphs.push(dice.text(length));
    }
    if let Some(hit) = size.hit(story).filter(|hit| hit.place == Place::Page) {
        let place = dice.between(1, paragraphs.len());
        let sentence = format!(" {}", words_of(hit.watch));
        paragraphs[place].push_str(&sentence);
    }
    let body = paragraphs.join("</p>\n<p>");
    // What a site puts on all its pages.
    let mut of_site = Dice::of(size.seed, &[story.feed as u64 / 4, 6]);
    let mut menu = String::new();
    for link in 0..60 {
        let label = of_site.text(15);
        write!(menu, "<li><a href=\"/part/{link}\">{label}</a></li>").expect("memory takes it");
    }
    let furniture = menu.len() + body.len() + 1500;
    let filling = dice.filling(bytes.saturating_sub(furniture));
    let (script, style) = filling.split_at(filling.len() / 2);
    Packed::new(&format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title} | Paper {feed}</title>\n\
         <meta property=\"og:title\" content=\"{title}\"><meta property=\"og:type\" content=\"article\">\n\
         <meta property=\"article:published_time\" content=\"{at}\"><link rel=\"canonical\" href=\"{link}\">\n\
         <style>{style}</style><script>var settings = \"{script}\";</script></head>\n<body><header><nav><ul>{menu}</ul>\
         </nav></header>\n<main><article><h1>{title}</h1><p class=\"byline\">By Ann Example</p>\n<p>{body}</p></article>\
         </main>\n<footer><p>All rights are with the paper. Write to the desk.</p></footer></body></html>\n",
        title = said.title,
        feed = story.feed,
        link = said.link,
    ))
}
