use types::id::{AgentId, AnswerId, ChannelId, ContactId, RoleId, WebhookSubscriptionId};

use crate::{Cx, Result};

/// What is changed by what is there already: of two changes at the same moment, the second begins with what the first left.
pub enum Held {
    Agent(AgentId),
    Answer(AnswerId),
    Channel(ChannelId),
    Contact(ContactId),
    /// The organization with what is counted against its limits, and with its tree of teams, in which two changes at once
    /// could close a circle.
    Organization,
    Role(RoleId),
    WebhookSubscription(WebhookSubscriptionId),
}

/// Holds a row until the transaction ends, so that what is read or counted afterwards is still true when it is written. A
/// statement of its own: what waits for a lock within a statement sees what was there when it began. Where there is no
/// such row, nothing is held: who reads it next says so.
///
/// # Errors
/// When the database does not answer.
pub async fn hold(cx: &mut Cx, held: Held) -> Result<()> {
    let organization = cx.organization().0;
    match held {
        Held::Agent(id) => {
            sqlx::query!(
                "select from agents where organization_id = $1 and id = $2 for no key update",
                organization,
                id.0
            )
            .execute(cx.conn())
            .await?
        }
        Held::Answer(id) => {
            sqlx::query!(
                "select from answers where organization_id = $1 and id = $2 for no key update",
                organization,
                id.0
            )
            .execute(cx.conn())
            .await?
        }
        Held::Channel(id) => {
            sqlx::query!(
                "select from channels where organization_id = $1 and id = $2 for no key update",
                organization,
                id.0
            )
            .execute(cx.conn())
            .await?
        }
        Held::Contact(id) => {
            sqlx::query!(
                "select from contacts where organization_id = $1 and id = $2 for no key update",
                organization,
                id.0
            )
            .execute(cx.conn())
            .await?
        }
        Held::Organization => {
            sqlx::query!("select from organizations where id = $1 for no key update", organization)
                .execute(cx.conn())
                .await?
        }
        Held::Role(id) => {
            sqlx::query!(
                "select from roles where organization_id = $1 and id = $2 for no key update",
                organization,
                id.0
            )
            .execute(cx.conn())
            .await?
        }
        Held::WebhookSubscription(id) => {
            sqlx::query!(
                "select from webhook_subscriptions where organization_id = $1 and id = $2 for no key update",
                organization,
                id.0
            )
            .execute(cx.conn())
            .await?
        }
    };
    Ok(())
}
