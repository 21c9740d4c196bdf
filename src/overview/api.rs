//! One API in the list of APIs (contract S1-67, S1-69, S1-71).

use jiff::Timestamp;
use serde::Serialize;

use super::ago;
use crate::connector::model::Connector;
use crate::error_code::ErrorCode;
use crate::store::{ApiUsage, AuditOutcome, Recorded};

/// Whether an API can be used, as far as that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Badge {
    /// Nothing speaks against it.
    Connected,
    /// [`Api::problem`] says why not.
    Error,
}

/// What is known of a connection beside its calls.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Connection {
    /// Why no request can get there, whatever the call.
    pub unreachable: Option<String>,
    /// A credential that no process can have.
    pub lost_credential: Option<String>,
    /// A credential that this process does not have, though the server may.
    pub missing_credential: Option<String>,
}

/// One API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Api {
    /// The name that people read.
    pub name: String,
    /// The name in commands and tool names; none while its files are broken.
    pub slug: Option<String>,
    /// Whether it can be used.
    pub badge: Badge,
    /// Why not, e.g. `Authentication failed`.
    pub problem: Option<String>,
    /// Where requests go.
    pub base_url: Option<String>,
    /// How they are authenticated, e.g. `API Key`.
    pub auth: Option<&'static str>,
    /// How many actions are defined.
    pub endpoints: Option<usize>,
    /// When the last call arrived, e.g. `2 hours ago`; `never` without calls.
    pub last_used: String,
    /// Calls since midnight.
    pub calls_today: u64,
    /// Since when it is there, and how it was used.
    pub metadata: Metadata,
}

/// What is kept of an API (contract S1-67). Times are RFC 3339 in UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Metadata {
    /// When its files were first loaded.
    pub created_at: Option<String>,
    /// When its files were last found changed.
    pub updated_at: Option<String>,
    /// When the last call arrived.
    pub last_used_at: Option<String>,
    /// Calls ever made.
    pub total_calls: u64,
    /// `active`, or `disabled`.
    pub status: &'static str,
}

impl Api {
    /// Puts together what is known. The badge is `Error` when no request can get there, when a credential is lost, or
    /// when the newest call that tried the connection failed to authenticate, to connect or to agree on TLS. Without
    /// such a call, a credential that is missing here decides.
    #[must_use]
    pub fn new(connector: &Connector, offered: bool, usage: ApiUsage, connection: Connection, now: Timestamp) -> Self {
        let problem = connection
            .unreachable
            .or(connection.lost_credential)
            .or_else(|| {
                usage
                    .last_connection
                    .as_ref()
                    .and_then(failed_connection)
                    .map(str::to_owned)
            })
            .or(connection
                .missing_credential
                .filter(|_| usage.last_connection.is_none()));
        let base_url = connector.connection.base_url.as_str().trim_end_matches('/').to_owned();
        let last_used = usage.last_used_at.as_deref().and_then(|moment| moment.parse().ok());
        Self {
            name: connector.name.clone(),
            slug: Some(connector.slug.clone()),
            badge: if problem.is_some() {
                Badge::Error
            } else {
                Badge::Connected
            },
            problem,
            base_url: Some(base_url),
            auth: Some(connector.auth.label),
            endpoints: Some(connector.actions.len()),
            last_used: last_used.map_or_else(|| "never".to_owned(), |moment| ago(moment, now)),
            calls_today: usage.recent_calls,
            metadata: Metadata {
                created_at: usage.created_at,
                updated_at: usage.updated_at,
                last_used_at: usage.last_used_at,
                total_calls: usage.total_calls,
                status: if offered { "active" } else { "disabled" },
            },
        }
    }

    /// One whose files are broken, so that nothing more than the name of its file or folder is known.
    #[must_use]
    pub fn broken(name: String) -> Self {
        Self {
            name,
            slug: None,
            badge: Badge::Error,
            problem: Some("Its files have errors (toolgate check)".to_owned()),
            base_url: None,
            auth: None,
            endpoints: None,
            last_used: "never".to_owned(),
            calls_today: 0,
            metadata: Metadata {
                created_at: None,
                updated_at: None,
                last_used_at: None,
                total_calls: 0,
                status: "active",
            },
        }
    }

    /// The printed lines, in the order and words of the document.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let badge = match self.badge {
            Badge::Connected => "Connected ✓",
            Badge::Error => "Error ⚠",
        };
        let mut lines = vec![match &self.slug {
            Some(slug) => format!("{} ({slug})  [{badge}]", self.name),
            None => format!("{}  [{badge}]", self.name),
        }];
        if let Some(base_url) = &self.base_url {
            lines.push(format!("  Base URL: {base_url}"));
        }
        let disabled = (self.metadata.status == "disabled").then_some("Disabled");
        let status: Vec<&str> = self.problem.as_deref().into_iter().chain(disabled).collect();
        if !status.is_empty() {
            lines.push(format!("  Status: {}", status.join("; ")));
        }
        if let (Some(auth), Some(endpoints)) = (self.auth, self.endpoints) {
            lines.push(format!("  Auth: {auth}"));
            lines.push(format!("  Endpoints: {endpoints} defined"));
            lines.push(format!("  Last used: {}", self.last_used));
            lines.push(format!("  Calls today: {}", self.calls_today));
        }
        if let (Badge::Error, Some(slug)) = (self.badge, &self.slug) {
            lines.push(format!("  Fix Connection: toolgate apis fix {slug}"));
            lines.push(format!("  Delete: toolgate apis delete {slug}"));
        }
        lines
    }
}

/// What a failed connection is called.
fn failed_connection(outcome: &Recorded<AuditOutcome>) -> Option<&'static str> {
    Some(match outcome.known()? {
        AuditOutcome::Failed(ErrorCode::AuthenticationFailed) => "Authentication failed",
        AuditOutcome::Failed(ErrorCode::ConnectionRefused) => "Connection refused",
        AuditOutcome::Failed(ErrorCode::SslError) => "SSL error",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connector::{self, SourceFile};

    const NOW: &str = "2026-11-21T12:00:00Z";

    fn crm() -> Connector {
        let text = "name = \"Internal CRM API\"\n[connection]\nbase_url = \"https://crm.mycompany.com/api/\"\n\
             [auth]\ntype = \"api_key\"\nheader_name = \"X-Key\"\nkey = \"env:CRM_KEY\"\n\
             [[actions]]\nname = \"ping\"\nmethod = \"GET\"\npath = \"/ping\"\n";
        let file = SourceFile {
            shown: "connector.toml".into(),
            relative: "connector.toml".into(),
            text: text.into(),
        };
        connector::load(&[file]).connector.unwrap()
    }

    fn api(last_connection: Option<&str>, connection: Connection) -> Api {
        let usage = ApiUsage {
            slug: "internal_crm_api".into(),
            last_used_at: Some("2026-11-21T09:59:00.000Z".into()),
            recent_calls: 127,
            total_calls: 1_247,
            last_connection: last_connection.map(Recorded::from),
            ..ApiUsage::default()
        };
        Api::new(&crm(), true, usage, connection, NOW.parse().unwrap())
    }

    #[test]
    fn the_lines_are_those_of_the_document() {
        assert_eq!(
            api(Some("ok"), Connection::default()).lines(),
            [
                "Internal CRM API (internal_crm_api)  [Connected ✓]",
                "  Base URL: https://crm.mycompany.com/api",
                "  Auth: API Key",
                "  Endpoints: 1 defined",
                "  Last used: 2 hours ago",
                "  Calls today: 127",
            ]
        );
        let mut failing = api(Some("AUTHENTICATION_FAILED"), Connection::default());
        failing.metadata.status = "disabled";
        assert_eq!(
            failing.lines(),
            [
                "Internal CRM API (internal_crm_api)  [Error ⚠]",
                "  Base URL: https://crm.mycompany.com/api",
                "  Status: Authentication failed; Disabled",
                "  Auth: API Key",
                "  Endpoints: 1 defined",
                "  Last used: 2 hours ago",
                "  Calls today: 127",
                "  Fix Connection: toolgate apis fix internal_crm_api",
                "  Delete: toolgate apis delete internal_crm_api",
            ]
        );
        assert_eq!(
            Api::broken("legacy-erp".into()).lines(),
            [
                "legacy-erp  [Error ⚠]",
                "  Status: Its files have errors (toolgate check)"
            ]
        );
    }

    #[test]
    fn the_badge_tells_what_is_known_of_the_connection() {
        let some = |text: &str| Some(text.to_owned());
        let missing = || Connection {
            missing_credential: some("no key here"),
            ..Connection::default()
        };
        let lost = || Connection {
            lost_credential: some("no key anywhere"),
            ..missing()
        };
        let unreachable = || Connection {
            unreachable: some("no way"),
            ..lost()
        };
        for (last_connection, connection, problem) in [
            (None, Connection::default(), None),
            (Some("ok"), Connection::default(), None),
            (Some("TIMEOUT"), Connection::default(), None),
            (Some("UPSTREAM_ERROR"), Connection::default(), None),
            (
                Some("AUTHENTICATION_FAILED"),
                Connection::default(),
                Some("Authentication failed"),
            ),
            (
                Some("CONNECTION_REFUSED"),
                Connection::default(),
                Some("Connection refused"),
            ),
            (Some("SSL_ERROR"), Connection::default(), Some("SSL error")),
            (None, missing(), Some("no key here")),
            // The server has what this process has not.
            (Some("ok"), missing(), None),
            (Some("SSL_ERROR"), missing(), Some("SSL error")),
            (Some("ok"), lost(), Some("no key anywhere")),
            (Some("ok"), unreachable(), Some("no way")),
        ] {
            let api = api(last_connection, connection.clone());
            assert_eq!(api.problem.as_deref(), problem, "{last_connection:?} {connection:?}");
            assert_eq!(api.badge == Badge::Error, problem.is_some());
        }
    }
}
