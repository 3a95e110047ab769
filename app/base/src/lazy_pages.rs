use std::pin::Pin;

use leptos::prelude::AnyView;
use leptos_router::ChooseView;

/// A page whose code the browser loads when it is opened; made by [`lazy_pages!`](crate::lazy_pages).
#[derive(Clone, Copy)]
pub struct LazyPage(#[doc(hidden)] pub fn() -> Pin<Box<dyn Future<Output = AnyView>>>);

// One type for all pages, where `leptos_router::Lazy` would be one for each, with its own copy of the router.
impl ChooseView for LazyPage {
    async fn choose(self) -> AnyView {
        (self.0)().await
    }

    async fn preload(&self) {}
}

/// Makes the pages of an area load when the first of them is opened, from a file of their own.
///
/// `lazy_pages! { contacts_pages; list => ContactsPage, detail => ContactPage }` makes the functions `list` and `detail`
/// for `<Route view=pages::list()>`. The first name must be its own among all areas: the file is found by it.
#[macro_export]
macro_rules! lazy_pages {
    ($area:ident; $($page:ident => $component:path),+ $(,)?) => {
        #[derive(Clone, Copy)]
        #[expect(non_camel_case_types, reason = "named as the functions below")]
        enum Page {
            $($page),+
        }

        #[::leptos::lazy]
        fn $area(page: Page) -> ::leptos::prelude::AnyView {
            use ::leptos::prelude::IntoAny;
            match page {
                $(Page::$page => $component().into_any()),+
            }
        }

        $(
            #[doc = concat!("Loads [`", stringify!($component), "`].")]
            pub(crate) fn $page() -> $crate::LazyPage {
                $crate::LazyPage(|| ::std::boxed::Box::pin($area(Page::$page)))
            }
        )+
    };
}
