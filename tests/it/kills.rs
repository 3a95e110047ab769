//! A worker that is killed while it works. What it had in hand is begun anew by the next one, and done once.

use std::{collections::BTreeSet, str::FromStr, sync::Arc, time::Duration};

use db::{
    Actor, Db, SystemClock,
    migrate::APP_ROLE,
    sqlx::{self, PgPool, postgres::PgConnectOptions},
};
use domain::knowledge;
use types::{
    id::OrganizationId,
    knowledge::{CrawlSettings, CreateTextSource, CreateUrlSource, Schedule},
};
use uuid::Uuid;

use crate::support::{Browser, Gate, Postgres, Program, Provider, Site, folder, pairs, until};

/// An installation whose worker can be killed, and the world around it.
struct Installation {
    web: Program,
    pool: PgPool,
    gate: Gate,
    provider: Provider,
    organization: OrganizationId,
    postgres: Postgres,
    folder: tempfile::TempDir,
}

impl Installation {
    async fn start() -> Self {
        let (folder, postgres, gate) = (folder(), Postgres::start().await, Gate::default());
        let provider = Provider::start(&gate).await;
        let web = start(&folder, &postgres, &provider, "web").await;
        Browser::at(&web).sign_up("Alba Coffee", "olta@example.com").await;
        let pool = postgres.pool().await;
        let id: Uuid = sqlx::query_scalar("select id from organizations").fetch_one(&pool).await.unwrap();
        sqlx::query("update agents set provider = 'openai', model = 'small', base_url = $1")
            .bind(provider.base_url())
            .execute(&pool)
            .await
            .unwrap();
        Self { web, pool, gate, provider, organization: OrganizationId(id), postgres, folder }
    }

    async fn worker(&self) -> Program {
        start(&self.folder, &self.postgres, &self.provider, "worker").await
    }

    /// The database as the program sees it: what its role makes in the queue, no other may use.
    fn db(&self) -> Db {
        let options = PgConnectOptions::from_str(&self.postgres.url()).unwrap().options([("role", APP_ROLE)]);
        Db::new(PgPool::connect_lazy_with(options), Arc::new(SystemClock))
    }

    async fn crawl(&self, site: &Site) -> Uuid {
        let mut cx = self.db().begin(self.organization, Actor::System).await.unwrap();
        let input = CreateUrlSource {
            name: String::new(),
            url: site.url(),
            crawl: CrawlSettings::default(),
            schedule: Schedule::Off,
        };
        let source = knowledge::create_url(&mut cx, input).await.unwrap();
        cx.commit().await.unwrap();
        source.id.0
    }

    async fn all_read(&self) {
        until("sources that are read", async || {
            let waiting: i64 = sqlx::query_scalar("select count(*) from knowledge_sources where status <> 'ready'")
                .fetch_one(&self.pool)
                .await
                .unwrap();
            (waiting == 0).then_some(())
        })
        .await;
    }

    /// Locations with the number of passages of each of a source's documents, and how many documents do not answer.
    async fn documents(&self, source: Uuid) -> (Vec<(String, i64)>, i64) {
        let live = sqlx::query_as(
            "select substring(location from '[^/]*$'), (select count(*) from document_chunks c where c.document_id = d.id)
             from documents d where source_id = $1 and is_live order by 1",
        )
        .bind(source)
        .fetch_all(&self.pool)
        .await
        .unwrap();
        let others = sqlx::query_scalar("select count(*) from documents where source_id = $1 and not is_live")
            .bind(source)
            .fetch_one(&self.pool)
            .await
            .unwrap();
        (live, others)
    }
}

async fn start(folder: &tempfile::TempDir, postgres: &Postgres, provider: &Provider, part: &str) -> Program {
    let (url, embeddings) = (postgres.url(), provider.settings());
    let mut settings = pairs(&embeddings);
    settings.extend([("DATABASE_URL", url.as_str()), ("BISEDA_ALLOW_PRIVATE_ADDRESSES", "true")]);
    Program::ready(&folder.path().join("data"), part, &settings).await
}

#[tokio::test]
async fn no_page_is_lost_or_doubled_when_the_worker_is_killed_while_it_reads() {
    const PAGES: usize = 12;
    let installation = Installation::start().await;
    let gate = &installation.gate;
    let (alpha, beta) = (Site::start("alpha", PAGES, gate).await, Site::start("beta", PAGES, gate).await);
    let sources = [installation.crawl(&alpha).await, installation.crawl(&beta).await];
    // What a later round is to be killed at is held in the rounds before, so that it is not done by then.
    let rounds: [&[&str]; 3] = [
        &["alpha page 0", "embed 0 of beta"],
        &["embed 4 of alpha", "beta page 7", "alpha page 11", "embed 11 of beta"],
        &["alpha page 11", "embed 11 of beta"],
    ];
    for (round, steps) in rounds.into_iter().enumerate() {
        gate.hold(steps);
        let worker = installation.worker().await;
        gate.all_reached().await;
        if round == 2 {
            // The last pages come in, are written, and the source is switched over: somewhere in there.
            gate.open();
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
        worker.kill().await;
    }
    gate.open();
    let worker = installation.worker().await;
    installation.all_read().await;

    let mut numbers: BTreeSet<String> = (1..PAGES).map(|number| format!("{number}.html")).collect();
    numbers.insert(String::new());
    for source in sources {
        let (documents, others) = installation.documents(source).await;
        // The first page is at two addresses with one text: one document, at either.
        let found: BTreeSet<String> =
            documents.iter().map(|(name, _)| if name == "0.html" { String::new() } else { name.clone() }).collect();
        assert_eq!((documents.len(), &found), (PAGES, &numbers), "{documents:?}");
        assert_eq!(others, 0, "nothing of the attempts that were cut off is left");
        let (found, done, failed): (i32, i32, i32) = sqlx::query_as(
            "select pages_found, pages_done, pages_failed from knowledge_syncs where source_id = $1 and status = 'completed'",
        )
        .bind(source)
        .fetch_one(&installation.pool)
        .await
        .unwrap();
        assert_eq!((found, done, failed), (done, done, 0));
    }
    // As one that was never disturbed.
    let calm = Site::start("gamma", PAGES, gate).await;
    let calm = installation.crawl(&calm).await;
    installation.all_read().await;
    let passages = |documents: &[(String, i64)]| documents.iter().map(|(_, count)| *count).sum::<i64>();
    let expected = passages(&installation.documents(calm).await.0);
    for source in sources {
        assert_eq!(passages(&installation.documents(source).await.0), expected);
    }
    worker.stop().await;
}

#[tokio::test]
async fn each_question_has_one_answer_when_the_worker_is_killed_while_it_answers() {
    let installation = Installation::start().await;
    let gate = &installation.gate;
    let mut cx = installation.db().begin(installation.organization, Actor::System).await.unwrap();
    let content = "We open at nine and close at five. Coffee beans cost 900 lekë a kilo.".into();
    knowledge::create_text(&mut cx, CreateTextSource { name: "Shop".into(), content }).await.unwrap();
    cx.commit().await.unwrap();
    let mut worker = installation.worker().await;
    installation.all_read().await;
    let names = ["one", "two", "three", "four"];
    let mut visitors = Vec::new();
    for _ in names {
        visitors.push(Browser::visitor(&installation.web, &installation.pool).await);
    }
    // In every round each question is asked when the worker stands at one of these steps, or is just writing.
    let rounds: [(&[&str], u64); 3] = [
        (&["one embed", "two chat", "three middle"], 0),
        (&["one chat", "two chat", "three chat", "four chat"], 90),
        (&["one middle", "two middle", "three middle", "four middle"], 60),
    ];
    for (round, (steps, moment)) in rounds.into_iter().enumerate() {
        gate.hold(steps);
        for (visitor, name) in visitors.iter().zip(names) {
            let text = format!("What do coffee beans cost, for the {round} time? [{name}]");
            visitor.says(&format!("question {round}"), &text).await.ok();
        }
        gate.all_reached().await;
        if moment > 0 {
            gate.open();
            tokio::time::sleep(Duration::from_millis(moment)).await;
        }
        worker.kill().await;
        gate.open();
        worker = installation.worker().await;
        // Asked of the database: browsers that ask ten times a second are told to wait.
        until("an answer to each question", async || {
            let waiting: i64 = sqlx::query_scalar(
                "select count(*) from conversations c where $1 > (
                   select count(*) from messages m where m.conversation_id = c.id and m.author_type = 'agent')",
            )
            .bind(round as i64 + 1)
            .fetch_one(&installation.pool)
            .await
            .unwrap();
            (waiting == 0).then_some(())
        })
        .await;
    }
    // What was begun twice would have come by now.
    tokio::time::sleep(Duration::from_secs(3)).await;
    for visitor in &visitors {
        let thread = visitor.thread().await;
        let authors: Vec<&str> = thread.iter().map(|(author, _)| author.as_str()).collect();
        assert_eq!(authors, ["contact", "agent"].repeat(rounds.len()), "{thread:?}");
        let answers = thread.iter().filter(|(author, _)| author == "agent");
        assert!(
            answers.clone().all(|(_, text)| text.starts_with("word0") && text.ends_with("as told [1].")),
            "{thread:?}"
        );
    }
    worker.stop().await;
}
