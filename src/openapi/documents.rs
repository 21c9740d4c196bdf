//! The texts that make one description, and the references between them.

mod path_items;
mod references;

use std::collections::HashMap;
use std::sync::OnceLock;

use serde_json::{Map, Value};

use super::overlay::{Overlay, Room};
use super::read::{self, ReadError, Version};
use super::{json, shaping};
use crate::diagnostics::Diagnostic;

pub(super) use path_items::JoinedPaths;
pub(super) use references::moved;
use references::{as_written, is_moved, origin, refuse_marked};

/// Most references that lead to another reference before one is followed no further.
const LONGEST_CHAIN: usize = 32;

/// A description: its root document and those that it refers to.
#[derive(Clone)]
pub struct Documents {
    version: Version,
    /// Relative to the folder of the root document, which is the first and has no name here.
    files: Vec<(String, Value)>,
    /// What the file of the root document is called, when it is in one: others refer to it by that.
    root_name: String,
    /// What could not be kept of its texts.
    notes: Vec<String>,
    /// The schemas that name themselves, by document and name: looked for when a reference first has such a name.
    anchors: OnceLock<HashMap<(usize, String), String>>,
    /// What overlays may still put into it.
    room: Room,
    /// How many keys were taken out that only an overlay may say.
    left_to_overlays: usize,
    /// Whether an overlay, or the description itself, may say how actions and arguments are shaped.
    is_shaped: bool,
}

/// A value, and the document that its references are relative to.
#[derive(Clone, Copy)]
pub(super) struct Place<'d> {
    pub(super) value: &'d Value,
    pub(super) file: usize,
}

impl<'d> Place<'d> {
    /// The member called `key`.
    pub(super) fn get(self, key: &str) -> Option<Place<'d>> {
        json::member(self.value, key).map(|value| Place { value, file: self.file })
    }

    /// The text of the member called `key`.
    pub(super) fn text(self, key: &str) -> Option<&'d str> {
        json::member(self.value, key)?.as_str()
    }

    /// The items of a list; none for anything else.
    pub(super) fn items(self) -> impl Iterator<Item = Place<'d>> {
        let items = self.value.as_array().map(Vec::as_slice).unwrap_or_default();
        items.iter().map(move |value| Place { value, file: self.file })
    }

    /// The members of a table; none for anything else.
    pub(super) fn members(self) -> impl Iterator<Item = (&'d String, Place<'d>)> {
        let members = self.value.as_object().into_iter().flatten();
        members.map(move |(key, value)| (key, Place { value, file: self.file }))
    }
}

impl Documents {
    /// Reads the root document.
    ///
    /// # Errors
    /// [`ReadError`] when it is not JSON or YAML, or not an `OpenAPI` document, or holds a reference that none can be.
    pub fn read(text: &str) -> Result<Self, ReadError> {
        let (mut root, repeated) = read::tree(text)?;
        refuse_marked(&root)?;
        let version = read::version(&root)?;
        if root.get("paths").is_none_or(|paths| !paths.is_object()) {
            return Err(ReadError::NoPaths);
        }
        Ok(Self {
            version,
            left_to_overlays: shaping::leave_to_overlays(&mut root),
            files: vec![(String::new(), root)],
            root_name: String::new(),
            notes: repeated.notes("").collect(),
            anchors: OnceLock::new(),
            room: Room::default(),
            is_shaped: text.contains(shaping::KEY),
        })
    }

    /// The same description, whose root document is in the file `name`. Without this a document that refers to the root
    /// by its file would get a second one, which no overlay has changed.
    #[must_use]
    pub fn in_file(self, name: &str) -> Self {
        Self {
            root_name: name.to_owned(),
            ..self
        }
    }

    /// Changes the root document as `overlay` says, and returns warnings about what changes nothing. An overlay may add
    /// references, so it comes before [`Documents::missing`]; path items that its targets lead through come before it, see
    /// [`Documents::bring_in_paths`].
    ///
    /// # Errors
    /// The first change that cannot be made.
    pub fn lay(&mut self, overlay: &Overlay) -> Result<Vec<Diagnostic>, Diagnostic> {
        self.lay_over("", overlay)
    }

    /// Changes the document that was added as `name` as [`Documents::lay`] changes the root; does nothing when there is none.
    ///
    /// # Errors
    /// As [`Documents::lay`].
    pub fn lay_over(&mut self, name: &str, overlay: &Overlay) -> Result<Vec<Diagnostic>, Diagnostic> {
        let Some(index) = self.index_of(name) else {
            return Ok(Vec::new());
        };
        self.is_shaped = true;
        self.anchors.take();
        let root_name = self.root_name.clone();
        let names: Vec<String> = self.files.iter().map(|(name, _)| name.clone()).collect();
        let leads = |reference: &str| {
            let (file, reference) = origin(reference).unwrap_or((index, reference));
            let (path, fragment) = reference.split_once('#').unwrap_or((reference, ""));
            let document = match path {
                "" => names.get(file)?.clone(),
                path if is_absolute(path) => return None,
                path => Some(joined(names.get(file)?, path))
                    .filter(|name| *name != root_name)
                    .unwrap_or_default(),
            };
            let pointer = percent_encoding::percent_decode_str(fragment).decode_utf8_lossy();
            let is_own = names.get(index) == Some(&document);
            Some(((!is_own).then_some(document), pointer.into_owned()))
        };
        overlay.apply(&mut self.files[index].1, &mut self.room, &leads)
    }

    /// Whether anything may be shaped.
    pub(super) fn is_shaped(&self) -> bool {
        self.is_shaped
    }

    /// The version that the root document follows.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// Names of documents that are referred to and not here yet, relative to the folder of the root document, e.g.
    /// `../common/error.yaml`. Each once. References out of the web are not among them: nothing is fetched.
    #[must_use]
    pub fn missing(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (name, tree) in &self.files {
            collect_references(tree, &mut |reference| {
                let path = reference.split('#').next().unwrap_or_default();
                if path.is_empty() || is_absolute(path) {
                    return;
                }
                let target = joined(name, path);
                if !found.contains(&target) && self.index_of(&target).is_none() {
                    found.push(target);
                }
            });
        }
        found
    }

    /// Adds a document that [`Documents::missing`] named.
    ///
    /// # Errors
    /// [`ReadError`] when it is neither JSON nor YAML, or holds a reference that none can be.
    pub fn add(&mut self, name: String, text: &str) -> Result<(), ReadError> {
        let (mut tree, repeated) = read::tree(text)?;
        refuse_marked(&tree)?;
        self.notes.extend(repeated.notes(&name));
        self.is_shaped |= text.contains(shaping::KEY);
        self.left_to_overlays += shaping::leave_to_overlays(&mut tree);
        self.files.push((name, tree));
        self.anchors.take();
        Ok(())
    }

    /// What could not be kept of the texts, a line each.
    pub(super) fn notes(&self) -> &[String] {
        &self.notes
    }

    /// How many keys of the description itself do not count, because they would make calls less careful.
    pub(super) fn left_to_overlays(&self) -> usize {
        self.left_to_overlays
    }

    /// The root document.
    pub(super) fn root(&self) -> Place<'_> {
        Place {
            value: &self.files[0].1,
            file: 0,
        }
    }

    /// What `reference`, written in the document `file`, leads to.
    ///
    /// # Errors
    /// Why it leads nowhere, in words that end a sentence.
    pub(super) fn follow(&self, file: usize, reference: &str) -> Result<Place<'_>, String> {
        let (file, reference) = match origin(reference) {
            Some((file, reference)) if file < self.files.len() => (file, reference),
            // An overlay can copy any text to where a reference stands.
            _ if is_moved(reference) => {
                return Err(format!(
                    "`{}` leads to a document that is not there",
                    as_written(reference)
                ));
            }
            _ => (file, reference),
        };
        let (path, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let target = if path.is_empty() {
            file
        } else if let Some(own) = self.called(path) {
            own
        } else if is_absolute(path) {
            return Err(format!(
                "`{reference}` is a whole address, and only what stands beside the description is read"
            ));
        } else {
            let known = self.index_of(&joined(&self.files[file].0, path));
            known.ok_or_else(|| format!("`{reference}` leads to a document that is not there"))?
        };
        let root = &self.files[target].1;
        let decoded = percent_encoding::percent_decode_str(fragment).decode_utf8_lossy();
        // Some writers forget to encode, so that a `%` may be meant.
        let value = root
            .pointer(&decoded)
            .or_else(|| root.pointer(fragment))
            .or_else(|| self.by_anchor(target, fragment))
            .ok_or_else(|| format!("`{reference}` leads nowhere"))?;
        Ok(Place { value, file: target })
    }

    /// The document of this name, relative to the folder of the root document.
    fn index_of(&self, name: &str) -> Option<usize> {
        if !name.is_empty() && name == self.root_name {
            return Some(0);
        }
        self.files.iter().position(|(known, _)| known == name)
    }

    /// The schema that names itself so with `$anchor` (JSON Schema 2020-12, section 8.2.2), among those directly under the
    /// components of the document: what stands deeper is not looked for.
    fn by_anchor(&self, file: usize, name: &str) -> Option<&Value> {
        if name.is_empty() || name.starts_with('/') {
            return None;
        }
        let anchors = self.anchors.get_or_init(|| {
            let mut anchors = HashMap::new();
            for (file, (_, tree)) in self.files.iter().enumerate() {
                for (key, schema) in schemas(tree).into_iter().flatten() {
                    if let Some(name) = schema.get("$anchor").and_then(Value::as_str) {
                        anchors.entry((file, name.to_owned())).or_insert_with(|| key.clone());
                    }
                }
            }
            anchors
        });
        let key = anchors.get(&(file, name.to_owned()))?;
        schemas(&self.files.get(file)?.1)?.get(key)
    }

    /// The document that says of itself that it is at `address` (`OpenAPI` 3.2, `$self`).
    fn called(&self, address: &str) -> Option<usize> {
        let own = |tree: &Value| tree.get("$self").and_then(Value::as_str) == Some(address);
        self.files.iter().position(|(_, tree)| own(tree))
    }

    /// The media types of a body, an answer or a parameter, by name. Since `OpenAPI` 3.2 each may be a reference; one
    /// that leads nowhere is as it is written.
    pub(super) fn media_types<'d>(&'d self, place: Place<'d>) -> impl Iterator<Item = (&'d str, Place<'d>)> {
        let written = place.get("content").into_iter().flat_map(Place::members);
        written.map(|(name, one)| (name.as_str(), self.resolve(one).unwrap_or(one)))
    }

    /// `place`, or what it refers to.
    ///
    /// # Errors
    /// As [`Documents::follow`], and when references go round and round.
    pub(super) fn resolve<'d>(&'d self, mut place: Place<'d>) -> Result<Place<'d>, String> {
        for _ in 0..LONGEST_CHAIN {
            match place.text("$ref") {
                None => return Ok(place),
                Some(reference) => place = self.follow(place.file, reference)?,
            }
        }
        Err(format!(
            "`{}` leads to more than {LONGEST_CHAIN} other references",
            as_written(place.text("$ref").unwrap_or_default())
        ))
    }
}

/// The schemas among the components of a document.
fn schemas(tree: &Value) -> Option<&Map<String, Value>> {
    tree.pointer("/components/schemas")?.as_object()
}

fn is_absolute(path: &str) -> bool {
    path.contains("://") || path.starts_with('/') || path.contains('\\') || path.starts_with("data:")
}

/// `path` relative to the folder of the document `base`, both relative to the folder of the root document.
pub(super) fn joined(base: &str, path: &str) -> String {
    let path = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
    let mut segments: Vec<&str> = base
        .rsplit_once('/')
        .map_or(Vec::new(), |(folder, _)| folder.split('/').collect());
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." if segments.last().is_some_and(|last| *last != "..") => {
                segments.pop();
            }
            segment => segments.push(segment),
        }
    }
    segments.join("/")
}

fn collect_references(value: &Value, take: &mut dyn FnMut(&str)) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect_references(item, take)),
        Value::Object(members) => {
            for (key, value) in members {
                match value {
                    // What was moved is referred to where it came from as well.
                    Value::String(reference) if key == "$ref" && is_moved(reference) => {}
                    Value::String(reference) if key == "$ref" => take(reference),
                    value => collect_references(value, take),
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests;
