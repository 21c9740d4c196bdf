use std::time::Duration;

use serde_json::{Map, Value, json};

use super::model::{Action, Auth, BodyTemplate, Effect, KeyPlace, RateLimit, Validation};
use super::*;
use crate::diagnostics::{Severity, render};

const SEED: &str = include_str!("../../tests/cases/load/seed-001/connector.yaml");

/// Loads a connector written in one file.
fn load_text(name: &str, text: &str) -> Loaded {
    load(&[SourceFile {
        shown: PathBuf::from(name),
        relative: PathBuf::from(name),
        text: text.to_owned(),
    }])
}

/// A connector with these lines in front of one harmless action.
fn with_lines(lines: &str) -> Loaded {
    let name = if lines.contains("name =") && lines.starts_with("name") {
        ""
    } else {
        "name = \"Test\"\n"
    };
    let connection = if lines.contains("[connection]") {
        ""
    } else {
        "[connection]\nbase_url = \"https://api.example.com/v1\"\n"
    };
    load_text(
        "connector.toml",
        &format!(
            "{name}{lines}\n{connection}[[actions]]\nname = \"ping\"\ndescription = \"Pings.\"\nmethod = \"GET\"\npath = \"/ping\"\n"
        ),
    )
}

/// A connector with one action of these lines.
fn with_action(lines: &str) -> Loaded {
    load_text(
        "connector.toml",
        &format!(
            "name = \"Test\"\n[connection]\nbase_url = \"https://api.example.com\"\n[[actions]]\nname = \"act\"\ndescription = \"Acts.\"\n{lines}\n"
        ),
    )
}

fn connector(loaded: Loaded) -> model::Connector {
    let told = render(&loaded.diagnostics, false);
    loaded.connector.unwrap_or_else(|| panic!("{told}"))
}

fn action(lines: &str) -> std::sync::Arc<Action> {
    connector(with_action(lines)).actions[0].clone()
}

fn errors(loaded: &Loaded) -> Vec<&'static str> {
    loaded
        .diagnostics
        .iter()
        .filter(|finding| finding.is_error())
        .map(|finding| finding.code)
        .collect()
}

#[test]
fn what_is_left_out_has_the_values_of_the_seeds() {
    let connector = connector(with_lines(""));
    // Contract S1-60, S1-65 and ruling C-18.
    assert_eq!(connector.connection.timeout, Duration::from_secs(30));
    assert_eq!(connector.connection.retry_attempts, 3);
    assert!(connector.connection.verify_ssl);
    // How many calls are let through is then for the server's settings to say.
    assert_eq!(connector.security.rate_limit, RateLimit::default());
    assert_eq!(connector.actions[0].requests_per_minute, None);
    assert_eq!(connector.security.max_response_bytes, 10 * 1024 * 1024);
    assert!(
        connector
            .security
            .url_allowlist
            .patterns()
            .eq(["https://api.example.com/v1/*"])
    );
    assert!(connector.security.ip_allowlist.is_none() && !connector.security.allow_http);
    assert!(matches!(connector.auth, Auth::None) && connector.enabled);
    assert_eq!(connector.actions[0].response.validation, Validation::Strict);
    assert_eq!(connector.actions[0].timeout, None);
}

#[test]
fn base_urls() {
    let local = "[security]\nip_allowlist = [\"127.0.0.0/8\", \"::1\"]\n";
    let local_http = "[security]\nallow_http = true\nip_allowlist = [\"127.0.0.0/8\"]\n";
    for (url, security, expected) in [
        ("https://api.acme.com/v1", "", None),
        ("https://api.acme.com:8443/", "", None),
        ("HTTPS://API.ACME.COM", "", None),
        ("http://api.acme.com", "", Some("bad-base-url")),
        ("http://api.acme.com", local, Some("bad-base-url")),
        ("http://127.0.0.1:8080", local_http, None),
        (
            "http://127.0.0.1:8080",
            "[security]\nallow_http = true\n",
            Some("allow-http"),
        ),
        ("ftp://api.acme.com", local_http, Some("bad-base-url")),
        ("file:///etc/passwd", "", Some("bad-base-url")),
        ("api.acme.com", "", Some("bad-base-url")),
        ("https://", "", Some("bad-base-url")),
        ("", "", Some("out-of-range")),
        ("https://user:secret@api.acme.com", "", Some("bad-base-url")),
        ("https://api.acme.com/v1?key=1", "", Some("bad-base-url")),
        ("https://api.acme.com/v1#top", "", Some("bad-base-url")),
        ("https://{tenant}.acme.com", "", Some("bad-base-url")),
        ("https://localhost:3000", "", Some("private-address")),
        ("https://localhost:3000", local, None),
        ("https://127.1", "", Some("private-address")),
        ("https://0x7f.1", "", Some("private-address")),
        ("https://[::1]", "", Some("private-address")),
        ("https://192.168.1.100:8080", "", Some("private-address")),
        ("https://169.254.169.254", "", Some("metadata-address")),
        (
            "https://169.254.169.254",
            "[security]\nip_allowlist = [\"169.254.0.0/16\"]\n",
            Some("metadata-address"),
        ),
        ("https://metadata.google.internal", local, Some("metadata-address")),
        ("https://crm.internal", "", Some("private-address")),
        ("https://printer.local./x", "", Some("private-address")),
        ("https://crm", "", Some("private-address")),
        ("https://100.64.0.1", "", Some("private-address")),
        ("https://[::ffff:10.0.0.1]", "", Some("private-address")),
        ("https://2130706433", "", Some("private-address")),
        ("https://8.8.8.8", local, Some("private-address")),
        ("https://api.acme.com:0", "", Some("bad-base-url")),
        ("https://api..acme.com", "", Some("bad-base-url")),
        ("https://*.acme.com", "", Some("bad-base-url")),
        ("https://1.2.3.4.5", "", Some("bad-base-url")),
        ("https://10.1.2.3", local, Some("private-address")),
        ("https://127.9.9.9", local, None),
    ] {
        let loaded = with_lines(&format!("[connection]\nbase_url = \"{url}\"\n{security}"));
        assert_eq!(
            errors(&loaded).first().copied(),
            expected,
            "{url}: {}",
            render(&loaded.diagnostics, false)
        );
        assert!(!render(&loaded.diagnostics, false).contains("secret"), "{url}");
    }
}

#[test]
fn the_advice_about_a_private_address_helps() {
    for url in [
        "https://localhost",
        "https://127.0.0.1",
        "https://10.1.2.3/x",
        "https://[::1]",
        "https://[fd00::1]:8443",
        "https://a.localhost",
        "https://crm.internal",
        "https://[::ffff:10.0.0.1]",
    ] {
        let lines = format!("[connection]\nbase_url = \"{url}\"\n");
        let refused = with_lines(&lines);
        let finding = refused
            .diagnostics
            .iter()
            .find(|finding| finding.code == "private-address");
        let help = finding.and_then(|finding| finding.help.clone()).expect("advice");
        let (_, advised) = help.split_once("[security] ").expect("a setting");
        let followed = with_lines(&format!("{lines}[security]\n{advised}\n"));
        assert!(
            errors(&followed).is_empty(),
            "{url}: {}",
            render(&followed.diagnostics, false)
        );
    }
}

#[test]
fn the_base_url_is_allowed_however_it_is_spelt() {
    for (url, allowed) in [
        ("https://bücher.example", "https://xn--bcher-kva.example/*"),
        ("HTTPS://API.Example.com:443/", "https://api.example.com/*"),
        ("https://api.example.com/a/../v1", "https://api.example.com/v1/*"),
    ] {
        let loaded = with_lines(&format!("[connection]\nbase_url = \"{url}\"\n"));
        assert!(
            loaded.diagnostics.iter().all(|finding| finding.code != "unreachable"),
            "{url}"
        );
        let connector = loaded.connector.expect("a connector");
        assert!(connector.security.url_allowlist.patterns().eq([allowed]), "{url}");
    }
}

#[test]
fn plain_http_and_other_risks_are_told() {
    for (lines, code) in [
        (
            "[security]\nallow_http = true\nip_allowlist = [\"10.0.0.0/8\"]",
            "allow-http",
        ),
        ("[security]\nip_allowlist = [\"0.0.0.0/0\"]", "wide-network"),
        (
            "[security]\nurl_allowlist = [\"https://elsewhere.com/*\"]",
            "unreachable",
        ),
        (
            "[connection]\nbase_url = \"https://api.example.com\"\nverify_ssl = false",
            "unverified-tls",
        ),
        (
            "[security]\nurl_allowlist = [\"https://*.example.com/*\"]",
            "wide-allowlist",
        ),
        (
            "[security]\nurl_allowlist = [\"https://api.example.com/*\", \"https://10.0.0.1/*\"]",
            "unreachable",
        ),
        (
            "[security]\nurl_allowlist = [\"https://api.example.com/*\", \"https://\u{440}\u{430}\u{443}.com/*\"]",
            "lookalike-host",
        ),
        (
            "[connection]\nbase_url = \"https://\u{430}pi.example.com\"",
            "lookalike-host",
        ),
        ("[connection]\nbase_url = \"https://api.example.com:25\"", "odd-port"),
        ("[metadata]\nstatus = \"draft\"", "not-offered"),
    ] {
        let loaded = with_lines(lines);
        let told = render(&loaded.diagnostics, false);
        assert!(loaded.connector.is_some(), "{told}");
        let warned = |finding: &Diagnostic| finding.severity == Severity::Warning && finding.code == code;
        assert!(loaded.diagnostics.iter().any(warned), "{code}: {told}");
    }
}

#[test]
fn allowlists_that_let_nothing_or_anything_through_are_refused() {
    for lines in [
        "url_allowlist = []",
        "url_allowlist = [\"*\"]",
        "url_allowlist = [\"https://*\"]",
        "url_allowlist = [\"https://*/*\"]",
        "url_allowlist = [\"http://api.example.com/*\"]",
        "url_allowlist = [\"https://user@api.example.com/*\"]",
        "url_allowlist = [\"api.example.com/*\"]",
        "url_allowlist = [\"https://*.com/*\"]",
        "url_allowlist = [\"https://api.example.com\"]",
        "url_allowlist = [\"FETCH https://api.example.com/*\"]",
        "url_allowlist = [\"https://169.254.169.254/*\"]",
        "url_allowlist = [\"GET https://metadata.google.internal/*\"]",
        "ip_allowlist = []",
        "ip_allowlist = [\"10.0.0.0/33\"]",
        "ip_allowlist = [\"crm.internal\"]",
    ] {
        assert_eq!(
            errors(&with_lines(&format!("[security]\n{lines}"))),
            ["bad-allowlist"],
            "{lines}"
        );
    }
    let found = connector(with_lines(
        "[security]\nip_allowlist = [\"10.0.0.0/8\", \"192.168.1.1\", \"fd00::/8\"]",
    ));
    let networks: Vec<String> = found
        .security
        .ip_allowlist
        .unwrap()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(networks, ["10.0.0.0/8", "192.168.1.1/32", "fd00::/8"]);
}

#[test]
fn actions_that_the_allowlist_never_lets_out_are_told() {
    for (pattern, action, told) in [
        (
            "GET https://api.example.com/*",
            "method = \"GET\"\npath = \"/a\"",
            false,
        ),
        (
            "GET https://api.example.com/*",
            "method = \"POST\"\npath = \"/a\"",
            true,
        ),
        (
            "https://api.example.com/v1/*",
            "method = \"GET\"\npath = \"/v2/a\"",
            true,
        ),
        (
            "https://api.example.com/v1/*",
            "method = \"GET\"\npath = \"/{version}/a\"\n[[actions.input]]\nname = \"version\"",
            false,
        ),
        (
            "https://api.example.com/v1/*",
            "method = \"GET\"\npath = \"/v2/{id}\"\n[[actions.input]]\nname = \"id\"",
            true,
        ),
        (
            "https://api.example.com/v1/a",
            "method = \"GET\"\npath = \"/v1/{id}\"\n[[actions.input]]\nname = \"id\"",
            false,
        ),
    ] {
        let loaded = load_text(
            "a.toml",
            &format!(
                "name = \"Test\"\n[connection]\nbase_url = \"https://api.example.com\"\n[security]\n\
                 url_allowlist = [\"{pattern}\"]\n[[actions]]\nname = \"act\"\ndescription = \"Acts.\"\n{action}\n"
            ),
        );
        let found = loaded.diagnostics.iter().any(|finding| finding.code == "unreachable");
        assert_eq!(
            found,
            told,
            "{pattern} {action}: {}",
            render(&loaded.diagnostics, false)
        );
    }
}

#[test]
fn limits_of_zero_are_refused() {
    for lines in [
        "[connection]\nbase_url = \"https://a.example.com\"\ntimeout_ms = 0",
        "[security]\nmax_response_bytes = 0",
        "[security.rate_limit]\nrequests_per_minute = 0",
        "[security.rate_limit]\nrequests_per_day = 0",
        "[security.rate_limit]\nrequests_per_minute_per_action = 0",
    ] {
        assert_eq!(errors(&with_lines(lines)), ["out-of-range"], "{lines}");
    }
    for line in ["timeout_ms = 0", "requests_per_minute = 0"] {
        let action = format!("method = \"GET\"\npath = \"/\"\n{line}");
        assert_eq!(errors(&with_action(&action)), ["out-of-range"], "{line}");
    }
}

#[test]
fn limits_of_calls_are_numbers_or_a_word() {
    use Allowance::{Calls, Unlimited};

    let lines = "[security.rate_limit]\nrequests_per_minute_per_action = 5\nrequests_per_minute = \"unlimited\"";
    let limits = connector(with_lines(lines)).security.rate_limit;
    assert_eq!(
        (
            limits.requests_per_minute_per_action,
            limits.requests_per_minute,
            limits.requests_per_day
        ),
        (Some(Calls(5)), Some(Unlimited), None)
    );
    let action = "method = \"GET\"\npath = \"/\"\nrequests_per_minute = 7";
    assert_eq!(
        connector(with_action(action)).actions[0].requests_per_minute,
        Some(Calls(7))
    );

    for (written, message, help) in [
        (
            "\"60\"",
            "must be a whole number or \"unlimited\", not the text \"60\"",
            Some("write 60 without quotes"),
        ),
        (
            "\"unlimted\"",
            "must be a whole number or \"unlimited\"",
            Some("did you mean `unlimited`?"),
        ),
        ("true", "must be a whole number or \"unlimited\", not true", None),
        ("1000000001", "must be at most 1000000000", None),
    ] {
        let loaded = with_lines(&format!("[security.rate_limit]\nrequests_per_day = {written}"));
        let finding = loaded.diagnostics.iter().find(|finding| finding.is_error()).unwrap();
        assert!(finding.message.contains(message), "{finding:?}");
        assert_eq!(finding.help.as_deref(), help, "{finding:?}");
    }
}

/// Contract S1-88.
#[test]
fn limits_that_are_switched_off_are_reported() {
    let off = |loaded: Loaded| {
        let found = loaded
            .diagnostics
            .into_iter()
            .filter(|finding| finding.code == "unlimited");
        found.map(|finding| (finding.line, finding.message)).collect::<Vec<_>>()
    };
    assert_eq!(
        off(with_lines("[security.rate_limit]\nrequests_per_minute = 1000000")),
        []
    );
    for (key, what) in [
        ("requests_per_minute_per_action", "calls of each action"),
        ("requests_per_minute", "calls in a minute"),
        ("requests_per_day", "calls in a day"),
    ] {
        let found = off(with_lines(&format!("[security.rate_limit]\n{key} = \"unlimited\"")));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].1.starts_with(&format!("nothing limits {what}: ")), "{found:?}");
    }
    let found = off(with_action(
        "method = \"GET\"\npath = \"/\"\nrequests_per_minute = \"unlimited\"",
    ));
    assert!(
        found[0].1.starts_with("nothing limits calls of this action: "),
        "{found:?}"
    );
}

/// Ruling C-03.
#[test]
fn authentication_has_one_set_of_kinds_and_many_spellings() {
    let kind = |auth: &Auth| match auth {
        Auth::None => "none",
        Auth::ApiKey { .. } => "api_key",
        Auth::BearerToken { .. } => "bearer_token",
        Auth::BasicAuth { .. } => "basic_auth",
        Auth::CustomHeader { .. } => "custom_header",
    };
    let key = "header_name = \"X-Key\"\nkey = \"env:K\"";
    let basic = "username = \"u\"\npassword = \"env:P\"";
    for (written, rest, expected) in [
        ("none", "", "none"),
        ("NONE", "", "none"),
        ("None (Public API)", "", "none"),
        ("api_key", key, "api_key"),
        ("API_KEY", key, "api_key"),
        ("API Key", key, "api_key"),
        ("apiKey", key, "api_key"),
        ("bearer_token", "token = \"env:T\"", "bearer_token"),
        ("bearer", "token = \"env:T\"", "bearer_token"),
        ("Bearer Token", "token_vault_ref = \"vault://t\"", "bearer_token"),
        ("basic_auth", basic, "basic_auth"),
        ("basic", basic, "basic_auth"),
        ("Basic Auth (username/password)", basic, "basic_auth"),
        (
            "custom_header",
            "headers = [{ name = \"X-A\", value = \"a\" }]",
            "custom_header",
        ),
        (
            "Custom Header",
            "headers = [{ name = \"X-A\", value = \"env:A\" }]",
            "custom_header",
        ),
    ] {
        for section in ["[auth]", "[authentication]"] {
            let loaded = connector(with_lines(&format!("{section}\ntype = \"{written}\"\n{rest}")));
            assert_eq!(kind(&loaded.auth), expected, "{written}");
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
        let Auth::ApiKey {
            place, name, prefix, ..
        } = &loaded.auth
        else {
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

#[test]
fn five_methods_in_any_case_and_their_effects() {
    for (method, effect, confirm) in [
        ("GET", Effect::Read, false),
        ("get", Effect::Read, false),
        ("POST", Effect::Write, true),
        ("PUT", Effect::Write, true),
        ("Patch", Effect::Write, true),
        ("DELETE", Effect::Write, true),
    ] {
        let found = action(&format!("method = \"{method}\"\npath = \"/\""));
        assert_eq!((found.effect, found.confirm), (effect, confirm), "{method}");
        assert_eq!(found.request.method.as_str(), method.to_uppercase());
    }
    for method in ["HEAD", "OPTIONS", "PROPFIND", ""] {
        assert_eq!(
            errors(&with_action(&format!("method = \"{method}\"\npath = \"/\""))),
            ["unknown-value"],
            "{method}"
        );
    }
    for (lines, effect, confirm) in [
        ("method = \"POST\"\neffect = \"read\"", Effect::Read, false),
        ("method = \"POST\"\nconfirm = false", Effect::Write, false),
        ("method = \"GET\"\nconfirm = true", Effect::Read, true),
        ("method = \"GET\"\neffect = \"write\"", Effect::Write, true),
    ] {
        let found = action(&format!("{lines}\npath = \"/\""));
        assert_eq!((found.effect, found.confirm), (effect, confirm), "{lines}");
    }
}

#[test]
fn names_and_titles() {
    for (lines, name, title) in [
        ("name = \"get_customer\"", "get_customer", "Get customer"),
        ("name = \"Get Customer!\"", "get_customer", "Get Customer!"),
        (
            "name = \"get_customer\"\ntitle = \"One customer\"",
            "get_customer",
            "One customer",
        ),
        ("name = \"日本\"\nslug = \"japan\"", "japan", "日本"),
    ] {
        let text = format!(
            "name = \"Test\"\n[connection]\nbase_url = \"https://a.example.com\"\n[[actions]]\n{lines}\nmethod = \"GET\"\npath = \"/\""
        );
        let found = connector(load_text("a.toml", &text)).actions[0].clone();
        assert_eq!((found.name.as_str(), found.title.as_str()), (name, title));
    }
    for lines in [
        "name = \"日本\"",
        "name = \"x\"\nslug = \"X\"",
        "name = \"x\"\nslug = \"a__b\"",
    ] {
        let text = format!(
            "name = \"Test\"\n[connection]\nbase_url = \"https://a.example.com\"\n[[actions]]\n{lines}\nmethod = \"GET\"\npath = \"/\""
        );
        assert_eq!(errors(&load_text("a.toml", &text)), ["bad-name"], "{lines}");
    }
    assert_eq!(connector(with_lines("")).slug, "test");
    assert_eq!(connector(with_lines("slug = \"my_crm\"")).slug, "my_crm");
    assert_eq!(errors(&with_lines("slug = \"My CRM\"")), ["bad-name"]);
}

#[test]
fn icons_are_images() {
    for (icon, valid) in [
        ("https://example.com/icon.png", true),
        ("data:image/png;base64,AAAA", true),
        ("data:text/html,<script>", false),
        ("http://example.com/icon.png", false),
        ("javascript:alert(1)", false),
        ("icon.png", false),
    ] {
        let loaded = with_lines(&format!("icon = \"{icon}\""));
        assert_eq!(errors(&loaded), if valid { vec![] } else { vec!["bad-icon"] }, "{icon}");
    }
    let long = format!("icon = \"data:image/png;base64,{}\"", "A".repeat(64 * 1024));
    assert_eq!(errors(&with_lines(&long)), ["bad-icon"]);
}

/// Contract S1-32: flat arguments reach their places under the API's names.
#[test]
fn arguments_are_sent_under_their_own_names() {
    let found = action(
        "method = \"POST\"\npath = \"/{id}\"\nbody = { fixed = 1, note = \"{{note}}\" }\nrequest_body = { limit = \"integer\", id = \"string\" }\n\
         [[actions.input]]\nname = \"id\"\nin = \"path\"\n[[actions.input]]\nname = \"limit\"\nin = \"query\"\ntype = \"integer\"\n\
         [[actions.input]]\nname = \"note\"\n",
    );
    let arguments = json!({"id": "a", "limit": 1, "body_limit": 2, "body_id": "b"});
    let arguments = arguments.as_object().unwrap();
    assert_eq!(found.input.violations(&Value::Object(arguments.clone())), []);
    assert_eq!(found.request.path.render(arguments).unwrap(), "/a");
    let (name, template) = &found.request.query[0];
    assert_eq!(
        (name.as_str(), template.render(arguments).unwrap()),
        ("limit", Some(json!(1)))
    );
    let Some(BodyTemplate::Json(body)) = &found.request.body else {
        panic!("no JSON body")
    };
    assert_eq!(
        body.render(arguments).unwrap(),
        Some(json!({"fixed": 1, "limit": 2, "id": "b"}))
    );
}

/// Contract S1-33 and S1-64.
#[test]
fn defaults_of_a_body_are_filled_in() {
    let search = connector(load_text("connector.yaml", SEED)).actions[1].clone();
    let mut arguments = Map::new();
    arguments.insert("query".to_owned(), json!("John"));
    search.input.apply_defaults(&mut arguments);
    let Some(BodyTemplate::Json(body)) = &search.request.body else {
        panic!("no JSON body")
    };
    assert_eq!(
        body.render(&arguments).unwrap(),
        Some(json!({"query": "John", "limit": 10}))
    );
}

#[test]
fn fields_accept_and_refuse_values() {
    let field = |lines: &str| {
        action(&format!(
            "method = \"POST\"\npath = \"/\"\n[[actions.input]]\nname = \"x\"\nin = \"body\"\n{lines}"
        ))
    };
    for (lines, good, bad) in [
        ("type = \"TEXT\"", json!("a"), json!("a\nb")),
        ("type = \"MULTI_LINE_TEXT\"", json!("a\nb"), json!(1)),
        ("type = \"NUMBER\"", json!(3.5), json!("abc")),
        ("type = \"NUMBER\"", json!(3), json!(true)),
        ("type = \"BOOLEAN\"", json!(true), json!("yes")),
        (
            "type = \"SELECT\"\noptions = [\"low\", \"high\"]",
            json!("low"),
            json!("middle"),
        ),
        (
            "type = \"SELECT\"\nmultiple = true\noptions = [1, 2]",
            json!([1, 2]),
            json!([1, 1]),
        ),
        (
            "type = \"FILE\"",
            json!({"fileName": "a", "mimeType": "b/c", "base64": ""}),
            json!([]),
        ),
        (
            "type = \"FILE\"\nmultiple = true",
            json!([]),
            json!({"fileName": "a", "mimeType": "b/c", "base64": ""}),
        ),
        (
            "type = \"OBJECT\"\nschema = { a = { b = \"integer\" } }",
            json!({"a": {"b": 1}}),
            json!({"a": {"b": "1"}}),
        ),
        ("type = \"PASSWORD\"", json!("p"), json!(1)),
        ("type = \"integer\"", json!(1), json!(1.5)),
        ("type = \"array\"", json!([1, "a"]), json!({})),
    ] {
        let found = field(lines);
        assert_eq!(found.input.violations(&json!({ "x": good })), [], "{lines}");
        assert!(!found.input.violations(&json!({ "x": bad })).is_empty(), "{lines}");
    }
    assert!(!field("required = true").input.violations(&json!({})).is_empty());
    assert!(
        !field("").input.violations(&json!({"y": 1})).is_empty(),
        "closed to unknown arguments"
    );
    assert_eq!(field("type = \"PASSWORD\"").secret_arguments, ["x"]);
}

#[test]
fn a_revision_changes_with_everything_that_an_approval_allows() {
    let base = "name: T\nconnection: {base_url: 'https://a.example.com', timeout_ms: 1000}\nauth: {type: bearer, token: 'env:A'}\n\
                security: {rate_limit: {requests_per_minute: 5}}\nactions:\n  - name: act\n    method: POST\n    path: /a\n    body: {a: 1, b: 2}\n";
    let revision = |text: &str| connector(load_text("c.yaml", text)).actions[0].revision.clone();
    let first = revision(base);
    assert_eq!(first.len(), 64);
    let reordered = base.replace("body: {a: 1, b: 2}", "body:\n      # a comment\n      b: 2\n      a: 1");
    assert_eq!(revision(&reordered), first);
    for (from, to) in [
        ("https://a.", "https://b."),
        ("timeout_ms: 1000", "timeout_ms: 2000"),
        ("env:A", "env:B"),
        ("requests_per_minute: 5", "requests_per_minute: 6"),
        ("path: /a", "path: /b"),
        ("{a: 1,", "{a: 2,"),
        ("method: POST", "method: PUT"),
    ] {
        assert_ne!(revision(&base.replace(from, to)), first, "{from}");
    }
}

#[test]
fn findings_stand_in_the_order_of_files_and_lines_and_are_capped() {
    let many = (0..500).fold(String::from("name = \"T\"\n"), |text, index| {
        text + &format!("key_{index} = 1\n")
    });
    let loaded = load_text("connector.toml", &many);
    assert_eq!(loaded.diagnostics.len(), 200);
    assert!(loaded.diagnostics.is_sorted_by_key(|finding| finding.line));
    assert!(loaded.connector.is_none());
}

/// Contract S4-05.
#[test]
fn a_file_of_one_entity_has_at_most_300_lines() {
    let file = |relative: &str, text: String| SourceFile {
        shown: relative.into(),
        relative: relative.into(),
        text,
    };
    let main = "name = \"T\"\n[connection]\nbase_url = \"https://a.example.com\"\n";
    let action = "[[actions]]\nname = \"ping\"\nmethod = \"GET\"\npath = \"/\"\n";
    for (lines, expected) in [(300, vec![]), (301, vec!["too-long"])] {
        let entity = format!("{action}{}", "# more\n".repeat(lines - 4));
        let files = [
            file("connector.toml", main.to_owned()),
            file("services/ping.toml", entity),
        ];
        let loaded = load(&files);
        assert_eq!(errors(&loaded), expected, "{lines}");
        assert!(
            loaded
                .connector
                .is_none_or(|connector| connector.tier == model::Tier::Full)
        );
    }
}

#[test]
fn long_values_are_cut_in_messages() {
    let loaded = with_action(&format!("method = \"{}\"\npath = \"/\"", "X".repeat(500)));
    let message = &loaded
        .diagnostics
        .iter()
        .find(|finding| finding.is_error())
        .unwrap()
        .message;
    assert!(
        message.contains(&format!("{}…", "X".repeat(60))) && !message.contains(&"X".repeat(61)),
        "{message}"
    );
}

#[test]
fn no_files_no_connector() {
    let loaded = load(&[]);
    assert!(loaded.connector.is_none());
}

/// An argument must never take the place of the credential.
#[test]
fn names_of_the_credential_are_taken() {
    let header = "[auth]\ntype = \"api_key\"\nheader_name = \"X-K\"\nkey = \"env:K\"";
    let query = "[auth]\ntype = \"api_key\"\nin = \"query\"\nname = \"k\"\nkey = \"env:K\"";
    let cookie = "[auth]\ntype = \"api_key\"\nin = \"cookie\"\nname = \"k\"\nkey = \"env:K\"";
    let bearer = "[auth]\ntype = \"bearer\"\ntoken = \"env:K\"";
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
fn arguments_of_the_path_are_required() {
    let required = |path: &str, lines: &str| {
        let found = action(&format!(
            "method = \"GET\"\npath = \"{path}\"\n[[actions.input]]\nname = \"id\"\n{lines}"
        ));
        found.input.document().get("required").is_some()
    };
    assert!(required("/{id}", ""));
    assert!(required("/a/{{ id }}/b", "in = \"path\""));
    assert!(!required("/{{ id | default('x') }}", ""));
    assert!(!required("/{id}", "default = \"x\""));
}

#[test]
fn bodies_that_flat_arguments_cannot_say_are_one_argument() {
    for (body, names) in [
        ("{type: object, properties: {a: {type: string}}}", vec!["a"]),
        ("{properties: {a: {type: string}, b: true, c: false}}", vec!["a", "b"]),
        ("{type: object}", vec!["body"]),
        (
            "{type: [object, 'null'], properties: {a: {type: string}}}",
            vec!["body"],
        ),
        (
            "{type: object, properties: {a: {type: string}}, additionalProperties: true}",
            vec!["body"],
        ),
        (
            "{type: object, properties: {a: {type: string}}, oneOf: [{required: [a]}, {}]}",
            vec!["body"],
        ),
        ("{oneOf: [{type: string}, {type: integer}]}", vec!["body"]),
        ("[string]", vec!["body"]),
        ("string", vec!["body"]),
    ] {
        let text = format!(
            "name: T\nconnection: {{base_url: 'https://a.example.com'}}\nactions:\n  - {{name: act, method: POST, path: /, request_body: {body}}}\n"
        );
        let found = connector(load_text("a.yaml", &text)).actions[0].clone();
        let properties = found.input.document()["properties"].as_object().unwrap().clone();
        assert_eq!(properties.keys().collect::<Vec<_>>(), names, "{body}");
        assert!(
            ["allOf", "anyOf", "oneOf"]
                .iter()
                .all(|keyword| found.input.document().get(keyword).is_none())
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

proptest::proptest! {
    /// Whatever an editor leaves behind while somebody types, loading ends with a connector or with findings.
    #[test]
    fn a_mangled_file_is_told_about(from in 0usize..2200, length in 0usize..400, insert in r#"[a-z:{}\[\]"'|>&*#! \n\t-]{0,12}"#) {
        let from = SEED.floor_char_boundary(from);
        let to = SEED.ceil_char_boundary((from + length).min(SEED.len()));
        let text = format!("{}{insert}{}", &SEED[..from], &SEED[to.max(from)..]);
        let loaded = load_text("connector.yaml", &text);
        proptest::prop_assert!(loaded.connector.is_some() || loaded.diagnostics.iter().any(Diagnostic::is_error));
    }
}

#[test]
fn placeholders_in_keys_are_shown_where_they_are() {
    for (lines, column) in [
        (r#"query = { "{{a}}" = "{{a}}" }"#, 11),
        (r#"cookies = { "c{{a}}" = "{{a}}" }"#, 13),
        (r#"body = { x = [{ "k{{a}}" = "{{a}}" }], "{{a}}" = 1 }"#, 17),
    ] {
        let loaded = with_action(&format!(
            "method = \"POST\"\npath = \"/x\"\n{lines}\n[[actions.input]]\nname = \"a\"\n"
        ));
        let told = render(&loaded.diagnostics, false);
        assert!(errors(&loaded).iter().all(|code| *code == "bad-template"), "{told}");
        let first = loaded
            .diagnostics
            .iter()
            .find(|finding| finding.is_error())
            .expect("an error");
        assert_eq!((first.line, first.column), (9, column), "{told}");
        assert!(first.message.contains("only values can"), "{told}");
    }
}
