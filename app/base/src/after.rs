//! What follows when an action is done.

use chrono::{DateTime, Utc};
use i18n::*;
use leptos::{prelude::*, server_fn::ServerFn};
use ui::use_toasts;

use crate::{AppError, error_text};

/// Says what became of an action, and calls back when it succeeded.
pub fn report<F>(action: ServerAction<F>, done: &'static str, on_success: impl Fn() + 'static)
where
    F: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    F::Output: Clone + Send + Sync + 'static,
{
    let toasts = use_toasts();
    let on_success = move |_| {
        toasts.success(done);
        on_success();
    };
    after_action(action, on_success, error_text);
}

/// Hands on what an action answers, and says in these words why it was refused.
pub fn after_action<F>(
    action: ServerAction<F>,
    on_success: impl Fn(F::Output) + 'static,
    words: impl Fn(I18n, &AppError) -> String + 'static,
) where
    F: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    F::Output: Clone + Send + Sync + 'static,
{
    let (i18n, toasts) = (use_i18n(), use_toasts());
    Effect::new(move || match action.value().get() {
        Some(Ok(answer)) => on_success(answer),
        Some(Err(error)) => toasts.error(words(i18n, &error)),
        None => {}
    });
}

/// Goes to a page, which the answer may name, by a full load when the action has succeeded: everything on the screen is
/// another now.
pub fn go_when_done<F>(action: ServerAction<F>, page: impl Fn(&F::Output) -> &str + 'static)
where
    F: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    F::Output: Clone + Send + Sync + 'static,
{
    Effect::new(move || {
        action.value().with(|value| {
            if let Some(Ok(answer)) = value {
                _ = location().set_href(page(answer));
            }
        });
    });
}

/// When what a form shows had last been changed, in microseconds, for its hidden field `shown`: as it was loaded, or as saving
/// it answered last.
pub fn shown<F>(save: ServerAction<F>, updated_at: DateTime<Utc>) -> impl Fn() -> String + Copy + Send
where
    F: ServerFn<Output = i64, Error = AppError> + Clone + Send + Sync + 'static,
{
    let loaded = updated_at.timestamp_micros();
    let shown = Memo::new(move |before: Option<&i64>| {
        save.value().with(|answer| match answer {
            Some(Ok(saved_at)) => *saved_at,
            _ => before.copied().unwrap_or(loaded),
        })
    });
    move || shown.get().to_string()
}
