use axum::{
    body::Body,
    extract::{Query, State},
    http::header,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use domain::{Error, Services, audit};
use futures::stream;
use serde::Deserialize;
use types::audit::{AuditEntry, AuditFilter};

use crate::{Api, error::ApiResult, extract::Member};

const COLUMNS: [&str; 12] = [
    "number",
    "time",
    "actor_type",
    "actor_id",
    "actor",
    "action",
    "resource_id",
    "before",
    "after",
    "ip",
    "user_agent",
    "impersonated",
];

/// Rows that are read at a time.
const BATCH: i64 = 500;

/// What the page filters by, in the words of its address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    action: String,
    from: String,
    until: String,
}

/// `GET /exports/audit.csv`: the audit log, newest first, read and sent piece by piece.
pub(super) async fn audit(State(api): State<Api>, member: Member, Query(wanted): Query<Wanted>) -> ApiResult<Response> {
    let mut cx = api.services.db.begin(member.organization(), member.authenticated.actor()).await?;
    let filter = audit::filter_of_days(&mut cx, &wanted.action, &wanted.from, &wanted.until).await?;
    drop(cx);
    let mut export = Export { services: api.services, member, filter, reached: None };
    audit::seal(&export.services).await?;
    // What is refused is refused before anything was sent.
    let beginning = export.next().await?;
    let rows = stream::try_unfold((export, Some(beginning)), |(mut export, ready)| async move {
        let rows = match ready {
            Some(rows) => rows,
            None => export.next().await?,
        };
        Ok::<_, Error>((!rows.is_empty()).then_some((rows, (export, None))))
    });
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"audit.csv\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, Body::from_stream(rows)).into_response())
}

/// Where a download stands.
struct Export {
    services: Services,
    member: Member,
    filter: AuditFilter,
    /// The number of the last row that was read.
    reached: Option<i64>,
}

impl Export {
    /// The next rows as CSV, the names of the columns before the first; empty when that was all. Each piece has a
    /// transaction of its own: a slow reader holds none.
    async fn next(&mut self) -> domain::Result<Bytes> {
        let actor = self.member.authenticated.actor();
        let mut cx = self.services.db.begin(self.member.organization(), actor).await?;
        let entries = audit::before(&mut cx, &self.filter, self.reached, BATCH).await?;
        let mut writer = csv::Writer::from_writer(Vec::new());
        let write = |error: csv::Error| Error::Internal(error.into());
        if self.reached.is_none() {
            writer.write_record(COLUMNS).map_err(write)?;
        }
        for entry in &entries {
            writer.write_record(fields(entry)).map_err(write)?;
            self.reached = Some(entry.seq);
        }
        // Nothing found is a table without rows, and then over.
        self.reached = self.reached.or(Some(0));
        let rows = writer.into_inner().map_err(|error| Error::Internal(error.into_error().into()))?;
        Ok(rows.into())
    }
}

fn fields(entry: &AuditEntry) -> [String; COLUMNS.len()] {
    let text = |text: &Option<String>| text.as_deref().map(inert).unwrap_or_default();
    let id = |id: Option<uuid::Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    let state =
        |state: &Option<serde_json::Value>| state.as_ref().map(|state| inert(&state.to_string())).unwrap_or_default();
    [
        entry.seq.to_string(),
        entry.created_at.to_rfc3339(),
        entry.actor_type.clone(),
        id(entry.actor_id),
        text(&entry.actor_name),
        entry.action.clone(),
        id(entry.resource_id),
        state(&entry.before),
        state(&entry.after),
        text(&entry.ip),
        text(&entry.user_agent),
        entry.impersonated.to_string(),
    ]
}

/// A text of which no spreadsheet takes any part for a formula, also one that separates cells by something else than
/// commas: there a quoted cell is split at what stands in it. Source: OWASP, CSV Injection.
fn inert(text: &str) -> String {
    let mut inert = String::with_capacity(text.len());
    let mut begins_cell = true;
    for char in text.chars() {
        if begins_cell && matches!(char, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠') {
            inert.push('\'');
        }
        begins_cell =
            matches!(char, ';' | '\t' | '\r' | '\n') || (begins_cell && (char.is_whitespace() || char == '"'));
        inert.push(char);
    }
    inert
}

#[cfg(test)]
mod tests {
    use super::inert;

    #[test]
    fn a_formula_becomes_text() {
        for (formula, text) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@sum(a1)", "'@sum(a1)"),
            ("＝1", "'＝1"),
            (" =1", " '=1"),
            ("\t=1", "\t'=1"),
            ("Ana;=1+1;Bea", "Ana;'=1+1;Bea"),
            ("Ana; \"=1\"", "Ana; \"'=1\""),
            ("Ana\r\n@sum(a1)\n-1", "Ana\r\n'@sum(a1)\n'-1"),
        ] {
            assert_eq!(inert(formula), text);
        }
        for text in ["", "Ana = Bea", "a-b", "{\"balance\":-1}"] {
            assert_eq!(inert(text), text);
        }
    }

    #[test]
    fn tables_take_hostile_bytes() {
        let words = ["=", "+", "-", "@", "\t", "\r\n", "\"", "\"\"", ",", ";", "\0", "'", "＝"];
        fuzz::text(&["=1+1", "Ana \"Bea\", Hoxha", "-2;@sum(a1)"], &words, |text| {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record([inert(text).as_str(), "next"]).unwrap();
            let table = writer.into_inner().unwrap();
            // One row of two cells, whatever stands in the first; of any other separators' cells none counts.
            let rows: Vec<csv::StringRecord> = csv::ReaderBuilder::new()
                .has_headers(false)
                .from_reader(table.as_slice())
                .records()
                .map(Result::unwrap)
                .collect();
            assert_eq!((rows.len(), rows[0].len(), &rows[0][1]), (1, 2, "next"));
            let begins = |cell: &str| cell.trim_start_matches([' ', '"']).starts_with(['=', '+', '-', '@', '＝']);
            assert!(!rows[0][0].split([';', '\t', '\r', '\n']).any(begins), "{rows:?}");
            assert_eq!(rows[0][0].replace('\'', ""), text.replace('\'', ""));
        });
    }
}
