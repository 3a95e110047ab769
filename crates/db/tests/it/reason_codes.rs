//! Sentences that were stored before there were codes are recognised by the migration.

use db::{
    sqlx::{self, Connection, PgConnection},
    testing,
};
use types::{
    knowledge::{NotRead, NotReadCode as Code},
    reason::ReasonCode,
};

const MIGRATION: &str = include_str!("../../../../migrations/0021_reason_codes.sql");

/// A reason with what its sentence tells; none for those of which no sentence was stored, and for the rest.
fn example(code: Code) -> Option<NotRead> {
    let host = || code.of("shop.example:8443");
    Some(match code {
        Code::Cancelled | Code::Other => return None,
        Code::PrivateAddress | Code::UnknownHost | Code::NoAnswer | Code::RedirectsAway | Code::SameText => host(),
        Code::NoConnection | Code::BrokenAnswer => NotRead { words: Some("refused: 7".into()), ..host() },
        Code::InvalidAddress | Code::TooLarge | Code::EmbeddingFailed => code.said("it is: so"),
        Code::Unsupported => code.of("an image"),
        Code::LargeAnswer
        | Code::Redirects
        | Code::NotPublic
        | Code::NotThere
        | Code::TooManyRequests
        | Code::SiteFault
        | Code::OtherStatus
        | Code::TooSlow => code.number(404u64),
        Code::NoRobots => code.because(Code::SiteFault.number(503u64)),
        Code::NoPage => NotRead { number: Some(5), ..code.because(Code::NoRobots.because(Code::NoAnswer.of("x.y"))) },
        Code::RobotsForbid
        | Code::OnlyLinks
        | Code::Encrypted
        | Code::Scanned
        | Code::Damaged
        | Code::NoText
        | Code::FileMissing
        | Code::NoContent
        | Code::InstallationFault
        | Code::GivenUp
        | Code::NothingRead => code.into(),
    })
}

/// The sentence of a reason in the words that were stored then.
fn sentence(why: &NotRead) -> String {
    why.to_string()
        .replace("the site's robots.txt cannot be read", "robots.txt of the site cannot be had")
        .replace("the site's robots.txt forbids reading", "robots.txt of the site forbids to read")
}

#[tokio::test]
async fn stored_sentences_get_their_codes() {
    // Tables of its own, which hide those of the same names from this connection.
    let mut connection = PgConnection::connect(&testing::owner_url().await).await.unwrap();
    for table in ["knowledge_syncs", "knowledge_sync_pages"] {
        let sql = format!("create temporary table {table} (reason text)");
        sqlx::raw_sql(&sql).execute(&mut connection).await.unwrap();
    }
    let known: Vec<NotRead> = Code::ALL.iter().filter_map(|code| example(*code)).collect();
    let known = known.into_iter().chain([Code::Damaged.said("its structure\nmakes no sense")]);
    let mut stored: Vec<(String, Option<NotRead>)> = known.map(|why| (sentence(&why), Some(why))).collect();
    stored.push(("something else".into(), None));
    stored.push(("robots.txt of the site cannot be had: something else".into(), None));
    let partly = NotRead { number: Some(2), ..Code::NoPage.because(Code::Other.said("something else")) };
    stored.push((sentence(&partly), Some(partly)));
    for (sentence, _) in &stored {
        for table in ["knowledge_syncs", "knowledge_sync_pages"] {
            let sql = format!("insert into {table} (reason) values ($1)");
            sqlx::query(&sql).bind(sentence).execute(&mut connection).await.unwrap();
        }
    }
    sqlx::raw_sql(MIGRATION).execute(&mut connection).await.unwrap();
    for (sentence, expected) in stored {
        for table in ["knowledge_syncs", "knowledge_sync_pages"] {
            let sql = format!("select reason_code from {table} where reason = $1");
            let code: Option<serde_json::Value> =
                sqlx::query_scalar(&sql).bind(&sentence).fetch_one(&mut connection).await.unwrap();
            let code: Option<NotRead> = code.map(|code| serde_json::from_value(code).unwrap());
            assert_eq!(code, expected, "{table}: {sentence}");
        }
    }
}
