use leptos::prelude::*;

use crate::{Glyph, Icon, icons};

/// How much a button stands out. A screen has one primary action.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ButtonStyle {
    Primary,
    #[default]
    Plain,
    Ghost,
    Danger,
}

impl ButtonStyle {
    fn class(self) -> &'static str {
        match self {
            Self::Primary => "btn btn-primary",
            Self::Plain => "btn",
            Self::Ghost => "btn btn-ghost",
            Self::Danger => "btn btn-error",
        }
    }
}

/// The height of a button: 28, 32 or 40 px.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ButtonSize {
    Small,
    #[default]
    Medium,
    Large,
}

impl ButtonSize {
    fn class(self) -> &'static str {
        match self {
            Self::Small => "btn-xs",
            Self::Medium => "btn-sm",
            Self::Large => "",
        }
    }
}

/// A button with a text. In a form give `kind="submit"` and `pending` of the action.
#[component]
pub fn Button(
    #[prop(default = "button")] kind: &'static str,
    #[prop(optional)] style: ButtonStyle,
    #[prop(optional)] size: ButtonSize,
    #[prop(optional)] icon: Option<Glyph>,
    /// Shows that it works and takes no second click.
    #[prop(optional, into)]
    pending: Signal<bool>,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional, into)] on_click: Option<Callback<leptos::ev::MouseEvent>>,
    /// `name` and `value` sent with the form, when this button submits it.
    #[prop(optional, into)]
    name: Option<String>,
    #[prop(optional, into)] value: Option<String>,
    #[prop(optional, into)] title: Option<TextProp>,
    #[prop(optional, into)] class: Option<String>,
    children: Children,
) -> impl IntoView {
    let class = format!("{} {} {}", style.class(), size.class(), class.unwrap_or_default());
    view! {
        <button
            type=kind
            class=class
            name=name
            value=value
            title=title.map(|title| move || title.get())
            disabled=move || disabled.get() || pending.get()
            aria-busy=move || pending.get().then_some("true")
            on:click=move |event| {
                if let Some(on_click) = on_click {
                    on_click.run(event);
                }
            }
        >
            {move || match (pending.get(), icon) {
                (true, _) => view! { <Icon glyph=icons::LOADER_CIRCLE class="size-4 animate-spin" /> }.into_any(),
                (false, Some(glyph)) => view! { <Icon glyph /> }.into_any(),
                (false, None) => ().into_any(),
            }}
            {children()}
        </button>
    }
}

/// A link that looks like a button.
#[component]
pub fn ButtonLink(
    #[prop(into)] href: String,
    #[prop(optional)] style: ButtonStyle,
    #[prop(optional)] size: ButtonSize,
    #[prop(optional)] icon: Option<Glyph>,
    #[prop(optional, into)] class: Option<String>,
    children: Children,
) -> impl IntoView {
    let class = format!("{} {} {}", style.class(), size.class(), class.unwrap_or_default());
    view! {
        <a href=href class=class>
            {icon.map(|glyph| view! { <Icon glyph /> })}
            {children()}
        </a>
    }
}

/// A square button with an icon only; `label` is read out and shown on hover.
#[component]
pub fn IconButton(
    glyph: Glyph,
    #[prop(into)] label: TextProp,
    #[prop(default = "button")] kind: &'static str,
    #[prop(default = ButtonStyle::Ghost)] style: ButtonStyle,
    #[prop(optional)] size: ButtonSize,
    #[prop(optional, into)] disabled: Signal<bool>,
    /// For a button that switches something on and off.
    #[prop(optional, into)]
    pressed: Option<Signal<bool>>,
    #[prop(optional, into)] on_click: Option<Callback<leptos::ev::MouseEvent>>,
    #[prop(optional, into)] class: Option<String>,
) -> impl IntoView {
    let class = format!("{} {} btn-square {}", style.class(), size.class(), class.unwrap_or_default());
    let title = label.clone();
    view! {
        <button
            type=kind
            class=class
            title=move || title.get()
            aria-label=move || label.get()
            aria-pressed=pressed.map(|pressed| move || if pressed.get() { "true" } else { "false" })
            disabled=disabled
            on:click=move |event| {
                if let Some(on_click) = on_click {
                    on_click.run(event);
                }
            }
        >
            <Icon glyph />
        </button>
    }
}

/// A square link with an icon only.
#[component]
pub fn IconLink(
    glyph: Glyph,
    #[prop(into)] href: String,
    #[prop(into)] label: TextProp,
    #[prop(optional, into)] class: Option<String>,
) -> impl IntoView {
    let class = format!("btn btn-ghost btn-sm btn-square {}", class.unwrap_or_default());
    let title = label.clone();
    view! {
        <a href=href class=class title=move || title.get() aria-label=move || label.get()>
            <Icon glyph />
        </a>
    }
}
