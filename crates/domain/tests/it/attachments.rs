//! Attachments: told by their bytes, kept under no name of the sender's, opened by whom they are for.

use std::{io, sync::Arc};

use bytes::Bytes;
use domain::{Error, Services, Settings, attachments, knowledge, messages, visitors};
use futures::{Stream, stream};
use types::{attachment::MAX_ATTACHMENT_BYTES, message::SendMessage, widget::WidgetMessage};

use crate::{
    desk::{desk, reply, widget_message},
    support::{assert_not_found, invalid_fields},
};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and some pixels";

fn bytes(parts: &[&'static [u8]]) -> impl Stream<Item = io::Result<Bytes>> + Send + use<> {
    stream::iter(parts.iter().map(|part| Ok(Bytes::from_static(part))).collect::<Vec<_>>())
}

#[tokio::test]
async fn a_visitors_picture_travels_with_its_first_message() {
    let desk = desk().await;
    let visitor = desk.visitor().await;
    let name = "../../etc/photo.exe";
    let file =
        attachments::upload_as_visitor(&desk.services, &visitor, name, bytes(&[&PNG[..4], &PNG[4..]])).await.unwrap();
    assert_eq!((file.file_name.as_str(), file.media_type.as_str(), file.is_inline), ("photo.exe", "image/png", true));
    let message = WidgetMessage { attachments: vec![file.id], ..widget_message("", "c1") };
    let sent = messages::receive(&desk.services, &visitor, message).await.unwrap();
    assert_eq!(sent.message.attachments.len(), 1);
    assert_eq!(desk.get(sent.conversation_id).await.summary.last_message_preview, "📎 photo.exe");

    let link = &sent.message.attachments[0].url;
    let token = link.split_once("?token=").unwrap().1;
    let (found, path) = attachments::open_for_visitor(&desk.services, file.id, token).await.unwrap();
    assert_eq!((found.size, std::fs::read(&path).unwrap().as_slice()), (PNG.len() as i64, PNG));
    assert!(path.starts_with(desk.services.settings.files_dir.join(desk.world.a.id.to_string())));
    assert_eq!(desk.thread(sent.conversation_id).await[0].attachments[0].url, format!("/files/{}", file.id));
    // Sent once, it cannot be sent again, nor taken by another browser.
    let again = WidgetMessage { attachments: vec![file.id], ..widget_message("", "c2") };
    assert_eq!(invalid_fields(messages::receive(&desk.services, &visitor, again).await), ["attachments"]);
}

#[tokio::test]
async fn a_link_opens_its_own_file_until_it_expires() {
    let desk = desk().await;
    let visitor = desk.visitor().await;
    let take = || attachments::upload_as_visitor(&desk.services, &visitor, "a.png", bytes(&[PNG]));
    let (one, two) = (take().await.unwrap(), take().await.unwrap());
    let token = one.url.split_once("?token=").unwrap().1.to_owned();
    assert_not_found(attachments::open_for_visitor(&desk.services, two.id, &token).await);
    let other = token.replace(&desk.world.a.id.to_string(), &desk.world.b.id.to_string());
    for bad in ["", "a.b.c", &other, &token[..token.len() - 2]] {
        assert_not_found(attachments::open_for_visitor(&desk.services, one.id, bad).await);
    }
    assert!(attachments::open_for_visitor(&desk.services, one.id, &token).await.is_ok());
    desk.world.clock.advance(chrono::TimeDelta::days(9));
    assert_not_found(attachments::open_for_visitor(&desk.services, one.id, &token).await);
}

#[tokio::test]
async fn files_that_are_empty_too_large_broken_or_programs_leave_nothing_behind() {
    let desk = desk().await;
    let visitor = desk.visitor().await;
    let upload = |parts: Vec<io::Result<Bytes>>| {
        attachments::upload_as_visitor(&desk.services, &visitor, "a.png", stream::iter(parts))
    };
    assert_eq!(invalid_fields(upload(vec![]).await), ["file"]);
    assert_eq!(invalid_fields(upload(vec![Ok(Bytes::from_static(b"MZ\x90\x00\x03"))]).await), ["file"]);
    let broken = vec![Ok(Bytes::from_static(PNG)), Err(io::Error::other("gone"))];
    assert_eq!(invalid_fields(upload(broken).await), ["file"]);
    let part = Bytes::from(vec![b'a'; 1024 * 1024]);
    let parts = (0..=MAX_ATTACHMENT_BYTES / part.len() as u64).map(|_| Ok(part.clone())).collect();
    assert!(matches!(upload(parts).await, Err(Error::TooLarge(_))));
    let folder = desk.services.settings.files_dir.join(desk.world.a.id.to_string());
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0);
}

#[tokio::test]
async fn a_visitor_uploads_only_where_and_as_much_as_the_channel_allows() {
    let desk = desk().await;
    let visitor = desk.visitor().await;
    for _ in 0..10 {
        attachments::upload_as_visitor(&desk.services, &visitor, "a.png", bytes(&[PNG])).await.unwrap();
    }
    let more = attachments::upload_as_visitor(&desk.services, &visitor, "a.png", bytes(&[PNG])).await;
    assert!(matches!(more, Err(Error::RateLimited { .. })));
    desk.settings(|settings| settings.file_upload = false).await;
    let other = desk.visitor().await;
    let refused = attachments::upload_as_visitor(&desk.services, &other, "a.png", bytes(&[PNG])).await;
    assert!(matches!(refused, Err(Error::Refused(_))));
}

#[tokio::test]
async fn members_files_stay_in_their_conversation_and_organization() {
    let desk = desk().await;
    let (visitor, id) = desk.conversation().await;
    let (_, elsewhere) = desk.conversation().await;
    let owner = || desk.world.a.owner.clone();
    let stranger = desk.world.b.owner.clone();
    let (a, b) = (desk.world.a.id, desk.world.b.id);
    assert_not_found(attachments::upload(&desk.services, b, stranger.clone(), id, "a.png", bytes(&[PNG])).await);
    let file = attachments::upload(&desk.services, a, owner(), id, "a.png", bytes(&[PNG])).await.unwrap();
    assert_not_found(attachments::open(&desk.services, b, stranger, file.id).await);
    assert!(matches!(attachments::open(&desk.services, a, visitor.actor(), file.id).await, Err(Error::Forbidden(_))));
    let with_file = || SendMessage { attachments: vec![file.id], ..reply("") };
    let mut cx = desk.cx().await;
    assert_eq!(invalid_fields(messages::send(&mut cx, elsewhere, with_file()).await), ["attachments"]);
    drop(cx);
    let theft = WidgetMessage { attachments: vec![file.id], ..widget_message("", "c1") };
    assert_eq!(invalid_fields(messages::receive(&desk.services, &visitor, theft).await), ["attachments"]);
    let mut cx = desk.cx().await;
    messages::send(&mut cx, id, with_file()).await.unwrap();
    desk.services.commit(cx).await.unwrap();
    let shown = visitors::conversation(&desk.services, &visitor).await.unwrap().unwrap();
    let seen = shown.messages.iter().flat_map(|message| &message.attachments).next().unwrap();
    assert!(seen.url.starts_with("/widget/api/files/"), "{}", seen.url);
}

#[tokio::test]
async fn files_are_refused_while_the_disk_is_nearly_full() {
    let desk = desk().await;
    let (visitor, id) = desk.conversation().await;
    let settings = Settings { disk_reserve: u64::MAX, ..(*desk.services.settings).clone() };
    let full = Services { settings: Arc::new(settings), ..desk.services.clone() };
    let (organization, owner) = (desk.world.a.id, || desk.world.a.owner.clone());
    let refused = attachments::upload_as_visitor(&full, &visitor, "a.png", bytes(&[PNG])).await;
    assert!(matches!(refused, Err(Error::NoRoom)), "{refused:?}");
    let refused = attachments::upload(&full, organization, owner(), id, "a.png", bytes(&[PNG])).await;
    assert!(matches!(refused, Err(Error::NoRoom)), "{refused:?}");
    let refused =
        knowledge::create_file(&full, organization, owner(), "Help", "a.txt", "text/plain", bytes(&[b"Nine to five."]));
    assert!(matches!(refused.await, Err(Error::NoRoom)));
    assert!(!full.settings.files_dir.join(organization.to_string()).exists(), "nothing was begun");
    // What is no file goes on.
    desk.says(&visitor, "Nine to five?").await;
}
