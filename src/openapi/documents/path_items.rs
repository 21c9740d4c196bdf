//! Path items that stand in documents of their own, put where a description refers to them: targets of overlays lead
//! through a description as its readers know it, and not through references.

use std::collections::HashMap;

use serde_json::Value;

use super::{Documents, LONGEST_CHAIN, Place, is_absolute, joined, moved};

impl Documents {
    /// Names of documents that are not here yet and hold path items, as [`Documents::missing`] names them.
    #[must_use]
    pub fn missing_paths(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (_, item) in self.root().get("paths").into_iter().flat_map(Place::members) {
            if let Some(name) = self.lacking(item).filter(|name| !found.contains(name)) {
                found.push(name);
            }
        }
        found
    }

    /// The document that is not here, of those that lead from `place` to what it refers to.
    fn lacking<'d>(&'d self, mut place: Place<'d>) -> Option<String> {
        for _ in 0..LONGEST_CHAIN {
            let reference = place.text("$ref")?;
            if let Ok(next) = self.follow(place.file, reference) {
                place = next;
                continue;
            }
            let path = reference.split('#').next().unwrap_or_default();
            let name = joined(&self.files.get(place.file)?.0, path);
            let is_here = self.index_of(&name).is_some();
            return (!path.is_empty() && !is_absolute(path) && !is_here).then_some(name);
        }
        None
    }

    /// The path items that hold something beside a reference, by their paths: put together with what they refer to, which
    /// has to be kept somewhere while operations of it are looked at.
    pub(in crate::openapi) fn joined_paths(&self) -> JoinedPaths {
        let items = self.root().get("paths").into_iter().flat_map(Place::members);
        let joined = items.filter_map(|(path, item)| Some((path.clone(), self.with_siblings(item)?)));
        JoinedPaths(joined.collect())
    }

    /// What `item` refers to, with what stands beside the references on the way, which counts for more; `None` where
    /// nothing does, or where they lead nowhere.
    fn with_siblings(&self, item: Place<'_>) -> Option<Value> {
        let mut way = Vec::new();
        let mut place = item;
        while let Some(reference) = place.text("$ref").filter(|_| way.len() < LONGEST_CHAIN) {
            way.push(place);
            place = self.follow(place.file, reference).ok()?;
        }
        let has_siblings = |one: &Place<'_>| one.members().count() > 1;
        if !way.iter().any(has_siblings) {
            return None;
        }
        let Value::Object(mut whole) = moved(place) else {
            return None;
        };
        for nearer in way.into_iter().rev() {
            if let Value::Object(members) = moved(nearer) {
                whole.extend(members.into_iter().filter(|(key, _)| key != "$ref"));
            }
        }
        Some(Value::Object(whole))
    }

    /// Puts path items of other documents in place of the references to them.
    pub fn bring_in_paths(&mut self) {
        let mut brought: Vec<(String, Value)> = Vec::new();
        for (path, item) in self.root().get("paths").into_iter().flat_map(Place::members) {
            let target = self.resolve(item).ok();
            if let Some(target) = target.filter(|target| target.file != 0 && target.value.is_object()) {
                let whole = self.with_siblings(item).unwrap_or_else(|| moved(target));
                brought.push((path.clone(), whole));
            }
        }
        let paths = self.files[0].1.get_mut("paths").and_then(Value::as_object_mut);
        if let Some(paths) = paths {
            paths.extend(brought);
        }
    }
}

/// Path items that hold something beside a reference, put together.
pub(in crate::openapi) struct JoinedPaths(HashMap<String, Value>);

impl JoinedPaths {
    /// The whole of the path item at `path`, which stands there as `written`.
    ///
    /// # Errors
    /// As [`Documents::resolve`].
    pub(in crate::openapi) fn resolve<'d>(
        &'d self,
        documents: &'d Documents,
        path: &str,
        written: Place<'d>,
    ) -> Result<Place<'d>, String> {
        match self.0.get(path) {
            Some(value) => Ok(Place { value, file: 0 }),
            None => documents.resolve(written),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn path_items_of_other_documents_are_brought_in_with_their_references() {
        let root = json!({"openapi": "3.1.0", "paths": {
            "/a": {"$ref": "paths/all.yaml#/a", "summary": "beside"}, "/b": {"get": {}}, "/c": {"$ref": "gone.yaml"}}});
        let mut documents = Documents::read(&root.to_string()).unwrap();
        assert_eq!(documents.missing_paths(), ["paths/all.yaml", "gone.yaml"]);
        documents
            .add("paths/all.yaml".to_owned(), "a: {$ref: 'one.yaml#/x'}")
            .unwrap();
        assert_eq!(documents.missing_paths(), ["paths/one.yaml", "gone.yaml"]);
        documents
            .add("paths/one.yaml".to_owned(), "x: {get: {$ref: '#/y'}}\ny: {found: true}")
            .unwrap();
        documents.bring_in_paths();
        let paths = documents.root().get("paths").unwrap();
        let item = paths.get("/a").unwrap();
        assert_eq!(
            (item.file, item.text("summary"), item.text("$ref")),
            (0, Some("beside"), None)
        );
        let get = documents
            .resolve(item.get("get").unwrap())
            .map(|place| place.value.clone());
        assert_eq!(get, Ok(json!({"found": true})));
        assert_eq!(paths.get("/c").unwrap().text("$ref"), Some("gone.yaml"));
        assert_eq!(documents.missing(), ["gone.yaml"]);
    }
}
