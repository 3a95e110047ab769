use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::talk::{MEMBERS, RATE};
use crate::report::{Report, Times, milliseconds};

/// The longest that 99 of 100 messages may take.
const GOAL: Duration = Duration::from_millis(50);

/// Who is to get a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Member,
    Visitor,
}

/// The clocks of the messages that are under way.
#[derive(Clone, Default)]
pub struct Clocks(Arc<Mutex<HashMap<String, Clock>>>);

struct Clock {
    to: Side,
    counts: bool,
    sent: Instant,
    answered: Option<Instant>,
    arrived: Vec<Instant>,
}

impl Clocks {
    pub fn start(&self, id: &str, to: Side, counts: bool) {
        let clock = Clock { to, counts, sent: Instant::now(), answered: None, arrived: Vec::new() };
        self.lock().insert(id.to_owned(), clock);
    }

    pub fn answered(&self, id: &str) {
        if let Some(clock) = self.lock().get_mut(id) {
            clock.answered = Some(Instant::now());
        }
    }

    pub fn arrived(&self, id: &str, side: Side, at: Instant) {
        if let Some(clock) = self.lock().get_mut(id).filter(|clock| clock.to == side) {
            clock.arrived.push(at);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Clock>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// States how long the messages took; `beside` says what else went on.
    pub fn report(&self, beside: &str, report: &mut Report) {
        let clocks = self.lock();
        for (side, wanted, name) in
            [(Side::Member, MEMBERS, "visitor → member"), (Side::Visitor, 1, "member → visitor")]
        {
            let (mut from_sent, mut from_answer, mut lost) = (Times::default(), Times::default(), 0);
            for clock in clocks.values().filter(|clock| clock.to == side && clock.counts) {
                lost += wanted.saturating_sub(clock.arrived.len());
                for at in &clock.arrived {
                    from_sent.push(at.duration_since(clock.sent));
                    from_answer.push(at.saturating_duration_since(clock.answered.unwrap_or(*at)));
                }
            }
            println!("  {name}, from the request: {}", from_sent.summary());
            println!("  {name}, from its answer: {}", from_answer.summary());
            let p99 = from_sent.percentile(99);
            let measured = format!(
                "p99 {} from the request, {} from its answer; p50 {}; {lost} lost",
                milliseconds(p99),
                milliseconds(from_answer.percentile(99)),
                milliseconds(from_sent.percentile(50))
            );
            let name = format!("to the socket, {name}, {RATE} messages/s{beside}");
            report.goal(&name, "p99 ≤ 50 ms", measured, p99 <= GOAL && lost == 0);
        }
    }
}
