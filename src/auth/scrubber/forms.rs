//! The spellings of a value that have no variants: itself, base64, hexadecimal, and base64 of base64.

use base64::Engine as _;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use zeroize::Zeroizing;

/// What URLs hold as it is (RFC 3986, section 2.3).
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Fewer characters of base64 than this are in every text by chance.
const SHORTEST_PART: usize = 3;

/// The same for base64 of base64, of which there are so many forms that one would soon be.
const SHORTEST_NESTED_PART: usize = 8;

/// All but base64 of base64, each once, wiped when dropped.
pub(super) fn of(value: &str) -> Vec<Zeroizing<Vec<u8>>> {
    let bytes = value.as_bytes();
    let mut forms = vec![Zeroizing::new(bytes.to_vec())];
    for engine in [STANDARD, URL_SAFE, STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
        forms.push(Zeroizing::new(engine.encode(bytes).into_bytes()));
    }
    forms.extend(parts(bytes, SHORTEST_PART));
    forms.push(hexadecimal(bytes, b"0123456789abcdef"));
    forms.push(hexadecimal(bytes, b"0123456789ABCDEF"));
    once(forms)
}

/// Base64, at each alignment, of its base64 and of what escapes make of it, each once, wiped when dropped.
pub(super) fn nested(value: &str) -> Vec<Zeroizing<Vec<u8>>> {
    let inner = parts(value.as_bytes(), SHORTEST_PART).chain(escaped(value));
    once(
        inner
            .flat_map(|part| parts(&part, SHORTEST_NESTED_PART).collect::<Vec<_>>())
            .collect(),
    )
}

/// The value as URLs and as JSON have it, where that is not the value itself. Of all the spellings only those that encoders
/// make by themselves: base64 is looked for as it is.
fn escaped(value: &str) -> impl Iterator<Item = Zeroizing<Vec<u8>>> {
    let url = Zeroizing::new(utf8_percent_encode(value, UNRESERVED).to_string().into_bytes());
    // With its quotes, which are cut off.
    let json = Zeroizing::new(serde_json::Value::from(value).to_string().into_bytes());
    let inside = json.get(1..json.len().saturating_sub(1)).unwrap_or_default();
    let json = Zeroizing::new(inside.to_vec());
    let value = value.as_bytes();
    let forms = [url, json].into_iter();
    forms.filter(move |form| form.as_slice() != value)
}

fn once(mut forms: Vec<Zeroizing<Vec<u8>>>) -> Vec<Zeroizing<Vec<u8>>> {
    forms.sort_unstable_by(|one, other| one.as_slice().cmp(other.as_slice()));
    forms.dedup();
    forms
}

/// [`within_longer_base64`] in both alphabets and at each alignment, of at least `shortest` characters.
fn parts(bytes: &[u8], shortest: usize) -> impl Iterator<Item = Zeroizing<Vec<u8>>> {
    [STANDARD_NO_PAD, URL_SAFE_NO_PAD]
        .into_iter()
        .flat_map(move |engine| (0..3).filter_map(move |offset| within_longer_base64(&engine, bytes, offset)))
        .filter(move |part| part.len() >= shortest)
}

/// The characters that stand for `bytes` in the base64 of something longer, in which `offset` (modulo 3) other bytes
/// come first. The characters at the ends, which depend on the neighbours too, are left out.
fn within_longer_base64(engine: &GeneralPurpose, bytes: &[u8], offset: usize) -> Option<Zeroizing<Vec<u8>>> {
    let mut padded = Zeroizing::new(vec![0; offset]);
    padded.extend_from_slice(bytes);
    let encoded = Zeroizing::new(engine.encode(padded.as_slice()).into_bytes());
    // One character holds six bits.
    let first = (offset * 8).div_ceil(6);
    let end = padded.len() * 8 / 6;
    encoded.get(first..end).map(|part| Zeroizing::new(part.to_vec()))
}

fn hexadecimal(bytes: &[u8], digits: &[u8; 16]) -> Zeroizing<Vec<u8>> {
    let digit = |value: u8| digits[usize::from(value & 0x0f)];
    Zeroizing::new(bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect())
}
