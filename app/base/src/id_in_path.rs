use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// The id in the address; an id that cannot be is answered like one that does not exist.
pub fn id_in_path<T>(name: &'static str) -> Memo<T>
where
    T: From<uuid::Uuid> + PartialEq + Send + Sync + 'static,
{
    let params = use_params_map();
    Memo::new(move |_| {
        params.with(|params| params.get(name).and_then(|id| id.parse::<uuid::Uuid>().ok()).unwrap_or_default()).into()
    })
}
