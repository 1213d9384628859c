//! What to do about an answer that a mail server or a webhook gave.

/// What marks an answer, and what helps.
struct Advice {
    /// The answer is of this kind when it holds one of these, in lower case; a number must stand by itself.
    marks: &'static [&'static str],
    help: &'static str,
}

/// In the order in which they are tried: what is said more precisely comes first.
const ADVICE: [Advice; 15] = [
    Advice {
        marks: &[
            "relay",
            "relaying",
            "relayed",
            "not local",
            "unauthenticated",
        ],
        help: "this mail server carries mail to other domains only for those it knows: set `smtp.username` and \
               `smtp.password`, or let it trust this host",
    },
    Advice {
        marks: &[
            "535",
            "534",
            "530",
            "5.7.8",
            "5.7.9",
            "authentication",
            "login",
            "password",
            "credentials",
        ],
        help: "the login was refused: check `smtp.username` and `smtp.password`; some providers want an app password",
    },
    Advice {
        marks: &[
            "sender address",
            "sender rejected",
            "sender denied",
            "not owned by user",
            "send as",
            "sendas",
            "5.1.7",
            "5.1.8",
            "from address",
            "sender verify",
            "mail from",
        ],
        help: "set `from` to an address that this server lets you send as",
    },
    Advice {
        marks: &[
            "5.7.26",
            "5.7.23",
            "spf",
            "dkim",
            "dmarc",
            "spam",
            "blocklist",
            "blacklist",
            "blocked",
            "reputation",
            "spamhaus",
            "policy",
        ],
        help: "the receiver mistrusts where the mail came from: send through the mail server of the sender's domain, and \
               look at that domain's SPF, DKIM and DMARC records",
    },
    Advice {
        marks: &[
            "5.2.2",
            "4.2.2",
            "mailbox full",
            "over quota",
            "quota exceeded",
            "is full",
        ],
        help: "the mailbox is full: once there is room, send again with `newswatch alerts retry`",
    },
    Advice {
        marks: &[
            "5.3.4",
            "552",
            "413",
            "message too large",
            "message size",
            "too large",
        ],
        help: "the message is too large for the receiver",
    },
    Advice {
        marks: &[
            "5.1.1",
            "5.1.0",
            "5.1.10",
            "5.1.2",
            "5.1.3",
            "5.1.6",
            "5.4.1",
            "user unknown",
            "unknown user",
            "unknown recipient",
            "recipient unknown",
            "no such user",
            "no such recipient",
            "does not exist",
            "no mailbox",
            "mailbox unavailable",
            "mailbox not found",
            "recipient address rejected",
            "invalid recipient",
            "address rejected",
            "account is disabled",
            "not our customer",
            "550",
        ],
        help: "check the address in `to` of this channel; take it out if nobody reads it any more",
    },
    Advice {
        marks: &["certificate", "tls", "handshake"],
        help: "the other side does not prove who it is: check the host's name and port, or have its certificate renewed",
    },
    Advice {
        marks: &[
            "401",
            "403",
            "unauthorized",
            "forbidden",
            "invalid token",
            "invalid_token",
        ],
        help: "the receiver does not know us: check the address of this channel, its token and its secret",
    },
    Advice {
        marks: &[
            "404",
            "410",
            "gone",
            "no_service",
            "channel_not_found",
            "not found",
            "unknown webhook",
        ],
        help: "the receiver's address is no longer there: make a new one and set it as the `url` of this channel",
    },
    Advice {
        marks: &["400", "415", "422", "invalid_payload", "bad request"],
        help: "the receiver does not understand this body: for a chat service set `type` to its own, instead of webhook",
    },
    Advice {
        marks: &["not public", "private address", "allow_private"],
        help: "name the address in `http.allow_private` if it is meant",
    },
    Advice {
        marks: &[
            "no such host",
            "name could not be resolved",
            "dns",
            "resolve",
            "not known",
        ],
        help: "check the name of the host, and that this machine can resolve names",
    },
    Advice {
        marks: &[
            "permission denied",
            "read-only",
            "no room",
            "no space",
            "is a directory",
        ],
        help: "check that the service's user may write this file, and that its disk has room",
    },
    Advice {
        marks: &[
            "refused",
            "timed out",
            "did not answer",
            "unreachable",
            "connection",
        ],
        help: "check that the other side runs, and that no firewall stands between",
    },
];

/// Tells what to do about a failure, where its words are known.
#[must_use]
pub fn what_helps(reason: &str) -> Option<&'static str> {
    let reason = reason.to_lowercase();
    let found = ADVICE
        .iter()
        .find(|advice| advice.marks.iter().any(|mark| stands_in(&reason, mark)))?;
    Some(found.help)
}

/// Whether a text holds a word or words, not as part of a longer word or number.
fn stands_in(text: &str, words: &str) -> bool {
    text.match_indices(words).any(|(at, found)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text
            .get(at + found.len()..)
            .and_then(|after| after.chars().next());
        let is_part = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        !is_part(before) && !is_part(after)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_says_leads_to_what_helps() {
        for (reason, word) in [
            (
                "the server answered 554 5.7.1 <a@b.example>: Relay access denied",
                "smtp.username",
            ),
            (
                "550 Relaying denied. Proper authentication required.",
                "smtp.username",
            ),
            ("535 5.7.8 Error: authentication failed", "smtp.password"),
            (
                "553 5.7.1 Sender address rejected: not owned by user news",
                "`from`",
            ),
            (
                "550 5.1.1 <x@b.example>: Recipient address rejected: User unknown",
                "`to`",
            ),
            ("550 No such user here", "`to`"),
            (
                "550-5.7.26 This mail is unauthenticated, which poses a risk",
                "smtp.username",
            ),
            (
                "554 5.7.1 Service unavailable; client host blocked using Spamhaus",
                "SPF",
            ),
            ("552 5.2.2 over quota", "full"),
            ("the receiver answered 404 Not Found", "url"),
            ("the receiver answered 401", "token"),
            ("the receiver answered 400: invalid_payload", "type"),
            ("the connection was refused", "firewall"),
        ] {
            let help = what_helps(reason).unwrap_or_else(|| panic!("{reason}"));
            assert!(help.contains(word), "{reason}: {help}");
        }
        assert_eq!(what_helps("the answer was 4041 or so"), None);
        assert_eq!(what_helps(""), None);
    }
}
