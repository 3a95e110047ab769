use crate::support::world;

#[tokio::test]
async fn the_page_carries_what_the_channel_sets_and_nothing_of_it_as_markup() {
    let world = world().await;
    let attack = "</script><script>alert(1)</script>";
    world
        .settings(|settings| {
            settings.title = format!("Alba {attack}");
            settings.greeting = attack.into();
            settings.quick_replies = vec!["<b>How?</b>".into()];
            settings.color = "#facc15".into();
        })
        .await;
    let page = world.get(&format!("/widget/{}", world.a.channel.public_key), &[]).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("--brand:#facc15;--on-brand:#000000"), "text on the colour is readable");
    assert!(!page.text.contains("<script>alert"), "{}", page.text);
    assert!(!page.text.contains("<b>How"), "{}", page.text);
    assert!(page.text.contains("&lt;/script&gt;"), "the title is shown as it was written");
    assert!(page.text.contains("<noscript>"));

    let policy = page.header("content-security-policy");
    assert!(policy.contains("default-src 'none'; script-src 'self'; style-src 'self' 'sha256-"), "{policy}");
    assert!(!policy.contains("frame-ancestors"), "with no allowed domains every site may embed it");
}

#[tokio::test]
async fn pictures_come_from_us_and_from_the_channels_own_server_only() {
    let world = world().await;
    let pictures = async || {
        let page = world.get(&format!("/widget/{}", world.a.channel.public_key), &[]).await;
        let policy = page.header("content-security-policy");
        policy.split("; ").find(|directive| directive.starts_with("img-src")).unwrap().to_owned()
    };
    assert_eq!(pictures().await, "img-src 'self' data: blob:");
    world
        .settings(|settings| settings.avatar_url = "https://cdn.alba.example:8443/a.png?b=1;%20script-src".into())
        .await;
    assert_eq!(pictures().await, "img-src 'self' data: blob: https://cdn.alba.example:8443");
}

#[tokio::test]
async fn the_page_speaks_the_language_of_the_browser_or_of_the_channel() {
    let world = world().await;
    let path = format!("/widget/{}", world.a.channel.public_key);
    let albanian = world.get(&path, &[("accept-language", "sq-AL,sq;q=0.9")]).await;
    assert!(albanian.text.contains(r#"lang="sq" dir="ltr""#));
    let mirrored = world.get(&format!("{path}?lang=en&dir=rtl"), &[("accept-language", "sq")]).await;
    assert!(mirrored.text.contains(r#"lang="en" dir="rtl""#));
    world.settings(|settings| settings.language = "sq".into()).await;
    assert!(world.get(&path, &[("accept-language", "en")]).await.text.contains(r#"lang="sq""#));
    // The button as well.
    let button = format!("/widget/api/appearance/{}", world.a.channel.public_key);
    let open = async |path: &str| world.get(path, &[]).await.ok()["labels"]["open"].clone();
    let (channel, page) = (open(&button).await, open(&format!("{button}?lang=en")).await);
    assert_ne!(channel, page);
    assert_eq!(page, "Open chat");
}

#[tokio::test]
async fn only_allowed_sites_get_the_button_and_the_frame() {
    let world = world().await;
    let key = &world.a.channel.public_key;
    let button = format!("/widget/api/appearance/{key}");
    let anywhere = world.get(&button, &[("origin", "https://anything.example")]).await;
    assert_eq!(anywhere.header("access-control-allow-origin"), "*");
    assert!(anywhere.header("cache-control").contains("public"));
    assert_eq!(anywhere.ok()["labels"]["open"], "Open chat");

    world.settings(|settings| settings.allowed_domains = vec!["alba.example".into(), "*.alba.example".into()]).await;
    for (origin, status) in [
        ("https://alba.example", 200),
        ("https://shop.alba.example", 200),
        ("http://biseda.test", 200),
        ("https://evil.example", 403),
        ("https://alba.example.evil.example", 403),
        ("null", 403),
    ] {
        let answer = world.get(&button, &[("origin", origin)]).await;
        assert_eq!(answer.status, status, "{origin}");
        assert_eq!(answer.header("access-control-allow-origin"), "*", "the reason is readable: {origin}");
    }
    let page = world.get(&format!("/widget/{key}"), &[]).await;
    let policy = page.header("content-security-policy");
    assert!(policy.ends_with("frame-ancestors 'self' http://alba.example http://*.alba.example"), "{policy}");
}

#[tokio::test]
async fn an_unknown_key_is_not_found() {
    let world = world().await;
    for key in ["nonsense", "%3Cscript%3E", &"x".repeat(500)] {
        let page = world.get(&format!("/widget/{key}"), &[]).await;
        assert_eq!(page.status, 404);
        assert!(!page.text.contains("script>"));
        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("frame-ancestors"), "{policy}");
        assert!(page.text.contains("This chat is switched off."));
        let albanian = world.get(&format!("/widget/{key}?lang=sq"), &[]).await;
        assert!(albanian.text.contains(r#"<html lang="sq">"#), "{}", albanian.text);
        assert_eq!(world.get(&format!("/widget/api/appearance/{key}"), &[]).await.refused(404)["code"], "not_found");
    }
}
