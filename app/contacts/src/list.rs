//! `/app/contacts`: the list of contacts and what narrows it.

use base::{Loaded, Page, Panel};
use i18n::*;
use leptos::{ev, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use types::contact::{ContactFilter, ContactSort};
use ui::{ActingSelect, ButtonLink, ButtonStyle, Dialog, Icon, icons, shows};

use crate::{create::CreateForm, query, rpc, table::ContactTable};

/// The page `/app/contacts`: search, tag, order and page stand in the address.
#[component]
pub fn ContactsPage() -> impl IntoView {
    let i18n = use_i18n();
    let map = use_query_map();
    let filter = Memo::new(move |_| map.with(query::read));
    let list = Resource::new(move || filter.get(), rpc::list_contacts);
    let tags = Resource::new(|| (), |()| rpc::contact_tags());
    let creating = RwSignal::new(false);
    // Without script the link shows the form above the list.
    let is_shown_plain = move || map.with(|map| map.get_str("new").is_some());
    view! {
        <Page
            title=tu_string!(i18n, contacts.title)
            subtitle=tu_string!(i18n, contacts.intro)
            width="max-w-6xl"
            actions=move || {
                view! {
                    <a
                        class="btn btn-primary btn-sm"
                        href="/app/contacts?new=1"
                        on:click=move |event: ev::MouseEvent| {
                            event.prevent_default();
                            creating.set(true);
                        }
                    >
                        <Icon glyph=icons::PLUS />
                        {tu_string!(i18n, contacts.new)}
                    </a>
                }
            }
        >
            <Show when=is_shown_plain>
                <Panel title=tu_string!(i18n, contacts.new) class="mb-4">
                    <div class="p-4"><CreateForm /></div>
                </Panel>
            </Show>
            <Dialog
                open=creating
                title=tu_string!(i18n, contacts.new)
                close_label=tu_string!(i18n, common.action.close)
            >
                <CreateForm />
            </Dialog>
            <Filters filter tags />
            <Loaded resource=list children=move |page| view! { <ContactTable page filter=filter.get_untracked() /> } />
        </Page>
    }
}

/// Search, tag and order: a plain form, which acts at once where there is script.
#[component]
fn Filters(filter: Memo<ContactFilter>, tags: Resource<Result<Vec<String>, base::AppError>>) -> impl IntoView {
    let i18n = use_i18n();
    let navigate = use_navigate();
    let go = Callback::new(move |change: ContactFilter| {
        let change = ContactFilter { page: None, ..change };
        navigate(&query::href(&change), NavigateOptions { scroll: false, replace: true, ..NavigateOptions::default() });
    });
    let text = move |value: String| (!value.trim().is_empty()).then_some(value);
    let search = move |event: ev::Event| {
        go.run(ContactFilter { q: text(event_target_value(&event)), ..filter.get_untracked() });
    };
    view! {
        <form
            class="mb-4 flex flex-wrap items-center gap-2"
            method="get"
            action="/app/contacts"
            role="search"
            on:submit=move |event| event.prevent_default()
        >
            <label class="input input-sm min-w-0 flex-1 basis-56">
                <Icon glyph=icons::SEARCH class="size-4 opacity-60" />
                <input
                    type="search"
                    name="q"
                    maxlength="200"
                    value=filter.get_untracked().q.unwrap_or_default()
                    use:shows=Signal::derive(move || filter.get().q.unwrap_or_default())
                    placeholder=tu_string!(i18n, contacts.search_hint)
                    aria-label=tu_string!(i18n, contacts.search)
                    on:change=search
                />
            </label>
            <ActingSelect
                class="select select-sm w-auto"
                name="tag"
                label=tu_string!(i18n, contacts.tag)
                on_choice=move |event: ev::Event| {
                    go.run(ContactFilter { tag: text(event_target_value(&event)), ..filter.get_untracked() });
                }
            >
                <option value="">{tu_string!(i18n, contacts.any_tag)}</option>
                <Transition>
                    {move || {
                        let chosen = filter.get().tag;
                        let mut known = tags.get().and_then(Result::ok).unwrap_or_default();
                        if let Some(tag) = chosen.clone().filter(|tag| !known.contains(tag)) {
                            known.push(tag);
                        }
                        known
                            .into_iter()
                            .map(|tag| {
                                let selected = chosen.as_ref() == Some(&tag);
                                view! { <option value=tag.clone() selected=selected prop:selected=selected>{tag.clone()}</option> }
                            })
                            .collect_view()
                    }}
                </Transition>
            </ActingSelect>
            <ActingSelect
                class="select select-sm w-auto"
                name="sort"
                label=tu_string!(i18n, contacts.sort)
                on_choice=move |event: ev::Event| {
                    go.run(ContactFilter { sort: event_target_value(&event).parse().ok(), ..filter.get_untracked() });
                }
            >
                {[
                    (ContactSort::Recent, tu_string!(i18n, contacts.sort_recent)),
                    (ContactSort::Oldest, tu_string!(i18n, contacts.sort_oldest)),
                    (ContactSort::Name, tu_string!(i18n, contacts.sort_name)),
                    (ContactSort::NameDescending, tu_string!(i18n, contacts.sort_name_descending)),
                ]
                    .into_iter()
                    .map(|(sort, label)| {
                        let chosen = move || filter.get().sort.unwrap_or(ContactSort::Recent) == sort;
                        view! { <option value=sort.as_str() selected=chosen prop:selected=chosen>{label}</option> }
                    })
                    .collect_view()}
            </ActingSelect>
            <button class="btn btn-sm without-script">{tu_string!(i18n, contacts.apply)}</button>
            <Show when=move || filter.with(query::is_narrowed)>
                <ButtonLink href="/app/contacts" style=ButtonStyle::Ghost>{tu_string!(i18n, contacts.clear)}</ButtonLink>
            </Show>
        </form>
    }
}
