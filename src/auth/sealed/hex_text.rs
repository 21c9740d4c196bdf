//! Hexadecimal digits within longer texts, as in a `Buffer`'s `toString('hex')`.

use zeroize::Zeroizing;

/// The digits that stand for `bytes`, in lower case or in upper case.
pub(super) fn digits_of(bytes: &[u8], is_upper: bool) -> Zeroizing<String> {
    let digits = if is_upper {
        b"0123456789ABCDEF"
    } else {
        b"0123456789abcdef"
    };
    let mut text = Zeroizing::new(String::with_capacity(bytes.len() * 2));
    for byte in bytes {
        text.push(char::from(digits[usize::from(byte >> 4)]));
        text.push(char::from(digits[usize::from(byte & 15)]));
    }
    text
}

/// The digits that `text` begins with.
pub(super) fn beginning_of(text: &str) -> &[u8] {
    let text = text.as_bytes();
    let length = text.iter().take_while(|digit| digit.is_ascii_hexdigit()).count();
    text.get(..length).unwrap_or_default()
}

/// What `digits` stand for; `None` when they are not all digits.
pub(super) fn bytes_of(digits: &[u8]) -> Option<Vec<u8>> {
    let value = |digit: u8| {
        char::from(digit)
            .to_digit(16)
            .and_then(|value| u8::try_from(value).ok())
    };
    let pairs = digits.chunks_exact(2);
    pairs.map(|pair| Some(value(pair[0])? << 4 | value(pair[1])?)).collect()
}
