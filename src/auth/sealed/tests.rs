use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use proptest::prelude::*;

use super::*;

/// Holds characters that every place spells in its own way.
const SECRET: &str = "s3cr3t/+ \"ü\"?&\\<x>";

fn sealed(secret: &str) -> (Handles, String) {
    let mut handles = Handles::default();
    let handle = handles.seal(SecretString::from(secret)).expect("a handle").to_owned();
    (handles, handle)
}

fn text(bytes: Option<Zeroizing<Vec<u8>>>) -> Option<String> {
    bytes.map(|bytes| String::from_utf8(bytes.to_vec()).expect("UTF-8"))
}

fn put_in_header(handles: &Handles, value: &str) -> Option<Zeroizing<Vec<u8>>> {
    handles.in_header(value, &SecretBudget::of_one_request())
}

fn put_in_query(handles: &Handles, query: &str) -> Option<Zeroizing<String>> {
    handles.in_query(query, &SecretBudget::of_one_request())
}

fn put_in_body(handles: &Handles, content_type: Option<&str>, body: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    handles.in_body(content_type, body, &SecretBudget::of_one_request())
}

#[test]
fn a_handle_is_letters_and_digits_and_new_every_time() {
    let (_, one) = sealed("a");
    let (_, other) = sealed("a");
    assert_ne!(one, other);
    assert_eq!(one.len(), LENGTH);
    assert!(one.chars().all(|character| character.is_ascii_alphanumeric()), "{one}");
}

/// The engine refuses to compute anything of a handle, however that is spelled.
#[test]
fn the_engine_knows_a_handle_when_it_sees_one() {
    let engine = include_str!("../../../wasm-guests/js-engine/src/handle.rs");
    let signs = (0..3).map(|shift| base64_text::middle_of(PREFIX.as_bytes(), shift));
    let signs = signs.chain([
        PREFIX.to_owned(),
        hex_text::digits_of(PREFIX.as_bytes(), true).to_string(),
    ]);
    let signs = signs.map(|sign| format!("(b{:?}, Form::", &sign[..8]));
    for line in signs.chain([
        format!("const HANDLE: &[u8] = b{PREFIX:?};"),
        format!("const HANDLE_DIGITS: usize = {};", LENGTH - PREFIX.len()),
    ]) {
        assert!(engine.contains(&line), "the engine lacks {line}");
    }
}

/// Whether code decodes a handle or a secret that it has itself, the key is the same.
#[test]
fn a_key_that_is_a_decoded_handle_is_the_decoded_secret() {
    let base64: &[(&str, &[u8])] = &[
        ("AAEC/v8=", &[0, 1, 2, 254, 255]),
        ("AAEC_v8", &[0, 1, 2, 254, 255]),
        (" AAEC\n/v8= AAAA", &[0, 1, 2, 254, 255]),
        ("AAECA", &[0, 1, 2]),
        ("", &[]),
    ];
    for (secret, wanted) in base64 {
        let (handles, handle) = sealed(secret);
        let decoded = STANDARD.decode(&handle).expect("base64");
        assert_eq!(handles.key(&decoded).expect("replaced").as_slice(), *wanted, "{secret}");
        let (_, foreign) = sealed(secret);
        assert!(handles.key(&STANDARD.decode(&foreign).expect("base64")).is_none());
    }
    let hex: &[(&str, &[u8])] = &[
        ("00fEaB", &[0, 0xfe, 0xab]),
        ("00fea", &[0, 0xfe]),
        ("00 fe", &[0]),
        ("x", &[]),
    ];
    for (secret, wanted) in hex {
        let (handles, handle) = sealed(secret);
        let (beginning, digits) = handle.split_at(PREFIX.len());
        let decoded = |digits: &str| {
            let random = hex_text::bytes_of(digits.as_bytes()).expect("digits");
            [beginning.as_bytes(), &random].concat()
        };
        assert_eq!(
            handles.key(&decoded(digits)).expect("replaced").as_slice(),
            *wanted,
            "{secret}"
        );
        assert!(handles.key(&decoded(&"0".repeat(2 * RANDOM))).is_none());
        let within_base64 = STANDARD.encode(format!("user:{handle}"));
        let wanted = STANDARD.encode(format!("user:{secret}"));
        assert_eq!(text(handles.key(within_base64.as_bytes())), Some(wanted));
    }
}

#[test]
fn the_secret_stands_in_every_place_as_the_place_spells_it() {
    let (handles, handle) = sealed(SECRET);
    assert_eq!(
        text(put_in_header(&handles, &format!("Bearer {handle}"))),
        Some(format!("Bearer {SECRET}"))
    );
    let query = put_in_query(&handles, &format!("a=1&key={handle}&b=%41+c")).expect("replaced");
    assert_eq!(
        query.as_str(),
        "a=1&key=s3cr3t%2F%2B%20%22%C3%BC%22%3F%26%5C%3Cx%3E&b=%41+c"
    );
    let json = serde_json::json!({ "key": format!("x{handle}y"), "n": 1 }).to_string();
    let sent = text(put_in_body(
        &handles,
        Some("application/json; charset=utf-8"),
        json.as_bytes(),
    ))
    .expect("replaced");
    let sent: Value = serde_json::from_str(&sent).expect("JSON");
    assert_eq!(sent, serde_json::json!({ "key": format!("x{SECRET}y"), "n": 1 }));
    let form = format!("grant_type=client_credentials&client_secret={handle}");
    let sent = text(put_in_body(
        &handles,
        Some("application/x-www-form-urlencoded"),
        form.as_bytes(),
    ))
    .expect("replaced");
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(sent.as_bytes()).into_owned().collect();
    assert_eq!(pairs[1], ("client_secret".to_owned(), SECRET.to_owned()));
    let xml = format!("<key>{handle}</key>");
    let sent = text(put_in_body(&handles, Some("text/xml"), xml.as_bytes())).expect("replaced");
    assert_eq!(sent, "<key>s3cr3t/+ &quot;ü&quot;?&amp;\\&lt;x&gt;</key>");
    let plain = text(put_in_body(&handles, Some("text/plain"), handle.as_bytes()));
    assert_eq!(plain.as_deref(), Some(SECRET));
    let key = handles.key(format!("AWS4{handle}").as_bytes()).expect("replaced");
    assert_eq!(key.as_slice(), format!("AWS4{SECRET}").as_bytes());
}

#[test]
fn base64_is_taken_apart_and_put_together_again() {
    let (handles, handle) = sealed(SECRET);
    for before in ["", "u", "us", "usr", "user:"] {
        for after in ["", ":", ":x", ":xyz"] {
            let (inside, wanted) = (format!("{before}{handle}{after}"), format!("{before}{SECRET}{after}"));
            let sent = text(put_in_header(&handles, &format!("Basic {}", STANDARD.encode(&inside)))).expect("replaced");
            assert_eq!(sent, format!("Basic {}", STANDARD.encode(&wanted)), "{before} {after}");
            let sent = text(put_in_header(
                &handles,
                &format!("k={};", URL_SAFE_NO_PAD.encode(&inside)),
            ))
            .expect("replaced");
            let encoded = sent.trim_start_matches("k=").trim_end_matches([';', '=']);
            let decoded = URL_SAFE_NO_PAD
                .decode(encoded.replace('+', "-").replace('/', "_"))
                .expect("base64");
            assert_eq!(decoded, wanted.as_bytes(), "{before} {after}");
        }
    }
    // As `encodeURIComponent(btoa(...))` writes it.
    let query = format!("auth={}", STANDARD.encode(format!("a:{handle}")).replace('=', "%3D"));
    let sent = put_in_query(&handles, &query).expect("replaced");
    let (_, value) = url::form_urlencoded::parse(sent.as_bytes()).next().expect("a pair");
    assert_eq!(
        STANDARD.decode(value.as_ref()).expect("base64"),
        format!("a:{SECRET}").as_bytes()
    );
}

#[test]
fn hexadecimal_digits_are_those_of_the_secret_in_their_case() {
    let (handles, handle) = sealed(SECRET);
    for is_upper in [false, true] {
        let digits = |text: &str| hex_text::digits_of(text.as_bytes(), is_upper).to_string();
        let (inside, wanted) = (digits(&format!("user:{handle}:x")), digits(&format!("user:{SECRET}:x")));
        let sent = text(put_in_header(&handles, &format!("Signed {inside}, key={handle}")));
        assert_eq!(sent, Some(format!("Signed {wanted}, key={SECRET}")));
        assert_eq!(
            put_in_query(&handles, &format!("a=1&key={inside}"))
                .expect("replaced")
                .as_str(),
            format!("a=1&key={wanted}")
        );
        let json = format!("{{\"key\":\"{inside}\"}}");
        let sent = text(put_in_body(&handles, Some("application/json"), json.as_bytes()));
        assert_eq!(sent, Some(format!("{{\"key\":\"{wanted}\"}}")));
        let (_, foreign) = sealed(SECRET);
        for harmless in [
            digits(&foreign),
            inside[..8 + 2 * LENGTH].to_owned(),
            digits("tghandle"),
        ] {
            assert_eq!(text(put_in_header(&handles, &harmless)), None, "{harmless}");
        }
    }
}

#[test]
fn what_is_no_whole_handle_of_this_call_stays_what_it_is() {
    let (handles, handle) = sealed(SECRET);
    let (_, foreign) = sealed(SECRET);
    let reversed: String = handle.chars().rev().collect();
    let parts = format!("{} {}", &handle[..20], &handle[20..]);
    for harmless in [
        "",
        "tghandle",
        &foreign,
        &reversed,
        &parts,
        &handle.to_uppercase(),
        &handle[..LENGTH - 1],
    ] {
        assert_eq!(text(put_in_header(&handles, harmless)), None, "{harmless}");
        assert_eq!(put_in_query(&handles, &format!("a={harmless}")), None, "{harmless}");
        assert_eq!(
            text(put_in_body(&handles, Some("application/json"), harmless.as_bytes())),
            None
        );
        assert!(handles.key(harmless.as_bytes()).is_none());
    }
    assert_eq!(text(put_in_header(&Handles::default(), &handle)), None);
}

#[test]
fn several_handles_stand_in_one_text() {
    let mut handles = Handles::default();
    let user = handles.seal("ana".into()).expect("a handle").to_owned();
    let password = handles.seal("pa:ss".into()).expect("a handle").to_owned();
    let basic = format!("{user} Basic {}", STANDARD.encode(format!("{user}:{password}")));
    let wanted = format!("ana Basic {}", STANDARD.encode("ana:pa:ss"));
    assert_eq!(text(put_in_header(&handles, &basic)), Some(wanted));
}

/// What comes back of such a text is not searched for the secret.
#[test]
fn hexadecimal_digits_within_base64_stay_those_of_the_handle() {
    let (handles, handle) = sealed(SECRET);
    for is_upper in [false, true] {
        let digits = hex_text::digits_of(handle.as_bytes(), is_upper).to_string();
        let decoy = STANDARD.encode(format!("tghandle{digits}"));
        assert_eq!(text(put_in_header(&handles, &decoy)), None, "{is_upper}");
        let beside = STANDARD.encode(format!("{handle} {digits}"));
        let wanted = STANDARD.encode(format!("{SECRET} {digits}"));
        assert_eq!(text(put_in_header(&handles, &beside)), Some(wanted), "{is_upper}");
    }
}

/// How often base64 of a text that begins handles so many times is decoded.
fn times_decoded(begun: usize) -> usize {
    let encoded = STANDARD.encode("tghandle".repeat(begun));
    let decoded = std::cell::Cell::new(0);
    let near = signs(encoded.as_bytes(), |form| form == Form::Base64).map(|(start, _)| start);
    let replaced = base64_text::replaced(encoded.as_bytes(), near, |_| {
        decoded.set(decoded.get() + 1);
        None
    });
    assert_eq!(text(replaced), None);
    decoded.get()
}

#[test]
fn a_piece_of_base64_is_decoded_once_however_many_handles_may_be_in_it() {
    assert!(times_decoded(1) > 0);
    assert_eq!(times_decoded(1), times_decoded(3_000));
}

#[test]
fn a_request_holds_a_bounded_length_of_secrets() {
    let secret = "s".repeat(1_000);
    let (handles, handle) = sealed(&secret);
    let most = SecretBudget::most() / secret.len();
    for (count, is_exceeded) in [(most, false), (most + 1, true)] {
        let form: Vec<String> = (0..count).map(|_| format!("a={handle}")).collect();
        let budget = SecretBudget::of_one_request();
        drop(handles.in_body(
            Some("application/x-www-form-urlencoded"),
            form.join("&").as_bytes(),
            &budget,
        ));
        assert_eq!(budget.is_exceeded(), is_exceeded, "{count}");
        // All parts of a request share one.
        let budget = SecretBudget::of_one_request();
        let body = handle.repeat(count - 1);
        let sent = handles
            .in_body(Some("text/plain"), body.as_bytes(), &budget)
            .expect("replaced");
        assert_eq!(sent.len(), (count - 1) * secret.len());
        drop(handles.in_header(&STANDARD.encode(&handle), &budget));
        assert_eq!(budget.is_exceeded(), is_exceeded, "{count}");
    }
}

#[test]
fn people_read_a_mark() {
    let (handles, handle) = sealed(SECRET);
    assert_eq!(handles.hidden(&format!("token {handle}!")), "token [SEALED]!");
    assert!(matches!(handles.hidden("nothing"), Cow::Borrowed(_)));
    assert!(handles.are_in(&format!("/bot{}/send", handle.to_uppercase())));
    let mut value = serde_json::json!({ "a": [handle, 1], "b": "c" });
    handles.hide_in(&mut value);
    assert_eq!(value, serde_json::json!({ "a": ["[SEALED]", 1], "b": "c" }));
}

proptest! {
    #[test]
    fn no_text_makes_it_panic_and_no_secret_appears_without_its_handle(
        before in "\\PC{0,20}", after in "[A-Za-z0-9+/=_-]{0,40}", secret in "\\PC{1,12}",
    ) {
        let (handles, handle) = sealed(&secret);
        for inside in [handle.clone(), STANDARD.encode(&handle), handle[1..].to_owned()] {
            let whole = format!("{before}{inside}{after}");
            drop(put_in_header(&handles, &whole));
            drop(put_in_query(&handles, &whole));
            drop(put_in_body(&handles, Some("application/json"), whole.as_bytes()));
        }
        prop_assert!(put_in_header(&handles, &handle[1..]).is_none());
        let sent = text(put_in_header(&handles, &format!("{before} {handle} {after}")));
        prop_assert_eq!(sent, Some(format!("{before} {secret} {after}")));
    }
}
