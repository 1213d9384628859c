//! Mail addresses that have been checked once, when the configuration was read.

use lettre::Address;
use url::Host;

/// A mail address that has been checked. Its domain is ASCII: `münchen.example` is kept as `xn--mnchen-3ya.example`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailAddress(Address);

/// A mail address with a name to show: `newswatch <newswatch@example.org>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox(lettre::message::Mailbox);

/// A text that is not a mail address.
#[derive(Debug, thiserror::Error)]
#[error("\"{value}\" is not a mail address; write for example desk@example.org")]
pub struct AddressError {
    /// The text.
    pub value: String,
}

impl EmailAddress {
    /// Checks an address.
    ///
    /// # Errors
    /// When it is not one.
    pub fn parse(value: &str) -> Result<Self, AddressError> {
        value
            .trim()
            .parse()
            .ok()
            .and_then(|address| ascii_domain(&address))
            .map(Self)
            .ok_or_else(|| refuse(value))
    }

    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_ref()
    }

    pub(super) fn address(&self) -> &Address {
        &self.0
    }
}

impl Mailbox {
    /// Checks an address with or without a name.
    ///
    /// # Errors
    /// When it is not one.
    pub fn parse(value: &str) -> Result<Self, AddressError> {
        let parsed = value.trim().parse().ok();
        parsed
            .and_then(|mut mailbox: lettre::message::Mailbox| {
                // The mail library panics on a line end in a name.
                let name = mailbox.name.as_deref().unwrap_or_default();
                let is_plain = !name.chars().any(char::is_control);
                mailbox.email = ascii_domain(&mailbox.email)?;
                is_plain.then_some(Self(mailbox))
            })
            .ok_or_else(|| refuse(value))
    }

    pub(super) fn mailbox(&self) -> &lettre::message::Mailbox {
        &self.0
    }

    /// Its address, without the name.
    #[must_use]
    pub fn address(&self) -> String {
        self.0.email.to_string()
    }
}

/// Writes the domain as servers know it (RFC 5890, A-labels); an address literal stays as it is.
fn ascii_domain(address: &Address) -> Option<Address> {
    let domain = address.domain();
    if domain.is_ascii() {
        return Some(address.clone());
    }
    match Host::parse(domain).ok()? {
        Host::Domain(ascii) => Address::new(address.user(), ascii).ok(),
        Host::Ipv4(_) | Host::Ipv6(_) => None,
    }
}

fn refuse(value: &str) -> AddressError {
    AddressError {
        value: value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_what_is_none() {
        for good in [
            "desk@example.org",
            " a.b+c@sub.example.org ",
            "x@münchen.example",
        ] {
            assert!(EmailAddress::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "desk",
            "desk@",
            "@example.org",
            "a b@example.org",
            "a@example.org\r\nBcc: b@example.org",
            "a@example.org, b@example.org",
            "Desk <desk@example.org>",
        ] {
            assert!(EmailAddress::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_domain_is_kept_as_servers_know_it() {
        let address = EmailAddress::parse("x@münchen.example").unwrap();
        assert_eq!(address.as_str(), "x@xn--mnchen-3ya.example");
    }

    #[test]
    fn a_sender_may_have_a_name_without_line_ends() {
        for good in [
            "newswatch <n@example.org>",
            "n@example.org",
            "\"A, B\" <n@example.org>",
        ] {
            assert!(Mailbox::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "newswatch <n@example.org",
            "\"a\r\nBcc: x\" <n@example.org>",
            "newswatch",
        ] {
            assert!(Mailbox::parse(bad).is_err(), "{bad:?}");
        }
    }
}
