//! Archives that somebody made to do harm.

use std::{
    fs,
    io::{Read, Write},
    path::Path,
};

use backup::Backup;
use db::migrate;
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use serde_json::{Value, json};
use tar::{EntryType, Header};

use crate::world::{World, write_archive};

const BLOCK: usize = 512;

fn pack(path: &Path, tar: &[u8]) {
    let mut gzip = GzEncoder::new(fs::File::create(path).unwrap(), Compression::none());
    gzip.write_all(tar).unwrap();
    gzip.finish().unwrap();
}

fn refusal(path: &Path) -> String {
    Backup::open(path, |_| true).err().map(|error| format!("{error:#}")).unwrap_or_default()
}

/// Gives every entry the sum that its head needs, and their names and contents.
fn mend(tar: &mut [u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let (mut at, mut entries) = (0, Vec::new());
    while let Some(block) = tar.get_mut(at..at + BLOCK) {
        at += BLOCK;
        if block.iter().all(|byte| *byte == 0) {
            continue;
        }
        let mut header = Header::from_byte_slice(block).clone();
        header.set_cksum();
        block.copy_from_slice(header.as_bytes());
        let Ok(length) = header.entry_size().map(|size| usize::try_from(size).unwrap()) else { break };
        let Some(content) = at.checked_add(length).and_then(|end| tar.get(at..end)) else { break };
        entries.push((header.path_bytes().into_owned(), content.to_vec()));
        at += length.next_multiple_of(BLOCK);
    }
    entries
}

#[test]
fn archives_take_hostile_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("archive.tar.gz");
    let entries = [
        ("jobs/000001".to_owned(), b"{}\n".to_vec()),
        ("tables/users/000001".to_owned(), b"a\tb\n".repeat(200)),
        ("files/a/b".to_owned(), b"content".to_vec()),
    ];
    write_archive(&path, json!({"schema": migrate::known()}), &entries);
    let mut tar = Vec::new();
    GzDecoder::new(fs::File::open(&path).unwrap()).read_to_end(&mut tar).unwrap();
    let whole = mend(&mut tar);
    let words =
        ["archive.json", "end.json", "././@LongLink", "ustar\0", "77777777777", "\u{80}\0\0\0", "[[", "null", "-1"];
    let mut opened = 0;
    fuzz::bytes(&[&tar], &words, |case| {
        let mut case = case.to_vec();
        let found = mend(&mut case);
        pack(&path, &case);
        if refusal(&path).is_empty() {
            // What is opened is what was written, up to its end.
            assert!(found.starts_with(&whole[..whole.len() - 1]), "{found:?}");
            opened += 1;
        }
    });
    assert!(opened > 0);
}

#[test]
fn what_would_be_read_into_memory_is_refused_by_its_head() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("archive.tar.gz");
    let kinds = [
        EntryType::GNULongName,
        EntryType::GNULongLink,
        EntryType::XHeader,
        EntryType::XGlobalHeader,
        EntryType::GNUSparse,
        EntryType::Symlink,
        EntryType::Link,
        EntryType::Directory,
        EntryType::Char,
    ];
    for kind in kinds {
        let mut header = Header::new_gnu();
        header.set_entry_type(kind);
        header.set_path("archive.json").unwrap();
        header.set_size(1 << 40);
        header.set_cksum();
        pack(&path, &[header.as_bytes().as_slice(), &[b'x'; 4 * BLOCK]].concat());
        assert!(refusal(&path).contains("is no plain file"), "{kind:?}: {}", refusal(&path));
    }
    let mut header = Header::new_gnu();
    header.set_path("archive.json").unwrap();
    header.set_size(5 << 20);
    header.set_cksum();
    pack(&path, &[header.as_bytes().as_slice(), &vec![b' '; 5 << 20]].concat());
    assert!(refusal(&path).contains("it is damaged"), "{}", refusal(&path));
}

/// Entries as text, for changing: a line with the name before each.
fn entries(text: &str) -> Vec<(String, Vec<u8>)> {
    text.split("=== ")
        .filter_map(|entry| entry.split_once('\n'))
        .map(|(name, content)| (name.replace('\0', "").chars().take(25).collect(), content.as_bytes().to_vec()))
        .collect()
}

/// What the archive of a database says of its schema.
async fn head(world: &World) -> Value {
    world.save().await;
    let (head, _) = backup::check(&world.archive(), backup::Kind::Backup).unwrap();
    json!({"schema": head.schema, "columns": head.columns})
}

#[test]
fn contents_of_archives_take_hostile_bytes() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (old, new) = runtime.block_on(async { (World::migrated().await, World::new().await) });
    let head = runtime.block_on(head(&old));
    let archive = new.archive();
    let absolute = format!("=== files/{}/evil\nx", new.folder.path().display());
    let examples = [
        "=== jobs/000001\n{\"kind\":\"job\",\"queue\":\"reply\",\"args\":{\"job\":\"x\"},\"priority\":2,\"max_attempts\":5,\
         \"run_at\":\"2030-01-01T00:00:00Z\"}\n=== tables/platform_settings/000001\nname\tnull\n",
        "=== files/a/b\nx=== files/../evil\nx=== files/a/../../evil\nx=== files/.restoring\nx=== files/\nx",
        "=== tables/_sqlx_migrations/1\n1\t2\n=== tables/users; drop table users/1\nx",
        &absolute,
    ];
    let words =
        ["=== ", "files/", "../", "/", "tables/", "jobs/", "\\.", "\\N", "\t", "\n", "null", "{}", "9e99", "\u{0}"];
    fuzz::few_text(20, &examples, &words, |case| {
        // The end says that there are no files: whatever stands before this one, nothing may be kept.
        let entries = [entries(case), vec![("files/last".to_owned(), Vec::new())]].concat();
        write_archive(&archive, head.clone(), &entries);
        fs::remove_dir_all(new.files()).ok();
        runtime.block_on(async {
            let refused = match Backup::open(&archive, |_| true) {
                Ok(backup) => backup.restore(&new.url, &new.files()).await,
                Err(error) => Err(error),
            };
            assert!(refused.is_err());
            new.assert_empty().await;
        });
        let around: Vec<_> = fs::read_dir(new.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(around.iter().all(|name| name == "files" || name == "archive.tar.gz"), "{around:?}");
    });
}

#[tokio::test]
async fn a_job_without_end_is_not_read_to_its_end() {
    let (old, new) = (World::migrated().await, World::new().await);
    let head = head(&old).await;
    write_archive(&new.archive(), head, &[("jobs/000001".to_owned(), vec![b' '; 5 << 20])]);
    let archive = new.archive();
    let backup = Backup::open(&archive, |_| true).unwrap();
    let refused = backup.restore(&new.url, &new.files()).await.unwrap_err().to_string();
    assert!(refused.contains("a job of the backup is too long"), "{refused}");
    new.assert_empty().await;
}
