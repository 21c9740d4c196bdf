//! What somebody probably meant.

/// The candidate most like `written`, if one is close enough to be a slip of the pen.
pub fn closest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let written = written.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| {
            (
                strsim::damerau_levenshtein(&written, &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(distance, candidate)| *distance <= 1 + candidate.chars().count().min(written.chars().count()) / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn finds_slips_and_nothing_else() {
        let keys = ["base_url", "timeout_ms", "path", "in"];
        for (written, expected) in [
            ("base_ulr", Some("base_url")),
            ("baseUrl", Some("base_url")),
            ("Timeout_MS", Some("timeout_ms")),
            ("timeout", None),
            ("pth", Some("path")),
            ("colour", None),
            ("", None),
        ] {
            assert_eq!(closest(written, keys), expected, "{written}");
        }
    }
}
