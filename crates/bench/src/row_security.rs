//! What row-level security costs: the hottest queries as the program's role, and as one that bypasses it.
//!
//! Postgres itself takes the time (`pg_stat_statements`, planning included), so that neither the way to it nor the
//! program's own work hides the difference. Both roles work in turn, on the same rows.

use std::sync::Arc;

use db::{
    Db, SystemClock,
    migrate::APP_ROLE,
    sqlx::{
        self, PgPool,
        postgres::{PgConnectOptions, PgPoolOptions},
    },
};
use domain::{
    Actor, Services, accounts, agents, canned_responses, channels, contacts, conversations, knowledge, live, members,
    messages, overview,
};
use types::{
    contact::ContactFilter,
    conversation::{InboxFilter, InboxList},
    id::{ContactId, ConversationId, OrganizationId},
    message::SendMessage,
};
use uuid::Uuid;

use crate::{report::Report, world::World};

const WARM_UP: usize = 30;
const ROUNDS: usize = 300;
const HOTTEST: i64 = 20;
/// The share that the policies may add.
const GOAL: f64 = 0.10;

pub async fn measure(world: &World<'_>, report: &mut Report) -> anyhow::Result<()> {
    let (session, who) = world.session().await?;
    let organization = who.me.organization.id;
    let (conversation, contact): (Uuid, Uuid) = sqlx::query_as(
        "select id, contact_id from conversations where organization_id = $1 and last_seq = 30 and status = 'active'
         order by id limit 1",
    )
    .bind(organization.0)
    .fetch_one(&world.owner)
    .await?;
    let day =
        Day { session, organization, actor: who.actor(), conversation: conversation.into(), contact: contact.into() };
    let [bound, free] = [Some(APP_ROLE), None].map(|role| services(world, role));
    for _ in 0..WARM_UP {
        day.pass(&bound).await?;
        day.pass(&free).await?;
    }
    sqlx::query("select pg_stat_statements_reset()").execute(&world.owner).await?;
    for round in 0..ROUNDS {
        let [first, second] = if round % 2 == 0 { [&bound, &free] } else { [&free, &bound] };
        day.pass(first).await?;
        day.pass(second).await?;
    }
    judge(&hottest(&world.owner).await?, report);
    Ok(())
}

/// The domain on one connection of a role; without one, the schema's owner, whom no policy binds.
fn services(world: &World<'_>, role: Option<&str>) -> Services {
    let options = PgConnectOptions::clone(&world.owner.connect_options());
    let options = options.options([("pg_stat_statements.track", "top"), ("pg_stat_statements.track_planning", "on")]);
    let options = match role {
        Some(role) => options.options([("role", role)]),
        None => options,
    };
    let pool = PgPoolOptions::new().max_connections(1).connect_lazy_with(options);
    Services { db: Db::new(pool, Arc::new(SystemClock)), ..world.services.clone() }
}

/// What a member's browser asks for, and what it writes.
struct Day {
    session: String,
    organization: OrganizationId,
    actor: Actor,
    conversation: ConversationId,
    contact: ContactId,
}

impl Day {
    async fn pass(&self, services: &Services) -> anyhow::Result<()> {
        accounts::authenticate(services, &self.session).await?;
        let mut cx = services.db.begin(self.organization, self.actor.clone()).await?;
        conversations::counts(&mut cx).await?;
        for list in [None, Some(InboxList::Mine), Some(InboxList::Unassigned), Some(InboxList::Closed)] {
            let filter = InboxFilter { list, limit: Some(50), ..InboxFilter::default() };
            conversations::list(&mut cx, &filter).await?;
        }
        conversations::get(&mut cx, self.conversation).await?;
        messages::list(&mut cx, self.conversation, None, 50).await?;
        contacts::list(&mut cx, &ContactFilter { limit: Some(50), ..ContactFilter::default() }).await?;
        contacts::get(&mut cx, self.contact).await?;
        contacts::timeline(&mut cx, self.contact).await?;
        let cursor = live::cursor(&mut cx).await?;
        live::missed(&services.live, &mut cx, Some(cursor - 20), 500).await?;
        canned_responses::list(&mut cx).await?;
        members::list(&mut cx).await?;
        agents::list(&mut cx).await?;
        channels::list(&mut cx).await?;
        overview::get(&mut cx).await?;
        conversations::mark_read(&mut cx, self.conversation, i64::MAX).await?;
        let input = SendMessage {
            content: "I will ask the carrier and write as soon as they answer.".into(),
            is_note: false,
            client_id: Uuid::new_v4().to_string(),
            attachments: Vec::new(),
            last_seen_seq: None,
        };
        messages::send(&mut cx, self.conversation, input).await?;
        // Nothing of it is to stay.
        drop(cx);
        let question = "How do I tune autovacuum?";
        knowledge::search(services, self.organization, Actor::System, question, 5, &[]).await?;
        Ok(())
    }
}

/// A query, and the mean time that it took each role, in milliseconds.
struct Asked {
    query: String,
    calls: i64,
    bound: f64,
    free: f64,
}

/// The queries that took the program's role the most time in all.
async fn hottest(owner: &PgPool) -> anyhow::Result<Vec<Asked>> {
    let rows: Vec<(String, i64, f64, f64)> = sqlx::query_as(
        "with mean as (
           select queryid, query, calls, userid::regrole::text = $1 as is_bound,
                  (total_plan_time + total_exec_time) / calls as time
           from pg_stat_statements where dbid = (select oid from pg_database where datname = current_database()))
         select bound.query, bound.calls, bound.time as bound, free.time as free
         from mean bound join mean free using (queryid)
         where bound.is_bound and not free.is_bound and bound.calls >= $2 and bound.query ~* '^\\s*(with|select|insert|update)'
         order by bound.time * bound.calls desc limit $3",
    )
    .bind(APP_ROLE)
    .bind(ROUNDS as i64 / 2)
    .bind(HOTTEST)
    .fetch_all(owner)
    .await?;
    Ok(rows.into_iter().map(|(query, calls, bound, free)| Asked { query, calls, bound, free }).collect())
}

fn judge(hottest: &[Asked], report: &mut Report) {
    let cost = |asked: &Asked| asked.bound / asked.free - 1.0;
    for asked in hottest {
        let query: String = asked.query.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(100).collect();
        println!(
            "  {:.3} ms, {:.3} without: {:+.1} % ({}) {query}",
            asked.bound,
            asked.free,
            cost(asked) * 100.0,
            asked.calls
        );
    }
    let sum = |time: fn(&Asked) -> f64| hottest.iter().map(|asked| time(asked) * asked.calls as f64).sum::<f64>();
    let all = sum(|asked| asked.bound) / sum(|asked| asked.free) - 1.0;
    let dearest = hottest.iter().map(cost).fold(f64::MIN, f64::max);
    let most = hottest.iter().map(|asked| asked.bound - asked.free).fold(f64::MIN, f64::max);
    let words = format!(
        "{:+.1} % over the {} hottest; the dearest {:+.1} %, at most {:.0} µs more",
        all * 100.0,
        hottest.len(),
        dearest * 100.0,
        most * 1_000.0
    );
    report.goal("row-level security", "≤ 10 % of the queries' time", words, all <= GOAL);
}
