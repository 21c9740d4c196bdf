//! Texts as words: identifiers taken apart, case and accents folded, grammar removed.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Longest word that is kept, in characters: what is longer is data, such as a key or a hash.
const LONGEST: usize = 40;

/// Calls `take` with each word of `text`, folded. `getCustomerOrders`, `get_customer_orders` and `get-customer-orders`
/// have the same three words; text that is written without spaces gives pairs of characters.
pub(super) fn each_word(text: &str, mut take: impl FnMut(&str)) {
    let mut word = String::new();
    let mut length = 0;
    let mut finish = |word: &mut String, length: &mut usize| {
        if !word.is_empty() && *length <= LONGEST {
            take(word);
        }
        word.clear();
        *length = 0;
    };
    let mut characters = text.chars().peekable();
    let mut before = ' ';
    while let Some(character) = characters.next() {
        if matches!(character, '\'' | '’') && before.is_alphabetic() {
            // "customer's" is the customer, and "don't" is one word.
            if characters.peek().is_some_and(|next| matches!(next, 's' | 'S')) {
                characters.next();
                finish(&mut word, &mut length);
            }
            before = character;
            continue;
        }
        if !character.is_alphanumeric() && !is_combining_mark(character) {
            finish(&mut word, &mut length);
        } else if has_no_spaces(character) {
            // The pair with the character before, so that a word of two is found within a sentence.
            if !has_no_spaces(before) {
                finish(&mut word, &mut length);
            }
            word.push(character);
            length = 2;
            if word.chars().count() == 2 || !characters.peek().copied().is_some_and(has_no_spaces) {
                finish(&mut word, &mut length);
                if characters.peek().copied().is_some_and(has_no_spaces) {
                    word.push(character);
                }
            }
        } else {
            let begins = character.is_uppercase()
                && (before.is_lowercase()
                    || before.is_uppercase() && characters.peek().is_some_and(|next| next.is_lowercase()));
            if begins || has_no_spaces(before) {
                finish(&mut word, &mut length);
            }
            fold(character, &mut word);
            length += 1;
        }
        before = character;
    }
    finish(&mut word, &mut length);
}

/// Scripts that do not put spaces between words.
fn has_no_spaces(character: char) -> bool {
    matches!(character, '\u{0e00}'..='\u{0e7f}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}')
}

/// Adds `character` in lower case and without its accents.
fn fold(character: char, word: &mut String) {
    if character.is_ascii() {
        word.push(character.to_ascii_lowercase());
        return;
    }
    // Letters that decompose into nothing simpler, and are typed without their stroke all the same.
    let plain = match character {
        'ß' | 'ẞ' => "ss",
        'ø' | 'Ø' => "o",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        'ł' | 'Ł' => "l",
        'đ' | 'Đ' => "d",
        'ı' => "i",
        _ => {
            let kept = std::iter::once(character)
                .nfkd()
                .filter(|part| !is_combining_mark(*part));
            word.extend(kept.flat_map(char::to_lowercase));
            return;
        }
    };
    word.push_str(plain);
}

/// Whether `word` looks like a plural.
pub(super) fn is_plural(word: &str) -> bool {
    matches!(word, "people" | "children" | "staff" | "data" | "metadata")
        || (word.len() > 3 && word.ends_with('s') && !["ss", "us", "is", "as"].iter().any(|end| word.ends_with(end)))
}

/// The form that all inflections of `word` share: `deployed` and `deploying` become `deploy`, `invoices` `invoic`.
/// English only; words of other languages stay as they are unless they end like English ones.
pub(super) fn stem(word: &str) -> String {
    if let Some((_, regular)) = IRREGULAR.iter().find(|(form, _)| *form == word) {
        return (*regular).to_owned();
    }
    if !word.is_ascii() || word.len() < 4 || word.bytes().any(|byte| byte.is_ascii_digit()) {
        return word.to_owned();
    }
    let mut stem = without_plural(word);
    for (ending, shortest) in [("ied", 5), ("ing", 6), ("ed", 5)] {
        if stem.len() >= shortest
            && let Some(rest) = stem.strip_suffix(ending)
            && rest.bytes().any(is_vowel)
        {
            stem = if ending == "ied" {
                format!("{rest}y")
            } else {
                without_double(rest).to_owned()
            };
            break;
        }
    }
    if stem.len() > 4 && stem.ends_with("ll") {
        // American and British spelling: "canceled", "cancelled".
        if stem.len() > 5 {
            stem.pop();
        }
    } else if stem.len() > 3 && stem.ends_with('e') && !stem.ends_with("ee") {
        stem.pop();
    }
    stem
}

/// What is left of a stem without the endings that make nouns of verbs: `deployment` has the root of `deploy`,
/// `cancellation` that of `cancel`. Roots are for comparing only.
pub(super) fn root(stem: &str) -> &str {
    const ENDINGS: [(&str, usize); 7] = [
        ("ication", 4),
        ("ation", 5),
        ("ition", 4),
        ("ion", 4),
        ("ment", 4),
        ("anc", 4),
        ("al", 5),
    ];
    let verb = ENDINGS
        .iter()
        .find_map(|(ending, shortest)| stem.strip_suffix(ending).filter(|rest| rest.len() >= *shortest))
        .unwrap_or(stem);
    // "subscription" is made of "subscribe".
    if let Some(rest) = verb.strip_suffix("script").or_else(|| verb.strip_suffix("scrib")) {
        return &verb[..rest.len() + "scri".len()];
    }
    let verb = ["at", "e", "y"]
        .iter()
        .find_map(|ending| verb.strip_suffix(ending).filter(|rest| rest.len() >= 4))
        .unwrap_or(verb);
    without_double(verb)
}

fn without_plural(word: &str) -> String {
    if let Some(rest) = word.strip_suffix("ies").filter(|rest| rest.len() >= 2) {
        return format!("{rest}y");
    }
    for ending in ["sses", "shes", "ches", "xes", "zes"] {
        if word.ends_with(ending) {
            return word[..word.len() - 2].to_owned();
        }
    }
    if is_plural(word) {
        return word[..word.len() - 1].to_owned();
    }
    word.to_owned()
}

/// `stopp` as `stop`; `call` and `pass` stay.
fn without_double(word: &str) -> &str {
    let bytes = word.as_bytes();
    match bytes {
        [.., before, last] if before == last && !is_vowel(*last) && !b"lsz".contains(last) && bytes.len() > 3 => {
            &word[..word.len() - 1]
        }
        [.., b'l', b'l'] if bytes.len() > 5 => &word[..word.len() - 1],
        _ => word,
    }
}

fn is_vowel(byte: u8) -> bool {
    b"aeiouy".contains(&byte)
}

/// Forms that no rule gives, with their stems.
const IRREGULAR: &[(&str, &str)] = &[
    ("bought", "buy"),
    ("built", "build"),
    ("children", "child"),
    ("chose", "choos"),
    ("chosen", "choos"),
    ("drawn", "draw"),
    ("found", "find"),
    ("gave", "giv"),
    ("given", "giv"),
    ("gone", "go"),
    ("got", "get"),
    ("gotten", "get"),
    ("held", "hold"),
    ("hidden", "hid"),
    ("kept", "keep"),
    ("left", "leav"),
    ("made", "mak"),
    ("met", "meet"),
    ("paid", "pay"),
    ("opening", "opening"),
    ("people", "person"),
    ("persons", "person"),
    ("lately", "recent"),
    ("ran", "run"),
    ("recently", "recent"),
    ("said", "say"),
    ("running", "run"),
    ("sent", "send"),
    ("shown", "show"),
    ("sold", "sell"),
    ("spent", "spend"),
    ("taken", "tak"),
    ("took", "tak"),
    ("told", "tell"),
    ("went", "go"),
    ("withdrawn", "withdraw"),
    ("written", "writ"),
    ("wrote", "writ"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let mut words = Vec::new();
        each_word(text, |word| words.push(word.to_owned()));
        words
    }

    #[test]
    fn identifiers_and_sentences_have_the_same_words() {
        for text in [
            "get customer orders",
            "get_customer_orders",
            "getCustomerOrders",
            "GetCustomerOrders",
            "get-customer-orders",
            "GET /customer/{orders}",
            "«Get» customer’s orders!",
        ] {
            assert_eq!(words(text), ["get", "customer", "orders"], "{text}");
        }
        assert_eq!(
            words("parseHTTPResponse v2 OAuth2"),
            ["parse", "http", "response", "v2", "o", "auth2"]
        );
        assert_eq!(words("don't"), ["dont"]);
        assert_eq!(words(&"x".repeat(LONGEST + 1)), Vec::<String>::new());
        assert_eq!(words(""), Vec::<String>::new());
    }

    #[test]
    fn case_and_accents_do_not_matter() {
        for text in ["Überprüfung", "überprüfung", "u\u{308}berpru\u{308}fung", "UBERPRUFUNG"] {
            assert_eq!(words(text).concat(), "uberprufung", "{text}");
        }
        assert_eq!(words("Größe Łódź Ærø ｆｕｌｌ"), ["grosse", "lodz", "aero", "full"]);
        assert_eq!(words("İstanbul"), ["istanbul"]);
    }

    #[test]
    fn text_without_spaces_gives_pairs() {
        assert_eq!(words("請求書を list"), ["請求", "求書", "書を", "list"]);
        assert_eq!(words("書 a"), ["書", "a"]);
        assert_eq!(words("a書b"), ["a", "書", "b"]);
    }

    #[test]
    fn inflections_share_a_stem() {
        let groups: &[&[&str]] = &[
            &["deploy", "deploys", "deployed", "deploying"],
            &["cancel", "cancels", "canceled", "cancelled", "cancelling"],
            &["invoice", "invoices", "invoiced", "invoicing"],
            &["category", "categories"],
            &["stop", "stopped", "stopping"],
            &["address", "addresses"],
            &["create", "creates", "created", "creating"],
            &["copy", "copies", "copied", "copying"],
            &["person", "people"],
            &["pay", "paid", "paying"],
            &["branch", "branches"],
            &["status"],
            &["need"],
            &["string", "strings"],
        ];
        for group in groups {
            for word in *group {
                assert_eq!(stem(word), stem(group[0]), "{word}");
            }
        }
        let stems: std::collections::HashSet<String> = groups.iter().map(|group| stem(group[0])).collect();
        assert_eq!(stems.len(), groups.len(), "{stems:?}");
    }

    #[test]
    fn nouns_made_of_verbs_share_a_root() {
        for (noun, verb) in [
            ("deployment", "deploy"),
            ("cancellation", "cancel"),
            ("creation", "create"),
            ("deletion", "delete"),
            ("approval", "approve"),
            ("notification", "notify"),
            ("validation", "validate"),
            ("installation", "install"),
            ("subscription", "subscribe"),
        ] {
            assert_eq!(root(&stem(noun)), root(&stem(verb)), "{noun}");
        }
        for (one, other) in [("customer", "custom"), ("account", "accent"), ("comment", "common")] {
            assert_ne!(root(&stem(one)), root(&stem(other)));
        }
    }

    #[test]
    fn plurals_are_told_from_words_that_end_alike() {
        for (word, plural) in [
            ("orders", true),
            ("people", true),
            ("address", false),
            ("status", false),
            ("analysis", false),
            ("bus", false),
            ("as", false),
            ("customer", false),
        ] {
            assert_eq!(is_plural(word), plural, "{word}");
        }
    }
}
