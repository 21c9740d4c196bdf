//! The order of texts without a locale, as far as letters decide it: scripts sort hundreds of thousands of names. Where
//! letters leave two texts alike, the prelude looks at their marks and their case, which few pairs need.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::iter::Peekable;
use std::ops::RangeInclusive;
use std::str::EncodeUtf16;

use crate::text::Text;

/// What stands before all letters, in order.
const BEFORE_LETTERS: &str = "\t\n\u{b}\u{c}\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789";

/// Other characters come behind these, by their code.
const BEHIND: u32 = 256;

/// What is said of texts whose letters are alike.
const ALIKE: i32 = 2;

const WEIGHTS: [u8; 128] = weights();

const fn weights() -> [u8; 128] {
    let mut weights = [0; 128];
    let order = BEFORE_LETTERS.as_bytes();
    let (mut at, mut weight) = (0, 1);
    while at < order.len() {
        weights[order[at] as usize] = weight;
        at += 1;
        weight += 1;
    }
    let mut letter = 0;
    while letter < 26 {
        weights[b'a' as usize + letter] = weight;
        weights[b'A' as usize + letter] = weight;
        letter += 1;
        weight += 1;
    }
    weights
}

/// In the place of a letter: there is none.
const NONE: u16 = 0xFFFF;

/// What characters stand for that stand for other letters, one or two: lower case, without marks.
struct Letters {
    /// Which of `places` belongs to the characters that begin with this byte. The first of them is empty.
    pages: [u8; 256],
    places: Vec<[[u16; 2]; 256]>,
}

/// In [`Letters`]: a character that stands for itself.
const ITSELF: [u16; 2] = [0; 2];

thread_local! {
    /// Made by the prelude, which has the tables of the language; part of the snapshot.
    static LETTERS: RefCell<Letters> = const { RefCell::new(Letters { pages: [0; 256], places: Vec::new() }) };
}

impl Letters {
    fn add(&mut self, character: u16, letters: [u16; 2]) {
        let [page, at] = character.to_be_bytes().map(usize::from);
        if self.pages[page] == 0 {
            // There are no more pages than numbers for them: the last belongs to no letters.
            self.places.resize(self.places.len().max(1), [ITSELF; 256]);
            self.pages[page] = u8::try_from(self.places.len()).unwrap_or_default();
            self.places.push([ITSELF; 256]);
        }
        self.places[usize::from(self.pages[page])][at] = letters;
    }

    fn of(&self, character: u16) -> [u16; 2] {
        let [page, at] = character.to_be_bytes().map(usize::from);
        let page = self.places.get(usize::from(self.pages[page]));
        page.map_or(ITSELF, |page| page[at])
    }
}

/// Has `character` stand for `letters`, two at most.
pub(super) fn stands_for(character: u16, letters: Text) {
    let mut units = letters.0.encode_utf16();
    let letters = [(); 2].map(|()| units.next().unwrap_or(NONE));
    debug_assert!(units.next().is_none(), "no character is made of more");
    LETTERS.with_borrow_mut(|table| table.add(character, letters));
}

/// The letters of a text, one after another.
struct Units<'t> {
    text: EncodeUtf16<'t>,
    table: &'t Letters,
    /// What is left of those of the last character.
    left: [u16; 2],
}

impl Iterator for Units<'_> {
    type Item = u16;

    fn next(&mut self) -> Option<u16> {
        let [next, last] = self.left;
        if next != NONE {
            self.left = [last, NONE];
            return Some(next);
        }
        loop {
            let unit = self.text.next()?;
            if unit < 128 {
                return Some(unit);
            }
            match self.table.of(unit) {
                ITSELF if HANGUL.contains(&unit) => {
                    let [first, second, last] = syllable(unit);
                    self.left = [second, last];
                    return Some(first);
                }
                ITSELF => return Some(unit),
                // A mark.
                [NONE, _] => {}
                [first, second] => {
                    self.left = [second, NONE];
                    return Some(first);
                }
            }
        }
    }
}

/// Syllables that are made of two or three letters (Unicode Standard, section 3.12).
const HANGUL: RangeInclusive<u16> = 0xAC00..=0xD7A3;

fn syllable(unit: u16) -> [u16; 3] {
    let number = unit - HANGUL.start();
    let (first, second, last) = (number / 588, number % 588 / 28, number % 28);
    [
        0x1100 + first,
        0x1161 + second,
        if last == 0 { NONE } else { 0x11A7 + last },
    ]
}

/// -1, 0 or 1 as `one` stands before, with or behind `other`; [`ALIKE`] when letters do not decide it, and more than letters
/// `counts`. Runs of digits count by their value if `is_numeric`.
pub(super) fn compare(one: Text, other: Text, is_numeric: bool, counts: bool) -> i32 {
    let (one, other) = (one.0.as_str(), other.0.as_str());
    let are_ascii = one.is_ascii() && other.is_ascii();
    let by_letters = if are_ascii && !is_numeric {
        ascii_letters(one.as_bytes(), other.as_bytes())
    } else {
        LETTERS.with_borrow(|table| {
            let [one, other] = [one, other].map(|text| Units {
                text: text.encode_utf16(),
                table,
                left: [NONE; 2],
            });
            if is_numeric {
                letters_and_numbers(one, other)
            } else {
                letters(one, other)
            }
        })
    };
    match by_letters {
        Ordering::Equal if counts => ALIKE,
        order => order as i32,
    }
}

/// The same as [`letters`], faster.
fn ascii_letters(one: &[u8], other: &[u8]) -> Ordering {
    let weight = |byte: &u8| WEIGHTS[usize::from(*byte)];
    one.iter().map(weight).cmp(other.iter().map(weight))
}

fn weight(unit: u16) -> u32 {
    WEIGHTS
        .get(usize::from(unit))
        .map_or(BEHIND + u32::from(unit), |weight| u32::from(*weight))
}

fn letters(mut one: Units<'_>, mut other: Units<'_>) -> Ordering {
    loop {
        match (one.next(), other.next()) {
            (Some(unit), Some(against)) if unit == against => {}
            (Some(unit), Some(against)) => match weight(unit).cmp(&weight(against)) {
                Ordering::Equal => {}
                different => return different,
            },
            (unit, against) => return unit.is_some().cmp(&against.is_some()),
        }
    }
}

fn letters_and_numbers(one: Units<'_>, other: Units<'_>) -> Ordering {
    let (mut one, mut other) = (one.peekable(), other.peekable());
    loop {
        let order = match (one.peek(), other.peek()) {
            (Some(unit), Some(against)) if is_digit(*unit) && is_digit(*against) => numbers(&mut one, &mut other),
            (Some(unit), Some(against)) => {
                let order = weight(*unit).cmp(&weight(*against));
                one.next();
                other.next();
                order
            }
            (unit, against) => return unit.is_some().cmp(&against.is_some()),
        };
        if order.is_ne() {
            return order;
        }
    }
}

fn is_digit(unit: u16) -> bool {
    (u16::from(b'0')..=u16::from(b'9')).contains(&unit)
}

/// The order of two runs of digits, both of which are behind that.
fn numbers<'t>(one: &mut Peekable<Units<'t>>, other: &mut Peekable<Units<'t>>) -> Ordering {
    for run in [&mut *one, &mut *other] {
        while run.next_if_eq(&u16::from(b'0')).is_some() {}
    }
    let mut first_difference = Ordering::Equal;
    loop {
        match (
            one.next_if(|unit| is_digit(*unit)),
            other.next_if(|unit| is_digit(*unit)),
        ) {
            (Some(digit), Some(against)) => first_difference = first_difference.then(digit.cmp(&against)),
            (None, None) => return first_difference,
            (digit, against) => return digit.is_some().cmp(&against.is_some()),
        }
    }
}
