use std::pin::Pin;

use leptos::prelude::AnyView;
use leptos_router::ChooseView;

type Loading<T> = Pin<Box<dyn Future<Output = T>>>;

/// A page whose code the browser loads when it is opened; made by [`lazy_pages!`](crate::lazy_pages).
#[derive(Clone, Copy)]
pub struct LazyPage {
    #[doc(hidden)]
    pub view: fn() -> Loading<AnyView>,
    /// Loads the code only: the page must be there at once when the server's document is taken over.
    #[doc(hidden)]
    pub preload: fn() -> Loading<()>,
}

// One type for all pages, where `leptos_router::Lazy` would be one for each, with its own copy of the router.
impl ChooseView for LazyPage {
    async fn choose(self) -> AnyView {
        (self.view)().await
    }

    async fn preload(&self) {
        (self.preload)().await;
    }
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

        #[::leptos::lazy($area)]
        fn area(page: Page) -> ::leptos::prelude::AnyView {
            use ::leptos::prelude::IntoAny;
            match page {
                $(Page::$page => $component().into_any()),+
            }
        }

        async fn preload() {
            // Made by `lazy`, in the browser only.
            #[cfg(target_arch = "wasm32")]
            __preload_area().await;
        }

        $(
            #[doc = concat!("Loads [`", stringify!($component), "`].")]
            pub(crate) fn $page() -> $crate::LazyPage {
                $crate::LazyPage {
                    view: || ::std::boxed::Box::pin(area(Page::$page)),
                    preload: || ::std::boxed::Box::pin(preload()),
                }
            }
        )+
    };
}
