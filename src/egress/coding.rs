//! Content codings of answers (RFC 9110 section 8.4): which ones are read, and their decoding.
//!
//! The HTTP client could decode by itself, but ends a gzip answer after its first member (RFC 1952 section 2.2) and
//! knows codings by one spelling alone.

use std::io::{self, Write};

use brotli_decompressor::DecompressorWriter;
use flate2::write::MultiGzDecoder;
use flate2::{Decompress, FlushDecompress, Status};
use http::header::CONTENT_ENCODING;
use http::{HeaderMap, HeaderValue};

/// The codings that requests ask for.
pub(super) const ASKED_FOR: HeaderValue = HeaderValue::from_static("gzip,deflate,br");

/// Most codings that one answer may have: none has a use for more than one, and some gateways add theirs to another's.
const MOST_CODINGS: usize = 3;

/// Bytes that are decoded at a time.
const PIECE: usize = 32 * 1024;

/// A coding that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    Gzip,
    Deflate,
    Brotli,
}

impl Coding {
    /// Those of an answer in the order in which they were applied; `None` when one of them is not known.
    pub(super) fn of(headers: &HeaderMap) -> Option<Vec<Self>> {
        let mut codings = Vec::new();
        for value in headers.get_all(CONTENT_ENCODING) {
            for name in value.to_str().ok()?.split(',') {
                match name.trim().to_ascii_lowercase().as_str() {
                    "" | "identity" => {}
                    // RFC 9110 section 8.4.1.3: the old name means the same.
                    "gzip" | "x-gzip" => codings.push(Self::Gzip),
                    "deflate" => codings.push(Self::Deflate),
                    "br" => codings.push(Self::Brotli),
                    _ => return None,
                }
            }
        }
        (codings.len() <= MOST_CODINGS).then_some(codings)
    }
}

/// Takes an answer as it comes, and keeps what it decodes to, up to a limit.
pub(super) struct Decoder {
    first: Box<dyn Stage>,
    /// Nothing at all is no damaged answer, but an empty one.
    is_begun: bool,
}

/// Why bytes were not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DecodeError {
    /// They decode to more than the limit.
    TooLarge,
    /// They are cut short, go on after their end, or are not of the coding at all.
    Damaged,
}

impl Decoder {
    /// Undoes `codings`, the last of them first, and keeps at most `limit` bytes.
    pub(super) fn new(codings: &[Coding], limit: u64) -> Self {
        let mut first: Box<dyn Stage> = Box::new(Kept {
            bytes: Vec::new(),
            limit: usize::try_from(limit).unwrap_or(usize::MAX),
        });
        for coding in codings {
            first = match coding {
                Coding::Gzip => Box::new(Gzip(MultiGzDecoder::new(Next(first)))),
                Coding::Deflate => Box::new(Deflate::new(first)),
                Coding::Brotli => Box::new(Brotli(DecompressorWriter::new(Next(first), PIECE))),
            };
        }
        Self { first, is_begun: false }
    }

    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), DecodeError> {
        self.is_begun |= !bytes.is_empty();
        self.first.push(bytes).map_err(|error| meaning(&error))
    }

    /// Nothing more comes.
    pub(super) fn end(&mut self) -> Result<(), DecodeError> {
        if self.is_begun {
            self.first.end().map_err(|error| meaning(&error))
        } else {
            Ok(())
        }
    }

    /// What was decoded so far.
    pub(super) fn take(mut self) -> Vec<u8> {
        std::mem::take(self.first.kept())
    }
}

fn meaning(error: &io::Error) -> DecodeError {
    if error.kind() == io::ErrorKind::FileTooLarge {
        DecodeError::TooLarge
    } else {
        DecodeError::Damaged
    }
}

fn damaged() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

/// One coding that is undone, or the end of all.
trait Stage: Send {
    fn push(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Nothing more comes: an error unless everything is there.
    fn end(&mut self) -> io::Result<()>;

    /// What arrived at the end of all stages.
    fn kept(&mut self) -> &mut Vec<u8>;
}

/// Where a stage of another library writes to.
struct Next(Box<dyn Stage>);

impl Write for Next {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.push(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Kept {
    bytes: Vec<u8>,
    limit: usize,
}

impl Stage for Kept {
    fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        let room = self.limit - self.bytes.len();
        self.bytes.extend_from_slice(&bytes[..bytes.len().min(room)]);
        if bytes.len() > room {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn kept(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }
}

struct Gzip(MultiGzDecoder<Next>);

impl Stage for Gzip {
    fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }

    fn end(&mut self) -> io::Result<()> {
        self.0.try_finish()?;
        self.0.get_mut().0.end()
    }

    fn kept(&mut self) -> &mut Vec<u8> {
        self.0.get_mut().0.kept()
    }
}

struct Brotli(DecompressorWriter<Next>);

impl Stage for Brotli {
    fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }

    fn end(&mut self) -> io::Result<()> {
        self.0.close()?;
        self.0.get_mut().0.end()
    }

    fn kept(&mut self) -> &mut Vec<u8> {
        self.0.get_mut().0.kept()
    }
}

/// `deflate` is the zlib format (RFC 9110 section 8.4.1.2); some servers leave its header and checksum out.
struct Deflate {
    /// Its first bytes, until there are as many as a header has.
    head: Vec<u8>,
    inflater: Option<Decompress>,
    is_over: bool,
    next: Box<dyn Stage>,
}

impl Deflate {
    fn new(next: Box<dyn Stage>) -> Self {
        Self {
            head: Vec::new(),
            inflater: None,
            is_over: false,
            next,
        }
    }

    fn inflate(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        let Some(inflater) = &mut self.inflater else {
            return Err(damaged());
        };
        let mut piece = vec![0; PIECE];
        loop {
            if self.is_over {
                return if bytes.is_empty() { Ok(()) } else { Err(damaged()) };
            }
            let (taken, made) = (inflater.total_in(), inflater.total_out());
            let status = inflater
                .decompress(bytes, &mut piece, FlushDecompress::None)
                .map_err(|_| damaged())?;
            let taken = usize::try_from(inflater.total_in() - taken).map_err(|_| damaged())?;
            let made = usize::try_from(inflater.total_out() - made).map_err(|_| damaged())?;
            bytes = &bytes[taken..];
            self.next.push(&piece[..made])?;
            self.is_over = status == Status::StreamEnd;
            if !self.is_over && taken == 0 && made == 0 {
                // It waits for more.
                return if bytes.is_empty() { Ok(()) } else { Err(damaged()) };
            }
        }
    }
}

impl Stage for Deflate {
    fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.inflater.is_some() {
            return self.inflate(bytes);
        }
        self.head.extend_from_slice(bytes);
        let [first, second, ..] = self.head[..] else {
            return Ok(());
        };
        self.inflater = Some(Decompress::new(is_zlib(first, second)));
        let head = std::mem::take(&mut self.head);
        self.inflate(&head)
    }

    fn end(&mut self) -> io::Result<()> {
        if !self.is_over {
            return Err(damaged());
        }
        self.next.end()
    }

    fn kept(&mut self) -> &mut Vec<u8> {
        self.next.kept()
    }
}

/// Whether a stream begins with the header of zlib (RFC 1950 section 2.2). No stream without it begins like this: it
/// would be a stored block whose padding is not zero.
fn is_zlib(first: u8, second: u8) -> bool {
    first & 0x0f == 8 && first >> 4 <= 7 && u16::from_be_bytes([first, second]).is_multiple_of(31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codings(values: &[&'static str]) -> Option<Vec<Coding>> {
        let values = values.iter().map(|value| HeaderValue::from_static(value));
        Coding::of(&values.map(|value| (CONTENT_ENCODING, value)).collect())
    }

    #[test]
    fn codings_are_a_list_over_all_lines_in_any_case() {
        use Coding::{Brotli, Deflate, Gzip};
        for (values, expected) in [
            (&[][..], Some(vec![])),
            (&["identity"], Some(vec![])),
            (&[" , Identity,"], Some(vec![])),
            (&["GZip"], Some(vec![Gzip])),
            (&["X-GZIP ,br"], Some(vec![Gzip, Brotli])),
            (&["deflate", "gzip"], Some(vec![Deflate, Gzip])),
            (&["gzip,gzip,gzip"], Some(vec![Gzip; 3])),
            (&["gzip,gzip,gzip,gzip"], None),
            (&["gzip", "zstd"], None),
            (&["gzip;q=1"], None),
        ] {
            let lines: HeaderMap = values
                .iter()
                .map(|value| (CONTENT_ENCODING, HeaderValue::from_static(value)))
                .collect();
            assert_eq!(lines.keys_len(), usize::from(!values.is_empty()));
            assert_eq!(codings(values), expected, "{values:?}");
        }
    }

    #[test]
    fn what_was_decoded_before_the_end_can_be_had() {
        let mut decoder = Decoder::new(&[], 4);
        assert_eq!(decoder.push(b"lo"), Ok(()));
        assert_eq!(decoder.push(b"nger"), Err(DecodeError::TooLarge));
        assert_eq!(decoder.take(), b"long");
    }
}
