//! What broken uploads have left in the folder of files. The product keeps it for a day, as it may be a file that is just
//! coming in, and removes it then.

use std::{
    collections::HashSet,
    fs::{self, File},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use db::{Clock, SystemClock};
use uuid::Uuid;

use crate::{
    rule::{Findings, Rule},
    stage::Stage,
};

/// So old may it become.
const DAY: Duration = Duration::from_secs(24 * 3600);
/// Ends the name of what has not arrived whole.
const PART: &str = ".part";

/// A file without a row.
struct Leftover {
    path: PathBuf,
    is_old: bool,
}

/// Makes everything that was left so old that it has to go, and adds a whole file and a part of one, both old and young.
/// The product's upkeep becomes due.
///
/// # Errors
/// When the folder or the database cannot be written to.
pub async fn age(stage: &Stage) -> anyhow::Result<()> {
    let old = SystemTime::from(SystemClock.now()) - 2 * DAY;
    let (left, _) = leftovers(stage).await?;
    for leftover in &left {
        File::options().write(true).open(&leftover.path)?.set_modified(old)?;
    }
    let folder = stage.files.join(&stage.organization.id);
    fs::create_dir_all(&folder)?;
    for end in ["", PART] {
        let path = || folder.join(format!("{}{end}", Uuid::from_u128(rand::random())));
        File::create(path())?.set_modified(old)?;
        let young = path();
        File::create(&young)?;
        stage.keeps(young);
    }
    stage.aged(left.len() + 2);
    sqlx::query("update platform_settings set updated_at = updated_at - interval '2 days' where name = 'upkeep'")
        .execute(&stage.database.owner)
        .await?;
    Ok(())
}

pub(super) async fn look(stage: &Stage, findings: &mut Findings) -> anyhow::Result<()> {
    let (left, strange) = leftovers(stage).await?;
    for path in strange {
        findings.broke(Rule::NoHalfUpload, format!("{} is no file of the product", path.display()));
    }
    let happened = stage.happened();
    findings.looked(Rule::LeftoversGo, happened.aged + happened.young.len());
    for leftover in left.iter().filter(|leftover| leftover.is_old) {
        findings.broke(Rule::LeftoversGo, format!("{} is there after two days", leftover.path.display()));
    }
    for young in happened.young.iter().filter(|path| !path.exists()) {
        findings.broke(Rule::LeftoversGo, format!("{} went at once", young.display()));
    }
    Ok(())
}

/// How many files broken uploads have left, and those that were put beside them.
pub(super) async fn figure(stage: &Stage) -> anyhow::Result<(String, String)> {
    let (left, _) = leftovers(stage).await?;
    let figure = format!("{} that were made old, {} there in the end", stage.happened().aged, left.len());
    Ok(("files without a row".into(), figure))
}

/// Files of which no row tells, whole or not, and those whose names are not the product's.
async fn leftovers(stage: &Stage) -> anyhow::Result<(Vec<Leftover>, Vec<PathBuf>)> {
    let rows: Vec<Uuid> = sqlx::query_scalar("select id from attachments union all select id from knowledge_sources")
        .fetch_all(&stage.database.owner)
        .await?;
    let rows: HashSet<String> = rows.iter().map(Uuid::to_string).collect();
    let before = SystemTime::from(SystemClock.now()) - DAY;
    let (mut left, mut strange) = (Vec::new(), Vec::new());
    for organization in entries(&stage.files)? {
        for path in entries(&organization)?.into_iter().chain(entries(&organization.join("knowledge"))?) {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            // One that goes just now is no leftover.
            let Ok(data) = path.metadata() else { continue };
            if data.is_dir() && name == "knowledge" || rows.contains(&name) {
                continue;
            }
            if Uuid::parse_str(name.strip_suffix(PART).unwrap_or(&name)).is_err() {
                strange.push(path);
                continue;
            }
            left.push(Leftover { is_old: data.modified()? < before, path });
        }
    }
    Ok((left, strange))
}

/// What is in a folder; nothing when there is none.
fn entries(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    Ok(fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?)
}
