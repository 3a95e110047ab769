//! What programs made: each once, as it was acknowledged.

use std::collections::{BTreeMap, HashSet};

use uuid::Uuid;

use crate::{
    rule::{Findings, Rule},
    stage::Stage,
};

pub(super) async fn look(stage: &Stage, findings: &mut Findings) -> anyhow::Result<()> {
    let rows: Vec<(String, Uuid)> =
        sqlx::query_as("select name, id from contacts where name like 'p%-%'").fetch_all(&stage.database.owner).await?;
    let mut contacts = BTreeMap::<String, Vec<Uuid>>::new();
    for (name, id) in rows {
        contacts.entry(name).or_default().push(id);
    }
    findings.looked(Rule::DoneOnce, contacts.len());
    for (key, ids) in contacts.iter().filter(|(_, ids)| ids.len() > 1) {
        findings.broke(Rule::DoneOnce, format!("{key}: {ids:?}"));
    }
    let (acknowledged, invited) = {
        let ledger = stage.ledger.open();
        (ledger.contacts.clone(), ledger.invited.clone())
    };
    findings.looked(Rule::NoWriteLost, acknowledged.len() + invited.len());
    for (key, id) in acknowledged {
        if !contacts.get(&key).is_some_and(|ids| ids.contains(&id)) {
            findings.broke(Rule::NoWriteLost, format!("contact {key}: {id}"));
        }
    }
    let invitations: Vec<String> =
        sqlx::query_scalar("select email from invitations").fetch_all(&stage.database.owner).await?;
    let invitations: HashSet<String> = invitations.into_iter().collect();
    let taken = stage.doubles.mail.taken();
    for email in invited {
        if !invitations.contains(&email) {
            findings.broke(Rule::NoWriteLost, format!("invitation of {email}"));
        }
        findings.looked(Rule::MailsArrive, 1);
        match taken.get(&email) {
            Some(ids) if ids.len() > 1 => findings.broke(Rule::OneMailId, format!("{email}: {ids:?}")),
            Some(_) => {}
            None => findings.broke(Rule::MailsArrive, email),
        }
    }
    // What is not asked for comes from the product too: the owner's confirmation.
    let known: Vec<Uuid> = sqlx::query_scalar("select id from mails").fetch_all(&stage.database.owner).await?;
    let known: HashSet<String> = known.into_iter().map(|id| id.to_string()).collect();
    for id in taken.values().flat_map(BTreeMap::keys) {
        findings.looked(Rule::OneMailId, 1);
        if !id.trim_start_matches('<').split_once('@').is_some_and(|(id, _)| known.contains(id)) {
            findings.broke(Rule::OneMailId, format!("{id} is none of a mail that was queued"));
        }
    }
    Ok(())
}

/// How many mails came, and how many of them more than once.
pub(super) fn figure(stage: &Stage) -> (String, String) {
    let taken = stage.doubles.mail.taken();
    let times: Vec<usize> = taken.values().flat_map(BTreeMap::values).copied().collect();
    let again: usize = times.iter().map(|times| times - 1).sum();
    ("mails received".into(), format!("{}, {again} of them once more under the same Message-ID", times.len()))
}
