-- Passkeys (WebAuthn): keys on people's devices that sign them in.
create table passkeys (
  id uuid primary key,
  user_id uuid not null references users on delete cascade,
  credential_id bytea not null unique check (length(credential_id) between 16 and 1023),
  name text not null check (length(name) between 1 and 60),
  -- The public key and what else never changes; then the counter and flags, which each use may change.
  public_key bytea not null,
  state bytea not null check (length(state) = 7),
  -- How browsers reach the device, as a set of bits.
  transports smallint not null,
  created_at timestamptz not null,
  last_used_at timestamptz
);
create index passkeys_user on passkeys (user_id);

-- Challenges that wait for their answer, which takes the row away. Those that add a passkey belong to a session, one each.
create table passkey_challenges (
  token_hash bytea primary key,
  session_id uuid unique references sessions on delete cascade,
  name text,
  state bytea not null,
  expires_at timestamptz not null,
  check ((session_id is null) = (name is null))
);
create index passkey_challenges_expires on passkey_challenges (expires_at);

-- Whether the password alone does not sign this person in.
create function has_second_factor(account users) returns boolean stable language sql as
$$ select account.two_factor_secret is not null or exists (select from passkeys where user_id = account.id) $$;
