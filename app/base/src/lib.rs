//! What the areas of the interface share: who is signed in, errors, the page's frame, live updates, shortcuts.

mod action_form;
pub mod cookie;
pub mod counts;
mod error;
mod field_text;
pub mod form_memory;
mod id_in_path;
mod language;
mod lazy_pages;
pub mod live;
mod me;
mod navigation;
mod next;
mod not_loaded;
mod not_read_text;
pub mod notices;
mod page;
pub mod palette;
pub mod passkey;
mod role;
#[cfg(feature = "ssr")]
pub mod server;
pub mod shortcuts;
mod successes;
mod tab;
mod theme;

pub use action_form::ActionForm;
pub use counts::use_counts;
pub use error::{AppError, action_error, error_text, field_errors};
pub use field_text::field_text;
pub use id_in_path::id_in_path;
pub use language::{LanguageForm, SetLanguage, set_language, wanted_locale};
pub use lazy_pages::LazyPage;
pub use live::{Connection, Live, use_live};
pub use me::{MeResource, load_me, provide_me, use_me};
pub use navigation::NavigationEntry;
pub use next::{after_sign_in, invitation_of, next_of_query};
pub use not_read_text::not_read_text;
pub use page::{ErrorView, FormErrors, Loaded, Page, Panel};
pub use role::role_name;
pub use successes::successes;
pub use tab::{forget_tab, own};
pub use theme::{Theme, ThemeContext, provide_theme, theme_of_cookie, use_theme};
