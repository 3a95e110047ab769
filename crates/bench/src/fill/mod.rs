//! Fills the database: 100,000 conversations with a million messages, and 120,000 passages of 101 organizations.
//!
//! The first organization is large: 70,000 conversations, and 20,000 passages, which are too many for an exact search.
//! Thirty have 1,000 conversations each, a hundred 1,000 passages each.

mod knowledge;

pub use knowledge::{REAL, fill as passages};

use anyhow::ensure;
use db::sqlx::{self, Connection, PgConnection};
use domain::{
    Actor, Services,
    accounts::{self, ClientInfo},
    channels,
};
use types::{
    channel::{ChannelType, CreateChannel},
    id::OrganizationId,
    organization::SignUp,
};
use uuid::Uuid;

use crate::world::{PASSWORD, World};

/// To be raised when something else is filled in.
pub const VERSION: u64 = 2;
/// Organizations, the large one first.
pub const ORGANIZATIONS: usize = 101;
const LARGE_CONVERSATIONS: i32 = 70_000;
const LARGE_PASSAGES: usize = 20_000;
const SMALL_PASSAGES: usize = 1_000;
/// So many organizations after the large one have conversations, a thousand each.
const SMALL_WITH_CONVERSATIONS: usize = 30;

/// The address of an organization's owner.
pub fn email(place: usize) -> String {
    format!("owner{place}@bench.example")
}

/// Fills an empty database.
pub async fn fill(world: &World<'_>) -> anyhow::Result<()> {
    println!("filling the database; a later run finds it filled");
    let organizations = organizations(world).await?;
    let mut connection = world.owner.acquire().await?.detach();
    // What is written here keeps every rule of the schema; checking a million rows would take as long as writing them.
    sqlx::raw_sql("set session_replication_role = replica; set synchronous_commit = off; set work_mem = '512MB'")
        .execute(&mut connection)
        .await?;
    conversations(&mut connection, &organizations).await?;
    let sizes: Vec<_> = organizations
        .iter()
        .enumerate()
        .map(|(place, id)| (*id, if place == 0 { LARGE_PASSAGES } else { SMALL_PASSAGES }))
        .collect();
    passages(&world.services, &world.arguments.documentation, &mut connection, &sizes).await?;
    sqlx::raw_sql("vacuum (analyze)").execute(&mut connection).await?;
    sqlx::raw_sql("checkpoint").execute(&mut connection).await?;
    connection.close().await?;
    Ok(())
}

/// Makes the organization at this place.
pub async fn organization(services: &Services, place: usize) -> anyhow::Result<Uuid> {
    let form = SignUp {
        organization_name: format!("Bench {place}"),
        name: "Olta Owner".into(),
        email: email(place),
        password: PASSWORD.into(),
        locale: "en".into(),
    };
    let signed_in = accounts::sign_up(services, form, &ClientInfo::default()).await?.signed_in()?;
    Ok(signed_in.me.organization.id.0)
}

async fn organizations(world: &World<'_>) -> anyhow::Result<Vec<Uuid>> {
    let mut ids = Vec::new();
    for place in 0..ORGANIZATIONS {
        ids.push(organization(&world.services, place).await?);
    }
    for name in ["Shop", "Documentation", "Checkout"] {
        let mut cx = world.services.db.begin(OrganizationId(ids[0]), Actor::System).await?;
        let input = CreateChannel { name: name.into(), channel_type: ChannelType::Widget, agent_id: None };
        channels::create(&mut cx, input).await?;
        world.services.commit(cx).await?;
    }
    Ok(ids)
}

async fn conversations(connection: &mut PgConnection, organizations: &[Uuid]) -> anyhow::Result<()> {
    let counts: Vec<i32> =
        (0..=SMALL_WITH_CONVERSATIONS).map(|place| if place == 0 { LARGE_CONVERSATIONS } else { 1_000 }).collect();
    sqlx::raw_sql("create temp table filling (place int, id uuid, conversations int)")
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "insert into filling select place - 1, id, conversations
         from unnest($1::uuid[], $2::int[]) with ordinality as filling (id, conversations, place)",
    )
    .bind(&organizations[..counts.len()])
    .bind(&counts)
    .execute(&mut *connection)
    .await?;
    println!("  100,000 conversations and 1,000,000 messages");
    sqlx::raw_sql(include_str!("conversations.sql")).execute(&mut *connection).await?;
    let (conversations, messages): (i64, i64) =
        sqlx::query_as("select (select count(*) from conversations), (select count(*) from messages)")
            .fetch_one(&mut *connection)
            .await?;
    ensure!(
        conversations == 100_000 && messages == 1_000_000,
        "filled {conversations} conversations, {messages} messages"
    );
    Ok(())
}
