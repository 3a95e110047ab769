//! Two organizations that know nothing of each other, and services whose clock, models and files are the test's own.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use db::{
    Actor, Clock, Cx, Db, SystemClock,
    testing::{ManualClock, Organization, database_with_clock, own_database},
};
use domain::{
    Result, SecretKey, Services, Settings,
    accounts::ClientInfo,
    knowledge::{self, KnowledgeSettings},
    live::Bus,
};
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use tracing::{Subscriber, span};
use types::{
    id::{MemberId, SourceId},
    member::Role,
    permission::Permissions,
};

/// What a test works with.
pub struct World {
    pub services: Services,
    /// Stands still until the test moves it.
    pub clock: Arc<ManualClock>,
    pub a: Organization,
    pub b: Organization,
}

/// Makes services and two organizations, each with an owner.
pub async fn two_organizations() -> World {
    let (services, clock) = services().await;
    let a = db::testing::organization(&services.db).await;
    let b = db::testing::organization(&services.db).await;
    World { services, clock, a, b }
}

/// The same on a database of their own, for what looks at all organizations: publishers, workers, the upkeep.
pub async fn own_world() -> World {
    let (services, clock) = own_services().await;
    let a = db::testing::organization(&services.db).await;
    let b = db::testing::organization(&services.db).await;
    World { services, clock, a, b }
}

/// Services over a database of their own.
pub async fn own_services() -> (Services, Arc<ManualClock>) {
    let clock = clock();
    (services_over(own_database(clock.clone()).await), clock)
}

/// Services over the test database: a clock that the test moves, a deterministic embedder, models that reach what
/// listens on this machine, and a folder for files that is left to the system's temporary files.
pub async fn services() -> (Services, Arc<ManualClock>) {
    let clock = clock();
    let db = database_with_clock(clock.clone()).await;
    (services_over(db), clock)
}

/// Shows the time, and stands still. Postgres keeps microseconds; a finer clock would differ from what was stored.
fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(chrono::SubsecRound::trunc_subsecs(SystemClock.now(), 6)))
}

/// The browser of somebody who signs in.
pub fn browser() -> ClientInfo {
    ClientInfo { ip: Some("192.0.2.1".into()), user_agent: Some("Firefox".into()) }
}

/// Services over any database.
pub fn services_over(db: Db) -> Services {
    let loopback = outbound::Policy {
        allowed_networks: vec!["127.0.0.0/8".parse().expect("a network")],
        ..outbound::Policy::default()
    };
    let outbound = outbound::Client::new(loopback).expect("a client");
    let models = llm::Providers::new(outbound.clone(), llm::Timeouts::default());
    let files_dir = std::env::temp_dir().join(format!("biseda-test-{}", uuid::Uuid::new_v4()));
    Services {
        db,
        live: Bus::new(),
        secret_key: Arc::new(SecretKey::new([7; 32])),
        outbound,
        mailer: domain::mails::Mailer::default(),
        embedder: Arc::new(llm::testing::FakeEmbedder),
        models: Arc::new(models),
        settings: Arc::new(Settings {
            public_url: "http://biseda.test".into(),
            files_dir,
            disk_reserve: 0,
            events_kept_days: 30,
            knowledge: KnowledgeSettings { retry_wait: Duration::from_millis(5), ..KnowledgeSettings::default() },
        }),
    }
}

impl World {
    /// A transaction of the first organization's owner.
    pub async fn cx_a(&self) -> Cx {
        self.cx(&self.a, self.a.owner.clone()).await
    }

    /// A transaction of the second organization's owner.
    pub async fn cx_b(&self) -> Cx {
        self.cx(&self.b, self.b.owner.clone()).await
    }

    /// A transaction of somebody in an organization.
    pub async fn cx(&self, organization: &Organization, actor: Actor) -> Cx {
        self.services.db.begin(organization.id, actor).await.expect("a transaction")
    }

    /// The first organization's owner with the rights of a plain member.
    pub fn plain_member(&self) -> Actor {
        let Actor::Member { id, user_id, name, .. } = self.a.owner.clone() else { panic!("the owner is a member") };
        let permissions = Permissions::of_role(Role::Member);
        Actor::Member { id, user_id, name, role: Role::Member, permissions, impersonator: None }
    }

    /// The first organization's owner as a member.
    pub fn member_a(&self) -> MemberId {
        self.a.owner.member_id().expect("the owner is a member")
    }
}

/// How many passwords are hashed until something is done: nothing else in a sign-in takes long enough to tell of itself by
/// its time.
pub async fn passwords_hashed(action: impl Future<Output = ()>) -> u64 {
    let hashes = Hashes::default();
    let _counted = metrics::set_default_local_recorder(&hashes);
    action.await;
    hashes.0.load(Ordering::SeqCst)
}

/// Counts hashed passwords and nothing else.
#[derive(Default)]
struct Hashes(Arc<AtomicU64>);

impl Recorder for Hashes {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        match key.name() {
            "biseda_passwords_hashed_total" => Counter::from_arc(self.0.clone()),
            _ => Counter::noop(),
        }
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

/// How many statements the database is sent until something is done.
pub async fn statements_sent(action: impl Future<Output = ()>) -> u64 {
    let statements = Statements::default();
    let _counted = tracing::subscriber::set_default(statements.clone());
    action.await;
    statements.0.load(Ordering::SeqCst)
}

/// Counts what sqlx tells of statements and nothing else.
#[derive(Default, Clone)]
struct Statements(Arc<AtomicU64>);

impl Subscriber for Statements {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target() == "sqlx::query"
    }

    fn event(&self, _: &tracing::Event<'_>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

/// Waits until so many transactions of a database of one's own wait for others.
pub async fn until_waiting(services: &Services, number: i64) {
    let waiting = "select count(distinct l.pid) from pg_locks l join pg_stat_activity a on a.pid = l.pid
                   where not l.granted and a.datname = current_database()";
    let pool = services.db.system();
    while sqlx::query_scalar::<_, i64>(waiting).fetch_one(pool.pool()).await.unwrap() < number {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Gives what was written to the audit logs its place there.
pub async fn seal(services: &Services) {
    domain::audit::seal(services).await.unwrap();
}

/// Names of an organization's events, in the order of their commits.
pub async fn events(cx: &mut Cx) -> Vec<String> {
    sqlx::query_scalar(
        "select e.name from events e
         left join event_outbox o on o.organization_id = e.organization_id and o.event_id = e.id
         where e.organization_id = $1 order by e.position nulls last, o.id",
    )
    .bind(cx.organization().0)
    .fetch_all(cx.conn())
    .await
    .expect("events")
}

/// The fields that an input broke a rule with.
pub fn invalid_fields<T: std::fmt::Debug>(result: Result<T>) -> Vec<String> {
    let error = result.expect_err("an invalid input");
    let fields: Vec<String> = error.details().iter().map(|detail| detail.field.clone()).collect();
    assert!(!fields.is_empty(), "{error:?}");
    fields
}

/// Asserts that a row of another organization looks like none at all.
#[track_caller]
pub fn assert_not_found<T: std::fmt::Debug>(result: Result<T>) {
    let error = result.expect_err("a row of another organization");
    assert!(matches!(error, domain::Error::NotFound(_)), "{error:?}");
}

/// Deletes a source in a transaction of its own.
pub async fn delete_source(services: &Services, mut cx: Cx, id: SourceId) -> domain::Result<()> {
    knowledge::delete(&mut cx, id).await?;
    services.commit(cx).await
}
