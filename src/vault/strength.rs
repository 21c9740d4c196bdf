//! What may be shown of a secret, and whether it is worth its name (contract S1-86, S2-09).

use std::collections::HashSet;

use secrecy::{ExposeSecret as _, SecretString};

/// Stands for what is not shown.
const MASK: &str = "••••";

/// How many characters of a long value are shown.
const SHOWN: usize = 4;

/// Values with fewer characters show nothing: four of them would be too much of the whole.
const LONG: usize = 16;

/// Fewer different characters than this are a pattern, not a random key.
const VARIED: usize = 8;

/// What makes a secret easy to guess, or likely to be a mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weakness {
    /// It is short.
    Short,
    /// It is made of few different characters.
    Repetitive,
    /// It begins or ends with a space or a line end.
    Surrounded,
}

impl Weakness {
    /// What to tell whoever stores it.
    #[must_use]
    pub fn advice(self) -> &'static str {
        match self {
            Self::Short => {
                "the value has fewer than 16 characters: it may be guessed, and answers that happen to hold the same \
                 text will be blackened"
            }
            Self::Repetitive => "the value is made of few different characters: a random key is harder to guess",
            Self::Surrounded => "the value begins or ends with a space or a line end, which is kept: is that meant?",
        }
    }
}

/// Everything that is weak about a value. A weak one is stored all the same: it may be all that its API offers.
#[must_use]
pub fn weaknesses(value: &SecretString) -> Vec<Weakness> {
    let value = value.expose_secret();
    let different: HashSet<char> = value.chars().collect();
    let mut found = Vec::new();
    if value.chars().count() < LONG {
        found.push(Weakness::Short);
    }
    if different.len() < VARIED {
        found.push(Weakness::Repetitive);
    }
    if value.trim() != value {
        found.push(Weakness::Surrounded);
    }
    found
}

/// What may be seen of a value: the last four characters of a long one, else nothing; never how long it is.
#[must_use]
pub fn masked(value: &SecretString) -> String {
    let characters: Vec<char> = value.expose_secret().chars().collect();
    let hidden = if characters.len() < LONG {
        characters.len()
    } else {
        characters.len() - SHOWN
    };
    let end = &characters[hidden..];
    // Line ends and the like would break a table.
    if end.iter().all(char::is_ascii_graphic) {
        MASK.chars().chain(end.iter().copied()).collect()
    } else {
        MASK.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_simple_values_are_weak() {
        let cases: [(&str, &[Weakness]); 6] = [
            ("sk-live-0123456789abcdef", &[]),
            ("password", &[Weakness::Short, Weakness::Repetitive]),
            ("Tr0ub4dor&3", &[Weakness::Short]),
            ("aaaaaaaaaaaaaaaaaaaaaaaa", &[Weakness::Repetitive]),
            ("0123456789abcdef ", &[Weakness::Surrounded]),
            ("0123456789äöüxyz", &[]),
        ];
        for (value, expected) in cases {
            assert_eq!(weaknesses(&value.into()), expected, "{value}");
        }
    }

    #[test]
    fn at_most_the_last_four_characters_are_shown_and_of_short_values_none() {
        for (value, shown) in [
            ("sk-live-0123456789abcdef", "••••cdef"),
            ("0123456789abcdef", "••••cdef"),
            ("0123456789abcde", "••••"),
            ("x", "••••"),
            ("", "••••"),
            ("0123456789abcdef\n", "••••"),
            ("0123456789abcdefgäöü", "••••"),
        ] {
            assert_eq!(masked(&value.into()), shown, "{value}");
        }
    }
}
