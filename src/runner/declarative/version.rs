//! Pinned versions: an API that answers in another version than the one asked for (contract S3-27).

use crate::connector::model::Connector;
use crate::egress::UpstreamResponse;

/// A pinned version that the API did not follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionDrift {
    /// Name of the header on both sides.
    pub header: String,
    /// What every request asks for.
    pub asked: String,
    /// What the API said it used.
    pub answered: String,
}

/// The first of the connector's version headers, e.g. `Stripe-Version`, that `response` answers with another value.
#[must_use]
pub fn version_drift(connector: &Connector, response: &UpstreamResponse) -> Option<VersionDrift> {
    let versions = connector
        .connection
        .headers
        .iter()
        .filter(|(name, _)| name.as_str().contains("version"));
    versions
        .filter_map(|(name, asked)| Some((name, asked, response.headers.get(name)?)))
        .find_map(|(name, asked, answered)| {
            (asked != answered).then(|| VersionDrift {
                header: name.to_string(),
                asked: String::from_utf8_lossy(asked.as_bytes()).into_owned(),
                answered: String::from_utf8_lossy(answered.as_bytes()).into_owned(),
            })
        })
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    #[test]
    fn an_answer_in_another_version_is_noticed() {
        let settings = "[connection]\nbase_url = \"https://api.example.com\"\n\
                        headers = { Stripe-Version = \"2024-06-20\", X-Team = \"a\" }";
        let (connector, _) = fixture::connector(settings, "method = \"GET\"\npath = \"/\"");
        let cases = [
            (None, None),
            (Some(("stripe-version", "2024-06-20")), None),
            (Some(("x-team", "b")), None),
            (Some(("stripe-version", "2023-01-01")), Some("2023-01-01")),
        ];
        for (header, expected) in cases {
            let mut response = fixture::response(200, "application/json", "{}");
            if let Some((name, value)) = header {
                response.headers.insert(name, value.parse().unwrap());
            }
            let drift = version_drift(&connector, &response);
            assert_eq!(drift.as_ref().map(|drift| drift.answered.as_str()), expected);
            assert!(drift.is_none_or(|drift| drift.asked == "2024-06-20"));
        }
    }
}
