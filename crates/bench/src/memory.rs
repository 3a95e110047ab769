//! Memory of processes, as Linux tells it in `/proc`.

use std::fs;

use anyhow::Context;

/// A figure of `/proc/PID/status` in MB (10⁶ bytes), such as `VmRSS` (memory now) or `VmHWM` (the most so far).
///
/// # Errors
/// When the process has gone.
pub fn of_process(pid: u32, figure: &str) -> anyhow::Result<f64> {
    let path = format!("/proc/{pid}/status");
    let status = fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
    kilobytes(&status, figure).with_context(|| format!("{path} has no {figure}"))
}

fn kilobytes(text: &str, figure: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(figure)?.strip_prefix(':'))?;
    let kilobytes: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes * 1024.0 / 1e6)
}

/// The most memory of a program's children that was seen, in MB.
#[derive(Debug, Default, Clone, Copy)]
pub struct Children {
    /// The largest single process that reads documents.
    pub reader: f64,
    /// All processes of the database together, shared pages counted once.
    pub database: f64,
}

impl Children {
    /// Looks at the program's children and theirs, and notes what is more than before.
    pub fn look(&mut self, program: u32) {
        let mut database = 0.0;
        for pid in descendants(program) {
            let command = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            if command.split(|byte| *byte == 0).any(|word| word == b"extract") {
                self.reader = self.reader.max(of_process(pid, "VmHWM").unwrap_or_default());
            } else {
                let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
                database += kilobytes(&rollup, "Pss").unwrap_or_default();
            }
        }
        self.database = self.database.max(database);
    }
}

fn descendants(root: u32) -> Vec<u32> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let pids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    let parents: Vec<(u32, u32)> = pids.filter_map(|pid| Some((pid, parent(pid)?))).collect();
    let mut found = vec![root];
    let mut next = 0;
    while let Some(&of) = found.get(next) {
        found.extend(parents.iter().filter(|(_, parent)| *parent == of).map(|(pid, _)| *pid));
        next += 1;
    }
    found.split_off(1)
}

/// The fourth word of `/proc/PID/stat`; the second, the name, may hold spaces and brackets.
fn parent(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_process_is_known() {
        assert!(of_process(std::process::id(), "VmRSS").unwrap() > 1.0);
        assert!(parent(std::process::id()).is_some());
    }
}
