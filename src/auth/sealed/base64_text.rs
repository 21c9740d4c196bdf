//! Base64 within longer texts, as in `Basic dXNlcjpwYXNz`.

use std::ops::Range;

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);

/// What a text stands for that is base64 of either alphabet. What is no base64 in it is passed over, up to the padding.
pub(super) fn bytes_of(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut digits = Zeroizing::new(Vec::with_capacity(text.len()));
    let written = text.bytes().take_while(|byte| *byte != b'=');
    digits.extend(written.filter_map(|byte| match byte {
        b'-' => Some(b'+'),
        b'_' => Some(b'/'),
        b'+' | b'/' => Some(byte),
        byte => byte.is_ascii_alphanumeric().then_some(byte),
    }));
    // A single digit of a group stands for no byte.
    if digits.len() % 4 == 1 {
        digits.pop();
    }
    let decoded = GeneralPurpose::new(&STANDARD, LENIENT).decode(&*digits);
    decoded.ok().map(Zeroizing::new)
}

/// The part of the base64 of a text that depends on `bytes` alone, when `bytes` stand `shift` bytes behind a whole group.
pub(super) fn middle_of(bytes: &[u8], shift: usize) -> String {
    let mut padded = vec![0; shift];
    padded.extend_from_slice(bytes);
    let encoded = base64::engine::general_purpose::STANDARD_NO_PAD.encode(&padded);
    let (start, end) = ((shift * 8).div_ceil(6), padded.len() * 8 / 6);
    encoded.get(start..end).unwrap_or_default().to_owned()
}

/// `text` with every piece of base64 replaced of which `replace` makes something else once it is decoded; `None` when
/// there is none. What comes back is spelled like before: the same alphabet, padding only where there was padding.
/// `near` finds bytes that lie in such a piece, in their order. No piece is decoded twice, however many of them it holds.
pub(super) fn replaced(
    text: &[u8],
    near: impl Iterator<Item = usize>,
    replace: impl Fn(&[u8]) -> Option<Zeroizing<Vec<u8>>>,
) -> Option<Zeroizing<Vec<u8>>> {
    let mut out: Option<Zeroizing<Vec<u8>>> = None;
    let mut kept = 0;
    // The end of the last piece that each of the rules found.
    let mut looked_at = [0; BELONGS.len()];
    for at in near {
        for (belongs, looked_at) in BELONGS.iter().zip(&mut looked_at) {
            if at < kept.max(*looked_at) {
                continue;
            }
            let range = around(text, at, *belongs);
            *looked_at = range.end;
            let piece = text.get(range.clone()).filter(|_| range.start >= kept);
            if let Some(spelled) = piece.and_then(|piece| again(piece, &replace)) {
                let out = out.get_or_insert_with(|| Zeroizing::new(Vec::with_capacity(text.len() * 2)));
                super::grow(out, text.get(kept..range.start).unwrap_or_default());
                super::grow(out, &spelled);
                kept = range.end;
            }
        }
    }
    let mut out = out?;
    super::grow(&mut out, text.get(kept..).unwrap_or_default());
    Some(out)
}

/// What may belong to a piece of base64: all of either alphabet, or letters and digits alone.
const BELONGS: [fn(u8) -> bool; 3] = [
    |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'),
    |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'),
    |byte| byte.is_ascii_alphanumeric(),
];

/// Where the piece around `at` begins, and where it ends with its padding.
fn around(text: &[u8], at: usize, belongs: fn(u8) -> bool) -> Range<usize> {
    let start = text[..at]
        .iter()
        .rposition(|byte| !belongs(*byte))
        .map_or(0, |before| before + 1);
    let end = text[at..]
        .iter()
        .position(|byte| !belongs(*byte))
        .map_or(text.len(), |length| at + length);
    let padding = text[end..].iter().take(2).take_while(|byte| **byte == b'=').count();
    start..end + padding
}

fn again(piece: &[u8], replace: impl Fn(&[u8]) -> Option<Zeroizing<Vec<u8>>>) -> Option<Zeroizing<Vec<u8>>> {
    let alphabet = if piece.iter().any(|byte| matches!(byte, b'-' | b'_')) {
        &URL_SAFE
    } else {
        &STANDARD
    };
    let padded = piece.ends_with(b"=");
    let decoded = Zeroizing::new(GeneralPurpose::new(alphabet, LENIENT).decode(piece).ok()?);
    let replaced = replace(&decoded)?;
    // Whoever padded once would have padded the secret's base64 too, and whoever did not may have had nothing to pad.
    let could_be_padded = padded || (decoded.len() % 3 == 0 && alphabet == &STANDARD);
    let config = LENIENT.with_encode_padding(could_be_padded);
    let mut spelled = Zeroizing::new(vec![0; replaced.len().div_ceil(3) * 4]);
    let length = GeneralPurpose::new(alphabet, config)
        .encode_slice(&*replaced, &mut spelled)
        .ok()?;
    spelled.truncate(length);
    Some(spelled)
}
