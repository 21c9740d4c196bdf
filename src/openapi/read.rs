//! Texts to trees, and which version of the specification a tree follows.

use serde_json::Value;

use super::repeated::Repeated;
use super::{json, yaml};

/// How deeply values may be nested. The JSON parser stops at the same depth by itself.
pub(super) const DEEPEST_NESTING: usize = 127;

/// Why a text is no OpenAPI document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The text cannot be parsed.
    #[error("not valid {notation}: line {line}, column {column}: {problem}")]
    Syntax {
        /// What it was read as.
        notation: &'static str,
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// What the parser says.
        problem: String,
    },
    /// It is something else, or a version that is not known.
    #[error("{problem}; a document begins with `openapi: 3.x` or `swagger: \"2.0\"`")]
    NotOpenApi {
        /// What it is instead.
        problem: String,
    },
    /// A reference is marked as only the importer marks its own.
    #[error("the reference `{reference}` at {pointer} begins with the character U+0000, as no reference does")]
    BadReference {
        /// The reference.
        reference: String,
        /// Where it stands, a JSON Pointer.
        pointer: String,
    },
    /// There is nothing to import in it.
    #[error("the document describes no operation: it has no `paths`")]
    NoPaths,
}

/// A version of the specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// Swagger 2.0.
    Two,
    /// `OpenAPI` 3.0.
    Three,
    /// `OpenAPI` 3.1.
    ThreeOne,
    /// `OpenAPI` 3.2.
    ThreeTwo,
}

/// Reads JSON or YAML, whichever `text` is, and the keys that it holds twice.
pub(super) fn tree(text: &str) -> Result<(Value, Repeated), ReadError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if !text.trim_start().starts_with(['{', '[']) {
        return yaml::parse(text);
    }
    json::parse(text).or_else(|error| {
        // YAML in flow style begins alike; what is neither is told as JSON.
        yaml::parse(text).map_err(|_| ReadError::Syntax {
            notation: "JSON",
            line: error.line(),
            column: error.column(),
            problem: error
                .to_string()
                .split(" at line ")
                .next()
                .unwrap_or_default()
                .to_owned(),
        })
    })
}

/// The version that `root` names. `openapi: 3.0` without quotes is a number in YAML.
pub(super) fn version(root: &Value) -> Result<Version, ReadError> {
    let other = |problem: String| ReadError::NotOpenApi { problem };
    let Value::Object(members) = root else {
        return Err(other("this is not a document with keys and values".to_owned()));
    };
    let written = |key: &str| {
        members.get(key).map(|version| match version {
            Value::String(text) => text.clone(),
            version => version.to_string(),
        })
    };
    if let Some(version) = written("openapi") {
        let mut numbers = version.trim().split('.');
        return match (numbers.next(), numbers.next()) {
            (Some("3"), Some("0") | None) => Ok(Version::Three),
            (Some("3"), Some("1")) => Ok(Version::ThreeOne),
            (Some("3"), Some("2")) => Ok(Version::ThreeTwo),
            (Some("2"), _) => Ok(Version::Two),
            _ => Err(other(format!("OpenAPI {version} is not a version that can be read"))),
        };
    }
    if let Some(version) = written("swagger") {
        return match version.trim() {
            "2" | "2.0" => Ok(Version::Two),
            _ => Err(other(format!("Swagger {version} is not a version that can be read"))),
        };
    }
    if let Some(version) = written("asyncapi") {
        return Err(other(format!(
            "this is AsyncAPI {version}: it describes messages, not requests"
        )));
    }
    let kinds = [
        (
            "swaggerVersion",
            "this is Swagger 1, which is split over several documents",
        ),
        ("arazzo", "this is Arazzo: it describes workflows over other documents"),
        ("overlay", "this is an overlay: it changes another document"),
        ("$schema", "this is a JSON Schema"),
        ("paths", "the document does not say which version of OpenAPI it follows"),
    ];
    let kind = kinds.iter().find(|(key, _)| members.contains_key(*key));
    Err(other(
        kind.map_or("this is not an OpenAPI document", |(_, problem)| problem)
            .to_owned(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_is_known_however_it_is_written() {
        for (text, expected) in [
            (r#"{"swagger": "2.0"}"#, Version::Two),
            ("swagger: 2.0", Version::Two),
            ("openapi: 3.0.3", Version::Three),
            ("openapi: 3.0", Version::Three),
            ("\u{feff}openapi: '3.1.0'", Version::ThreeOne),
            ("openapi: 3.2.0", Version::ThreeTwo),
            ("{openapi: 3.1.1, paths: {}}", Version::ThreeOne),
        ] {
            assert_eq!(version(&tree(text).unwrap().0), Ok(expected), "{text}");
        }
    }

    #[test]
    fn everything_else_is_refused_in_words() {
        for (text, part) in [
            ("asyncapi: 3.0.0", "AsyncAPI 3.0.0"),
            ("openapi: 4.0.0", "OpenAPI 4.0.0"),
            ("swagger: '1.2'", "Swagger 1.2"),
            ("swaggerVersion: '1.2'", "Swagger 1"),
            ("[1]", "keys and values"),
            ("hello", "keys and values"),
            ("", "keys and values"),
            ("a: 1", "not an OpenAPI document"),
            ("paths: {}", "which version"),
        ] {
            let error = version(&tree(text).unwrap().0).unwrap_err().to_string();
            assert!(
                error.contains(part) && error.contains("`openapi: 3.x`"),
                "{text}: {error}"
            );
        }
        let error = tree("{\"a\": 1,\n \"b\" 2}").unwrap_err().to_string();
        assert!(error.starts_with("not valid JSON: line 2, column 6"), "{error}");
    }
}
