//! Text to bytes and back, in the encodings that `Buffer`, `TextDecoder`, `atob` and `btoa` know.

/// An encoding, by the names that scripts give.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    /// One character is one byte.
    Latin1,
    /// As Node has it: written like Latin-1, and read without the highest bit.
    Ascii,
    Utf16,
    Utf16BigEndian,
    Hex,
    Base64,
    Base64Url,
}

impl Encoding {
    /// The encoding that `name` stands for; the prelude has made it lower case.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "utf8" | "utf-8" => Self::Utf8,
            "latin1" | "binary" => Self::Latin1,
            "ascii" => Self::Ascii,
            "utf16le" | "utf-16le" | "ucs2" | "ucs-2" => Self::Utf16,
            "utf16be" | "utf-16be" => Self::Utf16BigEndian,
            "hex" => Self::Hex,
            "base64" => Self::Base64,
            "base64url" => Self::Base64Url,
            _ => return None,
        })
    }

    /// Text to bytes, as Node's `Buffer.from` does it: what does not fit is skipped or cut, never refused.
    pub(crate) fn bytes(self, text: String) -> Vec<u8> {
        match self {
            Self::Utf8 => text.into_bytes(),
            #[allow(clippy::cast_possible_truncation, reason = "the low byte is what Latin-1 keeps")]
            Self::Latin1 | Self::Ascii => text.encode_utf16().map(|unit| unit as u8).collect(),
            Self::Utf16 => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Self::Utf16BigEndian => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            Self::Hex => text
                .as_bytes()
                .chunks_exact(2)
                .map_while(|pair| Some(hex_digit(pair[0])? << 4 | hex_digit(pair[1])?))
                .collect(),
            Self::Base64 | Self::Base64Url => base64_bytes(text.bytes()),
        }
    }

    /// Bytes to text; bytes that mean nothing become U+FFFD.
    pub(crate) fn text(self, bytes: &[u8]) -> String {
        match self {
            // Most text is whole, and to see that is much faster than to look for what is not.
            Self::Utf8 => match str::from_utf8(bytes) {
                Ok(text) => text.to_owned(),
                Err(_) => String::from_utf8_lossy(bytes).into_owned(),
            },
            Self::Latin1 => bytes.iter().copied().map(char::from).collect(),
            Self::Ascii => bytes.iter().map(|byte| char::from(byte & 0x7f)).collect(),
            Self::Utf16 => utf16_text(bytes, u16::from_le_bytes),
            Self::Utf16BigEndian => utf16_text(bytes, u16::from_be_bytes),
            Self::Hex => {
                let digit = |value: u8| char::from(b"0123456789abcdef"[usize::from(value)]);
                bytes
                    .iter()
                    .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
                    .collect()
            }
            Self::Base64 => base64_text(bytes, STANDARD, true),
            Self::Base64Url => base64_text(bytes, URL_SAFE, false),
        }
    }

    /// Bytes to text; `None` when some of them mean nothing.
    pub(crate) fn strict_text(self, bytes: Vec<u8>) -> Option<String> {
        let utf16 = |unit: fn([u8; 2]) -> u16| {
            let is_whole = bytes.len().is_multiple_of(2);
            String::from_utf16(&units(&bytes, unit)).ok().filter(|_| is_whole)
        };
        match self {
            Self::Utf8 => String::from_utf8(bytes).ok(),
            Self::Utf16 => utf16(u16::from_le_bytes),
            Self::Utf16BigEndian => utf16(u16::from_be_bytes),
            Self::Latin1 | Self::Ascii | Self::Hex | Self::Base64 | Self::Base64Url => Some(self.text(&bytes)),
        }
    }
}

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn units(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Vec<u16> {
    bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect()
}

fn utf16_text(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    String::from_utf16_lossy(&units(bytes, unit))
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

fn base64_text(bytes: &[u8], alphabet: &[u8; 64], pad: bool) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            if place <= group.len() {
                text.push(char::from(alphabet[(bits >> (18 - 6 * place) & 63) as usize]));
            } else if pad {
                text.push('=');
            }
        }
    }
    text
}

/// Reads either alphabet, passes over everything else and stops at the padding, as Node does.
fn base64_bytes(text: impl Iterator<Item = u8>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0u32, 0);
    for value in text.take_while(|byte| *byte != b'=').filter_map(base64_value) {
        bits = bits << 6 | value;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 255) as u8);
        }
    }
    bytes
}

fn base64_value(byte: u8) -> Option<u32> {
    Some(u32::from(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    }))
}

/// The decoding of `atob` (WHATWG Infra, forgiving-base64): white space is passed over, anything else that does not
/// belong makes it `None`.
pub(crate) fn forgiving_base64(text: &str) -> Option<Vec<u8>> {
    let mut digits: Vec<u8> = text
        .bytes()
        .filter(|byte| !matches!(byte, b'\t' | b'\n' | 0x0C | b'\r' | b' '))
        .collect();
    if digits.len().is_multiple_of(4) {
        for _ in 0..2 {
            if digits.last() == Some(&b'=') {
                digits.pop();
            }
        }
    }
    let belongs = |byte: &u8| base64_value(*byte).is_some() && !matches!(byte, b'-' | b'_');
    (digits.len() % 4 != 1 && digits.iter().all(belongs)).then(|| base64_bytes(digits.into_iter()))
}
