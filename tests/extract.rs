//! `biseda extract` on documents that mean harm: it ends, whatever they do.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up its world has failed")]

use std::{io::Write, process::Command};

use flate2::{Compression, write::ZlibEncoder};

const MIB: usize = 1024 * 1024;

/// What a stream of the PDF holds, packed.
fn pack(content: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// So many times the same, packed: a block that ends with a flush can be repeated.
fn bomb(content: &[u8], times: usize) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).unwrap();
    encoder.flush().unwrap();
    let packed = encoder.get_ref();
    let (head, block) = packed.split_at(2);
    [head, &block.repeat(times)].concat()
}

/// A PDF file of one page whose content was packed so many times.
fn pdf(stream: &[u8], packed: usize) -> Vec<u8> {
    let filters = "/FlateDecode ".repeat(packed);
    let head = format!("<< /Length {} /Filter [{filters}] >>\nstream\n", stream.len());
    let page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 4 0 R >> >> /Contents 5 0 R >>";
    let objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        page.into(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_vec(),
        [head.as_bytes(), stream, b"\nendstream"].concat(),
    ];
    let mut file = b"%PDF-1.5\n".to_vec();
    let mut table = String::new();
    for (number, object) in (1..).zip(objects) {
        table.push_str(&format!("{:010} 00000 n \n", file.len()));
        file.extend(format!("{number} 0 obj\n").bytes().chain(object).chain(*b"\nendobj\n"));
    }
    let at = file.len();
    file.extend(
        format!("xref\n0 6\n0000000000 65535 f \n{table}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{at}\n%%EOF\n")
            .bytes(),
    );
    file
}

/// What the command answers: its exit code (none: it was ended), output and words.
fn extract(file: &[u8]) -> (Option<i32>, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pdf");
    std::fs::write(&path, file).unwrap();
    let command = Command::new(env!("CARGO_BIN_EXE_biseda")).arg("extract").arg(path).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (command.status.code(), text(command.stdout), text(command.stderr))
}

#[test]
fn a_packed_page_is_read() {
    let page = pack(&pack(b"BT /F1 12 Tf 72 720 Td (The warranty is two years.) Tj ET"));
    let (code, json, words) = extract(&pdf(&page, 2));
    assert_eq!(code, Some(0), "{words}");
    assert!(json.contains("The warranty is two years."), "{json}");
}

#[test]
fn a_bomb_ends_by_the_limits_of_the_process() {
    let zeros = bomb(&vec![0; MIB], 1500);
    let file = pdf(&pack(&zeros), 2);
    assert!(file.len() < MIB, "small on the outside: {}", file.len());
    let (code, json, words) = extract(&file);
    assert!(code.is_none() && json.is_empty(), "{code:?} {words}");
}

#[test]
fn what_cannot_be_read_is_said_to_programs_and_in_the_last_line_to_people() {
    let (code, json, words) = extract(b"%PDF-1.7 nothing");
    assert_eq!(code, Some(1));
    let error: text::ExtractError = serde_json::from_str(&json).unwrap();
    assert!(matches!(error, text::ExtractError::Broken(_)), "{json}");
    assert_eq!(words.trim_end().lines().last(), Some(format!("error: {error}").as_str()));
}

/// The limits that the process has set itself before it reads: the file is a pipe that nothing comes from.
#[cfg(target_os = "linux")]
#[test]
fn a_reader_can_neither_write_nor_go_on_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("a.pdf");
    nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
    let mut reader = Command::new(env!("CARGO_BIN_EXE_biseda")).arg("extract").arg(&pipe).spawn().unwrap();
    let limits = format!("/proc/{}/limits", reader.id());
    // Opens when the reader has opened it.
    let writer = std::fs::File::create(&pipe).unwrap();
    let limits = std::fs::read_to_string(limits).unwrap();
    drop(writer);
    assert_eq!(reader.wait().unwrap().code(), Some(1));
    let limit = |name: &str| {
        let line = limits.lines().find(|line| line.starts_with(name)).unwrap();
        line[name.len()..].split_whitespace().take(2).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(limit("Max file size"), ["0", "0"]);
    assert_eq!(limit("Max core file size"), ["0", "0"]);
    assert_eq!(limit("Max cpu time"), ["60", "60"]);
    assert_eq!(limit("Max address space"), ["1073741824", "1073741824"]);
}
