use base::{ActionForm, Loaded, Panel, not_delivered_text, report};
use i18n::*;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use types::{
    id::{DeliveryId, WebhookSubscriptionId},
    page::Page,
    webhook::{Delivery, DeliveryDetail, DeliveryFilter, DeliveryStatus},
};
use ui::{
    Badge, Button, ButtonSize, Checkbox, Column, EmptyState, Pagination, RelativeTime, Select, Table, Tone, icons,
};

use super::rpc::{self, ReplayDeliveries, ReplayDelivery};

/// What was sent to an endpoint, newest first; status, page and the one that is looked at stand in the address.
#[component]
pub fn Deliveries(
    id: WebhookSubscriptionId,
    /// Whether what was sent may be sent again: the endpoint is switched on, and the member changes endpoints.
    may_replay: bool,
    /// How many tests were sent from this page.
    tests: Memo<usize>,
) -> impl IntoView {
    let i18n = use_i18n();
    let map = use_query_map();
    let filter = Memo::new(move |_| {
        map.with(|map| DeliveryFilter {
            status: map.get("status").and_then(|word| word.parse().ok()),
            page: map.get("page").and_then(|number| number.parse().ok()),
            limit: None,
        })
    });
    let shown = Memo::new(move |_| map.with(|map| map.get("delivery").and_then(|id| id.parse::<DeliveryId>().ok())));
    let list = Resource::new(move || (filter.get(), tests.get()), move |(filter, _)| rpc::load_deliveries(id, filter));
    let refetch = Callback::new(move |()| list.refetch());
    let title = tu_string!(i18n, settings.webhooks.deliveries);
    view! {
        {move || shown.get().map(|delivery| view! { <Detail id=delivery may_replay on_replay=refetch /> })}
        <Panel title>
            <Statuses id filter />
            <Loaded resource=list children=move |page| view! { <Rows id page filter=filter.get_untracked() /> } />
        </Panel>
        {may_replay.then(|| view! { <Replay id on_done=refetch /> })}
    }
}

/// The address of the list under a filter, and of a delivery in it.
fn href(id: WebhookSubscriptionId, filter: &DeliveryFilter, delivery: Option<DeliveryId>) -> String {
    let mut query = Vec::new();
    query.extend(filter.status.map(|status| format!("status={status}")));
    query.extend(filter.page.filter(|page| *page > 1).map(|page| format!("page={page}")));
    query.extend(delivery.map(|delivery| format!("delivery={delivery}")));
    let mark = if query.is_empty() { "" } else { "?" };
    format!("/app/settings/webhooks/{id}{mark}{}", query.join("&"))
}

fn status_text(i18n: I18n, status: DeliveryStatus) -> &'static str {
    match status {
        DeliveryStatus::Pending => tu_string!(i18n, settings.webhooks.pending),
        DeliveryStatus::Delivered => tu_string!(i18n, settings.webhooks.delivered),
        DeliveryStatus::Failed => tu_string!(i18n, settings.webhooks.failed),
    }
}

#[component]
fn Statuses(id: WebhookSubscriptionId, filter: Memo<DeliveryFilter>) -> impl IntoView {
    let i18n = use_i18n();
    let link = move |status: Option<DeliveryStatus>, text: &'static str| {
        let is_on = move || filter.with(|filter| filter.status == status);
        let address = href(id, &DeliveryFilter { status, ..DeliveryFilter::default() }, None);
        view! {
            <a
                href=address
                class="btn btn-xs"
                class:btn-active=is_on
                aria-current=move || is_on().then_some("true")
            >
                {text}
            </a>
        }
    };
    view! {
        <div class="flex flex-wrap gap-2 p-4 pb-2">
            {link(None, tu_string!(i18n, settings.webhooks.every))}
            {DeliveryStatus::ALL.iter().map(|status| link(Some(*status), status_text(i18n, *status))).collect_view()}
        </div>
    }
}

#[component]
fn Rows(id: WebhookSubscriptionId, page: Page<Delivery>, filter: DeliveryFilter) -> impl IntoView {
    let i18n = use_i18n();
    if page.items.is_empty() && page.page == 1 {
        return view! {
            <EmptyState
                icon=icons::SEND
                title=tu_string!(i18n, settings.webhooks.nothing)
                text=tu_string!(i18n, settings.webhooks.nothing_text)
            />
        }
        .into_any();
    }
    let (number, pages) = (page.page, page.pages());
    let columns = vec![
        Column::new(tu_string!(i18n, settings.webhooks.event)),
        Column::new(tu_string!(i18n, settings.webhooks.status)),
        Column::classed(tu_string!(i18n, settings.webhooks.attempts), "text-end max-sm:hidden"),
        Column::classed(tu_string!(i18n, settings.webhooks.at), "max-sm:hidden"),
    ];
    let rows = page
        .items
        .into_iter()
        .map(|delivery| {
            let tone = match delivery.status {
                DeliveryStatus::Pending if delivery.attempts > 0 => Tone::Warning,
                DeliveryStatus::Pending => Tone::Neutral,
                DeliveryStatus::Delivered => Tone::Success,
                DeliveryStatus::Failed => Tone::Danger,
            };
            let failure = delivery.failure.map(|why| not_delivered_text(i18n, &why));
            let answer = delivery.response_status.map(|status| format!(" · {status}")).unwrap_or_default();
            view! {
                <tr>
                    <td>
                        <a class="link link-hover font-medium break-all" href=href(id, &filter, Some(delivery.id))>
                            {delivery.event}
                        </a>
                        {failure.map(|why| view! { <span class="text-muted block text-xs break-words">{why}</span> })}
                    </td>
                    <td><Badge tone>{status_text(i18n, delivery.status)} {answer}</Badge></td>
                    <td class="text-end tabular-nums max-sm:hidden">{delivery.attempts}</td>
                    <td class="max-sm:hidden"><RelativeTime at=delivery.created_at /></td>
                </tr>
            }
        })
        .collect_view();
    let filter = StoredValue::new(filter);
    view! {
        <Table caption=tu_string!(i18n, settings.webhooks.deliveries) columns>
            {rows}
        </Table>
        <div class="px-4">
            <Pagination
                page=number
                pages
                href=move |page| href(id, &DeliveryFilter { page: Some(page), ..filter.get_value() }, None)
                label=tu_string!(i18n, common.pages.label)
                previous_label=tu_string!(i18n, common.pages.previous)
                next_label=tu_string!(i18n, common.pages.next)
                position=tu_string!(i18n, common.pages.of, page = number, pages = pages).to_string()
            />
        </div>
    }
    .into_any()
}

/// What was sent and what came back.
#[component]
fn Detail(id: DeliveryId, may_replay: bool, on_replay: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let detail = Resource::new(move || id, rpc::load_delivery);
    let replay = ServerAction::<ReplayDelivery>::new();
    report(replay, tu_string!(i18n, settings.webhooks.replayed), move || on_replay.run(()));
    let body = |text: String| view! { <pre class="bg-base-200 overflow-auto rounded p-3 text-xs max-h-80" tabindex="0">{text}</pre> };
    view! {
        <Panel title=tu_string!(i18n, settings.webhooks.delivery) class="mb-4">
            <Loaded resource=detail children=move |detail: DeliveryDetail| {
                let request = match detail.request {
                    Some(request) => body(serde_json::to_string_pretty(&request).unwrap_or_default()).into_any(),
                    None => {
                        view! { <p class="text-muted text-sm">{tu_string!(i18n, settings.webhooks.not_readable)}</p> }
                            .into_any()
                    }
                };
                view! {
                    <div class="space-y-3 p-4">
                        <p class="text-muted text-xs break-all">
                            {format!("webhook-id: msg_{}", detail.delivery.event_id.0.simple())}
                        </p>
                        <h3 class="font-medium">{tu_string!(i18n, settings.webhooks.request)}</h3>
                        {request}
                        {detail.delivery.duration_ms.map(|duration| {
                            let failure = detail.delivery.failure.map(|why| not_delivered_text(i18n, &why));
                            let status = detail.delivery.response_status.map(|status| status.to_string());
                            let what = status.or(failure).unwrap_or_default();
                            view! {
                                <h3 class="font-medium">
                                    {tu_string!(i18n, settings.webhooks.answer)} {format!(": {what}, {duration} ms")}
                                </h3>
                            }
                        })}
                        {detail.response_body.filter(|text| !text.is_empty()).map(body)}
                        {may_replay
                            .then(|| {
                                view! {
                                    <Button
                                        size=ButtonSize::Small
                                        icon=icons::ROTATE_CCW
                                        pending=replay.pending()
                                        on_click=move |_| {
                                            replay.dispatch(ReplayDelivery { id });
                                        }
                                    >
                                        {tu_string!(i18n, settings.webhooks.replay)}
                                    </Button>
                                }
                            })}
                    </div>
                }
            } />
        </Panel>
    }
}

/// Sends what failed in a time once more, or all of it.
#[component]
fn Replay(id: WebhookSubscriptionId, on_done: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let replay = ServerAction::<ReplayDeliveries>::new();
    report(replay, tu_string!(i18n, settings.webhooks.replayed), move || on_done.run(()));
    let times = [
        ("1", tu_string!(i18n, settings.webhooks.hour)),
        ("24", tu_string!(i18n, settings.webhooks.day)),
        ("168", tu_string!(i18n, settings.webhooks.week)),
    ];
    let options: Vec<_> = times.iter().map(|(hours, text)| ((*hours).to_owned(), (*text).to_owned())).collect();
    view! {
        <Panel title=tu_string!(i18n, settings.webhooks.replay_many)>
            <ActionForm action=replay attr:class="flex flex-wrap items-end gap-4 p-4">
                <input type="hidden" name="id" value=id.to_string() />
                <Select name="hours" label=tu_string!(i18n, settings.webhooks.since) options value="24".to_owned() />
                <Checkbox name="all" label=tu_string!(i18n, settings.webhooks.arrived_too) />
                <Button kind="submit" icon=icons::ROTATE_CCW pending=replay.pending()>
                    {tu_string!(i18n, settings.webhooks.replay)}
                </Button>
            </ActionForm>
        </Panel>
    }
}
