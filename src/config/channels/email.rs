//! The mail part of a channel: recipients, sender, server.

use std::net::Ipv6Addr;
use std::path::PathBuf;
use std::time::Duration;

use url::Host;

use super::Check;
use crate::channel::{
    ChannelKind, EmailAddress, EmailSettings, Mailbox, SmtpLogin, SmtpProof, SmtpSettings, SmtpTls,
};
use crate::render::{Reader, Unsubscribe};

use super::exec::program;
use crate::config::durations;
use crate::config::names::Taken;
use crate::config::paths;
use crate::config::problem::{Kind, Problem, Report, quoted};
use crate::config::secrets::{RawSecret, SECRET};
use crate::config::secrets::{Secrets, Vault};
use crate::config::section::Section;
use crate::config::source::{At, Place};
use crate::config::words::one_of;

/// What `smtp` can be.
const SMTP: &str = "a table: smtp = { host = \"smtp.example.org\", port = 587 }";

/// What `tls` can be.
const TLS_WORDS: &str =
    "\"required\" (STARTTLS, as on port 587), \"implicit\" (as on port 465) or \"none\"";

/// What `auth` can be.
const AUTH_WORDS: &str = "\"password\" or \"xoauth2\"";

/// How long a token command may take where the configuration does not say, and at most: a whole try has a minute.
const TOKEN_TIMEOUT: Duration = Duration::from_secs(20);
const MAX_TOKEN_TIMEOUT: Duration = Duration::from_secs(45);

/// What `unsubscribe` can be.
const STOP_WORDS: &str = "\"mailto\" or \"one-click\"";

/// The keys of an email channel.
struct RawEmail {
    to: Option<At<Vec<At<String>>>>,
    from: Option<At<String>>,
    smtp: Option<RawSmtp>,
}

/// `smtp` of an email channel.
struct RawSmtp {
    place: Place,
    host: Option<At<String>>,
    port: Option<At<i64>>,
    tls: Option<At<String>>,
    username: Option<At<String>>,
    password: Option<RawSecret>,
    auth: Option<At<String>>,
    token_command: Option<At<Vec<At<String>>>>,
    token_timeout: Option<At<String>>,
    ca_file: Option<At<String>>,
}

/// Reads the keys of an email channel; `None` later when it cannot be used.
pub(super) fn read(section: &mut Section<'_>, report: &Report) -> Check {
    let raw = RawEmail {
        to: section
            .required("to", report)
            .and_then(|to| to.strings(report)),
        from: section
            .required("from", report)
            .and_then(|from| from.string(report)),
        smtp: section
            .required("smtp", report)
            .and_then(|smtp| smtp.table_or(SMTP, report))
            .map(|smtp| RawSmtp::read(smtp, report)),
    };
    let prefix = section.string("subject_prefix", report);
    let stop = section.word("unsubscribe", STOP_WORDS, report);
    Box::new(move |checking| {
        let settings = check(&raw, checking.vault)?;
        checking.reader.sender = Some(settings.from.address());
        if let Some(stop) = &stop {
            checking.reader.unsubscribe =
                unsubscribe(stop, &checking.reader, checking.vault.report)?;
        }
        if let Some(prefix) = &prefix {
            checking.reader.subject_prefix = subject_prefix(prefix, checking.vault.report);
        }
        Some(ChannelKind::Email(settings))
    })
}

/// How mails can be stopped; one click needs a page that can be reached by everybody's mail program (RFC 8058 §3.1).
fn unsubscribe(written: &At<String>, reader: &Reader, report: &Report) -> Option<Unsubscribe> {
    let words = [
        ("mailto", Unsubscribe::Mailto),
        ("one-click", Unsubscribe::OneClick),
    ];
    let how = one_of(written, "a way to stop mails", &words, "", report)?;
    let has_page = reader
        .web
        .as_ref()
        .is_some_and(|web| web.scheme() == "https");
    if how == Unsubscribe::OneClick && !has_page {
        let message = "one click needs a web page that is reached by https";
        let hint = "set [web] url = \"https://...\", or write \"mailto\"";
        report.add(Problem::error(&written.place, Kind::Conflict, message).hint(hint));
        return None;
    }
    Some(how)
}

/// What stands before every subject: a few letters of one line.
fn subject_prefix(written: &At<String>, report: &Report) -> String {
    /// About 40 letters of a subject are seen on a phone.
    const MAX_CHARS: usize = 40;
    let text = &written.value;
    if text.chars().any(char::is_control) || text.chars().count() > MAX_CHARS {
        let message = format!("{} cannot stand before a subject", quoted(text));
        let hint = format!("write at most {MAX_CHARS} letters on one line");
        report.add(Problem::error(&written.place, Kind::BadValue, message).hint(hint));
    }
    text.clone()
}

impl RawSmtp {
    fn read(mut section: Section<'_>, report: &Report) -> Self {
        let smtp = Self {
            place: section.place.clone(),
            host: section
                .required("host", report)
                .and_then(|host| host.string(report)),
            port: section.integer("port", report),
            tls: section.word("tls", TLS_WORDS, report),
            username: section.string("username", report),
            password: section
                .value("password")
                .and_then(|password| RawSecret::read(password, SECRET, report)),
            auth: section.word("auth", AUTH_WORDS, report),
            token_command: section.strings("token_command", report),
            token_timeout: section.duration("token_timeout", report),
            ca_file: section.string("ca_file", report),
        };
        section.finish(report);
        smtp
    }
}

fn check(raw: &RawEmail, vault: &Vault<'_>) -> Option<EmailSettings> {
    let to = recipients(raw, vault.report);
    let from = sender(raw, vault.report);
    let smtp = raw.smtp.as_ref().and_then(|smtp| server(smtp, vault));
    Some(EmailSettings {
        to,
        from: from?,
        smtp: smtp?,
    })
}

fn recipients(raw: &RawEmail, report: &Report) -> Vec<EmailAddress> {
    let Some(list) = &raw.to else {
        return Vec::new();
    };
    if list.value.is_empty() {
        let message = "the list is empty";
        let hint = "write at least one address, for example to = [\"desk@example.org\"]";
        report.add(Problem::error(&list.place, Kind::BadValue, message).hint(hint));
    }
    let mut taken = Taken::default();
    list.value
        .iter()
        .filter_map(|written| {
            let address = EmailAddress::parse(&written.value).ok();
            if address.is_some() && is_one_line(written) {
                // Mail servers that tell capitals apart are not met any more.
                taken.take(
                    written.value.to_lowercase(),
                    &written.value,
                    &written.place,
                    "recipient",
                    report,
                );
                return address;
            }
            let message = format!("{} is not a mail address", quoted(&written.value));
            let hint = address_hint(&written.value);
            report.add(Problem::error(&written.place, Kind::BadValue, message).hint(hint));
            None
        })
        .collect()
}

/// What to write for a recipient that is none.
fn address_hint(text: &str) -> String {
    let several: Vec<&str> = text
        .split([',', ';'])
        .map(str::trim)
        .filter(|part| part.contains('@'))
        .collect();
    if several.len() > 1 && several.iter().all(|part| EmailAddress::parse(part).is_ok()) {
        let quoted: Vec<String> = several.iter().map(|part| format!("\"{part}\"")).collect();
        return format!("write each in quotes of its own: {}", quoted.join(", "));
    }
    let bare = text.trim().trim_start_matches("mailto:");
    let inside = bare
        .split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'));
    let bare = inside.map_or(bare, |(address, _)| address);
    if EmailAddress::parse(bare).is_ok() && !bare.contains(char::is_control) {
        return format!("write \"{bare}\", without a name or anything else");
    }
    "write for example \"desk@example.org\", without a name".to_owned()
}

fn sender(raw: &RawEmail, report: &Report) -> Option<Mailbox> {
    let written = raw.from.as_ref()?;
    let sender = Mailbox::parse(&written.value)
        .ok()
        .filter(|_| is_one_line(written));
    if sender.is_none() {
        let message = format!("{} is not a mail address", quoted(&written.value));
        let hint = "write for example \"newswatch <newswatch@example.org>\"";
        report.add(Problem::error(&written.place, Kind::BadValue, message).hint(hint));
    }
    sender
}

/// An address goes into a header field; what would end that field is refused here.
fn is_one_line(written: &At<String>) -> bool {
    !written.value.chars().any(char::is_control)
}

fn server(raw: &RawSmtp, vault: &Vault<'_>) -> Option<SmtpSettings> {
    let report = vault.report;
    let tls = raw.tls.as_ref().map_or(Some(SmtpTls::Required), |written| {
        protection(written, report)
    });
    let login = login(raw, tls, vault);
    let ca_file = raw.ca_file.as_ref().map(|path| ca_file(path, vault));
    let port = raw.port.as_ref().map(|written| port(written, report));
    let host = raw.host.as_ref()?;
    if !is_host(host, report) {
        return None;
    }
    let tls = tls?;
    Some(SmtpSettings {
        host: host.value.clone(),
        port: port.unwrap_or_else(|| Some(default_port(tls)))?,
        tls,
        login,
        ca_file: ca_file.flatten(),
    })
}

/// Submission with STARTTLS (RFC 6409), submission with TLS from the start (RFC 8314), plain relay (RFC 5321).
fn default_port(tls: SmtpTls) -> u16 {
    match tls {
        SmtpTls::Required => 587,
        SmtpTls::Implicit => 465,
        SmtpTls::None => 25,
    }
}

fn protection(written: &At<String>, report: &Report) -> Option<SmtpTls> {
    let what = "a way to protect the connection";
    let words = [
        ("required", SmtpTls::Required),
        ("implicit", SmtpTls::Implicit),
        ("none", SmtpTls::None),
    ];
    let hint = match written.value.to_lowercase().as_str() {
        "starttls" | "tls" | "yes" | "true" | "on" => "write \"required\", which is STARTTLS",
        "ssl" | "smtps" | "ssl/tls" => "write \"implicit\", which is TLS from the start",
        "no" | "off" | "false" | "plain" | "insecure" => "write \"none\"",
        _ => return one_of(written, what, &words, "", report),
    };
    let message = format!("{} is not {what}", quoted(&written.value));
    report.add(Problem::error(&written.place, Kind::BadValue, message).hint(hint));
    None
}

/// How a login is proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Proof {
    Password,
    Token,
}

fn login(raw: &RawSmtp, tls: Option<SmtpTls>, vault: &Vault<'_>) -> Option<SmtpLogin> {
    let words = [("password", Proof::Password), ("xoauth2", Proof::Token)];
    let proof = match &raw.auth {
        None => Proof::Password,
        Some(written) => one_of(written, "a way to log in", &words, "", vault.report)?,
    };
    let login = match proof {
        Proof::Password => by_password(raw, vault),
        Proof::Token => by_token(raw, vault.report),
    };
    let secret = raw.password.as_ref().map(|password| &password.place);
    let secret = secret.or(raw.token_command.as_ref().map(|command| &command.place));
    if tls == Some(SmtpTls::None)
        && let Some(place) = secret
    {
        let message = "a password is never sent without TLS";
        let hint = "write tls = \"required\" or \"implicit\", or take username and password out";
        vault
            .report
            .add(Problem::error(place, Kind::Conflict, message).hint(hint));
    }
    login
}

fn by_password(raw: &RawSmtp, vault: &Vault<'_>) -> Option<SmtpLogin> {
    if let Some(command) = &raw.token_command {
        let message = "a token command is of use only with auth = \"xoauth2\"";
        let hint = "add auth = \"xoauth2\", or take token_command out";
        vault
            .report
            .add(Problem::error(&command.place, Kind::Conflict, message).hint(hint));
    }
    let (username, password) = match (&raw.username, &raw.password) {
        (None, None) => return None,
        (Some(username), Some(password)) => (username, password),
        (Some(_), None) if vault.report.has_blamed(&raw.place, "password") => return None,
        (None, Some(_)) if vault.report.has_blamed(&raw.place, "username") => return None,
        (Some(username), None) => {
            let message = "a user name needs a password";
            let hint = "add password = { credential = \"NAME\" } or { file = \"PATH\" }";
            report_missing(
                raw,
                &username.place,
                "password",
                message,
                hint,
                vault.report,
            );
            return None;
        }
        (None, Some(password)) => {
            let message = "a password needs a user name";
            let hint = "add username = \"...\"";
            report_missing(
                raw,
                &password.place,
                "username",
                message,
                hint,
                vault.report,
            );
            return None;
        }
    };
    Some(SmtpLogin {
        username: username.value.clone(),
        proof: SmtpProof::Password(vault.open(password)?),
    })
}

/// A login by a token that a program says.
fn by_token(raw: &RawSmtp, report: &Report) -> Option<SmtpLogin> {
    if let Some(password) = &raw.password {
        let message = "with auth = \"xoauth2\" there is no password";
        let hint = "take password out; token_command says the token";
        report.add(Problem::error(&password.place, Kind::Conflict, message).hint(hint));
    }
    let place = raw.auth.as_ref().map_or(&raw.place, |auth| &auth.place);
    if raw.username.is_none() && !report.has_blamed(&raw.place, "username") {
        let hint = "add username = \"...\", the mail address that the token is for";
        report_missing(
            raw,
            place,
            "username",
            "a token needs a user name",
            hint,
            report,
        );
    }
    if raw.token_command.is_none() && !report.has_blamed(&raw.place, "token_command") {
        let hint =
            "add token_command = [\"/usr/local/bin/mail-token\"]: a program that prints the token";
        let message = "there is no program that says the token";
        report_missing(raw, place, "token_command", message, hint, report);
    }
    let (username, written) = (raw.username.as_ref()?, raw.token_command.as_ref()?);
    let command = program(written, report)?;
    let limit = raw
        .token_timeout
        .as_ref()
        .map_or(Some(TOKEN_TIMEOUT), |limit| {
            durations::check(limit, Duration::from_secs(1)..=MAX_TOKEN_TIMEOUT, report)
        });
    Some(SmtpLogin {
        username: username.value.clone(),
        proof: SmtpProof::Token {
            command,
            limit: limit?,
        },
    })
}

fn report_missing(
    raw: &RawSmtp,
    place: &Place,
    key: &str,
    message: &str,
    hint: &str,
    report: &Report,
) {
    let problem = Problem::error(place, Kind::MissingKey, message);
    report.add(problem.hint(hint).about(&raw.place.path(), key));
}

fn port(written: &At<i64>, report: &Report) -> Option<u16> {
    let port = u16::try_from(written.value).ok().filter(|port| *port != 0);
    if port.is_none() {
        let message = format!("{} is not a port", written.value);
        let hint = "write a number from 1 to 65535; 587 is usual";
        report.add(Problem::error(&written.place, Kind::BadValue, message).hint(hint));
    }
    port
}

fn is_host(host: &At<String>, report: &Report) -> bool {
    let text = host.value.as_str();
    let bare = text.split_once("://").map_or(text, |(_, rest)| rest);
    let name = bare.rsplit_once(':').map_or(bare, |(name, _)| name);
    if !text.is_empty() && !text.contains(':') && Host::parse(text).is_ok() {
        return true;
    }
    if text.parse::<Ipv6Addr>().is_ok() {
        return true;
    }
    let message = format!("{} is not the name of a server", quoted(text));
    let unbracketed = text.trim_start_matches('[').trim_end_matches(']');
    let hint = if unbracketed.parse::<Ipv6Addr>().is_ok() {
        format!(
            "write the address without brackets: {}",
            quoted(unbracketed)
        )
    } else if Host::parse(name).is_ok() && !name.is_empty() {
        format!("write host = {}, and the port as port = 587", quoted(name))
    } else {
        "write for example \"smtp.example.org\"".to_owned()
    };
    report.add(Problem::error(&host.place, Kind::BadValue, message).hint(hint));
    false
}

/// The file must be there when mail is sent; `check` may run elsewhere.
fn ca_file(path: &At<String>, vault: &Vault<'_>) -> Option<PathBuf> {
    let full = match paths::resolve(&path.place, &path.value) {
        Ok(full) => full,
        Err(hint) => {
            let message = format!("{} is not a path", quoted(&path.value));
            vault
                .report
                .add(Problem::error(&path.place, Kind::BadValue, message).hint(hint));
            return None;
        }
    };
    if !full.is_file() {
        let message = format!("there is no file {}", quoted(&path.value));
        let problem = match vault.secrets {
            Secrets::Required => Problem::error(&path.place, Kind::File, message),
            Secrets::Optional => Problem::warning(&path.place, Kind::File, message),
        };
        vault
            .report
            .add(problem.hint("name a PEM file with certificates"));
    }
    Some(full)
}
