//! The disk of the installation, which can be filled: a file system of its own in memory, where the system lets us mount one.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Room for the database with its log, for uploads and for what the processes log.
const SIZE: &str = "size=1536m,mode=755";

/// A folder, with its end known.
pub struct Disk {
    pub path: PathBuf,
    /// Whether it is a file system of its own.
    pub is_own: bool,
}

impl Disk {
    /// Mounts it below a folder. Without the right to do so it is a folder like any other, and is never filled.
    pub fn make(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join("disk");
        fs::create_dir(&path)?;
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", SIZE, "tmpfs"]).arg(&path).stdout(Stdio::null()).stderr(Stdio::null());
        let is_own = mount.status().is_ok_and(|status| status.success());
        Ok(Self { path, is_own })
    }

    /// Leaves no room at all.
    ///
    /// # Errors
    /// When nothing can be written at all.
    pub fn fill(&self) -> anyhow::Result<()> {
        let mut ballast = File::create(self.ballast())?;
        for size in [1 << 20, 1 << 12, 1] {
            while ballast.write_all(&vec![0; size]).is_ok() {}
        }
        Ok(())
    }

    /// Gives the room back.
    pub fn free(&self) {
        fs::remove_file(self.ballast()).ok();
    }

    fn ballast(&self) -> PathBuf {
        self.path.join("ballast")
    }

    /// Ends it. What the processes logged is kept beside it first.
    pub fn close(&self) -> anyhow::Result<()> {
        self.free();
        let logs = fs::read_dir(&self.path)?.chain(fs::read_dir(self.path.join("database"))?);
        let folder = self.path.parent().unwrap_or(&self.path);
        for log in logs.filter_map(Result::ok).filter(|log| log.path().extension().is_some_and(|end| end == "log")) {
            fs::copy(log.path(), folder.join(log.file_name()))?;
        }
        if self.is_own {
            Command::new("umount").arg(&self.path).status()?;
        }
        Ok(())
    }
}
