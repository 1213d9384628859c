//! Templates: what they may do, what is made of values, and what comes in the place of one that fails.

use super::super::message::Reader;
use super::*;

fn compiled(channel_type: &str, part: Part, source: &str) -> Result<Templates, String> {
    Templates::compile(channel_type, None, vec![(part, source.to_owned())])
        .map_err(|(_, wrong)| wrong)
}

/// What a template makes of each of the samples.
fn written(channel_type: &str, part: Part, source: &str) -> Vec<(String, Result<String, String>)> {
    let templates = compiled(channel_type, part, source).unwrap();
    let mut all = Vec::new();
    samples::each(&Reader::default(), |name, telling| {
        let filled = templates.fill(telling);
        let text = filled.part(part).map(str::to_owned);
        all.push((
            name.to_owned(),
            text.ok_or(filled.problem.unwrap_or_default()),
        ));
    });
    all
}

const TYPES: [&str; 13] = [
    "email",
    "webhook",
    "exec",
    "slack",
    "discord",
    "teams",
    "telegram",
    "ntfy",
    "matrix",
    "mattermost",
    "gotify",
    "apprise",
    "console",
];

#[test]
fn the_templates_to_start_from_work_for_every_sample_but_those_that_are_too_long() {
    for channel_type in TYPES.iter().chain(&["syslog"]) {
        for part in parts_of(channel_type) {
            for (name, text) in written(channel_type, part, starting_template(channel_type, part)) {
                if let Err(problem) = text {
                    let is_long = problem.contains("writes more than") && name == "500 alerts";
                    assert!(
                        is_long,
                        "{channel_type} {}: {name}: {problem}",
                        part.as_str()
                    );
                }
            }
        }
    }
}

#[test]
fn what_is_printed_is_inert_where_it_goes() {
    for (name, text) in written(
        "email",
        Part::Html,
        "<p title=\"{{ headline }}\">{{ headline }}</p>.",
    ) {
        let text = text.unwrap();
        assert_eq!(text.matches('<').count(), 2, "{name}: {text}");
        assert_eq!(text.matches('"').count(), 2, "{name}: {text}");
    }
    for (name, text) in written(
        "webhook",
        Part::Body,
        "{\"a\": \"{{ headline }}\", \"b\": {{ alerts|tojson }}}",
    ) {
        // All that is known of very many alerts is more than a body may hold.
        if name == "500 alerts" {
            assert!(text.unwrap_err().contains("more than 100000 bytes"));
            continue;
        }
        let value: serde_json::Value = serde_json::from_str(&text.unwrap()).unwrap();
        assert_eq!(value.as_object().unwrap().len(), 2, "{name}");
    }
    for (name, text) in written("email", Part::Subject, "{{ headline }} ") {
        let text = text.unwrap_or_else(|problem| problem);
        assert!(
            !text.contains(['\r', '\n']) && !text.contains("=?"),
            "{name}: {text}"
        );
        assert!(text.chars().count() <= 1_000, "{name}");
    }
    for (name, text) in written("slack", Part::Text, "*{{ watch }}* {{ headline }}.") {
        let text = text.unwrap();
        assert!(
            !text.contains("<!") && !text.contains("<@"),
            "{name}: {text}"
        );
    }
    for (name, text) in written("telegram", Part::Text, "<b>{{ headline }}</b>.") {
        assert_eq!(text.unwrap().matches('<').count(), 2, "{name}");
    }
    for (name, text) in written("mattermost", Part::Text, "{{ headline }}.") {
        let text = text.unwrap();
        assert!(
            !text.contains("@here") && !text.contains("@everyone"),
            "{name}: {text}"
        );
    }
    let form = Templates::compile(
        "webhook",
        Some("application/x-www-form-urlencoded"),
        vec![(Part::Body, "title={{ headline }}&x=1".into())],
    );
    samples::each(&Reader::default(), |name, telling| {
        let filled = form.as_ref().unwrap().fill(telling);
        let body = filled.body.unwrap();
        let pairs: Vec<_> = url::form_urlencoded::parse(body.as_bytes()).collect();
        assert_eq!(pairs.len(), 2, "{name}: {body}");
    });
}

#[test]
fn a_template_that_is_none_says_where_and_why() {
    for (source, reason) in [
        (
            "a\n{% include 'x' %}",
            "line 2: {% include %} is not known here",
        ),
        ("{% macro x() %}{% endmacro %}", "{% macro %} is not known"),
        ("{% set a = 1 %}", "{% set %} is not known"),
        ("{% raw %}{% endraw %}", "{% raw %} is not known"),
        ("{{ headline * 9 }}", "* has no use"),
        ("{{ headline", "a tag has no end"),
        ("{% if headline %}", "line 1"),
        ("{{ 'a' + }}", "line 1"),
    ] {
        let wrong = compiled("email", Part::Text, source)
            .err()
            .unwrap_or_default();
        assert!(wrong.contains(reason), "{source}: {wrong}");
    }
    assert!(
        compiled(
            "email",
            Part::Text,
            "{{ '*' }} ** {# * {% set %} #} * {{ \"}}*\" }}"
        )
        .is_ok()
    );
    assert!(compiled("slack", Part::Html, "x").is_err());
    let long = "x".repeat(70_000);
    assert!(
        compiled("email", Part::Text, &long)
            .unwrap_err()
            .contains("larger than")
    );
}

#[test]
fn a_template_that_fails_gives_way_to_the_built_in_form_and_says_why() {
    for (source, reason) in [
        (
            "{{ alert.no_such_name }}",
            "no value \"alert.no_such_name\"",
        ),
        (
            "{{ no_such_name.at_all }}",
            "no value \"no_such_name.at_all\"",
        ),
        ("{{ headline|unknown }}", "unknown"),
        (" \n ", "it writes nothing"),
        (
            "{% for a in text %}{% for b in text %}{% for c in text %}{{ text }}{% endfor %}{% endfor %}{% endfor %}",
            "more than",
        ),
        (
            "x{% for a in 'abcdefghijklmnopqrstuvwxyz' %}{% for b in 'abcdefghijklmnopqrstuvwxyz' %}{% for c in 'abcdefghijklmnopqrstuvwxyz' %}{% for d in 'abcdefghijklmnopqrstuvwxyz' %}{% if d == 1 %}{% endif %}{% endfor %}{% endfor %}{% endfor %}{% endfor %}",
            "steps",
        ),
    ] {
        let all = written("email", Part::Text, source);
        let (_, text) = all.first().unwrap();
        let problem = text.as_ref().unwrap_err();
        assert!(
            problem.starts_with("the template for text: ") && problem.contains(reason),
            "{source}: {problem}"
        );
    }
    let all = written("webhook", Part::Body, "{ \"title\": {{ headline }} }");
    assert!(
        all[0].1.as_ref().unwrap_err().contains("is not JSON"),
        "{:?}",
        all[0]
    );
    let all = written("telegram", Part::Text, "<b>{{ headline }}");
    assert!(
        all[0].1.as_ref().unwrap_err().contains("<b> is not closed"),
        "{:?}",
        all[0]
    );
    let all = written("telegram", Part::Text, "<p>{{ headline }}</p>");
    assert!(
        all[0].1.as_ref().unwrap_err().contains("knows no tag <p>"),
        "{:?}",
        all[0]
    );
}

#[test]
fn the_samples_bring_out_what_an_ordinary_article_does_not() {
    let templates = compiled("email", Part::Text, "{{ alert.link|urlencode }}").unwrap();
    let problems = templates.tried(&Reader::default());
    assert!(!problems.is_empty());
    let good = compiled("email", Part::Text, "{{ text }}.").unwrap();
    assert_eq!(good.tried(&Reader::default()), []);
}
