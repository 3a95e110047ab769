//! The widget itself, following the form of its channel as it is filled in.

use i18n::*;
use leptos::{html, prelude::*};
use serde_json::json;
use types::{
    agent::Agent,
    channel::{ChannelSettings, WidgetPosition},
    color::text_on,
};
use ui::{Icon, icons};

/// What the form says of the look, and what stands in for what it leaves empty.
#[derive(Clone, Copy)]
pub struct Look {
    pub color: RwSignal<String>,
    pub title: RwSignal<String>,
    pub greeting: RwSignal<String>,
    pub avatar: RwSignal<String>,
    pub scheme: RwSignal<String>,
    pub language: RwSignal<String>,
    /// One a line.
    pub quick_replies: RwSignal<String>,
    pub at_start: RwSignal<bool>,
    agent: StoredValue<Option<Agent>>,
}

impl Look {
    /// The look of stored settings, of a channel on which this agent answers.
    pub fn of(settings: &ChannelSettings, agent: Option<Agent>) -> Self {
        Self {
            color: RwSignal::new(settings.color.clone()),
            title: RwSignal::new(settings.title.clone()),
            greeting: RwSignal::new(settings.greeting.clone()),
            avatar: RwSignal::new(settings.avatar_url.clone()),
            scheme: RwSignal::new(settings.color_scheme.to_string()),
            language: RwSignal::new(settings.language.clone()),
            quick_replies: RwSignal::new(settings.quick_replies.join("\n")),
            at_start: RwSignal::new(settings.position == WidgetPosition::Start),
            agent: StoredValue::new(agent),
        }
    }

    /// The message that the widget's frame understands.
    fn message(&self) -> String {
        let or = |own: RwSignal<String>, other: fn(&Agent) -> &String| {
            let other = || self.agent.with_value(|agent| agent.as_ref().map(other).cloned().unwrap_or_default());
            Some(own.get()).filter(|own| !own.trim().is_empty()).unwrap_or_else(other)
        };
        let lines = self.quick_replies.get();
        let replies = lines.lines().map(str::trim).filter(|line| !line.is_empty()).take(6).collect::<Vec<_>>();
        json!({
            "biseda": 1,
            "type": "preview",
            "appearance": {
                "color": self.color.get(),
                "color_scheme": self.scheme.get(),
                "title": or(self.title, |agent| &agent.name),
                "greeting": or(self.greeting, |agent| &agent.greeting),
                "avatar_url": self.avatar.get(),
                "quick_replies": replies,
            },
        })
        .to_string()
    }
}

/// The widget's own frame above its button. It shows the look alone: nothing in it can be used.
#[component]
pub fn Preview(look: Look, key: String, is_active: bool) -> impl IntoView {
    let i18n = use_i18n();
    if !is_active {
        return view! { <p class="p-4 text-muted">{tu_string!(i18n, settings.channels.preview_off)}</p> }.into_any();
    }
    let frame = NodeRef::<html::Iframe>::new();
    // The frame speaks with the origin that is named behind the `#`, which only the browser knows.
    let origin = RwSignal::new(None::<String>);
    Effect::new(move || origin.set(location().origin().ok()));
    let address = move || {
        let language = look.language.get();
        let language = if language == "auto" { String::new() } else { format!("&lang={language}") };
        origin.get().map(|origin| format!("/widget/{key}?preview=1{language}#{origin}"))
    };
    let tell = move || {
        let message = look.message();
        let Some(origin) = origin.get_untracked() else { return };
        let window = frame.get_untracked().and_then(|frame| frame.content_window());
        if let (Some(window), Ok(message)) = (window, js_sys::JSON::parse(&message)) {
            _ = window.post_message(&message, &origin);
        }
    };
    Effect::new(tell);
    let style = move || look.color.with(|color| format!("background:{color};color:{}", text_on(color)));
    let side = move || if look.at_start.get() { "preview items-start" } else { "preview items-end" };
    view! {
        <div class=side>
            <iframe
                node_ref=frame
                class="preview-frame"
                src=address
                title=tu_string!(i18n, settings.channels.preview_frame)
                tabindex="-1"
                inert
                on:load=move |_| untrack(tell)
            ></iframe>
            <span class="preview-button" style=style aria-hidden="true">
                <Icon glyph=icons::MESSAGE_CIRCLE class="size-6" />
            </span>
        </div>
    }
    .into_any()
}
