//! Giving the space of rows that were removed back to the system.

use super::{Durability, Writer};

/// Of how many pages one may stay free: they are where the next rows go, and the file need not grow again for them.
const KEPT: i64 = 4;

/// Pages that are given back at once, as in [`GIVE_BACK`]: a megabyte, in a few milliseconds.
const AT_ONCE: i64 = 256;

const GIVE_BACK: &str = "PRAGMA incremental_vacuum(256)";

const PAGES: &str = "\
    SELECT page_count, freelist_count, auto_vacuum \
    FROM pragma_page_count, pragma_freelist_count, pragma_auto_vacuum";

/// The mode of a file that gives space back, which it has from the beginning or never. Files of earlier versions do not.
const INCREMENTAL: i64 = 2;

/// Gives back some pages that nothing is in, if there are many; whether it did.
pub(super) async fn give_back(writer: &mut Writer) -> Result<bool, sqlx::Error> {
    let (all, free, mode): (i64, i64, i64) = sqlx::query_as(PAGES).fetch_one(&mut **writer).await?;
    if mode != INCREMENTAL || free - all / KEPT < AT_ONCE {
        return Ok(false);
    }
    Durability::Process.apply(writer).await?;
    sqlx::query(GIVE_BACK).execute(&mut **writer).await?;
    Ok(true)
}
