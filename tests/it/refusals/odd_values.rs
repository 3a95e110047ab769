//! Every server function, posted by an owner with values that no page sends.

use super::furnished::{functions_of_members, two_organizations};

/// Numbers beyond what types, times and pages can be, and texts that the database or a log does not keep as they are.
const VALUES: &[&str] = &[
    "",
    "-1",
    "99999999999999999999",
    "9223372036854775807",
    "-9223372036854775808",
    "2147483647",
    "100000000000",
    "1e308",
    "0001-01-01T00:00",
    "262142-12-31T23:59",
    "a\0b",
    "\u{202e}\u{feff}\u{fffd}\u{1f980}",
    "' or 1=1 -- %",
    "../../etc/passwd",
    "{\"a\":[",
];

#[tokio::test]
async fn no_value_is_our_fault() {
    let functions = functions_of_members();
    let (service, _, own) = two_organizations(&functions).await;
    let things = own.arguments();
    let long = "\u{1f980}".repeat(20_000);
    let mut faults = Vec::new();
    for function in &functions {
        for field in function.fields.iter().filter(|field| !field.name().contains("password")) {
            for value in VALUES.iter().copied().chain([long.as_str()]) {
                service.go_to(&own.id).await;
                let answer = function.post_with(&own.owner, &things, field, value).await;
                if answer.status >= 500 {
                    let value: String = value.chars().take(30).collect();
                    faults.push(format!(
                        "{}::{} with {value:?} as {}: {answer:?}",
                        function.area,
                        function.name,
                        field.name()
                    ));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    service.program.stop().await;
}
