//! Bytes in JSON, in every form that code has for them.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;
use serde_json::Value;

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);

/// The bytes that a value stands for: base64, also as a `data:` URI; `{ type: "Buffer", data: [...] }`; a list of
/// numbers; or the object that a typed array becomes.
///
/// # Errors
/// Why it stands for none, as the rest of a sentence.
pub(super) fn bytes(value: Value) -> Result<Bytes, String> {
    match value {
        Value::String(text) => base64(&text),
        Value::Array(items) => numbers(items.iter()),
        Value::Object(mut members) => match members.shift_remove("data").or_else(|| members.shift_remove("base64")) {
            Some(data @ (Value::String(_) | Value::Array(_))) => bytes(data),
            None if members.keys().enumerate().all(|(index, key)| *key == index.to_string()) => {
                numbers(members.values())
            }
            Some(_) | None => Err("is not a buffer".to_owned()),
        },
        Value::Null | Value::Bool(_) | Value::Number(_) => Err("is not base64".to_owned()),
    }
}

fn numbers<'a>(items: impl Iterator<Item = &'a Value>) -> Result<Bytes, String> {
    let bytes: Option<Vec<u8>> = items
        .map(|item| item.as_u64().and_then(|number| u8::try_from(number).ok()))
        .collect();
    bytes
        .map(Bytes::from)
        .ok_or_else(|| "contains something that is not a byte".to_owned())
}

fn base64(text: &str) -> Result<Bytes, String> {
    let data = match text.strip_prefix("data:").and_then(|rest| rest.split_once(";base64,")) {
        Some((_, data)) => data,
        None => text,
    };
    let compact: Vec<u8> = data.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let alphabet = if compact.iter().any(|byte| matches!(byte, b'-' | b'_')) {
        &alphabet::URL_SAFE
    } else {
        &alphabet::STANDARD
    };
    GeneralPurpose::new(alphabet, LENIENT)
        .decode(&compact)
        .map(Bytes::from)
        .map_err(|_| "is not base64".to_owned())
}
