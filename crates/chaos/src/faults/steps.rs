//! Named steps at which a process of a debug build ends itself (`db::hooks`).

use std::{fs, time::Duration};

use rand::{rngs::StdRng, seq::SliceRandom};
use tokio::time::sleep;

use crate::stage::Stage;

/// How long somebody is waited for at a step before others are armed too.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// The steps in an order of their own, again and again.
pub(super) struct Steps {
    order: Vec<&'static str>,
    at: usize,
    armed: Vec<&'static str>,
}

impl Steps {
    pub(super) fn new(rng: &mut StdRng) -> Self {
        let mut order = db::hooks::STEPS.to_vec();
        order.shuffle(rng);
        Self { order, at: 0, armed: Vec::new() }
    }

    /// Arms the next step: the process that comes to it first ends there, now or later.
    pub(super) async fn next(&mut self, stage: &Stage) {
        let step = self.order[self.at % self.order.len()];
        self.at += 1;
        if self.armed.contains(&step) || fs::write(stage.hooks.join(step), "").is_err() {
            return self.note(stage);
        }
        self.armed.push(step);
        for _ in 0..PATIENCE.as_millis() / 20 {
            sleep(Duration::from_millis(20)).await;
            if !stage.hooks.join(step).exists() {
                break;
            }
        }
        self.note(stage);
    }

    /// Notes at which steps somebody has ended.
    fn note(&mut self, stage: &Stage) {
        self.armed.retain(|step| {
            let is_armed = stage.hooks.join(step).exists();
            if !is_armed {
                stage.reached(step);
            }
            is_armed
        });
    }

    /// Lets everybody pass from now on.
    pub(super) fn disarm(&mut self, stage: &Stage) {
        self.note(stage);
        for step in self.armed.drain(..) {
            if fs::remove_file(stage.hooks.join(step)).is_err() {
                // Somebody came by just now.
                stage.reached(step);
            }
        }
    }
}
