use leptos::prelude::*;

use crate::{Button, Glyph, Icon, icons};

/// What a message is about: colour and icon.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Neutral,
    Info,
    Success,
    Warning,
    Danger,
}

impl Tone {
    pub(crate) fn alert_class(self) -> &'static str {
        match self {
            Self::Neutral => "alert",
            Self::Info => "alert alert-info alert-soft",
            Self::Success => "alert alert-success alert-soft",
            Self::Warning => "alert alert-warning alert-soft",
            Self::Danger => "alert alert-error alert-soft",
        }
    }

    pub(crate) fn badge_class(self) -> &'static str {
        match self {
            Self::Neutral => "badge badge-soft badge-neutral",
            Self::Info => "badge badge-soft badge-info",
            Self::Success => "badge badge-soft badge-success",
            Self::Warning => "badge badge-soft badge-warning",
            Self::Danger => "badge badge-soft badge-error",
        }
    }

    pub(crate) fn glyph(self) -> Glyph {
        match self {
            Self::Neutral | Self::Info => icons::INFO,
            Self::Success => icons::CIRCLE_CHECK,
            Self::Warning => icons::TRIANGLE_ALERT,
            Self::Danger => icons::CIRCLE_ALERT,
        }
    }
}

/// A message within the page.
#[component]
pub fn Alert(
    #[prop(optional)] tone: Tone,
    #[prop(optional, into)] class: Option<String>,
    children: Children,
) -> impl IntoView {
    let role = if matches!(tone, Tone::Danger | Tone::Warning) { "alert" } else { "status" };
    view! {
        <div class=format!("{} {}", tone.alert_class(), class.unwrap_or_default()) role=role>
            <Icon glyph=tone.glyph() class="size-4 mt-0.5" />
            <div class="min-w-0">{children()}</div>
        </div>
    }
}

/// Stands where a panel could not be shown: what happened, and a button that tries again.
#[component]
pub fn ErrorPanel(
    #[prop(into)] title: TextProp,
    #[prop(into)] text: TextProp,
    #[prop(into)] retry_label: TextProp,
    #[prop(optional, into)] on_retry: Option<Callback<()>>,
) -> impl IntoView {
    view! {
        <div class="flex flex-col items-center gap-3 px-6 py-10 text-center" role="alert">
            <span class="text-error"><Icon glyph=icons::CIRCLE_ALERT class="size-6" /></span>
            <p class="font-semibold">{move || title.get()}</p>
            <p class="text-muted max-w-prose">{move || text.get()}</p>
            {on_retry
                .map(|on_retry| {
                    view! {
                        <Button icon=icons::ROTATE_CCW on_click=move |_| on_retry.run(())>
                            {move || retry_label.get()}
                        </Button>
                    }
                })}
        </div>
    }
}
