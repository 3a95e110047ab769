//! What can be done with several chosen conversations at once.

use base::{AppError, error_text};
use i18n::*;
use leptos::{ev, prelude::*};
use types::id::{ConversationId, MemberId};
use ui::{ActingSelect, Button, ButtonSize, IconButton, icons, use_toasts};

use crate::{context::use_inbox, rpc};

/// A change of several conversations.
#[derive(Clone)]
enum Change {
    Close,
    Assign(Option<MemberId>),
}

/// The bar above the rows while some are chosen.
#[component]
pub fn BulkBar() -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let inbox = use_inbox();
    let selection = inbox.selection;
    let apply = Action::new(move |(ids, change): &(Vec<ConversationId>, Change)| {
        let (ids, change) = (ids.clone(), change.clone());
        async move {
            let count = ids.len();
            let answer: Result<(), AppError> = match change {
                Change::Close => rpc::close_all(ids).await,
                Change::Assign(assignee) => rpc::assign_all(ids, assignee).await,
            };
            match answer {
                Ok(()) => {
                    selection.clear();
                    toasts.success(tu_string!(i18n, inbox.bulk_done, count = count).to_string());
                }
                Err(error) => toasts.error(error_text(i18n, &error)),
            }
        }
    });
    let run = move |change: Change| {
        let ids = selection.get();
        if !ids.is_empty() {
            apply.dispatch((ids, change));
        }
    };
    // A refused choice does not stay, so that it can be made again.
    let answers = apply.version();
    let unchosen = move || {
        answers.track();
        true
    };
    let count = Memo::new(move |_| selection.get().len());
    view! {
        <Show when=move || { count.get() > 0 }>
            <div class="bulk-bar" role="toolbar" aria-label=tu_string!(i18n, inbox.bulk)>
                <span class="font-medium tabular-nums" role="status">
                    {move || tu_string!(i18n, inbox.selected, count = count.get()).to_string()}
                </span>
                <ActingSelect
                    class="select select-xs ms-auto w-28"
                    label=tu_string!(i18n, inbox.bulk_assign)
                    disabled=apply.pending()
                    on_choice=move |event: ev::Event| untrack(|| run(Change::Assign(event_target_value(&event).parse().ok())))
                >
                    <option disabled selected=unchosen prop:selected=unchosen>
                        {tu_string!(i18n, inbox.bulk_assign)}
                    </option>
                    {move || {
                        inbox
                            .members()
                            .into_iter()
                            .map(|(id, name)| view! { <option value=id.to_string()>{name}</option> })
                            .collect_view()
                    }}
                    <option value="">{tu_string!(i18n, inbox.nobody)}</option>
                </ActingSelect>
                <Button
                    size=ButtonSize::Small
                    icon=icons::CHECK
                    pending=apply.pending()
                    on_click=move |_| untrack(|| run(Change::Close))
                >
                    {tu_string!(i18n, inbox.close)}
                </Button>
                <IconButton
                    size=ButtonSize::Small
                    glyph=icons::X
                    label=tu_string!(i18n, inbox.bulk_clear)
                    on_click=move |_| selection.clear()
                />
            </div>
        </Show>
    }
}
