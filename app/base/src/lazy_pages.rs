/// Makes the pages of an area load when the first of them is opened, from a file of their own.
///
/// `lazy_pages! { contacts_pages; List => ContactsPage, Detail => ContactPage }` makes the types `List` and `Detail` for
/// `<Route view={Lazy::<List>::new()}>`. The name of the area's function must be its own among all areas: the file is
/// found by it.
#[macro_export]
macro_rules! lazy_pages {
    ($area:ident; $($page:ident => $component:path),+ $(,)?) => {
        #[derive(Clone, Copy)]
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
            pub(crate) struct $page;

            impl ::leptos_router::LazyRoute for $page {
                fn data() -> Self {
                    Self
                }

                async fn view(_: Self) -> ::leptos::prelude::AnyView {
                    $area(Page::$page).await
                }
            }
        )+
    };
}
