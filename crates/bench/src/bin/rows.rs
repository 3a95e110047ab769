//! The page of `compare/`: a thousand conversations, read and rendered anew for each request, with the framework that the
//! product's pages are made with. Prints its port when it listens.

use std::{env, net::Ipv4Addr};

use anyhow::Context;
use axum::{Router, routing::get};
use db::sqlx::{self, PgPool, postgres::PgPoolOptions};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

#[derive(Clone, Serialize, Deserialize)]
struct Row {
    id: String,
    name: String,
    email: Option<String>,
    preview: String,
    status: String,
    priority: String,
    unread: i32,
    at: String,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let pool = PgPoolOptions::new().max_connections(4).connect(&env::var("DATABASE_URL")?).await?;
    let query: &'static str = env::var("QUERY")?.leak();
    // The product's routes do this where they are made.
    any_spawner::Executor::init_tokio()?;
    let context = move || provide_context((pool.clone(), query));
    let page = leptos_axum::render_app_to_stream_with_context(context, Document);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    println!("{}", listener.local_addr()?.port());
    Ok(axum::serve(listener, Router::new().route("/", get(page))).await?)
}

async fn read() -> anyhow::Result<Vec<Row>> {
    let (pool, query) = use_context::<(PgPool, &'static str)>().context("no pool")?;
    type Columns = (String, String, Option<String>, String, String, String, i32, String);
    let rows: Vec<Columns> = sqlx::query_as(query).fetch_all(&pool).await?;
    let row = |(id, name, email, preview, status, priority, unread, at)| Row {
        id,
        name,
        email,
        preview,
        status,
        priority,
        unread,
        at,
    };
    Ok(rows.into_iter().map(row).collect())
}

#[component]
fn Document() -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <title>"Rows"</title>
            </head>
            <body>
                <Page />
            </body>
        </html>
    }
}

#[component]
fn Page() -> impl IntoView {
    let rows = Resource::new_blocking(|| (), |()| async { read().await.unwrap_or_default() });
    view! {
        <main>
            <h1>"Conversations"</h1>
            <table>
                <tbody>
                    <Suspense>{move || Suspend::new(async move { rows.await.into_iter().map(line).collect_view() })}</Suspense>
                </tbody>
            </table>
        </main>
    }
}

fn line(row: Row) -> impl IntoView {
    let class = if row.unread > 0 { "row unread" } else { "row" };
    view! {
        <tr class=class>
            <td>
                <a href=format!("/inbox/{}", row.id)>{row.name}</a>
            </td>
            <td>{row.email.unwrap_or_else(|| "no address".into())}</td>
            <td>{row.preview}</td>
            <td>
                <span class=format!("badge {}", row.status)>{row.status.clone()}</span>
            </td>
            <td>
                <span class=format!("badge {}", row.priority)>{row.priority.clone()}</span>
            </td>
            <td>{(row.unread > 0).then(|| view! { <b>{row.unread}</b> })}</td>
            <td>
                <time datetime=row.at.clone()>{row.at.clone()}</time>
            </td>
        </tr>
    }
}
