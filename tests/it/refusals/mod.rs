//! Every server function and page of the interface, asked for by those whom it is not for.

mod at_work;
mod forged;
mod furnished;
mod odd_values;
mod other_sites;
mod strangers;
mod tickets;
mod without_permission;

use std::{collections::BTreeMap, time::Duration};

use db::sqlx::{self, PgPool};

use crate::support::{Answer, Browser, Function, Postgres, Program, folder, functions};

/// What people use before they sign in, or to sign out.
const FOR_EVERYBODY: &[&str] = &[
    "accept_as_new",
    "answer_passkey",
    "ask_passkey",
    "load_invitation",
    "load_openings",
    "load_second_step",
    "load_suspension",
    "log_in",
    "log_out",
    "request_reset",
    "reset_link_is_good",
    "reset_password",
    "second_step",
    "set_language",
    "sign_up",
    "skip_when_signed_in",
];

/// What somebody uses who has proven who they are and belongs to no active organization, with a ticket in place of a session.
const WITH_A_TICKET: &[&str] = &["enter_founded", "enter_invited", "enter_restored"];

/// Stands in the name of the organization and of its owner that nobody else may hear of.
const CANARY: &str = "Canary";

/// A service without workers, so that nothing changes by itself.
struct Service {
    program: Program,
    pool: PgPool,
    postgres: Postgres,
    _folder: tempfile::TempDir,
}

impl Service {
    async fn start() -> Self {
        Self::start_with(&[]).await
    }

    async fn start_with(settings: &[(&str, &str)]) -> Self {
        let (folder, postgres) = (folder(), Postgres::start().await);
        let url = postgres.url();
        // A mail server is named, and never asked: workers send.
        let own = [
            ("DATABASE_URL", url.as_str()),
            ("BISEDA_SMTP_URL", "smtp://127.0.0.1:9"),
            ("BISEDA_MAIL_FROM", "help@example.com"),
            ("BISEDA_TRUSTED_PROXIES", "127.0.0.1"),
        ];
        let program = Program::ready(&folder.path().join("data"), "web", &[&own, settings].concat()).await;
        Self { program, pool: postgres.pool().await, postgres, _folder: folder }
    }

    /// Somebody who founded an organization.
    async fn owner(&self, organization: &str, email: &str) -> Browser {
        let browser = Browser::at(&self.program);
        browser.sign_up(organization, email).await;
        browser
    }

    async fn sql(&self, text: &str) {
        sqlx::raw_sql(text).execute(&self.pool).await.unwrap();
    }

    async fn text(&self, query: &str) -> String {
        sqlx::query_scalar(query).fetch_one(&self.pool).await.unwrap()
    }

    /// A digest of every table; of sessions what does not change by being used alone.
    async fn state(&self) -> BTreeMap<String, String> {
        self.state_of("true", &[]).await
    }

    /// The same of what belongs to one organization or its people.
    async fn state_of_organization(&self, id: &str) -> BTreeMap<String, String> {
        let people = format!("(select user_id from user_organizations where organization_id = '{id}')");
        let own = [
            ("organization_id", format!("t.organization_id = '{id}'")),
            ("user_id", format!("t.user_id in {people}")),
            ("slug", format!("t.id = '{id}'")),
            ("password_hash", format!("t.id in {people}")),
        ];
        self.state_of("false", &own).await
    }

    /// Asserts that an organization is as it was.
    async fn assert_unchanged(&self, id: &str, before: &BTreeMap<String, String>, by: &str) {
        let after = self.state_of_organization(id).await;
        let changed: Vec<_> = before.iter().filter(|(table, digest)| after[*table] != **digest).collect();
        assert!(changed.is_empty(), "{by} changed {changed:?}");
    }

    /// Digests of the rows of which the condition of the first column that their table has is true, else `other`.
    async fn state_of(&self, other: &str, conditions: &[(&str, String)]) -> BTreeMap<String, String> {
        // Publishing gives events their positions, and entries of the log their places.
        while self.text("select (exists (table event_outbox) or exists (table audit_outbox))::text").await == "true" {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let columns: Vec<(String, Vec<String>)> = sqlx::query_as(
            "select t.table_name::text, array_agg(c.column_name::text)
             from information_schema.tables t join information_schema.columns c using (table_schema, table_name)
             where t.table_schema = 'public' and t.table_type = 'BASE TABLE'
             group by 1",
        )
        .fetch_all(&self.pool)
        .await
        .unwrap();
        let digests = columns.iter().map(|(table, columns)| {
            let row = if table == "sessions" { "(t.id, t.user_id, t.organization_id)" } else { "t" };
            let mut known = conditions.iter().filter(|(column, _)| columns.iter().any(|name| name == column));
            let condition = known.next().map_or(other, |(_, condition)| condition);
            format!(
                "select '{table}', md5(coalesce(string_agg({row}::text, '|' order by {row}::text), ''))
                 from {table} t where {condition}"
            )
        });
        let query = digests.collect::<Vec<_>>().join(" union all ");
        sqlx::query_as(&query).fetch_all(&self.pool).await.unwrap().into_iter().collect()
    }
}

#[track_caller]
fn assert_refused(who: &str, function: &Function, answer: &Answer, status: u16) {
    let (area, name) = (&function.area, &function.name);
    assert_eq!(answer.status, status, "{area}::{name} posted by {who}: {}", answer.text);
    assert!(!answer.text.contains(CANARY), "{area}::{name} posted by {who}: {}", answer.text);
}

#[tokio::test]
async fn what_operators_do_is_refused_to_everybody_else() {
    let service = Service::start().await;
    service.owner("Canary Roastery", "canary@example.com").await;
    service.sql("update users set name = 'Canary Person'").await;
    let owner = service.owner("Drini Books", "owner@example.com").await;
    let member = service.owner("Elda Shoes", "member@example.com").await;
    let admin = service.owner("Festa Music", "admin@example.com").await;
    let operator = service.owner("Gjergj Tools", "operator@example.com").await;
    service
        .sql(
            "update members m set role = 'member' from users u where u.id = m.user_id and u.email = 'member@example.com';
             update users set is_platform_admin = true where email in ('admin@example.com', 'operator@example.com');
             update users set two_factor_secret = 'x' where email = 'operator@example.com';
             insert into announcements (id, text_en, starts_at, ends_at, created_at)
             values (gen_random_uuid(), 'Canary', now() + interval '1 day', now() + interval '2 days', now())",
        )
        .await;
    let organization = service.text("select id::text from organizations where name like 'Canary%'").await;
    let user = service.text("select id::text from users where name like 'Canary%'").await;
    let mail = service.text("select id::text from mails order by id limit 1").await;
    let announcement = service.text("select id::text from announcements").await;
    let things = [
        ("OrganizationId", organization.as_str()),
        ("UserId", &user),
        ("MailId", &mail),
        ("AnnouncementId", &announcement),
        ("load_organization.id", &organization),
        ("load_user.id", &user),
        ("load_mail.id", &mail),
        ("set_flag_override.organization_id", &organization),
        ("create_announcement.starts_at", "2031-01-01T10:00"),
        ("create_announcement.ends_at", "2031-01-02T10:00"),
        ("set_limits.members", "1"),
        ("set_limits.conversations_per_month", "1"),
        ("set_limits.knowledge_sources", "1"),
        ("set_limits.visitor_megabytes_per_day", "1"),
        ("purge_organization.confirmation", "Canary Roastery"),
    ];
    let mut functions: Vec<Function> = functions().into_iter().filter(|function| function.area == "admin").collect();
    assert!(functions.len() > 25, "{functions:?}");
    let nobody = Browser::at(&service.program);
    let refused = [
        ("nobody", &nobody, 401),
        ("a plain member", &member, 403),
        ("an owner", &owner, 403),
        ("an admin without a second factor", &admin, 403),
    ];

    let before = service.state().await;
    for (who, browser, status) in refused {
        for function in &functions {
            assert_refused(who, function, &function.post(browser, &things).await, status);
        }
    }
    let routes = leptos_axum::generate_route_list(app::App);
    let pages = routes.iter().map(|route| route.path()).filter(|path| path.starts_with("/admin"));
    let pages: Vec<String> = pages
        .map(|page| match page {
            "/admin/organizations/{id}" => format!("/admin/organizations/{organization}"),
            "/admin/users/{id}" => format!("/admin/users/{user}"),
            "/admin/mail/{id}" => format!("/admin/mail/{mail}"),
            other => other.to_owned(),
        })
        .collect();
    assert!(pages.len() > 12 && pages.iter().all(|page| !page.contains('{')), "{pages:?}");
    for (who, browser, _) in refused {
        for page in &pages {
            let answer = browser.get(page).await;
            assert!(!answer.text.contains(CANARY), "{page} shown to {who}: {}", answer.text);
            let expected = match (who, page.as_str()) {
                (_, "/admin/second-factor") => (200, ""),
                ("nobody", _) => (303, "/login?next="),
                ("an admin without a second factor", _) => (303, "/admin/second-factor"),
                _ => (403, ""),
            };
            assert_eq!(answer.status, expected.0, "{page} shown to {who}");
            assert!(answer.location.starts_with(expected.1), "{page} leads {who} to {}", answer.location);
        }
    }
    assert_eq!(service.state().await, before, "what was refused changed nothing");

    // The same requests are good ones: they are refused for who asks. What ends the organization or the operator's own
    // session comes last.
    let last = ["suspend_organization", "purge_organization", "impersonate"];
    functions.sort_by_key(|function| last.iter().position(|name| *name == function.name));
    for function in functions.iter().filter(|function| function.name != "impersonate") {
        let answer = function.post(&operator, &things).await;
        let name = &function.name;
        assert!(!matches!(answer.status, 401 | 403 | 500), "{name} posted by an operator: {answer:?}");
    }
    for page in &pages {
        let answer = operator.get(page).await;
        assert!(matches!(answer.status, 200 | 404), "{page} shown to an operator: {}", answer.status);
    }
    assert_ne!(service.state().await, before);
    let left: i64 = sqlx::query_scalar("select count(*) from organizations where name like 'Canary%'")
        .fetch_one(&service.pool)
        .await
        .unwrap();
    assert_eq!(left, 0, "it was suspended and purged");

    // Who works as a member is no operator meanwhile.
    let other = service.text("select id::text from organizations where name = 'Drini Books'").await;
    let person = service.text("select id::text from users where email = 'owner@example.com'").await;
    let things = [("OrganizationId", other.as_str()), ("UserId", &person)];
    let impersonate = functions.last().unwrap();
    assert_eq!(impersonate.name, "impersonate");
    let begun = impersonate.post(&operator, &things).await;
    assert_eq!(begun.status, 200, "{begun:?}");
    for function in &functions {
        assert_refused("an operator at work as a member", function, &function.post(&operator, &things).await, 403);
    }
    service.program.stop().await;
}

#[tokio::test]
async fn what_members_do_is_refused_to_nobody_and_while_their_organization_is_suspended() {
    let service = Service::start().await;
    let owner = service.owner("Canary Roastery", "canary@example.com").await;
    let reason = "unpaid since March";
    service
        .sql(&format!(
            "update organizations set status = 'suspended', suspended_at = now(), suspended_reason = '{reason}'"
        ))
        .await;
    let nobody = Browser::at(&service.program);
    let functions = functions();
    for name in FOR_EVERYBODY.iter().chain(WITH_A_TICKET) {
        assert!(functions.iter().any(|function| function.name == *name), "{name} is no function any more");
    }
    assert_eq!(owner.get("/app").await.location, "/suspended");
    assert!(owner.get("/suspended").await.text.contains(reason));
    assert!(!nobody.get("/suspended").await.text.contains(reason));
    let sign_in = Browser::at(&service.program).log_in("canary@example.com", "correct horse battery").await;
    assert_eq!((sign_in.status, sign_in.cookie.is_none()), (302, true), "{sign_in:?}");
    let before = service.state().await;
    for function in functions.iter().filter(|function| !FOR_EVERYBODY.contains(&function.name.as_str())) {
        assert_refused("nobody", function, &function.post(&nobody, &[]).await, 401);
        if WITH_A_TICKET.contains(&function.name.as_str()) {
            assert_refused("an owner without a ticket", function, &function.post(&owner, &[]).await, 401);
            continue;
        }
        let answer = function.post(&owner, &[]).await;
        assert_refused("an owner whose organization is suspended", function, &answer, 403);
        let is_told = answer.text.contains("suspended") && answer.text.contains(reason);
        assert!(is_told, "{}: {}", function.name, answer.text);
    }
    assert_eq!(service.state().await, before, "what was refused changed nothing");
    service.program.stop().await;
}
