use types::id::UserId;

use super::password;
use crate::{
    Cx, Result,
    validate::{Check, LOCALES},
};

/// A person who is about to get an account.
pub(crate) struct NewUser<'a> {
    pub email: &'a str,
    pub name: &'a str,
    pub hash: &'a str,
    pub locale: &'a str,
}

/// Name and hashed password of a person whose address is known already.
pub(crate) struct NewAccount {
    pub name: String,
    pub hash: String,
    pub locale: String,
}

impl NewAccount {
    /// Checks what the person entered, and hashes the password.
    ///
    /// # Errors
    /// [`Error::Validation`](crate::Error::Validation) of `name`, `locale` or `password`.
    pub(crate) async fn check(email: &str, name: &str, password: &str, locale: &str) -> Result<Self> {
        let mut check = Check::default();
        let name = check.name("name", name);
        let locale = check.one_of("locale", locale, LOCALES);
        password::check(&mut check, "password", password, email);
        check.finish()?;
        Ok(Self { name, hash: password::hash(password).await?, locale })
    }
}

impl NewUser<'_> {
    /// Writes the user; false when the address is taken.
    pub(crate) async fn insert(&self, cx: &mut Cx, id: UserId) -> Result<bool> {
        let now = cx.now();
        let inserted = sqlx::query!(
            "insert into users (id, email, name, password_hash, locale, created_at, updated_at)
             values ($1, $2, $3, $4, $5, $6, $6) on conflict (lower(email)) do nothing",
            id.0,
            self.email,
            self.name,
            self.hash,
            self.locale,
            now
        )
        .execute(cx.conn())
        .await?;
        Ok(inserted.rows_affected() == 1)
    }
}
