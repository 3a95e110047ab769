//! The rows of a new organization.

use serde_json::json;
use types::{
    channel::{ChannelType, CreateChannel},
    event::EventName,
    id::{AgentId, MemberId, UserId},
    member::Role,
    organization::{Organization, OrganizationSettings, OrganizationStatus},
};

use crate::{Cx, Result, audit, channels, events, organizations};

/// Writes the organization of this transaction with its owner, first agent and first channel.
pub(super) async fn establish(
    cx: &mut Cx,
    member: MemberId,
    user: UserId,
    name: &str,
    locale: &str,
) -> Result<Organization> {
    let organization = insert_organization(cx, name, locale).await?;
    insert_member(cx, member, user).await?;
    let agent = insert_agent(cx, name, locale).await?;
    let channel = if locale == "sq" { "Faqja e internetit" } else { "Website" };
    let channel = CreateChannel { name: channel.into(), channel_type: ChannelType::Widget, agent_id: Some(agent) };
    channels::create(cx, channel).await?;
    audit::record(cx, "organization.created", organization.id, None, Some(json!({"name": organization.name}))).await?;
    Ok(organization)
}

async fn insert_organization(cx: &mut Cx, name: &str, locale: &str) -> Result<Organization> {
    let (id, now) = (cx.organization(), cx.now());
    let settings = OrganizationSettings { locale: locale.to_owned(), ..OrganizationSettings::default() };
    let stored = serde_json::to_value(&settings)?;
    let base = slug(name);
    let mut slug = base.clone();
    // Whether a slug is taken only the unique index knows: other organizations' rows cannot be seen.
    let plan = loop {
        let plan = sqlx::query_scalar!(
            "insert into organizations (id, name, slug, settings, created_at, updated_at)
             values ($1, $2, $3, $4, $5, $5) on conflict (slug) do nothing returning plan",
            id.0,
            name,
            slug,
            stored,
            now
        )
        .fetch_optional(cx.conn())
        .await?;
        match plan {
            Some(plan) => break plan,
            None => slug = format!("{base}-{}", hex::encode(rand::random::<[u8; 3]>())),
        }
    };
    organizations::index(cx).await?;
    events::emit(cx, EventName::OrganizationCreated, "organization", id, None, json!({"name": name})).await?;
    Ok(Organization {
        id,
        name: name.to_owned(),
        slug,
        plan,
        status: OrganizationStatus::Active,
        settings,
        created_at: now,
    })
}

async fn insert_member(cx: &mut Cx, id: MemberId, user: UserId) -> Result<()> {
    let (organization, now) = (cx.organization(), cx.now());
    sqlx::query!(
        "with place as (insert into user_organizations (user_id, organization_id) values ($3, $1))
         insert into members (organization_id, id, user_id, role, created_at) values ($1, $2, $3, 'owner', $4)",
        organization.0,
        id.0,
        user.0,
        now
    )
    .execute(cx.conn())
    .await?;
    let payload = json!({"role": Role::Owner, "role_id": null});
    events::emit(cx, EventName::MemberCreated, "member", id, None, payload).await?;
    Ok(())
}

/// The first agent: it answers from whatever knowledge there will be, and needs no account with a model's provider.
async fn insert_agent(cx: &mut Cx, name: &str, locale: &str) -> Result<AgentId> {
    let (organization, id, now) = (cx.organization(), AgentId(cx.new_id()), cx.now());
    let (greeting, languages) = if locale == "sq" {
        (format!("Përshëndetje! Jam asistenti i {name}. Si mund t'ju ndihmoj?"), ["sq", "en"].as_slice())
    } else {
        (format!("Hello! I am the assistant of {name}. How can I help you?"), ["en"].as_slice())
    };
    let languages: Vec<String> = languages.iter().map(|&language| language.to_owned()).collect();
    sqlx::query!(
        "insert into agents (organization_id, id, name, greeting, languages, provider, is_active, created_at, updated_at)
         values ($1, $2, $3, $4, $5, 'extractive', true, $6, $6)",
        organization.0,
        id.0,
        name,
        greeting,
        &languages,
        now
    )
    .execute(cx.conn())
    .await?;
    let payload = json!({"name": name, "is_active": true});
    events::emit(cx, EventName::AgentCreated, "agent", id, None, payload).await?;
    Ok(id)
}

/// A name as part of an address: lower-case letters and digits with single hyphens between.
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        let plain = match c {
            'a'..='z' | '0'..='9' => c,
            'à'..='å' => 'a',
            'ç' | 'ć' | 'č' => 'c',
            'đ' => 'd',
            'è'..='ë' => 'e',
            'ì'..='ï' => 'i',
            'ñ' => 'n',
            'ò'..='ö' | 'ø' => 'o',
            'ù'..='ü' => 'u',
            'ş' | 'š' => 's',
            'ž' => 'z',
            '\'' | '’' => continue,
            _ if slug.is_empty() || slug.ends_with('-') => continue,
            _ => '-',
        };
        if slug.len() < 48 {
            slug.push(plain);
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "organization".into() } else { slug.into() }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_name_becomes_part_of_an_address() {
        for (name, slug) in [
            ("Acme, Inc.", "acme-inc"),
            ("Bukë & Kripë", "buke-kripe"),
            ("  Ana's Café  ", "anas-cafe"),
            ("東京", "organization"),
            ("--", "organization"),
        ] {
            assert_eq!(super::slug(name), slug);
        }
        assert_eq!(super::slug(&"x".repeat(120)).len(), 48);
    }
}
