use anyhow::Context;
use db::sqlx;
use domain::channels;
use futures::{StreamExt, TryStreamExt, stream};
use types::{
    channel::{Channel, ChannelType, CreateChannel},
    id::OrganizationId,
};

use super::visitor::Visitor;
use crate::{browser::Browser, program::Program, world::World};

/// Visitors who arrive at the same time.
const AT_ONCE: usize = 32;

/// A channel of the large organization without an agent, so that people write to each other, and a member's session.
pub struct Scene {
    pub organization: OrganizationId,
    pub channel: Channel,
    pub session: String,
}

impl Scene {
    pub async fn set(world: &World<'_>, name: &str) -> anyhow::Result<Self> {
        let (session, who) = world.session().await?;
        let organization = who.me.organization.id;
        let mut cx = world.services.db.begin(organization, who.actor()).await?;
        let input = CreateChannel { name: name.into(), channel_type: ChannelType::Widget, agent_id: None };
        let channel = channels::create(&mut cx, input).await?;
        world.services.commit(cx).await?;
        Ok(Self { organization, channel, session })
    }

    /// So many visitors, each from an address of its own and with a conversation.
    pub async fn visitors(&self, program: &Program, count: usize) -> anyhow::Result<Vec<Visitor>> {
        let http = self.member(program)?.http;
        let arrive = |number| Visitor::arrive(program, &http, &self.channel.public_key, number);
        stream::iter(0..count).map(arrive).buffered(AT_ONCE).try_collect().await.context("visitors cannot arrive")
    }

    /// The browser of a member.
    pub fn member(&self, program: &Program) -> anyhow::Result<Browser> {
        Browser::new(program, &self.session)
    }

    /// Removes the channel with all that came through it, so that a later run finds the database as this one did.
    pub async fn clear(&self, world: &World<'_>) -> anyhow::Result<()> {
        let mut transaction = world.owner.begin().await?;
        // All rows that refer to each other go together; looking for others would take longer than removing them.
        sqlx::raw_sql("set local session_replication_role = replica").execute(&mut *transaction).await?;
        for statement in [
            "delete from events e using conversations c where e.organization_id = $1 and c.organization_id = $1
               and e.conversation_id = c.id and c.channel_id = $2",
            "delete from messages m using conversations c where m.organization_id = $1 and c.organization_id = $1
               and m.conversation_id = c.id and c.channel_id = $2",
            "delete from events e using contact_identities i where e.organization_id = $1 and i.organization_id = $1
               and e.resource_id = i.contact_id and i.channel_id = $2",
            "delete from contacts k using contact_identities i where k.organization_id = $1 and i.organization_id = $1
               and k.id = i.contact_id and i.channel_id = $2",
            "delete from contact_identities where organization_id = $1 and channel_id = $2",
            "delete from conversations where organization_id = $1 and channel_id = $2",
            "delete from channels where organization_id = $1 and id = $2",
        ] {
            let statement = sqlx::query(statement).bind(self.organization.0).bind(self.channel.id.0);
            statement.execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}
