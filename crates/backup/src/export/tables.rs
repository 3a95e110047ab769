//! What an organization's export holds, column by column: what is not named here does not leave. A test compares with the
//! catalog, so that a new column is either exported or withheld with a reason.

/// A table of the export.
pub(super) struct Table {
    /// Its folder in the archive.
    pub(super) name: &'static str,
    pub(super) from: &'static str,
    /// The column that names the organization.
    pub(super) key: &'static str,
    columns: &'static str,
}

impl Table {
    pub(super) fn columns(&self) -> Vec<String> {
        self.columns.split_whitespace().map(str::to_owned).collect()
    }
}

const fn of(name: &'static str, columns: &'static str) -> Table {
    Table { name, from: name, key: "organization_id", columns }
}

/// The tables in the order of the archive.
pub(super) const TABLES: &[Table] = &[
    Table {
        name: "organizations",
        from: "organizations",
        key: "id",
        columns: "id name slug plan status settings limits created_at updated_at deleted_at",
    },
    // The people behind the members, as members see them.
    Table {
        name: "users",
        from: "(select m.organization_id, u.* from members m join users u on u.id = m.user_id) users",
        key: "organization_id",
        columns: "id email name image locale time_zone created_at",
    },
    of("members", "id user_id role custom_role_id team_id availability created_at"),
    of("roles", "id name permissions created_at updated_at"),
    of("teams", "id name description parent_id manager_id created_at updated_at"),
    of("invitations", "id email role custom_role_id invited_by expires_at accepted_at created_at"),
    of("api_keys", "id name prefix scopes created_by last_used_at expires_at revoked_at created_at"),
    of("channels", "id name type settings public_key is_active seen_at agent_id team_id created_at updated_at"),
    of(
        "contacts",
        "id name email phone company avatar time_zone language address tags custom_fields notes is_vip is_blocked crm_type
         crm_id lead_score lifetime_value_cents first_contact_at last_contact_at merged_into_id created_at updated_at",
    ),
    of("contact_identities", "id contact_id channel_id kind external_id is_verified created_at"),
    of("contact_instructions", "id contact_id agent_id instructions expires_at created_at"),
    of(
        "conversations",
        "id contact_id channel_id status snoozed_until subject assignee_id team_id agent_id owner owner_epoch priority tags
         custom_fields metadata last_seq last_message_at last_message_preview last_message_direction unread_count
         member_read_seq contact_read_seq waiting_since closed_at created_at updated_at",
    ),
    of(
        "messages",
        "id conversation_id seq direction role author_type author_id content content_type is_note delivery_state
         failure_reason citations client_id provider_id metadata created_at",
    ),
    of(
        "attachments",
        "id conversation_id message_id visitor_id file_name media_type size checksum is_inline uploaded_by created_at",
    ),
    of("canned_responses", "id shortcut content created_at updated_at"),
    of(
        "agents",
        "id name instructions greeting languages tone provider model base_url temperature max_tokens handoff_rules
         guardrails tools all_sources is_active published_version created_at updated_at deleted_at",
    ),
    of("agent_versions", "agent_id version status configuration note created_by created_at"),
    of("agent_sources", "agent_id source_id"),
    of("answers", "id category question answer is_active hit_count created_at updated_at"),
    of(
        "answer_traces",
        "id agent_id conversation_id message_id question decision reason reason_code passages prompt tool_calls model input_tokens
         output_tokens cost_micros retrieval_ms first_token_ms total_ms created_at",
    ),
    of(
        "actions",
        "id agent_id contact_id conversation_id request_type details arguments context status response
         auto_approve_similar resolved_at resolved_by expires_at created_at",
    ),
    of(
        "knowledge_sources",
        "id name type location settings content status failure_reason schedule content_hash chunk_count document_count
         last_sync_at next_sync_at created_at updated_at",
    ),
    of(
        "knowledge_syncs",
        "id source_id status reason reason_code scope pages_found pages_done pages_unchanged pages_failed chunks started_at
         heartbeat_at finished_at",
    ),
    of("knowledge_sync_pages", "sync_id location depth status reason reason_code document_id position"),
    of(
        "documents",
        "id source_id sync_id location title language content content_hash recipe etag last_modified links is_live
         created_at",
    ),
    of(
        "document_chunks",
        "id document_id source_id ordinal content heading_path char_start char_end page metadata created_at",
    ),
    of(
        "webhook_subscriptions",
        "id url events header_names is_active disabled_reason failing_since created_at updated_at",
    ),
    of(
        "webhook_deliveries",
        "id subscription_id event_id status request response_status response_body duration_ms attempts error error_code
         next_attempt_at created_at delivered_at",
    ),
    of(
        "events",
        "id name resource_type resource_id conversation_id payload actor_type actor_id position created_at",
    ),
    of(
        "audit_logs",
        "id seq actor_type actor_id impersonator_id action resource_type resource_id before after ip user_agent
         previous_hash hash created_at",
    ),
];

/// Columns of tenant tables that are not exported, and why.
const WITHHELD: &[(&str, &str, &str)] = &[
    ("organizations", "suspended_at suspended_reason", "the operator's"),
    ("invitations", "token_hash", "a secret"),
    ("api_keys", "key_hash", "a secret"),
    ("channels", "secrets_encrypted", "a secret"),
    ("agents", "api_key_encrypted", "a secret"),
    ("webhook_subscriptions", "secret_encrypted previous_secret_encrypted custom_headers_encrypted", "a secret"),
    ("webhook_subscriptions", "previous_secret_expires_at", "of no use without the secret"),
    ("idempotency_keys", "actor_id key fingerprint status answer_encrypted created_at", "answers may hold secrets"),
    ("attachments", "storage_key", "where the file is on the disk"),
    ("knowledge_sources", "storage_key", "where the file is on the disk"),
    ("contacts", "search", "made from other columns"),
    ("answers", "embedding embedding_model", "made from other columns"),
    ("document_chunks", "lexemes lexeme_count embedding embedding_code embedding_model", "made from other columns"),
];

/// Every column that stays when an organization is exported, with its table and the reason.
pub fn withheld() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    WITHHELD.iter().flat_map(|(table, columns, why)| columns.split_whitespace().map(|column| (*table, column, *why)))
}
