//! What attackers send over HTTP, by class; `docs/security.md` names the tests of every class.

mod bodies;
mod sessions;
mod sockets;
