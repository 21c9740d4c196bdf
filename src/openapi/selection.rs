//! Which operations of a description are imported.

/// What one of an operation's properties must be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Patterns of which one must match; any value does when there is none. `*` stands for any characters.
    pub include: Vec<String>,
    /// Patterns of which none may match.
    pub exclude: Vec<String>,
}

/// Which operations are imported: those that every filter lets through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// By tag. An operation without tags has the tag that is empty.
    pub tags: Filter,
    /// By path as it is written in the description, e.g. `/customers/*`.
    pub paths: Filter,
    /// By method, in any case.
    pub methods: Filter,
    /// By `operationId`.
    pub operations: Filter,
}

impl Filter {
    fn takes(&self, values: &[&str]) -> bool {
        let matches = |patterns: &[String]| {
            patterns
                .iter()
                .any(|pattern| values.iter().any(|value| matches(pattern, value)))
        };
        (self.include.is_empty() || matches(&self.include)) && !matches(&self.exclude)
    }
}

impl Selection {
    /// Whether an operation is imported.
    pub(super) fn takes(&self, method: &str, path: &str, operation_id: Option<&str>, tags: &[&str]) -> bool {
        let none = [""];
        let tags = if tags.is_empty() { &none } else { tags };
        self.tags.takes(tags)
            && self.paths.takes(&[path])
            && self.methods.takes(&[method])
            && self.operations.takes(&[operation_id.unwrap_or_default()])
    }
}

/// Whether `text` fits `pattern`, letters of either case alike. Linear in the product of both lengths.
fn matches(pattern: &str, text: &str) -> bool {
    let lower = |text: &str| text.to_ascii_lowercase();
    let (pattern, text) = (lower(pattern), lower(text));
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, text, fits) in [
            ("/customers/*", "/customers/{id}", true),
            ("/customers/*", "/customers", false),
            ("*", "", true),
            ("GET", "get", true),
            ("list*Pets", "listAllPets", true),
            ("list*Pets", "listAllPetsNow", false),
            ("a*a", "a", false),
            ("", "", true),
            ("", "x", false),
        ] {
            assert_eq!(matches(pattern, text), fits, "{pattern} {text}");
        }
    }

    #[test]
    fn every_filter_must_let_an_operation_through() {
        let filter = |include: &[&str], exclude: &[&str]| Filter {
            include: include.iter().map(|one| (*one).to_owned()).collect(),
            exclude: exclude.iter().map(|one| (*one).to_owned()).collect(),
        };
        let selection = Selection {
            tags: filter(&["pets", "toys"], &["internal"]),
            paths: filter(&[], &["/admin*"]),
            methods: filter(&["GET"], &[]),
            operations: filter(&[], &["*legacy*"]),
        };
        for (method, path, id, tags, taken) in [
            ("GET", "/pets", Some("listPets"), vec!["pets"], true),
            ("POST", "/pets", Some("addPet"), vec!["pets"], false),
            ("GET", "/admin/pets", None, vec!["pets"], false),
            ("GET", "/pets", Some("legacyPets"), vec!["pets"], false),
            ("GET", "/pets", None, vec!["pets", "internal"], false),
            ("GET", "/pets", None, vec![], false),
        ] {
            assert_eq!(
                selection.takes(method, path, id, &tags),
                taken,
                "{method} {path} {id:?} {tags:?}"
            );
        }
        assert!(Selection::default().takes("GET", "/", None, &[]));
    }
}
