//! The job that answers visitors: with a provider that fails, with people who are quicker, and with words that lie.

mod answers;
mod faults;
mod handed_back;
mod last_try;
mod ownership;
mod words;

use std::{sync::Arc, time::Duration};

use domain::{
    Services, agents,
    jobs::{self, Job},
    knowledge,
    live::{Subscription, Update},
    visitors::{self, Visitor},
};
use llm::{
    Providers, Timeouts,
    testing::{Behaviour, FakeProvider},
};
use types::{
    agent::{AgentInput, Provider, Trace},
    id::{ConversationId, SessionId},
    knowledge::CreateTextSource,
    live::Signal,
    message::{AuthorType, ContentType, Message},
    widget::WidgetSent,
};

use crate::{
    desk::{Desk, agent_input},
    support::{World, two_organizations},
};

/// What the organization knows.
const KNOWLEDGE: &str = "# Returns\n\nGoods can be returned within thirty days. The customer pays the postage.\n\n\
    # Kthimi\n\nMalli mund të kthehet brenda tridhjetë ditëve.";
/// A question that the knowledge answers, in both languages.
const QUESTION: &str = "Can goods be returned?";
const PYETJA: &str = "A mund të kthehet malli?";

/// A desk whose agent asks a scripted provider.
pub struct Answering {
    pub desk: Desk,
    pub provider: FakeProvider,
}

/// A desk whose provider always gives this answer.
pub async fn answering(text: &str) -> Answering {
    Answering::new(Behaviour::Answer(text.into())).await
}

/// Waits that a test can afford.
fn quick() -> Timeouts {
    let ms = Duration::from_millis;
    Timeouts { first_token: ms(900), between_tokens: ms(900), total: ms(9000) }
}

/// A provider that takes its time over many words: the answer can be watched.
fn slow(text: &str) -> Behaviour {
    Behaviour::Slow { first: Duration::ZERO, between: Duration::from_millis(120), text: text.into() }
}

/// Twelve words, ten times 120 milliseconds and more.
const LONG: &str = "Yes, goods can be returned to us within thirty days [1]. Really.";

impl Answering {
    async fn new(behaviour: Behaviour) -> Self {
        Self::over(two_organizations().await, behaviour).await
    }

    async fn over(mut world: World, behaviour: Behaviour) -> Self {
        world.services.models = Arc::new(Providers::new(world.services.outbound.clone(), quick()));
        let desk = Desk::over(world, true).await;
        desk.knows(KNOWLEDGE).await;
        let it = Self { desk, provider: FakeProvider::start(behaviour).await.unwrap() };
        it.agent(|_| {}).await;
        it
    }

    /// Writes the agent's settings, its provider being the scripted one.
    async fn agent(&self, change: impl FnOnce(&mut AgentInput)) {
        let mut input = AgentInput {
            instructions: "The discount code of friends is KLEA7.".into(),
            provider: Provider::Openai,
            model: "fake-1".into(),
            base_url: self.provider.base_url(),
            api_key: Some("sk-test".into()),
            ..agent_input()
        };
        change(&mut input);
        let mut cx = self.desk.cx().await;
        agents::update(&self.desk.services, &mut cx, self.desk.agent.unwrap(), input).await.unwrap();
        self.desk.services.commit(cx).await.unwrap();
    }

    /// A new visitor's first message.
    async fn asks(&self, text: &str) -> (Visitor, WidgetSent) {
        let visitor = self.desk.visitor().await;
        let sent = self.desk.says(&visitor, text).await;
        (visitor, sent)
    }

    /// The job of a message.
    async fn job(&self, sent: &WidgetSent) -> Job {
        let is_its = |job: &Job| matches!(job, Job::ReplyAsAgent { message_id, .. } if *message_id == sent.message.id);
        self.desk.jobs(sent.conversation_id).await.into_iter().rfind(is_its).expect("the agent was asked")
    }

    /// Does the job of a message once.
    async fn reply(&self, sent: &WidgetSent) {
        jobs::run(&self.desk.services, self.job(sent).await).await.unwrap();
    }

    /// A new visitor asks, and the agent answers.
    async fn answer_to(&self, text: &str) -> (Visitor, ConversationId, Message) {
        let (visitor, sent) = self.asks(text).await;
        self.reply(&sent).await;
        let answer = self.answers(sent.conversation_id).await.pop().expect("an answer");
        (visitor, sent.conversation_id, answer)
    }

    /// What the agent wrote.
    pub async fn answers(&self, id: ConversationId) -> Vec<Message> {
        let mut thread = self.desk.thread(id).await;
        thread.retain(|message| message.author_type == AuthorType::Agent && message.content_type != ContentType::Event);
        thread
    }

    async fn trace(&self, message: &Message) -> Trace {
        agents::trace(&mut self.desk.cx().await, message.id).await.unwrap().expect("a trace")
    }

    async fn traces(&self, id: ConversationId) -> i64 {
        sqlx::query_scalar("select count(*) from answer_traces where organization_id = $1 and conversation_id = $2")
            .bind(self.desk.world.a.id.0)
            .bind(id.0)
            .fetch_one(self.desk.cx().await.conn())
            .await
            .unwrap()
    }

    /// What the visitor sees, oldest first.
    async fn seen(&self, visitor: &Visitor) -> Vec<String> {
        let shown = visitors::conversation(&self.desk.services, visitor).await.unwrap().unwrap();
        shown.messages.into_iter().map(|message| message.content).collect()
    }

    /// The live updates of the visitor's widget.
    fn watch(&self, visitor: &Visitor, id: ConversationId) -> Subscription {
        self.desk.services.live.subscribe_visitor(visitor, Some(id))
    }

    /// The live updates of a colleague's dashboard.
    fn watch_inbox(&self) -> Subscription {
        self.desk.services.live.subscribe_members(self.desk.world.a.id, SessionId(uuid::Uuid::new_v4()))
    }
}

impl Desk {
    /// Adds a source and reads it.
    pub async fn knows(&self, content: &str) {
        let mut cx = self.cx().await;
        let input = CreateTextSource { name: "Help".into(), content: content.into() };
        let source = knowledge::create_text(&mut cx, input).await.unwrap();
        self.services.commit(cx).await.unwrap();
        let sync = source.sync.unwrap().id;
        knowledge::sync::run(&self.services, self.world.a.id, source.id, sync).await.unwrap();
    }
}

/// The next signal about a draft.
async fn signal(subscription: &mut Subscription) -> Signal {
    loop {
        let update = tokio::time::timeout(Duration::from_secs(10), subscription.recv()).await.expect("a signal");
        if let Update::Signal(passing) = update
            && matches!(passing.signal, Signal::Draft { .. } | Signal::DraftEnded { .. })
        {
            return passing.signal.clone();
        }
    }
}

/// The text of the drafts that have come so far, and whether they were withdrawn at the end.
async fn drafts(subscription: &mut Subscription) -> (Vec<String>, bool) {
    let (mut texts, mut ended) = (Vec::new(), false);
    while let Ok(update) = tokio::time::timeout(Duration::from_millis(50), subscription.recv()).await {
        let Update::Signal(passing) = update else { continue };
        match &passing.signal {
            Signal::Draft { text, .. } => {
                texts.push(text.clone());
                ended = false;
            }
            Signal::DraftEnded { .. } => ended = true,
            _ => {}
        }
    }
    (texts, ended)
}

/// Begins a job beside the test.
fn begin(services: &Services, job: Job) -> tokio::task::JoinHandle<anyhow::Result<()>> {
    let services = services.clone();
    tokio::spawn(async move { jobs::run(&services, job).await })
}
