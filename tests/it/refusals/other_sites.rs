//! Every server function, posted by a page of another site in the browser of somebody who is signed in.

use super::Service;
use crate::support::functions;

#[tokio::test]
async fn pages_of_other_sites_post_nothing() {
    let service = Service::start().await;
    let owner = service.owner("Canary Roastery", "canary@example.com").await;
    let own = service.program.url("");
    let before = service.state().await;
    // What browsers say of it, and what those say that know no more than `Origin`. Some pages have none.
    for origin in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", "http://127.0.0.1"),
        ("x-nothing", "said"),
    ] {
        let elsewhere = owner.at_page_of(origin);
        for function in functions() {
            let answer = function.post(&elsewhere, &[]).await;
            let name = format!("{}::{} by {origin:?}", function.area, function.name);
            assert!(answer.status == 403 && answer.text.contains("from another site"), "{name}: {answer:?}");
            assert!(answer.cookie.is_none(), "{name}: {answer:?}");
        }
    }
    assert_eq!(service.state().await, before, "what was refused changed nothing");
    // The same person at the program's own page, of whose origin the browser tells.
    let page = owner.at_page_of(("origin", Box::leak(own.into_boxed_str())));
    let functions = functions();
    let load_me = functions.iter().find(|function| function.name == "load_me").unwrap();
    assert!(load_me.post(&page, &[]).await.text.contains("canary@example.com"));
    service.program.stop().await;
}
