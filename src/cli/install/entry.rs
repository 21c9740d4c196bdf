//! What is written about the server, in the words of each client.

use serde_json::{Map, Value, json};
use url::{Host, Url};

use super::client::Client;
use super::header::{Header, Piece, reference};

/// The server that a client is told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Server {
    /// The client starts it.
    Started {
        /// The binary, an absolute path.
        program: String,
        /// Its arguments.
        arguments: Vec<String>,
        /// Variables of the environment that it needs: names, never values.
        variables: Vec<String>,
    },
    /// It runs already.
    Reached {
        /// Where.
        url: Url,
        /// What every request brings.
        headers: Vec<Header>,
    },
}

/// The client cannot be told of this server.
#[derive(Debug, thiserror::Error)]
pub(super) enum EntryError {
    /// Claude Desktop starts servers and nothing else.
    #[error(
        "Claude Desktop's file cannot name a server by its address, and it takes remote servers only with OAuth, which \
         Toolgate does not serve yet: leave out --url, so that it starts a server of its own over stdio"
    )]
    NoAddress,
    /// Codex knows only two forms.
    #[error(
        "Codex takes a header that is `Bearer ${{NAME}}` (as `Authorization`), `${{NAME}}` alone, or text without a \
         variable: `{0}` is something else"
    )]
    Codex(String),
    /// The client would put a variable's value in its place.
    #[error("{client} would take `${{` in `{argument}` for a variable: use a path without it")]
    Expanded { client: &'static str, argument: String },
}

impl Server {
    /// Variables that have to be set where the client is started, or be given to it otherwise.
    pub(super) fn variables(&self) -> Vec<&str> {
        let mut names: Vec<&str> = match self {
            Self::Started { variables, .. } => variables.iter().map(String::as_str).collect(),
            Self::Reached { headers, .. } => headers.iter().flat_map(Header::variables).collect(),
        };
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Whether requests cross a network unencrypted with a credential in them.
    pub(super) fn is_exposed(&self) -> bool {
        let Self::Reached { url, headers } = self else {
            return false;
        };
        let is_local = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        url.scheme() == "http" && !is_local && !headers.is_empty()
    }

    /// The entry of a client's file.
    ///
    /// # Errors
    /// [`EntryError`] when the client has no words for it.
    pub(super) fn entry(&self, client: Client) -> Result<Map<String, Value>, EntryError> {
        let entry = match self {
            Self::Started {
                program,
                arguments,
                variables,
            } => {
                if client != Client::Codex && client != Client::ClaudeDesktop {
                    refuse_variables(client, std::iter::once(program).chain(arguments))?;
                }
                started(client, program, arguments, variables)
            }
            Self::Reached { url, headers } => reached(client, url, headers)?,
        };
        Ok(entry)
    }
}

/// Whether an entry of a client's file starts something, and that is not Toolgate.
pub(super) fn starts_another_program(entry: &Value) -> bool {
    let Some(command) = entry.get("command").and_then(Value::as_str) else {
        return false;
    };
    // Files may come from another system, where paths are written otherwise.
    let name = command.rsplit(['/', '\\']).next().unwrap_or(command);
    !name.to_ascii_lowercase().starts_with("toolgate")
}

fn refuse_variables<'a>(client: Client, written: impl Iterator<Item = &'a String>) -> Result<(), EntryError> {
    for argument in written {
        if argument.contains("${") {
            return Err(EntryError::Expanded {
                client: client.title(),
                argument: argument.clone(),
            });
        }
    }
    Ok(())
}

fn started(client: Client, program: &str, arguments: &[String], variables: &[String]) -> Map<String, Value> {
    let mut entry = Map::new();
    if matches!(client, Client::ClaudeCode | Client::VsCode) {
        entry.insert("type".to_owned(), json!("stdio"));
    }
    entry.insert("command".to_owned(), json!(program));
    entry.insert("args".to_owned(), json!(arguments));
    if variables.is_empty() {
        return entry;
    }
    match client {
        Client::Codex => {
            entry.insert("env_vars".to_owned(), json!(variables));
        }
        // It would pass the reference on as it is written.
        Client::ClaudeDesktop => {}
        _ => {
            let references = variables
                .iter()
                .map(|name| (name.clone(), json!(reference(client, name))))
                .collect::<Map<_, _>>();
            entry.insert("env".to_owned(), Value::Object(references));
        }
    }
    entry
}

fn reached(client: Client, url: &Url, headers: &[Header]) -> Result<Map<String, Value>, EntryError> {
    let mut entry = Map::new();
    match client {
        Client::ClaudeDesktop => return Err(EntryError::NoAddress),
        Client::ClaudeCode | Client::VsCode => {
            entry.insert("type".to_owned(), json!("http"));
        }
        Client::Cursor | Client::Codex => {}
    }
    entry.insert("url".to_owned(), json!(url));
    if client == Client::Codex {
        for header in headers {
            codex_header(&mut entry, header)?;
        }
    } else if !headers.is_empty() {
        let headers = headers
            .iter()
            .map(|header| (header.name.clone(), json!(header.written(client))))
            .collect::<Map<_, _>>();
        entry.insert("headers".to_owned(), Value::Object(headers));
    }
    Ok(entry)
}

/// Codex keeps headers under three keys, by what their values are.
fn codex_header(entry: &mut Map<String, Value>, header: &Header) -> Result<(), EntryError> {
    let (key, value) = match header.value.as_slice() {
        [Piece::Text(text), Piece::Variable(name)]
            if text.trim_end().eq_ignore_ascii_case("bearer") && header.name.eq_ignore_ascii_case("authorization") =>
        {
            entry.insert("bearer_token_env_var".to_owned(), json!(name));
            return Ok(());
        }
        [Piece::Variable(name)] => ("env_http_headers", name),
        [Piece::Text(text)] => ("http_headers", text),
        _ => {
            return Err(EntryError::Codex(format!(
                "{}: {}",
                header.name,
                header.written(Client::Codex)
            )));
        }
    };
    let headers = entry.entry(key).or_insert_with(|| json!({}));
    if let Some(headers) = headers.as_object_mut() {
        headers.insert(header.name.clone(), json!(value));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;

    fn started_server() -> Server {
        Server::Started {
            program: "/bin/toolgate".to_owned(),
            arguments: vec!["serve".to_owned()],
            variables: vec!["CRM_KEY".to_owned()],
        }
    }

    fn reached_server(headers: &[&str]) -> Server {
        Server::Reached {
            url: Url::parse("https://tools.example.com/mcp").unwrap(),
            headers: headers.iter().map(|header| Header::parse(header).unwrap()).collect(),
        }
    }

    fn entry(server: &Server, client: Client) -> Value {
        Value::Object(server.entry(client).unwrap())
    }

    #[test]
    fn every_client_gets_the_variable_in_its_own_words() {
        let server = started_server();
        let command = json!({ "command": "/bin/toolgate", "args": ["serve"] });
        let with = |extra: Value| {
            let mut whole = extra;
            whole
                .as_object_mut()
                .unwrap()
                .extend(command.as_object().unwrap().clone());
            whole
        };
        for (client, expected) in [
            (
                Client::ClaudeCode,
                with(json!({ "type": "stdio", "env": { "CRM_KEY": "${CRM_KEY:-}" } })),
            ),
            (Client::ClaudeDesktop, command.clone()),
            (Client::Cursor, with(json!({ "env": { "CRM_KEY": "${env:CRM_KEY}" } }))),
            (
                Client::VsCode,
                with(json!({ "type": "stdio", "env": { "CRM_KEY": "${env:CRM_KEY}" } })),
            ),
            (Client::Codex, with(json!({ "env_vars": ["CRM_KEY"] }))),
        ] {
            assert_eq!(entry(&server, client), expected, "{client:?}");
        }
        assert_eq!(server.variables(), ["CRM_KEY"]);
    }

    #[test]
    fn a_hosted_server_is_named_with_references_to_its_key() {
        let server = reached_server(&["Authorization: Bearer ${TOOLGATE_KEY}", "X-Team: blue"]);
        let url = "https://tools.example.com/mcp";
        for (client, expected) in [
            (
                Client::ClaudeCode,
                json!({ "type": "http", "url": url,
                    "headers": { "Authorization": "Bearer ${TOOLGATE_KEY:-}", "X-Team": "blue" } }),
            ),
            (
                Client::Cursor,
                json!({ "url": url, "headers": { "Authorization": "Bearer ${env:TOOLGATE_KEY}", "X-Team": "blue" } }),
            ),
            (
                Client::VsCode,
                json!({ "type": "http", "url": url,
                    "headers": { "Authorization": "Bearer ${env:TOOLGATE_KEY}", "X-Team": "blue" } }),
            ),
            (
                Client::Codex,
                json!({ "url": url, "bearer_token_env_var": "TOOLGATE_KEY", "http_headers": { "X-Team": "blue" } }),
            ),
        ] {
            assert_eq!(entry(&server, client), expected, "{client:?}");
        }
        let plain = reached_server(&["X-API-Key: ${TOOLGATE_KEY}"]);
        assert_eq!(
            entry(&plain, Client::Codex)["env_http_headers"],
            json!({ "X-API-Key": "TOOLGATE_KEY" })
        );
        let mixed = reached_server(&["X-API-Key: key ${TOOLGATE_KEY}"]);
        assert!(matches!(mixed.entry(Client::Codex), Err(EntryError::Codex(_))));
        let told = server.entry(Client::ClaudeDesktop).unwrap_err().to_string();
        assert!(
            told.contains("only with OAuth") && told.contains("leave out --url"),
            "{told}"
        );
    }

    #[test]
    fn another_program_is_told_by_its_name() {
        for (command, another) in [
            ("/usr/bin/toolgate", false),
            ("toolgate", false),
            ("C:\\tools\\Toolgate.exe", false),
            ("toolgate-0.1.0", false),
            ("npx", true),
            ("/opt/toolgate/bin/other", true),
        ] {
            assert_eq!(
                starts_another_program(&json!({ "command": command })),
                another,
                "{command}"
            );
        }
        assert!(!starts_another_program(&json!({ "url": "https://a.test/mcp" })));
    }

    #[test]
    fn what_a_client_would_expand_is_refused_where_it_would() {
        let Server::Started { arguments, .. } = started_server() else {
            unreachable!()
        };
        let server = Server::Started {
            program: "/opt/${HOME}/toolgate".to_owned(),
            arguments,
            variables: Vec::new(),
        };
        for client in Client::value_variants() {
            let refused = server.entry(*client).is_err();
            assert_eq!(
                refused,
                !matches!(client, Client::Codex | Client::ClaudeDesktop),
                "{client:?}"
            );
        }
    }

    #[test]
    fn a_key_without_encryption_is_noticed() {
        let exposed = |url: &str, headers: &[&str]| {
            let headers = headers.iter().map(|header| Header::parse(header).unwrap()).collect();
            let url = Url::parse(url).unwrap();
            Server::Reached { url, headers }.is_exposed()
        };
        let key = ["Authorization: Bearer ${KEY}"];
        assert!(exposed("http://tools.example.com/mcp", &key));
        assert!(!exposed("http://tools.example.com/mcp", &[]));
        for url in [
            "https://tools.example.com/mcp",
            "http://127.0.0.1:8080/mcp",
            "http://[::1]/mcp",
            "http://localhost/mcp",
        ] {
            assert!(!exposed(url, &key), "{url}");
        }
    }
}
