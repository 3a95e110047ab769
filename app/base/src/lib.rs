//! What the areas of the interface share: who is signed in, errors, what follows an action, the page's frame, passages and
//! traces of answers, live updates, shortcuts.

mod action_form;
mod after;
pub mod cookie;
pub mod counts;
mod danger;
mod decision_text;
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
mod not_delivered_text;
mod not_loaded;
mod not_read_text;
pub mod notices;
mod page;
pub mod palette;
mod passage;
pub mod passkey;
mod role;
#[cfg(feature = "ssr")]
pub mod server;
pub mod shortcuts;
mod successes;
mod tab;
mod theme;
mod trace;

pub use action_form::ActionForm;
pub use after::{after_action, go_when_done, report, reset_when_done, shown};
pub use counts::use_counts;
pub use danger::Danger;
pub use error::{AppError, action_error, error_text, field_errors};
pub use field_text::field_text;
pub use id_in_path::id_in_path;
pub use language::{LanguageForm, SetLanguage, set_language, wanted_locale};
pub use lazy_pages::LazyPage;
pub use live::{Connection, Live, use_live};
pub use me::{MeResource, load_me, provide_me, use_me};
pub use navigation::NavigationEntry;
pub use next::{after_sign_in, invitation_of, next_of_query};
pub use not_delivered_text::not_delivered_text;
pub use not_read_text::not_read_text;
pub use page::{ErrorView, FormErrors, Loaded, Page, Panel};
pub use passage::PassageCard;
pub use role::role_name;
pub use successes::successes;
pub use tab::{forget_tab, own};
pub use theme::{Theme, ThemeContext, provide_theme, theme_of_cookie, use_theme};
pub use trace::TraceView;
