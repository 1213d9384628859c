//! Text with `{{name}}` places in it, and the escaping of what is put there.

/// Puts each value in the place of its name.
///
/// One pass: a value that itself holds `{{name}}` is not looked at again. A place whose name is not among
/// the values stays empty.
pub(super) fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut pieces = template.split("{{");
    let mut filled = String::from(pieces.next().unwrap_or_default());
    for piece in pieces {
        let (name, rest) = piece.split_once("}}").unwrap_or(("", piece));
        let value = values.iter().find(|(key, _)| *key == name);
        filled.push_str(value.map_or("", |(_, value)| value));
        filled.push_str(rest);
    }
    filled
}

/// Escapes text for HTML and XML, in elements and in double-quoted attributes.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_takes_its_value_and_values_are_not_filled_again() {
        let filled = fill(
            "<b>{{title}}</b> {{gone}}by {{byline}}",
            &[("title", "On {{byline}}"), ("byline", "Odile")],
        );
        assert_eq!(filled, "<b>On {{byline}}</b> by Odile");
    }

    #[test]
    fn markup_in_text_is_escaped() {
        assert_eq!(
            escape(r#"<a href="x">R&D</a>"#),
            "&lt;a href=&quot;x&quot;&gt;R&amp;D&lt;/a&gt;"
        );
    }
}
