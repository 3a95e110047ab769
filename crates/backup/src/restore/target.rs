//! Where a backup is restored to: that it is empty, and what of its schema waits until the rows are there.

use std::{
    fs::{self, File},
    io::ErrorKind,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use db::tables::Class;
use sqlx::PgConnection;

use crate::{archive::Head, snapshot::tables};

/// Lies in the folder of files while one is restored into it.
pub(super) const MARKER: &str = ".restoring";

/// Looks whether the database is new, or at the archive's schema, and nobody works on it.
pub(super) async fn check_database(connection: &mut PgConnection, head: &Head) -> anyhow::Result<()> {
    let programs: i64 = sqlx::query_scalar(
        "select count(*) from pg_stat_activity where datname = current_database() and application_name = 'biseda'",
    )
    .fetch_one(&mut *connection)
    .await?;
    if programs > 0 {
        bail!("biseda works on this database; stop it first");
    }
    let exists: bool = sqlx::query_scalar("select to_regclass('public._sqlx_migrations') is not null")
        .fetch_one(&mut *connection)
        .await?;
    if !exists {
        return Ok(());
    }
    check_empty(connection).await?;
    let last: Option<i64> =
        sqlx::query_scalar("select max(version) from _sqlx_migrations").fetch_one(&mut *connection).await?;
    if last > head.schema.last().map(|step| step.version) {
        bail!("the database has a newer schema than the backup; restore into a new database");
    }
    Ok(())
}

/// Looks whether there are rows. Tenant tables need not be asked: each row has an organization, and each organization a
/// row in a table that everybody sees.
pub(super) async fn check_empty(connection: &mut PgConnection) -> anyhow::Result<()> {
    for (table, class) in tables() {
        if matches!(class, Class::Root | Class::Tenant) {
            continue;
        }
        // A table of a later migration may not be there yet.
        let exists: bool =
            sqlx::query_scalar("select to_regclass($1) is not null").bind(table).fetch_one(&mut *connection).await?;
        if exists
            && sqlx::query_scalar(&format!("select exists (select from {table})")).fetch_one(&mut *connection).await?
        {
            bail!("the database is not empty: there are rows in {table}; restore into a new database");
        }
    }
    Ok(())
}

/// Takes the folder of files if nothing is in it, or a restore that was cut off. The marker goes when all is done.
pub(super) fn take_folder(files_dir: &Path) -> anyhow::Result<PathBuf> {
    let marker = files_dir.join(MARKER);
    fs::create_dir_all(files_dir).with_context(|| format!("cannot make {}", files_dir.display()))?;
    match fs::metadata(&marker) {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {
            if fs::read_dir(files_dir)?.next().is_some() {
                bail!("the folder {} is not empty; restore into a new one", files_dir.display());
            }
            File::create(&marker).with_context(|| format!("cannot write into {}", files_dir.display()))?;
        }
        Err(error) => return Err(error).with_context(|| format!("cannot look into {}", files_dir.display())),
    }
    Ok(marker)
}

/// What was taken away for the time of the transaction, as SQL that brings it back.
pub(super) struct Loosened(Vec<String>);

/// Takes away what rows in the order of tables cannot keep, or what is built faster when all rows are there: the force of
/// row-level security (which the owner is bound by), foreign keys, and indexes other than those of keys.
pub(super) async fn loosen(connection: &mut PgConnection) -> anyhow::Result<Loosened> {
    let statements: Vec<(String, String)> = sqlx::query_as(
        "select loosen, tighten from (
           select 1 as place, format('drop index %s', indexrelid::regclass) as loosen,
             pg_get_indexdef(indexrelid) as tighten
           from pg_index join pg_class on oid = indrelid
           where relnamespace = 'public'::regnamespace
             and not exists (select from pg_constraint where conindid = indexrelid)
           union all
           select 2, format('alter table %s drop constraint %I', conrelid::regclass, conname),
             format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
           from pg_constraint where connamespace = 'public'::regnamespace and contype = 'f'
           union all
           select 3, format('alter table %s no force row level security', oid::regclass),
             format('alter table %s force row level security', oid::regclass)
           from pg_class where relnamespace = 'public'::regnamespace and relforcerowsecurity) what
         order by place, loosen",
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut back = Vec::new();
    for (loosen, tighten) in statements {
        let done = sqlx::raw_sql(&loosen).execute(&mut *connection).await;
        done.context("the schema belongs to another role; restore with migration_database_url naming its owner")?;
        back.push(tighten);
    }
    Ok(Loosened(back))
}

impl Loosened {
    /// Brings it back. Foreign keys are checked with all rows; the force, which would hide them, comes last.
    pub(super) async fn tighten(self, connection: &mut PgConnection) -> anyhow::Result<()> {
        for statement in self.0 {
            sqlx::raw_sql(&statement).execute(&mut *connection).await.context("the backup contradicts itself")?;
        }
        Ok(())
    }
}
