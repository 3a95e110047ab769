//! The installation that is tried: a database, two web nodes behind a proxy, two workers, services outside, an organization.

mod happened;
mod organization;

use std::{
    net::SocketAddr,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use tempfile::TempDir;

use self::{
    happened::Happened,
    organization::{Organization, found},
};
use crate::{
    Arguments,
    database::Database,
    disk::Disk,
    doubles::Doubles,
    ledger::Ledger,
    node::{Launch, Node},
    proxy::Proxy,
};

/// The installation's key, in hexadecimal.
const SECRET_KEY: &str = "0707070707070707070707070707070707070707070707070707070707070707";
/// Connections of each process to the database: six beside those of the workers' queue, one of which listens. Enough for
/// the load, and few enough that it takes all of them when it waits for a lock.
const CONNECTIONS: &str = "18";
/// How long the first start may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Everything that takes part.
pub struct Stage {
    pub database: Database,
    pub proxy: Proxy,
    pub webs: Vec<Node>,
    pub workers: Vec<Node>,
    pub doubles: Doubles,
    pub ledger: Arc<Ledger>,
    pub organization: Organization,
    /// Where uploaded files are.
    pub files: PathBuf,
    /// Where a debug build looks for the steps at which it is to die, and for clocks.
    pub hooks: PathBuf,
    pub disk: Disk,
    /// Odd while nobody can be ready: the pool is exhausted, or the disk full.
    pub strain: AtomicUsize,
    happened: Mutex<Happened>,
    folder: TempDir,
}

impl Stage {
    pub async fn open(arguments: &Arguments) -> anyhow::Result<Self> {
        // Installs what TLS needs, which HTTP clients ask for even where nothing is encrypted.
        outbound::Client::new(outbound::Policy::default())?;
        let folder = tempfile::Builder::new().prefix("biseda-chaos-").tempdir()?;
        // The database's user enters it when root runs this.
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755))?;
        let disk = Disk::make(folder.path())?;
        if !disk.is_own {
            println!("  without the right to mount a file system the disk is not filled");
        }
        let (data, hooks) = (disk.path.join("data"), folder.path().join("hooks"));
        std::fs::create_dir_all(&hooks)?;
        let database = Database::start(&disk.path.join("database")).await?;
        let (doubles, proxy) = (Doubles::start().await?, Proxy::start().await?);
        let program = arguments.from.as_ref().unwrap_or(&arguments.program);
        let program = program.canonicalize().with_context(|| format!("there is no program {}", program.display()))?;
        let mut settings = settings(&database, &doubles, &proxy, &data, &hooks);
        // A rolling restart has as many as operators have: no request may fail in it.
        if !arguments.rolling {
            settings.push(("BISEDA_DATABASE_MAX_CONNECTIONS", CONNECTIONS.into()));
        }
        // Its disk is small, and to be filled to the end. The program that is upgraded may not know the setting.
        if arguments.from.is_none() {
            settings.push(("BISEDA_DISK_RESERVE_MB", "0".into()));
        }
        let start = async |part, number| {
            let (name, mut settings) = (format!("{part}-{number}"), settings.clone());
            let clock = hooks.join(format!("{name}.clock"));
            settings.push(("CHAOS_CLOCK", clock.display().to_string()));
            let launch = Launch { program: program.clone(), part, folder: disk.path.clone(), settings, clock };
            let node = Node::start(launch, &name)?;
            until_ready(node.address).await.with_context(|| log_of(&disk.path, &node.name))?;
            anyhow::Ok(node)
        };
        let webs = vec![start("web", 1).await?, start("web", 2).await?];
        let workers = vec![start("worker", 1).await?, start("worker", 2).await?];
        webs.iter().for_each(|web| proxy.add(web.address));
        let ledger = Arc::<Ledger>::default();
        let organization = found(&format!("http://{}", proxy.address), &ledger, &doubles).await?;
        let files = data.join("files");
        Ok(Self {
            database,
            proxy,
            webs,
            workers,
            doubles,
            ledger,
            organization,
            files,
            hooks,
            disk,
            strain: AtomicUsize::new(0),
            happened: Mutex::default(),
            folder,
        })
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where browsers reach the product.
    pub fn base(&self) -> String {
        format!("http://{}", self.proxy.address)
    }

    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.webs.iter().chain(&self.workers)
    }

    /// How many processes were killed.
    pub fn kills(&self) -> usize {
        let database = self.database.kills.load(Ordering::SeqCst);
        database + self.nodes().map(Node::kills).sum::<usize>()
    }

    /// Puts the database's clock ahead, by which all processes go, by so many seconds more.
    ///
    /// # Errors
    /// When that cannot be written down.
    pub fn put_clock_ahead(&self, seconds: i64) -> anyhow::Result<()> {
        let file = self.hooks.join("clock");
        let before: i64 = std::fs::read_to_string(&file).ok().and_then(|said| said.parse().ok()).unwrap_or_default();
        // Nobody may read half of it.
        let new = file.with_extension("new");
        std::fs::write(&new, (before + seconds).to_string())?;
        Ok(std::fs::rename(new, file)?)
    }

    /// Stops everything; the folder goes, unless somebody wants to look at it.
    pub async fn close(self, is_kept: bool) {
        for node in self.nodes() {
            node.stop().await;
        }
        self.database.stop().await;
        if let Err(error) = self.disk.close() {
            println!("  the disk is left behind: {error:#}");
        }
        if is_kept {
            println!("  kept: {}", self.folder.keep().display());
        }
    }
}

fn settings(
    database: &Database,
    doubles: &Doubles,
    proxy: &Proxy,
    data: &Path,
    hooks: &Path,
) -> Vec<(&'static str, String)> {
    let urls = database.urls();
    let provider = format!("http://{}/v1", doubles.provider.0);
    vec![
        ("DATABASE_URL", urls.app.clone()),
        ("BISEDA_MIGRATION_DATABASE_URL", urls.owner.clone()),
        ("BISEDA_PUBLIC_URL", format!("http://{}", proxy.address)),
        ("BISEDA_DATA_DIR", data.display().to_string()),
        ("BISEDA_SITE_ROOT", data.join("site").display().to_string()),
        ("BISEDA_SECRET_KEY", SECRET_KEY.into()),
        ("BISEDA_TRUSTED_PROXIES", "127.0.0.1".into()),
        ("BISEDA_ALLOW_PRIVATE_ADDRESSES", "true".into()),
        ("BISEDA_API_REQUESTS_PER_MINUTE", "1000000".into()),
        ("BISEDA_SMTP_URL", format!("smtp://{}", doubles.mail.address)),
        ("BISEDA_MAIL_FROM", "Biseda <help@example.com>".into()),
        ("BISEDA_EMBEDDING_PROVIDER", "openai".into()),
        ("BISEDA_EMBEDDING_BASE_URL", provider),
        ("BISEDA_EMBEDDING_MODEL", "alike".into()),
        ("BISEDA_EMBEDDING_DIMENSION", "4".into()),
        ("CHAOS_HOOKS", hooks.display().to_string()),
    ]
}

fn log_of(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(format!("{name}.log"))).unwrap_or_default()
}

/// Waits until a node says that it is ready.
async fn until_ready(address: SocketAddr) -> anyhow::Result<()> {
    let begun = Instant::now();
    while !is_ready(address).await {
        if begun.elapsed() > PATIENCE {
            bail!("the program did not become ready");
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

/// Whether a node says that it is ready.
pub async fn is_ready(address: SocketAddr) -> bool {
    let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(1)).build();
    let Ok(client) = client else { return false };
    client.get(format!("http://{address}/health/ready")).send().await.is_ok_and(|answer| answer.status().is_success())
}
