//! Has `sqlx::migrate!` read `migrations/` again when a file has come or gone, which it cannot ask for itself.

fn main() {
    println!("cargo::rerun-if-changed=../../migrations");
}
