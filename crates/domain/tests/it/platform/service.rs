use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use db::{SystemClock, testing};
use domain::{
    Error, accounts, attachments, channels,
    jobs::{self, Job, Runner},
    platform,
};
use futures::stream;
use types::{
    knowledge::NotReadCode,
    organization::SignUp,
    platform::{AnnouncementLevel, CreateAnnouncement, FeatureFlag, PlatformLogFilter},
};

use super::operator;
use crate::{
    desk::desk,
    mails::sign_up,
    no_organization::ticket,
    support::{assert_not_found, invalid_fields, own_services, passwords_hashed, services, services_over},
};

#[tokio::test]
async fn the_overview_sums_up_what_was_counted() {
    let (services, clock) = own_services().await;
    let admin = operator(&services).await;
    let (owner, _) = sign_up(&services).await;
    accounts::request_password_reset(&services, &owner.me.email).await.unwrap();
    let before = platform::overview(&services, &admin.operator).await.unwrap();
    assert_eq!((before.organizations, before.users, before.suspended, before.measured_at), (2, 2, 0, None));
    assert_eq!(platform::measure_due(&services).await.unwrap(), 2);
    assert_eq!(platform::measure_due(&services).await.unwrap(), 0, "figures are good for five minutes");
    clock.advance(TimeDelta::minutes(6));
    assert_eq!(platform::measure_due(&services).await.unwrap(), 2);
    platform::suspend_organization(&services, &admin.operator, owner.me.organization.id, "spam").await.unwrap();
    let after = platform::overview(&services, &admin.operator).await.unwrap();
    assert_eq!((after.organizations, after.suspended, after.days.len()), (2, 1, 30));
    let made: i64 = after.days.iter().map(|day| day.organizations).sum();
    assert_eq!((made, after.days.iter().map(|day| day.users).sum::<i64>()), (2, 2));
    assert!(after.measured_at.is_some());
    assert_eq!((after.jobs_waiting, after.jobs_failed), (1, 0), "a link to a new password");
}

#[tokio::test]
async fn a_failed_job_is_shown_with_its_reason_and_begun_anew() {
    let services = services_over(testing::own_database(Arc::new(SystemClock)).await);
    let admin = operator(&services).await;
    let organization = testing::organization(&services.db).await.id;
    let mut cx = services.db.begin(organization, db::Actor::System).await.unwrap();
    jobs::enqueue(&mut cx, Job::Tick).await.unwrap();
    cx.commit().await.unwrap();
    let failing: jobs::Body = Arc::new(|_, job| {
        Box::pin(async move { if job == Job::Tick { Err(anyhow::anyhow!("the disk is full")) } else { Ok(()) } })
    });
    let runner = Runner::start_with(&services, failing).await.unwrap();
    let failed = async {
        loop {
            let jobs = platform::jobs(&services, &admin.operator).await.unwrap();
            if let Some(job) = jobs.failures.into_iter().find(|job| job.has_failed) {
                return job;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let job = tokio::time::timeout(Duration::from_secs(20), failed).await.expect("a failure");
    runner.stop().await;
    assert_eq!((job.name.as_str(), job.queue.as_str()), ("tick", "tick"));
    assert!(job.error.as_deref().is_some_and(|error| error.contains("the disk is full")), "{job:?}");
    let queues = platform::jobs(&services, &admin.operator).await.unwrap().queues;
    assert!(queues.iter().any(|queue| queue.name == "tick" && queue.failed > 0), "{queues:?}");

    platform::retry_job(&services, &admin.operator, job.id).await.unwrap();
    let jobs = platform::jobs(&services, &admin.operator).await.unwrap();
    assert!(jobs.failures.iter().all(|other| other.id != job.id), "{jobs:?}");
    assert!(jobs.queues.iter().any(|queue| queue.name == "tick" && queue.waiting > 0), "{jobs:?}");
    assert_not_found(platform::retry_job(&services, &admin.operator, job.id).await);
    assert_not_found(platform::retry_job(&services, &admin.operator, i64::MAX).await);
}

#[tokio::test]
async fn the_system_says_what_it_is() {
    let (services, _) = services().await;
    let admin = operator(&services).await;
    let system = platform::system(&services, &admin.operator).await.unwrap();
    assert!(system.database_bytes > 0 && system.connections > 0 && system.max_connections > 0);
    assert_eq!((system.pending_migrations, system.tables.len()), (0, 12));
    assert!(system.migrations.iter().any(|step| step.name == "platform"), "{:?}", system.migrations);
    assert!(system.slow_queries.is_none(), "the test database does not count statements");
}

#[tokio::test]
async fn what_is_in_trouble_is_found_across_organizations() {
    let desk = desk().await;
    let services = &desk.services;
    let admin = operator(services).await;
    let mut cx = desk.cx().await;
    let text = types::knowledge::CreateTextSource { name: "Terms".into(), content: "All sales are final.".into() };
    let source = domain::knowledge::create_text(&mut cx, text).await.unwrap().id;
    let input = types::webhook::WebhookInput {
        url: "https://127.0.0.1:1/hook".into(),
        is_active: true,
        ..types::webhook::WebhookInput::default()
    };
    let hook = domain::webhooks::create(services, &mut cx, input).await.unwrap().subscription.id;
    for sql in [
        "update knowledge_sources set status = 'failed', failure_reason = 'gone' where organization_id = $1",
        r#"update knowledge_syncs set status = 'failed', reason = 'gone', reason_code = '{"code": "no_content"}'
           where organization_id = $1"#,
    ] {
        sqlx::query(sql).bind(desk.world.a.id.0).execute(cx.conn()).await.unwrap();
    }
    let now = cx.now();
    sqlx::query("update webhook_subscriptions set failing_since = $2 where organization_id = $1")
        .bind(desk.world.a.id.0)
        .bind(now)
        .execute(cx.conn())
        .await
        .unwrap();
    services.commit(cx).await.unwrap();
    platform::measure(services, desk.world.a.id).await.unwrap();
    let sources = platform::failing_sources(services, &admin.operator).await.unwrap();
    let found = sources.iter().find(|failing| failing.source_id == source).expect("the source");
    assert_eq!((found.organization_id, found.reason.clone()), (desk.world.a.id, Some(NotReadCode::NoContent.into())));
    let hooks = platform::failing_webhooks(services, &admin.operator).await.unwrap();
    let found = hooks.iter().find(|failing| failing.subscription_id == hook).expect("the webhook");
    assert_eq!((found.organization_id, found.failing_since), (desk.world.a.id, Some(now)));
}

fn announcement(ends_at: &str) -> CreateAnnouncement {
    CreateAnnouncement {
        level: AnnouncementLevel::Warning,
        text_en: "Maintenance tonight".into(),
        text_sq: String::new(),
        starts_at: String::new(),
        ends_at: ends_at.into(),
    }
}

#[tokio::test]
async fn an_announcement_is_shown_in_its_time_until_it_is_put_away() {
    let (services, clock) = own_services().await;
    let admin = operator(&services).await;
    let (somebody, session) = sign_up(&services).await;
    let (other, _) = sign_up(&services).await;
    let shown = async |who: &accounts::Authenticated| {
        platform::shown_announcements(&services, who.me.user_id).await.unwrap().len()
    };
    let create = async |input| platform::create_announcement(&services, &admin.operator, input).await;
    assert_eq!(invalid_fields(create(announcement("tomorrow")).await), ["ends_at"]);
    assert_eq!(invalid_fields(create(announcement("2020-01-01T00:00")).await), ["ends_at"]);
    let tomorrow = (services.db.now() + TimeDelta::days(1)).format("%Y-%m-%dT%H:%M").to_string();
    let id = create(announcement(&tomorrow)).await.unwrap();
    let later = CreateAnnouncement {
        starts_at: (services.db.now() + TimeDelta::hours(5)).format("%Y-%m-%dT%H:%M").to_string(),
        ..announcement(&tomorrow)
    };
    create(later).await.unwrap();
    let notices = platform::notices(&services, &session).await.unwrap();
    assert_eq!((notices.announcements.len(), notices.impersonation), (1, None));
    assert_eq!(platform::notices(&services, "nobody").await.unwrap(), Default::default());
    assert_eq!((shown(&somebody).await, shown(&other).await), (1, 1));
    platform::dismiss_announcement(&services, somebody.me.user_id, id).await.unwrap();
    platform::dismiss_announcement(&services, somebody.me.user_id, id).await.unwrap();
    assert_eq!((shown(&somebody).await, shown(&other).await), (0, 1));
    clock.advance(TimeDelta::hours(6));
    assert_eq!((shown(&somebody).await, shown(&other).await), (1, 2));
    clock.advance(TimeDelta::days(1));
    assert_eq!(shown(&other).await, 0);
    assert_eq!(platform::announcements(&services, &admin.operator).await.unwrap().len(), 2);
    platform::delete_announcement(&services, &admin.operator, id).await.unwrap();
    assert_not_found(platform::delete_announcement(&services, &admin.operator, id).await);
}

fn form(email: &str) -> SignUp {
    SignUp {
        organization_name: "New".into(),
        name: "New".into(),
        email: email.into(),
        password: "correct horse battery".into(),
        locale: "en".into(),
    }
}

#[tokio::test]
async fn closed_sign_up_lets_no_stranger_in_but_operators() {
    let (services, _) = own_services().await;
    let admin = operator(&services).await;
    let client = accounts::ClientInfo::default();
    platform::set_flag(&services, &admin.operator, FeatureFlag::SignUp, false).await.unwrap();
    let refused = accounts::sign_up(&services, form("new@example.com"), &client).await;
    assert!(matches!(refused, Err(Error::Refused(why)) if why.contains("closed")), "{refused:?}");
    accounts::create_platform_admin(&services, "op@example.com", "Op", "correct horse battery").await.unwrap();
    let entry = accounts::sign_up(&services, form("op@example.com"), &client).await.expect("as at sign-in");
    let ticket = ticket(entry);
    assert!(accounts::openings(&services, &ticket, None).await.unwrap().may_found);
    accounts::enter_founded(&services, &ticket, "New", &client).await.expect("who operates the service");
    let organization = testing::organization(&services.db).await.id;
    let refused =
        platform::set_flag_override(&services, &admin.operator, FeatureFlag::SignUp, organization, true).await;
    assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    platform::set_flag(&services, &admin.operator, FeatureFlag::SignUp, true).await.unwrap();
    accounts::sign_up(&services, form("new@example.com"), &client).await.unwrap();
    let filter = PlatformLogFilter { action: "feature_flag".into(), ..PlatformLogFilter::default() };
    assert_eq!(platform::log(&services, &admin.operator, &filter).await.unwrap().total, 2);
}

#[tokio::test]
async fn closed_sign_up_tells_nobody_who_has_an_account() {
    let (services, _) = own_services().await;
    let admin = operator(&services).await;
    let client = accounts::ClientInfo::default();
    accounts::sign_up(&services, form("known@example.com"), &client).await.unwrap();
    platform::set_flag(&services, &admin.operator, FeatureFlag::SignUp, false).await.unwrap();
    for email in ["known@example.com", "unknown@example.com"] {
        let refused = async {
            let form = SignUp { password: "another password".into(), ..form(email) };
            let refused = accounts::sign_up(&services, form, &client).await;
            assert!(matches!(refused, Err(Error::Refused(why)) if why.contains("closed")), "{refused:?}");
        };
        assert_eq!(passwords_hashed(refused).await, 1, "{email}");
    }
}

#[tokio::test]
async fn an_override_counts_for_its_organization_alone() {
    let desk = desk().await;
    let other = crate::desk::desk().await;
    let services = &desk.services;
    let admin = operator(services).await;
    let flag = FeatureFlag::WidgetUploads;
    let organization = desk.world.a.id;
    platform::set_flag_override(services, &admin.operator, flag, organization, false).await.unwrap();
    assert!(!channels::widget(services, &desk.key).await.unwrap().appearance.file_upload);
    assert!(channels::widget(services, &other.key).await.unwrap().appearance.file_upload);
    let visitor = desk.visitor().await;
    let nothing = stream::empty::<std::io::Result<bytes::Bytes>>();
    let refused = attachments::upload_as_visitor(services, &visitor, "a.png", nothing).await;
    assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    let states = platform::flags(services, &admin.operator).await.unwrap();
    let state = states.iter().find(|state| state.flag == flag).unwrap();
    assert!(state.is_on && state.overrides.iter().any(|one| one.organization_id == organization && !one.is_on));
    platform::clear_flag_override(services, &admin.operator, flag, organization).await.unwrap();
    assert!(channels::widget(services, &desk.key).await.unwrap().appearance.file_upload);
    assert_not_found(platform::clear_flag_override(services, &admin.operator, flag, organization).await);
}
