//! The components that screens are made of. They know no types of the product and call no server functions.
//!
//! Texts come in as [`leptos::prelude::TextProp`]: a string, or a closure that gives one.

mod acting_select;
mod albanian;
mod alert;
mod avatar;
mod badge;
mod button;
mod copy;
mod dialog;
mod empty;
mod escape;
mod field;
mod icon;
pub mod icons;
mod letters;
mod menu;
mod pagination;
mod select;
mod table;
mod tabs;
mod time;
mod toast;
mod toggle;
mod typed;

pub use acting_select::ActingSelect;
pub use alert::{Alert, ErrorPanel, Tone};
pub use avatar::{Avatar, initials};
pub use badge::{Badge, Kbd};
pub use button::{Button, ButtonLink, ButtonSize, ButtonStyle, IconButton, IconLink};
pub use copy::CopyButton;
pub use dialog::{Dialog, Drawer};
pub use empty::{EmptyState, Skeleton, SkeletonRows};
pub use escape::escaped_on_server;
pub use field::{Field, FieldErrors, TextArea, TextField};
pub use icon::Icon;
pub use icons::Glyph;
pub use letters::{capitalized, lowercase, uppercase};
pub use menu::{Menu, MenuDivider, MenuItem, MenuLink, MenuTitle, close_on_click_elsewhere};
pub use pagination::Pagination;
pub use select::{ActingField, Select};
pub use table::{Column, Table};
pub use tabs::{TabLink, Tabs};
pub use time::{Elapsed, LocalTime, RelativeTime, TimeFormat, provide_clock};
pub use toast::{ToastList, Toasts, provide_toasts, use_toasts};
pub use toggle::{Checkbox, Switch};
pub use typed::{checks, shows};
