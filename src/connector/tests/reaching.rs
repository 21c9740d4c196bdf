//! Where a connector leads, and where it must not.

use super::*;

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
    assert!(connector.auth.is_none() && connector.enabled);
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
        // Decimal to some, octal to others.
        "ip_allowlist = [\"010.0.0.0/8\"]",
        "ip_allowlist = [\"10.0.0.01\"]",
        "ip_allowlist = [\"10.0.0.0/08\"]",
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
fn a_base_url_that_cannot_be_called_comes_with_one_that_can() {
    for (url, advice) in [
        ("api.acme.com/v1", "write it whole: https://api.acme.com/v1"),
        ("localhost:8080", "write it whole: https://localhost:8080"),
        (
            "ana:secret@api.acme.com",
            "write it whole, e.g. https://crm.example.com/api/v1",
        ),
        ("@@", "write it whole, e.g. https://crm.example.com/api/v1"),
        ("http://localhost:8080", "ip_allowlist = [\"127.0.0.0/8\"]"),
        ("http://10.1.2.3/v1", "ip_allowlist = [\"10.1.2.3/32\"]"),
        ("http://crm.acme.com", "ip_allowlist = [\"10.20.0.0/16\"]"),
        ("https://{tenant}.acme.com", "e.g. {{settings.tenant}}"),
    ] {
        let loaded = with_lines(&format!("[connection]\nbase_url = \"{url}\"\n"));
        let error = loaded.diagnostics.iter().find(|finding| finding.is_error()).unwrap();
        let help = error.help.as_deref().unwrap_or_default();
        assert!(help.contains(advice), "{url}: {help}");
        assert!(!help.contains("secret"), "{url}: {help}");
    }
}
