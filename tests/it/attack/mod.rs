//! The started program under attack: what only the whole of it can show. `docs/security.md` names the tests of every class.

mod edges;
mod script;
mod secrets;
