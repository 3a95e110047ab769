//! `/app/agents/new` and `/app/agents/:id`: an agent's settings.

use base::{ActionForm, Danger, FormErrors, Loaded, Page, action_error, id_in_path, report, shown, use_me};
use i18n::*;
use leptos::prelude::*;
use types::{
    agent::{Agent, HandoffRules, Provider, Tone},
    id::AgentId,
    knowledge::Source,
    permission::Permission,
};
use ui::{Button, ButtonStyle, TabLink, Tabs};

use crate::{
    fields::{HandOff, Identity, Model, Sources},
    rpc::{self, DeleteAgent, SaveAgent},
};

/// The parts of an agent.
#[component]
pub fn AgentTabs(#[prop(into)] id: Signal<AgentId>) -> impl IntoView {
    let (i18n, me) = (use_i18n(), use_me());
    move || {
        let id = id.get();
        view! {
            <Tabs label=tu_string!(i18n, agents.tabs.label)>
                <TabLink href=format!("/app/agents/{id}") exact=true>
                    {tu_string!(i18n, agents.tabs.settings)}
                </TabLink>
                <Suspense>
                    <Show when=move || me.may(Permission::AgentsWrite)>
                        <TabLink href=format!("/app/agents/{id}/playground")>
                            {tu_string!(i18n, agents.tabs.playground)}
                        </TabLink>
                    </Show>
                </Suspense>
            </Tabs>
        }
    }
}

/// A new agent.
#[component]
pub fn NewAgentPage() -> impl IntoView {
    let i18n = use_i18n();
    let sources = Resource::new(|| (), |()| rpc::load_sources());
    view! {
        <Page title=tu_string!(i18n, agents.add) back=("/app/agents".to_owned(), tu_string!(i18n, common.nav.agents)) width="max-w-3xl">
            <Loaded resource=sources let:sources>
                <AgentEditor agent=new_agent() sources />
            </Loaded>
        </Page>
    }
}

/// An agent's settings.
#[component]
pub fn EditAgentPage() -> impl IntoView {
    let i18n = use_i18n();
    let id = id_in_path::<AgentId>("id");
    let resource = Resource::new(
        move || id.get(),
        |id| async move { Ok((rpc::load_agent(id).await?, rpc::load_sources().await?)) },
    );
    let title = move || resource.get().and_then(Result::ok).map_or_else(String::new, |(agent, _)| agent.name);
    view! {
        <Page title=Signal::derive(title) back=("/app/agents".to_owned(), tu_string!(i18n, common.nav.agents)) width="max-w-3xl">
            <AgentTabs id />
            <Loaded resource let:loaded>
                <AgentEditor agent=loaded.0 sources=loaded.1 reload=Callback::new(move |()| resource.refetch()) />
            </Loaded>
        </Page>
    }
}

/// What a new agent begins with.
fn new_agent() -> Agent {
    Agent {
        id: AgentId(Default::default()),
        name: String::new(),
        instructions: String::new(),
        greeting: String::new(),
        languages: vec!["en".to_owned(), "sq".to_owned()],
        tone: Tone::Friendly,
        provider: Provider::Extractive,
        model: String::new(),
        base_url: String::new(),
        has_api_key: false,
        temperature: 0.2,
        max_tokens: 800,
        handoff_rules: HandoffRules::default(),
        all_sources: true,
        source_ids: Vec::new(),
        is_active: true,
        channels: Vec::new(),
        updated_at: Default::default(),
    }
}

#[component]
fn AgentEditor(
    agent: Agent,
    sources: Vec<Source>,
    /// Loads the agent again: its name stands around the form. None for a new one.
    #[prop(optional)]
    reload: Option<Callback<()>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let save = ServerAction::<SaveAgent>::new();
    report(save, tu_string!(i18n, agents.saved), || ());
    let is_new = reload.is_none();
    let may_write = untrack(|| use_me().may(Permission::AgentsWrite));
    let shown = shown(save, agent.updated_at);
    let id = if is_new { String::new() } else { agent.id.to_string() };
    let submit = if is_new { tu_string!(i18n, agents.form.create) } else { tu_string!(i18n, agents.form.save) };
    let deletion = (!is_new && may_write).then(|| view! { <Deletion id=agent.id name=agent.name.clone() /> });
    view! {
        <ActionForm action=save reload empties=&["form[api_key]", "form[remove_key]"]>
            <fieldset class="min-w-0 space-y-4" disabled=!may_write>
                <FormErrors error=action_error(save) />
                <input type="hidden" name="form[id]" value=id />
                <input type="hidden" name="form[shown]" value=shown />
                <Identity agent=agent.clone() save />
                <Model agent=agent.clone() save />
                <Sources agent=agent.clone() sources />
                <HandOff agent save />
                <Button kind="submit" style=ButtonStyle::Primary pending=save.pending()>
                    {submit}
                </Button>
            </fieldset>
        </ActionForm>
        {deletion}
    }
}

#[component]
fn Deletion(id: AgentId, name: String) -> impl IntoView {
    let i18n = use_i18n();
    let action = ServerAction::<DeleteAgent>::new();
    view! {
        <Danger
            action
            label=tu_string!(i18n, agents.form.delete)
            title=tu_string!(i18n, common.action.delete_question, name = name)
            text=tu_string!(i18n, agents.form.delete_text)
            done=tu_string!(i18n, agents.deleted)
            class="mt-4"
        >
            <input type="hidden" name="id" value=id.to_string() />
        </Danger>
    }
}
