//! Transactions that wait for each other: the database undoes one of them, and what it was to do can be begun anew.

use std::cell::Cell;

tokio::task_local! {
    static CROSSED: Cell<bool>;
}

/// Does something and tells whether a transaction was undone meanwhile because another was in its way. Nothing is known of
/// what is handed to other tasks.
pub async fn watched<T>(work: impl Future<Output = T>) -> (T, bool) {
    let watched = async {
        let done = work.await;
        (done, CROSSED.with(Cell::get))
    };
    CROSSED.scope(Cell::new(false), watched).await
}

/// Notes that a transaction of this task was undone.
pub(crate) fn note() {
    // Where nobody watches, nobody begins anew.
    let _ = CROSSED.try_with(|crossed| crossed.set(true));
}
