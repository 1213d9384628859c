//! What each service's documentation says of a request: its fields, their types and sizes, and which markup it reads. Written
//! from the pages that are named at each, and not from what newswatch sends.

use std::collections::BTreeMap;

use serde_json::Value;

/// One request as it came.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) fields: BTreeMap<String, String>,
    pub(crate) body: Value,
}

/// A service that is posted to.
#[derive(Clone, Copy)]
pub(crate) struct Documented {
    pub(crate) name: &'static str,
    /// What it answers to a request that it takes.
    pub(crate) takes: &'static str,
    /// Everything that its documentation does not allow in a request.
    pub(crate) against: fn(&Asked) -> Vec<String>,
    /// What a reader sees of it.
    pub(crate) seen: fn(&Asked) -> String,
}

pub(crate) const SERVICES: [Documented; 10] = [
    Documented {
        name: "slack",
        takes: "ok",
        against: slack,
        seen: |asked| texts(&asked.body["blocks"]),
    },
    Documented {
        name: "discord",
        takes: r#"{"id":"1234567890"}"#,
        against: discord,
        seen: |asked| unescaped(&texts(&asked.body["embeds"])),
    },
    Documented {
        name: "teams",
        takes: "",
        against: teams,
        seen: |asked| texts(&asked.body["attachments"][0]["content"]),
    },
    Documented {
        name: "telegram",
        takes: r#"{"ok":true,"result":{"message_id":57}}"#,
        against: telegram,
        seen: |asked| entities(&texts(&asked.body)),
    },
    Documented {
        name: "ntfy",
        takes: r#"{"id":"sPs71M8A2T","event":"message"}"#,
        against: ntfy,
        seen: |asked| texts(&asked.body),
    },
    Documented {
        name: "matrix",
        takes: r#"{"event_id":"$1:example.org"}"#,
        against: matrix,
        seen: |asked| entities(&texts(&asked.body)),
    },
    Documented {
        name: "mattermost",
        takes: "ok",
        against: mattermost,
        seen: |asked| unescaped(&texts(&asked.body).replace('\u{200b}', "")),
    },
    Documented {
        name: "gotify",
        takes: r#"{"id":25,"appid":1}"#,
        against: gotify,
        seen: |asked| texts(&asked.body),
    },
    Documented {
        name: "apprise",
        takes: r#"{"error":null}"#,
        against: apprise,
        seen: |asked| texts(&asked.body),
    },
    Documented {
        name: "webhook",
        takes: "",
        against: webhook,
        seen: |asked| texts(&asked.body),
    },
];

/// Gathers what is wrong.
#[derive(Default)]
struct Faults(Vec<String>);

impl Faults {
    fn unless(&mut self, is_right: bool, what: impl Into<String>) {
        if !is_right {
            self.0.push(what.into());
        }
    }

    /// The fields of an object, each of which must be known.
    fn only(&mut self, value: &Value, known: &[&str], of: &str) {
        let Some(object) = value.as_object() else {
            self.0.push(format!("{of} is no object"));
            return;
        };
        for name in object.keys() {
            self.unless(
                known.contains(&name.as_str()),
                format!("{of} has a field {name}"),
            );
        }
    }

    fn at_most(&mut self, size: usize, limit: usize, what: &str) {
        self.unless(size <= limit, format!("{what}: {size} of at most {limit}"));
    }

    fn is_web(&mut self, url: &Value, what: &str) {
        let is_web = url
            .as_str()
            .is_some_and(|url| url.starts_with("https://") || url.starts_with("http://"));
        self.unless(is_web, format!("{what} leads to {url}"));
    }

    /// What Discord and Telegram take: a host with a dot in it.
    fn has_dotted_host(&mut self, url: &Value, what: &str) {
        let parsed = url.as_str().and_then(|url| url::Url::parse(url).ok());
        let host = parsed.and_then(|url| url.host_str().map(str::to_owned));
        self.unless(
            host.is_some_and(|host| host.contains(['.', ':'])),
            format!("{what} leads to {url}"),
        );
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn units(value: &Value) -> usize {
    text(value).encode_utf16().count()
}

/// All strings of a value.
pub(crate) fn texts(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(texts).collect::<Vec<_>>().join("\n"),
        Value::Object(fields) => fields.values().map(texts).collect::<Vec<_>>().join("\n"),
        _ => String::new(),
    }
}

/// Markdown as it is read: a backslash shows the sign behind it.
fn unescaped(text: &str) -> String {
    let mut seen = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == '\\' {
            seen.extend(chars.next());
        } else {
            seen.push(c);
        }
    }
    seen
}

fn entities(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

/// Where the links of Markdown lead: `](…)` whose bracket is not escaped.
fn markdown_links(text: &str) -> Vec<String> {
    let mut links = Vec::new();
    let chars: Vec<char> = text.chars().collect();
    let mut at = 0;
    while at < chars.len() {
        if chars[at] == '\\' {
            at += 2;
            continue;
        }
        if chars[at] == ']' && chars.get(at + 1) == Some(&'(') {
            let target = chars[at + 2..].iter().take_while(|c| **c != ')');
            links.push(target.collect());
        }
        at += 1;
    }
    links
}

/// Tags of a text, each checked: it is known, has the attributes that it may have, and is closed in its turn; and entities
/// are only those that are known.
fn markup(html: &str, known: &[(&str, &[&str])], faults: &mut Faults) -> String {
    let (mut open, mut shown, mut rest) = (Vec::<String>::new(), String::new(), html);
    while let Some((before, after)) = rest.split_once('<') {
        shown.push_str(before);
        let Some((tag, behind)) = after.split_once('>') else {
            faults.unless(false, "a < that begins no tag");
            return shown;
        };
        rest = behind;
        if let Some(name) = tag.strip_prefix('/') {
            faults.unless(
                open.pop().as_deref() == Some(name),
                format!("</{name}> out of turn"),
            );
            continue;
        }
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        let Some((_, allowed)) = known.iter().find(|(known, _)| *known == name) else {
            faults.unless(false, format!("a tag {name}"));
            continue;
        };
        for attribute in attributes
            .split_inclusive('"')
            .collect::<Vec<_>>()
            .chunks(2)
        {
            let named = attribute.concat();
            let key = named.split('=').next().unwrap_or_default().trim();
            faults.unless(
                key.is_empty() || allowed.contains(&key),
                format!("{name} with {key}"),
            );
            if key == "href" {
                let to = named.split('"').nth(1).unwrap_or_default();
                faults.unless(to.starts_with("http"), format!("a link to {to}"));
            }
        }
        open.push(name.to_owned());
    }
    shown.push_str(rest);
    faults.unless(open.is_empty(), format!("{open:?} left open"));
    faults.unless(!shown.contains('>'), "a > outside of tags");
    for piece in shown.split('&').skip(1) {
        let is_known = ["lt;", "gt;", "amp;", "quot;", "#39;"]
            .iter()
            .any(|entity| piece.starts_with(entity));
        faults.unless(
            is_known,
            format!("an & before {:?}", piece.get(..8).unwrap_or(piece)),
        );
    }
    entities(&shown)
}

/// docs.slack.dev: "Sending messages using incoming webhooks", "Rich text block", "chat.postMessage" (text of at most 40,000
/// characters, at most 50 blocks); github.com/slackapi/bolt-js issue 2509: `msg_blocks_too_long` from about 13,200 on.
fn slack(asked: &Asked) -> Vec<String> {
    let mut faults = Faults::default();
    let body = &asked.body;
    faults.unless(asked.method == "POST", "not POST");
    faults.only(
        body,
        &["text", "blocks", "unfurl_links", "unfurl_media"],
        "the message",
    );
    faults.at_most(text(&body["text"]).chars().count(), 40_000, "text");
    faults.at_most(body.to_string().chars().count(), 13_200, "the body");
    faults.unless(!text(&body["text"]).is_empty(), "no text for notifications");
    faults.unless(
        !text(&body["text"]).contains(['<', '>']),
        "a command in the text",
    );
    faults.at_most(list(&body["blocks"]).len(), 50, "blocks");
    for block in list(&body["blocks"]) {
        faults.only(block, &["type", "elements", "block_id"], "a block");
        faults.unless(block["type"] == "rich_text", "a block of another type");
        faults.unless(
            !list(&block["elements"]).is_empty(),
            "a block without elements",
        );
        for part in list(&block["elements"]) {
            let kind = text(&part["type"]);
            let is_known = ["rich_text_section", "rich_text_quote"].contains(&kind);
            faults.unless(is_known, format!("an element {kind}"));
            faults.unless(
                !list(&part["elements"]).is_empty(),
                format!("an empty {kind}"),
            );
            for piece in list(&part["elements"]) {
                slack_piece(piece, &mut faults);
            }
        }
    }
    faults.0
}

fn slack_piece(piece: &Value, faults: &mut Faults) {
    match text(&piece["type"]) {
        "text" => {
            faults.only(piece, &["type", "text", "style"], "a text");
            faults.unless(!text(&piece["text"]).is_empty(), "a text of no letters");
        }
        "link" => {
            faults.only(piece, &["type", "url", "text", "unsafe", "style"], "a link");
            faults.is_web(&piece["url"], "a link");
        }
        "date" => {
            faults.only(
                piece,
                &["type", "timestamp", "format", "url", "fallback", "style"],
                "a date",
            );
            faults.unless(piece["timestamp"].is_i64(), "a date without a time");
            faults.unless(
                text(&piece["format"]).contains('{'),
                "a date without a format",
            );
        }
        other => faults.unless(false, format!("a piece {other}")),
    }
    if let Some(style) = piece["style"].as_object() {
        for (name, value) in style {
            let is_known = ["bold", "italic", "strike", "code"].contains(&name.as_str());
            faults.unless(is_known && value.is_boolean(), format!("a style {name}"));
        }
    }
}

/// discord.com/developers/docs: "Execute Webhook", "Embed Object", "Embed Limits", "Allowed Mentions Object".
fn discord(asked: &Asked) -> Vec<String> {
    let mut faults = Faults::default();
    let body = &asked.body;
    faults.only(
        body,
        &[
            "content",
            "username",
            "avatar_url",
            "tts",
            "embeds",
            "allowed_mentions",
            "flags",
        ],
        "the message",
    );
    faults.at_most(units(&body["content"]), 2000, "content");
    faults.unless(
        body["allowed_mentions"]["parse"] == Value::Array(Vec::new()),
        "mentions are read",
    );
    let embeds = list(&body["embeds"]);
    faults.at_most(embeds.len(), 10, "embeds");
    if asked.method == "PATCH" {
        faults.unless(asked.path.contains("/messages/"), "a change of no message");
        return faults.0;
    }
    faults.unless(
        asked.method == "POST" && asked.path.contains("wait=true"),
        "the answer is not asked for",
    );
    faults.unless(!embeds.is_empty(), "nothing to show");
    let mut sum = 0;
    for embed in embeds {
        let known = [
            "title",
            "description",
            "url",
            "timestamp",
            "color",
            "footer",
            "author",
            "fields",
        ];
        faults.only(embed, &known, "an embed");
        let sizes = [
            (&embed["title"], 256),
            (&embed["description"], 4096),
            (&embed["footer"]["text"], 2048),
            (&embed["author"]["name"], 256),
        ];
        for (value, limit) in sizes {
            faults.at_most(units(value), limit, "a text");
            sum += units(value);
        }
        if !embed["url"].is_null() {
            faults.is_web(&embed["url"], "the title");
            faults.has_dotted_host(&embed["url"], "the title");
            faults.at_most(text(&embed["url"]).len(), 2048, "the address");
        }
        let is_colour = embed["color"]
            .as_u64()
            .is_some_and(|colour| colour <= 0x00ff_ffff);
        faults.unless(is_colour, "no colour");
        if let Some(at) = embed["timestamp"].as_str() {
            faults.unless(
                at.parse::<jiff::Timestamp>().is_ok(),
                format!("a time {at}"),
            );
        }
        for link in markdown_links(text(&embed["description"])) {
            faults.is_web(&Value::String(link), "a link");
        }
    }
    faults.at_most(sum, 6000, "all texts");
    faults.0
}

/// learn.microsoft.com: "Create incoming webhooks with Workflows for Microsoft Teams", "Adaptive cards for Teams" (at most 28 kB;
/// what gets through is less: 20 kB are kept here); adaptivecards.io/explorer: `RichTextBlock`, `TextRun`, `TextBlock`, `Container`.
fn teams(asked: &Asked) -> Vec<String> {
    let mut faults = Faults::default();
    let body = &asked.body;
    faults.unless(asked.method == "POST", "not POST");
    faults.at_most(body.to_string().len(), 20_000, "the body");
    faults.unless(body["type"] == "message", "no message");
    let attachment = &body["attachments"][0];
    let kind = "application/vnd.microsoft.card.adaptive";
    faults.unless(attachment["contentType"] == kind, "no adaptive card");
    let card = &attachment["content"];
    faults.only(
        card,
        &["$schema", "type", "version", "msteams", "body", "actions"],
        "the card",
    );
    faults.unless(card["type"] == "AdaptiveCard", "no AdaptiveCard");
    faults.unless(
        ["1.4", "1.5"].contains(&text(&card["version"])),
        "a version that Teams does not know",
    );
    for element in list(&card["body"]) {
        teams_element(element, &mut faults);
    }
    faults.at_most(list(&card["actions"]).len(), 6, "buttons");
    for action in list(&card["actions"]) {
        faults.only(action, &["type", "title", "url"], "a button");
        faults.unless(
            action["type"] == "Action.OpenUrl",
            "a button that is no link",
        );
        faults.is_web(&action["url"], "a button");
    }
    faults.0
}

fn teams_element(element: &Value, faults: &mut Faults) {
    match text(&element["type"]) {
        "Container" => {
            faults.only(
                element,
                &["type", "style", "items", "rtl", "spacing"],
                "a container",
            );
            for item in list(&element["items"]) {
                teams_element(item, faults);
            }
        }
        // It reads Markdown and `{{DATE(…)}}`: nothing of an outsider may stand in one.
        "TextBlock" => {
            let known = [
                "type", "text", "isSubtle", "size", "spacing", "wrap", "weight",
            ];
            faults.only(element, &known, "a text block");
            let text = text(&element["text"]);
            let is_ours =
                text.starts_with("{{DATE(20") && text.ends_with("Z)}}") && text.len() < 80;
            faults.unless(is_ours, format!("a text block says {text:?}"));
        }
        "RichTextBlock" => {
            faults.only(
                element,
                &["type", "inlines", "spacing", "horizontalAlignment"],
                "a rich text",
            );
            faults.unless(!list(&element["inlines"]).is_empty(), "an empty rich text");
            for run in list(&element["inlines"]) {
                let known = [
                    "type",
                    "text",
                    "weight",
                    "size",
                    "isSubtle",
                    "highlight",
                    "fontType",
                    "selectAction",
                    "color",
                ];
                faults.only(run, &known, "a run");
                faults.unless(run["type"] == "TextRun", "a run of another type");
                if !run["selectAction"].is_null() {
                    faults.is_web(&run["selectAction"]["url"], "a run");
                }
            }
        }
        other => faults.unless(false, format!("an element {other}")),
    }
}

/// core.telegram.org/bots/api: "sendMessage", "HTML style", `InlineKeyboardButton`, `ReplyParameters` (text of 1 to 4096
/// characters after entities are parsed).
fn telegram(asked: &Asked) -> Vec<String> {
    let mut faults = Faults::default();
    let body = &asked.body;
    let is_call = asked.method == "POST"
        && asked.path.contains("/bot")
        && asked.path.ends_with("/sendMessage");
    faults.unless(is_call, format!("{} {}", asked.method, asked.path));
    faults.only(
        body,
        &[
            "chat_id",
            "message_thread_id",
            "text",
            "parse_mode",
            "link_preview_options",
            "disable_notification",
            "reply_parameters",
            "reply_markup",
        ],
        "the call",
    );
    faults.unless(body["parse_mode"] == "HTML", "no HTML");
    let tags: [(&str, &[&str]); 5] = [
        ("b", &[]),
        ("a", &["href"]),
        ("code", &[]),
        ("blockquote", &["expandable"]),
        ("tg-time", &["unix", "format"]),
    ];
    let shown = markup(text(&body["text"]), &tags, &mut faults);
    let size = shown.encode_utf16().count();
    faults.unless(size > 0, "no text");
    faults.at_most(size, 4096, "text");
    for button in list(&body["reply_markup"]["inline_keyboard"])
        .iter()
        .flat_map(list)
    {
        faults.only(button, &["text", "url"], "a button");
        faults.unless(!text(&button["text"]).is_empty(), "a button without words");
        faults.is_web(&button["url"], "a button");
        faults.has_dotted_host(&button["url"], "a button");
    }
    let reply = &body["reply_parameters"]["message_id"];
    faults.unless(reply.is_null() || reply.is_i64(), "a reply to no number");
    faults.0
}

/// docs.ntfy.sh/publish: "Publish as JSON", "Action buttons" (at most 3), "Limitations" (4,096 bytes; what is longer becomes an
/// attachment), "Updating + deleting notifications".
fn ntfy(asked: &Asked) -> Vec<String> {
    let mut faults = Faults::default();
    let body = &asked.body;
    faults.unless(asked.method == "POST", "not POST");
    faults.only(
        body,
        &[
            "topic",
            "message",
            "title",
            "tags",
            "priority",
            "actions",
            "click",
            "markdown",
            "sequence_id",
        ],
        "the message",
    );
    faults.unless(!text(&body["topic"]).is_empty(), "no topic");
    faults.at_most(text(&body["message"]).len(), 4096, "message");
    faults.at_most(text(&body["title"]).len(), 250, "title");
    let is_priority = body["priority"]
        .as_u64()
        .is_some_and(|priority| (1..=5).contains(&priority));
    faults.unless(is_priority, "no priority");
    faults.unless(body["markdown"] != true, "Markdown is read");
    for tag in list(&body["tags"]) {
        faults.unless(tag == "exclamation", format!("a tag {tag}"));
    }
    faults.at_most(list(&body["actions"]).len(), 3, "actions");
    for action in list(&body["actions"]) {
        faults.only(action, &["action", "label", "url"], "an action");
        faults.unless(action["action"] == "view", "an action that acts");
        faults.is_web(&action["url"], "an action");
    }
    if !body["click"].is_null() {
        faults.is_web(&body["click"], "a click");
    }
    let sequence = text(&body["sequence_id"]);
    let is_sequence = sequence
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    faults.unless(
        is_sequence && sequence.len() <= 64,
        "a sequence that cannot be one",
    );
    faults.0
}

/// spec.matrix.org client-server API: "PUT /rooms/{roomId}/send/{eventType}/{txnId}", "m.room.message", "m.mentions", "Size limits"
/// (65,536 bytes of the whole event), "Threading".
fn matrix(asked: &Asked) -> Vec<String> {
    let mut faults = Faults::default();
    let body = &asked.body;
    let is_call = asked.method == "PUT" && asked.path.contains("/_matrix/client/v3/rooms/");
    faults.unless(
        is_call && asked.path.contains("/send/m.room.message/"),
        format!("{} {}", asked.method, asked.path),
    );
    let known = [
        "msgtype",
        "body",
        "format",
        "formatted_body",
        "m.mentions",
        "m.relates_to",
    ];
    faults.only(body, &known, "the event");
    faults.unless(
        ["m.text", "m.notice"].contains(&text(&body["msgtype"])),
        "no text",
    );
    faults.unless(!text(&body["body"]).is_empty(), "no plain twin");
    faults.unless(
        body["m.mentions"] == serde_json::json!({}),
        "somebody is mentioned",
    );
    faults.at_most(body.to_string().len(), 60_000, "the event");
    let tags: [(&str, &[&str]); 7] = [
        ("h4", &[]),
        ("h5", &[]),
        ("p", &[]),
        ("a", &["href"]),
        ("blockquote", &[]),
        ("strong", &[]),
        ("code", &[]),
    ];
    markup(text(&body["formatted_body"]), &tags, &mut faults);
    faults.0
}

/// developers.mattermost.com: "Incoming webhooks", "Message attachments"; a post of at most 16,383 characters, of old servers 4,000.
fn mattermost(asked: &Asked) -> Vec<String> {
    let mut faults = Faults::default();
    faults.unless(asked.method == "POST", "not POST");
    faults.only(&asked.body, &["attachments"], "the message");
    faults.at_most(asked.body.to_string().chars().count(), 4_100, "the body");
    for attachment in list(&asked.body["attachments"]) {
        let known = [
            "fallback",
            "color",
            "author_name",
            "title",
            "title_link",
            "text",
        ];
        faults.only(attachment, &known, "an attachment");
        faults.unless(!text(&attachment["fallback"]).is_empty(), "no fallback");
        let colour = text(&attachment["color"]);
        faults.unless(
            colour.starts_with('#') && colour.len() == 7,
            format!("a colour {colour}"),
        );
        if !attachment["title_link"].is_null() {
            faults.is_web(&attachment["title_link"], "the title");
        }
        for name in ["fallback", "author_name", "title", "text"] {
            let told = text(&attachment[name]);
            let mentions = told
                .match_indices(['@', '<'])
                .any(|(at, sign)| !told[at + sign.len()..].starts_with('\u{200b}'));
            faults.unless(!mentions, format!("{name} mentions somebody"));
        }
        for link in markdown_links(text(&attachment["text"])) {
            faults.is_web(&Value::String(link), "a link");
        }
    }
    faults.0
}

/// gotify.net/api-docs: "createMessage"; gotify.net/docs/msgextras.
fn gotify(asked: &Asked) -> Vec<String> {
    let mut faults = Faults::default();
    let body = &asked.body;
    faults.unless(
        asked.method == "POST" && asked.path.ends_with("/message"),
        "another call",
    );
    faults.unless(asked.fields.contains_key("x-gotify-key"), "no key");
    faults.only(
        body,
        &["title", "message", "priority", "extras"],
        "the message",
    );
    faults.unless(!text(&body["message"]).is_empty(), "no message");
    faults.unless(body["priority"].is_i64(), "no priority");
    let extras = &body["extras"];
    faults.only(
        extras,
        &["client::display", "client::notification"],
        "the extras",
    );
    faults.unless(
        extras["client::display"]["contentType"] == "text/plain",
        "no plain text",
    );
    let click = &extras["client::notification"]["click"]["url"];
    if !click.is_null() {
        faults.is_web(click, "a click");
    }
    faults.at_most(body.to_string().len(), 20_000, "the body");
    faults.0
}

/// github.com/caronc/apprise-api: "API Details", stateless `POST /notify/` (urls, body, title, type, tag, format).
fn apprise(asked: &Asked) -> Vec<String> {
    let mut faults = Faults::default();
    let body = &asked.body;
    faults.unless(
        asked.method == "POST" && asked.path.contains("/notify"),
        "another call",
    );
    faults.only(
        body,
        &["urls", "body", "title", "type", "tag", "format"],
        "the message",
    );
    faults.unless(!text(&body["body"]).is_empty(), "no body");
    let kinds = ["info", "success", "warning", "failure"];
    faults.unless(kinds.contains(&text(&body["type"])), "an unknown type");
    faults.unless(body["format"] == "text", "no plain text");
    faults.at_most(body.to_string().len(), 20_000, "the body");
    faults.0
}

/// github.com/standard-webhooks/standard-webhooks, spec: "Payload structure", "Webhook Headers", payloads below 20 kB.
fn webhook(asked: &Asked) -> Vec<String> {
    let mut faults = Faults::default();
    for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
        faults.unless(asked.fields.contains_key(name), format!("no {name}"));
    }
    of_standard_webhooks(&asked.body, &mut faults);
    faults.0
}

fn of_standard_webhooks(body: &Value, faults: &mut Faults) {
    faults.only(body, &["type", "timestamp", "data"], "the body");
    faults.unless(
        text(&body["type"]).starts_with("newswatch."),
        "a forged type",
    );
    faults.unless(
        text(&body["timestamp"]).parse::<jiff::Timestamp>().is_ok(),
        "no time",
    );
    faults.unless(body["data"].is_object(), "no data");
    faults.at_most(body.to_string().len(), 20_000, "the body");
}

/// The same for a command and for a line of a file.
pub(crate) fn against_webhook_body(body: &Value) -> Vec<String> {
    let mut faults = Faults::default();
    of_standard_webhooks(body, &mut faults);
    faults.0
}
