//! Calls that ended with a question which nobody answered, in SQLite.

use sqlx::Connection as _;
use sqlx::sqlite::SqlitePool;

use super::audit::{self, Event};
use super::{BEGIN_WRITE, Durability, Writer, approvals, audit_chain};
use crate::store::OpenQuestion;

/// Of the calls that have not ended, of which there are few; each is looked up by the log's index.
const OPEN: &str = "\
    SELECT asked.call_id, asked.started_at, asked.details, asked.approval_id \
    FROM open_calls CROSS JOIN audit_calls AS asked \
        ON asked.started_at = open_calls.started_at AND asked.call_id = open_calls.call_id \
    CROSS JOIN approvals ON approvals.id = asked.approval_id \
    WHERE asked.ended_at IS NULL AND asked.decision = 'pending' \
        AND approvals.expires_at <= CASE approvals.state WHEN 'used' THEN ?2 ELSE ?1 END \
    ORDER BY asked.started_at, asked.call_id LIMIT ?3";

const APPROVAL: &str = "SELECT * FROM approvals WHERE id = ?";

const IS_OPEN: &str = "\
    SELECT EXISTS (SELECT 1 FROM audit_calls \
        WHERE started_at = ? AND call_id = ? AND ended_at IS NULL AND decision = 'pending')";

pub(super) async fn open(
    readers: &SqlitePool,
    expired: &str,
    used_expired: &str,
    most: u32,
) -> Result<Vec<OpenQuestion>, sqlx::Error> {
    let rows = sqlx::query(OPEN)
        .bind(expired)
        .bind(used_expired)
        .bind(most)
        .fetch_all(readers)
        .await?;
    let mut questions = Vec::with_capacity(rows.len());
    for row in &rows {
        let asked = audit::record(row)?;
        // It may be removed meanwhile, with the call, as both are old.
        let approval = sqlx::query(APPROVAL)
            .bind(&asked.approval_id)
            .fetch_optional(readers)
            .await?;
        if let Some(approval) = approval {
            let approval = approvals::read(&approval)?;
            questions.push(OpenQuestion { asked, approval });
        }
    }
    Ok(questions)
}

pub(super) async fn end(writer: &mut Writer, end: Event<'_>) -> Result<bool, sqlx::Error> {
    Durability::Process.apply(writer).await?;
    // Forgotten until the end is known: whoever waits for this may give up in between.
    writer.audit_head = None;
    let mut transaction = writer.begin_with(BEGIN_WRITE).await?;
    let is_open: bool = sqlx::query_scalar(IS_OPEN)
        .bind(end.started_at)
        .bind(end.call_id)
        .fetch_one(&mut *transaction)
        .await?;
    if !is_open {
        transaction.rollback().await?;
        return Ok(false);
    }
    let head = audit_chain::head(&mut transaction).await?;
    let head = audit::append_all(head, &[end], &mut transaction).await?;
    transaction.commit().await?;
    writer.audit_head = Some(head);
    Ok(true)
}
