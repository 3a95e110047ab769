//! Prints the owner's address of the test database, with the schema of `migrations/`; started when it is not there.

#[tokio::main]
async fn main() {
    println!("{}", db::testing::owner_url().await);
}
