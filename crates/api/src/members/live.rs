use std::time::Duration;

use axum::{
    extract::{
        State,
        ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade},
    },
    http::HeaderMap,
    response::Response,
};
use domain::{
    Error, Services, accounts,
    accounts::Authenticated,
    live::{self, Missed, Subscription, Update},
};
use tokio::time::Instant;
use types::{
    event::EventName,
    id::{ConversationId, OrganizationId},
    live::{ClientFrame, LiveEvent, OTHER_MEMBER, Signal, Viewer},
    permission::Permission,
};
use uuid::Uuid;

use crate::{
    Api, ApiError,
    error::ApiResult,
    extract::Member,
    live::{Peer, Place, prepare, run},
};

/// Signs of typing pass on at most this often.
const TYPING_EVERY: Duration = Duration::from_secs(1);

/// `GET /live`: the dashboard's socket.
pub(super) async fn connect(
    State(api): State<Api>,
    member: ApiResult<Member>,
    headers: HeaderMap,
    socket: WebSocketUpgrade,
) -> ApiResult<Response> {
    let socket = prepare(socket, &headers)?;
    // Browsers do not tell a page why a socket was refused.
    if member.as_ref().is_err_and(ApiError::is_conflict) {
        return Ok(socket.on_upgrade(send_away));
    }
    let member = member?;
    let place = api.member_places.take(member.authenticated.me.member_id.to_string())?;
    let browser = Browser {
        services: api.services,
        organization: member.organization(),
        socket: Uuid::new_v4(),
        viewing: None,
        typed_at: None,
        token: member.token,
        member: member.authenticated,
        _place: place,
    };
    Ok(socket.on_upgrade(|socket| run(socket, browser)))
}

/// Tells a page that it was made for another member.
async fn send_away(mut socket: WebSocket) {
    let frame = CloseFrame { code: OTHER_MEMBER, reason: "the session works for another member".into() };
    // Whether the page still hears it makes no difference.
    let _ = socket.send(Message::Close(Some(frame))).await;
}

/// A browser tab of a member.
struct Browser {
    services: Services,
    member: Authenticated,
    token: String,
    organization: OrganizationId,
    /// Tells the member's tabs apart.
    socket: Uuid,
    viewing: Option<ConversationId>,
    typed_at: Option<Instant>,
    _place: Place,
}

impl Browser {
    /// Who may not, neither sees nor is seen looking at one.
    fn reads_conversations(&self) -> bool {
        self.member.me.permissions.contains(Permission::ConversationsRead)
    }

    fn view(&self) {
        let viewer = Viewer { member_id: self.member.me.member_id, name: self.member.me.name.clone() };
        self.services.live.viewing(self.organization, self.socket, viewer, self.viewing);
    }

    fn typing(&mut self, conversation_id: ConversationId) {
        if self.typed_at.is_some_and(|at| at.elapsed() < TYPING_EVERY) {
            return;
        }
        self.typed_at = Some(Instant::now());
        let me = &self.member.me;
        let signal = Signal::MemberTyping { conversation_id, member_id: me.member_id, name: me.name.clone() };
        self.services.live.signal(self.organization, signal);
    }
}

impl Peer for Browser {
    async fn subscribe(&mut self) -> domain::Result<Subscription> {
        Ok(self.services.live.subscribe_members(self.organization, self.member.session_id))
    }

    async fn missed(&mut self, _: &mut Subscription, since: Option<i64>, limit: i64) -> domain::Result<Missed> {
        let mut cx = self.services.db.begin(self.organization, self.member.actor()).await?;
        live::missed(&self.services.live, &mut cx, since, limit).await
    }

    fn heard(&mut self, frame: ClientFrame) {
        match frame {
            _ if !self.reads_conversations() => {}
            ClientFrame::Viewing { conversation_id } => {
                self.viewing = conversation_id;
                self.view();
            }
            ClientFrame::Typing { conversation_id: Some(id) } => self.typing(id),
            // A sign of life: who looks is still looking.
            ClientFrame::Ping if self.viewing.is_some() => self.view(),
            ClientFrame::Ping | ClientFrame::Typing { .. } | ClientFrame::Hello { .. } => {}
        }
    }

    async fn is_welcome(&mut self) -> bool {
        match accounts::authenticate(&self.services, &self.token).await {
            // Another organization or role is another socket.
            Ok(Some(now)) => now.actor() == self.member.actor() && now.me.organization.id == self.organization,
            Ok(None) | Err(Error::Suspended(_)) => false,
            // The database is away: nobody is thrown out for that.
            Err(_) => true,
        }
    }

    fn is_told(&self, update: &Update) -> bool {
        match update {
            Update::Event(update) => {
                live::is_told(self.member.me.permissions, update.event.name, update.event.conversation_id)
            }
            _ => self.reads_conversations(),
        }
    }

    fn is_about(&self, event: &LiveEvent) -> bool {
        match event.name {
            EventName::MemberUpdated | EventName::MemberDeleted => event.resource_id == self.member.me.member_id.0,
            EventName::RoleUpdated | EventName::RoleDeleted | EventName::OrganizationDeleted => true,
            _ => false,
        }
    }

    fn gone(&mut self) {
        self.viewing = None;
        self.view();
    }
}
