//! Authentication, and what holds secrets.

use super::*;

/// Ruling C-03.
#[test]
fn authentication_has_one_set_of_kinds_and_many_spellings() {
    let key = "header_name = \"X-Key\"\nkey = \"env:K\"";
    let basic = "username = \"u\"\npassword = \"env:P\"";
    for (written, rest, expected) in [
        ("none", "", "None"),
        ("NONE", "", "None"),
        ("None (Public API)", "", "None"),
        ("api_key", key, "API Key"),
        ("API_KEY", key, "API Key"),
        ("API Key", key, "API Key"),
        ("apiKey", key, "API Key"),
        ("bearer_token", "token = \"env:T\"", "Bearer Token"),
        ("bearer", "token = \"env:T\"", "Bearer Token"),
        ("Bearer Token", "token_vault_ref = \"vault://t\"", "Bearer Token"),
        ("basic_auth", basic, "Basic Auth"),
        ("basic", basic, "Basic Auth"),
        ("Basic Auth (username/password)", basic, "Basic Auth"),
        (
            "custom_header",
            "headers = [{ name = \"X-A\", value = \"a\" }]",
            "Custom Header",
        ),
        (
            "Custom Header",
            "headers = [{ name = \"X-A\", value = \"env:A\" }]",
            "Custom Header",
        ),
    ] {
        for section in ["[auth]", "[authentication]"] {
            let loaded = connector(with_lines(&format!("{section}\ntype = \"{written}\"\n{rest}")));
            assert_eq!(loaded.auth.label, expected, "{written}");
        }
    }
    for written in [
        "oauth2",
        "OAuth 2.0",
        "OAUTH",
        "OAUTH_DCR",
        "SERVICE_ACCOUNT",
        "jwt",
        "HMAC",
        "AWS SigV4",
    ] {
        let loaded = with_lines(&format!(
            "[auth]\ntype = \"{written}\"\nclient_id = \"x\"\nanything = 1"
        ));
        assert_eq!(errors(&loaded), ["not-yet"], "{written}");
    }
    assert_eq!(errors(&with_lines("[auth]\ntype = \"kerberos\"")), ["unknown-value"]);
    assert_eq!(errors(&with_lines("[auth]\nkey = \"env:K\"")), ["missing-key"]);
}

/// Contract S1-12 and ruling C-30.
#[test]
fn keys_go_where_they_are_told_to() {
    for (lines, expected) in [
        ("header_name = \"X-API-Key\"", (KeyPlace::Header, "X-API-Key", "")),
        ("name = \"X-API-Key\"", (KeyPlace::Header, "X-API-Key", "")),
        (
            "header_name = \"Authorization\"\nprefix = \"ApiKey \"",
            (KeyPlace::Header, "Authorization", "ApiKey "),
        ),
        ("in = \"query\"\nname = \"api_key\"", (KeyPlace::Query, "api_key", "")),
        ("in = \"cookie\"\nname = \"session\"", (KeyPlace::Cookie, "session", "")),
    ] {
        let loaded = connector(with_lines(&format!(
            "[auth]\ntype = \"api_key\"\nkey = \"env:K\"\n{lines}"
        )));
        let placements: Vec<_> = loaded.auth.placements().collect();
        let [Placement { place, name, value }] = placements.as_slice() else {
            panic!("{lines}")
        };
        let [Piece::Plain(Setting::Literal(prefix)), Piece::Plain(Setting::Secret(_))] = value.as_slice() else {
            panic!("{lines}")
        };
        assert_eq!((*place, name.as_str(), prefix.as_str()), expected, "{lines}");
    }
    for (lines, expected) in [
        ("", "missing-key"),
        ("in = \"query\"", "missing-key"),
        ("in = \"query\"\nheader_name = \"X\"", "bad-auth"),
        ("in = \"cookie\"\nname = \"a b\"", "bad-auth"),
        ("header_name = \"X Key\"", "bad-header"),
        ("header_name = \"Host\"", "bad-header"),
        ("header_name = \"X-Key\"\nprefix = \"a\\nb\"", "bad-auth"),
        ("in = \"body\"\nname = \"key\"", "unknown-value"),
    ] {
        let loaded = with_lines(&format!("[auth]\ntype = \"api_key\"\nkey = \"env:K\"\n{lines}"));
        assert_eq!(errors(&loaded), [expected], "{lines}");
    }
}

#[test]
fn several_parts_each_go_to_a_place_of_their_own() {
    let combined = |parts: &str| with_lines(&format!("[auth]\ntype = \"combined\"\nparts = [{parts}]"));
    let token = "{ type = \"bearer_token\", token = \"env:T\" }";
    let key = |place: &str, name: &str| {
        format!("{{ type = \"api_key\", in = \"{place}\", name = \"{name}\", key = \"env:{name}\" }}")
    };
    let found = connector(combined(&format!(
        "{token}, {}, {}",
        key("query", "app"),
        key("cookie", "app")
    )));
    assert_eq!((found.auth.label, found.auth.parts.len()), ("Combined", 3));
    assert_eq!(found.auth.secrets().len(), 3);
    let names: Vec<&str> = found.fields.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["access_token", "token", "api_key", "key", "app"]);
    for (parts, expected) in [
        (token.to_owned(), "out-of-range"),
        (format!("{token}, {{ type = \"none\" }}"), "bad-auth"),
        (
            format!("{token}, {{ type = \"combined\", parts = [{token}, {token}] }}"),
            "bad-auth",
        ),
        (format!("{token}, {}", key("header", "authorization")), "bad-auth"),
        (format!("{}, {}", key("query", "a"), key("query", "a")), "bad-auth"),
        (
            format!("{token}, {{ type = \"api_key\", fields = {{ a = \"b\" }} }}"),
            "bad-auth",
        ),
        (
            format!("{token}, {{ type = \"api_key\", in = \"query\", name = \"a\" }}"),
            "missing-key",
        ),
        (format!("{token}, {{ type = \"oauth2\" }}"), "unknown-value"),
    ] {
        assert_eq!(errors(&combined(&parts)), [expected], "{parts}");
    }
}

#[test]
fn a_secret_that_is_written_out_is_refused_and_never_repeated() {
    for lines in [
        "[auth]\ntype = \"bearer\"\ntoken = \"hunter2\"",
        "[auth]\ntype = \"bearer\"\ntoken = 'env: hunter2'",
        "[auth]\ntype = \"bearer\"\ntoken = [\"hunter2\"]",
        "[auth]\ntype = \"bearer\"\ntokn = \"hunter2\"",
        "[auth]\ntype = \"api_key\"\nheader_name = \"X-K\"\nkey = \"\"\"\nhunter2\n\"\"\"",
        "[auth]\ntype = \"basic\"\nusername = \"u\"\npassword = \"hunter2\"",
        "[auth]\ntype = \"basic\"\nusername = \"u:hunter2\"\npassword = \"env:P\"",
        "[auth]\ntype = \"custom_header\"\nheaders = [{ name = \"Authorization\", value = \"Bearer hunter2\" }]",
        "[auth]\ntype = \"custom_header\"\nheaders = [{ name = \"X-A\", value = \"hunter2\\n\" }]",
        "[auth]\ntype = \"oauth2\"\nclient_secret = \"hunter2\"",
        "[auth]\ntype = \"combined\"\nparts = [{ type = \"bearer_token\", token = \"hunter2\" }, { type = \"bearer_token\", token = \"env:T\" }]",
        "[auth]\ntype = \"combined\"\nparts = [{ type = \"bearer_token\", tokn = \"hunter2\" }, \"hunter2\"]",
        "auth = \"hunter2\"",
        "auth = { type = \"bearer\", token = \"hunter2\", type = 1 }",
        "[auth]\ntype = \"bearer\"\ntoken = \"hunter2",
        "[connection]\nbase_url = \"https://u:hunter2@api.example.com\"",
        "[connection]\nbase_url = \"https://api.example.com\"\nheaders = { Authorization = \"Bearer hunter2\" }",
        "[connection]\nbase_url = \"https://api.example.com\"\nheaders = { X-Api-Key = \"hunter2\" }",
    ] {
        let loaded = with_lines(lines);
        assert!(loaded.connector.is_none(), "{lines}");
        let told = render(&loaded.diagnostics, false) + &serde_json::to_string(&loaded.diagnostics).unwrap();
        assert!(!told.is_empty() && !told.contains("hunter2"), "{lines}\n{told}");
    }
}

/// An argument must never take the place of the credential.
#[test]
fn names_of_the_credential_are_taken() {
    let header = "[auth]\ntype = \"api_key\"\nheader_name = \"X-K\"\nkey = \"env:K\"";
    let query = "[auth]\ntype = \"api_key\"\nin = \"query\"\nname = \"k\"\nkey = \"env:K\"";
    let cookie = "[auth]\ntype = \"api_key\"\nin = \"cookie\"\nname = \"k\"\nkey = \"env:K\"";
    let bearer = "[auth]\ntype = \"bearer\"\ntoken = \"env:K\"";
    let combined = "[auth]\ntype = \"combined\"\nparts = [{ type = \"api_key\", in = \"query\", name = \"k\", key = \"env:K\" }, \
                    { type = \"api_key\", in = \"cookie\", name = \"c\", key = \"env:K\" }]";
    for (auth, lines, refused) in [
        (header, "headers = { x-k = \"1\" }", true),
        (header, "headers = { x-other = \"1\" }", false),
        (header, "[[actions.input]]\nname = \"X-K\"\nin = \"header\"", true),
        (
            bearer,
            "[[actions.input]]\nname = \"Authorization\"\nin = \"header\"",
            true,
        ),
        (query, "query = { k = \"1\" }", true),
        (query, "[[actions.input]]\nname = \"k\"\nin = \"query\"", true),
        (query, "[[actions.input]]\nname = \"k\"\nin = \"cookie\"", false),
        (cookie, "cookies = { k = \"1\" }", true),
        (cookie, "[[actions.input]]\nname = \"k\"\nin = \"cookie\"", true),
        (cookie, "query = { k = \"1\" }", false),
        (combined, "query = { k = \"1\" }", true),
        (combined, "cookies = { c = \"1\" }", true),
        (combined, "[[actions.input]]\nname = \"c\"\nin = \"cookie\"", true),
        (combined, "query = { c = \"1\" }", false),
    ] {
        let text = format!(
            "name = \"T\"\n[connection]\nbase_url = \"https://a.example.com\"\n{auth}\n[[actions]]\nname = \"act\"\nmethod = \"GET\"\npath = \"/\"\n{lines}"
        );
        assert_eq!(
            load_text("a.toml", &text).connector.is_none(),
            refused,
            "{auth} {lines}"
        );
    }
}

#[test]
fn an_argument_that_holds_a_secret_anywhere_is_secret() {
    let found = action(
        "method = \"POST\"\npath = \"/\"\nrequest_body = { login = { properties = { pin = { type = \"string\", writeOnly = true } } }, note = \"string\" }",
    );
    assert_eq!(found.secret_arguments, ["login"]);
}
