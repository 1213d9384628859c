//! Walls: answers of what stands in front of a server and takes us for a robot.
//!
//! Known by the fields that each service sends, or by the words of its page. They are named, and never got round.

use reqwest::header::{HeaderMap, SERVER};

use super::headers;

/// Fields that a service sends only with a challenge or a refusal of its own.
const TELLING: [(&str, &str); 3] = [
    ("cf-mitigated", "Cloudflare"),
    ("x-amzn-waf-action", "AWS WAF"),
    ("x-vercel-mitigated", "Vercel"),
];

/// Fields that a service sends with every answer: with a refusal, they tell whose it is.
const PRESENT: [(&str, &str); 6] = [
    ("x-datadome", "DataDome"),
    ("x-iinfo", "Imperva"),
    ("x-sucuri-id", "Sucuri"),
    ("x-px", "HUMAN"),
    ("x-sucuri-block", "Sucuri"),
    ("x-kpsdk-ct", "Kasada"),
];

/// What services call themselves in `Server` that send no field of their own.
const SERVERS: [(&str, &str); 3] = [
    ("akamaighost", "Akamai"),
    ("ddos-guard", "DDoS-Guard"),
    ("qrator", "Qrator"),
];

/// Words of the pages that challenge or refuse, in small letters.
const WORDS: [(&str, &str); 16] = [
    ("cf-chl-", "Cloudflare"),
    ("cf_chl_", "Cloudflare"),
    ("cf-error-details", "Cloudflare"),
    ("challenges.cloudflare.com", "Cloudflare"),
    ("<title>just a moment...</title>", "Cloudflare"),
    ("attention required! | cloudflare", "Cloudflare"),
    ("captcha-delivery.com", "DataDome"),
    ("_incapsula_resource", "Imperva"),
    ("incapsula incident id", "Imperva"),
    ("px-captcha", "HUMAN"),
    ("pardon our interruption", "Imperva"),
    ("errors.edgesuite.net", "Akamai"),
    ("sucuri website firewall", "Sucuri"),
    ("/.within.website/x/cmd/anubis", "Anubis"),
    ("g-recaptcha", "a CAPTCHA"),
    ("h-captcha", "a CAPTCHA"),
];

/// Whose wall the fields of an answer tell of.
pub(super) fn by_fields(status: u16, fields: &HeaderMap) -> Option<&'static str> {
    let has = |list: &[(&str, &'static str)]| {
        let found = list.iter().find(|(name, _)| fields.contains_key(*name));
        found.map(|(_, service)| *service)
    };
    let telling = has(&TELLING);
    if telling.is_some() || !may_be_one(status) {
        return telling;
    }
    let server = headers::text(fields, &SERVER).unwrap_or_default();
    let server = server.to_ascii_lowercase();
    has(&PRESENT).or_else(|| {
        let found = SERVERS.iter().find(|(name, _)| server.contains(name));
        found.map(|(_, service)| *service)
    })
}

/// Whose wall the page of a refusal tells of.
pub(super) fn by_words(page: &[u8]) -> Option<&'static str> {
    let page = String::from_utf8_lossy(page).to_lowercase();
    let found = WORDS.iter().find(|(words, _)| page.contains(words));
    found.map(|(_, service)| *service)
}

/// Whether an answer of this status may be a wall's.
pub(super) fn may_be_one(status: u16) -> bool {
    matches!(status, 401 | 403 | 405 | 406 | 418 | 429 | 503)
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    fn fields(list: &[(&'static str, &'static str)]) -> HeaderMap {
        let list = list.iter().map(|(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        });
        list.collect()
    }

    #[test]
    fn walls_are_known_by_their_fields() {
        for (status, list, expected) in [
            (
                403,
                &[("cf-mitigated", "challenge")][..],
                Some("Cloudflare"),
            ),
            (202, &[("x-amzn-waf-action", "challenge")], Some("AWS WAF")),
            (403, &[("x-datadome", "protected")], Some("DataDome")),
            (200, &[("x-datadome", "protected")], None),
            (403, &[("server", "AkamaiGHost")], Some("Akamai")),
            (404, &[("server", "AkamaiGHost")], None),
            (403, &[("server", "cloudflare")], None),
            (403, &[("server", "nginx")], None),
        ] {
            assert_eq!(by_fields(status, &fields(list)), expected, "{list:?}");
        }
    }

    #[test]
    fn walls_are_known_by_their_words() {
        for (page, expected) in [
            (
                "<html><head><title>Just a moment...</title>",
                Some("Cloudflare"),
            ),
            (
                "Request unsuccessful. Incapsula incident ID: 1-2",
                Some("Imperva"),
            ),
            ("<h1>403 Forbidden</h1>", None),
        ] {
            assert_eq!(by_words(page.as_bytes()), expected, "{page}");
        }
    }
}
