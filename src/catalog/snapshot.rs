//! One snapshot: tools in a stable order, found by name or by dotted alias.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, OnceLock};

use super::naming::{split_tool_name, tool_name};
use super::search::Index;
use crate::connector::model::{Action, Connector};

/// An action under the name that agents see.
#[derive(Debug)]
pub struct Tool {
    /// `<connector>__<action>`, at most 48 characters (ruling C-11).
    pub name: String,
    /// The connector it belongs to.
    pub connector: Arc<Connector>,
    /// The action behind it.
    pub action: Arc<Action>,
}

/// All connectors at one moment. A call works on the snapshot that it began with.
#[derive(Debug, Default)]
pub struct Catalog {
    connectors: Vec<Arc<Connector>>,
    tools: Vec<Arc<Tool>>,
    by_name: HashMap<String, usize>,
    /// Slugs of connectors that an operator has switched off.
    disabled: BTreeSet<String>,
    index: OnceLock<Index>,
}

/// The place of a tool that is not offered.
const HIDDEN: usize = usize::MAX;

/// What a tool name leads to.
#[derive(Debug)]
pub enum Lookup<'a> {
    /// This tool.
    Found(&'a Arc<Tool>),
    /// No connector of that name; holds the part of the name taken for one.
    UnknownConnector(String),
    /// The connector is known and disabled: none of its tools can be called.
    Disabled(&'a Arc<Connector>),
    /// The connector is known, the action is not.
    UnknownAction {
        /// The connector.
        connector: &'a Arc<Connector>,
        /// The part of the name taken for an action.
        action: String,
    },
}

/// Two things that would share one name.
#[derive(Debug, Clone)]
pub struct Collision {
    /// The shared name.
    pub name: String,
    /// The connector that was left out because of it.
    pub connector: Arc<Connector>,
}

impl Catalog {
    /// Puts `connectors` together. A connector whose slug or tools collide with an earlier one's is left out and
    /// reported: half a connector would be worse than none.
    #[must_use]
    pub fn assemble(connectors: Vec<Arc<Connector>>) -> (Self, Vec<Collision>) {
        Self::assemble_without(connectors, BTreeSet::new())
    }

    /// The same connectors, of which those with the slugs in `disabled` offer no tools.
    #[must_use]
    pub fn with_disabled(&self, disabled: BTreeSet<String>) -> Self {
        // Which are left out because of their names does not depend on who is disabled: nothing new can collide.
        Self::assemble_without(self.connectors.clone(), disabled).0
    }

    /// The same catalog, as if there were no connectors but those that `exists` says there are.
    #[must_use]
    pub fn part(&self, exists: impl Fn(&Connector) -> bool) -> Self {
        let connectors = self.connectors.iter().filter(|connector| exists(connector));
        Self::assemble_without(connectors.cloned().collect(), self.disabled.clone()).0
    }

    fn assemble_without(mut connectors: Vec<Arc<Connector>>, disabled: BTreeSet<String>) -> (Self, Vec<Collision>) {
        // Stable: of two connectors with one slug, the one that was read first stays.
        connectors.sort_by(|a, b| a.slug.cmp(&b.slug));
        let mut catalog = Self {
            disabled,
            ..Self::default()
        };
        let mut collisions = Vec::new();
        for connector in connectors {
            if let Some(name) = catalog.first_collision(&connector) {
                collisions.push(Collision { name, connector });
                continue;
            }
            let offered = catalog.offers(&connector);
            for action in &connector.actions {
                let name = tool_name(&connector.slug, &action.name);
                // A tool that is hidden keeps its name.
                catalog.by_name.insert(name.clone(), HIDDEN);
                if offered {
                    catalog.tools.push(Arc::new(Tool {
                        name,
                        connector: Arc::clone(&connector),
                        action: Arc::clone(action),
                    }));
                }
            }
            catalog.connectors.push(connector);
        }
        catalog.tools.sort_by(|a, b| a.name.cmp(&b.name));
        for (index, tool) in catalog.tools.iter().enumerate() {
            catalog.by_name.insert(tool.name.clone(), index);
        }
        (catalog, collisions)
    }

    /// Tools of enabled connectors, sorted by name.
    #[must_use]
    pub fn tools(&self) -> &[Arc<Tool>] {
        &self.tools
    }

    /// All connectors, sorted by slug.
    #[must_use]
    pub fn connectors(&self) -> &[Arc<Connector>] {
        &self.connectors
    }

    /// Whether the tools of `connector`, one of this catalog's, are offered: neither its file nor an operator has
    /// disabled it.
    #[must_use]
    pub fn offers(&self, connector: &Connector) -> bool {
        connector.enabled && !self.disabled.contains(&connector.slug)
    }

    /// What searching looks things up in. Made when it is first asked for, which takes time in proportion to the
    /// catalog: not on a worker that serves calls.
    pub fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::build(&self.tools))
    }

    /// Whether searching can begin at once.
    #[must_use]
    pub fn is_indexed(&self) -> bool {
        self.index.get().is_some()
    }

    /// Finds a tool by its name or by `custom.<connector>.<action>`.
    #[must_use]
    pub fn find(&self, name: &str) -> Lookup<'_> {
        if let Some(tool) = self.by_name.get(name).and_then(|index| self.tools.get(*index)) {
            return Lookup::Found(tool);
        }
        let (slug, action) = split_tool_name(name);
        let Ok(index) = self
            .connectors
            .binary_search_by(|connector| connector.slug.as_str().cmp(slug))
        else {
            return Lookup::UnknownConnector(slug.to_owned());
        };
        let connector = &self.connectors[index];
        if !self.offers(connector) {
            return Lookup::Disabled(connector);
        }
        // The whole name may be longer than a tool name can be, so it is shortened the same way before looking.
        match self
            .by_name
            .get(&tool_name(slug, action))
            .and_then(|index| self.tools.get(*index))
        {
            Some(tool) => Lookup::Found(tool),
            None => Lookup::UnknownAction {
                connector,
                action: action.to_owned(),
            },
        }
    }

    fn first_collision(&self, connector: &Connector) -> Option<String> {
        if self
            .connectors
            .last()
            .is_some_and(|earlier| earlier.slug == connector.slug)
        {
            return Some(connector.slug.clone());
        }
        let mut own: Vec<String> = connector
            .actions
            .iter()
            .map(|action| tool_name(&connector.slug, &action.name))
            .collect();
        if let Some(taken) = own.iter().find(|name| self.by_name.contains_key(*name)) {
            return Some(taken.clone());
        }
        own.sort_unstable();
        own.windows(2)
            .find(|pair| pair[0] == pair[1])
            .map(|pair| pair[0].clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connector::{self, SourceFile};

    fn connector(name: &str) -> Arc<Connector> {
        let text = format!(
            "name = \"{name}\"\n[connection]\nbase_url = \"https://{name}.example.com\"\n\
             [[actions]]\nname = \"ping\"\nmethod = \"GET\"\npath = \"/ping\"\n"
        );
        let file = SourceFile {
            shown: "connector.toml".into(),
            relative: "connector.toml".into(),
            text,
        };
        Arc::new(connector::load(&[file]).connector.expect("a connector"))
    }

    fn names(catalog: &Catalog) -> Vec<&str> {
        catalog.tools().iter().map(|tool| tool.name.as_str()).collect()
    }

    #[test]
    fn what_is_disabled_is_known_and_not_offered() {
        let (catalog, _) = Catalog::assemble(vec![connector("crm"), connector("erp")]);
        let without = catalog.with_disabled(["crm".to_owned()].into());
        assert_eq!(names(&without), ["erp__ping"]);
        for name in ["crm__ping", "custom.crm.ping", "crm__other"] {
            assert!(
                matches!(without.find(name), Lookup::Disabled(found) if found.slug == "crm"),
                "{name}"
            );
        }
        assert!(matches!(without.find("erp__ping"), Lookup::Found(_)));
        assert!(matches!(without.find("crn__ping"), Lookup::UnknownConnector(_)));
        assert_eq!(without.connectors().len(), 2);

        let again = without.with_disabled(BTreeSet::new());
        assert_eq!(names(&again), ["crm__ping", "erp__ping"]);
        assert!(matches!(again.find("crm__ping"), Lookup::Found(_)));
    }
}
