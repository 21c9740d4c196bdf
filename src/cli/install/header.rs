//! Where a hosted server is, and what its requests bring: read from the command line, and free of secrets.

use url::Url;

use super::client::Client;

/// Words in the name of a header or a parameter whose value is a secret.
const SECRET_WORDS: [&str; 7] = ["auth", "cookie", "credential", "key", "password", "secret", "token"];

/// A header whose value may name variables of the environment: `Authorization: Bearer ${TOOLGATE_KEY}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    /// Its name.
    pub(super) name: String,
    /// Its value, in pieces.
    pub(super) value: Vec<Piece>,
}

/// A piece of a header's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Text as it is.
    Text(String),
    /// The value of a variable, by its name.
    Variable(String),
}

impl Header {
    /// Reads `NAME: VALUE`.
    ///
    /// # Errors
    /// What is wrong with it. The value is not repeated: it may be a secret.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (name, value) = text
            .split_once(':')
            .ok_or("write NAME: VALUE, e.g. 'Authorization: Bearer ${TOOLGATE_KEY}'")?;
        let (name, value) = (name.trim(), value.trim());
        http::HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| format!("`{name}` cannot be the name of a header"))?;
        if value.is_empty() || !value.chars().all(|c| matches!(c, ' '..='~')) {
            return Err(format!("the value of `{name}` must be visible ASCII"));
        }
        let value = pieces(value).ok_or_else(|| format!("`${{` in the value of `{name}` must begin `${{NAME}}`"))?;
        let is_literal = value.iter().all(|piece| matches!(piece, Piece::Text(_)));
        if is_literal && names_a_secret(name) {
            return Err(format!(
                "the value of `{name}` would stand in the client's file for everybody to read: keep it in a variable \
                 of the environment and name that, e.g. '{name}: ${{TOOLGATE_KEY}}'"
            ));
        }
        Ok(Self {
            name: name.to_owned(),
            value,
        })
    }

    /// The variables that its value names.
    pub(super) fn variables(&self) -> impl Iterator<Item = &str> {
        self.value.iter().filter_map(|piece| match piece {
            Piece::Variable(name) => Some(name.as_str()),
            Piece::Text(_) => None,
        })
    }

    /// Its value in the words of a client.
    pub(super) fn written(&self, client: Client) -> String {
        let pieces = self.value.iter().map(|piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Variable(name) => reference(client, name),
        });
        pieces.collect()
    }
}

/// `text` cut at its variables; `None` when a `${` begins nothing.
fn pieces(text: &str) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}')?;
        let is_name = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !is_name {
            return None;
        }
        if !before.is_empty() {
            pieces.push(Piece::Text(before.to_owned()));
        }
        pieces.push(Piece::Variable(name.to_owned()));
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    Some(pieces)
}

/// How a client's file names a variable of the environment.
pub(super) fn reference(client: Client, name: &str) -> String {
    match client {
        // Without a default, Claude Code refuses its whole file when the variable is not set.
        Client::ClaudeCode => format!("${{{name}:-}}"),
        Client::Cursor | Client::VsCode => format!("${{env:{name}}}"),
        // Codex has keys of its own for this, and Claude Desktop has nothing.
        Client::Codex | Client::ClaudeDesktop => format!("${{{name}}}"),
    }
}

/// The address of a server.
pub(super) fn address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("{error}; write e.g. https://tools.example.com/mcp"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("it must begin with https:// or http://".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            "a user or password would stand in the client's file for everybody to read: use --header".to_owned(),
        );
    }
    if url.query_pairs().any(|(name, _)| names_a_secret(&name)) {
        return Err(
            "a key in the address would stand in the client's file for everybody to read: use --header".to_owned(),
        );
    }
    Ok(url)
}

fn names_a_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET_WORDS.iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_secret_is_refused_and_not_repeated() {
        for header in [
            "Authorization: Bearer sk-live-1",
            "x-api-key: sk-live-1",
            "Cookie: s=sk-live-1",
        ] {
            let told = Header::parse(header).unwrap_err();
            assert!(told.contains("${TOOLGATE_KEY}") && !told.contains("sk-live"), "{told}");
        }
        for header in [
            "X-Team",
            "X Team: a",
            "X-Team:",
            "X-Team: ${",
            "X-Team: ${1}",
            "X-Team: ${A-B}",
            "X-Team: ü",
        ] {
            assert!(Header::parse(header).is_err(), "{header}");
        }
        assert!(Header::parse("X-Team: blue").is_ok());
    }

    #[test]
    fn addresses_hold_no_secrets() {
        for url in [
            "tools.example.com",
            "ftp://a.test/",
            "https://u:p@a.test/mcp",
            "https://u@a.test/mcp",
            "https://a.test/mcp?api_key=1",
            "",
        ] {
            assert!(address(url).is_err(), "{url}");
        }
        assert!(address("https://a.test/mcp").is_ok());
    }
}
