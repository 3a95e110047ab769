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
    Sources => SourcesPage,
    Answers => AnswersPage,
    Search => SearchPage,
    AddSource => AddSourcePage,
    AddWebsite => AddWebsitePage,
    AddFile => AddFilePage,
    AddText => AddTextPage,
    Source => SourcePage,
    Document => DocumentPage,
}
