//! Stories as HTML pages, each outlet by a template of its own.

use serde_json::json;

use super::outlet::Outlet;
use super::story::{PageKind, Story};
use super::template::{escape, fill};

/// The page of a story.
///
/// `base` is the newsroom's own address without a final slash, `today` the date that a site shows in its
/// head, which is not the date of the story.
pub(super) fn story_page(story: &Story, kind: PageKind, base: &str, today: &str) -> String {
    let mut paragraphs = story.raw_paragraphs();
    let lead = html_text(paragraphs.next().unwrap_or_default());
    let opening_tag = paragraph_tag(story.outlet);
    let rest: Vec<String> = paragraphs
        .map(|paragraph| format!("{opening_tag}{}</p>", html_text(paragraph)))
        .collect();
    let link = format!("{base}{}", story.page_path(kind));
    fill(
        template(story.outlet, kind),
        &[
            ("base", base),
            ("site", story.outlet.name()),
            ("today", today),
            ("title", &escape(story.title)),
            ("summary", &escape(story.summary)),
            ("lead", &lead),
            ("paragraphs", &rest.join("\n")),
            ("byline", &escape(story.byline)),
            ("date", &story.published_on_page()),
            ("iso_date", &story.published()),
            ("link", &link),
            (
                "print_link",
                &format!("{base}{}", story.page_path(PageKind::Print)),
            ),
            ("json_ld", &json_ld(story, &link)),
        ],
    )
}

/// The list of outlets and feeds, for people who open the newsroom in a browser.
pub(super) fn index_page(base: &str) -> String {
    let outlets: Vec<String> = Outlet::ALL
        .iter()
        .map(|outlet| {
            format!(
                r#"<li>{}: <a href="{base}{}">feed</a></li>"#,
                escape(outlet.name()),
                outlet.feed_path()
            )
        })
        .collect();
    fill(
        include_str!("assets/pages/index.html"),
        &[("outlets", &outlets.join("\n"))],
    )
}

fn template(outlet: Outlet, kind: PageKind) -> &'static str {
    match (kind, outlet) {
        (PageKind::Print, _) => include_str!("assets/pages/print.html"),
        (PageKind::Site, Outlet::Gazette) => include_str!("assets/pages/full.html"),
        (PageKind::Site, Outlet::Wire) => include_str!("assets/pages/wire.html"),
        (PageKind::Site, Outlet::HaiDang) => include_str!("assets/pages/haidang.html"),
        (PageKind::Site, Outlet::Lantern) => include_str!("assets/pages/lantern.html"),
    }
}

fn paragraph_tag(outlet: Outlet) -> &'static str {
    match outlet {
        Outlet::Gazette => r#"<p style="text-align: justify;">"#,
        Outlet::Wire | Outlet::HaiDang | Outlet::Lantern => "<p>",
    }
}

/// The text of a paragraph as HTML; the asset's `~` becomes a non-breaking space.
fn html_text(raw: &str) -> String {
    escape(raw).replace('~', "&nbsp;")
}

/// What the page says about itself to machines (schema.org).
fn json_ld(story: &Story, link: &str) -> String {
    json!({
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.title,
        "datePublished": story.published(),
        "author": { "@type": "Person", "name": story.byline },
        "mainEntityOfPage": link,
    })
    .to_string()
    // A script element ends at the first `</`, whatever stands around it.
    .replace("</", "<\\/")
}

#[cfg(test)]
mod tests {
    use super::super::story::STORIES;
    use super::*;

    fn page(story: &Story, kind: PageKind) -> String {
        story_page(
            story,
            kind,
            "http://127.0.0.1:1",
            "Monday, November 23, 2026",
        )
    }

    #[test]
    fn every_page_names_its_story_and_leaves_no_place_unfilled() {
        for story in STORIES {
            let page = page(story, story.page);
            assert!(page.contains(&escape(story.title)), "{}", story.slug);
            assert!(page.contains(story.byline), "{}", story.slug);
            assert!(!page.contains("{{"), "{}", story.slug);
        }
    }

    #[test]
    fn the_communique_stands_on_a_site_page_and_on_a_print_page() {
        let lead = STORIES
            .iter()
            .find(|story| story.slug == "asean-communique")
            .unwrap();
        let site = page(lead, PageKind::Site);
        let print = page(lead, PageKind::Print);
        assert!(site.contains("Monday, November 23, 2026"));
        assert!(site.contains("Related news") && site.contains("Most read"));
        assert!(!print.contains("Related news") && !print.contains("November"));
        for page in [site, print] {
            assert!(page.contains("July 31, 2019 5:56 PM GMT+7"));
            assert!(page.contains("Print article"));
            assert!(page.contains("By Thanh Lam"));
            assert!(page.contains("East&nbsp;Sea"));
            assert!(page.contains("East Sea./.</p>"));
        }
    }
}
