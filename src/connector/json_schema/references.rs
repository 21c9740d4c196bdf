//! References (`$ref`) replaced by what they lead to.

use serde_json::{Map, Value};

use super::{NAMED_SCHEMAS, Problem, SCHEMA, SCHEMAS, expand, is_type_name, tidy};
use crate::document::{Kind, Node};
use crate::schema::pointer_segment;

/// How many schemas one schema may grow to: references to references can double with every step.
const MOST_SCHEMAS: usize = 5_000;

/// Puts schemas in place of references into one file.
pub(in crate::connector) struct Resolver<'a> {
    root: &'a Node,
}

impl<'a> Resolver<'a> {
    /// References are looked up in the file with this root.
    pub(in crate::connector) fn new(root: &'a Node) -> Self {
        Self { root }
    }

    /// The schema that `written` stands for, without references.
    ///
    /// # Errors
    /// The first reference that leads nowhere, or round and round.
    pub(in crate::connector) fn resolve(&self, written: &Value) -> Result<Value, Problem> {
        let own = Own {
            document: expand(written),
            reached_by: String::new(),
        };
        let mut walk = Walk {
            resolver: self,
            trail: Vec::new(),
            schemas: 0,
        };
        walk.schema(&own.document, &own, "")
    }

    /// The value that a pointer leads to from the file's root (contract S1-63). Keys may be written as in the file.
    fn look_up(&self, pointer: &str) -> Option<Value> {
        let mut node = self.root;
        for (index, segment) in pointer.split('/').skip(1).enumerate() {
            let segment = segment.replace("~1", "/").replace("~0", "~");
            if index == 0 && segment == "custom_api" && node.get("custom_api").is_none() {
                continue;
            }
            node = match &node.kind {
                Kind::Table(members) => {
                    &members
                        .iter()
                        .find(|member| member.key == segment || member.written == segment)?
                        .value
                }
                Kind::List(items) => items.get(segment.parse::<usize>().ok()?)?,
                _ => return None,
            };
        }
        Some(node.to_json())
    }
}

struct Walk<'a> {
    resolver: &'a Resolver<'a>,
    /// References that are being followed.
    trail: Vec<String>,
    schemas: usize,
}

/// A schema document, the scope of references such as `#/$defs/name`.
struct Own {
    document: Value,
    /// The reference that led to it, empty for the outermost.
    reached_by: String,
}

impl Walk<'_> {
    /// `schema`, which stands at `pointer` of a schema document `own`, without references.
    fn schema(&mut self, schema: &Value, own: &Own, pointer: &str) -> Result<Value, Problem> {
        self.schemas += 1;
        if self.schemas > MOST_SCHEMAS {
            let message = format!("with its references this schema grows to more than {MOST_SCHEMAS} schemas");
            return Err(Problem {
                pointer: pointer.to_owned(),
                message,
            });
        }
        let keywords = match schema {
            Value::Object(keywords) => keywords,
            Value::String(name) if is_type_name(name) => return Ok(expand(schema)),
            other => return Ok(other.clone()),
        };
        if let Some(reference) = keywords.get("$ref") {
            return self.reference(reference, keywords, own, pointer);
        }
        let mut complete = Map::with_capacity(keywords.len());
        for (keyword, value) in keywords {
            let name = keyword.as_str();
            let place = format!("{pointer}{}", pointer_segment(name));
            let value = match value {
                Value::Object(named) if NAMED_SCHEMAS.contains(&name) => {
                    let mut schemas = Map::with_capacity(named.len());
                    for (key, value) in named {
                        schemas.insert(
                            key.clone(),
                            self.schema(value, own, &format!("{place}{}", pointer_segment(key)))?,
                        );
                    }
                    Value::Object(schemas)
                }
                Value::Array(list) if SCHEMAS.contains(&name) || name == "items" => {
                    let schemas = list
                        .iter()
                        .enumerate()
                        .map(|(index, item)| self.schema(item, own, &format!("{place}/{index}")));
                    Value::Array(schemas.collect::<Result<_, _>>()?)
                }
                value if SCHEMA.contains(&name) => self.schema(value, own, &place)?,
                _ if name == "$defs" || name == "definitions" => continue,
                other => other.clone(),
            };
            complete.insert(keyword.clone(), value);
        }
        tidy(&mut complete);
        Ok(Value::Object(complete))
    }

    fn reference(
        &mut self,
        reference: &Value,
        keywords: &Map<String, Value>,
        own: &Own,
        pointer: &str,
    ) -> Result<Value, Problem> {
        let problem = |message: String| Problem {
            pointer: format!("{pointer}/$ref"),
            message,
        };
        let Some(written) = reference.as_str() else {
            return Err(problem("`$ref` must be text".to_owned()));
        };
        let Some(path) = written.strip_prefix('#') else {
            let advice = "only references such as `#/actions/0/response_schema` are followed";
            return Err(problem(format!("`{written}` leads out of this file; {advice}")));
        };
        let is_local = path.starts_with("/$defs/") || path.starts_with("/definitions/");
        let local = own.document.pointer(path).filter(|_| is_local);
        let step = if local.is_some() {
            format!("{} {written}", own.reached_by)
        } else {
            written.to_owned()
        };
        if path.is_empty() || self.trail.contains(&step) {
            let advice = "describe the inner value as `{}`, which accepts anything";
            return Err(problem(format!("`{written}` leads back to itself; {advice}")));
        }
        let target = match local {
            Some(target) => expand(target),
            None => match self.resolver.look_up(path).filter(|_| path.starts_with('/')) {
                Some(target) => expand(&target),
                None => return Err(problem(format!("`{written}` leads nowhere in this file"))),
            },
        };
        if !target.is_object() && !target.is_boolean() {
            return Err(problem(format!("`{written}` leads to something that is not a schema")));
        }
        self.trail.push(step);
        // Places within the target are not places within this schema: blame the reference.
        let resolved = if local.is_some() {
            self.schema(&target, own, "")
        } else {
            let target_own = Own {
                document: target.clone(),
                reached_by: written.to_owned(),
            };
            self.schema(&target, &target_own, "")
        };
        self.trail.pop();
        let resolved = resolved.map_err(|inner| problem(inner.message))?;
        let mut beside = keywords.clone();
        beside.shift_remove("$ref");
        match (resolved, self.schema(&Value::Object(beside), own, pointer)?) {
            (Value::Object(mut schema), Value::Object(beside)) => {
                schema.extend(beside);
                Ok(Value::Object(schema))
            }
            (other, _) => Ok(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;

    use super::*;
    use crate::diagnostics::Source;
    use crate::document::{Format, parse};

    /// Resolves `schema` in a connector whose first action has a response schema with a name.
    fn resolve(schema: &Value) -> Result<Value, String> {
        let text = json!({"endpoints": [
            {"response_schema": {"type": "object", "properties": {"name": {"type": "string"}, "tags": {"type": "array"}}}},
            {"response_schema": {"$ref": "#/endpoints/2/response_schema"}},
            {"response_schema": {"items": {"$ref": "#/endpoints/1/response_schema"}}},
            {"response_schema": {"id": "integer"}},
            {"a/b": {"type": "null"}},
        ], "name": "x"})
        .to_string();
        let source = Source::new(Path::new("a.json"), &text);
        let mut root = parse(&source, Format::Json).unwrap_or_else(|_| unreachable!());
        crate::connector::spelling::connector(&source, &mut root);
        Resolver::new(&root)
            .resolve(schema)
            .map_err(|problem| format!("{}: {}", problem.pointer, problem.message))
    }

    #[test]
    fn references_are_replaced_by_what_they_lead_to() {
        let customer = json!({"type": "object", "properties":
            {"name": {"type": "string"}, "tags": {"type": "array", "items": {}}}});
        for (written, expected) in [
            (json!({"$ref": "#/endpoints/0/response_schema"}), customer.clone()),
            (json!({"$ref": "#/actions/0/response_schema"}), customer.clone()),
            (
                json!({"$ref": "#/custom_api/endpoints/0/response_schema"}),
                customer.clone(),
            ),
            (
                json!({"type": "array", "items": {"$ref": "#/endpoints/0/response_schema"}}),
                json!({"type": "array", "items": customer}),
            ),
            (
                json!({"$ref": "#/endpoints/0/response_schema/properties/name", "description": "d"}),
                json!({"type": "string", "description": "d"}),
            ),
            (
                json!({"$ref": "#/endpoints/3/response_schema"}),
                json!({"type": "object", "properties": {"id": {"type": "integer"}}}),
            ),
            (json!({"$ref": "#/endpoints/4/a~1b"}), json!({"type": "null"})),
            (
                json!({"$ref": "#/$defs/id", "$defs": {"id": {"type": "string"}}}),
                json!({"type": "string"}),
            ),
            (
                json!({"const": {"$ref": "#/nowhere"}}),
                json!({"const": {"$ref": "#/nowhere"}}),
            ),
            (
                json!({"properties": {"$ref": {"type": "string"}}}),
                json!({"properties": {"$ref": {"type": "string"}}}),
            ),
        ] {
            assert_eq!(resolve(&written), Ok(expected), "{written}");
        }
    }

    #[test]
    fn references_that_cannot_be_followed() {
        for (written, pointer, part) in [
            (
                json!({"items": {"$ref": "#/endpoints/9/response_schema"}}),
                "/items/$ref",
                "leads nowhere",
            ),
            (
                json!({"$ref": "#/endpoints/1/response_schema"}),
                "/$ref",
                "leads back to itself",
            ),
            (
                json!({"properties": {"child": {"$ref": "#"}}}),
                "/properties/child/$ref",
                "leads back to itself",
            ),
            (
                json!({"$ref": "#/$defs/a", "$defs": {"a": {"items": {"$ref": "#/$defs/a"}}}}),
                "/$ref",
                "leads back to itself",
            ),
            (
                json!({"$ref": "https://example.com/schema"}),
                "/$ref",
                "leads out of this file",
            ),
            (json!({"$ref": "#/name"}), "/$ref", "not a schema"),
            (json!({"$ref": 3}), "/$ref", "must be text"),
        ] {
            let error = resolve(&written).unwrap_err();
            assert!(
                error.starts_with(&format!("{pointer}: ")) && error.contains(part),
                "{written}: {error}"
            );
        }
    }

    #[test]
    fn references_that_double_with_every_step_are_stopped() {
        let mut definitions = Map::new();
        for level in 0..30 {
            let next = json!({"$ref": format!("#/$defs/level{}", level + 1)});
            definitions.insert(format!("level{level}"), json!({"allOf": [next.clone(), next]}));
        }
        definitions.insert("level30".to_owned(), json!({"type": "string"}));
        let error = resolve(&json!({"$ref": "#/$defs/level0", "$defs": definitions})).unwrap_err();
        assert!(error.contains("grows to more than"), "{error}");
    }
}
