use types::id::{OrganizationId, SessionId, UserId};

use crate::{
    Actor, Cx, Error, Result, Services,
    accounts::{Authenticated, ClientInfo},
};

/// A platform admin whose sign-in has a second step: the proof that each of these verbs asks for.
#[derive(Debug, Clone)]
pub struct Operator {
    user: UserId,
    session: SessionId,
    client: ClientInfo,
}

impl Operator {
    /// Asks whether the one who is signed in operates the service.
    ///
    /// # Errors
    /// [`Error::Refused`] for who does not, and while an operator works as a member; [`Error::SecondFactorNeeded`].
    pub async fn of(services: &Services, asked_by: &Authenticated, client: ClientInfo) -> Result<Self> {
        let me = &asked_by.me;
        if !me.is_platform_admin || asked_by.impersonation.is_some() {
            return Err(Error::Refused("only operators of this service may do that"));
        }
        let has_second_factor = sqlx::query_scalar!(
            r#"select has_second_factor(u) as "has!" from users u
               where id = $1 and is_active and is_platform_admin"#,
            me.user_id.0
        )
        .fetch_optional(services.db.system().pool())
        .await?
        .unwrap_or_default();
        if !has_second_factor {
            return Err(Error::SecondFactorNeeded);
        }
        Ok(Self { user: me.user_id, session: asked_by.session_id, client })
    }

    /// Who it is.
    pub fn user(&self) -> UserId {
        self.user
    }

    /// The session in which the operator works.
    pub(super) fn session(&self) -> SessionId {
        self.session
    }

    /// What is known of the operator's browser.
    pub(super) fn client(&self) -> &ClientInfo {
        &self.client
    }

    /// A transaction of an organization, in the operator's name.
    pub(super) async fn begin(&self, services: &Services, organization: OrganizationId) -> Result<Cx> {
        let actor = Actor::PlatformAdmin { user_id: self.user };
        Ok(services.db.begin(organization, actor).await?.asked_by(self.client.clone()))
    }
}
