//! Which connector gets an action. Must never look into its files further than for its slug.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::catalog::folder::{self, ConnectorSource, ReadError, Sources};
use crate::cli::Failure;
use crate::config::environment_variable;
use crate::connector::{self, CodeFile};

/// The connector at `wanted`, or with that name or slug in `connectors`; without a name, the only one there. What could
/// not be read comes with it.
pub(super) fn find(connectors: &Path, wanted: Option<&str>) -> Result<(ConnectorSource, Vec<ReadError>), Failure> {
    let Sources {
        connectors: here,
        mut problems,
    } = folder::read(connectors);
    let is_wanted = |source: &ConnectorSource| {
        wanted.is_none_or(|wanted| source.path.file_name().is_some_and(|name| name == wanted))
    };
    let mut found: Vec<ConnectorSource> = here.iter().filter(|source| is_wanted(source)).cloned().collect();
    if let Some(wanted) = wanted
        && found.is_empty()
    {
        found = here.iter().filter(|source| has_slug(source, wanted)).cloned().collect();
    }
    if let Some(wanted) = wanted.map(Path::new)
        && found.is_empty()
        && wanted.exists()
    {
        let elsewhere = folder::read(wanted);
        (found, problems) = (elsewhere.connectors, elsewhere.problems);
    }
    if found.len() == 1 {
        return Ok((found.remove(0), problems));
    }
    let names = here.iter().filter_map(|source| source.path.file_name());
    let names: Vec<String> = names.map(|name| format!("`{}`", name.to_string_lossy())).collect();
    let known = match names.as_slice() {
        [] => format!(
            "there is no connector in {}: `toolgate new connector` writes one",
            connectors.display()
        ),
        names => format!("name one of {} with --connector", names.join(", ")),
    };
    Err(Failure::Usage(match wanted {
        Some(wanted) => anyhow::anyhow!("`{wanted}` is not a connector's folder; {known}"),
        None => anyhow::anyhow!("{known}"),
    }))
}

/// Whether the connector is known by that slug, as the other verbs call it.
fn has_slug(source: &ConnectorSource, wanted: &str) -> bool {
    let mut source = source.clone();
    stand_in(&mut source);
    let loaded = connector::load_with(&source.files, &source.code, &environment_variable);
    loaded.connector.is_some_and(|connector| connector.slug == wanted)
}

/// Puts an empty file in the place of each component that is missing, and tells where: an action is written before its
/// component is built, and until then nothing else may be wrong with the connector.
pub(super) fn stand_in(source: &mut ConnectorSource) -> Vec<PathBuf> {
    let missing = connector::missing_components(&source.files, &source.code, &environment_variable);
    source.code.extend(missing.iter().map(|relative| CodeFile {
        shown: source.path.join(relative),
        relative: relative.clone(),
        bytes: Ok(Arc::default()),
    }));
    missing
}
