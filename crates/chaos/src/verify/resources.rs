//! What programs made: each once, as it was acknowledged.

use std::collections::{BTreeMap, HashSet};

use uuid::Uuid;

use super::Broken;
use crate::{rule::Rule, stage::Stage};

pub(super) async fn look(stage: &Stage, broken: &mut Broken) -> anyhow::Result<()> {
    let rows: Vec<(String, Uuid)> =
        sqlx::query_as("select name, id from contacts where name like 'p%-%'").fetch_all(&stage.database.owner).await?;
    let mut contacts = BTreeMap::<String, Vec<Uuid>>::new();
    for (name, id) in rows {
        contacts.entry(name).or_default().push(id);
    }
    for (key, ids) in contacts.iter().filter(|(_, ids)| ids.len() > 1) {
        broken.push((Rule::DoneOnce, format!("{key}: {ids:?}")));
    }
    let (acknowledged, invited) = {
        let ledger = stage.ledger.open();
        (ledger.contacts.clone(), ledger.invited.clone())
    };
    for (key, id) in acknowledged {
        if !contacts.get(&key).is_some_and(|ids| ids.contains(&id)) {
            broken.push((Rule::NoWriteLost, format!("contact {key}: {id}")));
        }
    }
    let invitations: Vec<String> =
        sqlx::query_scalar("select email from invitations").fetch_all(&stage.database.owner).await?;
    let invitations: HashSet<String> = invitations.into_iter().collect();
    for email in invited {
        if !invitations.contains(&email) {
            broken.push((Rule::NoWriteLost, format!("invitation of {email}")));
        }
        if !stage.doubles.mail.has(&email) {
            broken.push((Rule::MailsArrive, email));
        }
    }
    Ok(())
}
