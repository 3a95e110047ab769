use anyhow::Context;
use domain::{
    conversations,
    jobs::{self, Job},
    messages, visitors,
};
use types::{
    channel::Channel,
    conversation::Owner,
    id::ConversationId,
    message::SendMessage,
    widget::{Identify, StartSession, WidgetMessage},
};

use super::{
    Demo,
    content::{Ending, STORIES, Story},
};

/// Lets visitors ask, the agent answer, and the owner take over.
pub(super) async fn play(demo: &Demo, channel: &Channel) -> anyhow::Result<()> {
    for story in &STORIES {
        let conversation = ask(demo, channel, story).await?;
        finish(demo, conversation, &story.ending).await?;
    }
    Ok(())
}

async fn ask(demo: &Demo, channel: &Channel, story: &Story) -> anyhow::Result<ConversationId> {
    let services = &demo.services;
    let start = StartSession { channel_key: channel.public_key.clone(), ..StartSession::default() };
    let session = visitors::start(services, start).await?;
    let visitor = visitors::verify(services, &session.token).context("the new token is not valid")?;
    let who = Identify { name: Some(story.name.into()), email: Some(story.email.into()), ..Identify::default() };
    visitors::identify(services, &visitor, who).await?;
    let mut conversation = None;
    for (number, question) in story.questions.iter().enumerate() {
        let message = WidgetMessage {
            content: (*question).into(),
            client_id: format!("seed-{number}"),
            attachments: Vec::new(),
            page_url: Some("https://lumi-outdoor.example/help".into()),
        };
        let sent = messages::receive(services, &visitor, message).await?;
        answer(demo, sent.conversation_id, sent.message.id).await?;
        conversation = Some(sent.conversation_id);
    }
    conversation.context("a story has a question")
}

/// The agent's answer, here and now: a worker that runs beside finds it written.
async fn answer(demo: &Demo, conversation_id: ConversationId, message_id: types::id::MessageId) -> anyhow::Result<()> {
    let mut cx = demo.cx().await?;
    let conversation = conversations::get(&mut cx, conversation_id).await?;
    drop(cx);
    let (Owner::Agent, Some(agent_id)) = (conversation.summary.owner, conversation.summary.agent_id) else {
        return Ok(());
    };
    let job = Job::ReplyAsAgent {
        organization_id: demo.organization,
        conversation_id,
        agent_id,
        message_id,
        owner_epoch: conversation.owner_epoch,
    };
    jobs::run(&demo.services, job).await
}

async fn finish(demo: &Demo, id: ConversationId, ending: &Ending) -> anyhow::Result<()> {
    let mut cx = demo.cx().await?;
    let message = |content: &str, is_note: bool| SendMessage {
        content: content.into(),
        is_note,
        client_id: format!("seed-{}", if is_note { "note" } else { "reply" }),
        attachments: Vec::new(),
        last_seen_seq: None,
    };
    match ending {
        Ending::Agent | Ending::Waits => return Ok(()),
        Ending::Replies { note, reply } => {
            conversations::take_over(&mut cx, id).await?;
            messages::send(&mut cx, id, message(note, true)).await?;
            messages::send(&mut cx, id, message(reply, false)).await?;
        }
        Ending::Closes { reply } => {
            messages::send(&mut cx, id, message(reply, false)).await?;
            conversations::close(&mut cx, id).await?;
        }
    }
    demo.services.commit(cx).await?;
    Ok(())
}
