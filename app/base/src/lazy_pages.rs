use std::pin::Pin;

use leptos::prelude::*;
use leptos_router::ChooseView;
use wasm_bindgen::JsCast;
use web_sys::{FocusOptions, HtmlElement};

use crate::{
    not_loaded::{before_next_try, is_taken_over, not_loaded},
    redirects::provide_sent_from,
};

type Loading<T> = Pin<Box<dyn Future<Output = T>>>;

/// A page whose code the browser loads when it is opened; made by [`lazy_pages!`](crate::lazy_pages).
#[derive(Clone, Copy)]
pub struct LazyPage {
    /// Nothing when the code cannot be loaded.
    #[doc(hidden)]
    pub view: fn() -> Loading<Option<AnyView>>,
    /// Loads the code only, and says whether it came.
    #[doc(hidden)]
    pub preload: fn() -> Loading<bool>,
}

// One type for all pages, where `leptos_router::Lazy` would be one for each, with its own copy of the router.
impl ChooseView for LazyPage {
    async fn choose(self) -> AnyView {
        provide_sent_from();
        let Some(view) = (self.view)().await else { return not_loaded(self).await };
        if cfg!(not(feature = "ssr")) {
            // When it has taken the place of the page before.
            request_animation_frame(focus_page);
        }
        view
    }

    // The page must be there at once when the server's document is taken over. That works without script until then. Later,
    // `choose` waits: the router drops what waits here as soon as the reader goes on, though a page around, or another address
    // of the same page, may still need it.
    async fn preload(&self) {
        if cfg!(not(feature = "ssr")) && is_taken_over() {
            return;
        }
        while !(self.preload)().await {
            before_next_try().await;
        }
    }
}

/// Keys and screen readers go on at the page's heading when what had the focus went with the page before.
fn focus_page() {
    let document = document();
    let is_lost = document.active_element().is_none_or(|element| element.tag_name() == "BODY");
    if !is_lost || !is_taken_over() {
        return;
    }
    let options = FocusOptions::new();
    options.set_prevent_scroll(true);
    // Of a page without such a heading, the page itself.
    for part in ["#main", "#main h1"] {
        if let Ok(Some(element)) = document.query_selector(part) {
            _ = element.unchecked_into::<HtmlElement>().focus_with_options(&options);
        }
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

        // As `leptos::lazy` does it, but for what happens when the file does not come.
        #[cfg_attr(
            target_arch = "wasm32",
            ::leptos::wasm_split::wasm_split(
                $area,
                wasm_split_path = ::leptos::wasm_split,
                preload(load),
                fallible,
                return_wrapper(
                    let view = _;
                    { ::core::result::Result::Ok(view) }
                    -> ::core::result::Result<::leptos::prelude::AnyView, ::leptos::wasm_split::SplitLoaderError>
                ),
            )
        )]
        fn area(page: Page) -> ::leptos::prelude::AnyView {
            use ::leptos::prelude::IntoAny;
            match page {
                $(Page::$page => $component().into_any()),+
            }
        }

        async fn open(page: Page) -> ::core::option::Option<::leptos::prelude::AnyView> {
            #[cfg(target_arch = "wasm32")]
            return area(page).await.ok();
            #[cfg(not(target_arch = "wasm32"))]
            {
                ::leptos::prefetch_lazy_fn_on_server(::core::stringify!($area));
                ::core::option::Option::Some(area(page))
            }
        }

        async fn preload() -> bool {
            #[cfg(target_arch = "wasm32")]
            return load().await.is_ok();
            #[cfg(not(target_arch = "wasm32"))]
            true
        }

        $(
            #[doc = concat!("Loads [`", stringify!($component), "`].")]
            pub(crate) fn $page() -> $crate::LazyPage {
                $crate::LazyPage {
                    view: || ::std::boxed::Box::pin(open(Page::$page)),
                    preload: || ::std::boxed::Box::pin(preload()),
                }
            }
        )+
    };
}
