//! A mail server on loopback that keeps what it is sent, for the demonstration and for tests.
//!
//! It takes every mail for every recipient and forgets them with the process. By a script it misbehaves as servers do:
//! refuses, stalls, hangs up. TLS is not its own: where it is wanted, the caller brings a function that secures a
//! connection.

use std::fmt;
use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{
    AsyncBufRead, AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite,
    AsyncWriteExt as _, BufReader,
};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;

/// The largest command or line of a mail: RFC 5321 §4.5.3.1.6 allows 1000 bytes.
const MAX_LINE_BYTES: u64 = 64 * 1024;

/// The largest mail kept; alerts have some kilobytes.
const MAX_MAIL_BYTES: usize = 16 * 1024 * 1024;

/// A connection, secured or not.
pub trait Connection: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Connection for T {}

/// A connection of either kind.
pub type BoxedConnection = Box<dyn Connection>;

/// What a [`Secure`] function returns.
pub type Securing = Pin<Box<dyn Future<Output = io::Result<BoxedConnection>> + Send>>;

/// Makes the server's side of a TLS connection.
pub type Secure = Arc<dyn Fn(BoxedConnection) -> Securing + Send + Sync>;

/// When the connections of a sink are secured.
#[derive(Clone)]
pub enum SinkTls {
    /// Never, and it is not offered.
    None,
    /// When the client says STARTTLS.
    StartTls(Secure),
    /// From the first byte.
    Implicit(Secure),
}

impl fmt::Debug for SinkTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "SinkTls::None",
            Self::StartTls(_) => "SinkTls::StartTls",
            Self::Implicit(_) => "SinkTls::Implicit",
        })
    }
}

/// A mail as it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedMail {
    /// The address of `MAIL FROM`.
    pub from: String,
    /// The addresses of `RCPT TO`.
    pub to: Vec<String>,
    /// The mail, headers and body, with dots unstuffed.
    pub data: Vec<u8>,
    /// Whether it came over TLS.
    pub secured: bool,
}

/// A command as it came in, without its line's end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedCommand {
    /// The line.
    pub line: String,
    /// Whether it came over TLS.
    pub secured: bool,
}

/// The places at which a script can interfere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The greeting of a new connection.
    Greeting,
    /// `EHLO` or `HELO`.
    Hello,
    /// `STARTTLS`
    StartTls,
    /// `AUTH`
    Auth,
    /// `MAIL FROM`
    Sender,
    /// `RCPT TO`
    Recipient,
    /// `DATA`
    Data,
    /// The line with the dot that ends a mail.
    EndOfData,
}

/// What the sink does instead of its duty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reaction {
    /// Answers with these bytes, in which line ends are the script's; a code below 400 lets the step go on.
    Reply(String),
    /// Never answers.
    Stall,
    /// Closes the connection without an answer.
    HangUp,
    /// Keeps the mail, and closes the connection without saying so.
    TakeAndHangUp,
    /// Answers with these bytes again and again, without an end.
    Flood(String),
}

/// A deviation from duty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deviation {
    /// Where.
    pub at: Stage,
    /// What is done there.
    pub reaction: Reaction,
    /// How many times, before the sink returns to its duty.
    pub times: usize,
}

#[derive(Debug, Default)]
struct Memory {
    /// How many mails there are, for those who wait for the next one.
    count: watch::Sender<usize>,
    mails: Vec<ReceivedMail>,
    commands: Vec<ReceivedCommand>,
    script: Vec<Deviation>,
}

/// The server; it stops when it is dropped.
#[derive(Debug)]
pub struct SmtpSink {
    address: SocketAddr,
    memory: Arc<Mutex<Memory>>,
    _listening: AbortOnDropHandle<()>,
}

impl SmtpSink {
    /// Starts a sink on a free port of 127.0.0.1 that does its duty, without TLS.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn start() -> io::Result<Self> {
        Self::start_with(SinkTls::None, Vec::new()).await
    }

    /// Deviates once more from its duty, from now on.
    pub fn deviate(&self, deviation: Deviation) {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        memory.script.push(deviation);
    }

    /// Whether nothing is left of its script.
    #[must_use]
    pub fn is_dutiful(&self) -> bool {
        let memory = lock(&self.memory);
        memory.script.iter().all(|deviation| deviation.times == 0)
    }

    /// Starts a sink with TLS or a script.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn start_with(tls: SinkTls, script: Vec<Deviation>) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let memory = Arc::new(Mutex::new(Memory {
            script,
            ..Memory::default()
        }));
        let listening = tokio::spawn(listen(listener, tls, Arc::clone(&memory)));
        Ok(Self {
            address,
            memory,
            _listening: AbortOnDropHandle::new(listening),
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The mails so far, in the order they came in.
    #[must_use]
    pub fn mails(&self) -> Vec<ReceivedMail> {
        lock(&self.memory).mails.clone()
    }

    /// Waits until more than `seen` mails have come, and gives all of them.
    pub async fn mails_beyond(&self, seen: usize) -> Vec<ReceivedMail> {
        let mut count = lock(&self.memory).count.subscribe();
        // The sender lives in the sink's own memory, so the wait ends with a mail and not with an error.
        drop(count.wait_for(|count| *count > seen).await);
        self.mails()
    }

    /// The commands so far, of all connections.
    #[must_use]
    pub fn commands(&self) -> Vec<ReceivedCommand> {
        lock(&self.memory).commands.clone()
    }
}

fn lock(memory: &Mutex<Memory>) -> MutexGuard<'_, Memory> {
    memory.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn listen(listener: TcpListener, tls: SinkTls, memory: Arc<Mutex<Memory>>) {
    let mut visits = tokio::task::JoinSet::new();
    while let Ok((connection, _)) = listener.accept().await {
        let tls = tls.clone();
        let memory = Arc::clone(&memory);
        // A client that hangs up in the middle ends its visit with an error, and nothing else.
        visits.spawn(async move { visit(Box::new(connection), tls, memory).await.ok() });
        while visits.try_join_next().is_some() {}
    }
}

/// One connection, from the greeting to the goodbye.
async fn visit(
    connection: BoxedConnection,
    tls: SinkTls,
    memory: Arc<Mutex<Memory>>,
) -> io::Result<()> {
    let (connection, secured) = match &tls {
        SinkTls::Implicit(secure) => (secure(connection).await?, true),
        SinkTls::None | SinkTls::StartTls(_) => (connection, false),
    };
    let mut visit = Visit {
        stream: BufReader::new(connection),
        secured,
        memory,
        from: String::new(),
        to: Vec::new(),
    };
    if visit
        .act(Stage::Greeting, "220 sink.newswatch.example\r\n")
        .await?
        == Next::Leave
    {
        return Ok(());
    }
    loop {
        let line = read_line(&mut visit.stream).await?;
        if line.is_empty() {
            return Ok(());
        }
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        let next = visit.obey(line, &tls).await?;
        visit = match (next, &tls) {
            (Next::Leave, _) => return Ok(()),
            (Next::Secure, SinkTls::StartTls(secure)) => visit.secured_by(secure).await?,
            (Next::Secure | Next::Stay | Next::Refused, _) => visit,
        };
    }
}

/// What comes after a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Stay,
    /// The step was refused: what it leads to does not happen.
    Refused,
    Secure,
    Leave,
}

struct Visit {
    stream: BufReader<BoxedConnection>,
    secured: bool,
    memory: Arc<Mutex<Memory>>,
    from: String,
    to: Vec<String>,
}

impl Visit {
    /// Does what one command asks for.
    async fn obey(&mut self, line: String, tls: &SinkTls) -> io::Result<Next> {
        lock(&self.memory).commands.push(ReceivedCommand {
            line: line.clone(),
            secured: self.secured,
        });
        let verb = line.split(' ').next().unwrap_or_default().to_uppercase();
        match verb.as_str() {
            "EHLO" | "HELO" => self.act(Stage::Hello, &self.welcome(tls)).await,
            "STARTTLS" => match self.act(Stage::StartTls, "220 go ahead\r\n").await? {
                Next::Stay => Ok(Next::Secure),
                other => Ok(other),
            },
            "AUTH" => self.act(Stage::Auth, "235 welcome\r\n").await,
            "MAIL" => {
                self.from = address_in(&line);
                self.to.clear();
                self.act(Stage::Sender, "250 ok\r\n").await
            }
            "RCPT" => {
                self.to.push(address_in(&line));
                self.act(Stage::Recipient, "250 ok\r\n").await
            }
            "DATA" => match self.act(Stage::Data, "354 go ahead\r\n").await? {
                Next::Stay => self.take_mail().await,
                other => Ok(other),
            },
            "NOOP" | "RSET" => self.say("250 ok\r\n").await,
            "QUIT" => {
                self.say("221 bye\r\n").await?;
                Ok(Next::Leave)
            }
            _ => self.say("502 not known here\r\n").await,
        }
    }

    fn welcome(&self, tls: &SinkTls) -> String {
        let offer = match tls {
            SinkTls::StartTls(_) if !self.secured => "250-STARTTLS\r\n",
            _ => "",
        };
        format!("250-sink.newswatch.example\r\n{offer}250-8BITMIME\r\n250 AUTH PLAIN LOGIN\r\n")
    }

    /// Answers as duty says, or as the script does.
    async fn act(&mut self, stage: Stage, duty: &str) -> io::Result<Next> {
        match self.deviation(stage) {
            None => self.say(duty).await,
            Some(Reaction::Reply(reply)) => {
                self.say(&reply).await?;
                let goes_on = reply.starts_with(['2', '3']);
                Ok(if goes_on { Next::Stay } else { Next::Refused })
            }
            Some(Reaction::Stall) => pending().await,
            Some(Reaction::HangUp | Reaction::TakeAndHangUp) => Ok(Next::Leave),
            Some(Reaction::Flood(bytes)) => loop {
                self.say(&bytes).await?;
            },
        }
    }

    /// Takes the script's next deviation for this stage.
    fn deviation(&self, stage: Stage) -> Option<Reaction> {
        let mut memory = lock(&self.memory);
        let deviation = memory
            .script
            .iter_mut()
            .find(|deviation| deviation.at == stage && deviation.times > 0)?;
        deviation.times -= 1;
        Some(deviation.reaction.clone())
    }

    async fn say(&mut self, reply: &str) -> io::Result<Next> {
        self.stream.write_all(reply.as_bytes()).await?;
        self.stream.flush().await?;
        Ok(Next::Stay)
    }

    /// Reads a mail up to its dot, and keeps it unless the script says otherwise.
    async fn take_mail(&mut self) -> io::Result<Next> {
        let mut data = Vec::new();
        loop {
            let line = read_line(&mut self.stream).await?;
            match line.as_slice() {
                b"" => return Ok(Next::Leave),
                b".\r\n" => break,
                // RFC 5321 §4.5.2: a leading dot was doubled.
                [b'.', rest @ ..] => data.extend_from_slice(rest),
                line => data.extend_from_slice(line),
            }
            if data.len() > MAX_MAIL_BYTES {
                return Ok(Next::Leave);
            }
        }
        let mail = ReceivedMail {
            from: std::mem::take(&mut self.from),
            to: std::mem::take(&mut self.to),
            data,
            secured: self.secured,
        };
        self.end_of_data(mail).await
    }

    async fn end_of_data(&mut self, mail: ReceivedMail) -> io::Result<Next> {
        let taken = match self.upcoming(Stage::EndOfData) {
            None | Some(Reaction::TakeAndHangUp) => true,
            Some(Reaction::Reply(reply)) => reply.starts_with('2'),
            Some(Reaction::Stall | Reaction::HangUp | Reaction::Flood(_)) => false,
        };
        if taken {
            let mut memory = lock(&self.memory);
            memory.mails.push(mail);
            memory.count.send_replace(memory.mails.len());
        }
        self.act(Stage::EndOfData, "250 taken\r\n").await
    }

    /// Looks at the script's next deviation for this stage.
    fn upcoming(&self, stage: Stage) -> Option<Reaction> {
        lock(&self.memory)
            .script
            .iter()
            .find(|deviation| deviation.at == stage && deviation.times > 0)
            .map(|deviation| deviation.reaction.clone())
    }

    async fn secured_by(self, secure: &Secure) -> io::Result<Self> {
        let connection = secure(self.stream.into_inner()).await?;
        Ok(Self {
            stream: BufReader::new(connection),
            secured: true,
            ..self
        })
    }
}

/// Reads a line with its end; empty when there is none any more.
async fn read_line(stream: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    stream
        .take(MAX_LINE_BYTES)
        .read_until(b'\n', &mut line)
        .await?;
    Ok(line)
}

/// The address between the angle brackets of a command.
fn address_in(line: &str) -> String {
    line.split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'))
        .map_or_else(String::new, |(address, _)| address.to_owned())
}
