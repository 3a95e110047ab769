use std::{fs, io::Read};

use backup::{Backup, Kind, check};
use flate2::read::GzDecoder;

use crate::world::World;

fn unpack(archive: &[u8]) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    GzDecoder::new(archive).read_to_end(&mut content).ok().map(|_| content)
}

#[tokio::test]
async fn an_archive_that_is_damaged_or_cut_off_is_refused() {
    let world = World::migrated().await;
    world.organization("alba").await;
    world.save().await;
    let whole = fs::read(world.archive()).unwrap();
    let path = world.folder.path().join("damaged.tar.gz");
    let opens = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        Backup::open(&path, |_| true).map(drop)
    };
    opens(&whole).unwrap();
    let step = whole.len() / 97;
    for length in (0..whole.len()).step_by(step).chain([whole.len() - 1]) {
        assert!(opens(&whole[..length]).is_err(), "cut off after {length} of {} bytes", whole.len());
    }
    let content = unpack(&whole);
    let mut refused = 0;
    for place in (0..whole.len()).step_by(step).chain([whole.len() - 1]) {
        let mut damaged = whole.clone();
        damaged[place] ^= 0x10;
        match opens(&damaged) {
            Err(_) => refused += 1,
            // A time in the head that means nothing, or other words for the same: nothing was damaged.
            Ok(()) => assert_eq!(unpack(&damaged), content, "byte {place} of {}", whole.len()),
        }
    }
    assert!(refused > 60, "{refused}");
    for words in ["", "not an archive"] {
        let error = format!("{:#}", opens(words.as_bytes()).unwrap_err());
        assert!(error.contains("it is no archive of Biseda"), "{error}");
    }
    let export = format!("{:#}", check(&world.archive(), Kind::Export).unwrap_err());
    assert!(export.contains("an archive of another kind"), "{export}");
}
