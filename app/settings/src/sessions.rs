use base::{ActionForm, report};
use i18n::*;
use leptos::prelude::*;
use types::user::Session;
use ui::{Badge, Button, ButtonSize, ButtonStyle, Column, RelativeTime, Table, Tone};

use crate::rpc::{EndOtherSessions, EndSession};

/// Where one is signed in, with a way to end each and all others.
#[component]
pub fn Sessions(list: Vec<Session>, on_change: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let end = ServerAction::<EndSession>::new();
    let end_others = ServerAction::<EndOtherSessions>::new();
    report(end, tu_string!(i18n, settings.profile.ended), move || on_change.run(()));
    report(end_others, tu_string!(i18n, settings.profile.others_ended), move || on_change.run(()));
    let columns = vec![
        Column::new(tu_string!(i18n, settings.profile.device)),
        Column::classed(tu_string!(i18n, settings.profile.address), "max-sm:hidden"),
        Column::new(tu_string!(i18n, settings.profile.seen)),
        Column::hidden(tu_string!(i18n, settings.profile.end)),
    ];
    let has_others = list.len() > 1;
    let rows = list
        .into_iter()
        .map(|session| {
            let whole = session.user_agent.unwrap_or_else(|| tu_string!(i18n, settings.profile.unknown).to_owned());
            let device = device(&whole).unwrap_or_else(|| whole.clone());
            let act = if session.is_current {
                view! { <Badge tone=Tone::Success>{tu_string!(i18n, settings.profile.current)}</Badge> }.into_any()
            } else {
                view! {
                    <ActionForm action=end>
                        <input type="hidden" name="id" value=session.id.to_string() />
                        <Button kind="submit" style=ButtonStyle::Ghost size=ButtonSize::Small>
                            {tu_string!(i18n, settings.profile.end)}
                        </Button>
                    </ActionForm>
                }
                .into_any()
            };
            view! {
                <tr>
                    <td class="max-w-0 w-1/2"><span class="block truncate" title=whole>{device}</span></td>
                    <td class="max-sm:hidden">{session.ip}</td>
                    <td class="whitespace-nowrap"><RelativeTime at=session.last_seen_at /></td>
                    <td class="text-end">{act}</td>
                </tr>
            }
        })
        .collect_view();
    let others = has_others.then(|| {
        view! {
            <div class="border-t border-line p-4">
                <ActionForm action=end_others>
                    <Button kind="submit" pending=end_others.pending()>
                        {tu_string!(i18n, settings.profile.end_others)}
                    </Button>
                </ActionForm>
            </div>
        }
    });
    view! {
        <Table caption=tu_string!(i18n, settings.profile.sessions) columns>
            {rows}
        </Table>
        {others}
    }
}

/// Browser and system of what a browser calls itself, such as `Firefox, Linux`.
fn device(user_agent: &str) -> Option<String> {
    // Each also names those that come after it here.
    let browsers =
        [("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")];
    let systems = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];
    let found = |words: &[(&str, &'static str)]| {
        words.iter().find(|(word, _)| user_agent.contains(word)).map(|(_, name)| *name)
    };
    Some(format!("{}, {}", found(&browsers)?, found(&systems)?))
}

#[cfg(test)]
mod tests {
    use super::device;

    #[test]
    fn browsers_are_told_by_their_words() {
        for (user_agent, words) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
            (
                "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Mobile Safari/537.36",
                "Chrome, Android",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36 Edg/141.0",
                "Edge, Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1",
                "Safari, iPhone",
            ),
        ] {
            assert_eq!(device(user_agent).as_deref(), Some(words));
        }
        assert_eq!(device("curl/8.5.0"), None);
    }
}
