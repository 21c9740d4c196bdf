//! `toolgate apis enable` and `disable` (contract S2-28).

use super::Installed;
use crate::cli::{Failure, output};

pub(super) async fn run(installed: Installed, slug: &str, enabled: bool) -> Result<(), Failure> {
    let connector = installed.connector(slug)?;
    if enabled && !connector.enabled {
        return Err(Failure::Other(anyhow::anyhow!(
            "the file of `{slug}` disables it: write `active` as its `metadata.status` (toolgate apis edit {slug})"
        )));
    }
    let changed = installed
        .store
        .switch_api(slug, enabled)
        .await
        .map_err(anyhow::Error::from)?;
    Ok(output::say(&match (changed, enabled) {
        (true, true) => format!("{slug} is enabled: its tools are offered again"),
        (true, false) => format!(
            "{slug} is disabled: its tools are hidden and calls fail with API_DISABLED; \
             `toolgate apis enable {slug}` offers them again"
        ),
        (false, true) => format!("{slug} is enabled already"),
        (false, false) => format!("{slug} is disabled already"),
    })?)
}
