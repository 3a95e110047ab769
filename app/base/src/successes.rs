use leptos::{prelude::*, server_fn::ServerFn};

use crate::AppError;

/// How often an action has succeeded: what its success changes is loaded again by it. (The action's `version` counts
/// refusals too, and a form that is made anew after a refusal has lost what was typed.)
pub fn successes<F>(action: ServerAction<F>) -> Memo<usize>
where
    F: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    F::Output: Clone + Send + Sync + 'static,
{
    Memo::new(move |count: Option<&usize>| {
        let has_succeeded = action.value().with(|value| matches!(value, Some(Ok(_))));
        count.copied().unwrap_or_default() + usize::from(has_succeeded)
    })
}
