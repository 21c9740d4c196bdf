//! Path items that stand in documents of their own, put where a description refers to them: targets of overlays lead
//! through a description as its readers know it, and not through references.

use serde_json::{Map, Value};

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

    /// Puts path items of other documents in place of the references to them. What stands beside a reference stays.
    pub fn bring_in_paths(&mut self) {
        let mut brought: Vec<(String, Map<String, Value>)> = Vec::new();
        for (path, item) in self.root().get("paths").into_iter().flat_map(Place::members) {
            let Some(target) = self.resolve(item).ok().filter(|target| target.file != 0) else {
                continue;
            };
            let (Value::Object(mut whole), Some(beside)) = (moved(target), item.value.as_object()) else {
                continue;
            };
            let beside = beside.iter().filter(|(key, _)| *key != "$ref");
            whole.extend(beside.map(|(key, value)| (key.clone(), value.clone())));
            brought.push((path.clone(), whole));
        }
        let paths = self.files[0].1.get_mut("paths").and_then(Value::as_object_mut);
        if let Some(paths) = paths {
            for (path, whole) in brought {
                paths.insert(path, Value::Object(whole));
            }
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
