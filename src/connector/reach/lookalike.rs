//! Host names that look like others: `gооgle.com` with Cyrillic letters is another host.
//!
//! An author who copies such a name from a mail has no way to see it, so `toolgate check` shows what it is on the wire.
//! Follows the idea of UTS #39 section 5 (mixed scripts) with the alphabets that hold look-alikes of Latin letters.

use url::Host;

/// What is unusual about a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::connector) enum Unusual {
    /// It has letters outside of ASCII: how it is written on the wire.
    Foreign(String),
    /// It can be taken for another name.
    Lookalike(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Greek,
    Cyrillic,
    Armenian,
    Cherokee,
    Coptic,
    Lisu,
}

/// Letters that most typefaces draw like small Latin ones: Cyrillic, Greek, Armenian, and Latin letters of phonetics.
const LIKE_LATIN: &str = "аеорсухіјѕԁһԛԝүҽӏοναιρυհոսցօյզքգıɑɡɩʏᴀᴄᴇᴏᴛᴠᴡᴢ";

/// What is unusual about `host`, if anything.
pub(in crate::connector) fn unusual(host: &Host<&str>) -> Option<Unusual> {
    let Host::Domain(ascii) = host else { return None };
    if !ascii.split('.').any(|label| label.starts_with("xn--")) {
        return None;
    }
    // What cannot be decoded is shown as it is.
    let (shown, _) = idna::domain_to_unicode(ascii);
    let lookalike = shown.split('.').any(|label| is_mixed(label) || is_like_latin(label));
    Some(if lookalike {
        Unusual::Lookalike((*ascii).to_owned())
    } else {
        Unusual::Foreign((*ascii).to_owned())
    })
}

/// Whether one label has letters of two alphabets that share shapes.
fn is_mixed(label: &str) -> bool {
    let mut scripts = label.chars().filter_map(script);
    scripts.next().is_some_and(|first| scripts.any(|other| other != first))
}

/// Whether a label beyond ASCII reads as Latin from end to end.
fn is_like_latin(label: &str) -> bool {
    let mut letters = label.chars().filter(|character| character.is_alphabetic()).peekable();
    !label.is_ascii()
        && letters.peek().is_some()
        && letters.all(|letter| letter.is_ascii() || LIKE_LATIN.contains(letter))
}

fn script(character: char) -> Option<Script> {
    Some(match character {
        'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{250}'..='\u{2af}' | '\u{1e00}'..='\u{1eff}' => Script::Latin,
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Script::Greek,
        '\u{400}'..='\u{52f}' | '\u{1c80}'..='\u{1c8f}' | '\u{a640}'..='\u{a69f}' => Script::Cyrillic,
        '\u{530}'..='\u{58f}' => Script::Armenian,
        '\u{13a0}'..='\u{13ff}' | '\u{ab70}'..='\u{abbf}' => Script::Cherokee,
        '\u{2c80}'..='\u{2cff}' => Script::Coptic,
        '\u{a4d0}'..='\u{a4ff}' => Script::Lisu,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use url::Url;

    fn found(host: &str) -> Option<Unusual> {
        let url = Url::parse(&format!("https://{host}/")).unwrap();
        unusual(&url.host().unwrap())
    }

    #[test]
    fn names_that_can_be_taken_for_others() {
        for (host, ascii) in [
            // Cyrillic а, р and у among Latin letters, then Cyrillic only; Greek ο; a dotless i.
            ("p\u{430}ypal.com", "xn--pypal-4ve.com"),
            ("\u{430}\u{440}\u{440}\u{4cf}\u{435}.com", "xn--80ak6aa92e.com"),
            ("g\u{3bf}\u{3bf}gle.com", "xn--ggle-0nda.com"),
            ("api.\u{131}ntel.com", "api.xn--ntel-kza.com"),
            ("xn--80ak6aa92e.com", "xn--80ak6aa92e.com"),
        ] {
            assert_eq!(found(host), Some(Unusual::Lookalike(ascii.to_owned())), "{host}");
        }
    }

    #[test]
    fn names_of_one_language() {
        for (host, ascii) in [
            ("bücher.example", "xn--bcher-kva.example"),
            ("москва.example", "xn--80adxhks.example"),
            ("例え.example", "xn--r8jz45g.example"),
        ] {
            assert_eq!(found(host), Some(Unusual::Foreign(ascii.to_owned())), "{host}");
        }
        for host in ["crm.example.com", "127.0.0.1", "[::1]", "ｅｘａｍｐｌｅ.com"] {
            assert_eq!(found(host), None, "{host}");
        }
    }
}
