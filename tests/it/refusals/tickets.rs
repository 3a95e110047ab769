//! What a ticket opens in place of a session, posted by its holder with what belongs to others.

use super::{
    CANARY, WITH_A_TICKET,
    furnished::{PASSWORD, function, functions_of_members, two_organizations},
};
use crate::support::{Browser, NOTHING, functions};

#[tokio::test]
async fn what_is_not_offered_to_the_holder_of_a_ticket_is_as_if_it_were_not_there() {
    let (service, other, own) = two_organizations(&functions_of_members()).await;
    // The owner's organizations are deleted: the one for good, the other not yet.
    service
        .sql(&format!(
            "update organizations set status = 'deleted', deleted_at = now() where id = '{}';
             update users set email_verified_at = now() where email = 'owner@example.com';
             delete from passkeys where user_id in (select id from users where email = 'owner@example.com')",
            own.id
        ))
        .await;
    let before = service.state_of_organization(&other.id).await;
    let signed_in = Browser::at(&service.program).log_in("owner@example.com", PASSWORD).await;
    assert_eq!((signed_in.location.as_str(), &signed_in.cookie), ("/login/organization", &None), "{signed_in:?}");
    let holder = Browser::holding(signed_in.ticket.expect("a ticket"), &service.program);
    assert_eq!(holder.get("/app").await.status, 303, "a ticket is no session");
    let page = holder.get("/login/organization").await.text;
    assert!(page.contains("Former Drini Books") && !page.contains(CANARY), "{page}");

    let functions = functions();
    let ids: Vec<&str> = other.ids().into_iter().chain([other.id.as_str()]).collect();
    for name in WITH_A_TICKET {
        let function = function(&functions, name);
        for field in function.fields.iter().filter(|field| field.kind().ends_with("Id")) {
            let nothing = function.post_with(&holder, &[], field, NOTHING).await;
            assert_eq!(nothing.status, 404, "{name}: {nothing:?}");
            for id in &ids {
                let answer = function.post_with(&holder, &[], field, id).await;
                assert!(!answer.text.contains(CANARY) && answer.cookie.is_none(), "{name} with {id}: {answer:?}");
                assert_eq!((answer.status, answer.text), (nothing.status, nothing.text.clone()), "{name} with {id}");
            }
        }
    }
    service.assert_unchanged(&other.id, &before, "the holder of a ticket").await;

    // Whoever holds it can leave, also by beginning anew as somebody else.
    assert!(page.contains("action=\"/rpc/log_out"), "{page}");
    let left = function(&functions, "log_out").post(&holder, &[]).await;
    assert_eq!(left.ticket.as_deref(), Some("biseda_no_organization="), "{left:?}");
    let other = [("log_in.email", "canary@example.com"), ("log_in.password", PASSWORD)];
    let entered = function(&functions, "log_in").post(&holder, &other).await;
    assert_eq!(entered.ticket.as_deref(), Some("biseda_no_organization="), "{entered:?}");

    let restore = function(&functions, "enter_restored");
    let entered = restore.post(&holder, &[("OrganizationId", own.thing("OrganizationId"))]).await;
    assert_eq!((entered.status, entered.text.as_str()), (200, "\"/app\""), "{entered:?}");
    let member = Browser::holding(entered.cookie.expect("a session"), &service.program);
    assert!(member.get("/app").await.text.contains("Former Drini Books"));
    let again = restore.post(&holder, &[("OrganizationId", own.thing("OrganizationId"))]).await;
    assert_eq!(again.status, 401, "the ticket has opened a session: {again:?}");
    service.program.stop().await;
}
