//! Work at an even rate.

use std::time::{Duration, Instant};

use futures::{StreamExt, TryStreamExt, stream};

/// Begins the work of each number when its time has come, whether the work before has ended or not.
///
/// # Errors
/// The first of the work.
pub async fn evenly<F: Future<Output = anyhow::Result<()>>>(
    numbers: std::ops::Range<u64>,
    per_second: u64,
    work: impl Fn(u64) -> F,
) -> anyhow::Result<()> {
    let (begin, first) = (Instant::now(), numbers.start);
    stream::iter(numbers)
        .then(|number| async move {
            let due = begin + Duration::from_secs_f64((number - first) as f64 / per_second as f64);
            tokio::time::sleep_until(due.into()).await;
            Ok(number)
        })
        .try_for_each_concurrent(None, work)
        .await
}
