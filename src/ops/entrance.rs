//! Who may come in by the web pages and the API: log-in links, passwords, sessions, tokens.
//!
//! A secret is random, is told once, and is kept as its hash. What lets in is compared by its hash, so that how long a
//! comparison takes tells nothing of it.

use std::time::Duration;

use argon2::{Algorithm, Argon2, Params, Version};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::domain::{Role, Timestamp};
use crate::store::{Store, StoreError, WebSession, WebToken, WebUser};

/// How long a log-in link can be used.
pub const LINK_LASTS: Duration = Duration::from_mins(10);

/// How long a session lasts that is not used.
pub const SESSION_IDLE: Duration = Duration::from_hours(30 * 24);

/// The fewest letters of a password.
pub const MIN_PASSWORD_CHARS: usize = 10;

/// The longest password, in bytes: longer ones cost time and gain nothing.
pub const MAX_PASSWORD_BYTES: usize = 1_000;

/// The longest name of a user or a token, in characters.
const MAX_NAME_CHARS: usize = 60;

/// Who is in by a link for whoever may read the state directory.
pub const LOCAL_USER: &str = "local";

/// Memory in KiB, turns and lanes of argon2id.
type Settings = (u32, u32, u32);

/// How passwords are hashed from now on: the smallest of OWASP's recommended settings, 19 MiB and two turns.
const ARGON2: Settings = (19 * 1024, 2, 1);

/// The length of a salt and of a hash.
const HASH_BYTES: usize = 32;

/// Why somebody was not let in, or a user or token not made.
#[derive(Debug, thiserror::Error)]
pub enum EntranceError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The name cannot be one.
    #[error("\"{0}\" cannot be a name; use letters, digits, and . - _ @, at most 60 of them")]
    Name(String),
    /// The password is too short.
    #[error("the password has fewer than {MIN_PASSWORD_CHARS} letters")]
    Short,
    /// The password is too long.
    #[error("the password is longer than {MAX_PASSWORD_BYTES} bytes")]
    Long,
    /// The name is taken.
    #[error("there is a token \"{0}\" already; take it back first, or use another name")]
    Taken(String),
    /// No randomness can be had, or the hashing failed.
    #[error("this machine gives no randomness")]
    Chance,
}

/// Makes a link's secret that lets its first user in for ten minutes.
///
/// # Errors
/// When the store fails.
pub async fn login_link(
    store: &Store,
    user: &str,
    role: Role,
    now: Timestamp,
) -> Result<String, EntranceError> {
    let secret = drawn()?;
    let before = now - LINK_LASTS;
    let user = user.to_owned();
    store
        .add_login_link(hash(&secret), user, role, before, now)
        .await?;
    Ok(secret)
}

/// Lets somebody in by a link, which cannot be used again; gives the secret of the session.
///
/// # Errors
/// When the store fails.
pub async fn enter_by_link(
    store: &Store,
    secret: &str,
    now: Timestamp,
) -> Result<Option<(String, WebSession)>, EntranceError> {
    let session = drawn()?;
    let entered = store
        .use_login_link(hash(secret), hash(&session), now - LINK_LASTS, now)
        .await?;
    Ok(entered.map(|who| (session, who)))
}

/// Lets somebody in by name and password; gives the secret of the session. It takes as long for a name that nobody has.
///
/// # Errors
/// When the store fails.
pub async fn enter_by_password(
    store: &Store,
    name: &str,
    password: &str,
    now: Timestamp,
) -> Result<Option<String>, EntranceError> {
    let user = store.web_user(name.to_owned()).await?;
    let kept = user.as_ref().map(|user| user.password.clone());
    if password.len() > MAX_PASSWORD_BYTES {
        return Ok(None);
    }
    let given = password.to_owned();
    let fits = tokio::task::spawn_blocking(move || fits(&given, kept.as_deref())).await;
    let Some(user) = user.filter(|_| fits.unwrap_or(false)) else {
        return Ok(None);
    };
    let session = drawn()?;
    store
        .begin_session(hash(&session), user.name, user.role, now)
        .await?;
    Ok(Some(session))
}

/// Adds a user, or sets another role and password of one.
///
/// # Errors
/// When the name or the password cannot be one, or the store fails.
pub async fn put_user(
    store: &Store,
    name: &str,
    role: Role,
    password: &str,
    who: &str,
    now: Timestamp,
) -> Result<(), EntranceError> {
    let name = checked_name(name)?;
    if password.chars().count() < MIN_PASSWORD_CHARS {
        return Err(EntranceError::Short);
    }
    if password.len() > MAX_PASSWORD_BYTES {
        return Err(EntranceError::Long);
    }
    let user = WebUser {
        name,
        role,
        password: hashed(password)?,
        zone: None,
        made_at: now,
    };
    Ok(store.put_web_user(user, who.to_owned()).await?)
}

/// Makes a token; gives its secret, which is told once. A token for one address opens that alone.
///
/// # Errors
/// When the name cannot be one or is taken, or the store fails.
pub async fn add_token(
    store: &Store,
    name: &str,
    role: Role,
    only: Option<String>,
    who: &str,
    now: Timestamp,
) -> Result<String, EntranceError> {
    let name = checked_name(name)?;
    let secret = format!("nwt_{}", drawn()?);
    let token = WebToken {
        name: name.clone(),
        role,
        only,
        made_at: now,
        used_at: None,
    };
    let added = store
        .add_web_token(token, hash(&secret), who.to_owned())
        .await?;
    if added {
        Ok(secret)
    } else {
        Err(EntranceError::Taken(name))
    }
}

/// A password that nobody has thought of.
///
/// # Errors
/// When this machine gives no randomness.
pub fn drawn_password() -> Result<String, EntranceError> {
    Ok(drawn()?.chars().take(22).collect())
}

/// The hash that a secret of a link, a session or a token is kept as.
#[must_use]
pub fn hash(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

/// 256 random bits, as letters that can stand in an address.
fn drawn() -> Result<String, EntranceError> {
    use base64::Engine as _;
    let mut bytes = [0; HASH_BYTES];
    fill(&mut bytes)?;
    Ok(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes))
}

fn fill(bytes: &mut [u8]) -> Result<(), EntranceError> {
    let provider = rustls::crypto::ring::default_provider();
    let filled = provider.secure_random.fill(bytes);
    filled.map_err(|_| EntranceError::Chance)
}

fn checked_name(name: &str) -> Result<String, EntranceError> {
    let is_plain = |c: char| c.is_alphanumeric() || ".-_@".contains(c);
    let is_name = !name.is_empty()
        && name.chars().count() <= MAX_NAME_CHARS
        && name.chars().all(is_plain)
        && name != LOCAL_USER;
    if is_name {
        Ok(name.to_owned())
    } else {
        Err(EntranceError::Name(crate::domain::Shown::of(name).into()))
    }
}

/// `argon2id$MEMORY$TURNS$LANES$SALT$HASH`
fn hashed(password: &str) -> Result<String, EntranceError> {
    let mut salt = [0; HASH_BYTES];
    fill(&mut salt)?;
    let out = argon2id(password, &salt, ARGON2).ok_or(EntranceError::Chance)?;
    let (memory, turns, lanes) = ARGON2;
    Ok(format!(
        "argon2id${memory}${turns}${lanes}${}${}",
        hex(&salt),
        hex(&out)
    ))
}

/// Whether a password is the one that was hashed; one that is compared with none takes as long and never is.
fn fits(password: &str, kept: Option<&str>) -> bool {
    let none = [0; HASH_BYTES];
    let parsed = kept.and_then(parsed);
    let (settings, salt, wanted) = parsed.unwrap_or((ARGON2, none.to_vec(), Vec::new()));
    let Some(out) = argon2id(password, &salt, settings) else {
        return false;
    };
    wanted.len() == out.len() && bool::from(out.as_slice().ct_eq(&wanted))
}

fn parsed(kept: &str) -> Option<(Settings, Vec<u8>, Vec<u8>)> {
    let mut parts = kept.split('$');
    if parts.next()? != "argon2id" {
        return None;
    }
    let mut number = || parts.next()?.parse().ok();
    let settings = (number()?, number()?, number()?);
    Some((settings, unhex(parts.next()?)?, unhex(parts.next()?)?))
}

fn argon2id(
    password: &str,
    salt: &[u8],
    (memory, turns, lanes): Settings,
) -> Option<[u8; HASH_BYTES]> {
    let params = Params::new(memory, turns, lanes, Some(HASH_BYTES)).ok()?;
    let mut out = [0; HASH_BYTES];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(password.as_bytes(), salt, &mut out)
        .ok()?;
    Some(out)
}

/// Bytes as digits of base 16.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0x0f]);
    let digits = digits.filter_map(|digit| char::from_digit(u32::from(digit), 16));
    digits.collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(16)).collect();
    digits?
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => u8::try_from(high * 16 + low).ok(),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_fits_its_own_hash_alone() {
        let kept = hashed("correct horse battery").unwrap();
        assert!(fits("correct horse battery", Some(&kept)));
        assert!(!fits("correct horse batterz", Some(&kept)));
        for broken in ["", "argon2id", "argon2id$1$1$1$zz$", "argon2id$x$2$1$aa$bb"] {
            assert!(!fits("", Some(broken)), "{broken}");
        }
        assert!(!fits("correct horse battery", None));
        assert_ne!(kept, hashed("correct horse battery").unwrap());
    }

    #[test]
    fn names_are_plain_and_nobody_is_called_as_the_machine_is() {
        for name in ["lan", "Minh.Trần", "ops@desk-1"] {
            assert!(checked_name(name).is_ok(), "{name}");
        }
        for name in ["", "a b", "<x>", "local", &"x".repeat(61)] {
            assert!(checked_name(name).is_err(), "{name}");
        }
    }
}
