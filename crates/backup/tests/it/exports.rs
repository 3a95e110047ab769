use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::Read,
};

use backup::{Kind, check, export, withheld};
use db::tables::{Class, TABLES};
use flate2::read::GzDecoder;
use serde_json::Value;

use crate::world::World;

/// The entries of an archive by name.
fn entries(world: &World) -> BTreeMap<String, Vec<u8>> {
    let mut tar = tar::Archive::new(GzDecoder::new(File::open(world.archive()).unwrap()));
    let entries = tar.entries().unwrap().map(|entry| {
        let mut entry = entry.unwrap();
        let (name, mut content) = (entry.path().unwrap().display().to_string(), Vec::new());
        entry.read_to_end(&mut content).unwrap();
        (name, content)
    });
    entries.collect()
}

#[tokio::test]
async fn an_organization_leaves_with_all_that_is_its_own_and_nothing_else() {
    let world = World::migrated().await;
    world.service().await;
    let organization = world.organization("alba").await;
    let other = world.organization("drini").await;
    let tally = export(&world.db, &world.files(), "alba", &world.archive()).await.unwrap();
    let entries = entries(&world);

    let (head, end) = check(&world.archive(), Kind::Export).unwrap();
    assert_eq!(end, tally);
    assert!(tally.rows.iter().all(|(_, rows)| *rows > 0), "{tally:?}");
    let mut lines = 0;
    for (table, columns) in &head.columns {
        let text = String::from_utf8(entries[&format!("{table}/000001.ndjson")].clone()).unwrap();
        for line in text.lines() {
            let row: BTreeMap<String, Value> = serde_json::from_str(line).unwrap();
            let names: BTreeSet<&str> = row.keys().map(String::as_str).collect();
            assert_eq!(names, columns.iter().map(String::as_str).collect(), "{table}");
            lines += 1;
        }
    }
    assert_eq!(lines, tally.all_rows());
    let text = |name: &str| String::from_utf8_lossy(&entries[name]).into_owned();
    let agent: Value = serde_json::from_str(&text("agents/000001.ndjson")).unwrap();
    assert_eq!(agent["instructions"], "line one\nline\ttwo \\ \"quoted\" \u{1} ë");
    assert!(text("organizations/000001.ndjson").contains(&organization.to_string()));
    assert!(text("users/000001.ndjson").contains("alba@example.com"));
    let files: Vec<(&str, &[u8])> =
        entries.iter().filter_map(|(name, content)| Some((name.strip_prefix("files/")?, content.as_slice()))).collect();
    assert_eq!(files.len(), 2);
    assert!(files[0].0.starts_with("attachments/") && files[0].0.ends_with(".txt") && files[0].1 == b"alba");
    assert!(
        files[1].0.starts_with("knowledge_sources/") && files[1].0.ends_with(".pdf") && files[1].1 == b"terms of alba"
    );

    // Nothing of the other, and no secret, however it is written.
    let shape = |text: &str| [text.to_owned(), hex::encode(text)];
    for word in ["drini", "secret-of", &other.to_string()].into_iter().flat_map(shape) {
        for (name, content) in &entries {
            let content = String::from_utf8_lossy(content);
            assert!(!name.contains(&word) && !content.contains(&word), "{word} in {name}: {content}");
        }
    }
}

#[tokio::test]
async fn an_organization_is_named_by_id_or_slug() {
    let world = World::migrated().await;
    let id = world.organization("alba").await.to_string();
    let none = export(&world.db, &world.files(), "nobody", &world.archive()).await.unwrap_err();
    assert!(none.to_string().contains("there is no such organization"), "{none}");
    let tally = export(&world.db, &world.files(), &id, &world.archive()).await.unwrap();
    assert_eq!(tally.files, 2);
}

#[tokio::test]
async fn every_column_is_exported_or_withheld_and_the_document_says_which() {
    let world = World::migrated().await;
    world.organization("alba").await;
    export(&world.db, &world.files(), "alba", &world.archive()).await.unwrap();
    let (head, _) = check(&world.archive(), Kind::Export).unwrap();
    let tenants =
        TABLES.iter().filter(|(_, class)| matches!(class, Class::Root | Class::Tenant)).map(|(name, _)| *name);
    let found: Vec<(String, String)> = sqlx::query_as(
        "select table_name::text, column_name::text from information_schema.columns
         where table_schema = 'public' and table_name = any($1) and column_name <> 'organization_id'",
    )
    .bind(tenants.collect::<Vec<_>>())
    .fetch_all(&world.owner)
    .await
    .unwrap();
    let found: BTreeSet<(&str, &str)> = found.iter().map(|(table, column)| (table.as_str(), column.as_str())).collect();
    let exported = head.columns.iter().filter(|(table, _)| table != "users");
    let exported = exported.flat_map(|(table, columns)| columns.iter().map(|column| (table.as_str(), column.as_str())));
    let mut said = BTreeSet::new();
    for pair in exported.chain(withheld().map(|(table, column, _)| (table, column))) {
        assert!(said.insert(pair), "{pair:?} is named twice");
    }
    let unclear: Vec<_> = said.symmetric_difference(&found).collect();
    assert!(unclear.is_empty(), "does an export hold them, and are they there? export/tables.rs: {unclear:?}");

    let document = include_str!("../../../../docs/export.md");
    let lines = head.columns.iter().map(|(table, columns)| format!("| `{table}` | {} |", columns.join(", ")));
    let missing: Vec<String> = lines.filter(|line| !document.contains(line)).collect();
    assert!(missing.is_empty(), "docs/export.md lacks:\n{}", missing.join("\n"));
}
