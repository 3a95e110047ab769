use std::future::pending;

use leptos::{prelude::*, tachys::reactive_graph::OwnedView};

/// Where something is shown as soon as it has been loaded, and shown anew when it is loaded again.
///
/// What an effect made goes when the effect runs anew. What is drawn from something that was loaded stays on the screen until
/// the next is there, and would ask signals that are gone. So each drawing has an owner of its own, which goes with it.
#[derive(Clone)]
pub struct Stage {
    owner: Owner,
    is_there: StoredValue<()>,
}

impl Stage {
    /// One that lasts as long as the caller. Inside of a `Transition`, which what is drawn may give more to wait for.
    pub fn here() -> Self {
        Self { owner: Owner::current().unwrap_or_default(), is_there: StoredValue::new(()) }
    }

    /// Draws, unless the page was left while it loaded: then nobody waits for it, and what it would ask for is gone. (Boxed,
    /// because one for each page would be larger.)
    pub async fn show(self, draw: Box<dyn FnOnce() -> AnyView + Send>) -> AnyView {
        if self.is_there.is_disposed() {
            pending::<()>().await;
        }
        let owner = self.owner.child();
        let drawn = owner.with(draw);
        OwnedView::new_with_owner(drawn, owner).into_any()
    }
}
