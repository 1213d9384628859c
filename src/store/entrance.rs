//! Who may come in: users, log-in links, sessions, tokens. What lets somebody in is known here by its hash alone.

use std::time::Duration;

use super::journal::{Change, write_down};
use super::tx::{Row, StoreError, Tx};
use super::{Store, filled, ms, opt_timestamp, timestamp};
use crate::domain::{Role, Timestamp};

/// How often it is noted that a session or a token was used: writing it down at every request would cost more than the
/// request.
const SEEN_EVERY: Duration = Duration::from_mins(10);

/// Somebody with a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebUser {
    /// The name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The hash of the password, with how it was made.
    pub password: String,
    /// The time zone that they have chosen.
    pub zone: Option<String>,
    /// Since when there is such a user.
    pub made_at: Timestamp,
}

/// Somebody who is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebSession {
    /// Who.
    pub user: String,
    /// What they may do.
    pub role: Role,
    /// The time zone that they have chosen.
    pub zone: Option<String>,
}

/// A token of a program, or of one feed reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebToken {
    /// Its name.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// The one address that it opens; absent where it opens all that its role may.
    pub only: Option<String>,
    /// Since when there is such a token.
    pub made_at: Timestamp,
    /// When it was used last, to some minutes.
    pub used_at: Option<Timestamp>,
}

impl Store {
    /// Adds a user, or gives one another role and password: then all sessions of theirs end.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_web_user(&self, user: WebUser, who: String) -> Result<(), StoreError> {
        self.write(move |tx| {
            let before = user_of(tx, &user.name)?;
            tx.exec(
                "INSERT INTO web_users (name, role, password, made_at) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (name) DO UPDATE SET role = excluded.role, password = excluded.password",
                &[
                    user.name.as_str().into(),
                    user.role.as_str().into(),
                    user.password.as_str().into(),
                    ms(user.made_at).into(),
                ],
            )?;
            end_sessions(tx, &user.name)?;
            let change = Change {
                what: "user-set",
                subject: &user.name,
                before: before.map_or("", |before| before.role.as_str()),
                after: user.role.as_str(),
            };
            write_down(tx, &change, &who, user.made_at)
        })
        .await
    }

    /// Removes a user and ends their sessions; tells whether there was one.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn remove_web_user(
        &self,
        name: String,
        who: String,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write(move |tx| {
            let values = [name.as_str().into()];
            if tx.exec("DELETE FROM web_users WHERE name = $1", &values)? == 0 {
                return Ok(false);
            }
            end_sessions(tx, &name)?;
            tx.exec("DELETE FROM web_links WHERE user_name = $1", &values)?;
            write_down(tx, &Change::of("user-removed", &name), &who, now)?;
            Ok(true)
        })
        .await
    }

    /// The users, by name.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn web_users(&self) -> Result<Vec<WebUser>, StoreError> {
        self.read(|tx| {
            tx.rows(
                "SELECT name, role, password, zone, made_at FROM web_users ORDER BY name",
                &[],
            )?
            .iter_mut()
            .map(user)
            .collect()
        })
        .await
    }

    /// The user of this name.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn web_user(&self, name: String) -> Result<Option<WebUser>, StoreError> {
        self.read(move |tx| user_of(tx, &name)).await
    }

    /// Sets the time zone that a user sees times in.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn set_zone(
        &self,
        name: String,
        zone: Option<String>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write(move |tx| {
            let Some(before) = user_of(tx, &name)? else {
                return Ok(false);
            };
            tx.exec(
                "UPDATE web_users SET zone = $1 WHERE name = $2",
                &[zone.clone().into(), name.as_str().into()],
            )?;
            let change = Change {
                what: "zone-set",
                subject: &name,
                before: before.zone.as_deref().unwrap_or_default(),
                after: zone.as_deref().unwrap_or_default(),
            };
            write_down(tx, &change, &name, now)?;
            Ok(true)
        })
        .await
    }

    /// Stores a log-in link, and forgets those that were made before `before`.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn add_login_link(
        &self,
        hash: String,
        user: String,
        role: Role,
        before: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(move |tx| {
            tx.exec(
                "DELETE FROM web_links WHERE made_at < $1",
                &[ms(before).into()],
            )?;
            tx.exec(
                "INSERT INTO web_links (hash, user_name, role, made_at) VALUES ($1, $2, $3, $4)",
                &[
                    hash.as_str().into(),
                    user.as_str().into(),
                    role.as_str().into(),
                    ms(now).into(),
                ],
            )?;
            write_down(
                tx,
                &Change::of("login-link-made", &user),
                "command line",
                now,
            )
        })
        .await
    }

    /// Tells whether a log-in link that was made at `since` or later has not been used.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn has_login_link(&self, hash: String, since: Timestamp) -> Result<bool, StoreError> {
        self.read(move |tx| {
            let found = tx.first(
                "SELECT 1 FROM web_links WHERE hash = $1 AND made_at >= $2",
                &[hash.as_str().into(), ms(since).into()],
            )?;
            Ok(found.is_some())
        })
        .await
    }

    /// Uses a log-in link that was made at `since` or later up and begins a session; `None` where there is none such.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn use_login_link(
        &self,
        hash: String,
        session: String,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<Option<WebSession>, StoreError> {
        self.write(move |tx| {
            let used = tx.first(
                "DELETE FROM web_links WHERE hash = $1 AND made_at >= $2 RETURNING user_name, role",
                &[hash.as_str().into(), ms(since).into()],
            )?;
            let Some(mut row) = used else { return Ok(None) };
            let (name, role) = (row.next_text()?, role(&mut row)?);
            begin(tx, &session, &name, role, now)?;
            write_down(tx, &Change::of("logged-in-by-link", &name), &name, now)?;
            Ok(Some(WebSession {
                user: name,
                role,
                zone: None,
            }))
        })
        .await
    }

    /// Begins a session of a user who has shown the password.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn begin_session(
        &self,
        hash: String,
        user: String,
        role: Role,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(move |tx| {
            begin(tx, &hash, &user, role, now)?;
            write_down(tx, &Change::of("logged-in", &user), &user, now)
        })
        .await
    }

    /// The session of this hash that was used at `since` or later.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn session(
        &self,
        hash: String,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<Option<WebSession>, StoreError> {
        let asked = hash.clone();
        let found = self
            .read(move |tx| {
                let row = tx.first(
                    "SELECT s.user_name, s.role, u.zone, s.seen_at
                     FROM web_sessions s LEFT JOIN web_users u ON u.name = s.user_name
                     WHERE s.hash = $1 AND s.seen_at >= $2",
                    &[asked.as_str().into(), ms(since).into()],
                )?;
                row.map(|mut row| {
                    let session = WebSession {
                        user: row.next_text()?,
                        role: role(&mut row)?,
                        zone: row.next_opt_text()?,
                    };
                    Ok((session, timestamp(&mut row)?))
                })
                .transpose()
            })
            .await?;
        let Some((session, seen_at)) = found else {
            return Ok(None);
        };
        if is_stale(seen_at, now) {
            self.write_lightly(move |tx| {
                tx.exec(
                    "UPDATE web_sessions SET seen_at = $1 WHERE hash = $2",
                    &[ms(now).into(), hash.as_str().into()],
                )
            })
            .await?;
        }
        Ok(Some(session))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn end_session(
        &self,
        hash: String,
        who: String,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(move |tx| {
            tx.exec(
                "DELETE FROM web_sessions WHERE hash = $1",
                &[hash.as_str().into()],
            )?;
            write_down(tx, &Change::of("logged-out", &who), &who, now)
        })
        .await
    }

    /// Adds a token; tells whether its name was free.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn add_web_token(
        &self,
        token: WebToken,
        hash: String,
        who: String,
    ) -> Result<bool, StoreError> {
        self.write(move |tx| {
            let added = tx.exec(
                "INSERT INTO web_tokens (name, hash, role, opens, made_at) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (name) DO NOTHING",
                &[
                    token.name.as_str().into(),
                    hash.as_str().into(),
                    token.role.as_str().into(),
                    token.only.clone().unwrap_or_default().into(),
                    ms(token.made_at).into(),
                ],
            )?;
            if added == 0 {
                return Ok(false);
            }
            let change = Change {
                after: token.role.as_str(),
                ..Change::of("token-added", &token.name)
            };
            write_down(tx, &change, &who, token.made_at)?;
            Ok(true)
        })
        .await
    }

    /// Takes a token back; tells whether there was one.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn remove_web_token(
        &self,
        name: String,
        who: String,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write(move |tx| {
            let removed = tx.exec(
                "DELETE FROM web_tokens WHERE name = $1",
                &[name.as_str().into()],
            )?;
            if removed > 0 {
                write_down(tx, &Change::of("token-removed", &name), &who, now)?;
            }
            Ok(removed > 0)
        })
        .await
    }

    /// The tokens, by name.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn web_tokens(&self) -> Result<Vec<WebToken>, StoreError> {
        self.read(|tx| {
            tx.rows(
                "SELECT name, role, opens, made_at, used_at FROM web_tokens ORDER BY name",
                &[],
            )?
            .iter_mut()
            .map(token)
            .collect()
        })
        .await
    }

    /// The token of this hash; that it was used is noted.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn use_web_token(
        &self,
        hash: String,
        now: Timestamp,
    ) -> Result<Option<WebToken>, StoreError> {
        let asked = hash.clone();
        let found = self
            .read(move |tx| {
                let row = tx.first(
                    "SELECT name, role, opens, made_at, used_at FROM web_tokens WHERE hash = $1",
                    &[asked.as_str().into()],
                )?;
                row.map(|mut row| token(&mut row)).transpose()
            })
            .await?;
        let is_stale = |token: &WebToken| token.used_at.is_none_or(|at| is_stale(at, now));
        if found.as_ref().is_some_and(is_stale) {
            self.write_lightly(move |tx| {
                tx.exec(
                    "UPDATE web_tokens SET used_at = $1 WHERE hash = $2",
                    &[ms(now).into(), hash.as_str().into()],
                )
            })
            .await?;
        }
        Ok(found)
    }
}

/// Whether it is worth writing down that something was used again; so is a time that cannot be true.
fn is_stale(seen_at: Timestamp, now: Timestamp) -> bool {
    let since = now.duration_since(seen_at);
    since.is_negative() || since.unsigned_abs() >= SEEN_EVERY
}

fn begin(
    tx: &mut dyn Tx,
    hash: &str,
    user: &str,
    role: Role,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.exec(
        "INSERT INTO web_sessions (hash, user_name, role, made_at, seen_at)
         VALUES ($1, $2, $3, CAST($4 AS BIGINT), CAST($4 AS BIGINT))",
        &[
            hash.into(),
            user.into(),
            role.as_str().into(),
            ms(now).into(),
        ],
    )?;
    Ok(())
}

fn end_sessions(tx: &mut dyn Tx, user: &str) -> Result<(), StoreError> {
    tx.exec(
        "DELETE FROM web_sessions WHERE user_name = $1",
        &[user.into()],
    )?;
    Ok(())
}

fn user_of(tx: &mut dyn Tx, name: &str) -> Result<Option<WebUser>, StoreError> {
    let row = tx.first(
        "SELECT name, role, password, zone, made_at FROM web_users WHERE name = $1",
        &[name.into()],
    )?;
    row.map(|mut row| user(&mut row)).transpose()
}

fn user(row: &mut Row) -> Result<WebUser, StoreError> {
    Ok(WebUser {
        name: row.next_text()?,
        role: role(row)?,
        password: row.next_text()?,
        zone: row.next_opt_text()?,
        made_at: timestamp(row)?,
    })
}

fn token(row: &mut Row) -> Result<WebToken, StoreError> {
    Ok(WebToken {
        name: row.next_text()?,
        role: role(row)?,
        only: filled(row.next_text()?),
        made_at: timestamp(row)?,
        used_at: opt_timestamp(row)?,
    })
}

fn role(row: &mut Row) -> Result<Role, StoreError> {
    let word = row.next_text()?;
    Role::named(&word).ok_or_else(|| row.lacks("a role"))
}
