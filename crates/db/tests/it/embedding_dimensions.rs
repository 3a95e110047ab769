//! What was embedded by a service before its models were named with their dimension is found again after the migration.

use db::{
    sqlx::{self, Connection, PgConnection},
    testing,
};

const MIGRATION: &str = include_str!("../../../../migrations/0025_embedding_dimensions.sql");

#[tokio::test]
async fn stored_vectors_are_found_under_the_name_with_their_dimension() {
    // Tables of its own, which hide those of the same names from this connection.
    let mut connection = PgConnection::connect(&testing::owner_url().await).await.unwrap();
    let models = "('a', 'text-embedding-3-small', '[1,0,0]'), ('b', 'text-embedding-3-small@2', '[1,0]'),
                  ('c', '@cf/baai/bge-m3', '[1,0]'), ('d', 'all-minilm-l6-v2-int8', '[1,0,0]'), ('e', 'none', null)";
    for table in ["document_chunks", "answers"] {
        let sql = format!(
            "create temporary table {table} (id text, embedding_model text, embedding vector);
             insert into {table} values {models}"
        );
        sqlx::raw_sql(&sql).execute(&mut connection).await.unwrap();
    }
    sqlx::raw_sql(MIGRATION).execute(&mut connection).await.unwrap();
    for table in ["document_chunks", "answers"] {
        let found: Vec<String> = sqlx::query_scalar(&format!("select embedding_model from {table} order by id"))
            .fetch_all(&mut connection)
            .await
            .unwrap();
        let expected = [
            "text-embedding-3-small@3",
            "text-embedding-3-small@2",
            "@cf/baai/bge-m3@2",
            "all-minilm-l6-v2-int8",
            "none",
        ];
        assert_eq!(found, expected, "{table}");
    }
}
