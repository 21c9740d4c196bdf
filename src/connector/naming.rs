//! Names in tool names, and names that people read.

/// Longest slug of a connector or an action.
pub(super) const LONGEST_SLUG: usize = 64;

/// The slug of a name (contract S1-09): `My Company CRM` becomes `my_company_crm`. Empty when the name has no ASCII
/// letter or digit.
pub fn slug_of(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    for character in name.chars() {
        if character.is_ascii_alphanumeric() {
            slug.push(character.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('_') {
            slug.push('_');
        }
    }
    slug.truncate(slug.trim_end_matches('_').len());
    slug
}

/// The environment variable that is proposed for the `what` of the connector `slug`, e.g. `CRM_KEY`. Names of variables do
/// not begin with a digit, as slugs may.
pub fn variable_of(slug: &str, what: &str) -> String {
    let before = if slug.starts_with(|first: char| first.is_ascii_digit()) {
        "API_"
    } else {
        ""
    };
    format!("{before}{}_{}", slug.to_ascii_uppercase(), what.to_ascii_uppercase())
}

/// Whether `slug` may be used as it is. Double underscores separate connector and action in tool names.
pub fn is_slug(slug: &str) -> bool {
    !slug.is_empty() && slug.len() <= LONGEST_SLUG && slug == slug_of(slug)
}

/// A slug as people read it: `get_customer` becomes `Get customer`.
pub(super) fn title_of(slug: &str) -> String {
    let spaced = slug.replace('_', " ");
    let mut characters = spaced.chars();
    characters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// Whether templates can speak of an argument by this name.
pub(super) fn is_identifier(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || character == '_')
}

/// Whether clients accept this as the name of an argument: `[a-zA-Z0-9_.-]`, at most 64 characters.
pub(super) fn is_argument_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 64
        && name
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || "_.-".contains(character))
}

/// A name that clients accept, made from one that they may not: `filter[name]` becomes `filter_name`.
pub(super) fn argument_name_of(name: &str) -> String {
    if is_argument_name(name) {
        return name.to_owned();
    }
    let mut argument = String::with_capacity(name.len());
    for character in name.chars() {
        if character.is_ascii_alphanumeric() || "_.-".contains(character) {
            argument.push(character);
        } else if !argument.is_empty() && !argument.ends_with('_') {
            argument.push('_');
        }
    }
    argument.truncate(64);
    argument.truncate(argument.trim_end_matches('_').len());
    argument
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs() {
        for (name, slug) in [
            ("My Company CRM", "my_company_crm"),
            ("get_customer", "get_customer"),
            ("  --Foo__Bar!! ", "foo_bar"),
            ("Zürich API", "z_rich_api"),
            ("日本", ""),
            ("v2", "v2"),
        ] {
            assert_eq!(slug_of(name), slug, "{name}");
        }
    }

    #[test]
    fn only_slugs_are_slugs() {
        for (slug, valid) in [
            ("crm", true),
            ("my_crm_2", true),
            ("2nd", true),
            ("", false),
            ("Crm", false),
            ("a__b", false),
            ("_a", false),
            ("a_", false),
            ("a-b", false),
        ] {
            assert_eq!(is_slug(slug), valid, "{slug}");
        }
        assert!(is_slug(&"a".repeat(LONGEST_SLUG)));
        assert!(!is_slug(&"a".repeat(LONGEST_SLUG + 1)));
    }

    #[test]
    fn variables_that_are_proposed_can_be_set() {
        for (slug, variable) in [("crm", "CRM_KEY"), ("3scale", "API_3SCALE_KEY")] {
            assert_eq!(variable_of(slug, "key"), variable);
            assert!(is_identifier(variable));
        }
    }

    #[test]
    fn titles_and_argument_names() {
        assert_eq!(title_of("get_customer"), "Get customer");
        assert_eq!(argument_name_of("filter[name]"), "filter_name");
        assert_eq!(argument_name_of("$top"), "top");
        assert_eq!(argument_name_of("X-Request-Id"), "X-Request-Id");
        assert_eq!(argument_name_of("日本"), "");
        assert!(is_identifier("customer_id") && !is_identifier("customer-id") && !is_identifier("1st"));
    }
}
