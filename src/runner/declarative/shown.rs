//! Showing a request that is not sent: what `toolgate call --dry-run` prints.

use http::header::COOKIE;

use crate::connector::model::{Auth, KeyPlace};
use crate::egress::OutgoingRequest;
use crate::telemetry::REDACTED;

/// The request as text, with `[REDACTED]` wherever the credential of `auth` would go. For operators: it names the
/// API's host. Arguments that must not be seen have to be replaced before the request is prepared.
#[must_use]
pub fn redacted(auth: &Auth, request: &OutgoingRequest) -> String {
    let credential = Shown::of(auth);
    let mut text = format!("{} {}", request.method, request.url);
    for (index, parameter) in credential.query.iter().enumerate() {
        let is_first = index == 0 && request.url.query().is_none();
        text.push(if is_first { '?' } else { '&' });
        text.push_str(parameter);
    }
    let cookies = credential.cookies.join("; ");
    let mut line = |name: &str, value: &str| {
        text.push('\n');
        text.push_str(name);
        text.push_str(": ");
        text.push_str(value);
    };
    for (name, value) in &request.headers {
        if credential
            .headers
            .iter()
            .any(|(own, _)| own.eq_ignore_ascii_case(name.as_str()))
        {
            continue;
        }
        let value = if value.is_sensitive() {
            REDACTED.into()
        } else {
            String::from_utf8_lossy(value.as_bytes())
        };
        if name == COOKIE && !cookies.is_empty() {
            line(name.as_str(), &format!("{value}; {cookies}"));
        } else {
            line(name.as_str(), &value);
        }
    }
    if !cookies.is_empty() && !request.headers.contains_key(COOKIE) {
        line(COOKIE.as_str(), &cookies);
    }
    for (name, value) in &credential.headers {
        line(name, value);
    }
    text.push_str("\n\n");
    if let Some(body) = &request.body {
        text.push_str(&String::from_utf8_lossy(body));
    }
    // An argument must not be able to move the cursor or colour the terminal of whoever reads this.
    let visible = |character: char| {
        if character.is_control() && character != '\n' {
            '\u{fffd}'
        } else {
            character
        }
    };
    text.trim_end().chars().map(visible).collect()
}

/// Where a credential goes, and what is shown there.
#[derive(Default)]
struct Shown {
    headers: Vec<(String, String)>,
    query: Vec<String>,
    cookies: Vec<String>,
}

impl Shown {
    fn of(auth: &Auth) -> Self {
        let mut shown = Self::default();
        for placement in auth.placements() {
            let (name, value) = (&placement.name, placement.shown(REDACTED));
            match placement.place {
                KeyPlace::Header => shown.headers.push((name.clone(), value)),
                KeyPlace::Query => shown.query.push(format!("{name}={value}")),
                KeyPlace::Cookie => shown.cookies.push(format!("{name}={value}")),
            }
        }
        shown
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::fixture::{arguments, connector, inputs};
    use super::super::prepare;
    use super::*;

    fn shown(settings: &str, action: &str, given: serde_json::Value) -> String {
        let (connector, action) = connector(settings, action);
        redacted(
            connector.auth_of(&action),
            &prepare(
                &connector,
                &action,
                action.request().expect("a request"),
                &arguments(given),
            )
            .expect("a request"),
        )
    }

    #[test]
    fn a_whole_request_is_shown() {
        let action = format!(
            "method = \"POST\"\npath = \"/a/{{x}}\"\nquery = {{ q = \"{{{{x}}}}\" }}\nbody = {{ x = \"{{{{x}}}}\" }}\n{}",
            inputs(&["x"])
        );
        let auth = "[auth]\ntype = \"api_key\"\nheader_name = \"X-API-Key\"\nkey = \"env:KEY\"";
        insta::assert_snapshot!(shown(auth, &action, json!({"x": "é \u{1b}[31m"})).replace(env!("CARGO_PKG_VERSION"), "VERSION"), @r#"
        POST https://api.example.com/v1/a/%C3%A9%20%1B%5B31m?q=%C3%A9%20%1B%5B31m
        accept: application/json, */*;q=0.5
        user-agent: toolgate/VERSION
        content-type: application/json
        X-API-Key: [REDACTED]

        {"x":"é \u001b[31m"}
        "#);
    }

    #[test]
    fn each_scheme_shows_its_place_and_nothing_else() {
        let table = [
            ("type = \"none\"", ""),
            (
                "type = \"bearer_token\"\ntoken = \"env:T\"",
                "\nauthorization: Bearer [REDACTED]",
            ),
            (
                "type = \"basic_auth\"\nusername = \"ada\"\npassword = \"env:P\"",
                "\nauthorization: Basic [REDACTED]",
            ),
            (
                "type = \"api_key\"\nheader_name = \"X-Key\"\nprefix = \"Key \"\nkey = \"env:K\"",
                "\nX-Key: Key [REDACTED]",
            ),
        ];
        for (auth, expected) in table {
            let text = shown(&format!("[auth]\n{auth}"), "method = \"GET\"\npath = \"/a\"", json!({}));
            let common = format!(
                "GET https://api.example.com/v1/a\naccept: application/json, */*;q=0.5\nuser-agent: toolgate/{}",
                env!("CARGO_PKG_VERSION")
            );
            assert_eq!(text, format!("{common}{expected}"), "{auth}");
        }
    }

    #[test]
    fn keys_in_queries_and_cookies_are_shown_in_their_place() {
        let action = "method = \"GET\"\npath = \"/a\"\nquery = { q = 1 }\ncookies = { c = \"2\" }";
        let query = shown(
            "[auth]\ntype = \"api_key\"\nin = \"query\"\nname = \"key\"\nkey = \"env:K\"",
            action,
            json!({}),
        );
        assert!(
            query.starts_with("GET https://api.example.com/v1/a?q=1&key=[REDACTED]\n"),
            "{query}"
        );
        let cookie = shown(
            "[auth]\ntype = \"api_key\"\nin = \"cookie\"\nname = \"key\"\nkey = \"env:K\"",
            action,
            json!({}),
        );
        assert!(cookie.contains("\ncookie: c=2; key=[REDACTED]"), "{cookie}");
        let alone = shown(
            "[auth]\ntype = \"api_key\"\nin = \"cookie\"\nname = \"key\"\nkey = \"env:K\"",
            "method = \"GET\"\npath = \"/a\"",
            json!({}),
        );
        assert!(alone.contains("\ncookie: key=[REDACTED]"), "{alone}");
        let parts = ["query", "cookie", "cookie"].iter().zip(["q", "a", "b"]);
        let parts: Vec<String> = parts
            .map(|(place, name)| {
                format!("[[auth.parts]]\ntype = \"api_key\"\nin = \"{place}\"\nname = \"{name}\"\nkey = \"env:K\"\n")
            })
            .collect();
        let combined = shown(
            &format!("[auth]\ntype = \"combined\"\n{}", parts.concat()),
            "method = \"GET\"\npath = \"/a\"",
            json!({}),
        );
        assert!(combined.contains("/a?q=[REDACTED]\n"), "{combined}");
        assert!(combined.contains("\ncookie: a=[REDACTED]; b=[REDACTED]"), "{combined}");
    }

    #[test]
    fn texts_cannot_move_the_cursor() {
        let action = format!(
            "method = \"POST\"\npath = \"/a\"\ncontent_type = \"text/plain\"\nbody = \"{{{{x}}}}\"\n{}",
            inputs(&["x"])
        );
        let text = shown("", &action, json!({"x": "a\u{1b}[2J\r\nb"}));
        assert!(text.ends_with("\n\na\u{fffd}[2J\u{fffd}\nb"), "{text:?}");
    }
}
