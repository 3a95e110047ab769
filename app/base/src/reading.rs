use std::future::Future;

use futures::future::{AbortHandle, Abortable};
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

use crate::AppError;

/// A resource that lets go of what it reads as soon as something else is wanted. (One of Leptos' own would wait for the end,
/// and may wait long where a connection hangs.)
pub fn reading<S, T, Fut>(
    wanted: Memo<S>,
    read: impl Fn(S) -> Fut + Send + Sync + 'static,
) -> Resource<Result<T, AppError>>
where
    S: Clone + PartialEq + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    Fut: Future<Output = Result<T, AppError>> + Send + 'static,
{
    let own = StoredValue::new(None::<Resource<_>>);
    let read_or_let_go = move |now: S| {
        let (handle, registration) = AbortHandle::new_pair();
        let answer = Abortable::new(read(now.clone()), registration);
        Effect::new(move || {
            if wanted.get() != now {
                handle.abort();
            }
        });
        async move {
            answer.await.unwrap_or_else(|_| {
                // Written to meanwhile, it keeps what it holds.
                if let Some(own) = own.get_value() {
                    drop(own.try_write_untracked());
                }
                Err(AppError::offline())
            })
        }
    };
    let resource = Resource::new(move || wanted.get(), read_or_let_go);
    own.set_value(Some(resource));
    resource
}
