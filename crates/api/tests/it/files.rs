use std::time::Duration;

use axum::{
    body::Body,
    http::{Request, header, request::Builder},
};
use db::{
    Actor,
    testing::{self, Organization},
};
use domain::{accounts, members, roles};
use serde_json::{Value, json};
use types::{id::ConversationId, member::Role, permission::Permission};

use crate::support::{Answer, HOST, Tenant, World, world};

/// The smallest picture: one transparent pixel.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\0\x01\0\0\x05\0\x01\r\n-\xb4\0\0\0\0IEND\xaeB`\x82";

/// A form as our own pages send it.
fn form(path: &str) -> Builder {
    Request::post(path)
        .header(header::HOST, HOST)
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
}

fn body(name: &str, bytes: &[u8]) -> Body {
    let head = format!("--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
    Body::from([head.as_bytes(), bytes, b"\r\n--x--\r\n"].concat())
}

async fn visitor_uploads(world: &World, token: &str, name: &str, bytes: &[u8]) -> Answer {
    let request = form("/widget/api/uploads").header(header::AUTHORIZATION, format!("Bearer {token}"));
    world.ask(request.body(body(name, bytes)).unwrap()).await
}

async fn member_uploads(world: &World, tenant: &Tenant, path: &str, name: &str, bytes: &[u8]) -> Answer {
    let request = form(path).header(header::COOKIE, format!("biseda_session={}", tenant.session));
    world.ask(request.body(body(name, bytes)).unwrap()).await
}

async fn member_gets(world: &World, tenant: &Tenant, path: &str) -> Answer {
    world.get(path, &[("cookie", &format!("biseda_session={}", tenant.session))]).await
}

#[tokio::test]
async fn a_visitors_picture_reaches_the_member_and_nobody_else() {
    let world = world().await;
    let visitor = world.visitor(&world.a).await;
    let token = visitor.token.clone().unwrap();
    let picture = visitor_uploads(&world, &token, "receipt <b>.png", PNG).await.ok();
    assert_eq!((&picture["media_type"], &picture["is_inline"]), (&json!("image/png"), &json!(true)));

    let message = json!({"content": "", "client_id": "c-1", "attachments": [picture["id"]]});
    let sent = visitor.post("messages", message).await.ok()["message"].clone();
    let link = sent["attachments"][0]["url"].as_str().unwrap();
    let shown = world.get(link, &[]).await;
    assert_eq!(shown.status, 200);
    assert_eq!(shown.header("x-content-type-options"), "nosniff");
    assert_eq!(shown.header("content-security-policy"), "default-src 'none'; sandbox");
    assert!(shown.header("content-disposition").starts_with("inline; filename=\"receipt _b_.png\""));

    let path = format!("/files/{}", picture["id"].as_str().unwrap());
    assert_eq!(member_gets(&world, &world.a, &path).await.status, 200);
    assert_eq!(member_gets(&world, &world.b, &path).await.status, 404, "another organization has no such file");
    assert_eq!(world.get(&path, &[]).await.status, 401);
    let other = link.replace(picture["id"].as_str().unwrap(), &uuid::Uuid::new_v4().to_string());
    assert_eq!(world.get(&other, &[]).await.status, 404, "a link opens its own file only");

    // Another visitor cannot send the file as its own.
    let thief = world.visitor(&world.a).await;
    let stolen = json!({"content": "mine", "client_id": "c-2", "attachments": [picture["id"]]});
    thief.post("messages", stolen).await.refused(422);
}

#[tokio::test]
async fn a_file_that_is_left_out_of_the_message_is_gone_and_makes_room_for_another() {
    let world = world().await;
    let (visitor, thief, stranger) =
        (world.visitor(&world.a).await, world.visitor(&world.a).await, world.visitor(&world.b).await);
    let token = visitor.token.clone().unwrap();
    let mut files = Vec::new();
    for _ in 0..10 {
        files.push(visitor_uploads(&world, &token, "receipt.png", PNG).await.ok());
    }
    let uploads = |file: &Value| format!("uploads/{}", file["id"].as_str().unwrap());
    for other in [&thief, &stranger] {
        other.delete(&uploads(&files[0])).await.refused(404);
    }
    visitor.delete(&uploads(&files[0])).await.ok();
    visitor.delete(&uploads(&files[0])).await.refused(404);
    assert_eq!(world.get(files[0]["url"].as_str().unwrap(), &[]).await.status, 404);

    // What was sent stays.
    let message = json!({"content": "", "client_id": "c-1", "attachments": [files[1]["id"]]});
    visitor.post("messages", message).await.ok();
    visitor.delete(&uploads(&files[1])).await.refused(404);
    assert_eq!(world.get(files[1]["url"].as_str().unwrap(), &[]).await.status, 200);
}

#[tokio::test]
async fn a_file_in_a_browsers_cache_is_no_longer_shown_to_who_may_not_see_it() {
    let world = world().await;
    let visitor = world.visitor(&world.a).await;
    let picture = visitor_uploads(&world, visitor.token.as_deref().unwrap(), "receipt.png", PNG).await.ok();
    let (id, link) = (picture["id"].as_str().unwrap(), picture["url"].as_str().unwrap());
    let path = format!("/files/{id}");
    let again = async |path: &str, session: &str, known: &str| {
        world.get(path, &[("cookie", &format!("biseda_session={session}")), ("if-none-match", known)]).await
    };
    let first = member_gets(&world, &world.a, &path).await;
    assert_eq!((first.status.as_u16(), first.header("cache-control")), (200, "private, no-cache"));
    let mark = first.header("etag").to_owned();

    // Who may see it and has it is not sent it again; what is kept with it stays the same.
    for answer in [again(&path, &world.a.session, &mark).await, world.get(link, &[("if-none-match", &mark)]).await] {
        assert_eq!((answer.status.as_u16(), answer.text.as_str(), answer.header("etag")), (304, "", mark.as_str()));
        for name in ["cache-control", "content-security-policy", "x-content-type-options"] {
            assert_eq!(answer.header(name), first.header(name));
        }
    }
    assert_eq!(again(&path, &world.a.session, "\"another\"").await.status, 200);

    // Who may not see it is not even told that it has not changed.
    let changed = link.replacen("token=", "token=x", 1);
    for known in [mark.as_str(), "*"] {
        assert_eq!(again(&path, &world.b.session, known).await.status, 404);
        assert_eq!(world.get(&changed, &[("if-none-match", known)]).await.status, 404);
        assert_eq!(world.get(&path, &[("if-none-match", known)]).await.status, 401);
    }
    let mut cx = world.cx(&world.a).await;
    let role = roles::create(&mut cx, "Buyer", &[Permission::ContactsRead]).await.unwrap();
    world.services.commit(cx).await.unwrap();
    let organization = Organization { id: world.a.id, owner: world.a.owner.clone() };
    let member = testing::member(&world.services.db, &organization, "Mira", Role::Member).await;
    let Actor::Member { id: member_id, user_id, .. } = member else { panic!("a member") };
    let (session, _) = world.session(user_id, world.a.id).await;
    assert_eq!(again(&path, &session, &mark).await.status, 304);
    let mut cx = world.cx(&world.a).await;
    members::change_role(&mut cx, member_id, role.to_string().parse().unwrap()).await.unwrap();
    world.services.commit(cx).await.unwrap();
    assert_eq!(again(&path, &session, &mark).await.status, 403, "the permission was withdrawn");
    accounts::log_out(&world.services, &world.a.session).await.unwrap();
    assert_eq!(again(&path, &world.a.session, &mark).await.status, 401, "the member has signed out");
}

#[tokio::test]
async fn a_file_that_is_a_program_is_never_shown_in_a_page() {
    let world = world().await;
    let visitor = world.visitor(&world.a).await;
    let token = visitor.token.clone().unwrap();
    let page: &[u8] = b"<!doctype html><script>alert(1)</script>";
    for name in ["page.html", "photo.png", "drawing.svg"] {
        let answer = visitor_uploads(&world, &token, name, page).await;
        if answer.status == 200 {
            let link = answer.ok()["url"].as_str().unwrap().to_owned();
            let served = world.get(&link, &[]).await;
            assert!(served.header("content-disposition").starts_with("attachment"), "{name}");
            assert!(!served.header("content-type").starts_with("image/"), "{name}");
        } else {
            assert_eq!(answer.refused(422)["details"][0]["field"], "file");
        }
    }
    visitor_uploads(&world, &token, "empty.txt", b"").await.refused(422);
    visitor_uploads(&world, "v1.no.token", "a.png", PNG).await.refused(401);
    world.settings(|settings| settings.file_upload = false).await;
    visitor_uploads(&world, &token, "a.png", PNG).await.refused(403);
}

#[tokio::test]
async fn a_file_above_the_limit_is_refused() {
    let world = world().await;
    let visitor = world.visitor(&world.a).await;
    let large = [PNG, &vec![0; 20 * 1024 * 1024]].concat();
    let answer = visitor_uploads(&world, visitor.token.as_deref().unwrap(), "large.png", &large).await;
    assert_eq!(answer.refused(413)["code"], "too_large");
}

#[tokio::test]
async fn members_add_files_to_conversations_and_to_the_knowledge() {
    let world = world().await;
    let visitor = world.visitor(&world.a).await;
    let id: ConversationId = serde_json::from_value(visitor.writes("Hello").await["conversation_id"].clone()).unwrap();
    let path = format!("/uploads/{id}");
    member_uploads(&world, &world.a, &path, "manual.png", PNG).await.ok();
    assert_eq!(member_uploads(&world, &world.b, &path, "manual.png", PNG).await.status, 404);

    let text = b"Returns are free within 30 days.";
    let source: Value = member_uploads(&world, &world.a, "/uploads/knowledge", "returns.txt", text).await.ok();
    assert_eq!(source["name"], "returns.txt");

    // The form works without a script too: it leads to the source's page.
    let request = form("/uploads/knowledge")
        .header(header::COOKIE, format!("biseda_session={}", world.a.session))
        .header(header::ACCEPT, "text/html,*/*");
    let led = world.ask(request.body(body("returns.md", text)).unwrap()).await;
    assert_eq!(led.status, 303);
    assert!(led.header("location").starts_with("/app/knowledge/"));

    // Another site's page cannot send it in the member's name.
    let request = Request::post("/uploads/knowledge")
        .header(header::HOST, HOST)
        .header("sec-fetch-site", "cross-site")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
        .header(header::COOKIE, format!("biseda_session={}", world.a.session));
    world.ask(request.body(body("returns.txt", text)).unwrap()).await.refused(403);
}

#[tokio::test]
async fn a_disk_that_is_nearly_full_is_told_in_words() {
    let world = world().await;
    let token = world.visitor(&world.a).await.token.unwrap();
    let settings = domain::Settings { disk_reserve: u64::MAX, ..(*world.services.settings).clone() };
    let services = domain::Services { settings: settings.into(), ..world.services.clone() };
    let world = World { router: api::router(services.clone()), services, ..world };
    let knowledge = member_uploads(&world, &world.a, "/uploads/knowledge", "help.txt", b"Nine to five.").await;
    for answer in [visitor_uploads(&world, &token, "a.png", PNG).await, knowledge] {
        let error = answer.refused(507);
        assert_eq!(error["code"], "unavailable");
        assert!(error["message"].as_str().unwrap().contains("no space left for files"), "{error}");
    }
}

#[tokio::test]
async fn one_address_sends_so_much_in_a_day_whatever_visitors_it_makes_itself() {
    let world = world().await;
    let upload = async |organization| {
        let visitor = world.visitor(organization).await;
        // Nothing is said of how long it is: it counts as the largest.
        visitor_uploads(&world, visitor.token.as_deref().unwrap(), "a.png", PNG).await
    };
    for _ in 0..10 {
        upload(&world.a).await.ok();
    }
    // One more may come every three seconds, were it not for the day.
    tokio::time::sleep(Duration::from_millis(3_500)).await;
    assert_eq!(upload(&world.a).await.refused(403)["code"], "limit_reached");
    // What is sent to another organization has a day of its own.
    tokio::time::sleep(Duration::from_millis(3_500)).await;
    upload(&world.b).await.ok();
}
