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
    let filter = AuditFilter::of_days(&wanted.action, &wanted.from, &wanted.until);
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

/// A text that no spreadsheet takes for a formula. Source: OWASP, CSV Injection.
fn inert(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    if is_formula { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_formula_becomes_text() {
        for formula in ["=1+1", "+1", "-1", "@sum(a1)", "\t=1", "\r=1", "\n=1"] {
            assert_eq!(super::inert(formula), format!("'{formula}"));
        }
        assert_eq!(super::inert("Ana = Bea"), "Ana = Bea");
    }

    #[test]
    fn tables_take_hostile_bytes() {
        let words = ["=", "+", "-", "@", "\t", "\r\n", "\"", "\"\"", ",", ";", "\0", "'"];
        fuzz::text(&["=1+1", "Ana \"Bea\", Hoxha", "-2;@sum(a1)"], &words, |text| {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record([super::inert(text).as_str(), "next"]).unwrap();
            let table = writer.into_inner().unwrap();
            let rows: Vec<csv::StringRecord> = csv::ReaderBuilder::new()
                .has_headers(false)
                .from_reader(table.as_slice())
                .records()
                .map(Result::unwrap)
                .collect();
            // One row of two cells, whatever stands in the first, and nothing that counts.
            assert_eq!((rows.len(), rows[0].len(), &rows[0][1]), (1, 2, "next"));
            assert!(!rows[0][0].starts_with(['=', '+', '-', '@', '\t', '\r', '\n']), "{rows:?}");
            assert_eq!(rows[0][0].strip_prefix('\'').filter(|rest| *rest == text).unwrap_or(&rows[0][0]), text);
        });
    }
}
