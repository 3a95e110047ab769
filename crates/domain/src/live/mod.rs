//! Live updates: what one commit changed, on its way to the browsers that look at it.

/// The live updates of this node. Cheap to clone.
#[derive(Clone)]
pub struct Bus;
