use base::AppError;
use i18n::*;
use leptos::prelude::*;
use leptos_router::components::Outlet;
use ui::{TabLink, Tabs};

use crate::rpc::load_operator;

/// The frame of the area: a bar that leads back to the dashboard, the area's pages, the open one below. Sends who is not signed
/// in to the sign-in page, and operators without a second factor to where they set one up.
#[component]
pub fn AdminFrame() -> impl IntoView {
    let i18n = use_i18n();
    // Blocking, so that redirects and statuses are real.
    let operator = Resource::new_blocking(|| (), |()| load_operator());
    let email = move || operator.get().and_then(Result::<String, AppError>::ok);
    let link =
        |href: &'static str, label: &'static str| view! { <TabLink href exact=href == "/admin">{label}</TabLink> };
    view! {
        <header class="border-b border-line bg-base-200">
            <div class="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-3 sm:px-6">
                <a href="/app" class="link">
                    {tu_string!(i18n, admin.frame.back)}
                </a>
                <span class="font-semibold">{tu_string!(i18n, admin.frame.title)}</span>
                <Transition>
                    {move || email().map(|email| view! { <span class="ms-auto break-all text-sm text-muted">{email}</span> })}
                </Transition>
            </div>
            <div class="px-2 sm:px-4 [&>nav]:mb-0">
                <Tabs label=tu_string!(i18n, admin.frame.nav)>
                    {link("/admin", tu_string!(i18n, admin.frame.overview))}
                    {link("/admin/organizations", tu_string!(i18n, admin.frame.organizations))}
                    {link("/admin/users", tu_string!(i18n, admin.frame.users))}
                    {link("/admin/jobs", tu_string!(i18n, admin.frame.jobs))}
                    {link("/admin/webhooks", tu_string!(i18n, admin.frame.webhooks))}
                    {link("/admin/mail", tu_string!(i18n, admin.frame.mail))}
                    {link("/admin/sources", tu_string!(i18n, admin.frame.sources))}
                    {link("/admin/system", tu_string!(i18n, admin.frame.system))}
                    {link("/admin/announcements", tu_string!(i18n, admin.frame.announcements))}
                    {link("/admin/flags", tu_string!(i18n, admin.frame.flags))}
                    {link("/admin/audit", tu_string!(i18n, admin.frame.audit))}
                </Tabs>
            </div>
        </header>
        <main id="main" tabindex="-1">
            <Outlet />
        </main>
    }
}
