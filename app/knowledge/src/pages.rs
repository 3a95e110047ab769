//! The area's pages, which the browser loads with the first of them.

use crate::{
    add::{AddFilePage, AddSourcePage, AddTextPage, AddWebsitePage},
    answers::AnswersPage,
    document::DocumentPage,
    search::SearchPage,
    source::SourcePage,
    sources::SourcesPage,
};

base::lazy_pages! {
    knowledge_pages;
    sources => SourcesPage,
    answers => AnswersPage,
    search => SearchPage,
    add_source => AddSourcePage,
    add_website => AddWebsitePage,
    add_file => AddFilePage,
    add_text => AddTextPage,
    source => SourcePage,
    document => DocumentPage,
}
