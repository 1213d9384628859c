//! Templates to start from: short ones, which say most of what the built-in forms say.

use super::Part;

const SUBJECT: &str = "{% if priority == \"high\" %}! {% endif %}{{ subject }}";

const TEXT: &str = "\
{{ watch }}
{{ headline }}
{% if link %}{{ link }}
{% endif %}
{% for line in lead %}{{ line }}
{% endfor %}
{% for alert in alerts %}

{{ alert.headline }}
{{ alert.outlet }} · {{ alert.time }}
{% if alert.link %}{{ alert.link }}
{% endif %}
{% for sentence in alert.sentences %}> {{ sentence }}
{% endfor %}
{% if alert.note %}{{ alert.note }}
{% endif %}
{% endfor %}
";

const HTML: &str = "\
<!DOCTYPE html>
<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{{ subject }}</title></head><body>
<p><b>{{ watch }}</b></p>
{% for line in lead %}<p>{{ line }}</p>
{% endfor %}
{% for alert in alerts %}
<h2 dir=\"{{ alert.direction }}\">{% if alert.link %}<a href=\"{{ alert.link }}\">{{ alert.headline }}</a>{% else %}{{ alert.headline }}{% endif %}</h2>
<p>{{ alert.outlet }} · {{ alert.time }}</p>
{% for sentence in alert.pieces %}
<blockquote dir=\"{{ alert.direction }}\">{% for piece in sentence %}{% if piece.marked %}<b>{{ piece.text }}</b>{% else %}{{ piece.text }}{% endif %}{% endfor %}</blockquote>
{% endfor %}
{% if alert.note %}<p>{{ alert.note }}</p>
{% endif %}
{% endfor %}
<p>Times: {{ zone }}. {{ delivery }}</p>
</body></html>
";

const BODY: &str = "\
{
  \"title\": \"{{ headline }}\",
  \"link\": {{ link|tojson }},
  \"text\": \"{{ text }}\",
  \"alerts\": {{ alerts[:20]|tojson }}
}
";

const LINE: &str = "[{{ watch }}] {{ headline }}{% if link %} {{ link }}{% endif %}";

/// A template to start from, for a part of the messages of a type of channel.
#[must_use]
pub fn starting_template(channel_type: &str, part: Part) -> &'static str {
    match part {
        Part::Subject => SUBJECT,
        Part::Text if channel_type == "syslog" => LINE,
        Part::Text => TEXT,
        Part::Html => HTML,
        Part::Body => BODY,
    }
}
