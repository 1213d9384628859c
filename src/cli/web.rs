//! `newswatch web`: who may come in by the web pages.

use std::io::Read as _;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};

use super::loading::load;
use super::{ConfigArg, Outcome, output};
use crate::clock::Clock;
use crate::config::{Config, Listen};
use crate::daemon;
use crate::domain::Role;
use crate::ops::entrance;
use crate::store::Store;

/// Who has done what is done here, in the journal.
const WHO: &str = "command line";

/// The most that is read of a file with a password.
const MAX_BYTES: u64 = 4_096;

/// What `web` can do.
#[derive(Debug, Subcommand)]
pub(super) enum Web {
    /// Print a link that lets its first user in, within ten minutes
    Login(Login),
    /// Add, list and remove users
    #[command(subcommand)]
    User(User),
    /// Add, list and remove tokens of programs and feed readers
    #[command(subcommand)]
    Token(Token),
}

/// Arguments of `web login`.
#[derive(Debug, Args)]
pub(super) struct Login {
    #[command(flatten)]
    config: ConfigArg,
    /// What the link lets its user do
    #[arg(long, value_enum, default_value = "admin")]
    role: RoleArg,
}

/// What `web user` can do.
#[derive(Debug, Subcommand)]
pub(super) enum User {
    /// Add a user, or set another role and password; without a file, a password is made up and printed
    Add {
        /// The name
        name: String,
        #[command(flatten)]
        config: ConfigArg,
        /// What the user may do
        #[arg(long, value_enum)]
        role: RoleArg,
        /// A file with the password; - for standard input
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// List the users
    List(ConfigArg),
    /// Remove a user and end their sessions
    Remove {
        /// The name
        name: String,
        #[command(flatten)]
        config: ConfigArg,
    },
}

/// What `web token` can do.
#[derive(Debug, Subcommand)]
pub(super) enum Token {
    /// Add a token and print it, this once
    Add {
        /// Its name
        name: String,
        #[command(flatten)]
        config: ConfigArg,
        /// What it may do
        #[arg(long, value_enum, default_value = "reader")]
        role: RoleArg,
        /// The watch whose Atom and JSON feeds it opens, and nothing else
        #[arg(long, value_name = "WATCH")]
        feed: Option<String>,
    },
    /// List the tokens
    List(ConfigArg),
    /// Take a token back
    Remove {
        /// Its name
        name: String,
        #[command(flatten)]
        config: ConfigArg,
    },
}

/// A role, as it is typed.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum RoleArg {
    /// Sees everything but secrets
    Reader,
    /// Marks, silences, sends again
    Editor,
    /// Feeds, channels, users, tokens
    Admin,
}

impl From<RoleArg> for Role {
    fn from(role: RoleArg) -> Self {
        match role {
            RoleArg::Reader => Self::Reader,
            RoleArg::Editor => Self::Editor,
            RoleArg::Admin => Self::Admin,
        }
    }
}

impl Web {
    pub(super) async fn run(self) -> anyhow::Result<Outcome> {
        match self {
            Self::Login(login) => login.run().await,
            Self::User(user) => user.run().await,
            Self::Token(token) => token.run().await,
        }
    }
}

impl Login {
    async fn run(self) -> anyhow::Result<Outcome> {
        let (store, config) = open(&self.config).await?;
        let link = login_link(&store, &config, self.role.into()).await?;
        output::line(&format!(
            "{link}\n\nIt can be used once, within ten minutes."
        ))?;
        if config.web.listen == Listen::Off {
            output::complain(
                "the pages are off: write [web] into the configuration, and reload the service",
            );
            return Ok(Outcome::No);
        }
        Ok(Outcome::Done)
    }
}

/// A link that lets its first user in; where nothing says what it begins with, its path alone.
pub(super) async fn login_link(
    store: &Store,
    config: &Config,
    role: Role,
) -> anyhow::Result<String> {
    let now = Clock::system().now();
    let secret = entrance::login_link(store, entrance::LOCAL_USER, role, now).await?;
    let begins = config.web.local_url().unwrap_or_else(|| "/".to_owned());
    Ok(format!("{begins}login/{secret}"))
}

impl User {
    async fn run(self) -> anyhow::Result<Outcome> {
        let now = Clock::system().now();
        match self {
            Self::Add {
                name,
                config,
                role,
                password_file,
            } => {
                let (store, _) = open(&config).await?;
                let (password, is_made_up) = match password_file {
                    Some(path) => (password_in(&path)?, false),
                    None => (entrance::drawn_password()?, true),
                };
                entrance::put_user(&store, &name, role.into(), &password, WHO, now).await?;
                let may = Role::from(role);
                output::line(&format!("{name} may come in as {may}"))?;
                if is_made_up {
                    output::line(&format!("password: {password}"))?;
                }
                Ok(Outcome::Done)
            }
            Self::List(config) => {
                let (store, _) = open(&config).await?;
                for user in store.web_users().await? {
                    let since = output::time(user.made_at);
                    output::line(&format!("{:<8} {}  since {since}", user.role, user.name))?;
                }
                Ok(Outcome::Done)
            }
            Self::Remove { name, config } => {
                let (store, _) = open(&config).await?;
                let removed = store
                    .remove_web_user(name.clone(), WHO.to_owned(), now)
                    .await?;
                anyhow::ensure!(removed, "there is no user \"{name}\"");
                Ok(Outcome::Done)
            }
        }
    }
}

impl Token {
    async fn run(self) -> anyhow::Result<Outcome> {
        let now = Clock::system().now();
        match self {
            Self::Add {
                name,
                config,
                role,
                feed,
            } => {
                let (store, config) = open(&config).await?;
                if let Some(watch) = &feed {
                    super::loading::places_of(&config, Some(watch))?;
                }
                let only = feed.map(|watch| format!("watch:{watch}"));
                let secret =
                    entrance::add_token(&store, &name, role.into(), only, WHO, now).await?;
                output::line(&secret)?;
                Ok(Outcome::Done)
            }
            Self::List(config) => {
                let (store, _) = open(&config).await?;
                for token in store.web_tokens().await? {
                    let used = token
                        .used_at
                        .map_or_else(|| "never".to_owned(), output::time);
                    let only = token
                        .only
                        .map(|only| format!("  {only} alone"))
                        .unwrap_or_default();
                    output::line(&format!(
                        "{:<8} {}{only}  last used {used}",
                        token.role, token.name
                    ))?;
                }
                Ok(Outcome::Done)
            }
            Self::Remove { name, config } => {
                let (store, _) = open(&config).await?;
                let removed = store
                    .remove_web_token(name.clone(), WHO.to_owned(), now)
                    .await?;
                anyhow::ensure!(removed, "there is no token \"{name}\"");
                Ok(Outcome::Done)
            }
        }
    }
}

async fn open(arg: &ConfigArg) -> anyhow::Result<(Store, Config)> {
    let config = load(&arg.path)?;
    let store = daemon::open_store_beside(&config).await?;
    Ok((store, config))
}

/// The password in a file, without the line end after it.
fn password_in(path: &std::path::Path) -> anyhow::Result<String> {
    let mut text = String::new();
    if path.as_os_str() == "-" {
        std::io::stdin().take(MAX_BYTES).read_to_string(&mut text)?;
    } else {
        let file = std::fs::File::open(path).with_context(|| format!("open {}", path.display()))?;
        file.take(MAX_BYTES).read_to_string(&mut text)?;
    }
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}
