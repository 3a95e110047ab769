//! A helpdesk for tests: an organization with a widget, colleagues and visitors.

use db::{Actor, testing};
use domain::{
    Cx, Services, agents, channels, conversations,
    jobs::{self, Job},
    messages,
    messages::AgentReply,
    visitors::{self, Visitor},
};
use types::{
    agent::{AgentInput, HandoffRules, Provider, Tone},
    channel::{ChannelSettings, ChannelType, CreateChannel, UpdateChannel},
    conversation::Conversation,
    id::{AgentId, ChannelId, ConversationId},
    member::Role,
    message::{Message, SendMessage},
    widget::{StartSession, WidgetMessage, WidgetSent},
};

use crate::support::{World, own_world, two_organizations};

pub struct Desk {
    pub world: World,
    pub services: Services,
    pub channel: ChannelId,
    pub key: String,
    pub agent: Option<AgentId>,
}

/// A desk whose widget no agent answers.
pub async fn desk() -> Desk {
    Desk::over(two_organizations().await, false).await
}

/// A desk whose widget an agent answers.
pub async fn desk_with_agent() -> Desk {
    Desk::over(two_organizations().await, true).await
}

/// A desk on a database of its own.
pub async fn own_desk() -> Desk {
    Desk::over(own_world().await, false).await
}

impl Desk {
    pub async fn over(world: World, with_agent: bool) -> Self {
        let services = world.services.clone();
        let mut cx = world.cx_a().await;
        let agent =
            if with_agent { Some(agents::create(&services, &mut cx, agent_input()).await.unwrap().id) } else { None };
        let input = CreateChannel { name: "Site".into(), channel_type: ChannelType::Widget, agent_id: agent };
        let channel = channels::create(&mut cx, input).await.unwrap();
        services.commit(cx).await.unwrap();
        Self { world, services, channel: channel.id, key: channel.public_key, agent }
    }

    /// A transaction of the owner.
    pub async fn cx(&self) -> Cx {
        self.world.cx_a().await
    }

    /// A transaction of the other organization's owner.
    pub async fn stranger(&self) -> Cx {
        self.world.cx_b().await
    }

    pub async fn cx_as(&self, actor: &Actor) -> Cx {
        self.world.cx(&self.world.a, actor.clone()).await
    }

    pub async fn colleague(&self, name: &str) -> Actor {
        testing::member(&self.services.db, &self.world.a, name, Role::Member).await
    }

    pub async fn settings(&self, change: impl FnOnce(&mut ChannelSettings)) {
        let mut cx = self.cx().await;
        let channel = channels::get(&mut cx, self.channel).await.unwrap();
        let mut settings = channel.settings;
        change(&mut settings);
        let update = UpdateChannel { name: channel.name, is_active: true, agent_id: channel.agent_id, settings };
        channels::update(&mut cx, self.channel, update).await.unwrap();
        self.services.commit(cx).await.unwrap();
    }

    /// A new browser.
    pub async fn visitor(&self) -> Visitor {
        let start = StartSession { channel_key: self.key.clone(), ..StartSession::default() };
        let session = visitors::start(&self.services, start).await.unwrap();
        visitors::verify(&self.services, &session.token).unwrap()
    }

    pub async fn says(&self, visitor: &Visitor, content: &str) -> WidgetSent {
        let client_id = uuid::Uuid::new_v4().to_string();
        messages::receive(&self.services, visitor, widget_message(content, &client_id)).await.unwrap()
    }

    /// A conversation that a new visitor began.
    pub async fn conversation(&self) -> (Visitor, ConversationId) {
        let visitor = self.visitor().await;
        let sent = self.says(&visitor, "Where is my order?").await;
        (visitor, sent.conversation_id)
    }

    pub async fn get(&self, id: ConversationId) -> Conversation {
        conversations::get(&mut self.cx().await, id).await.unwrap()
    }

    pub async fn thread(&self, id: ConversationId) -> Vec<Message> {
        messages::list(&mut self.cx().await, id, None, 100).await.unwrap()
    }

    /// The jobs that were enqueued for a conversation, in their order. Nobody works on them but the test.
    pub async fn jobs(&self, id: ConversationId) -> Vec<Job> {
        let jobs: Vec<serde_json::Value> = sqlx::query_scalar(
            "select args from awa.jobs where args->>'conversation_id' = $1 and kind = 'job' order by id",
        )
        .bind(id.to_string())
        .fetch_all(self.cx().await.conn())
        .await
        .unwrap();
        jobs.into_iter().map(|job| serde_json::from_value(job).unwrap()).collect()
    }

    /// Does what a worker would do with them.
    pub async fn run_jobs(&self, id: ConversationId) {
        for job in self.jobs(id).await {
            jobs::run(&self.services, job).await.unwrap();
        }
    }

    /// The agent finishes an answer that it began in an epoch.
    pub async fn agent_answers(&self, id: ConversationId, owner_epoch: i64, client_id: &str) -> Option<Message> {
        let actor = Actor::Agent { id: self.agent.unwrap(), name: "Aria".into() };
        let mut cx = self.world.cx(&self.world.a, actor).await;
        let reply = AgentReply {
            conversation_id: id,
            owner_epoch,
            client_id: client_id.into(),
            content: "It is **on its way**.".into(),
            citations: Vec::new(),
            metadata: serde_json::json!({}),
        };
        let message = messages::write_agent_reply(&mut cx, reply).await.unwrap();
        self.services.commit(cx).await.unwrap();
        message
    }
}

pub fn widget_message(content: &str, client_id: &str) -> WidgetMessage {
    WidgetMessage { content: content.into(), client_id: client_id.into(), attachments: Vec::new(), page_url: None }
}

pub fn reply(content: &str) -> SendMessage {
    SendMessage {
        content: content.into(),
        is_note: false,
        client_id: uuid::Uuid::new_v4().to_string(),
        attachments: Vec::new(),
        last_seen_seq: None,
    }
}

pub fn note(content: &str) -> SendMessage {
    SendMessage { is_note: true, ..reply(content) }
}

/// The words of the product's own lines.
pub fn lines(thread: &[Message]) -> Vec<&str> {
    let lines = thread.iter().filter(|message| message.content_type == types::message::ContentType::Event);
    lines.map(|message| message.content.as_str()).collect()
}

/// An agent that needs no account anywhere.
pub fn agent_input() -> AgentInput {
    AgentInput {
        name: "Aria".into(),
        instructions: String::new(),
        greeting: String::new(),
        languages: vec!["en".into()],
        tone: Tone::Friendly,
        provider: Provider::Extractive,
        model: String::new(),
        base_url: String::new(),
        api_key: None,
        temperature: 0.2,
        max_tokens: 800,
        handoff_rules: HandoffRules::default(),
        source_ids: None,
        is_active: true,
    }
}
