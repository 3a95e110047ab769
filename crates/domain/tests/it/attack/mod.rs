//! What attackers try, by class; `docs/security.md` names the tests of every class, most of which stand with their noun.

mod enumeration;
mod mails;
mod obedient;
mod quotas;
mod tokens;
