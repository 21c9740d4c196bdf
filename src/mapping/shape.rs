//! Deriving the schema of a mapping's result from its syntax and the schema of the response.
//!
//! Errs on the side of saying less: a client refuses a result that breaks its tool's schema, so whatever is not
//! certain becomes the schema `{}`, which allows everything.

use jmespath::ast::Ast;
use serde_json::{Map, Value, json};

use super::RESULT_KEY;

/// What is known about a value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shape {
    /// Its schema when it is not null; `{}` when nothing is known.
    schema: Value,
    /// Whether it may be null as well.
    nullable: bool,
}

impl Shape {
    /// A response of the given schema, or of any kind. Its references are already resolved.
    pub(super) fn of_response(schema: &Value) -> Self {
        Self {
            nullable: false,
            ..Self::read(schema)
        }
    }

    /// An object with these members.
    pub(super) fn object(members: impl IntoIterator<Item = (String, Shape)>) -> Self {
        let properties: Map<_, _> = members
            .into_iter()
            .map(|(key, member)| (key, member.into_schema()))
            .collect();
        Self::certain(json!({"type": "object", "properties": properties}))
    }

    fn unknown() -> Self {
        Self {
            schema: json!({}),
            nullable: true,
        }
    }

    fn certain(schema: Value) -> Self {
        Self {
            schema,
            nullable: false,
        }
    }

    fn array(items: Shape) -> Self {
        Self::certain(json!({"type": "array", "items": items.into_schema()}))
    }

    fn or_null(self, nullable: bool) -> Self {
        Self {
            nullable: self.nullable || nullable,
            ..self
        }
    }

    /// Reads a schema, moving `null` out of its types.
    fn read(schema: &Value) -> Self {
        let Value::Object(members) = schema else {
            return Self::unknown();
        };
        match members.get("type") {
            Some(Value::String(name)) if name != "null" => Self::certain(schema.clone()),
            Some(Value::Array(names)) if names.len() > 1 => {
                let rest: Vec<_> = names.iter().filter(|name| *name != "null").cloned().collect();
                let nullable = rest.len() < names.len();
                let mut members = members.clone();
                let kind = if let [only] = rest.as_slice() {
                    only.clone()
                } else {
                    Value::Array(rest)
                };
                members.insert("type".to_owned(), kind);
                if let Some(Value::Array(values)) = members.get_mut("enum") {
                    values.retain(|value| !value.is_null());
                }
                Self {
                    schema: Value::Object(members),
                    nullable,
                }
            }
            _ => Self {
                schema: schema.clone(),
                nullable: true,
            },
        }
    }

    /// The schema with null allowed again.
    fn into_schema(self) -> Value {
        match self.schema {
            Value::Object(members) if self.nullable && members.contains_key("const") => json!({}),
            Value::Object(mut members) if self.nullable && !members.is_empty() => {
                let Some(kind) = members.remove("type") else {
                    // Composed schemas: null is one alternative more.
                    return json!({"anyOf": [members, {"type": "null"}]});
                };
                let mut kinds = if let Value::Array(kinds) = kind {
                    kinds
                } else {
                    vec![kind]
                };
                kinds.push(Value::from("null"));
                members.insert("type".to_owned(), Value::Array(kinds));
                if let Some(Value::Array(values)) = members.get_mut("enum") {
                    values.push(Value::Null);
                }
                Value::Object(members)
            }
            schema => schema,
        }
    }

    fn is(&self, kind: &str) -> bool {
        self.schema.get("type").is_some_and(|name| name == kind)
    }

    fn member(&self, key: &str) -> Self {
        // Holds without `"type": "object"` too: what is no object has no members, which gives null.
        let found = self.schema.get("properties").and_then(|properties| properties.get(key));
        found.map_or_else(Self::unknown, Self::read).or_null(true)
    }

    fn items(&self) -> Self {
        let uniform = self.schema.get("prefixItems").is_none();
        let found = self.schema.get("items").filter(|_| uniform);
        found.map_or_else(Self::unknown, Self::read)
    }

    /// The same shape without null, as the elements of a projection are.
    fn present(self) -> Self {
        Self {
            nullable: false,
            ..self
        }
    }
}

/// The schema of `shape` when its type is certain. An object's null is left out: `structure` makes an object of it, which
/// has to fit as well.
pub(super) fn definite(shape: Shape) -> Option<Value> {
    shape.schema.get("type")?.as_str()?;
    Some(match shape.schema {
        Value::Object(members) if shape.nullable && members.get("type").is_some_and(|kind| kind == "object") => {
            or_result(members)
        }
        _ if shape.is("object") => shape.schema,
        _ => shape.into_schema(),
    })
}

/// The schema of an object without what an object of nothing but [`RESULT_KEY`] would break.
fn or_result(mut members: Map<String, Value>) -> Value {
    const KEPT: [&str; 5] = ["type", "title", "description", "properties", "$defs"];
    members.retain(|keyword, _| KEPT.contains(&keyword.as_str()));
    if let Some(Value::Object(properties)) = members.get_mut("properties") {
        properties.shift_remove(RESULT_KEY);
    }
    Value::Object(members)
}

/// The shape of what `syntax` makes of `input`.
pub(super) fn of(syntax: &Ast, input: &Shape) -> Shape {
    match syntax {
        Ast::Identity { .. } => input.clone(),
        Ast::Field { name, .. } => input.member(name),
        Ast::Subexpr { lhs, rhs, .. } => of(rhs, &of(lhs, input)),
        Ast::Index { .. } => input.items().or_null(true),
        Ast::Slice { .. } => Shape::array(input.items()).or_null(true),
        Ast::Projection { lhs, rhs, .. } => {
            let list = of(lhs, input);
            Shape::array(of(rhs, &list.items()).present()).or_null(list.nullable || !list.is("array"))
        }
        Ast::Flatten { node, .. } => {
            let list = of(node, input);
            let nullable = list.nullable || !list.is("array");
            let outer = list.items();
            let inner = if outer.is("array") && !outer.nullable {
                outer.items()
            } else if outer
                .schema
                .get("type")
                .is_some_and(|kind| kind.is_string() && kind != "array")
            {
                outer
            } else {
                Shape::unknown()
            };
            Shape::array(inner).or_null(nullable)
        }
        Ast::ObjectValues { .. } => Shape::array(Shape::unknown()).or_null(true),
        Ast::Condition { then, .. } => of(then, input).or_null(true),
        Ast::MultiHash { elements, .. } => {
            // Members are computed of an input that is there: with null, the whole object is null.
            let there = input.clone().present();
            let members = elements
                .iter()
                .map(|element| (element.key.clone(), of(&element.value, &there)));
            Shape::object(members).or_null(input.nullable)
        }
        Ast::MultiList { .. } => Shape::array(Shape::unknown()).or_null(input.nullable),
        Ast::Literal { value, .. } => of_literal(value),
        Ast::Not { .. } => Shape::certain(json!({"type": "boolean"})),
        Ast::Comparison { .. } => Shape::certain(json!({"type": "boolean"})).or_null(true),
        Ast::Function { name, .. } => of_call(name),
        // Which side is returned depends on the values; an empty left side is falsy in more ways than null.
        Ast::And { .. } | Ast::Or { .. } | Ast::Expref { .. } => Shape::unknown(),
    }
}

fn of_literal(value: &jmespath::Variable) -> Shape {
    match value.get_type().to_string().as_str() {
        kind @ ("string" | "number" | "boolean") => Shape::certain(json!({"type": kind})),
        _ => Shape::unknown(),
    }
}

fn of_call(name: &str) -> Shape {
    let kind = match name {
        "abs" | "avg" | "ceil" | "floor" | "length" | "sum" => "number",
        "contains" | "ends_with" | "starts_with" => "boolean",
        "join" | "to_string" | "type" => "string",
        "keys" => return Shape::array(Shape::certain(json!({"type": "string"}))),
        "map" | "sort" | "sort_by" | "to_array" | "values" => return Shape::array(Shape::unknown()),
        "merge" => "object",
        // What the others return depends on the values; `to_number` reads any JSON text.
        _ => return Shape::unknown(),
    };
    Shape::certain(json!({"type": kind}))
}
