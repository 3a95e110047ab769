//! Answers of devices that are other than any device's.

use chrono::TimeDelta;
use domain::accounts;

use super::{PASSWORD, add, does_not_fit, passkeys};
use crate::{
    authenticator::Device,
    mails::sign_up,
    support::{browser, own_services},
};

/// Runs in a thread of its own, as the cases come one after the other without an end of the test's own.
#[test]
fn answers_of_devices_take_hostile_bytes() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (services, clock) = runtime.block_on(own_services());
    let (somebody, mut device) = runtime.block_on(async {
        let (somebody, _) = sign_up(&services).await;
        let mut device = Device::new();
        add(&services, &somebody, &mut device, "Laptop").await;
        (somebody, device)
    });
    // What was signed in an answer cannot be known before: the marks stand for it.
    let example = |answer: &str| {
        let answer: serde_json::Value = serde_json::from_str(answer).unwrap();
        let mut parts = vec![answer["id"].as_str().unwrap().to_owned()];
        parts.extend(
            answer["response"].as_object().unwrap().values().filter_map(|part| part.as_str().map(str::to_owned)),
        );
        let text = parts
            .iter()
            .enumerate()
            .fold(answer.to_string(), |text, (at, part)| text.replace(part, &format!("<{at}>")));
        (text, parts)
    };
    let fill = |text: &str, parts: &[String]| {
        parts.iter().enumerate().fold(text.to_owned(), |text, (at, part)| text.replace(&format!("<{at}>"), part))
    };
    let words = [
        "<0>",
        "<1>",
        "<2>",
        "<3>",
        "<4>",
        "null",
        "\"\"",
        "{}",
        "[[",
        "AAAA",
        "=",
        "\"public-key\"",
        "\"cross-platform\"",
        "\"credProps\":{\"rk\":true}",
        "\"prf\":{\"enabled\":true}",
        "\"largeBlob\":{}",
        "\\u0000",
        "1e999",
    ];
    let question = runtime.block_on(accounts::ask_passkey(&services)).unwrap();
    let (get, _) = example(&device.get(&question.options));
    fuzz::few_text(60, &[&get], &words, |text| {
        // Nobody is locked out for the answers of the cases before.
        clock.advance(TimeDelta::days(2));
        let question = runtime.block_on(accounts::ask_passkey(&services)).unwrap();
        let (_, parts) = example(&device.get(&question.options));
        let answer = fill(text, &parts);
        match runtime.block_on(accounts::passkey_log_in(&services, &question.token, &answer, &browser())) {
            // Words beside what was signed may be others.
            Ok(entry) => assert_eq!(entry.signed_in().unwrap().me.user_id, somebody.me.user_id),
            refused => does_not_fit(refused),
        }
        // And none is good again.
        does_not_fit(runtime.block_on(accounts::passkey_log_in(&services, &question.token, &answer, &browser())));
    });
    // Adding, by another person.
    let (adding, _) = runtime.block_on(sign_up(&services));
    let begin = || runtime.block_on(accounts::begin_passkey(&services, &adding, "Key", PASSWORD)).unwrap();
    let (create, _) = example(&Device::new().create(&begin()));
    fuzz::few_text(20, &[&create], &words, |text| {
        let (_, parts) = example(&Device::new().create(&begin()));
        let finish = || runtime.block_on(accounts::finish_passkey(&services, &adding, &fill(text, &parts)));
        let is_added = match finish() {
            Ok(_) => true,
            refused => {
                does_not_fit(refused);
                false
            }
        };
        does_not_fit(finish());
        let kept = runtime.block_on(passkeys(&services, &adding));
        assert_eq!(kept.len(), usize::from(is_added), "{text}");
        for one in kept {
            runtime.block_on(accounts::remove_passkey(&services, &adding, one.id, PASSWORD)).unwrap();
        }
    });
}
