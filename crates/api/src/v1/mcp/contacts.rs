use domain::contacts;
use http::request::Parts;
use rmcp::{
    ErrorData,
    handler::server::{tool::Extension, wrapper::Parameters},
    model::CallToolResult,
    schemars::{self, JsonSchema},
    tool, tool_router,
};
use serde::Deserialize;
use types::{
    contact::{ContactFilter, ContactInput},
    id::ContactId,
};

use super::{
    Tools,
    outcome::{Listed, told},
};

#[derive(Deserialize, JsonSchema)]
struct Search {
    /// Part of name, e-mail, phone or company; left out: those seen last.
    #[serde(default)]
    query: Option<String>,
    #[serde(default)]
    tag: Option<String>,
    /// Contacts at most, 1 to 100.
    #[serde(default)]
    limit: Option<i64>,
    /// Number of the page, from 1.
    #[serde(default)]
    page: Option<i64>,
}

#[derive(Deserialize, JsonSchema)]
struct One {
    #[schemars(with = "String")]
    contact_id: ContactId,
}

/// What is known of a contact; what is left out stays.
#[derive(Deserialize, JsonSchema)]
struct Fields {
    #[serde(default)]
    name: Option<String>,
    /// An empty text removes it.
    #[serde(default)]
    email: Option<String>,
    /// An empty text removes it.
    #[serde(default)]
    phone: Option<String>,
    #[serde(default)]
    company: Option<String>,
    /// Such as en or sq.
    #[serde(default)]
    language: Option<String>,
    /// For colleagues only.
    #[serde(default)]
    notes: Option<String>,
    /// Replaces those that there are.
    #[serde(default)]
    tags: Option<Vec<String>>,
}

impl From<Fields> for ContactInput {
    fn from(fields: Fields) -> Self {
        let Fields { name, email, phone, company, language, notes, tags } = fields;
        Self { name, email, phone, company, language, notes, tags, ..Self::default() }
    }
}

#[derive(Deserialize, JsonSchema)]
struct Change {
    #[schemars(with = "String")]
    contact_id: ContactId,
    #[serde(flatten)]
    fields: Fields,
}

#[tool_router(router = contacts, vis = "pub(super)")]
impl Tools {
    /// Find contacts, which are the company's customers.
    #[tool(annotations(read_only_hint = true))]
    async fn search_contacts(
        &self,
        Extension(parts): Extension<Parts>,
        Parameters(asked): Parameters<Search>,
    ) -> Result<CallToolResult, ErrorData> {
        let filter = ContactFilter { q: asked.query, tag: asked.tag, sort: None, page: asked.page, limit: asked.limit };
        told(&parts, async move |caller| Ok(Listed::from(contacts::list(&mut caller.begin().await?, &filter).await?)))
            .await
    }

    /// Get a contact with everything known about it.
    #[tool(annotations(read_only_hint = true))]
    async fn get_contact(
        &self,
        Extension(parts): Extension<Parts>,
        Parameters(asked): Parameters<One>,
    ) -> Result<CallToolResult, ErrorData> {
        told(&parts, async move |caller| Ok(contacts::get(&mut caller.begin().await?, asked.contact_id).await?)).await
    }

    /// Create a contact. It needs a name, an e-mail address or a telephone number.
    #[tool(annotations(destructive_hint = false))]
    async fn create_contact(
        &self,
        Extension(parts): Extension<Parts>,
        Parameters(fields): Parameters<Fields>,
    ) -> Result<CallToolResult, ErrorData> {
        told(&parts, async move |caller| {
            let mut cx = caller.begin().await?;
            let contact = contacts::create(&mut cx, fields.into()).await?;
            caller.commit(cx).await?;
            Ok(contact)
        })
        .await
    }

    /// Change a contact.
    #[tool(annotations(idempotent_hint = true))]
    async fn update_contact(
        &self,
        Extension(parts): Extension<Parts>,
        Parameters(change): Parameters<Change>,
    ) -> Result<CallToolResult, ErrorData> {
        told(&parts, async move |caller| {
            let mut cx = caller.begin().await?;
            let contact = contacts::update(&mut cx, change.contact_id, change.fields.into()).await?;
            caller.commit(cx).await?;
            Ok(contact)
        })
        .await
    }
}
