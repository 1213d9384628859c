//! Text with `{{name}}` places in it, and the escaping of what is put there.

/// Puts each value in the place of its name.
///
/// One pass: a value that itself holds `{{name}}` is not looked at again. A place whose name is not among
/// the values stays as it is, so that it is seen.
pub(super) fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut pieces = template.split("{{");
    let mut filled = String::from(pieces.next().unwrap_or_default());
    for piece in pieces {
        let value = piece.split_once("}}").and_then(|(name, rest)| {
            let (_, value) = values.iter().find(|(key, _)| *key == name)?;
            Some((value, rest))
        });
        if let Some((value, rest)) = value {
            filled.push_str(value);
            filled.push_str(rest);
        } else {
            filled.push_str("{{");
            filled.push_str(piece);
        }
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
            "<b>{{title}}</b> by {{byline}}",
            &[("title", "On {{byline}}"), ("byline", "Odile")],
        );
        assert_eq!(filled, "<b>On {{byline}}</b> by Odile");
    }

    #[test]
    fn a_place_without_a_value_stays_visible() {
        assert_eq!(fill("a {{b}} {{c", &[("c", "x")]), "a {{b}} {{c");
    }

    #[test]
    fn markup_in_text_is_escaped() {
        assert_eq!(
            escape(r#"<a href="x">R&D</a>"#),
            "&lt;a href=&quot;x&quot;&gt;R&amp;D&lt;/a&gt;"
        );
    }
}
