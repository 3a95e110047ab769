mod admin;
mod audit;
mod doctor;
mod extract;
mod migrate;
mod seed;
mod serve;

pub use admin::Admin;
pub use audit::Audit;
pub use doctor::doctor;
pub use extract::Extract;
pub use migrate::migrate;
pub use seed::Seed;
pub use serve::{Parts, serve};
