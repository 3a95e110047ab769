//! Every table and what it is. A test compares the list with the catalog.

/// What a table is to tenancy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// The tenants themselves: forced row-level security on `id`.
    Root,
    /// Rows of one organization: forced row-level security on `organization_id`.
    Tenant,
    /// Rows of nobody: users, sessions, look-ups by secret.
    Global,
    /// Work in passing, read across organizations by dispatchers.
    Queue,
}

use Class::{Global, Queue, Root, Tenant};

/// Every table of the schema `public`.
pub const TABLES: &[(&str, Class)] = &[
    ("_sqlx_migrations", Global),
    ("actions", Tenant),
    ("agent_sources", Tenant),
    ("agent_versions", Tenant),
    ("agents", Tenant),
    ("announcement_dismissals", Global),
    ("announcements", Global),
    ("answer_traces", Tenant),
    ("answers", Tenant),
    ("api_keys", Tenant),
    ("attachments", Tenant),
    ("audit_logs", Tenant),
    ("audit_outbox", Queue),
    ("canned_responses", Tenant),
    ("channels", Tenant),
    ("contact_identities", Tenant),
    ("contact_instructions", Tenant),
    ("contacts", Tenant),
    ("conversations", Tenant),
    ("document_chunks", Tenant),
    ("documents", Tenant),
    ("email_verifications", Global),
    ("event_outbox", Queue),
    ("events", Tenant),
    ("feature_flag_overrides", Global),
    ("feature_flags", Global),
    ("file_removals", Queue),
    ("idempotency_keys", Tenant),
    ("impersonations", Global),
    ("invitations", Tenant),
    ("knowledge_sources", Tenant),
    ("knowledge_sync_pages", Tenant),
    ("knowledge_syncs", Tenant),
    ("login_attempts", Global),
    ("mails", Queue),
    ("members", Tenant),
    ("messages", Tenant),
    ("organization_days", Global),
    ("organization_index", Global),
    ("organization_purges", Queue),
    ("organizations", Root),
    ("passkey_challenges", Global),
    ("passkeys", Global),
    ("password_resets", Global),
    ("platform_logs", Global),
    ("platform_settings", Global),
    ("roles", Tenant),
    ("secret_lookups", Global),
    ("sessions", Global),
    ("snooze_wakeups", Queue),
    ("sync_schedule", Queue),
    ("teams", Tenant),
    ("user_organizations", Global),
    ("users", Global),
    ("webhook_deliveries", Tenant),
    ("webhook_lanes", Queue),
    ("webhook_subscriptions", Tenant),
];
