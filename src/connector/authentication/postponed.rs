//! Schemes that connectors may name and this version cannot do. One that it learns gets a file of its own and leaves this
//! list.

/// A scheme that this version cannot do.
pub(super) struct Postponed {
    pub(super) name: &'static str,
    /// Other spellings of that (ruling C-03), lowercase with `_` between words.
    pub(super) spellings: &'static [&'static str],
    /// Keys that say where a secret is kept.
    pub(super) secrets: &'static [&'static str],
    /// Keys whose values are no secrets.
    pub(super) harmless: &'static [&'static str],
}

pub(super) const ALL: [Postponed; 5] = [
    Postponed {
        name: "oauth2",
        spellings: &["oauth", "oauth_2", "oauth_2_0", "oauth2_0", "oauth_dcr"],
        secrets: &["client_id", "client_secret"],
        harmless: &["grant"],
    },
    Postponed {
        name: "service_account",
        spellings: &["serviceaccount"],
        secrets: &[],
        harmless: &[],
    },
    Postponed {
        name: "jwt",
        spellings: &[],
        secrets: &[],
        harmless: &[],
    },
    Postponed {
        name: "hmac",
        spellings: &[],
        secrets: &[],
        harmless: &[],
    },
    Postponed {
        name: "aws_sigv4",
        spellings: &["sigv4", "aws", "awssigv4"],
        secrets: &[],
        harmless: &[],
    },
];
