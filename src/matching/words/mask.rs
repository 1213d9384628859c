//! Web and mail addresses inside a text: they are blanked out, so that no word is found in them.

use std::ops::Range;

/// The byte ranges of web and mail addresses, in order and apart from one another.
pub(super) fn addresses(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some((sign, byte)) = next_sign(bytes, at) {
        let floor = found.last().map_or(0, |last: &Range<usize>| last.end);
        let address = match byte {
            b':' => web_address(bytes, floor, sign),
            b'@' => mail_address(bytes, floor, sign),
            _ => bare_address(bytes, floor, sign),
        };
        at = sign + 1;
        if let Some(range) = address {
            at = at.max(range.end);
            found.push(range);
        }
    }
    found
}

/// The next byte that an address can be recognised by: the colon of `://`, an `@`, the dot of `www.`.
fn next_sign(bytes: &[u8], from: usize) -> Option<(usize, u8)> {
    let mut from = from;
    loop {
        let at = from + memchr::memchr3(b':', b'@', b'.', bytes.get(from..)?)?;
        let byte = *bytes.get(at)?;
        let is_sign = match byte {
            b':' => bytes.get(at..)?.starts_with(b"://"),
            b'.' => ends_with_any_case(bytes.get(..at)?, b"www"),
            _ => true,
        };
        if is_sign {
            return Some((at, byte));
        }
        from = at + 1;
    }
}

/// `http://…` or `https://…`, from its scheme to the end of the run of ASCII.
fn web_address(bytes: &[u8], floor: usize, colon: usize) -> Option<Range<usize>> {
    let start = [&b"https"[..], b"http"].iter().find_map(|scheme| {
        let start = colon
            .checked_sub(scheme.len())
            .filter(|start| *start >= floor)?;
        starts_with_any_case(bytes.get(start..)?, scheme).then_some(start)
    })?;
    Some(start..end_of_run(bytes, colon))
}

/// `www.…` where a word can start.
fn bare_address(bytes: &[u8], floor: usize, dot: usize) -> Option<Range<usize>> {
    let start = dot.checked_sub(3).filter(|start| *start >= floor)?;
    let before = start
        .checked_sub(1)
        .filter(|before| *before >= floor)
        .and_then(|before| bytes.get(before));
    let inside_a_word = before.is_some_and(u8::is_ascii_alphanumeric);
    let goes_on = bytes.get(dot + 1).is_some_and(u8::is_ascii_alphanumeric);
    (!inside_a_word && goes_on).then(|| start..end_of_run(bytes, start))
}

/// `local@domain.tld`
fn mail_address(bytes: &[u8], floor: usize, sign: usize) -> Option<Range<usize>> {
    let is_local = |byte: &&u8| byte.is_ascii_alphanumeric() || b"._%+-".contains(byte);
    let is_domain = |byte: &&u8| byte.is_ascii_alphanumeric() || b".-".contains(byte);
    let local = bytes
        .get(floor..sign)?
        .iter()
        .rev()
        .take_while(is_local)
        .count();
    let mut domain = bytes.get(sign + 1..)?;
    domain = domain.get(..domain.iter().take_while(is_domain).count())?;
    while let Some((b'.' | b'-', shorter)) = domain.split_last() {
        domain = shorter;
    }
    (local > 0 && domain.contains(&b'.')).then(|| sign - local..sign + 1 + domain.len())
}

fn end_of_run(bytes: &[u8], from: usize) -> usize {
    let run = bytes.get(from..).unwrap_or_default();
    let length = run
        .iter()
        // RFC 3986 §2: these never stand in an address; they close the quotation or element around it.
        .take_while(|byte| byte.is_ascii_graphic() && !b"\"<>^`{|}\\".contains(byte))
        .count();
    from + length
}

fn starts_with_any_case(bytes: &[u8], prefix: &[u8]) -> bool {
    bytes
        .get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

fn ends_with_any_case(bytes: &[u8], suffix: &[u8]) -> bool {
    let start = bytes.len().checked_sub(suffix.len());
    start.is_some_and(|start| starts_with_any_case(bytes.get(start..).unwrap_or_default(), suffix))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        addresses(text)
            .into_iter()
            .filter_map(|range| text.get(range))
            .collect()
    }

    #[test]
    fn addresses_are_found_and_nothing_else() {
        assert_eq!(
            found("see https://x.example/iran-news now"),
            ["https://x.example/iran-news"]
        );
        assert_eq!(found("HTTP://X.EXAMPLE/，南海"), ["HTTP://X.EXAMPLE/"]);
        assert_eq!(
            found("go to www.iran.example, or awww.x"),
            ["www.iran.example,"]
        );
        assert_eq!(
            found("mail jane.doe+x@mail.example.org."),
            ["jane.doe+x@mail.example.org"]
        );
        assert_eq!(found("@iran and iran@ and a@b, a://b"), [""; 0]);
        assert_eq!(
            found("<a href=\"http://a.example\">iran</a>"),
            ["http://a.example"]
        );
        assert_eq!(found("a@b.cc@d.ee"), ["a@b.cc"]);
        assert_eq!(
            found("Www.a.b WWW.c http://www.d.e"),
            ["Www.a.b", "WWW.c", "http://www.d.e"]
        );
    }
}
