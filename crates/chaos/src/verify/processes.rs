use std::time::Duration;

use crate::{
    node::Node,
    rule::{Findings, Rule},
    stage::Stage,
};

/// A start that finds no database gives up after five seconds.
const START: Duration = Duration::from_secs(10);

/// No process ends by itself with a failure, except one that was just started while the database was away.
pub(super) fn look(stage: &Stage, findings: &mut Findings) {
    findings.looked(Rule::NoSelfEnd, stage.nodes().map(Node::starts).sum());
    let ends = stage.nodes().flat_map(|node| node.ends().into_iter().map(|end| (&node.name, end)));
    let ends = ends.filter(|(_, end)| !end.status.success());
    let unexplained =
        ends.filter(|(_, end)| end.ended - end.began > START || !stage.database.was_away(end.began, end.ended));
    for (name, end) in unexplained {
        let what = format!("{name}, {} s after its start: {}", (end.ended - end.began).as_secs(), end.status);
        findings.broke(Rule::NoSelfEnd, what);
    }
}
