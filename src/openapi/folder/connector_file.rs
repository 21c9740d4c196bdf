//! `connector.toml`: where the API is, and how requests are authenticated.

use super::Target;
use super::notation::quoted;
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
    let secret = |name: &str| quoted(&format!("vault://{slug}/{name}"));
    match authentication {
        Authentication::None => "type = \"none\"\n".to_owned(),
        Authentication::ApiKey { place: "header", name } => {
            format!(
                "type = \"api_key\"\nheader_name = {}\nkey = {}\n",
                quoted(name),
                secret("key")
            )
        }
        Authentication::ApiKey { place, name } => format!(
            "type = \"api_key\"\nin = {}\nname = {}\nkey = {}\n",
            quoted(place),
            quoted(name),
            secret("key")
        ),
        Authentication::Bearer => format!("type = \"bearer_token\"\ntoken = {}\n", secret("token")),
        Authentication::Basic => format!(
            "type = \"basic_auth\"\nusername = {}\npassword = {}\n",
            secret("username"),
            secret("password")
        ),
        Authentication::Headers(names) => {
            let headers: Vec<String> = names
                .iter()
                .map(|name| {
                    let value = secret(&secret_name(name));
                    format!("  {{ name = {}, value = {value} }},\n", quoted(name))
                })
                .collect();
            format!("type = \"custom_header\"\nheaders = [\n{}]\n", headers.concat())
        }
    }
}

/// The name in the vault of what a header holds.
fn secret_name(header: &str) -> String {
    crate::connector::slug_of(header)
}

/// Names in the vault of everything that the connector needs.
pub(super) fn secrets(authentication: &Authentication) -> Vec<String> {
    match authentication {
        Authentication::None => Vec::new(),
        Authentication::ApiKey { .. } => vec!["key".to_owned()],
        Authentication::Bearer => vec!["token".to_owned()],
        Authentication::Basic => vec!["username".to_owned(), "password".to_owned()],
        Authentication::Headers(names) => names.iter().map(|name| secret_name(name)).collect(),
    }
}
