//! Databases with something in them.

use std::{
    fs::File,
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
};

use backup::{Backup, Tally};
use db::{Db, SystemClock, migrate::APP_ROLE, testing};
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use types::id::OrganizationId;
use uuid::Uuid;

/// Writes an archive as `docs/export.md` describes it, with what `head` says beside what every one says.
pub fn write_archive(path: &Path, head: Value, entries: &[(String, Vec<u8>)]) {
    let mut first = json!({"kind": "biseda-backup", "format": 1, "program": "biseda", "key_check": "key",
                           "created_at": "2026-11-21T20:00:00Z", "schema": [], "columns": []});
    first.as_object_mut().unwrap().extend(head.as_object().unwrap().clone());
    let mut tar = tar::Builder::new(GzEncoder::new(File::create(path).unwrap(), Compression::fast()));
    let mut add = |name: &str, content: &[u8]| {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        // As it stands: the library would refuse what leads out of the archive.
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        tar.append(&header, content).unwrap();
    };
    let mut digest = Sha256::new();
    let first = ("archive.json".to_owned(), first.to_string().into_bytes());
    for (name, content) in [&first].into_iter().chain(entries) {
        add(name, content);
        digest.update(name);
        digest.update([0]);
        digest.update((content.len() as u64).to_le_bytes());
        digest.update(content);
    }
    let end = json!({"rows": [], "jobs": 0, "files": 0, "file_bytes": 0, "faulty_files": [],
                     "sha256": hex::encode(digest.finalize())});
    add("end.json", end.to_string().as_bytes());
    tar.into_inner().unwrap().finish().unwrap();
}

/// An installation: a database of its own and a folder of files.
pub struct World {
    pub db: Db,
    /// As the owner, whom row-level security does not bind.
    pub owner: PgPool,
    pub url: String,
    pub folder: tempfile::TempDir,
}

impl World {
    /// One that was migrated.
    pub async fn migrated() -> Self {
        let db = testing::own_database(Arc::new(SystemClock)).await;
        let options = db.system().pool().connect_options();
        let name = options.get_database().unwrap().to_owned();
        Self::over(&name).await
    }

    /// One in which nothing is.
    pub async fn new() -> Self {
        let server = PgPool::connect(&testing::owner_url().await).await.unwrap();
        // By the name under which the tests of tomorrow find it.
        let name: String = sqlx::query_scalar(
            "select format('biseda_own_%s_%s', (extract(epoch from now()) * 1000)::bigint, replace(gen_random_uuid()::text, '-', ''))",
        )
        .fetch_one(&server)
        .await
        .unwrap();
        sqlx::raw_sql(&format!("create database {name}")).execute(&server).await.unwrap();
        server.close().await;
        Self::over(&name).await
    }

    async fn over(name: &str) -> Self {
        let options = PgConnectOptions::from_str(&testing::owner_url().await).unwrap().database(name);
        let url = sqlx::ConnectOptions::to_url_lossy(&options).to_string();
        let owner = PgPoolOptions::new().max_connections(3).connect_lazy_with(options.clone());
        let app = PgPoolOptions::new().max_connections(3).connect_lazy_with(options.options([("role", APP_ROLE)]));
        let db = Db::new(app, Arc::new(SystemClock));
        Self { db, owner, url, folder: tempfile::tempdir().unwrap() }
    }

    pub fn files(&self) -> PathBuf {
        self.folder.path().join("files")
    }

    pub fn archive(&self) -> PathBuf {
        self.folder.path().join("archive.tar.gz")
    }

    pub async fn run(&self, sql: &str) {
        sqlx::raw_sql(sql).execute(&self.owner).await.unwrap_or_else(|error| panic!("{error}: {sql}"));
    }

    pub async fn count(&self, table: &str) -> i64 {
        sqlx::query_scalar(&format!("select count(*) from {table}")).fetch_one(&self.owner).await.unwrap()
    }

    pub async fn save(&self) -> Tally {
        backup::save(&self.db, &self.files(), "key".into(), &self.archive()).await.unwrap()
    }

    /// Asserts that there is nothing in it.
    pub async fn assert_empty(&self) {
        for table in ["users", "organizations", "organization_index", "messages", "awa.jobs"] {
            assert_eq!(self.count(table).await, 0, "{table}");
        }
    }

    /// Restores another one's archive into this.
    pub async fn restore(&self, other: &World) -> anyhow::Result<()> {
        Backup::open(&other.archive(), |check| check == "key")?.restore(&self.url, &self.files()).await
    }

    /// An organization with a row in every table that one can have a row in. Each text holds `word`, and each secret
    /// `secret-of-` with it.
    pub async fn organization(&self, word: &str) -> OrganizationId {
        let id = self.db.new_id();
        let one = |number: u32| Uuid::from_u128(id.as_u128() ^ u128::from(number));
        let secret = format!("'secret-of-{word}'::bytea");
        let (user, member, role, team, channel, contact) = (one(1), one(2), one(3), one(4), one(5), one(6));
        let (agent, conversation, message, attachment, source, sync) =
            (one(7), one(8), one(9), one(10), one(11), one(12));
        let (document, subscription, event) = (one(13), one(14), one(15));
        self.run(&format!(
            r#"insert into organizations (id, name, slug, settings) values ('{id}', '{word}', '{word}', '{{"word": "{word}"}}');
            insert into organization_index (organization_id, name, slug, status, created_at) values ('{id}', '{word}', '{word}', 'active', now());
            insert into organization_days (organization_id, day) values ('{id}', '2026-11-21');
            insert into users (id, email, name, password_hash, two_factor_secret, recovery_codes)
              values ('{user}', '{word}@example.com', '{word}', 'secret-of-{word}', {secret}, '{{secret-of-{word}}}');
            insert into user_organizations values ('{user}', '{id}');
            insert into sessions (id, user_id, organization_id, token_hash, expires_at) values ('{user}', '{user}', '{id}', {secret}, now());
            insert into passkeys (id, user_id, credential_id, name, public_key, state, transports, created_at)
              values ('{user}', '{user}', 'secret-of-{word}---'::bytea, '{word}', {secret}, '1234567', 1, now());
            insert into secret_lookups (kind, key, organization_id, resource_id) values ('channel', 'secret-of-{word}', '{id}', '{channel}');
            insert into mails (id, organization_id, kind, recipient, subject, body) values ('{one}', '{id}', 'invitation', '{word}@example.com', '{word}', {secret});
            insert into feature_flag_overrides values ('widget_uploads', '{id}', true, now());
            insert into roles (organization_id, id, name, permissions) values ('{id}', '{role}', '{word}', '{{a,"b c"}}');
            insert into teams (organization_id, id, name) values ('{id}', '{team}', '{word}');
            insert into members (organization_id, id, user_id, role, custom_role_id, team_id) values ('{id}', '{member}', '{user}', 'owner', '{role}', '{team}');
            update teams set manager_id = '{member}' where id = '{team}';
            insert into invitations (organization_id, id, email, role, token_hash, invited_by, expires_at)
              values ('{id}', '{one}', 'guest-{word}@example.com', 'member', {secret}, '{member}', now());
            insert into api_keys (organization_id, id, name, key_hash, prefix, created_by) values ('{id}', '{one}', '{word}', {secret}, 'bsd_{word}', '{member}');
            insert into agents (organization_id, id, name, api_key_encrypted, instructions) values ('{id}', '{agent}', '{word}', {secret}, E'line one\nline\ttwo \\ "quoted" \u0001 ë');
            insert into agent_versions (organization_id, agent_id, version, status, configuration, created_by)
              values ('{id}', '{agent}', 1, 'published', '{{"name": "{word}"}}', '{member}');
            insert into channels (organization_id, id, name, type, secrets_encrypted, public_key, agent_id, team_id)
              values ('{id}', '{channel}', '{word}', 'widget', {secret}, 'public-{word}', '{agent}', '{team}');
            insert into contacts (organization_id, id, name, email, custom_fields) values ('{id}', '{contact}', '{word}', null, '{{"a": ["{word}\n"]}}');
            insert into contacts (organization_id, id, name, merged_into_id) values ('{id}', '{one}', '{word} again', '{contact}');
            insert into contact_identities (organization_id, id, contact_id, channel_id, kind, external_id)
              values ('{id}', '{one}', '{contact}', '{channel}', 'visitor', '{word}');
            insert into contact_instructions (organization_id, id, contact_id, agent_id, instructions) values ('{id}', '{one}', '{contact}', '{agent}', '{word}');
            insert into conversations (organization_id, id, contact_id, channel_id, subject, assignee_id, agent_id, last_seq)
              values ('{id}', '{conversation}', '{contact}', '{channel}', '{word}', '{member}', '{agent}', 2);
            insert into snooze_wakeups values ('{id}', '{conversation}', now());
            insert into messages (organization_id, id, conversation_id, seq, direction, role, author_type, content)
              values ('{id}', '{message}', '{conversation}', 1, 'inbound', 'user', 'contact', 'A question of {word}' || chr(10) || '\.' || chr(10)),
                     ('{id}', '{one}', '{conversation}', 2, 'outbound', 'assistant', 'agent', '{word}');
            insert into attachments (organization_id, id, conversation_id, message_id, file_name, media_type, size, storage_key, checksum, uploaded_by)
              values ('{id}', '{attachment}', '{conversation}', '{message}', 'hours.txt', 'text/plain', 5, '{attachment}', sha256('{word}'), 'contact');
            insert into canned_responses (organization_id, id, shortcut, content) values ('{id}', '{one}', '{word}', '{word}');
            insert into knowledge_sources (organization_id, id, name, type, location, storage_key)
              values ('{id}', '{source}', '{word}', 'file', 'terms.pdf', '{id}/knowledge/{source}');
            insert into agent_sources values ('{id}', '{agent}', '{source}');
            insert into sync_schedule values ('{id}', '{source}', now());
            insert into knowledge_syncs (organization_id, id, source_id) values ('{id}', '{sync}', '{source}');
            insert into knowledge_sync_pages (organization_id, sync_id, location) values ('{id}', '{sync}', '{word}');
            insert into documents (organization_id, id, source_id, sync_id, location, content, content_hash, recipe)
              values ('{id}', '{document}', '{source}', '{sync}', '{word}', '{word}', 'x', '1');
            insert into document_chunks (organization_id, id, document_id, source_id, ordinal, content, char_start, char_end, lexemes, lexeme_count, embedding, embedding_model)
              values ('{id}', '{one}', '{document}', '{source}', 0, '{word}', 0, 3, to_tsvector('simple', 'a b {word}'), 3,
                      array_fill(0.1234567::real, array[384])::vector, 'mini');
            insert into answers (organization_id, id, question, answer, embedding) values ('{id}', '{one}', '{word}?', '{word}', '[1,2,3.5]');
            insert into answer_traces (organization_id, id, agent_id, conversation_id, question, decision) values ('{id}', '{one}', '{agent}', '{conversation}', '{word}', 'curated');
            insert into actions (organization_id, id, agent_id, request_type) values ('{id}', '{one}', '{agent}', '{word}');
            insert into events (organization_id, id, name, resource_type, resource_id, actor_type, position)
              values ('{id}', '{event}', 'message.created', 'message', '{message}', 'visitor', nextval('event_positions'));
            insert into event_outbox (organization_id, event_id) values ('{id}', '{event}');
            insert into webhook_subscriptions (organization_id, id, url, secret_encrypted, custom_headers_encrypted)
              values ('{id}', '{subscription}', 'https://{word}.example.com', {secret}, {secret});
            insert into webhook_lanes (subscription_id, organization_id) values ('{subscription}', '{id}');
            insert into webhook_deliveries (organization_id, id, subscription_id, event_id) values ('{id}', '{one}', '{subscription}', '{event}');
            insert into audit_logs (organization_id, id, seq, actor_type, action, resource_type, previous_hash, hash)
              values ('{id}', '{one}', 1, 'system', 'organization.updated', 'organization', '', 'x');
            insert into audit_outbox (organization_id, audit_log_id) values ('{id}', '{one}');
            insert into idempotency_keys (organization_id, actor_id, key, fingerprint, status, answer_encrypted)
              values ('{id}', '{member}', '{word}', 'x', 200, {secret});
            insert into organization_purges values ('{id}', now());
            insert into file_removals (path) values ('{id}/gone');
            insert into password_resets values ({secret}, '{user}', now());
            insert into email_verifications values ({secret}, '{user}', '{word}@example.com', now());
            insert into passkey_challenges values ({secret}, '{user}', '{word}', {secret}, now());
            insert into impersonations (id, session_id, admin_id, user_id, organization_id, reason, started_at, expires_at)
              values ('{one}', '{user}', '{user}', '{user}', '{id}', '{word}', now(), now());
            insert into announcements (id, text_en, starts_at, ends_at, created_at)
              values ('{one}', 'Hello', now(), now() + interval '1 hour', now());
            insert into announcement_dismissals values ('{one}', '{user}');
            set role biseda_app;
            select awa.insert_job_compat('job', 'reply', '{{"job": "tick", "word": "{word}"}}');
            reset role;
            "#,
            one = one(99),
        ))
        .await;
        let folder = self.files().join(id.to_string());
        std::fs::create_dir_all(folder.join("knowledge")).unwrap();
        std::fs::write(folder.join(attachment.to_string()), word).unwrap();
        std::fs::write(folder.join("knowledge").join(source.to_string()), format!("terms of {word}")).unwrap();
        OrganizationId(id)
    }

    /// Rows that belong to nobody.
    pub async fn service(&self) {
        self.run(
            "insert into platform_settings (name, value) values ('upkeep', 'null');
             insert into platform_logs (id, seq, action, resource_type, previous_hash, hash)
               values (gen_random_uuid(), 1, 'a', 'b', '', 'x');
             insert into feature_flags values ('sign_up', true, now());
             insert into login_attempts (email_hash, last_attempt_at) values ('x', now());",
        )
        .await;
    }
}
