//! A text with one layer of escapes taken away, and the way back from a place in it to the place in the original.

use std::ops::Range;

/// A decoded copy of a text.
pub(super) struct Decoded {
    pub(super) bytes: Vec<u8>,
    escapes: Vec<Escape>,
}

/// One escape: where it was and what it became. Everything between two escapes was copied.
struct Escape {
    from: usize,
    from_len: usize,
    at: usize,
    at_len: usize,
}

impl Decoded {
    /// The range of the original text that `range` of the decoded one was made of; escapes are taken whole.
    pub(super) fn original(&self, range: Range<usize>) -> Range<usize> {
        self.origin(range.start).start..self.origin(range.end.saturating_sub(1)).end
    }

    /// What the byte at `position` was made of.
    fn origin(&self, position: usize) -> Range<usize> {
        let before = self.escapes.partition_point(|escape| escape.at <= position);
        let Some(escape) = before.checked_sub(1).and_then(|index| self.escapes.get(index)) else {
            return position..position + 1;
        };
        let after = escape.at + escape.at_len;
        if position < after {
            return escape.from..escape.from + escape.from_len;
        }
        let start = escape.from + escape.from_len + (position - after);
        start..start + 1
    }
}

/// URL escapes (`%2F`) decoded; `None` when there are none.
pub(super) fn percent(text: &[u8]) -> Option<Decoded> {
    decode(text, b"%", percent_escape)
}

/// Form encoding (`%2F`, and `+` for a space) decoded; `None` when there is no `+`.
pub(super) fn form(text: &[u8]) -> Option<Decoded> {
    if !text.contains(&b'+') {
        return None;
    }
    decode(text, b"%+", |rest| match rest {
        [b'+', ..] => Some((1, Character::from(' '))),
        _ => percent_escape(rest),
    })
}

/// JSON's string escapes (`\/`, `\u002f`) decoded; `None` when there are none.
pub(super) fn json(text: &[u8]) -> Option<Decoded> {
    decode(text, b"\\", json_escape)
}

/// What an escape stands for: up to four bytes.
struct Character {
    bytes: [u8; 4],
    len: usize,
}

impl From<char> for Character {
    fn from(character: char) -> Self {
        let mut bytes = [0; 4];
        let len = character.encode_utf8(&mut bytes).len();
        Self { bytes, len }
    }
}

/// `escape` reads one escape at the start of what it is given: its length and what it stands for.
fn decode(text: &[u8], marks: &[u8], escape: impl Fn(&[u8]) -> Option<(usize, Character)>) -> Option<Decoded> {
    let mut decoded = Decoded {
        bytes: Vec::new(),
        escapes: Vec::new(),
    };
    let mut copied = 0;
    let mut position = 0;
    while let Some(rest) = text.get(position..) {
        let Some(skip) = rest.iter().position(|byte| marks.contains(byte)) else {
            break;
        };
        position += skip;
        let Some((from_len, character)) = text.get(position..).and_then(&escape) else {
            position += 1;
            continue;
        };
        decoded.bytes.extend_from_slice(text.get(copied..position)?);
        decoded.escapes.push(Escape {
            from: position,
            from_len,
            at: decoded.bytes.len(),
            at_len: character.len,
        });
        decoded.bytes.extend_from_slice(character.bytes.get(..character.len)?);
        position += from_len;
        copied = position;
    }
    if decoded.escapes.is_empty() {
        return None;
    }
    decoded.bytes.extend_from_slice(text.get(copied..)?);
    Some(decoded)
}

fn percent_escape(rest: &[u8]) -> Option<(usize, Character)> {
    let [b'%', high, low, ..] = rest else {
        return None;
    };
    let byte = u8::try_from(digit(*high)? << 4 | digit(*low)?).ok()?;
    // A byte by itself: several escapes together may make one character.
    let bytes = [byte, 0, 0, 0];
    Some((3, Character { bytes, len: 1 }))
}

fn json_escape(rest: &[u8]) -> Option<(usize, Character)> {
    let plain = match rest.get(1)? {
        byte @ (b'"' | b'\\' | b'/') => char::from(*byte),
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unicode_escape(rest),
        _ => return None,
    };
    Some((2, plain.into()))
}

/// `\uXXXX`, or two of them for a character outside the basic plane (RFC 8259 section 7).
fn unicode_escape(rest: &[u8]) -> Option<(usize, Character)> {
    let first = code_unit(rest)?;
    if let Some(character) = char::from_u32(first) {
        return Some((6, character.into()));
    }
    let second = code_unit(rest.get(6..)?)?;
    if !(0xd800..0xdc00).contains(&first) || !(0xdc00..0xe000).contains(&second) {
        return None;
    }
    let character = char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00))?;
    Some((12, character.into()))
}

fn code_unit(rest: &[u8]) -> Option<u32> {
    let [b'\\', b'u', digits @ ..] = rest.get(..6)? else {
        return None;
    };
    digits.iter().try_fold(0, |unit, byte| Some(unit << 4 | digit(*byte)?))
}

fn digit(byte: u8) -> Option<u32> {
    char::from(byte).to_digit(16)
}
