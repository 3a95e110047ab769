//! The lists of the inbox, and what a search in them finds.

use chrono::TimeDelta;
use domain::{conversations, overview, visitors};
use types::{
    conversation::{InboxFilter, InboxList, InboxSort, Priority, UpdateConversation},
    id::{ConversationId, MemberId},
};

use crate::desk::{Desk, desk, desk_with_agent};

/// The conversations of a list, in its order.
pub async fn ids(desk: &Desk, filter: InboxFilter) -> Vec<ConversationId> {
    let page = conversations::list(&mut desk.cx().await, &filter).await.unwrap();
    assert_eq!(page.total as usize, page.items.len());
    page.items.into_iter().map(|row| row.id).collect()
}

#[tokio::test]
async fn the_lists_hold_what_their_names_say() {
    let desk = desk_with_agent().await;
    let mut all = Vec::new();
    for _ in 0..5 {
        desk.world.clock.advance(TimeDelta::minutes(1));
        all.push(desk.conversation().await);
    }
    let [agents, mine, anas, free, closed] = [0, 1, 2, 3, 4].map(|n: usize| all[n].1);
    let ana = desk.colleague("Ana Kola").await;
    let mut cx = desk.cx().await;
    conversations::take_over(&mut cx, mine).await.unwrap();
    conversations::assign(&mut cx, anas, ana.member_id()).await.unwrap();
    conversations::request_hand_off(&mut cx, free, None, "test").await.unwrap();
    let tags = UpdateConversation { tags: Some(vec!["vip".into()]), priority: Some(Priority::High), subject: None };
    conversations::update(&mut cx, free, tags).await.unwrap();
    conversations::close(&mut cx, closed).await.unwrap();
    desk.services.commit(cx).await.unwrap();

    let list = |list| InboxFilter { list: Some(list), ..InboxFilter::default() };
    assert_eq!(ids(&desk, list(InboxList::Mine)).await, [mine]);
    assert_eq!(ids(&desk, list(InboxList::Unassigned)).await, [free]);
    assert_eq!(ids(&desk, list(InboxList::Agent)).await, [agents]);
    assert_eq!(ids(&desk, list(InboxList::All)).await, [free, anas, mine, agents]);
    assert_eq!(ids(&desk, list(InboxList::Closed)).await, [closed]);
    let sorted = |sort| InboxFilter { sort: Some(sort), ..InboxFilter::default() };
    assert_eq!(ids(&desk, sorted(InboxSort::Oldest)).await, [agents, mine, anas, free]);
    assert_eq!(ids(&desk, sorted(InboxSort::Waiting)).await[0], free);
    assert_eq!(ids(&desk, sorted(InboxSort::Priority)).await[0], free);
    let some = InboxFilter::default;
    assert_eq!(ids(&desk, InboxFilter { tag: Some("vip".into()), ..some() }).await, [free]);
    assert_eq!(ids(&desk, InboxFilter { assignee: ana.member_id(), ..some() }).await, [anas]);
    assert_eq!(ids(&desk, InboxFilter { priority: Some(Priority::High), ..some() }).await, [free]);
    assert_eq!(ids(&desk, InboxFilter { channel: Some(desk.channel), ..some() }).await.len(), 4);
    assert_eq!(ids(&desk, InboxFilter { unread: Some(true), ..some() }).await.len(), 4);
    let contact = Some(desk.get(closed).await.summary.contact_id);
    assert_eq!(ids(&desk, InboxFilter { contact, ..some() }).await, [closed]);

    let counts = conversations::counts(&mut desk.cx().await).await.unwrap();
    assert_eq!((counts.mine, counts.unassigned, counts.agent, counts.all), (1, 1, 1, 4));
    let nobody = MemberId(uuid::Uuid::new_v4());
    assert!(ids(&desk, InboxFilter { assignee: Some(nobody), ..some() }).await.is_empty());
}

#[tokio::test]
async fn what_is_counted_is_what_the_lists_show() {
    let desk = desk_with_agent().await;
    for is_snoozed in [false, true] {
        let [(_, agents), (_, mine), (_, free)] =
            [desk.conversation().await, desk.conversation().await, desk.conversation().await];
        let mut cx = desk.cx().await;
        conversations::take_over(&mut cx, mine).await.unwrap();
        conversations::request_hand_off(&mut cx, free, None, "test").await.unwrap();
        let tomorrow = is_snoozed.then(|| cx.now() + TimeDelta::days(1));
        for id in [agents, mine, free] {
            conversations::snooze(&mut cx, id, tomorrow).await.unwrap();
        }
        desk.services.commit(cx).await.unwrap();
    }
    let mut cx = desk.cx().await;
    let counts = conversations::counts(&mut cx).await.unwrap();
    let figures = overview::get(&mut cx).await.unwrap();
    let counted = [counts.mine, counts.unassigned, counts.agent, counts.all];
    let lists = [InboxList::Mine, InboxList::Unassigned, InboxList::Agent, InboxList::All];
    for (list, count) in lists.into_iter().zip(counted) {
        let unread = InboxFilter { list: Some(list), unread: Some(true), ..InboxFilter::default() };
        assert_eq!(ids(&desk, unread).await.len() as i64, count, "{list}");
    }
    assert_eq!(counted, [1, 1, 1, 3]);
    assert_eq!((figures.open, figures.unassigned, figures.waiting), (3, 1, 1));
}

#[tokio::test]
async fn a_search_finds_by_contact_and_by_last_message() {
    let desk = desk().await;
    let (visitor, named) = desk.conversation().await;
    visitors::set_email(&desk.services, &visitor, "Maya_100%@example.com").await.unwrap();
    let other = desk.visitor().await;
    let spoken = desk.says(&other, "The Blue Bicycle is broken").await.conversation_id;
    let search = |q: &str| InboxFilter { q: Some(q.into()), ..InboxFilter::default() };
    assert_eq!(ids(&desk, search("maya_100%")).await, [named]);
    assert_eq!(ids(&desk, search("blue bicycle")).await, [spoken]);
    assert!(ids(&desk, search("maya1100")).await.is_empty());
    assert!(ids(&desk, search("' or 1=1 --")).await.is_empty());
    // One or two characters too, which the indexes cannot look up.
    assert_eq!(ids(&desk, search("0%")).await, [named]);
    assert_eq!(ids(&desk, search("ue")).await, [spoken]);
    for q in ["maya", "ma"] {
        let page = conversations::list(&mut desk.stranger().await, &search(q)).await.unwrap();
        assert_eq!(page.total, 0);
    }
}

#[tokio::test]
async fn a_search_finds_what_the_list_shows() {
    let desk = desk().await;
    let (_, open) = desk.conversation().await;
    let other = desk.visitor().await;
    let closed = desk.says(&other, "The bicycle is broken").await.conversation_id;
    desk.says(&desk.visitor().await, "Nothing").await;
    let mut cx = desk.cx().await;
    conversations::close(&mut cx, closed).await.unwrap();
    desk.services.commit(cx).await.unwrap();
    for q in ["bicycle", "bi"] {
        let search = |list| InboxFilter { q: Some(q.into()), list, ..InboxFilter::default() };
        assert!(ids(&desk, search(None)).await.is_empty());
        assert_eq!(ids(&desk, search(Some(InboxList::Closed))).await, [closed]);
        let mut cx = desk.cx().await;
        let contact = conversations::summary(&mut cx, closed).await.unwrap().contact_id;
        let of_contact = InboxFilter { contact: Some(contact), ..search(None) };
        assert_eq!(ids(&desk, of_contact).await, [closed], "a contact's conversations are all of them");
    }
    assert!(!ids(&desk, InboxFilter::default()).await.contains(&closed));
    assert!(ids(&desk, InboxFilter::default()).await.contains(&open));
}
