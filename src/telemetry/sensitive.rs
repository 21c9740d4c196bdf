//! Finds what looks like a secret, whoever wrote it into an event: credentials by where they stand, tokens and card
//! numbers by what they look like.
//!
//! The second net: nothing in this program logs such things, and values of credentials in use are taken out by value.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::{card, encoded};

/// What stands in the place of a secret, or of what may be one.
pub const REDACTED: &str = "[REDACTED]";

/// Names whose values go to the end of the line: a header's value may hold anything.
const HEADERS: &str = r"(?:proxy-)?authorization|(?:set-)?cookie2?|x-[a-z-]*(?:key|token|secret|auth)";
/// Names whose values are one word; another word may stand before them, as in `crm_token`.
const FIELDS: &str = r"(?:[a-z0-9]+[_-])*?(?:pass(?:word|wd|phrase)?|pwd|pin|(?:client[_-]?)?secret|api[_-]?key|access[_-]?key|private[_-]?key|(?:access|refresh|id|auth|bearer|session)[_-]?token|token|session[_-]?id|signature|credentials?)";

/// A name, and what may stand between it and its value.
fn before_value(names: &str) -> String {
    format!(r#"(?i)(?P<name>\b(?:{names})\\*["']?\s*(?:=>|[:=])\s*)"#)
}

struct Rules {
    header: Regex,
    field: Regex,
    scheme: Regex,
    json_web_token: Regex,
    private_key: Regex,
    user_information: Regex,
}

static RULES: LazyLock<Option<Rules>> = LazyLock::new(|| Rules::compile().ok());

impl Rules {
    fn compile() -> Result<Self, regex::Error> {
        let quoted = r#"\\+"[^"]*"?|"(?:[^"\\]|\\.)*"?|'[^']*'?"#;
        let header = before_value(HEADERS);
        let field = before_value(FIELDS);
        Ok(Self {
            header: Regex::new(&format!(r"{header}(?:{quoted}|[^\r\n]+)"))?,
            field: Regex::new(&format!(r#"{field}(?:\[REDACTED\]|{quoted}|[^\s,;&"'}}\])]+)"#))?,
            scheme: Regex::new(
                r"(?i)\b(?P<scheme>bearer|basic|digest|negotiate|token|apikey)\s+(?P<value>[a-z0-9._~+/-]+=*)",
            )?,
            json_web_token: Regex::new(r"\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")?,
            private_key: Regex::new(r"(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*")?,
            user_information: Regex::new(r"(?P<scheme>[a-z][a-z0-9+.-]*://)[^\s/?#@]+@")?,
        })
    }
}

/// `text` with what looks like a secret replaced by `[REDACTED]`, also where it is written as in a URL.
pub(super) fn redact(text: &str) -> Cow<'_, str> {
    RULES.as_ref().map_or(Cow::Borrowed(REDACTED), |rules| {
        encoded::redact(text, &|text| redact_plain(rules, text))
    })
}

/// The same for text that is written as it is meant.
fn redact_plain<'t>(rules: &Rules, text: &'t str) -> Cow<'t, str> {
    let named = format!("${{name}}{REDACTED}");
    let mut clean = Cow::Borrowed(text);
    let mut apply = |rule: &Regex, replacement: &dyn Fn(&Captures<'_>) -> String| {
        let changed = match rule.replace_all(&clean, replacement) {
            Cow::Owned(changed) => Some(changed),
            Cow::Borrowed(_) => None,
        };
        if let Some(changed) = changed {
            clean = Cow::Owned(changed);
        }
    };
    let keep_name = |captures: &Captures<'_>| {
        let mut kept = String::new();
        captures.expand(&named, &mut kept);
        kept
    };
    apply(&rules.private_key, &|_| REDACTED.to_owned());
    apply(&rules.header, &keep_name);
    apply(&rules.field, &keep_name);
    apply(&rules.scheme, &|captures| {
        let (whole, scheme, value) = (&captures[0], &captures["scheme"], &captures["value"]);
        if is_opaque(value) {
            format!("{scheme} {REDACTED}")
        } else {
            whole.to_owned()
        }
    });
    apply(&rules.json_web_token, &|_| REDACTED.to_owned());
    apply(&rules.user_information, &|captures| {
        format!("{}{REDACTED}@", &captures["scheme"])
    });
    without_cards(clean)
}

/// Whether the value under this name is a secret as a whole.
pub(super) fn is_sensitive_name(name: &str) -> bool {
    RULES.as_ref().is_none_or(|rules| {
        let assigned = format!("{name}=x");
        [&rules.header, &rules.field]
            .iter()
            .any(|rule| rule.find(&assigned).is_some_and(|found| found.end() == assigned.len()))
    })
}

/// Whether a word is no word of a sentence, e.g. of "Basic authentication".
fn is_opaque(value: &str) -> bool {
    let inner = value.get(1..).unwrap_or_default();
    value.len() >= 20 || inner.contains(|character: char| !character.is_ascii_lowercase() && character != '.')
}

fn without_cards(text: Cow<'_, str>) -> Cow<'_, str> {
    let cards = card::find(&text);
    if cards.is_empty() {
        return text;
    }
    let mut clean = String::with_capacity(text.len());
    let mut kept = 0;
    for card in cards {
        clean.push_str(&text[kept..card.start]);
        clean.push_str(REDACTED);
        kept = card.end;
    }
    clean.push_str(&text[kept..]);
    Cow::Owned(clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_secret_goes() {
        for text in [
            "Authorization: Bearer hunter2",
            "authorization: Basic dTpodW50ZXIy hunter2",
            "Authorization: AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=hunter2",
            "Authorization: Digest username=\"u\", response=\"hunter2\"",
            "proxy-authorization=Negotiate hunter2",
            r#"headers={"authorization": "Custom hunter2", "accept": "a/b"}"#,
            r#"headers="{\"authorization\": \"Custom hunter2\"}""#,
            "Cookie: a=b; session=hunter2",
            "set-cookie: id=hunter2; HttpOnly",
            "x-api-key: hunter2",
            "X-Auth-Token => hunter2",
            "GET /x?api_key=hunter2&page=1",
            r#"{"password":"hunter2 and more"}"#,
            "password='hunter2 and more'",
            "access_token=hunter2",
            "client_secret: hunter2",
            "crm_token=hunter2 and stripe_live_secret: hunter2",
            r#"{"crm-api_key": "hunter2"}"#,
            "sent Bearer hunter2 to it",
            "sent bearer\tabcdefghijklmnopqrstuvwxyzhunter2",
            "Basic aHVudGVyMg== of hunter2 password: hunter2",
            "a eyJhbGciOiJIUzI1NiJ9.hunter2.hunter2 b",
            "https://user:hunter2@crm.example.com/x",
            "-----BEGIN RSA PRIVATE KEY-----hunter2hunter2",
            "paid with 4111 1111 1111 1111, password=hunter2",
        ] {
            let clean = redact(text);
            let left = clean.replace("of hunter2 ", "");
            assert!(!left.contains("hunter2") && !left.contains("1111"), "{clean}");
            assert!(clean.contains(REDACTED), "{clean}");
        }
        assert_eq!(redact("a Bearer abc123 b"), "a Bearer [REDACTED] b");
        assert_eq!(redact("x?token=abc&page=1"), "x?token=[REDACTED]&page=1");
        assert_eq!(redact("4111111111111111, 7"), "[REDACTED], 7");
        for (path, clean) in [
            ("/customers/4111%201111%201111%201111", "/customers/[REDACTED]"),
            ("/customers/4111%2D1111%2d1111-1111/pay", "/customers/[REDACTED]/pay"),
            ("/c/Bearer%20abcdefgh12345678/x%2Fy", "/c/Bearer%20[REDACTED]"),
            ("/a%2Fb/token%3Dabc%26page%3D1", "/a/b/token=[REDACTED]&page=1"),
            ("/c/Basic%20aHVudGVyMg%3D%3D", "/c/Basic%20[REDACTED]"),
            ("/c/password%3Dhunter2xx", "/c/password=[REDACTED]"),
            ("/c/Cookie%3A%20session%3Dhunter2;%20a", "/c/Cookie:%20[REDACTED]"),
            (
                "/c/%7B%22api_key%22%3A%22hunter2%22%7D",
                "/c/{%22api_key%22:[REDACTED]}",
            ),
            ("/c/password%253Dhunter2", "/c/password=[REDACTED]"),
        ] {
            let line = format!("request path={path} number=1");
            assert_eq!(redact(&line), format!("request path={clean} number=1"));
            assert_eq!(redact(path), clean);
        }
    }

    #[test]
    fn sentences_stay() {
        for text in [
            "",
            "the credential holds a character that cannot be sent in the header x-api-key",
            "the user name of Basic authentication",
            "a bearer token is needed",
            "response method=GET host=crm.example.com path=/v1/customers/c_1 status=200 bytes=512",
            "the environment variable `CRM_TOKEN` is not set, or is empty",
            "place=connectors/crm.toml:8:14 help=write `env:NAME`",
            "https://crm.example.com/a@b",
            "path=/v1/customers/c%201/r%C3%A9sum%C3%A9%2F100%25 status=200",
            "path=/v1/customers/4111%201111%201111%201112 100% 5%zz %ff",
        ] {
            assert_eq!(redact(text), text);
        }
    }

    #[test]
    fn names_of_secrets() {
        for name in [
            "authorization",
            "Set-Cookie",
            "password",
            "api_key",
            "x-api-key",
            "access_token",
        ] {
            assert!(is_sensitive_name(name), "{name}");
        }
        for name in ["message", "path", "host", "tokens", "status", "duration_ms"] {
            assert!(!is_sensitive_name(name), "{name}");
        }
    }
}
