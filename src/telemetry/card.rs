//! Finds payment card numbers: ISO/IEC 7812-1, 13 to 19 digits with a Luhn check digit, in groups or not.

use std::ops::Range;

const SHORTEST: usize = 13;
const LONGEST: usize = 19;

/// Where card numbers stand in `text`, in order and apart.
pub(super) fn find(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let groups = groups(bytes, at);
        let end = groups.last().map_or(at + 1, |group| group.end);
        card_in(bytes, &groups, &mut found);
        at = end;
    }
    found
}

/// Runs of digits from `start` on that have one space or hyphen between them.
fn groups(bytes: &[u8], start: usize) -> Vec<Range<usize>> {
    let mut groups = Vec::new();
    let mut at = start;
    loop {
        let begin = at;
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        groups.push(begin..at);
        let separated = matches!(bytes.get(at), Some(b' ' | b'-')) && bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
        if !separated {
            return groups;
        }
        at += 1;
    }
}

/// Adds the card numbers that begin and end with a group.
fn card_in(bytes: &[u8], groups: &[Range<usize>], found: &mut Vec<Range<usize>>) {
    let mut first = 0;
    while first < groups.len() {
        let mut digits = Vec::with_capacity(LONGEST);
        let mut taken = None;
        for (index, group) in groups.iter().enumerate().skip(first) {
            if digits.len() + group.len() > LONGEST {
                break;
            }
            digits.extend(bytes[group.clone()].iter().map(|byte| byte - b'0'));
            if is_card(&digits) {
                taken = Some(index);
            }
        }
        if let Some(last) = taken {
            found.push(groups[first].start..groups[last].end);
            first = last;
        }
        first += 1;
    }
}

fn is_card(digits: &[u8]) -> bool {
    let issued = match digits.first() {
        Some(2..=6) => true,
        // UATP; other numbers that begin with 1 are times in milliseconds.
        Some(1) => digits.len() == 15,
        _ => false,
    };
    issued && (SHORTEST..=LONGEST).contains(&digits.len()) && luhn(digits)
}

fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2, u32::from(*digit)) {
            (0, digit) => digit,
            (_, digit) if digit > 4 => 2 * digit - 9,
            (_, digit) => 2 * digit,
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_cards() {
        // The networks' own test numbers.
        for number in [
            "4111111111111111",
            "4111 1111 1111 1111",
            "4111-1111-1111-1111",
            "4222222222222",
            "5555555555554444",
            "2223003122003222",
            "378282246310005",
            "3782 822463 10005",
            "6011111111111117",
            "30569309025904",
            "135412345678911",
            "6304000000000000000",
        ] {
            let digits: Vec<u8> = number
                .bytes()
                .filter(u8::is_ascii_digit)
                .map(|byte| byte - b'0')
                .collect();
            assert_eq!(find(number).len(), usize::from(is_card(&digits)), "{number}");
            let text = format!("a 200 {number}, and 7 {number}.");
            for range in find(&text) {
                assert!(text[range].ends_with(&number[number.len() - 4..]), "{text}");
            }
        }
        for number in [
            "4111111111111111",
            "378282246310005",
            "5555555555554444",
            "4222222222222",
        ] {
            let text = format!("status 200 {number} 17 ms");
            let found: Vec<&str> = find(&text).into_iter().map(|range| &text[range]).collect();
            assert_eq!(found, [number]);
        }
    }

    #[test]
    fn other_numbers() {
        for text in [
            "",
            "4111111111111112",
            "411111111111",
            "41111111111111111111111111",
            "1763777531123",
            "2026-11-22T02:12:11.123456Z",
            "0199c8a4-1b2c-7d3e-8f40-1234567890ab",
            "4111  1111  1111  1111",
            "4111.1111.1111.1111",
            "0000000000000000",
            "99 bytes in 4242 ms",
        ] {
            assert!(find(text).is_empty(), "{text}");
        }
    }
}
