//! Collecting the members of a table, each key once.

use std::collections::HashMap;
use std::ops::Range;

use super::{Kind, Member};
use crate::diagnostics::{Diagnostic, Source};

/// A table in the making. The first of two members with the same key stays.
#[derive(Default)]
pub(super) struct TableBuilder {
    members: Vec<Member>,
    places: HashMap<String, Range<usize>>,
}

/// A key that was already there.
pub(super) struct DuplicateKey {
    key: String,
    span: Range<usize>,
    first: Range<usize>,
}

impl TableBuilder {
    pub(super) fn push(&mut self, member: Member) -> Result<(), DuplicateKey> {
        if let Some(first) = self.places.get(&member.key) {
            return Err(DuplicateKey {
                key: member.key,
                span: member.key_span,
                first: first.clone(),
            });
        }
        self.places.insert(member.key.clone(), member.key_span.clone());
        self.members.push(member);
        Ok(())
    }

    pub(super) fn finish(self) -> Kind {
        Kind::Table(self.members)
    }
}

impl DuplicateKey {
    pub(super) fn finding(self, source: &Source<'_>) -> Diagnostic {
        let line = source.line_of(self.first.start);
        let message = format!(
            "the key `{}` is written twice; the first one is on line {line}",
            self.key
        );
        source
            .error("duplicate-key", self.span, message)
            .help("keep one of them")
    }
}
