//! Bodies: from the bytes on the wire to the document, with a limit on either side of the decompression.
//!
//! Unpacking is done here and not in the client, because the client neither counts what comes over the wire nor
//! forgives what servers do: a body that is declared as gzip and is none, a `deflate` without its wrapper.

use std::pin::pin;
use std::time::Duration;

use async_compression::tokio::bufread::{BrotliDecoder, DeflateDecoder, ZlibDecoder, ZstdDecoder};
use async_compression::zstd::DParameter;
use reqwest::Response;
use reqwest::header::CONTENT_ENCODING;
use tokio::io::{
    AsyncBufRead, AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWriteExt as _,
    BufReader, DuplexStream, duplex,
};
use tokio::time::timeout;

use super::headers;
use super::memory::{Memory, PIECE_BYTES, Share};

/// The codings that [`read`] unpacks, for the `Accept-Encoding` field.
pub(super) const ACCEPTED_CODINGS: &str = "gzip, br, zstd, deflate";

/// The most that is taken over the wire for one document. A compressed stream can be endless and yet unpack to nothing.
const MAX_WIRE_BYTES: u64 = 64 * 1024 * 1024;

/// The memory that a zstd stream may ask for, as a power of two: 8 MiB (RFC 9659 §3).
const ZSTD_WINDOW_LOG: u32 = 23;

/// The time for each further piece of a body that holds some of the common store: 26 kB a second.
pub(super) const MAX_PIECE_TIME: Duration = Duration::from_secs(10);

/// What waits between the wire and the decompression.
const PIPE_BYTES: usize = 64 * 1024;

/// Why there is no body.
#[derive(Debug)]
pub(super) enum BodyFailure {
    /// The connection broke.
    Client(reqwest::Error),
    /// The body went past a limit.
    TooLarge { limit_bytes: u64 },
    /// What was compressed cannot be unpacked.
    Damaged,
    /// It is compressed in a way that was not offered.
    UnknownCoding,
    /// It comes so slowly that the memory it holds is wanted by others.
    Stalled,
}

/// Reads and unpacks a body to its end, or gives up once it is larger than the cap.
///
/// What is counted against the cap is what comes out of the decompression: a declared length says nothing about that.
pub(super) async fn read(
    response: Response,
    limit_bytes: u64,
    memory: &Memory,
) -> Result<(Vec<u8>, Share), BodyFailure> {
    let coding = Coding::of(&response)?;
    let (tap, pipe) = duplex(PIPE_BYTES);
    let mut pumping = pin!(pump(response, tap));
    let mut unpacking = pin!(unpack(pipe, coding, limit_bytes, memory));
    let pumped = tokio::select! {
        pumped = &mut pumping => pumped,
        // It knows enough; what still comes over the wire changes nothing.
        unpacked = &mut unpacking => return unpacked,
    };
    match (pumped, unpacking.await) {
        (Err(failure), Ok(_) | Err(BodyFailure::Damaged)) => Err(failure),
        (_, unpacked) => unpacked,
    }
}

/// Carries the body from the wire into the pipe.
async fn pump(mut response: Response, mut tap: DuplexStream) -> Result<(), BodyFailure> {
    let mut wire_bytes = 0;
    while let Some(chunk) = response.chunk().await.map_err(BodyFailure::Client)? {
        wire_bytes += u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        if wire_bytes > MAX_WIRE_BYTES {
            let limit_bytes = MAX_WIRE_BYTES;
            return Err(BodyFailure::TooLarge { limit_bytes });
        }
        if tap.write_all(&chunk).await.is_err() {
            // Nobody reads any more: the other side has what it wants, or says why not.
            break;
        }
    }
    Ok(())
}

/// Takes the body out of the pipe, unpacked.
async fn unpack(
    mut pipe: DuplexStream,
    coding: Coding,
    limit_bytes: u64,
    memory: &Memory,
) -> Result<(Vec<u8>, Share), BodyFailure> {
    let mut start = Vec::new();
    (&mut pipe)
        .take(2)
        .read_to_end(&mut start)
        .await
        .map_err(|_| BodyFailure::Damaged)?;
    let beginning = start.clone();
    let whole = BufReader::new(std::io::Cursor::new(start).chain(pipe));
    let mut taken = Taken {
        bytes: Vec::new(),
        share: Share::default(),
        limit_bytes,
        memory,
    };
    let may_be_gzip = matches!(coding, Coding::Gzip | Coding::Identity);
    if may_be_gzip && beginning == GZIP_MAGIC {
        taken.members(whole).await?;
    } else {
        taken.all(unpacker(whole, coding, &beginning)).await?;
    }
    Ok((taken.bytes, taken.share))
}

/// Room for a piece, and for the few bytes in which its end shows.
const PIECE_ROOM: usize = 256 * 1024 + 64;

/// What was taken of a body so far.
struct Taken<'a> {
    bytes: Vec<u8>,
    share: Share,
    limit_bytes: u64,
    memory: &'a Memory,
}

impl Taken<'_> {
    /// Takes all that comes.
    async fn all(&mut self, mut unpacked: impl AsyncRead + Unpin) -> Result<(), BodyFailure> {
        let limit_bytes = self.limit_bytes;
        loop {
            // One more than the limit, to see whether there is more.
            let room_bytes = limit_bytes.saturating_add(1) - size_of(&self.bytes);
            if !self.share.is_none() {
                // A large one grows by what it takes of the store and no further.
                self.bytes.reserve_exact(PIECE_ROOM);
            }
            let mut piece = (&mut unpacked).take(room_bytes.min(PIECE_BYTES));
            let reading = piece.read_to_end(&mut self.bytes);
            // What holds none of the common store may take its time.
            let read = if self.share.is_none() {
                reading.await
            } else {
                let read = timeout(MAX_PIECE_TIME, reading).await;
                read.map_err(|_| BodyFailure::Stalled)?
            };
            let piece_bytes = read.map_err(|_| BodyFailure::Damaged)?;
            if size_of(&self.bytes) > limit_bytes {
                return Err(BodyFailure::TooLarge { limit_bytes });
            }
            if piece_bytes == 0 {
                return Ok(());
            }
            if size_of(&self.bytes) >= PIECE_BYTES {
                self.memory.grow(&mut self.share).await;
            }
        }
    }

    /// Takes the members of a gzip file: RFC 1952.
    ///
    /// What ends a member is the end of its compressed blocks. The eight bytes behind it are left out by some servers,
    /// and browsers do not look at them; neither do they at what follows the last member.
    async fn members(&mut self, mut wire: impl AsyncBufRead + Unpin) -> Result<(), BodyFailure> {
        loop {
            gzip_header(&mut wire).await?;
            self.all(DeflateDecoder::new(&mut wire)).await?;
            skip(&mut wire, GZIP_TRAILER_BYTES).await?;
            let rest = wire.fill_buf().await.map_err(|_| BodyFailure::Damaged)?;
            if rest.first() != GZIP_MAGIC.first() {
                return Ok(());
            }
        }
    }
}

/// RFC 1952 §2.3.1: the two bytes that every gzip file begins with.
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// RFC 1952 §2.3: the checksum and the length behind each member.
const GZIP_TRAILER_BYTES: u64 = 8;

/// The longest header of a member: it may hold a file's name and a comment.
const MAX_GZIP_HEADER_BYTES: u64 = 64 * 1024;

/// Reads the header of a member: RFC 1952 §2.3.
async fn gzip_header(wire: &mut (impl AsyncBufRead + Unpin)) -> Result<(), BodyFailure> {
    let damaged = |_| BodyFailure::Damaged;
    let mut fixed = [0; 10];
    wire.read_exact(&mut fixed).await.map_err(damaged)?;
    let [first, second, method, flags, ..] = fixed;
    if [first, second] != GZIP_MAGIC || method != 8 {
        return Err(BodyFailure::Damaged);
    }
    if flags & 0b100 != 0 {
        let length = wire.read_u16_le().await.map_err(damaged)?;
        skip(wire, length.into()).await?;
    }
    for flag in [0b1000, 0b1_0000] {
        if flags & flag != 0 {
            let mut text = Vec::new();
            let mut bounded = (&mut *wire).take(MAX_GZIP_HEADER_BYTES);
            bounded.read_until(0, &mut text).await.map_err(damaged)?;
            if text.last() != Some(&0) {
                return Err(BodyFailure::Damaged);
            }
        }
    }
    if flags & 0b10 != 0 {
        skip(wire, 2).await?;
    }
    Ok(())
}

/// Drops so many bytes, as far as there are any.
async fn skip(wire: &mut (impl AsyncBufRead + Unpin), bytes: u64) -> Result<(), BodyFailure> {
    let mut dropped = Vec::new();
    let mut bounded = wire.take(bytes);
    let read = bounded.read_to_end(&mut dropped).await;
    read.map(|_| ()).map_err(|_| BodyFailure::Damaged)
}

fn size_of(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

/// How a body is declared to be compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    Identity,
    Gzip,
    Deflate,
    Brotli,
    Zstd,
}

impl Coding {
    fn of(response: &Response) -> Result<Self, BodyFailure> {
        let declared = headers::text(response.headers(), &CONTENT_ENCODING).unwrap_or_default();
        Self::declared(&declared)
    }

    /// Reads a `Content-Encoding` field. A word that is no coding, like a charset, is a slip and compresses nothing.
    fn declared(field: &str) -> Result<Self, BodyFailure> {
        let mut codings = field.split(',').filter_map(|word| {
            Some(match word.trim().to_ascii_lowercase().as_str() {
                "gzip" | "x-gzip" => Ok(Self::Gzip),
                "deflate" => Ok(Self::Deflate),
                "br" => Ok(Self::Brotli),
                "zstd" => Ok(Self::Zstd),
                "compress" | "x-compress" | "dcb" | "dcz" => Err(BodyFailure::UnknownCoding),
                _ => return None,
            })
        });
        match (codings.next(), codings.next()) {
            (None, _) => Ok(Self::Identity),
            (Some(coding), None) => coding,
            // Several at once multiply what a small body can unpack to.
            (Some(_), Some(_)) => Err(BodyFailure::UnknownCoding),
        }
    }
}

/// Chooses the decompression by what is declared and by how the body really begins. A file that is compressed by itself
/// (`sitemap.xml.gz`) is wanted unpacked as well: that is seen before.
fn unpacker<'a>(
    whole: impl AsyncBufRead + Send + Unpin + 'a,
    coding: Coding,
    beginning: &[u8],
) -> Box<dyn AsyncRead + Send + Unpin + 'a> {
    match (coding, beginning) {
        (Coding::Deflate, [cmf, flg]) if is_zlib(*cmf, *flg) => Box::new(ZlibDecoder::new(whole)),
        (Coding::Deflate, [_, _]) => Box::new(DeflateDecoder::new(whole)),
        (Coding::Brotli, [_, ..]) => Box::new(BrotliDecoder::new(whole)),
        (Coding::Zstd, [_, _]) => {
            let window = [DParameter::window_log_max(ZSTD_WINDOW_LOG)];
            let mut decoder = ZstdDecoder::with_params(whole, &window);
            decoder.multiple_members(true);
            Box::new(decoder)
        }
        _ => Box::new(whole),
    }
}

/// RFC 1950 §2.2: method 8, and the two bytes are a multiple of 31.
fn is_zlib(cmf: u8, flg: u8) -> bool {
    cmf & 0x0f == 8 && u16::from_be_bytes([cmf, flg]).is_multiple_of(31)
}

#[cfg(test)]
mod tests {
    use async_compression::tokio::write::{
        BrotliEncoder, DeflateEncoder, GzipEncoder, ZlibEncoder, ZstdEncoder,
    };

    use super::*;

    macro_rules! packed {
        ($encoder:ident, $text:expr) => {{
            let mut encoder = $encoder::new(Vec::new());
            encoder.write_all($text).await.unwrap();
            encoder.shutdown().await.unwrap();
            encoder.into_inner()
        }};
    }

    /// Sends the bytes through the pipe, a few at a time.
    async fn unpacked(declared: &str, wire: &[u8]) -> Result<Vec<u8>, BodyFailure> {
        let coding = Coding::declared(declared)?;
        let (mut tap, pipe) = duplex(7);
        let send = async move { tap.write_all(wire).await };
        let memory = Memory::new();
        let (_, unpacked) = tokio::join!(send, unpack(pipe, coding, 100_000, &memory));
        unpacked.map(|(bytes, _)| bytes)
    }

    #[tokio::test]
    async fn every_coding_is_unpacked_in_every_form_that_servers_send() {
        let text = "news ".repeat(1000).into_bytes();
        let gzip = packed!(GzipEncoder, &text);
        let half = text.len() / 2;
        let members = [
            packed!(GzipEncoder, &text[..half]),
            packed!(GzipEncoder, &text[half..]),
        ];
        for (declared, wire) in [
            ("gzip", gzip.clone()),
            ("X-GZIP", gzip.clone()),
            ("identity, gzip", gzip),
            ("gzip", members.concat()),
            ("gzip", text.clone()),
            ("deflate", packed!(ZlibEncoder, &text)),
            ("deflate", packed!(DeflateEncoder, &text)),
            ("br", packed!(BrotliEncoder, &text)),
            ("zstd", packed!(ZstdEncoder, &text)),
            ("", text.clone()),
            ("utf-8", text.clone()),
        ] {
            assert_eq!(unpacked(declared, &wire).await.unwrap(), text, "{declared}");
        }
    }

    #[tokio::test]
    async fn an_empty_body_is_empty_whatever_is_declared() {
        for declared in ["", "gzip", "deflate", "br", "zstd"] {
            assert_eq!(unpacked(declared, b"").await.unwrap(), b"", "{declared}");
        }
    }

    #[tokio::test]
    async fn a_compressed_body_that_breaks_off_is_damaged() {
        let text = "news ".repeat(1000).into_bytes();
        for (declared, wire) in [
            ("gzip", packed!(GzipEncoder, &text)),
            ("deflate", packed!(ZlibEncoder, &text)),
            ("deflate", packed!(DeflateEncoder, &text)),
            ("br", packed!(BrotliEncoder, &text)),
            ("zstd", packed!(ZstdEncoder, &text)),
        ] {
            let trailer = if declared == "gzip" { 8 } else { 0 };
            let outcome = unpacked(declared, &wire[..wire.len() - 3 - trailer]).await;
            assert!(
                matches!(outcome, Err(BodyFailure::Damaged)),
                "{declared}: {outcome:?}"
            );
        }
    }

    #[tokio::test]
    async fn what_stands_behind_the_compressed_blocks_of_gzip_may_be_missing_or_wrong() {
        let text = "news ".repeat(1000).into_bytes();
        let wire = packed!(GzipEncoder, &text);
        for missing in [1, 4, 8] {
            let wire = &wire[..wire.len() - missing];
            assert_eq!(unpacked("gzip", wire).await.unwrap(), text, "{missing}");
        }
        for behind in [&b"\0\0\0"[..], b"\n", b"<!-- cached -->"] {
            let wire = [&wire, behind].concat();
            assert_eq!(unpacked("gzip", &wire).await.unwrap(), text, "{behind:?}");
        }
    }

    #[tokio::test]
    async fn a_gzip_header_may_hold_a_name_a_comment_and_more() {
        let text = b"news".to_vec();
        let plain = packed!(GzipEncoder, &text);
        let extra = [&[2, 0][..], b"xy", b"name\0", b"comment\0", &[0, 0]].concat();
        let mut wire = [&plain[..10], &extra, &plain[10..]].concat();
        wire[3] = 0b1_1110;
        assert_eq!(unpacked("gzip", &wire).await.unwrap(), text);
        let endless = [&wire[..14], &vec![b'n'; 100_000][..]].concat();
        let outcome = unpacked("gzip", &endless).await;
        assert!(matches!(outcome, Err(BodyFailure::Damaged)), "{outcome:?}");
    }

    #[tokio::test]
    async fn a_bomb_of_any_coding_stops_at_the_cap() {
        let text = vec![b'x'; 3_000_000];
        for (declared, wire) in [
            ("gzip", packed!(GzipEncoder, &text)),
            ("deflate", packed!(ZlibEncoder, &text)),
            ("br", packed!(BrotliEncoder, &text)),
            ("zstd", packed!(ZstdEncoder, &text)),
        ] {
            let outcome = unpacked(declared, &wire).await;
            assert!(
                matches!(
                    outcome,
                    Err(BodyFailure::TooLarge {
                        limit_bytes: 100_000
                    })
                ),
                "{declared}"
            );
        }
    }

    #[tokio::test]
    async fn what_was_not_offered_is_not_unpacked() {
        for declared in ["compress", "gzip, gzip", "br, gzip"] {
            let outcome = unpacked(declared, b"xx").await;
            assert!(
                matches!(outcome, Err(BodyFailure::UnknownCoding)),
                "{declared}"
            );
        }
    }
}
