//! The time of every page of the dashboard, in the large organization.

use std::time::Duration;

use db::sqlx;
use uuid::Uuid;

use crate::{
    browser::Browser,
    report::{Report, Times, milliseconds},
    world::World,
};

const LOADS: usize = 60;
const WARM_UP: usize = 5;
const GOAL: Duration = Duration::from_millis(50);

pub async fn measure(world: &World<'_>, report: &mut Report) -> anyhow::Result<()> {
    let program = world.program().await?;
    let (session, who) = world.session().await?;
    let browser = Browser::new(&program, &session)?;
    let pages = pages(world, who.me.organization.id.0).await?;
    let (mut slowest, mut all, mut missed) = ((String::new(), Duration::ZERO), Times::default(), 0);
    for (name, path) in &pages {
        let mut times = Times::default();
        for load in 0..WARM_UP + LOADS {
            let (_, time) = browser.page(path).await?;
            if load >= WARM_UP {
                times.push(time);
                all.push(time);
            }
        }
        let p95 = times.percentile(95);
        println!("  {name}: {}", times.summary());
        if p95 > GOAL {
            missed += 1;
            report.goal(&format!("page: {name}"), "p95 ≤ 50 ms", milliseconds(p95), false);
        }
        if p95 > slowest.1 {
            slowest = (name.clone(), p95);
        }
    }
    program.stop().await?;
    let measured = format!(
        "p95 {} the slowest ({}), {} over all",
        milliseconds(slowest.1),
        slowest.0,
        milliseconds(all.percentile(95))
    );
    report.goal(
        &format!("every one of {} pages, 1,000,000 messages", pages.len()),
        "p95 ≤ 50 ms",
        measured,
        missed == 0,
    );
    Ok(())
}

/// Name and path of every page, lists under each of their filters.
async fn pages(world: &World<'_>, organization: Uuid) -> anyhow::Result<Vec<(String, String)>> {
    let mut pages: Vec<(String, String)> = [
        ("overview", "/app"),
        ("new agent", "/app/agents/new"),
        ("agents", "/app/agents"),
        ("channels", "/app/channels"),
        ("new channel", "/app/channels/new"),
        ("organization", "/app/settings"),
        ("members", "/app/settings/members"),
        ("profile", "/app/settings/profile"),
        ("appearance", "/app/settings/appearance"),
        ("canned answers", "/app/inbox/canned"),
        ("knowledge", "/app/knowledge"),
        ("curated answers", "/app/knowledge/answers"),
        ("add knowledge", "/app/knowledge/new"),
        ("add a website", "/app/knowledge/new/website"),
        ("add a file", "/app/knowledge/new/file"),
        ("add a text", "/app/knowledge/new/text"),
        ("knowledge search, asked", "/app/knowledge/search?q=how+do+I+tune+autovacuum%3F"),
        ("knowledge search, a common word", "/app/knowledge/search?q=table"),
    ]
    .map(|(name, path)| (name.to_owned(), path.to_owned()))
    .into();
    pages.extend(inbox(world, organization).await?);
    pages.extend(contacts(world, organization).await?);
    for (name, path, query) in [
        ("agent", "/app/agents/{}", "select id from agents where organization_id = $1 limit 1"),
        ("playground", "/app/agents/{}/playground", "select id from agents where organization_id = $1 limit 1"),
        ("channel", "/app/channels/{}", "select id from channels where organization_id = $1 limit 1"),
        ("source", "/app/knowledge/{}", "select id from knowledge_sources where organization_id = $1 limit 1"),
        (
            "source, last page",
            "/app/knowledge/{}?page=9",
            "select id from knowledge_sources where organization_id = $1 limit 1",
        ),
    ] {
        pages.push((name.into(), path.replace("{}", &id(world, query, organization).await?.to_string())));
    }
    let documents: [(&str, &str); 2] = [
        (
            "document",
            "select source_id, id from documents where organization_id = $1 order by abs(length(content) - 8000) limit 1",
        ),
        (
            "document, the longest",
            "select source_id, id from documents where organization_id = $1 order by length(content) desc limit 1",
        ),
    ];
    for (name, query) in documents {
        let (source, document): (Uuid, Uuid) = sqlx::query_as(query).bind(organization).fetch_one(&world.owner).await?;
        pages.push((name.into(), format!("/app/knowledge/{source}/documents/{document}")));
    }
    Ok(pages)
}

async fn inbox(world: &World<'_>, organization: Uuid) -> anyhow::Result<Vec<(String, String)>> {
    let channel = id(world, "select id from channels where organization_id = $1 limit 1", organization).await?;
    let member =
        id(world, "select id from members where organization_id = $1 and role = 'member' limit 1", organization)
            .await?;
    let mut filters = vec![String::new()];
    for list in ["mine", "unassigned", "agent", "snoozed", "closed"] {
        filters.push(format!("list={list}"));
    }
    for list in ["all", "closed"] {
        for filter in [
            "page=2",
            "page=33",
            "sort=oldest",
            "sort=waiting",
            "sort=priority",
            "unread=true",
            "tag=billing",
            "tag=press",
            "tag=nobody-has-it",
            "priority=urgent",
            "priority=low&sort=oldest",
            "q=parcel",
            "q=emma",
            "q=nobody+is+called+so",
            "q=a",
            "q=warranty&tag=billing&sort=priority",
        ] {
            filters.push(format!("list={list}&{filter}"));
        }
        filters.push(format!("list={list}&channel={channel}"));
        filters.push(format!("list={list}&assignee={member}"));
        filters.push(format!("list={list}&assignee={member}&channel={channel}&priority=high&tag=billing"));
    }
    let anonymous = |filter: &str| {
        let ids = [channel, member].map(|id| id.to_string());
        ids.iter().fold(filter.to_owned(), |filter, id| filter.replace(id, "…"))
    };
    let mut pages: Vec<_> =
        filters.iter().map(|filter| (format!("inbox {}", anonymous(filter)), format!("/app/inbox?{filter}"))).collect();
    for (name, query) in [
        ("conversation", "select id from conversations where organization_id = $1 and last_seq = 10 order by id limit 1"),
        ("conversation of 80 messages", "select id from conversations where organization_id = $1 and last_seq = 80 limit 1"),
        ("conversation, the longest", "select id from conversations where organization_id = $1 order by last_seq desc limit 1"),
        (
            "conversation of the busiest contact",
            "select id from conversations where organization_id = $1 and contact_id =
               (select contact_id from conversations where organization_id = $1 group by 1 order by count(*) desc limit 1)
             order by id limit 1",
        ),
    ] {
        pages.push((name.into(), format!("/app/inbox/{}", id(world, query, organization).await?)));
    }
    Ok(pages)
}

async fn contacts(world: &World<'_>, organization: Uuid) -> anyhow::Result<Vec<(String, String)>> {
    let mut pages: Vec<_> = [
        "",
        "page=2",
        "page=20",
        "sort=last_contact_at",
        "sort=name",
        "sort=-name",
        "tag=wholesale",
        "tag=vip&sort=name",
        "q=emma",
        "q=emma+schmidt",
        "q=adria1",
        "q=nobody+is+called+so",
        "q=em",
        "q=example&sort=name",
    ]
    .iter()
    .map(|filter| (format!("contacts {filter}"), format!("/app/contacts?{filter}")))
    .collect();
    for (name, query) in [
        ("contact", "select contact_id from conversations where organization_id = $1 order by id limit 1"),
        (
            "contact, the busiest",
            "select contact_id from conversations where organization_id = $1 group by 1 order by count(*) desc limit 1",
        ),
    ] {
        pages.push((name.into(), format!("/app/contacts/{}", id(world, query, organization).await?)));
    }
    Ok(pages)
}

async fn id(world: &World<'_>, query: &'static str, organization: Uuid) -> anyhow::Result<Uuid> {
    Ok(sqlx::query_scalar(query).bind(organization).fetch_one(&world.owner).await?)
}
