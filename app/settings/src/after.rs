//! What follows when an action is done.

use base::{AppError, error_text, successes};
use chrono::{DateTime, Utc};
use i18n::*;
use leptos::{html, prelude::*, server_fn::ServerFn};
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

/// Empties a form when its action has succeeded: what was typed is done, and is not to be done again.
pub fn reset_when_done<F>(form: NodeRef<html::Form>, action: ServerAction<F>)
where
    F: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    F::Output: Clone + Send + Sync + 'static,
{
    let done = successes(action);
    Effect::new(move || {
        if done.get() > 0
            && let Some(form) = form.get_untracked()
        {
            form.reset();
        }
    });
}

/// When what a form shows had last been changed, in microseconds, for its hidden field `shown`: as it was loaded, or as saving
/// it answered.
pub fn shown<F>(save: ServerAction<F>, updated_at: DateTime<Utc>) -> impl Fn() -> String + Copy + Send
where
    F: ServerFn<Output = i64, Error = AppError> + Clone + Send + Sync + 'static,
{
    let loaded = updated_at.timestamp_micros();
    move || save.value().get().and_then(Result::ok).unwrap_or(loaded).to_string()
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
