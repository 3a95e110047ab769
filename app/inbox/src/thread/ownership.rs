use base::ActionForm;
use i18n::*;
use leptos::prelude::*;
use types::conversation::{ConversationStatus, Owner};
use ui::{Button, ButtonSize, ButtonStyle, Icon, icons};

use super::state::use_thread;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stand {
    /// The agent answers.
    Agent,
    /// A person answers where an agent could.
    Paused { mine: bool },
    /// The customer waits for a person.
    Waiting { has_agent: bool },
    /// No agent is concerned, or the conversation is closed.
    Plain,
}

/// Who answers next, with the button that changes it.
#[component]
pub fn OwnershipBar() -> impl IntoView {
    let i18n = use_i18n();
    let state = use_thread();
    let stand = Memo::new(move |_| {
        state.conversation.with(|conversation| {
            let row = &conversation.summary;
            let me = state.me.with_value(|me| me.member_id);
            match row.owner {
                _ if row.status != ConversationStatus::Active => Stand::Plain,
                Owner::Agent => Stand::Agent,
                Owner::Member if row.agent_id.is_some() => Stand::Paused { mine: row.assignee_id == Some(me) },
                Owner::Member => Stand::Plain,
                Owner::Nobody => Stand::Waiting { has_agent: row.agent_id.is_some() },
            }
        })
    });
    // Else whatever happens in the conversation makes the buttons anew, under whoever presses one.
    let agent = Memo::new(move |_| {
        state.conversation.with(|conversation| conversation.summary.agent_name.clone().unwrap_or_default())
    });
    let button = move |change: &'static str, label: &'static str, is_primary: bool| {
        let style = if is_primary { ButtonStyle::Primary } else { ButtonStyle::Plain };
        view! {
            <ActionForm action=state.change>
                <input type="hidden" name="id" value=state.id.to_string() />
                <Button
                    kind="submit"
                    name="change"
                    value=change
                    style
                    size=ButtonSize::Small
                    icon=if is_primary { icons::HAND } else { icons::BOT }
                    pending=state.change.pending()
                >
                    {label}
                </Button>
            </ActionForm>
        }
    };
    let take_over = move || button("take_over", tu_string!(i18n, inbox.take_over), true);
    let hand_back = move || button("hand_back", tu_string!(i18n, inbox.hand_back), false);
    move || match stand.get() {
        Stand::Plain => ().into_any(),
        Stand::Agent => view! {
            <div class="owner-bar owner-agent" role="status">
                <Icon glyph=icons::BOT />
                <span class="min-w-0 flex-1">
                    <b class="font-semibold">{tu_string!(i18n, inbox.agent_owns, name = agent.get()).to_string()}</b>
                    <span class="hidden text-sm sm:inline">" " {tu_string!(i18n, inbox.agent_owns_hint)}</span>
                </span>
                {take_over()}
            </div>
        }
        .into_any(),
        Stand::Paused { mine } => {
            let name = agent.get();
            let text = if mine {
                tu_string!(i18n, inbox.agent_paused, name = name).to_string()
            } else {
                tu_string!(i18n, inbox.agent_paused_other, name = name).to_string()
            };
            view! {
                <div class="owner-bar" role="status">
                    <Icon glyph=icons::USER />
                    <span class="min-w-0 flex-1">{text}</span>
                    {hand_back()}
                </div>
            }
            .into_any()
        }
        Stand::Waiting { has_agent } => view! {
            <div class="owner-bar owner-waiting" role="status">
                <Icon glyph=icons::CLOCK />
                <span class="min-w-0 flex-1">{tu_string!(i18n, inbox.nobody_owns)}</span>
                {has_agent.then(hand_back)}
                {take_over()}
            </div>
        }
        .into_any(),
    }
}
