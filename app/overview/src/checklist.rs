use i18n::*;
use leptos::prelude::*;
use types::overview::Checklist;
use ui::{ButtonLink, ButtonStyle, Icon, icons};

struct Step {
    done: bool,
    title: &'static str,
    text: &'static str,
    action: &'static str,
    href: &'static str,
}

/// The steps to a first answer, each with the page where it is done. The first open one is the page's main action.
#[component]
pub fn ChecklistPanel(checklist: Checklist) -> impl IntoView {
    let i18n = use_i18n();
    let steps = steps(i18n, checklist);
    let (done, all) = (steps.iter().filter(|step| step.done).count(), steps.len());
    let next = steps.iter().position(|step| !step.done);
    view! {
        <section class="panel mb-6" aria-labelledby="first-steps">
            <header class="flex items-center justify-between gap-4 border-b border-line px-4 py-3">
                <div>
                    <h2 id="first-steps" class="font-semibold">
                        {tu_string!(i18n, overview.steps.title)}
                    </h2>
                    <p class="text-muted">{tu_string!(i18n, overview.steps.subtitle)}</p>
                </div>
                <p class="text-sm whitespace-nowrap text-muted tabular-nums">
                    {tu_string!(i18n, overview.steps.progress, done = done.to_string(), all = all.to_string())}
                </p>
            </header>
            <ol>
                {steps
                    .into_iter()
                    .enumerate()
                    .map(|(index, step)| view! { <StepRow step is_next=next == Some(index) /> })
                    .collect_view()}
            </ol>
        </section>
    }
}

#[component]
fn StepRow(step: Step, is_next: bool) -> impl IntoView {
    let i18n = use_i18n();
    let style = if is_next { ButtonStyle::Primary } else { ButtonStyle::Plain };
    view! {
        <li class="flex flex-wrap items-center gap-3 border-b border-line px-4 py-3 last:border-b-0">
            {if step.done {
                view! {
                    <span class="text-success">
                        <Icon glyph=icons::CIRCLE_CHECK class="size-5" />
                        <span class="sr-only">{tu_string!(i18n, overview.steps.done)}</span>
                    </span>
                }
                    .into_any()
            } else {
                view! { <span class="size-5 rounded-full border border-dashed border-current text-muted"></span> }
                    .into_any()
            }}
            <div class="min-w-0 flex-1 basis-48">
                <p class="font-medium" class:text-muted=step.done>
                    {step.title}
                </p>
                {(!step.done).then(|| view! { <p class="text-muted">{step.text}</p> })}
            </div>
            {(!step.done)
                .then(|| {
                    view! {
                        <ButtonLink href=step.href style>
                            {step.action}
                        </ButtonLink>
                    }
                })}
        </li>
    }
}

fn steps(i18n: I18n, checklist: Checklist) -> Vec<Step> {
    let mut steps = vec![Step {
        done: checklist.has_ready_source,
        title: tu_string!(i18n, overview.steps.source),
        text: tu_string!(i18n, overview.steps.source_text),
        action: tu_string!(i18n, overview.steps.source_action),
        href: "/app/knowledge/new",
    }];
    // Sign-up makes an agent; the step is there only for those who deleted it.
    if !checklist.has_agent {
        steps.push(Step {
            done: false,
            title: tu_string!(i18n, overview.steps.agent),
            text: tu_string!(i18n, overview.steps.agent_text),
            action: tu_string!(i18n, overview.steps.agent_action),
            href: "/app/agents",
        });
    }
    steps.extend([
        Step {
            done: checklist.has_tried_agent,
            title: tu_string!(i18n, overview.steps.try_agent),
            text: tu_string!(i18n, overview.steps.try_text),
            action: tu_string!(i18n, overview.steps.try_action),
            href: "/app/agents",
        },
        Step {
            done: checklist.has_widget,
            title: tu_string!(i18n, overview.steps.widget),
            text: tu_string!(i18n, overview.steps.widget_text),
            action: tu_string!(i18n, overview.steps.widget_action),
            href: "/app/channels",
        },
        Step {
            done: checklist.has_conversation,
            title: tu_string!(i18n, overview.steps.conversation),
            text: tu_string!(i18n, overview.steps.conversation_text),
            action: tu_string!(i18n, overview.steps.conversation_action),
            href: "/app/inbox",
        },
    ]);
    steps
}
