//! The form of a channel: what it shows and what it allows.

use base::{ActionForm, FormErrors, Panel, action_error, field_errors, report, shown, use_me};
use i18n::*;
use leptos::prelude::*;
use types::{
    agent::Agent,
    channel::{Channel, ChannelType, ColorScheme, WidgetPosition},
    permission::Permission,
};
use ui::{Button, ButtonStyle, Field, Select, Switch, TextArea, TextField};

use crate::{channels::agent_options, organization::languages, preview::Look, rpc::SaveChannel};

/// From the posted form to the channel's changes.
#[cfg(feature = "ssr")]
pub fn input(form: crate::rpc::ChannelForm) -> (types::id::ChannelId, types::channel::UpdateChannel) {
    let lines =
        |text: &str| text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let settings = types::channel::ChannelSettings {
        quick_replies: lines(&form.quick_replies),
        allowed_domains: lines(&form.allowed_domains),
        color: form.color,
        position: form.position,
        color_scheme: form.color_scheme,
        title: form.title,
        greeting: form.greeting,
        avatar_url: form.avatar_url,
        language: form.language,
        file_upload: form.file_upload.is_some(),
        sound: form.sound.is_some(),
        email_capture: form.email_capture.is_some(),
        require_signed_identity: form.require_signed_identity.is_some(),
    };
    let (is_active, agent_id) = (form.is_active.is_some(), form.agent.parse().ok());
    (form.id, types::channel::UpdateChannel { name: form.name, is_active, agent_id, settings })
}

/// All settings of a channel.
#[component]
pub fn ChannelEditor(channel: Channel, agents: Vec<Agent>, look: Look, on_save: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let save = ServerAction::<SaveChannel>::new();
    let errors = field_errors(save);
    report(save, tu_string!(i18n, settings.channels.saved), || ());
    let may_write = untrack(|| use_me().may(Permission::ChannelsWrite));
    let shown = shown(save, channel.updated_at);
    let is_widget = channel.channel_type == ChannelType::Widget;
    let (name, look_of) = (channel.name.clone(), channel.clone());
    let agent = channel.agent_id.map_or_else(String::new, |id| id.to_string());
    view! {
        <ActionForm action=save reload=on_save>
            <fieldset class="min-w-0 space-y-4" disabled=!may_write>
                <FormErrors error=action_error(save) />
                <input type="hidden" name="form[id]" value=channel.id.to_string() />
                <input type="hidden" name="form[shown]" value=shown />
                <Panel class="space-y-4 p-4">
                    <TextField
                        name="form[name]"
                        label=tu_string!(i18n, settings.channels.name)
                        value=name
                        errors
                        required=true
                        maxlength=120
                    />
                    <Select
                        name="form[agent]"
                        label=tu_string!(i18n, settings.channels.agent)
                        options=agent_options(i18n, &agents)
                        value=agent
                    />
                    <Switch
                        name="form[is_active]"
                        label=tu_string!(i18n, settings.channels.active)
                        hint=tu_string!(i18n, settings.channels.active_hint)
                        checked=channel.is_active
                    />
                </Panel>
                // An api channel has no look; the fields stay in the form with what they hold.
                <div class="space-y-4" hidden=!is_widget>
                    <Appearance channel=look_of look save />
                </div>
                <Rules channel save />
                <Button kind="submit" style=ButtonStyle::Primary pending=save.pending()>
                    {tu_string!(i18n, settings.channels.save)}
                </Button>
            </fieldset>
        </ActionForm>
    }
}

#[component]
fn Appearance(channel: Channel, look: Look, save: ServerAction<SaveChannel>) -> impl IntoView {
    let i18n = use_i18n();
    let errors = field_errors(save);
    let settings = channel.settings;
    let positions = vec![
        (WidgetPosition::End.to_string(), tu_string!(i18n, settings.channels.end).to_owned()),
        (WidgetPosition::Start.to_string(), tu_string!(i18n, settings.channels.start).to_owned()),
    ];
    let schemes = vec![
        (ColorScheme::Auto.to_string(), tu_string!(i18n, settings.channels.auto).to_owned()),
        (ColorScheme::Light.to_string(), tu_string!(i18n, settings.channels.light).to_owned()),
        (ColorScheme::Dark.to_string(), tu_string!(i18n, settings.channels.dark).to_owned()),
    ];
    let mut spoken = languages();
    spoken.insert(0, ("auto".to_owned(), tu_string!(i18n, settings.channels.language_auto).to_owned()));
    view! {
        <Panel title=tu_string!(i18n, settings.channels.look)>
            <div class="space-y-4 p-4">
                <div class="grid gap-4 sm:grid-cols-3">
                    <Field id="color" label=tu_string!(i18n, settings.channels.color)>
                        <input
                            id="color"
                            type="color"
                            class="input w-full p-1"
                            name="form[color]"
                            value=settings.color
                            on:input=move |event| look.color.set(event_target_value(&event))
                        />
                    </Field>
                    <Select
                        name="form[position]"
                        label=tu_string!(i18n, settings.channels.position)
                        hint=tu_string!(i18n, settings.channels.position_hint)
                        options=positions
                        value=settings.position.to_string()
                        on_change=move |value: String| look.at_start.set(value == WidgetPosition::Start.as_str())
                    />
                    <Select
                        name="form[color_scheme]"
                        label=tu_string!(i18n, settings.channels.scheme)
                        options=schemes
                        value=settings.color_scheme.to_string()
                        on_change=move |value: String| look.scheme.set(value)
                    />
                </div>
                <TextField
                    name="form[title]"
                    label=tu_string!(i18n, settings.channels.widget_title)
                    hint=tu_string!(i18n, settings.channels.widget_title_hint)
                    value=settings.title
                    errors
                    on_input=move |text| look.title.set(text)
                />
                <TextField
                    name="form[greeting]"
                    label=tu_string!(i18n, settings.channels.greeting)
                    hint=tu_string!(i18n, settings.channels.greeting_hint)
                    value=settings.greeting
                    errors
                    on_input=move |text| look.greeting.set(text)
                />
                <div class="grid gap-4 sm:grid-cols-2">
                    <TextField
                        name="form[avatar_url]"
                        kind="url"
                        label=tu_string!(i18n, settings.channels.avatar)
                        value=settings.avatar_url
                        errors
                        on_input=move |text| look.avatar.set(text)
                    />
                    <Select
                        name="form[language]"
                        label=tu_string!(i18n, settings.channels.language)
                        options=spoken
                        value=settings.language
                        on_change=move |value: String| look.language.set(value)
                    />
                </div>
                <TextArea
                    name="form[quick_replies]"
                    label=tu_string!(i18n, settings.channels.quick_replies)
                    hint=tu_string!(i18n, settings.channels.quick_replies_hint)
                    value=settings.quick_replies.join("\n")
                    errors
                    on_input=move |text| look.quick_replies.set(text)
                    rows=3
                />
            </div>
        </Panel>
    }
}

#[component]
fn Rules(channel: Channel, save: ServerAction<SaveChannel>) -> impl IntoView {
    let i18n = use_i18n();
    let errors = field_errors(save);
    let settings = channel.settings;
    view! {
        <Panel title=tu_string!(i18n, settings.channels.rules)>
            <div class="space-y-4 p-4">
                <TextArea
                    name="form[allowed_domains]"
                    label=tu_string!(i18n, settings.channels.domains)
                    hint=tu_string!(i18n, settings.channels.domains_hint)
                    value=settings.allowed_domains.join("\n")
                    errors
                    rows=3
                />
                <Switch
                    name="form[file_upload]"
                    label=tu_string!(i18n, settings.channels.upload)
                    checked=settings.file_upload
                />
                <Switch name="form[sound]" label=tu_string!(i18n, settings.channels.sound) checked=settings.sound />
                <Switch
                    name="form[email_capture]"
                    label=tu_string!(i18n, settings.channels.email_capture)
                    checked=settings.email_capture
                />
                <Switch
                    name="form[require_signed_identity]"
                    label=tu_string!(i18n, settings.channels.signed)
                    hint=tu_string!(i18n, settings.channels.signed_hint)
                    checked=settings.require_signed_identity
                />
            </div>
        </Panel>
    }
}
