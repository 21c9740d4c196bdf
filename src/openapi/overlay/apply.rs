//! Changing a tree where a path leads.

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use serde_json_path::{JsonPath, NormalizedPath};

use super::{Change, MOST_ADDED_VALUES, Room};
use crate::openapi::read::DEEPEST_NESTING;

/// Changes every value in `root` that `target` fits, and says how many those are.
///
/// # Errors
/// Why that cannot be done, in words.
pub(super) fn apply(root: &mut Value, target: &JsonPath, change: &Change, left: &mut Room) -> Result<usize, String> {
    let locations = locations(root, target);
    match change {
        Change::Remove => remove(root, &locations)?,
        Change::Update(update) => merge_everywhere(root, &locations, update, left)?,
        Change::Copy(source) => {
            let found = source.query(root).all();
            let [only] = found.as_slice() else {
                return Err(format!("`{source}` fits {} values; one is copied", found.len()));
            };
            let copied = (*only).clone();
            merge_everywhere(root, &locations, &copied, left)?;
        }
    }
    Ok(locations.len())
}

/// Where `target` leads as JSON Pointers (RFC 6901), each place once, what holds others before them.
fn locations(root: &Value, target: &JsonPath) -> Vec<String> {
    let found = target.query_located(root);
    let mut all: Vec<String> = found.locations().map(NormalizedPath::to_json_pointer).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Takes values out, all those of one table or list at once: one by one would move what is left each time.
fn remove(root: &mut Value, locations: &[String]) -> Result<(), String> {
    let mut by_parent: HashMap<&str, HashSet<String>> = HashMap::new();
    for location in locations {
        let Some((parent, last)) = location.rsplit_once('/') else {
            return Err("the whole description cannot be removed".to_owned());
        };
        let name = last.replace("~1", "/").replace("~0", "~");
        by_parent.entry(parent).or_default().insert(name);
    }
    // Innermost first: positions in a list change when something is taken out of it.
    let mut parents: Vec<(&str, HashSet<String>)> = by_parent.into_iter().collect();
    parents.sort_by_key(|(parent, _)| std::cmp::Reverse(depth(parent)));
    for (parent, removed) in parents {
        match root.pointer_mut(parent) {
            Some(Value::Object(members)) => members.retain(|name, _| !removed.contains(name)),
            Some(Value::Array(items)) => {
                let mut index = 0_usize;
                items.retain(|_| {
                    let is_kept = !removed.contains(&index.to_string());
                    index += 1;
                    is_kept
                });
            }
            _ => {}
        }
        // What is required of a schema and not described would be offered all the same.
        let of_schema = parent
            .strip_suffix("/properties")
            .map(|schema| format!("{schema}/required"));
        if let Some(Value::Array(required)) = of_schema.and_then(|required| root.pointer_mut(&required)) {
            required.retain(|name| name.as_str().is_none_or(|name| !removed.contains(name)));
        }
    }
    Ok(())
}

/// How many steps lead to a place.
fn depth(location: &str) -> usize {
    location.matches('/').count()
}

fn merge_everywhere(root: &mut Value, locations: &[String], update: &Value, left: &mut Room) -> Result<(), String> {
    let (values, levels) = size(update);
    let added = values.saturating_mul(locations.len());
    left.0 = left.0.checked_sub(added).ok_or_else(|| {
        format!("overlays would put more than {MOST_ADDED_VALUES} values into the description: let the target fit less")
    })?;
    for location in locations {
        if depth(location) + levels > DEEPEST_NESTING {
            return Err(format!(
                "values would be nested more than {DEEPEST_NESTING} levels deep"
            ));
        }
        // An update before this one may have replaced what was here.
        let Some(target) = root.pointer_mut(location) else {
            continue;
        };
        match (target, update) {
            (Value::Array(items), Value::Array(more)) => items.extend(more.iter().cloned()),
            (Value::Array(items), one) => items.push(one.clone()),
            (Value::Object(_), update) if !update.is_object() => {
                return Err(format!("`{location}` is a table, and what it is updated with is not"));
            }
            (target, update) => merge(target, update),
        }
    }
    Ok(())
}

/// Tables are merged, lists appended, everything else replaced.
fn merge(target: &mut Value, update: &Value) {
    match (target, update) {
        (Value::Object(members), Value::Object(update)) => {
            for (name, value) in update {
                match members.get_mut(name) {
                    Some(member) => merge(member, value),
                    None => {
                        members.insert(name.clone(), value.clone());
                    }
                }
            }
        }
        (Value::Array(items), Value::Array(more)) => items.extend(more.iter().cloned()),
        (target, update) => *target = update.clone(),
    }
}

/// How many values a tree holds, and on how many levels.
fn size(value: &Value) -> (usize, usize) {
    let of_all = |sizes: &mut dyn Iterator<Item = (usize, usize)>| {
        let (values, levels) = sizes.fold((0, 0), |(values, levels), (more, deep)| {
            (values + more, deep.max(levels))
        });
        (values + 1, levels + 1)
    };
    match value {
        Value::Array(items) => of_all(&mut items.iter().map(size)),
        Value::Object(members) => of_all(&mut members.values().map(size)),
        _ => (1, 0),
    }
}
