use i18n::*;
use leptos::prelude::*;
use ui::{Button, ButtonLink, ButtonStyle};

/// The buttons of a form that `?edit=` opens: save it, or go back to its page.
#[component]
pub fn FormActs(back: &'static str, pending: Memo<bool>) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <div class="flex gap-2">
            <Button kind="submit" style=ButtonStyle::Primary pending>
                {tu_string!(i18n, common.action.save)}
            </Button>
            <ButtonLink href=back>{tu_string!(i18n, common.action.cancel)}</ButtonLink>
        </div>
    }
}
