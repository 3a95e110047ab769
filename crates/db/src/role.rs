//! What the role of a connection may do. Row-level security binds only those who do not own and cannot bypass.

use sqlx::PgPool;

/// The role that a pool's connections work as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// It passes every check.
    pub is_superuser: bool,
    /// It passes row-level security.
    pub bypasses_rls: bool,
    /// How many tables of the schema it owns; an owner may switch row-level security off.
    pub owned_tables: i64,
}

impl Role {
    /// Asks the database.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn of(pool: &PgPool) -> Result<Self, sqlx::Error> {
        sqlx::query_as!(
            Self,
            r#"select rolname as "name!", rolsuper as "is_superuser!", rolbypassrls as "bypasses_rls!",
                 (select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
                  where n.nspname in ('public', 'awa') and c.relkind in ('r', 'p')
                    and pg_has_role(current_user, c.relowner, 'USAGE')) as "owned_tables!"
               from pg_roles where rolname = current_user"#
        )
        .fetch_one(pool)
        .await
    }

    /// Whether row-level security would not bind it.
    pub fn could_bypass(&self) -> bool {
        self.is_superuser || self.bypasses_rls || self.owned_tables > 0
    }
}
