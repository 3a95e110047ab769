//! Walks the catalog: every table is what the list says, and what the tenancy rules demand.

use std::collections::{BTreeMap, BTreeSet};

use db::{
    sqlx::{self, PgPool},
    tables::{Class, TABLES},
    testing,
};

async fn pool() -> PgPool {
    testing::database().await.system().pool().clone()
}

fn tenant_tables() -> BTreeSet<&'static str> {
    TABLES.iter().filter(|(_, class)| *class == Class::Tenant).map(|(name, _)| *name).collect()
}

#[tokio::test]
async fn the_list_names_every_table() {
    let found: Vec<String> = sqlx::query_scalar(
        "select relname::text from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f')
         order by relname collate \"C\"",
    )
    .fetch_all(&pool().await)
    .await
    .unwrap();
    let listed: Vec<&str> = TABLES.iter().map(|(name, _)| *name).collect();
    assert_eq!(found, listed, "add the table to crates/db/src/tables.rs and say what it is to tenancy");
}

#[tokio::test]
async fn a_table_with_an_organization_is_a_tenant_table() {
    let found: Vec<String> = sqlx::query_scalar(
        "select table_name::text from information_schema.columns
         where table_schema = 'public' and column_name = 'organization_id' order by 1",
    )
    .fetch_all(&pool().await)
    .await
    .unwrap();
    // These are read before an organization is known, or across organizations.
    let exceptions = [
        "audit_outbox",
        "event_outbox",
        "feature_flag_overrides",
        "impersonations",
        "mails",
        "organization_days",
        "organization_index",
        "organization_purges",
        "secret_lookups",
        "sessions",
        "snooze_wakeups",
        "sync_schedule",
        "user_organizations",
        "webhook_lanes",
    ];
    let found: BTreeSet<&str> = found.iter().map(String::as_str).filter(|name| !exceptions.contains(name)).collect();
    assert_eq!(found, tenant_tables());
}

#[tokio::test]
async fn tenant_tables_force_row_level_security_with_one_permissive_policy() {
    let rows: Vec<(String, bool, bool, Vec<String>)> = sqlx::query_as(
        "select c.relname::text, c.relrowsecurity, c.relforcerowsecurity,
           array(select concat_ws(' | ', p.polpermissive, p.polcmd, p.polroles::text,
                   pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
                 from pg_policy p where p.polrelid = c.oid)
         from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')",
    )
    .fetch_all(&pool().await)
    .await
    .unwrap();
    let found: BTreeMap<String, _> =
        rows.into_iter().map(|(name, on, forced, policies)| (name, (on, forced, policies))).collect();
    for (name, class) in TABLES {
        let (on, forced, policies) = &found[*name];
        let key = match class {
            Class::Tenant => "organization_id",
            Class::Root => "id",
            Class::Global | Class::Queue => {
                assert!(!on && policies.is_empty(), "{name} is no tenant table but has policies");
                continue;
            }
        };
        assert!(on & forced, "{name} does not force row-level security");
        let rule = format!("({key} = (NULLIF(current_setting('app.organization_id'::text, true), ''::text))::uuid)");
        // Restrictive policies only take away.
        let permissive: Vec<_> = policies.iter().filter(|policy| !policy.starts_with("f | ")).collect();
        assert_eq!(permissive, [&format!("t | * | {{0}} | {rule} | {rule}")], "{name}");
    }
}

#[tokio::test]
async fn keys_and_unique_indexes_of_tenant_tables_contain_the_organization() {
    let rows: Vec<(String, String, bool, Vec<String>)> = sqlx::query_as(
        "select c.relname::text, i.indexrelid::regclass::text, i.indisprimary,
           array(select a.attname::text from unnest(i.indkey::int[]) with ordinality k (number, place)
                 join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number order by k.place)
         from pg_index i join pg_class c on c.oid = i.indrelid
         where c.relnamespace = 'public'::regnamespace and i.indisunique",
    )
    .fetch_all(&pool().await)
    .await
    .unwrap();
    let mut with_key = BTreeSet::new();
    for (table, index, primary, columns) in &rows {
        if !tenant_tables().contains(table.as_str()) {
            continue;
        }
        assert!(columns.iter().any(|name| name == "organization_id"), "{index} of {table} lacks organization_id");
        if *primary {
            assert_eq!(columns[0], "organization_id", "the primary key of {table} does not begin with organization_id");
            with_key.insert(table.as_str());
        }
    }
    assert_eq!(with_key, tenant_tables(), "every tenant table has a primary key");
}

#[tokio::test]
async fn references_between_tenant_tables_carry_the_organization() {
    let rows: Vec<(String, String, String, Vec<String>)> = sqlx::query_as(
        "select f.conname::text, c.relname::text, r.relname::text,
           array(select own.attname || ' -> ' || theirs.attname
                 from unnest(f.conkey, f.confkey) k (own_number, their_number)
                 join pg_attribute own on own.attrelid = f.conrelid and own.attnum = k.own_number
                 join pg_attribute theirs on theirs.attrelid = f.confrelid and theirs.attnum = k.their_number)
         from pg_constraint f join pg_class c on c.oid = f.conrelid join pg_class r on r.oid = f.confrelid
         where f.contype = 'f' and c.relnamespace = 'public'::regnamespace",
    )
    .fetch_all(&pool().await)
    .await
    .unwrap();
    let class: BTreeMap<&str, Class> = TABLES.iter().copied().collect();
    assert!(rows.len() > 30);
    for (name, table, target, columns) in &rows {
        match (class[table.as_str()], class[target.as_str()]) {
            (Class::Tenant | Class::Queue, Class::Tenant) => {
                assert!(columns.len() >= 2, "{name}: {table} -> {target} is not composite");
                assert!(columns.iter().any(|pair| pair == "organization_id -> organization_id"), "{name}: {columns:?}");
            }
            (Class::Tenant, Class::Root) => assert_eq!(columns, &["organization_id -> id"], "{name}"),
            (_, Class::Tenant) => panic!("{name}: {table} is no tenant table but refers to {target}"),
            _ => {}
        }
    }
}

/// A deletion looks for what refers to the row.
#[tokio::test]
async fn references_to_what_there_is_much_of_are_found_by_an_index() {
    let missing: Vec<String> = sqlx::query_scalar(
        "select f.conname::text from pg_constraint f
         where f.contype = 'f' and f.confrelid = any(array['contacts', 'conversations', 'messages', 'events', 'documents',
                                                           'document_chunks', 'knowledge_sources']::regclass[])
           and not exists (
             select from pg_index i where i.indrelid = f.conrelid
               and f.conkey @> (i.indkey::int2[])[0:cardinality(f.conkey) - 1]
               and f.conkey <@ (i.indkey::int2[])[0:cardinality(f.conkey) - 1])
         order by 1",
    )
    .fetch_all(&pool().await)
    .await
    .unwrap();
    assert!(missing.is_empty(), "an index that begins with the columns of {missing:?}");
}

#[tokio::test]
async fn every_tenant_table_goes_with_its_organization() {
    let missing: Vec<String> = sqlx::query_scalar(
        "with recursive reached as (
           select 'organizations'::regclass::oid as oid
           union
           select f.conrelid from pg_constraint f join reached on reached.oid = f.confrelid
           where f.contype = 'f' and f.confdeltype = 'c')
         select c.relname::text from pg_class c
         where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relrowsecurity
           and c.oid not in (select oid from reached)",
    )
    .fetch_all(&pool().await)
    .await
    .unwrap();
    // The chain of the audit log outlives what it tells of.
    assert!(missing.iter().all(|name| name == "audit_logs"), "not deleted with the organization: {missing:?}");
}
