use leptos::prelude::*;
use types::{permission::Permission, user::Me};

use crate::AppError;

/// Who is signed in. When nobody is, the browser is sent to the sign-in page.
#[server]
pub async fn load_me() -> Result<Me, AppError> {
    match crate::server::member().await {
        Ok(member) => Ok(member.me),
        Err(error) => {
            match error.code {
                types::error::ErrorCode::Unauthenticated => crate::server::send_to_sign_in(),
                types::error::ErrorCode::Suspended => crate::server::send_to("/suspended"),
                // Without the one who asks there is no page.
                code => crate::server::set_status_of(code),
            }
            Err(error)
        }
    }
}

/// The signed-in member, loaded once for the dashboard. Read it inside `Suspense` or `Transition`.
#[derive(Clone, Copy)]
pub struct MeResource(Resource<Result<Me, AppError>>);

impl MeResource {
    /// The member, once loaded.
    pub fn get(&self) -> Option<Me> {
        self.0.get().and_then(Result::ok)
    }

    /// Whether the member may do this; no while it is not known.
    pub fn may(&self, permission: Permission) -> bool {
        self.0.with(|me| matches!(me, Some(Ok(me)) if me.permissions.contains(permission)))
    }

    /// The resource itself, to await it.
    pub fn resource(&self) -> Resource<Result<Me, AppError>> {
        self.0
    }

    /// Loads it anew, after a change of the profile or the organization.
    pub fn refetch(&self) {
        self.0.refetch();
    }
}

/// Loads the member and makes it available below. Blocking, so that somebody who is not signed in gets a real
/// redirect instead of a page.
pub fn provide_me() -> MeResource {
    let resource = MeResource(Resource::new_blocking(|| (), |()| load_me()));
    Effect::new(move || {
        if let Some(me) = resource.get() {
            crate::tab::bind(me.member_id);
        }
    });
    provide_context(resource);
    resource
}

/// The signed-in member.
///
/// # Panics
/// Outside of the dashboard.
#[track_caller]
pub fn use_me() -> MeResource {
    expect_context::<MeResource>()
}
