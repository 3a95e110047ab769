//! Reading a real documentation site from this machine, with an empty database of the program's own.

use std::{
    collections::HashSet,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use axum::Router;
use db::{embedded::Embedded, sqlx};
use domain::{
    accounts::{self, ClientInfo},
    knowledge,
};
use llm::{LocalEmbedder, LocalFiles};
use tower_http::services::ServeDir;
use types::{
    knowledge::{CrawlSettings, CreateUrlSource, Schedule, Sync, SyncStatus},
    organization::SignUp,
};

use crate::{
    Arguments,
    memory::{self, Children},
    program::Program,
    quality,
    report::Report,
    world,
};

/// A site's documentation is as deep as its chapters; more pages than this no site of the bench has.
const CRAWL: CrawlSettings = CrawlSettings { crawl: true, max_depth: 20, max_pages: 5_000 };
const LOOK_EVERY: Duration = Duration::from_millis(200);
const TELL_EVERY: Duration = Duration::from_secs(30);

pub async fn measure(arguments: &Arguments, report: &mut Report) -> anyhow::Result<()> {
    let folder = std::env::temp_dir().join(format!("biseda-bench-ingest-{}", std::process::id()));
    let measured = read(arguments, &folder, report).await;
    let cluster = folder.join("postgres");
    if cluster.is_symlink() {
        std::fs::remove_dir_all(cluster.canonicalize()?)?;
    }
    std::fs::remove_dir_all(&folder)?;
    measured
}

/// What came of a crawl.
struct Crawl {
    sync: Sync,
    seconds: f64,
    /// Addresses that were read.
    read: HashSet<String>,
    /// Some that were not, with the reasons.
    failed: Vec<(String, Option<String>)>,
    /// The program's most memory, in MB.
    peak: f64,
    children: Children,
}

async fn read(arguments: &Arguments, folder: &Path, report: &mut Report) -> anyhow::Result<()> {
    let files = pages(&arguments.documentation)?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let site = format!("http://{}/docs/", listener.local_addr()?);
    let app = Router::new().nest_service("/docs", ServeDir::new(&arguments.documentation));
    let server = tokio::spawn(axum::serve(listener, app).into_future());
    let program = Program::start(arguments, folder, None).await?;
    let crawl = crawl(&program, arguments, folder, &site, report).await;
    // However it went: the program stops its database.
    program.stop().await?;
    server.abort();
    tell(&crawl?, &files, &site, report)
}

async fn crawl(
    program: &Program,
    arguments: &Arguments,
    folder: &Path,
    site: &str,
    report: &mut Report,
) -> anyhow::Result<Crawl> {
    let urls = Embedded::of_running(folder).context("the program's database is not there")?;
    let services =
        world::services(&urls, folder, Arc::new(LocalEmbedder::new(LocalFiles::find(db::embedded::cache_dir)?)))
            .await?;
    let form = SignUp {
        organization_name: "Bench".into(),
        name: "Olta Owner".into(),
        email: "owner@bench.example".into(),
        password: world::PASSWORD.into(),
        locale: "en".into(),
    };
    let signed_in = accounts::sign_up(&services, form, &ClientInfo::default()).await?.signed_in()?;
    let who = accounts::authenticate(&services, &signed_in.token).await?.context("the session is not valid")?;
    let organization = who.me.organization.id;

    let begun = Instant::now();
    let mut cx = services.db.begin(organization, who.actor()).await?;
    let input = CreateUrlSource {
        name: "Documentation".into(),
        url: format!("{site}index.html"),
        crawl: CRAWL,
        schedule: Schedule::Off,
    };
    let source = knowledge::create_url(&mut cx, input).await?.id;
    services.commit(cx).await?;
    let (mut children, mut told) = (Children::default(), Instant::now());
    let sync = loop {
        tokio::time::sleep(LOOK_EVERY).await;
        children.look(program.pid()?);
        let mut cx = services.db.begin(organization, who.actor()).await?;
        let sync = knowledge::get(&mut cx, source).await?.sync.context("the source is not being read")?;
        if sync.status != SyncStatus::Running {
            break sync;
        }
        if told.elapsed() > TELL_EVERY {
            told = Instant::now();
            println!("  {} of {} pages, {} passages", sync.pages_done, sync.pages_found, sync.chunks);
        }
    };
    let seconds = begun.elapsed().as_secs_f64();
    let peak = memory::of_process(program.pid()?, "VmHWM")?;
    let owner = world::pool(&urls.owner, 1).await?;
    let read: Vec<String> =
        sqlx::query_scalar("select location from knowledge_sync_pages where status = 'done'").fetch_all(&owner).await?;
    let failed = sqlx::query_as("select location, reason from knowledge_sync_pages where status = 'failed' limit 10")
        .fetch_all(&owner)
        .await?;
    quality::measure(&services, &owner, organization, &arguments.documentation, report).await?;
    Ok(Crawl { sync, seconds, read: read.into_iter().collect(), failed, peak, children })
}

fn tell(crawl: &Crawl, files: &[String], site: &str, report: &mut Report) -> anyhow::Result<()> {
    for (location, reason) in &crawl.failed {
        println!("  not read: {location}: {}", reason.as_deref().unwrap_or_default());
    }
    if crawl.sync.status != SyncStatus::Completed {
        bail!("the site was not read: {}", crawl.sync.reason.as_deref().unwrap_or_default());
    }
    let lost: Vec<&String> = files.iter().filter(|file| !crawl.read.contains(&format!("{site}{file}"))).collect();
    for file in lost.iter().take(10) {
        println!("  lost: {file}");
    }
    let (count, lost, failed) = (files.len(), lost.len(), crawl.sync.pages_failed);
    let measured = format!("{} of {count} pages read, {failed} failed", count - lost);
    let is_whole = lost == 0 && failed == 0 && count >= 1_000;
    report.goal("reading a documentation site of ≥ 1,000 pages", "no page lost", measured, is_whole);
    let (chunks, seconds) = (crawl.sync.chunks, crawl.seconds);
    let speed = format!("{:.1} passages/s ({chunks} in {seconds:.0} s)", f64::from(chunks) / seconds);
    report.stated("the same, speed", speed);
    let memory = format!(
        "{:.0} MB the program with the model, {:.0} MB its database, {:.0} MB a reader of large pages",
        crawl.peak, crawl.children.database, crawl.children.reader
    );
    report.stated("the same, peak memory", memory);
    Ok(())
}

/// The site's pages.
fn pages(folder: &Path) -> anyhow::Result<Vec<String>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let pages: Vec<String> = names.filter(|name| name.ends_with(".html")).collect();
    ensure!(!pages.is_empty(), "{} holds no pages", folder.display());
    Ok(pages)
}
