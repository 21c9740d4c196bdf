use std::collections::HashMap;

use async_trait::async_trait;
use http::HeaderValue;

use super::*;
use crate::connector::model::{KeyPlace, Part, Piece, Placement, SecretName, SecretRef, Setting};
use crate::connector::{self, SourceFile};
use crate::telemetry::REDACTED;

/// Secrets by the name in `env:NAME`.
struct Fixed(HashMap<&'static str, &'static str>);

#[async_trait]
impl SecretSource for Fixed {
    async fn resolve(&self, reference: &SecretRef, _holder: Holder<'_>) -> Result<SecretString, SecretError> {
        match reference {
            SecretRef::Environment(name) if name == "DAMAGED" => Err(damaged_record()),
            SecretRef::Environment(name) => self
                .0
                .get(name.as_str())
                .map(|value| SecretString::from(*value))
                .ok_or_else(|| SecretError::NotSet(name.clone())),
            SecretRef::Vault(reference) => Err(SecretError::NoSource(reference.to_string())),
        }
    }
}

fn damaged_record() -> SecretError {
    SecretError::Damaged {
        name: "DAMAGED".to_owned(),
        command: "toolgate vault set DAMAGED".to_owned(),
    }
}

fn reference(name: &str) -> SecretRef {
    SecretRef::Environment(name.to_owned())
}

async fn credential(auth: &Auth, secrets: &[(&'static str, &'static str)]) -> Credential {
    let source = Fixed(secrets.iter().copied().collect());
    Credential::resolve(auth, &source, Holder::local(), &ScrubberCache::new())
        .await
        .unwrap()
}

/// Applies to a request that already carries values of the same names.
fn apply(credential: &Credential) -> Result<(String, HeaderMap), CredentialError> {
    let mut url = Url::parse("https://crm.example.com/v1?page=2&api_key=forged&q=a%20b").unwrap();
    let mut headers = HeaderMap::new();
    headers.insert("authorization", HeaderValue::from_static("forged"));
    headers.append("x-api-key", HeaderValue::from_static("forged"));
    headers.append("x-api-key", HeaderValue::from_static("forged too"));
    headers.insert("cookie", HeaderValue::from_static("lang=en; session=forged;x=1"));
    credential.apply(&mut url, &mut headers)?;
    Ok((url.query().unwrap_or_default().to_owned(), headers))
}

/// As a connector writes it.
fn auth(written: &str) -> Auth {
    let text = format!(
        "name = \"CRM\"\n[connection]\nbase_url = \"https://crm.example.com\"\n[auth]\n{written}\n[[actions]]\n\
         name = \"list_it\"\nmethod = \"GET\"\npath = \"/\"\n"
    );
    let file = SourceFile {
        shown: "connector.toml".into(),
        relative: "connector.toml".into(),
        text,
    };
    let loaded = connector::load(&[file]);
    loaded.connector.expect("a connector").auth
}

fn api_key(place: &str, name: &str, prefix: &str) -> Auth {
    auth(&key(place, name, prefix).replace(", ", "\n"))
}

fn key(place: &str, name: &str, prefix: &str) -> String {
    format!("type = \"api_key\", in = \"{place}\", name = \"{name}\", prefix = \"{prefix}\", key = \"env:KEY\"")
}

fn bearer() -> Auth {
    auth("type = \"bearer_token\"\ntoken = \"env:KEY\"")
}

fn basic(username: &str) -> Auth {
    auth(&format!(
        "type = \"basic_auth\"\nusername = \"{username}\"\npassword = \"env:PASSWORD\""
    ))
}

#[tokio::test]
async fn each_scheme_sends_exactly_its_header() {
    let cases = [
        (api_key("header", "X-API-Key", ""), "x-api-key", "k"),
        (
            api_key("header", "Authorization", "ApiKey "),
            "authorization",
            "ApiKey k",
        ),
        (bearer(), "authorization", "Bearer k"),
        // RFC 7617 section 2 and 2.1.
        (basic("Aladdin"), "authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
        (basic("env:USER"), "authorization", "Basic w7xzZXI6b3BlbiBzZXNhbWU="),
        (basic(""), "authorization", "Basic Om9wZW4gc2VzYW1l"),
    ];
    for (auth, header, expected) in cases {
        let secrets = [("KEY", "k"), ("PASSWORD", "open sesame"), ("USER", "üser")];
        let (query, headers) = apply(&credential(&auth, &secrets).await).unwrap();
        let sent: Vec<_> = headers.get_all(header).iter().collect();
        assert_eq!(sent, [expected], "{auth:?}");
        assert!(sent.iter().all(|value| value.is_sensitive()), "{auth:?}");
        assert_eq!(query, "page=2&api_key=forged&q=a%20b");
    }
}

#[tokio::test]
async fn parts_put_each_its_own_value_in_place_of_forged_ones() {
    let parts = [
        "type = \"bearer_token\", token = \"env:TOKEN\"".to_owned(),
        key("query", "api_key", ""),
        key("cookie", "session", "s-"),
        key("cookie", "second", ""),
    ];
    let combined = auth(&format!(
        "type = \"combined\"\nparts = [{{ {} }}]",
        parts.join(" }, { ")
    ));
    let credential = credential(&combined, &[("TOKEN", "t0ken"), ("KEY", "k3y")]).await;
    let (query, headers) = apply(&credential).unwrap();
    assert_eq!(query, "page=2&q=a%20b&api_key=k3y");
    assert_eq!(headers["authorization"], "Bearer t0ken");
    assert_eq!(headers["cookie"], "lang=en; x=1; session=s-k3y; second=k3y");
    assert!(headers["cookie"].is_sensitive());
    assert_eq!(
        credential.scrubber().text("t0ken and k3y"),
        format!("{REDACTED} and {REDACTED}")
    );
    let url = Url::parse("https://crm.example.com/?api_key=own").unwrap();
    // Of a request that has one value of its own, the others are put on all the same.
    let missing = credential.missing_on(&url, &HeaderMap::new()).unwrap();
    let (query, headers) = apply(&missing).unwrap();
    assert_eq!(query, "page=2&api_key=forged&q=a%20b");
    assert_eq!(headers["authorization"], "Bearer t0ken");
    let other = Url::parse("https://crm.example.com/?other=own").unwrap();
    assert!(credential.missing_on(&other, &HeaderMap::new()).is_none());
}

#[tokio::test]
async fn a_utf8_password_is_encoded_as_utf8() {
    let auth = basic("test");
    let (_, headers) = apply(&credential(&auth, &[("PASSWORD", "123£")]).await).unwrap();
    // The example of RFC 7617 section 2.1.
    assert_eq!(headers["authorization"], "Basic dGVzdDoxMjPCow==");
}

#[tokio::test]
async fn a_key_in_the_query_replaces_parameters_of_its_name_and_keeps_the_rest() {
    let auth = api_key("query", "api_key", "");
    let (query, headers) = apply(&credential(&auth, &[("KEY", "a&b=c d")]).await).unwrap();
    assert_eq!(query, "page=2&q=a%20b&api_key=a%26b%3Dc+d");
    assert_eq!(headers["authorization"], "forged");

    let mut url = Url::parse("https://crm.example.com/?api_key=forged").unwrap();
    credential(&auth, &[("KEY", "k")])
        .await
        .apply(&mut url, &mut HeaderMap::new())
        .unwrap();
    assert_eq!(url.as_str(), "https://crm.example.com/?api_key=k");
}

#[tokio::test]
async fn a_key_in_a_cookie_joins_the_other_cookies() {
    let auth = api_key("cookie", "session", "");
    let (_, headers) = apply(&credential(&auth, &[("KEY", "k")]).await).unwrap();
    assert_eq!(
        headers.get_all("cookie").iter().collect::<Vec<_>>(),
        ["lang=en; x=1; session=k"]
    );
    for wrong in ["a;b", "a b", "a,b", "a\"b", "a\\b", "ü", "a\nb"] {
        let error = apply(&credential(&auth, &[("KEY", wrong)]).await).unwrap_err();
        assert_eq!(error.place, "the cookie session", "{wrong:?}");
    }
}

#[tokio::test]
async fn custom_headers_are_all_set_and_only_secret_ones_are_scrubbed() {
    let auth = auth(
        "type = \"custom_header\"\n\
         headers = [{ name = \"X-API-Key\", value = \"env:KEY\" }, { name = \"X-Tenant\", value = \"acme\" }]",
    );
    let credential = credential(&auth, &[("KEY", "k3y")]).await;
    let (_, headers) = apply(&credential).unwrap();
    assert_eq!(headers.get_all("x-api-key").iter().collect::<Vec<_>>(), ["k3y"]);
    assert_eq!(headers["x-tenant"], "acme");
    assert_eq!(credential.scrubber().text("k3y of acme"), "[REDACTED] of acme");
}

#[tokio::test]
async fn no_scheme_sends_nothing() {
    let (query, headers) = apply(&credential(&Auth::none(), &[]).await).unwrap();
    assert_eq!(query, "page=2&api_key=forged&q=a%20b");
    assert_eq!(headers["authorization"], "forged");
    assert!(Credential::none().scrubber().is_empty());
}

#[tokio::test]
async fn a_value_that_does_not_fit_its_place_is_named_by_the_place_only() {
    let unsendable = Auth {
        label: "No connector writes this",
        parts: vec![Part {
            placements: vec![Placement {
                place: KeyPlace::Header,
                name: "X API Key".to_owned(),
                value: vec![Piece::Plain(Setting::Secret(reference("KEY")))],
            }],
        }],
    };
    let cases = [
        (
            api_key("header", "X-API-Key", ""),
            "a\r\nX-Evil: 1",
            "the header x-api-key",
        ),
        (unsendable, "k", "a header named `X API Key`"),
        (bearer(), "a\nb", "the header authorization"),
        (basic("env:KEY"), "a:b", "the user name of Basic authentication"),
        (basic("env:KEY"), "a\0b", "the user name of Basic authentication"),
    ];
    for (auth, value, place) in cases {
        let error = apply(&credential(&auth, &[("KEY", value), ("PASSWORD", "p")]).await).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("the credential holds a character that cannot be sent in {place}")
        );
    }
    let auth = basic("user");
    let error = apply(&credential(&auth, &[("PASSWORD", "p\nq")]).await).unwrap_err();
    assert_eq!(error.place, "the password of Basic authentication");
}

#[tokio::test]
async fn basic_authentication_is_scrubbed_as_a_pair_and_in_its_header_form() {
    let auth = basic("Aladdin");
    let credential = credential(&auth, &[("PASSWORD", "open sesame")]).await;
    let scrubber = credential.scrubber();
    assert_eq!(
        scrubber.text("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ== !"),
        "Basic [REDACTED] !"
    );
    // What is sent, once more in Base64, as a tool shows the bytes of a header.
    assert_eq!(scrubber.text("UVd4aFpHUnBianB2Y0dWdUlITmxjMkZ0WlE9PQ=="), REDACTED);
    assert_eq!(scrubber.text("Aladdin:open sesame"), REDACTED);
    assert_eq!(scrubber.text("Aladdin has open+sesame"), "Aladdin has [REDACTED]");
}

#[tokio::test]
async fn a_missing_secret_is_an_error_and_debug_shows_nothing() {
    let source = Fixed(HashMap::new());
    let auth = bearer();
    let error = Credential::resolve(&auth, &source, Holder::local(), &ScrubberCache::new())
        .await
        .unwrap_err();
    assert_eq!(error, SecretError::NotSet("KEY".to_owned()));

    let credential = credential(&auth, &[("KEY", "s3cr3t")]).await;
    assert_eq!(format!("{credential:?}"), "Credential { .. }");
    let (_, headers) = apply(&credential).unwrap();
    assert!(!format!("{headers:?}").contains("s3cr3t"));
}

#[tokio::test]
async fn other_secrets_of_the_connection_are_hidden_where_they_are_known() {
    let source = Fixed(HashMap::from([("KEY", "s3cr3t"), ("OTHER", "hidden")]));
    let auth = bearer();
    let scrubbers = ScrubberCache::new();
    let credential = Credential::resolve(&auth, &source, Holder::local(), &scrubbers)
        .await
        .unwrap();
    let others = [&reference("OTHER"), &reference("NOT_SET")];
    let credential = credential
        .hiding(&others, &source, Holder::local(), &scrubbers)
        .await
        .unwrap();
    let (_, headers) = apply(&credential).unwrap();
    assert_eq!(headers["authorization"], "Bearer s3cr3t");
    assert_eq!(
        credential.scrubber().text("s3cr3t, hidden and known"),
        "[REDACTED], [REDACTED] and known"
    );
    // What is there and cannot be read cannot be hidden.
    let damaged = [&reference("DAMAGED")];
    let unhidden = credential.hiding(&damaged, &source, Holder::local(), &scrubbers).await;
    assert_eq!(unhidden.unwrap_err(), damaged_record());
}

/// A vault in which everybody has what is theirs, and nothing else.
struct Own;

#[async_trait]
impl SecretSource for Own {
    async fn resolve(&self, reference: &SecretRef, holder: Holder<'_>) -> Result<SecretString, SecretError> {
        match reference {
            SecretRef::Vault(SecretName { user: Some(user), .. }) if user != holder.user => {
                Err(SecretError::NotTheirs {
                    reference: user.clone(),
                    user: holder.user.to_owned(),
                })
            }
            _ => Ok(format!("secret-of-{}-at-{}", holder.user, holder.organisation).into()),
        }
    }
}

/// The API has it from calls of that user, and may show it to others.
#[tokio::test]
async fn a_secret_of_one_user_is_hidden_from_the_others_of_the_organisation() {
    let vault = |name: &str| SecretRef::Vault(SecretName::parse(name).unwrap());
    let of_ana = "vault://users/ana/apis/crm/key";
    let (anas, own) = (vault(of_ana), vault("vault://crm/other"));
    let bob = Holder {
        organisation: "acme",
        user: "bob",
        sees_everybodys: false,
    };
    let credential = Credential::none()
        .hiding(&[&anas, &own], &Own, bob, &ScrubberCache::new())
        .await
        .unwrap();
    assert_eq!(
        credential
            .scrubber()
            .text("secret-of-ana-at-acme, secret-of-bob-at-acme, secret-of-ana-at-globex"),
        "[REDACTED], [REDACTED], secret-of-ana-at-globex"
    );
    // To hide it is not to give it.
    let auth = auth(&format!("type = \"bearer_token\"\ntoken = \"{of_ana}\""));
    let refused = Credential::resolve(&auth, &Own, bob, &ScrubberCache::new()).await;
    assert!(matches!(refused, Err(SecretError::NotTheirs { .. })));
}
