//! The installation that is tried: a database, two web nodes behind a proxy, two workers, services outside, an organization.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    Arguments,
    client::{Client, Request},
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
const CONNECTIONS: &str = "16";
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

/// What was done to it.
#[derive(Default, Clone)]
pub struct Happened {
    /// Disturbances beside the kills, with their number.
    pub troubles: BTreeMap<&'static str, usize>,
    /// Steps at which a process ended.
    pub steps: BTreeMap<&'static str, usize>,
    /// From each return of the database until a node was ready, by its part.
    pub returns: BTreeMap<&'static str, Vec<Duration>>,
    /// From when a worker stood still, with a job in hand, until the job went on elsewhere.
    pub taken_over: Vec<Duration>,
    /// Files without a row that were made so old that they have to go.
    pub aged: usize,
    /// Files without a row that may not go yet.
    pub young: Vec<PathBuf>,
}

/// What the clients need to know.
#[derive(Clone)]
pub struct Organization {
    pub id: String,
    /// The owner's session, as a cookie.
    pub session: String,
    pub api_key: String,
    pub channel_key: String,
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

    /// What was done to it so far.
    pub fn happened(&self) -> Happened {
        self.happened.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, note: impl FnOnce(&mut Happened)) {
        note(&mut self.happened.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub fn troubled(&self, name: &'static str) {
        self.note(|happened| *happened.troubles.entry(name).or_default() += 1);
    }

    pub fn reached(&self, step: &'static str) {
        self.note(|happened| *happened.steps.entry(step).or_default() += 1);
    }

    pub fn returned(&self, part: &'static str, took: Duration) {
        self.note(|happened| happened.returns.entry(part).or_default().push(took));
    }

    pub fn taken_over(&self, took: Duration) {
        self.note(|happened| happened.taken_over.push(took));
    }

    pub fn aged(&self, files: usize) {
        self.note(|happened| happened.aged = files);
    }

    pub fn keeps(&self, file: PathBuf) {
        self.note(|happened| happened.young.push(file));
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

/// Founds the organization: an agent with the provider's double, an API key, a webhook for every event, knowledge.
async fn found(base: &str, ledger: &Arc<Ledger>, doubles: &Doubles) -> anyhow::Result<Organization> {
    let open = Client::new(base, ledger.clone(), "198.18.255.1")?;
    let form = json!({"organization_name": "Alba Coffee", "name": "Olta Owner", "email": "olta@example.com",
                      "password": "correct horse battery", "locale": "en"});
    let (_, headers, body) = open
        .once(&Request::post("/api/v1/auth/signup", &form), PATIENCE)
        .await
        .filter(|(status, ..)| *status == 201)
        .context("the sign-up was not answered with success")?;
    let cookie = headers.get("set-cookie").and_then(|cookie| cookie.to_str().ok()).unwrap_or_default();
    let session = cookie.split(';').next().unwrap_or_default().to_owned();
    let me: Value = serde_json::from_slice(&body)?;
    let text = |value: &Value| value.as_str().map(str::to_owned).context("an answer lacks a field");
    let id = text(&me["data"]["organization_id"])?;
    let owner = open.with("cookie", session.clone());
    let key = json!({"name": "chaos", "scopes": me["data"]["permissions"]});
    let key = data(&owner, Request::post(format!("/api/v1/organizations/{id}/api-keys"), &key)).await?;
    let api_key = text(&key["token"])?;
    let agents = data(&owner, Request::get("/api/v1/ai-agents")).await?;
    let agent = text(&agents[0]["id"])?;
    let input =
        json!({"provider": "openai", "model": "small", "base_url": format!("http://{}/v1", doubles.provider.0)});
    let change =
        Request { method: reqwest::Method::PATCH, ..Request::post(format!("/api/v1/ai-agents/{agent}"), &input) };
    data(&owner, change).await?;
    let channels = data(&owner, Request::get("/api/v1/channels")).await?;
    let channel_key = text(&channels[0]["public_key"])?;
    let hook = json!({"url": format!("http://{}/hook", doubles.receiver.address), "events": []});
    data(&owner, Request::post("/api/v1/webhook-subscriptions", &hook)).await?;
    let source =
        json!({"type": "text", "name": "Shop", "content": "We open at nine. Coffee beans cost 900 lekë a kilo."});
    data(&owner, Request::post("/api/v1/knowledge-sources", &source)).await?;
    Ok(Organization { id, session, api_key, channel_key })
}

async fn data(client: &Client, request: Request) -> anyhow::Result<Value> {
    let answer = client.once(&request, PATIENCE).await;
    let (status, _, body) = answer.with_context(|| format!("{} was not answered", request.path))?;
    if !(200..300).contains(&status) {
        bail!("{} answered {status}: {}", request.path, String::from_utf8_lossy(&body));
    }
    Ok(serde_json::from_slice::<Value>(&body)?["data"].take())
}
