//! Redirects: from one hop to the next, and what the whole way means for the feed's address.
//!
//! Takes statuses and `Location` fields, gives URLs; requests nothing.

use url::Url;

use super::FetchError;

/// How many redirects are followed. Real chains have two or three: to https, to www, to the new path.
pub(crate) const MAX_REDIRECTS: usize = 5;

/// The way a request has gone so far.
#[derive(Debug)]
pub(crate) struct Trail {
    /// The URL to request now, with user and password where they belong to its origin.
    current: Url,
    /// What has been requested already, without fragments.
    seen: Vec<Url>,
    /// Whether every redirect so far was permanent.
    all_permanent: bool,
}

impl Trail {
    pub(crate) fn start(url: &Url) -> Self {
        Self {
            current: url.clone(),
            seen: vec![without_fragment(url)],
            all_permanent: true,
        }
    }

    pub(crate) fn current(&self) -> &Url {
        &self.current
    }

    /// Whether the way began at this origin and has not left it.
    pub(crate) fn has_stayed_at(&self, own: &Url) -> bool {
        self.seen.iter().all(|url| url.origin() == own.origin())
    }

    /// Goes one hop on. `changed` tells that the visitor comes as another one, with a cookie: then the same address may
    /// answer another thing.
    pub(crate) fn follow(
        &mut self,
        status: u16,
        location: Option<&[u8]>,
        changed: bool,
    ) -> Result<(), FetchError> {
        let bad = FetchError::BadRedirect { status };
        let Some(location) = location.map(String::from_utf8_lossy) else {
            return Err(bad);
        };
        let mut next = self.current.join(location.trim()).map_err(|_| bad)?;
        adopt_credentials(&mut next, &self.current);
        let without_fragment = without_fragment(&next);
        if self.seen.contains(&without_fragment) && !changed {
            return Err(FetchError::RedirectLoop);
        }
        if self.seen.len() > MAX_REDIRECTS {
            return Err(FetchError::TooManyRedirects {
                limit: MAX_REDIRECTS,
            });
        }
        self.seen.push(without_fragment);
        self.all_permanent &= is_permanent(status);
        self.current = next;
        Ok(())
    }

    /// The address that answers, without user and password: links are resolved against it and shown to people.
    pub(crate) fn final_url(&self) -> Url {
        without_credentials(&self.current)
    }

    /// The address to ask from now on, when every redirect on the way was permanent.
    ///
    /// None that gives up a secure connection: one forged answer would be enough to read the feed along for ever.
    pub(crate) fn moved_to(&self) -> Option<Url> {
        let begun_securely = self.seen.first().is_some_and(|url| url.scheme() == "https");
        let is_secure = self.seen.iter().all(|url| url.scheme() == "https");
        let is_as_secure = is_secure || !begun_securely;
        let target = without_fragment(&self.current);
        let is_elsewhere = self.seen.first() != Some(&target);
        (is_elsewhere && self.all_permanent && is_as_secure).then_some(target)
    }
}

/// Says whether a status sends a GET elsewhere.
pub(crate) fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

/// RFC 9110 §15.4.2 and §15.4.9: 301 and 308 are permanent, the others are not.
fn is_permanent(status: u16) -> bool {
    matches!(status, 301 | 308)
}

/// Carries user and password along within one origin, and takes none from a `Location`.
fn adopt_credentials(next: &mut Url, current: &Url) {
    let (user, password) = if next.origin() == current.origin() {
        (
            current.username().to_owned(),
            current.password().map(str::to_owned),
        )
    } else {
        (String::new(), None)
    };
    // These fail for URLs without a host only, which have no credentials either.
    if next.set_username(&user).is_ok() {
        next.set_password(password.as_deref()).ok();
    }
}

fn without_fragment(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_fragment(None);
    url
}

fn without_credentials(url: &Url) -> Url {
    let mut url = url.clone();
    if url.set_username("").is_ok() {
        url.set_password(None).ok();
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trail(from: &str, hops: &[(u16, &str)]) -> Result<Trail, FetchError> {
        let mut trail = Trail::start(&Url::parse(from).unwrap());
        for (status, location) in hops {
            trail.follow(*status, Some(location.as_bytes()), false)?;
        }
        Ok(trail)
    }

    #[test]
    fn a_feed_has_moved_only_when_every_redirect_was_permanent() {
        for (hops, moved) in [
            (&[(301, "/new")][..], true),
            (&[(308, "/new")], true),
            (&[(301, "/a"), (308, "/new")], true),
            (&[(302, "/new")], false),
            (&[(303, "/new")], false),
            (&[(307, "/new")], false),
            (&[(302, "/a"), (301, "/new")], false),
            (&[(301, "/a"), (302, "/new")], false),
            (&[], false),
        ] {
            let moved_to = trail("http://a.example/old", hops).unwrap().moved_to();
            let expected = moved.then(|| Url::parse("http://a.example/new").unwrap());
            assert_eq!(moved_to, expected, "{hops:?}");
        }
    }

    #[test]
    fn a_move_away_from_https_is_followed_and_never_kept() {
        for (hops, kept) in [
            (&["http://a.example/b"][..], false),
            (&["http://a.example/b", "https://a.example/c"], false),
            (&["https://b.example/c"], true),
        ] {
            let hops: Vec<(u16, &str)> = hops.iter().map(|hop| (301, *hop)).collect();
            let trail = trail("https://a.example/", &hops).unwrap();
            assert_eq!(trail.moved_to().is_some(), kept, "{hops:?}");
        }
    }

    #[test]
    fn credentials_stay_within_their_origin() {
        for (location, expected) in [
            ("/b", "http://user:pw@a.example/b"),
            ("http://a.example:80/b", "http://user:pw@a.example/b"),
            ("http://other:one@a.example/b", "http://user:pw@a.example/b"),
            ("//b.example/", "http://b.example/"),
            ("https://a.example/", "https://a.example/"),
            ("http://a.example:81/", "http://a.example:81/"),
            ("http://smuggled:in@b.example/", "http://b.example/"),
        ] {
            let trail = trail("http://user:pw@a.example/a", &[(302, location)]).unwrap();
            assert_eq!(trail.current().as_str(), expected, "{location}");
        }
    }

    #[test]
    fn credentials_do_not_come_back_with_the_first_origin() {
        let hops = [(302, "http://b.example/"), (302, "http://a.example/c")];
        let trail = trail("http://user:pw@a.example/a", &hops).unwrap();
        assert_eq!(trail.current().as_str(), "http://a.example/c");
    }

    #[test]
    fn the_final_address_shows_no_credentials() {
        let trail = trail("http://user:pw@a.example/a", &[(301, "/b")]).unwrap();
        assert_eq!(trail.final_url().as_str(), "http://a.example/b");
        assert_eq!(
            trail.moved_to().unwrap().as_str(),
            "http://user:pw@a.example/b"
        );
    }

    #[test]
    fn five_redirects_are_followed_and_not_a_sixth() {
        let hops: Vec<(u16, String)> = (1..=6).map(|n| (302, format!("/{n}"))).collect();
        let hops: Vec<(u16, &str)> = hops.iter().map(|(s, l)| (*s, l.as_str())).collect();
        assert!(trail("http://a.example/", &hops[..5]).is_ok());
        assert_eq!(
            trail("http://a.example/", &hops).unwrap_err(),
            FetchError::TooManyRedirects { limit: 5 }
        );
    }

    #[test]
    fn a_circle_is_seen_whatever_the_fragment() {
        for hops in [
            &[(302, "/a")][..],
            &[(302, "#x")],
            &[(302, "/b"), (302, "/a#y")],
        ] {
            let error = trail("http://a.example/a", hops).unwrap_err();
            assert_eq!(error, FetchError::RedirectLoop, "{hops:?}");
        }
    }

    #[test]
    fn an_address_that_sets_a_cookie_and_sends_back_to_itself_is_asked_again() {
        let mut trail = trail("http://a.example/a", &[]).unwrap();
        trail.follow(301, Some(b"/a"), true).unwrap();
        assert_eq!(trail.moved_to(), None);
        let again = trail.follow(301, Some(b"/a"), false);
        assert_eq!(again.unwrap_err(), FetchError::RedirectLoop);
    }

    #[test]
    fn a_way_that_left_its_origin_has_not_stayed_there() {
        let own = Url::parse("https://a.example/feed").unwrap();
        for (from, hops, stayed) in [
            ("https://a.example/feed", &[(302, "/x")][..], true),
            (
                "https://b.example/",
                &[(302, "https://a.example/feed")],
                false,
            ),
            (
                "https://a.example/feed",
                &[(302, "https://b.example/"), (302, "https://a.example/x")],
                false,
            ),
        ] {
            assert_eq!(trail(from, hops).unwrap().has_stayed_at(&own), stayed);
        }
    }

    #[test]
    fn a_redirect_without_a_readable_address_is_an_error() {
        let mut trail = Trail::start(&Url::parse("http://a.example/").unwrap());
        for location in [None, Some(&b"http://[::"[..])] {
            assert_eq!(
                trail.follow(301, location, false).unwrap_err(),
                FetchError::BadRedirect { status: 301 }
            );
        }
    }
}
