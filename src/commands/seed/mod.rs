//! A demonstration organization, made by the same verbs that people and visitors use.

mod content;
mod stories;

use anyhow::{Context, bail};
use clap::Args;
use domain::{
    Actor, Error, Services, Token,
    accounts::{self, Authenticated, ClientInfo},
    agents, answers, canned_responses, channels,
    jobs::{self, Job},
    knowledge,
};
use types::{
    agent::AgentInput,
    answer::AnswerInput,
    channel::{Channel, ChannelSettings, UpdateChannel},
    id::{AgentId, OrganizationId},
    knowledge::CreateTextSource,
    organization::SignUp,
};

use crate::{
    config::Config,
    database::{Database, Purpose},
    services,
};

/// Makes a demonstration organization with help texts, an agent, a widget and conversations.
#[derive(Args)]
pub struct Seed {
    /// Address with which its owner signs in.
    #[arg(long, default_value = "demo@example.com")]
    email: String,
    /// The owner's password; else one is made up. Printed in either case.
    #[arg(long)]
    password: Option<String>,
}

/// The organization while it is filled.
struct Demo {
    services: Services,
    organization: OrganizationId,
    owner: Actor,
}

impl Seed {
    /// `biseda seed`
    pub async fn run(self, config: Config) -> anyhow::Result<()> {
        let database = Database::open(&config, Purpose::Command).await?;
        let services = services::build(&config, database.db.clone())?;
        let result = self.fill(services).await;
        database.close().await;
        let (password, channel) = result?;
        println!("{} is ready. Sign in at {}/login", content::ORGANIZATION, config.public_url());
        println!("  e-mail    {}", self.email);
        println!("  password  {password}");
        println!("Its widget, for any page:");
        println!(
            "  <script async src=\"{}/widget.js\" data-channel=\"{}\"></script>",
            config.public_url(),
            channel.public_key
        );
        Ok(())
    }

    async fn fill(&self, services: Services) -> anyhow::Result<(String, Channel)> {
        let password = self.password.clone().unwrap_or_else(|| Token::random().secret);
        let demo = self.found(services, &password).await?;
        demo.read_sources().await?;
        let agent = demo.instruct_agent().await?;
        let channel = demo.dress_channel(agent).await?;
        demo.write_answers().await?;
        stories::play(&demo, &channel).await?;
        Ok((password, channel))
    }

    async fn found(&self, services: Services, password: &str) -> anyhow::Result<Demo> {
        let form = SignUp {
            organization_name: content::ORGANIZATION.into(),
            name: content::OWNER.into(),
            email: self.email.clone(),
            password: password.into(),
            locale: "en".into(),
        };
        let signed_in = match accounts::sign_up(&services, form, &ClientInfo::default()).await {
            Err(Error::InvalidCredentials) => bail!("{} has an account already; choose another --email", self.email),
            entry => entry?.signed_in()?,
        };
        let authenticated = accounts::authenticate(&services, &signed_in.token).await?;
        let authenticated: Authenticated = authenticated.context("the new session is not valid")?;
        accounts::log_out(&services, &signed_in.token).await?;
        let demo = Demo { organization: signed_in.me.organization.id, owner: authenticated.actor(), services };
        let mut cx = demo.cx().await?;
        let is_new = knowledge::list(&mut cx).await?.is_empty();
        if !is_new {
            bail!("the organization of {} has content already; choose another --email", self.email);
        }
        Ok(demo)
    }
}

impl Demo {
    async fn cx(&self) -> anyhow::Result<domain::Cx> {
        Ok(self.services.db.begin(self.organization, self.owner.clone()).await?)
    }

    /// Adds the help texts and reads them here and now: a worker that runs beside finds the work done.
    async fn read_sources(&self) -> anyhow::Result<()> {
        for (name, text) in content::SOURCES {
            let mut cx = self.cx().await?;
            let input = CreateTextSource { name: name.into(), content: text.into() };
            let source = knowledge::create_text(&mut cx, input).await?;
            self.services.commit(cx).await?;
            let sync = source.sync.context("a new source is being read")?.id;
            let (organization_id, source_id, sync_id) = (self.organization, source.id, sync);
            let job = Job::SyncSource { organization_id, source_id, sync_id, later: false };
            jobs::run(&self.services, job).await.with_context(|| format!("reading {name}"))?;
        }
        Ok(())
    }

    async fn instruct_agent(&self) -> anyhow::Result<AgentId> {
        let mut cx = self.cx().await?;
        let agent = agents::list(&mut cx).await?.into_iter().next().context("a new organization has an agent")?;
        let id = agent.id;
        let input = AgentInput {
            name: content::AGENT.into(),
            instructions: content::INSTRUCTIONS.into(),
            greeting: content::GREETING.into(),
            ..agent.into()
        };
        agents::update(&self.services, &mut cx, id, input).await?;
        self.services.commit(cx).await?;
        Ok(id)
    }

    async fn dress_channel(&self, agent: AgentId) -> anyhow::Result<Channel> {
        let mut cx = self.cx().await?;
        let channel = channels::list(&mut cx).await?.into_iter().next().context("a new organization has a channel")?;
        let settings = ChannelSettings {
            color: "#0f766e".into(),
            title: content::ORGANIZATION.into(),
            quick_replies: content::QUICK_REPLIES.map(str::to_owned).to_vec(),
            ..channel.settings
        };
        let input = UpdateChannel { name: channel.name, is_active: true, agent_id: Some(agent), settings };
        let channel = channels::update(&mut cx, channel.id, input).await?;
        self.services.commit(cx).await?;
        Ok(channel)
    }

    async fn write_answers(&self) -> anyhow::Result<()> {
        for (category, question, answer) in content::ANSWERS {
            let input = AnswerInput {
                category: category.into(),
                question: question.into(),
                answer: answer.into(),
                is_active: true,
            };
            answers::create(&self.services, self.organization, self.owner.clone(), input).await?;
        }
        let mut cx = self.cx().await?;
        for (shortcut, text) in content::CANNED {
            canned_responses::create(&mut cx, shortcut, text).await?;
        }
        self.services.commit(cx).await?;
        Ok(())
    }
}
