use std::{
    os::unix::fs::{MetadataExt, chown},
    path::Path,
};

use anyhow::{Context, bail};
use nix::unistd::{Uid, User};

/// Whom the server runs as. Postgres refuses to run as root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ServerUser {
    /// As the person who started the program.
    Same,
    /// As an unprivileged user, because root started it.
    Other { uid: u32, gid: u32 },
}

impl ServerUser {
    pub(super) fn choose() -> anyhow::Result<Self> {
        if !Uid::effective().is_root() {
            return Ok(Self::Same);
        }
        for name in ["postgres", "nobody"] {
            if let Some(user) = User::from_name(name).with_context(|| format!("cannot look up the user {name}"))? {
                return Ok(Self::Other { uid: user.uid.as_raw(), gid: user.gid.as_raw() });
            }
        }
        bail!(
            "Postgres does not run as root, and neither of the users `postgres` and `nobody` exists; \
             add one, start biseda as an ordinary user, or set DATABASE_URL"
        )
    }

    /// Makes a command run as this user, outside the terminal's process group: Ctrl-C is for the program alone, which
    /// then stops the server.
    pub(super) fn apply(self, command: &mut tokio::process::Command) {
        command.process_group(0);
        if let Self::Other { uid, gid } = self {
            command.uid(uid).gid(gid);
        }
    }

    /// Gives a folder or file to this user.
    pub(super) fn own(self, path: &Path) -> std::io::Result<()> {
        match self {
            Self::Same => Ok(()),
            Self::Other { uid, gid } => chown(path, Some(uid), Some(gid)),
        }
    }

    /// Whether this user can come to a folder through all those above it.
    pub(super) fn reaches(self, path: &Path) -> bool {
        let Self::Other { uid, gid } = self else { return true };
        path.ancestors().all(|folder| {
            std::fs::metadata(folder).is_ok_and(|data| {
                let bit = match () {
                    () if data.uid() == uid => 0o100,
                    () if data.gid() == gid => 0o010,
                    () => 0o001,
                };
                data.mode() & bit != 0
            })
        })
    }
}
