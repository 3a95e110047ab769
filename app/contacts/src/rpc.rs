//! What the contact screens ask of the server.

use base::AppError;
use leptos::{prelude::*, server_fn::codec::Json};
use types::{
    contact::{Contact, ContactFilter, ContactSummary, TimelineEntry},
    conversation::ConversationSummary,
    id::ContactId,
    page::Page,
};
#[cfg(feature = "ssr")]
use {
    base::server,
    domain::{contacts, conversations},
    types::{contact::ContactInput, conversation::InboxFilter, error::FieldRule},
};

use crate::field::ContactField;

/// One page of contacts.
#[server(input = Json)]
pub async fn list_contacts(filter: ContactFilter) -> Result<Page<ContactSummary>, AppError> {
    let mut cx = server::cx().await?;
    Ok(contacts::list(&mut cx, &filter).await?)
}

/// Every tag that some contact bears.
#[server(input = Json)]
pub async fn contact_tags() -> Result<Vec<String>, AppError> {
    let mut cx = server::cx().await?;
    Ok(contacts::tags(&mut cx).await?)
}

/// A contact with everything known about it.
#[server(input = Json)]
pub async fn get_contact(id: ContactId) -> Result<Contact, AppError> {
    let mut cx = server::cx().await?;
    Ok(contacts::get(&mut cx, id).await?)
}

/// What happened with a contact, newest first.
#[server(input = Json)]
pub async fn contact_timeline(id: ContactId) -> Result<Vec<TimelineEntry>, AppError> {
    let mut cx = server::cx().await?;
    Ok(contacts::timeline(&mut cx, id).await?)
}

/// A contact's conversations, newest first, closed ones included.
#[server(input = Json)]
pub async fn contact_conversations(id: ContactId) -> Result<Vec<ConversationSummary>, AppError> {
    let mut cx = server::cx().await?;
    let filter = InboxFilter { contact: Some(id), ..InboxFilter::default() };
    Ok(conversations::list(&mut cx, &filter).await?.items)
}

/// Adds a contact and shows it.
#[server]
pub async fn create_contact(name: String, email: String, phone: String, company: String) -> Result<(), AppError> {
    let mut cx = server::cx().await?;
    let given = |text: String| (!text.trim().is_empty()).then_some(text);
    let (name, email, phone, company) = (Some(name), given(email), given(phone), given(company));
    let input = ContactInput { name, email, phone, company, ..ContactInput::default() };
    let contact = contacts::create(&mut cx, input).await?;
    server::services()?.commit(cx).await?;
    server::redirect(&format!("/app/contacts/{}", contact.summary.id));
    Ok(())
}

/// Writes one field of a contact.
#[server]
pub async fn set_contact_field(id: ContactId, field: ContactField, value: String) -> Result<Contact, AppError> {
    let mut cx = server::cx().await?;
    let contact = contacts::update(&mut cx, id, field.input(value)).await?;
    server::services()?.commit(cx).await?;
    Ok(contact)
}

/// Adds a tag to a contact, removes one, or both; empty texts do nothing.
#[server]
pub async fn change_contact_tags(
    id: ContactId,
    #[server(default)] add: String,
    #[server(default)] remove: String,
) -> Result<Contact, AppError> {
    let mut cx = server::cx().await?;
    let contact = contacts::change_tags(&mut cx, id, &add, &remove).await?;
    server::services()?.commit(cx).await?;
    Ok(contact)
}

/// Writes one custom field of a contact; an empty value removes it.
#[server]
pub async fn set_custom_field(id: ContactId, name: String, value: String) -> Result<Contact, AppError> {
    let mut cx = server::cx().await?;
    let contact = contacts::set_custom_field(&mut cx, id, &name, &value).await?;
    server::services()?.commit(cx).await?;
    Ok(contact)
}

/// Deletes a contact with all its conversations, when `confirmation` is what the screen calls it.
#[server]
pub async fn delete_contact(id: ContactId, expected: String, confirmation: String) -> Result<(), AppError> {
    if expected.trim() != confirmation.trim() {
        return Err(domain::Error::rule("confirmation", FieldRule::Mismatch).into());
    }
    let mut cx = server::cx().await?;
    contacts::delete(&mut cx, id).await?;
    server::services()?.commit(cx).await?;
    server::redirect("/app/contacts");
    Ok(())
}
