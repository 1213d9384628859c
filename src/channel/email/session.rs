//! A session with a mail server, step by step, so that a failure is known by the step at which it came.
//!
//! The mail library's own transport says only that something failed: a refused recipient and a refused message look
//! the same in it, and one of its waits has no end. Here every step has a name; the caller bounds the whole.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS, Mechanism};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, Certificate, TlsParameters, TlsParametersBuilder,
};
use lettre::transport::smtp::commands::{Auth, Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use lettre::transport::smtp::response::{Response, Severity};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use secrecy::ExposeSecret as _;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use crate::channel::{SmtpLogin, SmtpProof, SmtpSettings, SmtpTls};
use crate::domain::Shown;
use crate::http::{explain_io, explain_tls, find_in_chain, find_tls, install_tls_provider};

use super::stream::CarefulStream;
use super::token::{NoToken, Tokens};

/// The time to connect to one of the server's addresses.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The time for a waiting connection to show that it is alive, and for a closing one to say goodbye.
const NOOP_TIMEOUT: Duration = Duration::from_secs(5);

/// How many messages go over one connection; servers have a limit of their own, often 100.
const MAX_MESSAGES: u32 = 50;

/// The place in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Up to the answer to EHLO.
    Connect,
    /// STARTTLS, the handshake, and the second EHLO.
    StartTls,
    Login,
    Sender,
    Recipient,
    /// DATA and the message itself.
    Content,
}

/// Why a session ended early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) step: Step,
    pub(super) problem: Problem,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Problem {
    /// The server said no.
    Reply { code: u16, text: String },
    /// The server's certificate is not good.
    BadCertificate(String),
    /// The server offers no STARTTLS, or somebody on the way took the offer out.
    NoStartTls,
    /// The server takes no login of these kinds.
    NoLogin(&'static str),
    /// There is no token to log in with.
    NoToken(NoToken),
    /// An address is not ASCII, and the server does not know SMTPUTF8.
    NeedsUtf8,
    /// There is no connection, or it broke, or what came was not SMTP.
    Broken(String),
}

impl Failure {
    /// Whether the connection ended before the server had the message: on another one it may be taken, and comes once.
    pub(super) fn is_of_the_connection(&self) -> bool {
        match &self.problem {
            // RFC 5321 §3.8: the server is closing this connection down, and has taken nothing.
            Problem::Reply { code, .. } => *code == 421,
            Problem::Broken(_) => matches!(self.step, Step::Sender | Step::Recipient),
            Problem::BadCertificate(_)
            | Problem::NoStartTls
            | Problem::NoLogin(_)
            | Problem::NoToken(_)
            | Problem::NeedsUtf8 => false,
        }
    }

    fn at(step: Step, error: &SmtpError) -> Self {
        Self {
            step,
            problem: Problem::of(error),
        }
    }

    /// Says it as a clause for people.
    pub(super) fn in_words(&self, host: &str) -> String {
        let step = match self.step {
            Step::Connect => "at the beginning",
            Step::StartTls => "to STARTTLS",
            Step::Login => "to the login",
            Step::Sender => "to the sender",
            Step::Recipient => "to the recipient",
            Step::Content => "to the message",
        };
        match &self.problem {
            Problem::Reply { code, text } => format!("{host} answered {step}: {code} {text}"),
            Problem::BadCertificate(what) => format!("no secure connection to {host}: {what}"),
            Problem::NoStartTls => format!(
                "{host} offers no STARTTLS, and nothing is sent without it; tls = \"implicit\" is for port 465, \"none\" for a relay on this machine"
            ),
            Problem::NoLogin(kinds) => format!("{host} offers no login by {kinds}"),
            Problem::NoToken(problem) => problem.reason.clone(),
            Problem::NeedsUtf8 => {
                format!("{host} does not take addresses with letters beyond ASCII")
            }
            Problem::Broken(what) => match self.step {
                Step::Connect => format!("no connection to {host}: {what}"),
                Step::StartTls => format!("no secure connection to {host}: {what}"),
                Step::Content => {
                    format!("the connection to {host} broke while the mail was on its way: {what}")
                }
                Step::Login | Step::Sender | Step::Recipient => {
                    format!("the connection to {host} broke: {what}")
                }
            },
        }
    }
}

impl Problem {
    fn of(error: &SmtpError) -> Self {
        if let Some(code) = error.status() {
            let text = std::error::Error::source(error).map(ToString::to_string);
            return Self::Reply {
                code: code.into(),
                text: Shown::of(&text.unwrap_or_default()).into(),
            };
        }
        if let Some(problem) = find_tls(error) {
            let what = Shown::of(&explain_tls(problem)).into();
            return match problem {
                rustls::Error::InvalidCertificate(_) => Self::BadCertificate(what),
                _ => Self::Broken(what),
            };
        }
        let io = find_in_chain::<std::io::Error>(error);
        Self::Broken(match io.and_then(explain_io) {
            Some(what) => what.to_owned(),
            None if error.is_response() => "its answer is not SMTP, or was cut off".to_owned(),
            None => Shown::of(&innermost(error)).into(),
        })
    }
}

fn innermost(error: &SmtpError) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

/// A mail server as the settings describe it.
pub(super) struct Server {
    host: String,
    port: u16,
    security: Security,
    hello: ClientId,
}

/// How the connection is protected. A login exists only together with TLS.
enum Security {
    None,
    StartTls(Protected),
    Implicit(Protected),
}

struct Protected {
    tls: TlsParameters,
    login: Option<Login>,
}

/// How we log in.
enum Login {
    Password(Credentials),
    Token(String, Tokens),
}

impl Server {
    /// Reads the certificates and checks that the settings fit together.
    pub(super) fn new(settings: &SmtpSettings) -> Result<Self, String> {
        let security = match settings.tls {
            SmtpTls::None if settings.login.is_some() => {
                return Err("a user name and a password are never sent without TLS; set tls to \"required\" or \"implicit\"".to_owned());
            }
            SmtpTls::None => Security::None,
            SmtpTls::Required => Security::StartTls(Protected::new(settings)?),
            SmtpTls::Implicit => Security::Implicit(Protected::new(settings)?),
        };
        Ok(Self {
            host: settings.host.clone(),
            port: settings.port,
            security,
            hello: ClientId::default(),
        })
    }

    pub(super) fn host(&self) -> &str {
        &self.host
    }

    /// Connects, secures the connection and logs in.
    pub(super) async fn connect(&self) -> Result<Session, Failure> {
        let connection = match &self.security {
            Security::None => self.connect_plain().await?,
            Security::StartTls(protected) => {
                let mut connection = self.connect_plain().await?;
                self.start_tls(&mut connection, protected).await?;
                protected.log_in(&mut connection).await?;
                connection
            }
            Security::Implicit(protected) => {
                let mut connection = self.connect_implicit(protected).await?;
                protected.log_in(&mut connection).await?;
                connection
            }
        };
        Ok(Session {
            connection,
            messages: 0,
        })
    }

    async fn connect_plain(&self) -> Result<AsyncSmtpConnection, Failure> {
        let stream = CarefulStream::new(self.connect_tcp().await?);
        AsyncSmtpConnection::connect_with_transport(Box::new(stream), &self.hello)
            .await
            .map_err(|error| Failure::at(Step::Connect, &error))
    }

    async fn connect_tcp(&self) -> Result<TcpStream, Failure> {
        let broken = |what: &str| Failure {
            step: Step::Connect,
            problem: Problem::Broken(what.to_owned()),
        };
        let addresses: Vec<SocketAddr> = lookup_host((self.host.as_str(), self.port))
            .await
            .map_err(|_| broken("no address was found for this name"))?
            .collect();
        let mut failure = broken("no address was found for this name");
        for address in addresses {
            match timeout(CONNECT_TIMEOUT, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => {
                    // A mail and its final dot are two writes; held back, the second costs 40 ms a mail.
                    stream.set_nodelay(true).ok();
                    return Ok(stream);
                }
                Ok(Err(error)) => {
                    let what = explain_io(&error).unwrap_or("the connection failed");
                    failure = broken(what);
                }
                Err(_) => failure = broken("nobody answered"),
            }
        }
        Err(failure)
    }

    async fn connect_implicit(
        &self,
        protected: &Protected,
    ) -> Result<AsyncSmtpConnection, Failure> {
        AsyncSmtpConnection::connect_tokio1(
            (self.host.as_str(), self.port),
            Some(CONNECT_TIMEOUT),
            &self.hello,
            Some(protected.tls.clone()),
            None,
        )
        .await
        .map_err(|error| Failure::at(Step::Connect, &error))
    }

    async fn start_tls(
        &self,
        connection: &mut AsyncSmtpConnection,
        protected: &Protected,
    ) -> Result<(), Failure> {
        if !connection.can_starttls() {
            return Err(Failure {
                step: Step::StartTls,
                problem: Problem::NoStartTls,
            });
        }
        connection
            .starttls(protected.tls.clone(), &self.hello)
            .await
            .map_err(|error| Failure::at(Step::StartTls, &error))
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("host", &self.host)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

impl Protected {
    fn new(settings: &SmtpSettings) -> Result<Self, String> {
        install_tls_provider();
        let mut builder = TlsParametersBuilder::new(settings.host.clone());
        if let Some(path) = &settings.ca_file {
            let unusable = |what: String| format!("ca_file {}: {what}", path.display());
            let pem = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
            let authority = Certificate::from_pem(&pem)
                .ok()
                .filter(|_| has_certificate(&pem));
            let authority = authority
                .ok_or_else(|| unusable("there is no PEM certificate in it".to_owned()))?;
            builder = builder.add_root_certificate(authority);
        }
        Ok(Self {
            tls: builder.build().map_err(|error| error.to_string())?,
            login: settings.login.clone().map(Login::of),
        })
    }

    async fn log_in(&self, connection: &mut AsyncSmtpConnection) -> Result<(), Failure> {
        match &self.login {
            None => Ok(()),
            Some(Login::Password(credentials)) => by_password(connection, credentials).await,
            Some(Login::Token(user, tokens)) => by_token(connection, user, tokens).await,
        }
    }
}

impl Login {
    fn of(login: SmtpLogin) -> Self {
        match login.proof {
            SmtpProof::Password(password) => Self::Password(Credentials::new(
                login.username,
                password.expose_secret().to_owned(),
            )),
            SmtpProof::Token { command, limit } => {
                Self::Token(login.username, Tokens::new(command, limit))
            }
        }
    }
}

fn at_login(problem: Problem) -> Failure {
    Failure {
        step: Step::Login,
        problem,
    }
}

async fn by_password(
    connection: &mut AsyncSmtpConnection,
    credentials: &Credentials,
) -> Result<(), Failure> {
    let offered = connection
        .server_info()
        .get_auth_mechanism(DEFAULT_MECHANISMS);
    if offered.is_none() {
        return Err(at_login(Problem::NoLogin("PLAIN or LOGIN")));
    }
    connection
        .auth(DEFAULT_MECHANISMS, credentials)
        .await
        .map(drop)
        .map_err(|error| Failure::at(Step::Login, &error))
}

/// Logs in by a token; where one that was kept is refused, by a new one.
async fn by_token(
    connection: &mut AsyncSmtpConnection,
    user: &str,
    tokens: &Tokens,
) -> Result<(), Failure> {
    let info = connection.server_info();
    if !info.supports_auth_mechanism(Mechanism::Xoauth2) {
        return Err(at_login(Problem::NoLogin("XOAUTH2")));
    }
    loop {
        let token = tokens.get().await;
        let token = token.map_err(|problem| at_login(Problem::NoToken(problem)))?;
        let secret = token.secret.expose_secret().to_owned();
        let shown = show(connection, &Credentials::new(user.to_owned(), secret)).await;
        let Err(failure) = shown else {
            return Ok(());
        };
        let code = match &failure.problem {
            Problem::Reply { code, .. } => Some(*code),
            _ => None,
        };
        // What the server says of a moment (4xx) says nothing of the token; where it hung up, the token may be why.
        if !matches!(code, Some(400..=499)) {
            tokens.forget();
        }
        let is_refused = matches!(code, Some(500..=599));
        if token.is_new || !is_refused {
            return Err(failure);
        }
    }
}

/// Shows a token. A server may first say in words of its own what is wrong with it, and waits for an empty line before it
/// refuses; the mail library takes those words for a question.
async fn show(
    connection: &mut AsyncSmtpConnection,
    credentials: &Credentials,
) -> Result<(), Failure> {
    let failed = |error: SmtpError| Failure::at(Step::Login, &error);
    let login = Auth::new(Mechanism::Xoauth2, credentials.clone(), None).map_err(failed)?;
    let answer = connection.command(login).await.map_err(failed)?;
    if answer.code().severity == Severity::PositiveCompletion {
        return Ok(());
    }
    let said = in_words(&answer);
    connection.command("\r\n").await.map_err(failed)?;
    // It asked for more and then was content with nothing: that is no login.
    Err(at_login(Problem::Broken(format!(
        "it took the token in no way that we know: {said}"
    ))))
}

/// The mail library takes a file without any certificate for an authority that trusts nobody.
fn has_certificate(pem: &[u8]) -> bool {
    CertificateDer::pem_slice_iter(pem).any(|certificate| certificate.is_ok())
}

/// A connection that is ready for a message.
pub(super) struct Session {
    connection: AsyncSmtpConnection,
    messages: u32,
}

impl Session {
    /// Sends one message, and gives the server's last word.
    pub(super) async fn send(
        &mut self,
        from: &Address,
        to: &Address,
        mail: &[u8],
    ) -> Result<String, Failure> {
        self.messages += 1;
        let options = self.mail_options(from, to)?;
        let connection = &mut self.connection;
        connection
            .command(Mail::new(Some(from.clone()), options))
            .await
            .map_err(|error| Failure::at(Step::Sender, &error))?;
        connection
            .command(Rcpt::new(to.clone(), Vec::new()))
            .await
            .map_err(|error| Failure::at(Step::Recipient, &error))?;
        connection
            .command(Data)
            .await
            .map_err(|error| Failure::at(Step::Content, &error))?;
        connection
            .message(mail)
            .await
            .map(|response| in_words(&response))
            .map_err(|error| Failure::at(Step::Content, &error))
    }

    /// The mail itself is ASCII, so only an address can need more.
    fn mail_options(&self, from: &Address, to: &Address) -> Result<Vec<MailParameter>, Failure> {
        let is_ascii = |address: &Address| AsRef::<str>::as_ref(address).is_ascii();
        if is_ascii(from) && is_ascii(to) {
            return Ok(Vec::new());
        }
        let info = self.connection.server_info();
        if info.supports_feature(Extension::SmtpUtfEight) {
            return Ok(vec![MailParameter::SmtpUtfEight]);
        }
        Err(Failure {
            step: Step::Recipient,
            problem: Problem::NeedsUtf8,
        })
    }

    /// Gives a session back if the server still answers.
    pub(super) async fn if_alive(waiting: Option<Self>) -> Option<Self> {
        let mut session = waiting?;
        let answers = timeout(NOOP_TIMEOUT, session.connection.test_connected()).await;
        answers.unwrap_or(false).then_some(session)
    }

    /// Says whether this connection has carried as many messages as it should.
    pub(super) fn is_worn_out(&self) -> bool {
        self.messages >= MAX_MESSAGES
    }

    /// Says goodbye; whether the server answers makes no difference any more.
    pub(super) async fn quit(mut self) {
        drop(timeout(NOOP_TIMEOUT, self.connection.quit()).await);
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("messages", &self.messages)
            .finish_non_exhaustive()
    }
}

fn in_words(response: &Response) -> String {
    let code = response.code();
    let text: Vec<&str> = response.message().collect();
    Shown::of(&format!("{code} {}", text.join(" "))).into()
}
