//! Keys that somebody wrote into a source (contract S0-116).

use std::collections::HashMap;
use std::ops::Range;

/// How keys of well-known services begin, and how many characters follow at least.
const BEGINNINGS: [(&str, usize); 17] = [
    ("sk-", 20),
    ("sk_live_", 16),
    ("sk_test_", 16),
    ("rk_live_", 16),
    ("whsec_", 20),
    ("ghp_", 30),
    ("gho_", 30),
    ("ghs_", 30),
    ("github_pat_", 22),
    ("glpat-", 20),
    ("xoxb-", 20),
    ("xoxp-", 20),
    ("AKIA", 16),
    ("AIza", 30),
    ("SG.", 40),
    ("eyJ", 40),
    ("Bearer ", 20),
];

/// How a private key in PEM form begins.
const PRIVATE_KEY: &str = "PRIVATE KEY-----";

/// Shortest run of characters that is taken for a key by its looks alone, and the longest: files are longer.
const SHORTEST: usize = 24;
const LONGEST: usize = 200;

/// From how many bytes on a text without white space was packed by a program.
const PACKED: usize = 4_096;

/// Bytes behind the beginning of a key that decide whether it is one.
const LOOKED_AT: usize = 1_024;

/// What no random text holds, and alphabets do.
const ALPHABETS: [&str; 3] = ["abcdefgh", "ABCDEFGH", "01234567"];

/// Where in a text a key stands, if there is one.
pub(super) fn find(text: &str) -> Option<Range<usize>> {
    if text.contains(PRIVATE_KEY) {
        return Some(0..text.len());
    }
    known(text).or_else(|| (!is_packed(text)).then(|| random(text))?)
}

/// Whether a program has packed something into `text`, e.g. a table of characters, which looks random in any part of it.
/// What people write is parted into words, and so are the long texts that they ask models with.
fn is_packed(text: &str) -> bool {
    let spaces = text.bytes().filter(u8::is_ascii_whitespace).count();
    text.len() > PACKED && spaces < text.len() / 20
}

/// A key that begins like those of a well-known service.
fn known(text: &str) -> Option<Range<usize>> {
    BEGINNINGS.iter().find_map(|(beginning, least)| {
        text.match_indices(beginning).find_map(|(at, _)| {
            if text[..at].ends_with(|character: char| character.is_ascii_alphanumeric()) {
                return None;
            }
            let rest = &text[at + beginning.len()..];
            // Not all of it, for each of many beginnings in one long text.
            let looked_at = &rest[..rest.floor_char_boundary(LOOKED_AT)];
            let key = &looked_at[..length_of_key(looked_at)];
            let mixed = key.contains(|character: char| character.is_ascii_digit());
            let found = mixed && key.len() >= *least;
            found.then(|| at..at + beginning.len() + length_of_key(rest))
        })
    })
}

fn length_of_key(text: &str) -> usize {
    text.find(|character| !is_of_key(character)).unwrap_or(text.len())
}

fn is_of_key(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.' | '+' | '=' | '~')
}

/// A run of characters that nobody writes by hand. Paths and host names have signs in between.
fn random(text: &str) -> Option<Range<usize>> {
    let is_part = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '+');
    let mut start = 0;
    for piece in text.split(|character| !is_part(character)) {
        if looks_random(piece) {
            return Some(start..start + piece.len());
        }
        start += piece.len() + text[start + piece.len()..].chars().next().map_or(0, char::len_utf8);
    }
    // Base64 may hold slashes: then it is the whole text, and longer.
    let whole = text.trim_end_matches('=').replace('/', "");
    let is_base64 = text.len() >= 40 && !text.starts_with('/') && whole.chars().all(is_part);
    (is_base64 && has_all_kinds(&whole) && looks_random(&whole)).then_some(0..text.len())
}

fn looks_random(text: &str) -> bool {
    if !(SHORTEST..=LONGEST).contains(&text.len()) || ALPHABETS.iter().any(|alphabet| text.contains(alphabet)) {
        return false;
    }
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let is_plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let is_hexadecimal = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hexadecimal {
        return text.len() >= 32 && digits < text.len() && bits_per_character(text) > 3.0;
    }
    if has_all_kinds(text) {
        return digits >= 2 && bits_per_character(text) > 4.0 && is_mixed(text);
    }
    // Names of things in one case have words in them, and few digits.
    is_plain && text.len() >= 28 && digits >= 4 && bits_per_character(text) > 3.8
}

/// Whether upper case, lower case and digits take turns more often than in words: in a random text two neighbours differ
/// more often than not, in words that are written together about every third time.
fn is_mixed(text: &str) -> bool {
    let kinds: Vec<(bool, bool)> = text
        .bytes()
        .filter(u8::is_ascii_alphanumeric)
        .map(|byte| (byte.is_ascii_digit(), byte.is_ascii_uppercase()))
        .collect();
    let turns = kinds.windows(2).filter(|pair| pair[0] != pair[1]).count();
    turns * 20 > kinds.len() * 9
}

fn has_all_kinds(text: &str) -> bool {
    let has = |is: fn(&u8) -> bool| text.bytes().any(|byte| is(&byte));
    has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) && has(u8::is_ascii_digit)
}

/// The entropy of the characters (Shannon).
fn bits_per_character(text: &str) -> f64 {
    let mut counts: HashMap<u8, u32> = HashMap::new();
    for byte in text.bytes() {
        *counts.entry(byte).or_default() += 1;
    }
    let all: f64 = counts.values().map(|count| f64::from(*count)).sum();
    counts
        .values()
        .map(|count| f64::from(*count) / all)
        .map(|share| -share * share.log2())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn finds_keys() {
        for (before, key) in [
            ("", ["sk_live", "4eC39HqLyjWDarjtT1zdp7dc"].join("_")),
            ("", ["ghp", "Ab12Cd34Ef56Gh78Ij90Kl12Mn34Op56Qr78"].join("_")),
            ("", ["AKIA", "IOSFODNN7EXAMPLE"].concat()),
            ("token ", ["glpat-", "aB3dE5gH7jK9mN1pQ3sT"].concat()),
            ("", "Bearer a1b2c3d4e5f6a7b8c9d0".to_owned()),
            ("https://a.example.com/v1?key=", "q7Wz2LmX9vRt4KpB6nYc8Hd3".to_owned()),
            ("", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822c".to_owned()),
            ("", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzQ8Lk3vT2s".to_owned()),
            ("", "k3j9x2m5q8w1z7v4t6r0p2n5b8c1".to_owned()),
            ("", ["-----BEGIN ", "PRIVATE KEY-----\\nMIIE"].concat()),
        ] {
            let text = format!("{before}{key}");
            assert_eq!(find(&text), Some(before.len()..text.len()), "{text}");
        }
    }

    #[test]
    fn leaves_what_programs_pack() {
        let part = "q7Wz2LmX9vRt4KpB6nYc8Hd3";
        let packed = format!("{}{part}", "ᵁ<Õıʊҝջאٵ".repeat(300));
        assert_eq!(find(&packed), None);
        let known = format!("{packed} {}", ["ghp", "Ab12Cd34Ef56Gh78Ij90Kl12Mn34Op56Qr78"].join("_"));
        assert!(find(&known).is_some_and(|found| found.start > packed.len()));
        assert!(find(&format!("ᵁ<Õ{part}")).is_some());
        let prompt = format!(
            "{} Use the key {part} for it.",
            "Answer in one short sentence. ".repeat(300)
        );
        assert!(find(&prompt).is_some());
    }

    #[test]
    fn leaves_what_people_write() {
        for text in [
            "",
            "https://api.example.com/crm/v3/objects/deals/batch/read?archived=false",
            "https://graph.example.com/v1.0/me/drive/items",
            "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "getCustomerByIdentifierAndVersion2",
            "v2ListOrdersWithItems2024Report",
            "Report_2024-10-12_FinalVersion",
            "api/v2/Customers/ByRegion/Europe/Orders/Open/3",
            "this-is-the-name-of-a-report-2024-10-12",
            "00000000000000000000000000000000",
            "12345678901234567890123456789012",
            "Bearer ",
            "task-force-of-the-whole-department",
            "The quick brown fox jumps over the lazy dog 42 times.",
            "x-amz-content-sha256-of-the-payload",
        ] {
            assert_eq!(find(text), None, "{text}");
        }
    }
}
