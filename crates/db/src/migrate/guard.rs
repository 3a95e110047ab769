//! Migrations only add: what a program of the version before relies on stays (docs/operations.md, "Upgrading").

use std::collections::BTreeSet;

use super::{MIGRATIONS, needs};

/// What takes away or narrows, wherever it stands in a statement.
const WORDS: [&str; 8] =
    ["drop", "rename", "truncate", "revoke", "set not null", "as restrictive", "alter policy", "create unique index"];

/// What migrations take away or rewrite under a name that does not say so, since no program misses it.
const HARMLESS: [(i64, &str); 10] = [
    // Rights that no program has used.
    (7, "revoke"),
    // Columns of its own alone.
    (13, "update"),
    // Both indexes are made anew under their names.
    (14, "drop"),
    // Older than the first release: no program is out that gives rows of the log their place itself.
    (15, "as restrictive"),
    (15, "drop"),
    // Indexes without which a search is only slower.
    (17, "drop"),
    // Columns of their own alone.
    (18, "update"),
    (21, "update"),
    // Older than the first release: no program is out that looks for a service's model under its name without the dimension.
    (25, "update"),
    // Lists of members name their users: one without is in none.
    (30, "drop"),
];

/// What a program that does not know the migration could stumble over. What befalls a table that the migration makes itself
/// does not count.
fn takes_away(sql: &str) -> BTreeSet<&'static str> {
    let code: Vec<&str> = sql.lines().map(|line| line.split("--").next().unwrap_or_default()).collect();
    let code = code.join(" ").to_lowercase().replace(',', " , ");
    let statements: Vec<Vec<&str>> = code.split(';').map(|statement| statement.split_whitespace().collect()).collect();
    let made: Vec<&str> = statements
        .iter()
        .filter(|words| words.starts_with(&["create", "table"]))
        .filter_map(|words| past_fillers(words).next())
        .collect();
    let of_others = statements.iter().filter(|words| table(words).is_none_or(|table| !made.contains(&table)));
    of_others.flat_map(|words| narrowings(words)).collect()
}

/// The table that a statement is about.
fn table<'a>(words: &[&'a str]) -> Option<&'a str> {
    match words {
        ["alter", "table", ..] => past_fillers(words).next(),
        ["update", table, ..] | ["delete", "from", table, ..] => Some(*table),
        _ => words.iter().skip_while(|word| **word != "on").nth(1).copied(),
    }
}

/// The name behind `create table` or `alter table`, and what follows.
fn past_fillers<'a>(words: &[&'a str]) -> impl Iterator<Item = &'a str> {
    let fillers = ["if", "not", "exists", "only"];
    words
        .iter()
        .skip(2)
        .skip_while(move |word| fillers.contains(word))
        .map(|word| word.split('(').next().unwrap_or_default())
}

fn narrowings(words: &[&str]) -> Vec<&'static str> {
    let line = format!(" {} ", words.join(" "));
    let mut found: Vec<&str> = WORDS.into_iter().filter(|word| line.contains(&format!(" {word} "))).collect();
    // What changes rows, also behind the words that begin a block. A foreign key says `on update set`.
    let begins = |words: &[&str], word| words[0].trim_start_matches('(') == word;
    let is_update = |words: &[&str]| begins(words, "update") && words[1] != "set" && words[2..].contains(&"set");
    found.extend(words.windows(4).any(is_update).then_some("update"));
    let is_delete = |words: &[&str]| begins(words, "delete") && words[1] == "from";
    found.extend(words.windows(2).any(is_delete).then_some("delete"));
    if words.starts_with(&["alter", "table"]) {
        let actions: Vec<&str> = past_fillers(words).skip(1).collect();
        found.extend(actions.split(|word| *word == ",").filter_map(narrows));
    }
    found
}

/// What one action of `alter table` asks of rows that are written by a program that does not know of it.
fn narrows(action: &[&str]) -> Option<&'static str> {
    let column: Vec<&str> = action.iter().skip(1).copied().skip_while(|word| *word == "column").collect();
    let rules = ["constraint", "check", "unique", "primary", "foreign", "exclude"];
    let has = |word| column.iter().skip(1).any(|other| *other == word);
    match *action.first()? {
        "add" if rules.contains(column.first()?) => Some("add constraint"),
        "add" if has("null") && has("not") && !has("default") && !has("generated") => Some("add not null"),
        "alter" if has("type") => Some("alter type"),
        _ => None,
    }
}

#[test]
fn migrations_only_add_unless_their_name_says_for_whom_they_take_away() {
    for migration in MIGRATIONS.iter().filter(|migration| needs(&migration.description).is_none()) {
        let harmless: BTreeSet<_> =
            HARMLESS.iter().filter(|(version, _)| *version == migration.version).map(|(_, word)| *word).collect();
        let found = takes_away(&migration.sql);
        assert_eq!(found, harmless, "{} {}", migration.version, migration.description);
    }
}

#[test]
fn what_takes_away_or_narrows_is_found() {
    for (sql, found) in [
        ("alter table a -- the old one\n  drop\n column b;", "drop"),
        ("drop policy b on a", "drop"),
        ("ALTER TABLE a RENAME COLUMN b TO c", "rename"),
        ("revoke update on a from biseda_app", "revoke"),
        ("alter table only a alter b type bigint", "alter type"),
        ("alter table if exists a add c int, alter column b set data type numeric(10, 2)", "alter type"),
        ("alter table a alter b set not null, add c int", "set not null"),
        ("alter table a add constraint positive check (b > 0)", "add constraint"),
        ("alter table a add check (b > 0)", "add constraint"),
        ("alter table a add column c int, add column b int not null", "add not null"),
        ("create table b (id int); create unique index on a (b)", "create unique index"),
        ("create policy b on a as restrictive using (true)", "as restrictive"),
        ("create table b (id int); update a set b = 1", "update"),
        ("with b as (update a x set b = 1 returning c) select from b", "update"),
        ("do $$ begin execute 'x' ; delete from a where b = 1 ; end $$", "delete"),
    ] {
        assert_eq!(takes_away(sql), BTreeSet::from([found]), "{sql}");
    }
    for sql in [
        "alter table a add column b int; -- never drop column b",
        "alter table a add column b int not null default 0, add column type text",
        "alter table a add b bigint not null generated always as identity",
        "create table a(id int); create unique index on a (id); alter table a add check (id > 0)",
        "create index on a (b)",
        "create table a (id int, b int references c on update set null on delete cascade); update a set id = 1",
        "create policy b on a for update using (true); grant update (b), delete on a to c",
        "create table a (id int); delete from a",
    ] {
        assert_eq!(takes_away(sql), BTreeSet::new(), "{sql}");
    }
}
