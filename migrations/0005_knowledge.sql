-- Knowledge: sources, their documents and passages, curated answers, and what agents made of them.
create table knowledge_sources (
  organization_id uuid not null references organizations on delete cascade,
  id uuid not null,
  name text not null check (length(name) between 1 and 200),
  type text not null check (type in ('url', 'file', 'text')),
  -- url: the address; file: the original file name; text: empty.
  location text not null default '',
  settings jsonb not null default '{}',
  -- What a source of type text says.
  content text,
  storage_key text,
  status text not null default 'pending' check (status in ('pending', 'processing', 'ready', 'failed')),
  failure_reason text,
  schedule text not null default 'off' check (schedule in ('off', 'hourly', 'daily', 'weekly')),
  content_hash bytea,
  chunk_count int not null default 0,
  document_count int not null default 0,
  last_sync_at timestamptz,
  next_sync_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (organization_id, id)
);
call make_tenant_table('knowledge_sources');

-- One reading of a source from beginning to end. At most one runs per source.
create table knowledge_syncs (
  organization_id uuid not null references organizations on delete cascade,
  id uuid not null,
  source_id uuid not null,
  status text not null default 'running' check (status in ('running', 'completed', 'failed', 'cancelled')),
  reason text,
  -- Where the first page's redirects ended: pages under it belong to the crawl. Null until that page was asked for.
  scope text,
  pages_found int not null default 0,
  pages_done int not null default 0,
  pages_unchanged int not null default 0,
  pages_failed int not null default 0,
  chunks int not null default 0,
  started_at timestamptz not null default now(),
  -- The last sign of life; a running sync without one for long is taken up again.
  heartbeat_at timestamptz not null default now(),
  finished_at timestamptz,
  primary key (organization_id, id),
  foreign key (organization_id, source_id) references knowledge_sources on delete cascade
);
call make_tenant_table('knowledge_syncs');
create unique index knowledge_syncs_running on knowledge_syncs (organization_id, source_id) where status = 'running';
create index knowledge_syncs_source on knowledge_syncs (organization_id, source_id, started_at desc);

-- The pages of one sync, so that a restart goes on where it stood and a failed page keeps its reason.
create table knowledge_sync_pages (
  organization_id uuid not null references organizations on delete cascade,
  sync_id uuid not null,
  location text not null check (length(location) <= 2048),
  depth int not null default 0,
  status text not null default 'pending' check (status in ('pending', 'done', 'unchanged', 'failed')),
  reason text,
  document_id uuid,
  position bigint generated always as identity,
  primary key (organization_id, sync_id, location),
  foreign key (organization_id, sync_id) references knowledge_syncs on delete cascade
);
call make_tenant_table('knowledge_sync_pages');
create index knowledge_sync_pages_status on knowledge_sync_pages (organization_id, sync_id, status, position);
create index knowledge_sync_pages_document on knowledge_sync_pages (organization_id, sync_id, document_id)
  where document_id is not null;

-- Sources that are to be looked at: their next sync, or whether their running one still moves. A queue.
create table sync_schedule (
  organization_id uuid not null,
  source_id uuid not null,
  due_at timestamptz not null,
  primary key (organization_id, source_id),
  foreign key (organization_id, source_id) references knowledge_sources on delete cascade
);
create index sync_schedule_due on sync_schedule (due_at);

-- Files whose rows are gone, to be removed from the disk. A queue, written with the deletion.
create table file_removals (
  id bigint generated always as identity primary key,
  -- Under the folder of files.
  path text not null
);

create table documents (
  organization_id uuid not null references organizations on delete cascade,
  id uuid not null,
  source_id uuid not null,
  sync_id uuid,
  -- Address of the page, or the name of the file.
  location text not null check (length(location) <= 2048),
  title text not null default '',
  language text,
  content text not null,
  content_hash bytea not null,
  -- Reader's version and embedding model: what was made with others is made again.
  recipe text not null,
  etag text,
  last_modified text,
  -- Addresses within the crawl that the page links to, for when it has not changed and is not read again.
  links text[] not null default '{}',
  -- False while the sync that read it goes on: the version before it answers until then.
  is_live boolean not null default false,
  created_at timestamptz not null default now(),
  primary key (organization_id, id),
  foreign key (organization_id, source_id) references knowledge_sources on delete cascade
);
call make_tenant_table('documents');
create index documents_source on documents (organization_id, source_id, location);
create index documents_hash on documents (organization_id, source_id, content_hash);

create table document_chunks (
  organization_id uuid not null references organizations on delete cascade,
  id uuid not null,
  document_id uuid not null,
  source_id uuid not null,
  ordinal int not null,
  content text not null,
  heading_path text[] not null default '{}',
  -- Character range in documents.content, and page of a paged file.
  char_start int not null,
  char_end int not null,
  page int,
  lexemes tsvector not null,
  lexeme_count int not null,
  -- The dimension belongs to the model, not to the table.
  embedding vector,
  embedding_model text not null,
  metadata jsonb not null default '{}',
  created_at timestamptz not null default now(),
  primary key (organization_id, id),
  foreign key (organization_id, document_id) references documents on delete cascade,
  foreign key (organization_id, source_id) references knowledge_sources on delete cascade
);
call make_tenant_table('document_chunks');
create index document_chunks_document on document_chunks (organization_id, document_id, ordinal);
-- With the count of words, so that the average of an organization is read from the index alone.
create index document_chunks_source on document_chunks (organization_id, source_id) include (lexeme_count);
-- Without the list of pending entries, which every search after a large sync would have to walk through.
create index document_chunks_lexemes on document_chunks using gin (organization_id, lexemes) with (fastupdate = off);
-- Vectors and words stay in the row as long as it fits a page: an exact search reads all vectors, and the ranking the
-- words of thousands of passages.
alter table document_chunks alter column embedding set storage main;
alter table document_chunks alter column lexemes set storage main;
-- For organizations too large for an exact search, in the two usual dimensions; others are searched exactly. Built with
-- more care than by default (64), for recall: organizations' passages lie among each other's.
create index document_chunks_embedding_384 on document_chunks
  using hnsw ((embedding::vector(384)) vector_ip_ops) with (ef_construction = 200) where vector_dims(embedding) = 384;
create index document_chunks_embedding_1536 on document_chunks
  using hnsw ((embedding::vector(1536)) vector_ip_ops) with (ef_construction = 200) where vector_dims(embedding) = 1536;

create table answers (
  organization_id uuid not null references organizations on delete cascade,
  id uuid not null,
  category text not null default '',
  question text not null check (length(question) between 1 and 500),
  answer text not null check (length(answer) between 1 and 10000),
  is_active boolean not null default true,
  embedding vector,
  embedding_model text,
  hit_count int not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (organization_id, id)
);
call make_tenant_table('answers');

create table agent_sources (
  organization_id uuid not null references organizations on delete cascade,
  agent_id uuid not null,
  source_id uuid not null,
  primary key (organization_id, agent_id, source_id),
  foreign key (organization_id, agent_id) references agents on delete cascade,
  foreign key (organization_id, source_id) references knowledge_sources on delete cascade
);
call make_tenant_table('agent_sources');

-- How an answer came about.
create table answer_traces (
  organization_id uuid not null references organizations on delete cascade,
  id uuid not null,
  agent_id uuid not null,
  conversation_id uuid,
  message_id uuid,
  question text not null,
  decision text not null check (decision in ('curated', 'generated', 'extracted', 'greeting', 'ask_back', 'hand_off')),
  reason text,
  passages jsonb not null default '[]',
  prompt jsonb not null default '[]',
  tool_calls jsonb not null default '[]',
  model text not null default '',
  input_tokens int not null default 0,
  output_tokens int not null default 0,
  cost_micros bigint not null default 0,
  retrieval_ms int not null default 0,
  first_token_ms int,
  total_ms int not null default 0,
  created_at timestamptz not null default now(),
  primary key (organization_id, id),
  foreign key (organization_id, agent_id) references agents on delete cascade,
  foreign key (organization_id, conversation_id) references conversations on delete cascade,
  foreign key (organization_id, message_id) references messages on delete set null (message_id)
);
call make_tenant_table('answer_traces');
create index answer_traces_created on answer_traces (organization_id, created_at) include (decision, conversation_id);
create index answer_traces_message on answer_traces (organization_id, message_id);

create table actions (
  organization_id uuid not null references organizations on delete cascade,
  id uuid not null,
  agent_id uuid not null,
  contact_id uuid,
  conversation_id uuid,
  request_type text not null,
  details text not null default '',
  arguments jsonb not null default '{}',
  context jsonb not null default '{}',
  status text not null default 'pending' check (status in ('pending', 'approved', 'denied', 'expired')),
  response text,
  auto_approve_similar boolean not null default false,
  resolved_at timestamptz,
  resolved_by uuid,
  expires_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (organization_id, id),
  foreign key (organization_id, agent_id) references agents on delete cascade,
  foreign key (organization_id, contact_id) references contacts on delete cascade,
  foreign key (organization_id, conversation_id) references conversations on delete cascade,
  foreign key (organization_id, resolved_by) references members on delete set null (resolved_by)
);
call make_tenant_table('actions');
create index actions_status on actions (organization_id, status, created_at);
