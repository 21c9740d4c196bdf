//! Where a target leads that fits nothing, because a reference stands on its way.

use serde_json::Value;
use serde_json_path::JsonPath;

/// Most beginnings of a target that are looked at.
const MOST_BEGINNINGS: usize = 64;

/// What `reference`, which stands in the document that an overlay changes, leads to: the document when that is another
/// one, and the pointer within it. `None` for what cannot be read.
pub(in crate::openapi) type Leads<'l> = dyn Fn(&str) -> Option<(Option<String>, String)> + 'l;

/// What to write in place of `target`, as the end of a sentence, when a reference keeps it from fitting anything.
pub(super) fn advice(root: &Value, target: &str, leads: &Leads<'_>) -> Option<String> {
    for end in ends(target).into_iter().rev().take(MOST_BEGINNINGS) {
        let (beginning, rest) = target.split_at_checked(end)?;
        let Ok(path) = JsonPath::parse(beginning) else { continue };
        let Some(found) = path.query(root).first() else {
            continue;
        };
        // What is there and no reference has nothing that the rest fits.
        let (document, pointer) = leads(found.get("$ref")?.as_str()?)?;
        let place = format!("{}{rest}", as_path(&pointer));
        return Some(match document {
            None => format!("`{beginning}` is a reference, so write the target `{place}`"),
            Some(document) => format!(
                "`{beginning}` is a reference to `{document}`, so write the target `{place}` in an overlay of its own, \
                 with `extends: {document}`"
            ),
        });
    }
    None
}

/// Where the segments of a JSONPath begin, without the first.
fn ends(target: &str) -> Vec<usize> {
    let mut ends = Vec::new();
    let (mut depth, mut quote, mut is_escaped) = (0_usize, None, false);
    for (index, character) in target.char_indices() {
        match (quote, character) {
            (Some(_), _) if is_escaped => is_escaped = false,
            (Some(_), '\\') => is_escaped = true,
            (Some(open), close) if open == close => quote = None,
            (None, '\'' | '"') => quote = Some(character),
            (None, '[' | '(') => {
                if depth == 0 && index > 1 {
                    ends.push(index);
                }
                depth += 1;
            }
            (None, ']' | ')') => depth = depth.saturating_sub(1),
            (None, '.') if depth == 0 && index > 1 && !target[..index].ends_with('.') => ends.push(index),
            _ => {}
        }
    }
    ends
}

/// A JSON Pointer as a JSONPath.
fn as_path(pointer: &str) -> String {
    let mut path = "$".to_owned();
    for segment in pointer.split('/').skip(1) {
        let name = segment.replace("~1", "/").replace("~0", "~");
        let is_plain = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && name.chars().all(|one| one.is_ascii_alphanumeric() || one == '_');
        if is_plain {
            path.push('.');
            path.push_str(&name);
        } else {
            path.push_str("['");
            path.push_str(&name.replace('\\', "\\\\").replace('\'', "\\'"));
            path.push_str("']");
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_target_that_leads_through_a_reference_is_told_where_to_go() {
        let root = json!({"paths": {"/a.b": {"get": {"schema": {"$ref": "#/components/schemas/Pet"}}}},
            "components": {"schemas": {"Pet": {"$ref": "pet.yaml#/x/a~1b"}}}, "list": [{"$ref": "list.yaml"}]});
        let leads = |reference: &str| {
            let (document, pointer) = reference.split_once('#').unwrap_or((reference, ""));
            let document = (!document.is_empty()).then(|| document.to_owned());
            Some((document, pointer.to_owned()))
        };
        let found = |target: &str| advice(&root, target, &leads).unwrap_or_default();
        for (target, parts) in [
            (
                "$.paths['/a.b'].get.schema.properties.name",
                vec![
                    "`$.paths['/a.b'].get.schema` is a reference",
                    "`$.components.schemas.Pet.properties.name`",
                ],
            ),
            (
                "$.components.schemas.Pet.properties['x']",
                vec![
                    "reference to `pet.yaml`",
                    "`$.x['a/b'].properties['x']`",
                    "`extends: pet.yaml`",
                ],
            ),
            ("$.list[0].get", vec!["`$.list[0]`", "`$.get`"]),
            ("$.list[?@.x == '.'].get", vec![]),
            ("$.paths['/c'].get", vec![]),
            ("$..schema.nothing", vec!["`$.components.schemas.Pet.nothing`"]),
            ("$", vec![]),
        ] {
            let told = found(target);
            assert_eq!(told.is_empty(), parts.is_empty(), "{target}: {told}");
            for part in parts {
                assert!(told.contains(part), "{target}: {told}");
            }
        }
    }
}
