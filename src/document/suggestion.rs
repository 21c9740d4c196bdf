//! What somebody probably meant.

/// Shortest beginning of a name that counts as the name: `int` for `integer`.
const SHORTEST_BEGINNING: usize = 3;

/// One slip of the pen is believed for so many letters: `FETCH` is no `PATCH`.
const LETTERS_PER_SLIP: usize = 3;

/// The candidate most like `written`, if one is close enough to be a slip of the pen or begins with it.
pub fn closest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str> + Clone) -> Option<&'a str> {
    let written = written.to_lowercase();
    let begins = |candidate: &&str| written.len() >= SHORTEST_BEGINNING && candidate.starts_with(&written);
    candidates
        .clone()
        .into_iter()
        .map(|candidate| {
            (
                strsim::damerau_levenshtein(&written, &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(distance, candidate)| {
            let letters = candidate.chars().count().min(written.chars().count());
            *distance <= (letters / LETTERS_PER_SLIP).max(1)
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
        .or_else(|| candidates.into_iter().find(begins))
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
            ("timeout", Some("timeout_ms")),
            ("tim", Some("timeout_ms")),
            ("ti", None),
            ("pth", Some("path")),
            ("colour", None),
            ("path_", Some("path")),
            ("bath", Some("path")),
            ("patience", None),
            ("batch", None),
            ("", None),
        ] {
            assert_eq!(closest(written, keys), expected, "{written}");
        }
    }
}
