//! `connector.toml`: where the API is, and how requests are authenticated.

use super::Target;
use super::notation::quoted;
use crate::connector::slug_of;
use crate::openapi::model::Import;
use crate::openapi::security::Authentication;

/// Longest name of a connector.
const LONGEST_NAME: usize = 100;

pub(super) fn text(import: &Import, target: &Target) -> String {
    let name: String = target.name.chars().take(LONGEST_NAME).collect();
    let mut text = format!(
        "# Written by `toolgate import` from openapi/{}.\n\
         name = {}\n\
         slug = {}\n\
         description = {}\n\
         tier = \"full\"\n\
         \n\
         [connection]\n\
         base_url = {}\n",
        target.document,
        quoted(&name),
        quoted(&target.slug),
        quoted(&import.description),
        quoted(import.base_url.as_ref().map_or("", url::Url::as_str)),
    );
    text.extend(import.servers.iter().map(|server| {
        format!(
            "\n[connection.servers.{}]\nbase_url = {}\ncredentials = {}\n",
            server.name,
            quoted(server.base_url.as_str()),
            server.credentials,
        )
    }));
    if !target.networks.is_empty() {
        let networks: Vec<String> = target.networks.iter().map(|network| quoted(network)).collect();
        let others = import.servers.iter().map(|server| &server.base_url);
        let is_plain = import.base_url.iter().chain(others).any(|url| url.scheme() == "http");
        text.push_str("\n[security]\n");
        if is_plain {
            text.push_str("allow_http = true\n");
        }
        text.push_str("ip_allowlist = [");
        text.push_str(&networks.join(", "));
        text.push_str("]\n");
    }
    text.push_str(
        "\n# Answers that differ from the description are passed on with a warning: most APIs break their own.\n\
         [defaults]\nvalidation = \"warn\"\n\n[auth]\n",
    );
    text.push_str(&auth(&import.authentication, &target.slug));
    text
}

fn auth(authentication: &Authentication, slug: &str) -> String {
    let names = secrets(authentication);
    let references: Vec<String> = names
        .iter()
        .map(|name| quoted(&format!("vault://{slug}/{name}")))
        .collect();
    let mut references = references.iter();
    match authentication {
        Authentication::None => "type = \"none\"\n".to_owned(),
        Authentication::Headers(headers) => {
            let headers: Vec<String> = headers
                .iter()
                .zip(references)
                .map(|(name, value)| format!("  {{ name = {}, value = {value} }},\n", quoted(name)))
                .collect();
            format!("type = \"custom_header\"\nheaders = [\n{}]\n", headers.concat())
        }
        Authentication::Combined(parts) => {
            let parts: Vec<String> = parts
                .iter()
                .map(|part| format!("\n[[auth.parts]]\n{}", scheme(part, &mut references)))
                .collect();
            format!("type = \"combined\"\n{}", parts.concat())
        }
        single => scheme(single, &mut references),
    }
}

/// One scheme with the next of `references` in place of its secrets.
fn scheme<'r>(scheme: &Authentication, references: &mut impl Iterator<Item = &'r String>) -> String {
    let mut secret = || references.next().map_or("", String::as_str);
    match scheme {
        Authentication::ApiKey { place: "header", name } => {
            format!(
                "type = \"api_key\"\nheader_name = {}\nkey = {}\n",
                quoted(name),
                secret()
            )
        }
        Authentication::ApiKey { place, name } => format!(
            "type = \"api_key\"\nin = {}\nname = {}\nkey = {}\n",
            quoted(place),
            quoted(name),
            secret()
        ),
        Authentication::Scheme(name) => {
            let keys = keys(scheme).iter().map(|key| format!("{key} = {}\n", secret()));
            format!("type = {}\n{}", quoted(name), keys.collect::<String>())
        }
        Authentication::None | Authentication::Headers(_) | Authentication::Combined(_) => String::new(),
    }
}

/// Keys of a scheme with a name.
fn keys(scheme: &Authentication) -> &'static [&'static str] {
    scheme.kind().map_or(&[], |(kind, _)| kind.secrets)
}

/// Names in the vault of everything that the connector needs, in the order of its `[auth]`.
pub(super) fn secrets(authentication: &Authentication) -> Vec<String> {
    let (parts, keys_by_name): (&[Authentication], bool) = match authentication {
        Authentication::Combined(parts) => {
            let is_key = |part: &&Authentication| matches!(part, Authentication::ApiKey { .. });
            (parts, parts.iter().filter(is_key).count() > 1)
        }
        single => (std::slice::from_ref(single), false),
    };
    let mut names: Vec<String> = Vec::new();
    for part in parts {
        let own = match part {
            Authentication::None | Authentication::Combined(_) => Vec::new(),
            Authentication::ApiKey { name, .. } if keys_by_name => vec![slug_of(name)],
            Authentication::ApiKey { .. } => vec!["key".to_owned()],
            Authentication::Scheme(_) => keys(part).iter().map(|key| (*key).to_owned()).collect(),
            Authentication::Headers(names) => names.iter().map(|name| slug_of(name)).collect(),
        };
        for name in own {
            // Names that differ in their spelling only, such as `X-Key` and `X_Key`, are two secrets.
            let name = if name.is_empty() { "key".to_owned() } else { name };
            let numbered = (2..).map(|number| format!("{name}_{number}"));
            let free = std::iter::once(name.clone())
                .chain(numbered)
                .find(|name| !names.contains(name));
            names.extend(free);
        }
    }
    names
}
