//! The domain's verbs against a real Postgres: one story per test, two organizations in each.
//!
//! Tests of an area stand in its module; `support` makes the organizations and the services that they use.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod accounts;
mod agents;
mod answers;
mod api_keys;
mod attachments;
mod attack;
mod audit;
mod authenticator;
mod canned_responses;
mod channels;
mod contacts;
mod conversations;
mod desk;
mod embedders;
mod faults;
mod hostile_sites;
mod idempotency;
mod jobs;
mod knowledge;
mod live;
mod mails;
mod markup;
mod merge;
mod messages;
mod organizations;
mod overview;
mod passkeys;
mod people;
mod places;
mod plans;
mod platform;
mod reply;
mod search;
mod sign_in;
mod simultaneous;
mod site;
mod smtp;
mod support;
mod upkeep;
mod visitors;
mod webhooks;
