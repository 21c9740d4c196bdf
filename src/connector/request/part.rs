//! Parts of a body of `multipart/form-data` that say more than their content: a media type, and headers (RFC 7578,
//! section 4).

use http::{HeaderName, header};

use super::{Request, is_literal};
use crate::connector::document::PlaceName;
use crate::connector::headers;
use crate::connector::model::PartTemplate;
use crate::connector::secret::carries_secret;
use crate::document::Node;
use crate::template::ValueTemplate;

/// Headers that follow from the part itself.
const OWNED: [HeaderName; 2] = [header::CONTENT_DISPOSITION, header::CONTENT_LENGTH];

/// What no part of a form has: its content is never encoded (RFC 7578, section 4.7).
const ENCODING: &str = "content-transfer-encoding";

impl Request<'_> {
    /// What the inputs that are parts say about them.
    pub(super) fn parts(&mut self) -> Vec<PartTemplate> {
        let arguments = self.arguments;
        let placed = arguments
            .list
            .iter()
            .filter(|argument| argument.place == Some(PlaceName::Body));
        let mut parts = Vec::new();
        for argument in placed {
            let headers = argument.headers.as_ref();
            let headers = headers.map_or_else(Vec::new, |node| self.part_headers(node));
            if argument.media_type.is_some() || !headers.is_empty() {
                parts.push(PartTemplate {
                    name: argument.sent_as.clone(),
                    media_type: argument.media_type.clone(),
                    headers,
                });
            }
        }
        parts
    }

    fn part_headers(&mut self, node: &Node) -> Vec<(String, ValueTemplate)> {
        let mut templates: Vec<(String, ValueTemplate)> = Vec::new();
        for member in node.members() {
            let span = member.key_span.clone();
            let Ok(name) = HeaderName::from_bytes(member.key.as_bytes()) else {
                let message = format!("`{}` cannot be the name of a header", member.key);
                self.refuse("bad-header", span, message);
                continue;
            };
            let refusal = if name == header::CONTENT_TYPE {
                Some(("is that of the part", "write media_type = \"...\" beside `headers`"))
            } else if OWNED.contains(&name) || name == ENCODING {
                Some(("follows from the part", "remove it"))
            } else if templates.iter().any(|(other, _)| name == other.as_str()) {
                Some(("is written twice", "remove one of the two"))
            } else {
                None
            };
            if let Some((reason, help)) = refusal {
                let message = format!("the header `{}` {reason}", member.key);
                self.refuse_with_help("bad-header", span, message, help);
                continue;
            }
            if is_literal(&member.value) {
                if carries_secret(name.as_str()) {
                    self.literal_secret(&member.key, &member.value);
                }
                if headers::literal_value(self.scope, &member.value).is_none() {
                    self.sound = false;
                    continue;
                }
            }
            if let Some(template) = self.template(&member.value) {
                templates.push((member.key.clone(), template));
            }
        }
        templates
    }
}
