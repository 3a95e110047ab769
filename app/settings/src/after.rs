//! What follows when an action is done.

use base::{AppError, error_text};
use i18n::*;
use leptos::{prelude::*, server_fn::ServerFn};
use ui::use_toasts;

/// Says what became of an action, and calls back when it succeeded.
pub fn report<F>(action: ServerAction<F>, done: &'static str, on_success: impl Fn() + 'static)
where
    F: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    F::Output: Clone + Send + Sync + 'static,
{
    let (i18n, toasts) = (use_i18n(), use_toasts());
    Effect::new(move |_| match action.value().get() {
        Some(Ok(_)) => {
            toasts.success(done);
            on_success();
        }
        Some(Err(error)) => toasts.error(error_text(i18n, &error)),
        None => {}
    });
}

/// Goes to a page by a full load when the action has succeeded: everything on the screen is another now.
pub fn go_when_done<S>(action: ServerAction<S>, page: &'static str)
where
    S: ServerFn<Output = (), Error = AppError> + Clone + Send + Sync + 'static,
{
    Effect::new(move || {
        if action.value().with(|value| matches!(value, Some(Ok(())))) {
            _ = location().set_href(page);
        }
    });
}
