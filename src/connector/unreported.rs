//! Findings that are too many to be reported one by one.

use serde::Serialize;

use crate::diagnostics::{Diagnostic, Severity};

/// How many findings there are beside those that are reported.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Unreported {
    /// Those that keep a connector from being served.
    pub errors: usize,
    /// Those that do not.
    pub warnings: usize,
}

impl Unreported {
    /// Counts those of another connector, too.
    pub fn add(&mut self, other: Self) {
        self.errors += other.errors;
        self.warnings += other.warnings;
    }

    fn count(&mut self, severity: Severity) {
        match severity {
            Severity::Error => self.errors += 1,
            Severity::Warning => self.warnings += 1,
            Severity::Note => {}
        }
    }
}

/// Leaves the first `most` of `findings`, and counts the others. Errors stay whatever stands before them: without one,
/// a connector would be gone and nobody would know why.
pub(super) fn cut(findings: &mut Vec<Diagnostic>, most: usize) -> Unreported {
    let errors = findings.iter().filter(|finding| finding.is_error()).count().min(most);
    let (mut room_for_errors, mut room_for_others) = (errors, most - errors);
    let mut unreported = Unreported::default();
    findings.retain(|finding| {
        let room = if finding.is_error() {
            &mut room_for_errors
        } else {
            &mut room_for_others
        };
        if *room == 0 {
            unreported.count(finding.severity);
            return false;
        }
        *room -= 1;
        true
    });
    unreported
}
