use base::{AppError, ErrorView, Stage, reading, use_me};
use i18n::*;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use types::{
    error::ErrorCode,
    id::{ContactId, ConversationId},
    user::Me,
};
use ui::{ButtonLink, EmptyState, Skeleton, icons};

use super::{
    citations::SourceDrawer, composer::Composer, header::Header, live, ownership::OwnershipBar, presence::Presence,
    shortcuts, state::ThreadState, timeline::Timeline, trace::TraceDrawer,
};
use crate::{
    divider::{Divider, Part},
    panel::ContactSide,
    rpc::{self, ContactPanel, Thread},
    words,
};

/// The page `/app/inbox/:id`.
#[component]
pub fn ThreadPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")?.parse::<ConversationId>().ok()));
    let thread = reading(id, |id| async move { rpc::get_thread(known(id)?).await });
    let panel = reading(id, |id| async move { rpc::get_contact_panel(known(id)?).await });
    let me = use_me().resource();
    let on_retry = Callback::new(move |()| thread.refetch());
    view! {
        <Transition fallback=|| view! { <ThreadSkeleton /> }>
            {
                let stage = Stage::here();
                move || {
                    let stage = stage.clone();
                    Suspend::new(async move {
                        let loaded = (thread.await, me.await);
                        let draw = move || match loaded {
                            // A closure makes its elements anew: no thread begins where the one before was scrolled to.
                            (Ok(thread), Ok(me)) => {
                                (move || view! { <ThreadView thread=thread.clone() me=me.clone() panel /> }).into_any()
                            }
                            (Err(error), _) if error.code == ErrorCode::NotFound => view! { <NotFound /> }.into_any(),
                            (Err(error), _) | (_, Err(error)) => view! { <ErrorView error on_retry /> }.into_any(),
                        };
                        stage.show(Box::new(draw)).await
                    })
                }
            }
        </Transition>
    }
}

/// An address whose last part is no id leads to nothing.
fn known(id: Option<ConversationId>) -> Result<ConversationId, AppError> {
    id.ok_or_else(|| AppError::new(ErrorCode::NotFound, "there is no such conversation"))
}

#[component]
fn ThreadView(thread: Thread, me: Me, panel: Resource<Result<ContactPanel, AppError>>) -> impl IntoView {
    let i18n = use_i18n();
    let query = use_query_map();
    let state = ThreadState::new(thread, me);
    provide_context(state);
    live::follow(state);
    shortcuts::register(state);
    follow_contact(state, panel);
    let is_panel_open = Memo::new(move |_| query.with(|query| query.get_str("panel").is_some()));
    // As a text: the server writes the head when the thread is gone already, and may do so elsewhere.
    let title = move || {
        let customer = state.conversation.with(|conversation| words::customer(i18n, &conversation.summary));
        view! { <Title text=customer /> }
    };
    view! {
        {title}
        <div class="thread" inert=move || !state.is_open()>
            <div class="thread-main" class:thread-behind=is_panel_open>
                <Header />
                <Timeline />
                <Presence />
                <OwnershipBar />
                <Composer />
            </div>
            <Divider part=Part::Panel label=tu_string!(i18n, inbox.resize_panel) />
            <aside
                class="thread-panel"
                class:thread-panel-open=is_panel_open
                aria-label=tu_string!(i18n, inbox.panel)
            >
                <ContactSide panel />
            </aside>
        </div>
        <SourceDrawer />
        <TraceDrawer />
    }
}

/// A visitor who signs in becomes another contact.
fn follow_contact(state: ThreadState, panel: Resource<Result<ContactPanel, AppError>>) {
    let contact = Memo::new(move |_| state.conversation.with(|conversation| conversation.summary.contact_id));
    Effect::new(move |before: Option<ContactId>| {
        let now = contact.get();
        if before.is_some_and(|before| before != now) {
            panel.refetch();
        }
        now
    });
}

#[component]
fn NotFound() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <EmptyState
            icon=icons::INBOX
            title=tu_string!(i18n, inbox.not_found_title)
            text=tu_string!(i18n, inbox.not_found_body)
        >
            <ButtonLink href="/app/inbox">{tu_string!(i18n, inbox.back)}</ButtonLink>
        </EmptyState>
    }
}

#[component]
fn ThreadSkeleton() -> impl IntoView {
    view! {
        <div class="flex h-full flex-col gap-6 p-4" aria-busy="true">
            <Skeleton class="h-8 w-1/2" />
            <Skeleton class="h-16 w-2/3" />
            <Skeleton class="h-24 w-2/3 self-end" />
            <Skeleton class="h-12 w-1/2" />
            <Skeleton class="mt-auto h-28 w-full" />
        </div>
    }
}
