//! Deadlocks: of transactions that wait for each other the database undoes one, and what it was to do can be begun anew.

use std::cell::Cell;

tokio::task_local! {
    static UNDONE: Cell<bool>;
}

/// Does something and tells whether a transaction was undone meanwhile because another was in its way. Nothing is known of
/// what is handed to other tasks.
pub async fn watch<T>(work: impl Future<Output = T>) -> (T, bool) {
    let watched = async {
        let done = work.await;
        (done, UNDONE.with(Cell::get))
    };
    UNDONE.scope(Cell::new(false), watched).await
}

/// Notes that a transaction of this task was undone.
pub(crate) fn note() {
    // Where nobody watches, nobody begins anew.
    let _ = UNDONE.try_with(|undone| undone.set(true));
}
