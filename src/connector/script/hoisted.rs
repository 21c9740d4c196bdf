//! How many names the scopes of a script keep.
//!
//! Counts in the tree, before its scopes are resolved. Must never know what the names are.

use std::cell::Cell;

use oxc_ast::ast::{Program, VariableDeclaration};
use oxc_ast_visit::{Visit, walk};
use oxc_semantic::{ScopeFlags, ScopeId};

/// Most names that all scopes may keep together: each `var` is kept in every scope from where it stands up to its function,
/// with 80 bytes for each. A bundle of 2.5 MB with 100,000 names, each within 16 scopes, keeps 1,600,000.
const MOST_KEPT: usize = 4_000_000;

/// Whether the scopes of `program` would keep more names than there is memory for. Every block, `for`, `switch`, `catch` and
/// `with` is a scope, with braces or without.
pub(super) fn are_too_many(program: &Program<'_>) -> bool {
    let mut counted = Counted::default();
    counted.visit_program(program);
    counted.kept > MOST_KEPT
}

#[derive(Default)]
struct Counted {
    /// How many scopes there are up to the function, of each scope that is open.
    open: Vec<usize>,
    kept: usize,
}

impl<'a> Visit<'a> for Counted {
    fn enter_scope(&mut self, flags: ScopeFlags, _: &Cell<Option<ScopeId>>) {
        let around = self.open.last().copied().unwrap_or_default();
        self.open.push(if flags.is_var() { 0 } else { around + 1 });
    }

    fn leave_scope(&mut self) {
        self.open.pop();
    }

    fn visit_variable_declaration(&mut self, declaration: &VariableDeclaration<'a>) {
        if declaration.kind.is_var() {
            let scopes = self.open.last().copied().unwrap_or_default();
            let names = declaration.declarations.iter();
            let names: usize = names.map(|declared| declared.id.get_binding_identifiers().len()).sum();
            self.kept = self.kept.saturating_add(names.saturating_mul(scopes));
        }
        walk::walk_variable_declaration(self, declaration);
    }
}
