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
}
