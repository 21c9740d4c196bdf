//! A text with one layer of escapes taken away, and the way back from a place in it to the place in the original.
//!
//! The way back is walked again when it is needed, which is seldom: keeping it would cost several times the text.

use std::ops::Range;

use memchr::memchr2;

/// One way of writing characters as escapes.
pub(super) struct Escapes {
    /// The bytes that an escape can begin with: two, which may be the same.
    marks: (u8, u8),
    /// Reads one escape at the start of what it is given: its length and what it stands for.
    read: fn(&[u8]) -> Option<(usize, Character)>,
}

/// URL escapes: `%2F`.
pub(super) const PERCENT: Escapes = Escapes {
    marks: (b'%', b'%'),
    read: percent_escape,
};

/// Form encoding: `%2F`, and `+` for a space.
pub(super) const FORM: Escapes = Escapes {
    marks: (b'%', b'+'),
    read: |rest| match rest {
        [b'+', ..] => Some((1, Character::from(' '))),
        _ => percent_escape(rest),
    },
};

/// The string escapes of JSON and JavaScript: `\/`, `\u002f`, `\x2f`.
pub(super) const JSON: Escapes = Escapes {
    marks: (b'\\', b'\\'),
    read: json_escape,
};

/// Character references of HTML and XML: `&quot;`, `&#47;`, `&#x2f;`.
pub(super) const MARKUP: Escapes = Escapes {
    marks: (b'&', b'&'),
    read: character_reference,
};

/// Those of them that stand for a letter or a digit, which have no names: `&#115;`, also within another layer of them,
/// `&amp;#115;`. The others are in many texts, which need no copy then.
pub(super) const LETTERS: Escapes = Escapes {
    marks: (b'&', b'&'),
    read: |rest| match rest {
        [b'&', b'#', number @ ..] => {
            let (length, letter) = letter(number)?;
            Some((length + 2, letter.into()))
        }
        [b'&', b'a', b'm', b'p', b';', b'#', number @ ..] => letter(number).map(|_| (5, '&'.into())),
        _ => None,
    },
};

impl Escapes {
    /// `text` without these escapes; `None` when there are none in it.
    pub(super) fn decode(&self, text: &[u8]) -> Option<Vec<u8>> {
        let mut decoded = None;
        for piece in self.pieces(text) {
            // Nothing is copied before the first escape is found.
            if decoded.is_none() && piece.character.is_none() && piece.from.end == text.len() {
                return None;
            }
            decoded
                .get_or_insert_with(|| Vec::with_capacity(text.len()))
                .extend_from_slice(piece.bytes(text));
        }
        decoded
    }

    /// The ranges of `text` that `ranges` of its decoded form were made of; escapes are taken whole. `ranges` are
    /// sorted and apart.
    pub(super) fn originals(&self, text: &[u8], ranges: &[Range<usize>]) -> Vec<Range<usize>> {
        let mut originals = Vec::with_capacity(ranges.len());
        let mut ranges = ranges.iter().peekable();
        let mut begun = None;
        let mut position = 0;
        for piece in self.pieces(text) {
            let end = position + piece.bytes(text).len();
            while let Some(range) = ranges.next_if(|range| range.end <= end) {
                let start = begun.take().unwrap_or_else(|| piece.start_of(range.start - position));
                originals.push(start..piece.end_of(range.end - position));
            }
            if begun.is_none()
                && let Some(range) = ranges.peek().filter(|range| range.start < end)
            {
                begun = Some(piece.start_of(range.start - position));
            }
            position = end;
        }
        originals
    }

    fn pieces<'a>(&'a self, text: &'a [u8]) -> Pieces<'a> {
        Pieces {
            escapes: self,
            text,
            position: 0,
            pending: None,
        }
    }
}

/// A text cut into escapes and what is between them.
struct Pieces<'a> {
    escapes: &'a Escapes,
    text: &'a [u8],
    position: usize,
    /// The escape behind the piece that was given last.
    pending: Option<Piece>,
}

struct Piece {
    from: Range<usize>,
    /// What it stands for if it is an escape, else it stands for itself.
    character: Option<Character>,
}

impl Iterator for Pieces<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        if let Some(escape) = self.pending.take() {
            return Some(escape);
        }
        let start = self.position;
        let plain = |from| Piece { from, character: None };
        let mut at = start;
        let (first, second) = self.escapes.marks;
        while let Some(skip) = memchr2(first, second, self.text.get(at..)?) {
            at += skip;
            let Some((length, character)) = (self.escapes.read)(self.text.get(at..)?) else {
                at += 1;
                continue;
            };
            self.position = at + length;
            let escape = Piece {
                from: at..self.position,
                character: Some(character),
            };
            if at == start {
                return Some(escape);
            }
            self.pending = Some(escape);
            return Some(plain(start..at));
        }
        self.position = self.text.len();
        (start < self.position).then(|| plain(start..self.position))
    }
}

impl Piece {
    fn bytes<'a>(&'a self, text: &'a [u8]) -> &'a [u8] {
        match &self.character {
            Some(character) => character.bytes.get(..character.len),
            None => text.get(self.from.clone()),
        }
        .unwrap_or_default()
    }

    /// Where the decoded byte at `offset` in this piece begins in the original.
    fn start_of(&self, offset: usize) -> usize {
        match self.character {
            Some(_) => self.from.start,
            None => self.from.start + offset,
        }
    }

    /// Where the decoded bytes before `offset` in this piece end in the original.
    fn end_of(&self, offset: usize) -> usize {
        match self.character {
            Some(_) => self.from.end,
            None => self.from.start + offset,
        }
    }
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

fn percent_escape(rest: &[u8]) -> Option<(usize, Character)> {
    let [b'%', high, low, ..] = rest else {
        return None;
    };
    let byte = u8::try_from(digit(*high)? << 4 | digit(*low)?).ok()?;
    // A byte by itself: several escapes together may make one character.
    let bytes = [byte, 0, 0, 0];
    Some((3, Character { bytes, len: 1 }))
}

fn character_reference(rest: &[u8]) -> Option<(usize, Character)> {
    match rest {
        [b'&', b'#', number @ ..] => {
            let (length, character) = numbered(number)?;
            Some((length + 2, character.into()))
        }
        _ => named_reference(rest),
    }
}

/// What stands behind the `#` of a reference by number. Browsers read it without its end as well.
fn numbered(rest: &[u8]) -> Option<(usize, char)> {
    /// `10ffff`, with room for leading zeros.
    const MOST_DIGITS: usize = 16;
    let (radix, start) = match rest {
        [b'x' | b'X', ..] => (16, 1),
        _ => (10, 0),
    };
    let digits = rest.get(start..)?.iter().take(MOST_DIGITS);
    let digits = digits.take_while(|byte| char::from(**byte).is_digit(radix)).count();
    let end = start + digits;
    let number = std::str::from_utf8(rest.get(start..end)?).ok()?;
    let character = char::from_u32(u32::from_str_radix(number, radix).ok()?)?;
    Some((end + usize::from(rest.get(end) == Some(&b';')), character))
}

/// The same for a letter or a digit.
fn letter(rest: &[u8]) -> Option<(usize, char)> {
    numbered(rest).filter(|(_, character)| character.is_ascii_alphanumeric())
}

/// What encoders write by name beside what all of them do: with some of them that is whatever is neither letter nor digit
/// in ASCII (HTML, section 13.5). Sorted.
const NAMES: [(&[u8], char); 38] = [
    (b"AMP", '&'),
    (b"GT", '>'),
    (b"Hat", '^'),
    (b"LT", '<'),
    (b"NewLine", '\n'),
    (b"QUOT", '"'),
    (b"Tab", '\t'),
    (b"apos", '\''),
    (b"ast", '*'),
    (b"bsol", '\\'),
    (b"colon", ':'),
    (b"comma", ','),
    (b"commat", '@'),
    (b"dollar", '$'),
    (b"equals", '='),
    (b"excl", '!'),
    (b"grave", '`'),
    (b"lbrace", '{'),
    (b"lbrack", '['),
    (b"lcub", '{'),
    (b"lowbar", '_'),
    (b"lpar", '('),
    (b"lsqb", '['),
    (b"midast", '*'),
    (b"num", '#'),
    (b"percnt", '%'),
    (b"period", '.'),
    (b"plus", '+'),
    (b"quest", '?'),
    (b"rbrace", '}'),
    (b"rbrack", ']'),
    (b"rcub", '}'),
    (b"rpar", ')'),
    (b"rsqb", ']'),
    (b"semi", ';'),
    (b"sol", '/'),
    (b"verbar", '|'),
    (b"vert", '|'),
];

fn named_reference(rest: &[u8]) -> Option<(usize, Character)> {
    /// `&NewLine;`
    const LONGEST: usize = 9;
    let length = rest.iter().take(LONGEST).position(|byte| *byte == b';')? + 1;
    let character = match rest.get(1..length - 1)? {
        // Nearly all there are.
        b"amp" => '&',
        b"lt" => '<',
        b"gt" => '>',
        b"quot" => '"',
        name => {
            let place = NAMES.binary_search_by_key(&name, |(name, _)| name).ok()?;
            NAMES.get(place)?.1
        }
    };
    Some((length, character.into()))
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
        b'x' => return byte_escape(rest),
        _ => return None,
    };
    Some((2, plain.into()))
}

/// `\xXX`, which JavaScript has and JSON has not.
fn byte_escape(rest: &[u8]) -> Option<(usize, Character)> {
    let (high, low) = (digit(*rest.get(2)?)?, digit(*rest.get(3)?)?);
    Some((4, char::from_u32(high << 4 | low)?.into()))
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
