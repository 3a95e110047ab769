use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags};

use crate::{
    App,
    notices::{notices, stopped},
};

/// The document around the interface. Language and direction are set by the i18n provider, the theme here, before
/// anything is drawn.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let theme = base::theme_of_cookie();
    view! {
        <!DOCTYPE html>
        <html data-theme=theme.attribute()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link
                    rel="preload"
                    href="/fonts/inter-latin.woff2"
                    r#as="font"
                    r#type="font/woff2"
                    crossorigin="anonymous"
                />
                <HashedStylesheet options=options.clone() id="style" />
                <HydrationScripts options />
                <MetaTags />
            </head>
            <body>
                <App />
                {notices()}
                {stopped()}
            </body>
        </html>
    }
}
