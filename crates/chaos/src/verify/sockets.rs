//! Sockets that come back: from their cursor, unless more was missed than is worth sending.

use crate::{
    rule::{Findings, Rule},
    stage::Stage,
};

/// Who has missed no more events than this gets them one by one (`MAX_MISSED` of the program).
const KEPT: i64 = 500;

pub(super) async fn look(stage: &Stage, findings: &mut Findings) -> anyhow::Result<()> {
    let (by_cursor, told_to_load) = {
        let ledger = stage.ledger.open();
        (ledger.by_cursor, ledger.told_to_load.clone())
    };
    findings.looked(Rule::ResumedByCursor, by_cursor + told_to_load.len());
    for (cursor, given) in told_to_load {
        let missed: i64 = sqlx::query_scalar("select count(*) from events where position > $1 and position <= $2")
            .bind(cursor)
            .bind(given)
            .fetch_one(&stage.database.owner)
            .await?;
        if missed <= KEPT {
            let what = format!("{missed} events from {cursor} to {given} were not sent, but to be loaded");
            findings.broke(Rule::ResumedByCursor, what);
        }
    }
    Ok(())
}
