use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;
use secrecy::SecretString;
use serde_json::json;

use super::*;

/// Holds characters that every encoding treats specially.
const SECRET: &str = "s3cr3t/+ \"ü\"?&\\x%41";

fn scrub(secret: &str, text: &str) -> String {
    Scrubber::new([secret]).text(text).into_owned()
}

/// As between the quotes of a JSON string.
fn in_json(text: &str) -> String {
    let quoted = serde_json::to_string(text).unwrap();
    quoted[1..quoted.len() - 1].to_owned()
}

#[test]
fn finds_every_form() {
    let percent = utf8_percent_encode(SECRET, NON_ALPHANUMERIC).to_string();
    let form: String = url::form_urlencoded::byte_serialize(SECRET.as_bytes()).collect();
    let json = in_json(SECRET);
    let forms = [
        SECRET.to_owned(),
        STANDARD.encode(SECRET),
        STANDARD_NO_PAD.encode(SECRET),
        URL_SAFE.encode(SECRET),
        URL_SAFE_NO_PAD.encode(SECRET),
        percent.clone(),
        percent.to_lowercase(),
        percent.replace("%20", "+"),
        form.clone(),
        // The component set leaves more characters alone than the form set does.
        percent.replace("%2F", "/").replace("%3F", "?"),
        SECRET
            .bytes()
            .fold(String::new(), |all, byte| format!("{all}%{byte:02x}")),
        json.clone(),
        json.replace('/', "\\/"),
        json.replace('ü', "\\u00fc"),
        json.replace('ü', "\\u00FC").replace('/', "\\u002F"),
        json.replace('\\', "\\\\").replace('"', "\\\""),
        utf8_percent_encode(&percent, NON_ALPHANUMERIC).to_string(),
        utf8_percent_encode(&json, NON_ALPHANUMERIC).to_string(),
        utf8_percent_encode(&STANDARD.encode(SECRET), NON_ALPHANUMERIC).to_string(),
        STANDARD.encode(SECRET).replace('/', "\\/"),
        SECRET
            .bytes()
            .fold(String::new(), |all, byte| format!("{all}{byte:02x}")),
        SECRET
            .bytes()
            .fold(String::new(), |all, byte| format!("{all}{byte:02X}")),
    ];
    for spelling in forms {
        let text = format!("ü before {spelling} after ü");
        assert_eq!(scrub(SECRET, &text), "ü before [REDACTED] after ü", "{spelling}");
    }
}

#[test]
fn finds_a_value_inside_longer_base64_at_every_alignment() {
    for before in ["", "a", "ab", "abc", "user:"] {
        for after in ["", "z", "zy", "zyx"] {
            for engine in [STANDARD, URL_SAFE_NO_PAD] {
                let text = engine.encode(format!("{before}key-8f3a1c{after}"));
                let clean = scrub("key-8f3a1c", &text);
                assert!(clean.contains(REDACTED), "{before:?} {after:?}: {clean}");
                // At most the neighbours' bits of one character on each side are left.
                let left = clean.replace(REDACTED, "").trim_end_matches('=').len();
                assert!(left <= text.len() - 12, "{before:?} {after:?}: {clean}");
            }
        }
    }
}

#[test]
fn overlapping_values_are_removed_whole() {
    let scrubber = Scrubber::new(["abcd", "cdef", "abcdefgh"]);
    assert_eq!(scrubber.text("-abcdef-"), "-[REDACTED]-");
    assert_eq!(scrubber.text("-abcdefgh-"), "-[REDACTED]-");
    assert_eq!(scrubber.text("-abcdabcd-cdef-"), "-[REDACTED]-[REDACTED]-");
}

#[test]
fn several_values_in_escapes_are_each_found_where_they_are() {
    let scrubber = Scrubber::new(["a/b", "c d"]);
    for (text, clean) in [
        ("a%2fb-%41-c%20d", "[REDACTED]-%41-[REDACTED]"),
        ("%61/b%63+d", "[REDACTED]"),
        ("x\\/a\\/b\\nc\\u0020d\\n", "x\\/[REDACTED]\\n[REDACTED]\\n"),
        ("a\\u002f%62 a%252Fb", "[REDACTED] [REDACTED]"),
        ("a\\/ba%2Fba/b", "[REDACTED]"),
    ] {
        assert_eq!(scrubber.text(text), clean);
    }
}

#[test]
fn short_values_count() {
    assert_eq!(scrub("q", "a query"), "a [REDACTED]uery");
    assert_eq!(scrub("ü", "für %C3%BC \\u00fc"), "f[REDACTED]r [REDACTED] [REDACTED]");
}

#[test]
fn an_empty_scrubber_and_a_clean_text_cost_no_copy() {
    assert!(matches!(Scrubber::empty().text("anything"), Cow::Borrowed(_)));
    assert!(matches!(Scrubber::new([""]).text("anything"), Cow::Borrowed(_)));
    let scrubber = Scrubber::new(["secret"]);
    for text in ["", "clean", "50% off, 100%zz \\q \\u12 +", "\\ud800 \\ud800\\u0041"] {
        assert!(matches!(scrubber.text(text), Cow::Borrowed(_)), "{text}");
    }
}

#[test]
fn cleans_values_keys_and_numbers_of_json_without_losing_members() {
    let scrubber = Scrubber::new(["k3y", "90210"]);
    let mut value = json!({
        "k3y": 1,
        "x": ["k3y", {"deep": "ak3yb"}, 90210, 1_902_100.5, true, null],
        "[REDACTED]": 2,
        "azN5": 3,
        "[REDACTED] (2)": 4,
    });
    scrubber.value(&mut value);
    assert_eq!(
        value,
        json!({
            "[REDACTED] (3)": 1,
            "x": ["[REDACTED]", {"deep": "a[REDACTED]b"}, "[REDACTED]", "1[REDACTED]0.5", true, null],
            "[REDACTED]": 2,
            "[REDACTED] (4)": 3,
            "[REDACTED] (2)": 4,
        })
    );
}

#[test]
fn depth_is_no_danger() {
    let mut value = json!("k3y");
    for _ in 0..100_000 {
        value = Value::Array(vec![value]);
    }
    Scrubber::new(["k3y"]).value(&mut value);
    // Taken apart by hand, because dropping it would recurse.
    let mut depth = 0;
    while let Value::Array(mut items) = value {
        value = items.pop().unwrap();
        depth += 1;
    }
    assert_eq!((depth, value), (100_000, json!(REDACTED)));
}

#[test]
fn bytes_that_are_no_text_are_cleaned_too() {
    let scrubber = Scrubber::new(["k3y"]);
    assert_eq!(scrubber.bytes(b"\xff\xfek3y\x00").as_ref(), b"\xff\xfe[REDACTED]\x00");
    assert!(matches!(scrubber.bytes(b"\xff"), Cow::Borrowed(_)));
}

#[test]
fn the_cache_gives_one_scrubber_for_the_same_values_and_another_for_others() {
    let cache = ScrubberCache::new();
    let (first, second) = ("one".into(), "two".into());
    let both = cache.scrubber(&[&first, &second]);
    let again = cache.scrubber(&[&first, &second]);
    let other = cache.scrubber(&[&first]);
    let shared = |a: &Scrubber, b: &Scrubber| Arc::ptr_eq(a.search.as_ref().unwrap(), b.search.as_ref().unwrap());
    assert!(shared(&both, &again));
    assert!(!shared(&both, &other));
    assert_eq!(other.text("one two"), "[REDACTED] two");
}

proptest! {
    #[test]
    fn no_spelling_of_a_value_is_left(secret in "\\PC{4,20}", before in "[^%\\\\]{0,9}", after in "\\PC{0,9}") {
        let scrubber = Scrubber::new([secret.as_str()]);
        let form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        for spelling in [secret.clone(), form, in_json(&secret)] {
            let text = format!("{before}{spelling}{after}");
            prop_assert!(scrubber.text(&text).contains(REDACTED), "{}", text);
        }
    }

    #[test]
    fn no_text_makes_it_panic(secret in "\\PC{1,5}", text in "(\\PC|%|\\\\|\\\\u|[0-9a-f]){0,60}") {
        let scrubber = Scrubber::new([secret.as_str()]);
        let clean = scrubber.text(&text).into_owned();
        let left = clean.split(REDACTED).any(|part| part.contains(&secret));
        prop_assert!(!left);
    }
}

#[test]
fn character_references_hide_nothing() {
    let scrubber = Scrubber::new(["S3cr3t\"/+=&x'<é"]);
    for text in [
        "S3cr3t&quot;/+=&amp;x&#39;&lt;é",
        "S3cr3t&#34;&#x2F;&#x2b;&#61;&amp;x&apos;&#060;&#233;",
        "&#x53;3cr3t&quot;/+=&#38;x&#x27;&lt;&#xe9;",
        r"S3cr3t&quot;\/+=&amp;x&#39;&lt;\u00e9",
        "S3cr3t%26quot%3B/%2B=%26amp%3Bx%26%2339%3B%26lt%3B%C3%A9",
        "S3cr3t&amp;quot;/+=&amp;amp;x&amp;#39;&amp;lt;é",
    ] {
        assert_eq!(scrubber.text(&format!("<p>{text}</p>")), "<p>[REDACTED]</p>", "{text}");
    }
    for harmless in [
        "a&b;c",
        "&;",
        "&#;",
        "&#x;",
        "&#xd800;",
        "&#99999999;",
        "&amp",
        "&#-1;",
        "&#+65;",
        "&&&&",
    ] {
        assert_eq!(scrubber.text(harmless), harmless);
    }
}

#[test]
fn a_cache_cleans_for_every_credential_in_use() {
    let scrubbers = ScrubberCache::new();
    assert_eq!(scrubbers.clean("one two"), "one two");
    let values = ["s3cr3t-one", "s3cr3t-two"].map(SecretString::from);
    for value in &values {
        scrubbers.scrubber(&[value]);
    }
    let text = "a s3cr3t-one b s3cr3t%2Dtwo c";
    assert_eq!(scrubbers.clean(text), "a [REDACTED] b [REDACTED] c");
    assert_eq!(
        scrubbers.clean("https://S3CR3T-one.example/"),
        "https://[REDACTED].example/"
    );
}

#[test]
fn a_text_that_was_made_lower_case_hides_nothing() {
    let scrubber = Scrubber::new(["Sk-Mixed-9876"]);
    let base64 = STANDARD_NO_PAD.encode("Sk-Mixed-9876").to_lowercase();
    for (text, expected) in [
        ("x-sk-mixed-9876-y", "x-[REDACTED]-y"),
        ("sK-mIXED-9876", REDACTED),
        ("x-sk%2dmixed%2D9876", "x-[REDACTED]"),
        (base64.as_str(), REDACTED),
        ("sk-mixed-987", "sk-mixed-987"),
    ] {
        assert_eq!(scrubber.caseless(text), expected);
    }
    assert_eq!(scrubber.text("x-sk-mixed-9876-y"), "x-sk-mixed-9876-y");
    assert_eq!(Scrubber::empty().caseless("etag"), "etag");
}

/// Every character by its number, as encoders write it that leave nothing out.
fn by_number(text: &str, form: impl Fn(u32) -> String) -> String {
    text.chars().map(|character| form(u32::from(character))).collect()
}

#[test]
fn numbers_of_characters_hide_no_letters() {
    let secret = "Sk9aQ2xM4";
    for text in [
        by_number(secret, |number| format!("&#{number};")),
        by_number(secret, |number| format!("&#x{number:x};")),
        by_number(secret, |number| format!("&#X{number:04X};")),
        // Browsers read them without their end, too.
        by_number(secret, |number| format!("&#{number}")),
        by_number(secret, |number| format!("&amp;#{number};")),
        by_number(secret, |number| format!("%26%23{number}%3B")),
        by_number(secret, |number| format!("\\u{number:04x}")),
        by_number(secret, |number| format!("\\x{number:02X}")),
        "&#83;k9aQ2xM4".to_owned(),
    ] {
        assert_eq!(scrub(secret, &format!("<b>{text}</b>")), "<b>[REDACTED]</b>", "{text}");
    }
    let clean = Scrubber::new([secret]);
    for harmless in [
        "a &amp; b &#83;",
        "&#;&#x;&#xzz;&# 83;",
        "&#x110000;",
        "&#99999999999999;",
        "\\x5",
    ] {
        assert!(matches!(clean.text(harmless), Cow::Borrowed(_)), "{harmless}");
    }
}

#[test]
fn names_of_characters_hide_no_punctuation() {
    let secret = "a_b-c/d.e:f$g@h!i+j=k";
    let text = "a&lowbar;b-c&sol;d&period;e&colon;f&dollar;g&commat;h&excl;i&plus;j&equals;k";
    assert_eq!(scrub(secret, text), REDACTED);
    assert_eq!(scrub("\"<&>\"", "&QUOT;&LT;&AMP;&GT;&QUOT;"), REDACTED);
}

#[test]
fn hexadecimal_and_percent_are_found_in_either_case() {
    let secret = "kLm/8f3a?1c";
    let hexadecimal = by_number(secret, |number| format!("{number:02x}"));
    let percent = by_number(secret, |number| format!("%{number:02x}"));
    for text in [
        hexadecimal.to_uppercase(),
        hexadecimal,
        percent.to_uppercase(),
        "%6b%4C%6D%2f%38%66%33%61%3f%31%63".to_owned(),
        percent,
    ] {
        assert_eq!(scrub(secret, &format!("-{text}-")), "-[REDACTED]-", "{text}");
    }
}

#[test]
fn finds_a_value_in_base64_of_base64_at_every_alignment() {
    let secret = "key-8f3a1c-long";
    for outside in ["", "a", "ab", "abc"] {
        for inside in ["", "u", "us", "user:"] {
            for engine in [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD] {
                let inner = engine.encode(format!("{inside}{secret}"));
                let text = engine.encode(format!("{outside}{inner}"));
                let clean = scrub(secret, &text);
                assert!(clean.contains(REDACTED), "{outside:?} {inside:?}: {text}");
                // What is left cannot be read back to more than the neighbours and a character at each end.
                let left = clean.replace(REDACTED, "").trim_end_matches('=').len();
                let most = (outside.len() + (inside.len() * 4).div_ceil(3)) * 4 / 3 + 9;
                assert!(left <= most, "{outside:?} {inside:?}: {clean}");
            }
        }
    }
    // A part that is short stands everywhere by chance.
    assert_eq!(scrub("q", "Y1hFPQ"), "Y1hFPQ");
}

#[test]
fn finds_a_value_that_was_escaped_before_it_became_base64() {
    let secret = "k\u{e9}y/8f3a \"1c\"+long=";
    let json = in_json(secret);
    let url = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
    for escaped in [json, url] {
        for outside in ["", "a", "ab", "abc"] {
            for engine in [STANDARD, URL_SAFE_NO_PAD] {
                let text = engine.encode(format!("{outside}{escaped}"));
                let clean = scrub(secret, &text);
                assert!(clean.contains(REDACTED), "{outside:?} {escaped}: {clean}");
                let left = clean.replace(REDACTED, "").trim_end_matches('=').len();
                assert!(left <= outside.len() * 4 / 3 + 4, "{outside:?} {escaped}: {clean}");
            }
        }
    }
    assert_eq!(scrub("key", "a2V5c2V0 key"), "[REDACTED]c2V0 [REDACTED]");
}
