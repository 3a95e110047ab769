//! The area's pages, which the browser loads with the first of them.

use crate::{
    editor::{EditAgentPage, NewAgentPage},
    list::AgentsPage,
    playground::PlaygroundPage,
};

base::lazy_pages! {
    agents_pages;
    list => AgentsPage,
    new => NewAgentPage,
    edit => EditAgentPage,
    playground => PlaygroundPage,
}
