//! Bodies of several parts (RFC 7578), and bodies that are one file.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;
use http::HeaderValue;
use serde_json::{Map, Value};

use super::{PrepareError, header_value, render_header};
use crate::connector::model::PartTemplate;
use crate::crypto::sha256_hex;
use crate::template::text;

/// Agents write base64 with and without its padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What a file is when nobody says it.
const UNKNOWN_TYPE: &str = "application/octet-stream";

/// What is said about the parts of one name.
pub(super) struct Said<'t> {
    name: &'t str,
    media_type: Option<&'t str>,
    headers: Vec<(&'t str, HeaderValue)>,
}

impl<'t> Said<'t> {
    /// What `part` says when it is sent with these arguments. A header whose argument is not given is left out.
    pub(super) fn of(part: &'t PartTemplate, arguments: &Map<String, Value>) -> Result<Self, PrepareError> {
        let mut headers = Vec::with_capacity(part.headers.len());
        for (name, template) in &part.headers {
            if let Some(value) = render_header(name, template, arguments)? {
                headers.push((name.as_str(), value));
            }
        }
        Ok(Self {
            name: &part.name,
            media_type: part.media_type.as_deref(),
            headers,
        })
    }

    /// Adds the headers to those of a part.
    fn append(&self, head: &mut String) {
        for (name, value) in &self.headers {
            head.push_str("\r\n");
            head.push_str(name);
            head.push_str(": ");
            // `render_header` lets visible ASCII through alone.
            head.push_str(value.to_str().unwrap_or_default());
        }
    }
}

/// One name and value of an input that has a style.
pub(super) struct Field<'r> {
    /// What the API calls the input.
    pub(super) of: &'r str,
    /// The field's own name, e.g. `filter[state]`.
    pub(super) name: String,
    /// Its value.
    pub(super) text: String,
}

/// A part, ready to be written.
struct Part {
    head: String,
    content: Vec<u8>,
}

/// The body of several parts that `value` becomes, followed by `texts`, and its boundary. Each item of a list is a part
/// of its own. `said` tells more about some, and `pointer_of` which argument a part comes from.
///
/// # Errors
/// A file whose content is not base64, or a media type that cannot be sent.
pub(super) fn body(
    value: &Value,
    said: &[Said<'_>],
    texts: Vec<Field<'_>>,
    pointer_of: &dyn Fn(&str) -> Option<String>,
) -> Result<(Bytes, String), PrepareError> {
    let Value::Object(members) = value else {
        return Err(PrepareError {
            pointer: None,
            message: "a body of several parts must be an object".to_owned(),
        });
    };
    let blamed = |name: &str, error: PrepareError| PrepareError {
        pointer: pointer_of(name),
        ..error
    };
    let mut parts = Vec::new();
    let said_of = |name: &str| said.iter().find(|said| said.name == name);
    for (name, value) in members {
        let said = said_of(name);
        match value {
            Value::Array(items) => {
                for item in items {
                    parts.extend(part(name, item, said).map_err(|error| blamed(name, error))?);
                }
            }
            value => parts.extend(part(name, value, said).map_err(|error| blamed(name, error))?),
        }
    }
    for field in texts {
        let mut head = head(&field.name);
        if let Some(said) = said_of(field.of) {
            if let Some(kind) = said.media_type {
                push_type(&mut head, kind)?;
            }
            said.append(&mut head);
        }
        parts.push(Part {
            head,
            content: field.text.into_bytes(),
        });
    }
    let boundary = boundary(&parts);
    let mut body = Vec::with_capacity(parts.iter().map(|part| part.content.len() + 200).sum());
    for part in parts {
        body.extend_from_slice(format!("--{boundary}\r\n{}\r\n\r\n", part.head).as_bytes());
        body.extend_from_slice(&part.content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    Ok((Bytes::from(body), boundary))
}

/// The content of the file that `value` is.
///
/// # Errors
/// When it is no file, or its content is not base64.
pub fn file_content(value: &Value) -> Result<Vec<u8>, PrepareError> {
    let encoded = value
        .get("base64")
        .and_then(Value::as_str)
        .ok_or_else(|| PrepareError {
            pointer: None,
            message: "a file must have its content in `base64`".to_owned(),
        })?;
    let compact: String = encoded.split_ascii_whitespace().collect();
    BASE64.decode(compact).map_err(|error| PrepareError {
        pointer: None,
        message: format!(
            "the content of a file is not base64: {}",
            error.to_string().to_lowercase()
        ),
    })
}

fn part(name: &str, value: &Value, said: Option<&Said<'_>>) -> Result<Option<Part>, PrepareError> {
    let mut head = head(name);
    let file = value.as_object().filter(|members| is_file(members));
    let (content, own_type) = match (file, value) {
        (Some(members), _) => {
            let of = |key: &str| members.get(key).and_then(Value::as_str);
            head.push_str("; filename=\"");
            head.push_str(&quoted(of("fileName").unwrap_or(name)));
            head.push('"');
            let kind = of("mimeType").filter(|kind| !kind.is_empty()).unwrap_or(UNKNOWN_TYPE);
            (file_content(value)?, Some(kind))
        }
        (None, Value::Object(_) | Value::Array(_)) => (value.to_string().into_bytes(), Some("application/json")),
        (None, value) => match text(value) {
            Some(text) => (text.into_owned().into_bytes(), None),
            None => return Ok(None),
        },
    };
    if let Some(kind) = said.and_then(|said| said.media_type).or(own_type) {
        push_type(&mut head, kind)?;
    }
    if let Some(said) = said {
        said.append(&mut head);
    }
    Ok(Some(Part { head, content }))
}

fn push_type(head: &mut String, kind: &str) -> Result<(), PrepareError> {
    if header_value(kind).is_none() {
        return Err(PrepareError {
            pointer: None,
            message: "the media type of a file holds a character that cannot be sent".to_owned(),
        });
    }
    head.push_str("\r\nContent-Type: ");
    head.push_str(kind);
    Ok(())
}

fn head(name: &str) -> String {
    format!("Content-Disposition: form-data; name=\"{}\"", quoted(name))
}

fn is_file(members: &Map<String, Value>) -> bool {
    members.contains_key("base64") && members.contains_key("fileName")
}

/// A name between quotes, as browsers write it (WHATWG HTML, "multipart/form-data encoding"): nothing in it can end the
/// quotes or the line.
fn quoted(name: &str) -> String {
    name.replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
        .replace(char::is_control, "_")
}

/// A text that no part holds. It follows from the parts, so that the same arguments make the same body every time.
fn boundary(parts: &[Part]) -> String {
    let mut seed = Vec::new();
    for part in parts {
        seed.extend_from_slice(sha256_hex(part.head.as_bytes()).as_bytes());
        seed.extend_from_slice(sha256_hex(&part.content).as_bytes());
    }
    let hash: String = sha256_hex(&seed).chars().take(32).collect();
    format!("toolgate-{hash}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn written(value: &Value, media_types: &[(&str, &str)]) -> Result<String, PrepareError> {
        let said: Vec<Said<'_>> = media_types
            .iter()
            .map(|(name, kind)| Said {
                name,
                media_type: Some(kind),
                headers: Vec::new(),
            })
            .collect();
        let field = Field {
            of: "n",
            name: "n[0]".to_owned(),
            text: "x".to_owned(),
        };
        let (body, boundary) = body(value, &said, vec![field], &|name| Some(format!("/its {name}")))?;
        Ok(String::from_utf8(body.to_vec()).unwrap().replace(&boundary, "B"))
    }

    #[test]
    fn parts_are_written_byte_for_byte() {
        let value = json!({"title": "Lamp", "count": 2, "tags": ["a", "b"], "none": null, "meta": {"x": 1},
            "file": {"fileName": "a\"\r\n.txt", "mimeType": "text/plain", "base64": "aGVs bG8"}});
        assert_eq!(
            written(&value, &[("title", "text/markdown")]).unwrap(),
            "--B\r\nContent-Disposition: form-data; name=\"title\"\r\nContent-Type: text/markdown\r\n\r\nLamp\r\n\
             --B\r\nContent-Disposition: form-data; name=\"count\"\r\n\r\n2\r\n\
             --B\r\nContent-Disposition: form-data; name=\"tags\"\r\n\r\na\r\n\
             --B\r\nContent-Disposition: form-data; name=\"tags\"\r\n\r\nb\r\n\
             --B\r\nContent-Disposition: form-data; name=\"meta\"\r\nContent-Type: application/json\r\n\r\n{\"x\":1}\r\n\
             --B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a%22%0D%0A.txt\"\r\nContent-Type: text/plain\r\n\r\nhello\r\n\
             --B\r\nContent-Disposition: form-data; name=\"n[0]\"\r\n\r\nx\r\n\
             --B--\r\n"
        );
        assert!(
            written(&json!({}), &[("n", "text/csv")])
                .unwrap()
                .contains("name=\"n[0]\"\r\nContent-Type: text/csv\r\n\r\nx\r\n")
        );
    }

    #[test]
    fn what_cannot_be_sent_blames_its_part() {
        let file = |kind: &str, content: &str| json!({"f": {"fileName": "a", "mimeType": kind, "base64": content}});
        for (value, part) in [
            (file("text/plain", "!"), "not base64"),
            (file("a\r\nX: y", ""), "media type"),
        ] {
            let error = written(&value, &[]).unwrap_err();
            assert_eq!(error.pointer.as_deref(), Some("/its f"));
            assert!(error.message.contains(part), "{}", error.message);
        }
    }

    #[test]
    fn the_same_parts_have_the_same_boundary_and_others_another() {
        let of = |value: Value| body(&value, &[], Vec::new(), &|_| None).unwrap().1;
        assert_eq!(of(json!({"a": "x"})), of(json!({"a": "x"})));
        assert_ne!(of(json!({"a": "x"})), of(json!({"a": "y"})));
    }
}
