//! Files: whole, and the same bytes as were sent.

use std::time::Duration;

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    client::{Client, Request},
    rule::{Findings, Rule},
    stage::Stage,
};

pub(super) async fn look(stage: &Stage, findings: &mut Findings) -> anyhow::Result<()> {
    let rows: Vec<(Uuid, Uuid, i64, Vec<u8>)> =
        sqlx::query_as("select organization_id, id, size, checksum from attachments")
            .fetch_all(&stage.database.owner)
            .await?;
    findings.looked(Rule::NoHalfUpload, rows.len());
    for (organization, id, size, checksum) in rows {
        let file = tokio::fs::read(stage.files.join(organization.to_string()).join(id.to_string())).await;
        let is_whole = file.as_ref().is_ok_and(|bytes| {
            i64::try_from(bytes.len()).is_ok_and(|length| length == size)
                && Sha256::digest(bytes).as_slice() == checksum
        });
        if !is_whole {
            let found = file.map_or_else(|error| error.to_string(), |bytes| format!("{} bytes", bytes.len()));
            findings.broke(Rule::NoHalfUpload, format!("{id} of {size} bytes: {found}"));
        }
    }
    let client = Client::new(&stage.base(), stage.ledger.clone(), "198.18.4.1")?;
    let uploads = stage.ledger.open().uploads.clone();
    findings.looked(Rule::NoUploadLost, uploads.len());
    for upload in uploads {
        let answer = client.once(&Request::get(&upload.url), Duration::from_secs(5)).await;
        let is_same = answer
            .is_some_and(|(status, _, body)| status == 200 && hex::encode(Sha256::digest(&body)) == upload.sha256);
        if !is_same {
            findings.broke(Rule::NoUploadLost, upload.id.to_string());
        }
    }
    Ok(())
}
