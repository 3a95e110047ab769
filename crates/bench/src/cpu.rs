//! Time that processes have had on the processor, as Linux tells it in `/proc`.

use std::fs;

use anyhow::Context;
use nix::unistd::{SysconfVar, sysconf};

/// Seconds of processor time that a process has had so far, its own and the system's on its behalf.
///
/// # Errors
/// When the process has gone.
pub fn seconds(pid: u32) -> anyhow::Result<f64> {
    let path = format!("/proc/{pid}/stat");
    let stat = fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
    // The second word, the name, may hold spaces and brackets; the 14th and 15th are the times, in ticks.
    let words: Vec<&str> = stat.rsplit_once(')').map(|(_, rest)| rest.split_whitespace().collect()).unwrap_or_default();
    let ticks = |place: usize| words.get(place - 3).and_then(|word| word.parse::<u64>().ok());
    let ticks = ticks(14).zip(ticks(15)).map(|(own, system)| own + system).context("no times in stat")?;
    let per_second = sysconf(SysconfVar::CLK_TCK)?.context("no clock")?;
    Ok(ticks as f64 / per_second as f64)
}

#[cfg(test)]
mod tests {
    #[test]
    fn work_takes_time() {
        let own = std::process::id();
        let before = super::seconds(own).unwrap();
        while super::seconds(own).unwrap() < before + 0.02 {}
    }
}
