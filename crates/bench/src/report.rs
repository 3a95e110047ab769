use std::time::Duration;

/// What was measured, line by line.
#[derive(Default)]
pub struct Report(Vec<Line>);

struct Line {
    what: String,
    goal: String,
    measured: String,
    is_reached: bool,
}

impl Report {
    /// Adds a figure with a goal.
    pub fn goal(&mut self, what: &str, goal: &str, measured: String, is_reached: bool) {
        println!("{what}: {measured} (goal {goal}){}", if is_reached { "" } else { " MISSED" });
        self.0.push(Line { what: what.into(), goal: goal.into(), measured, is_reached });
    }

    /// Adds a figure that is only stated.
    pub fn stated(&mut self, what: &str, measured: String) {
        println!("{what}: {measured}");
        self.0.push(Line { what: what.into(), goal: "stated".into(), measured, is_reached: true });
    }

    /// Prints the table; false when a goal was missed.
    pub fn print(&self) -> bool {
        println!("\n| what | goal | measured |\n|---|---|---|");
        for line in &self.0 {
            let missed = if line.is_reached { "" } else { " **missed**" };
            println!("| {} | {} | {}{missed} |", line.what, line.goal, line.measured);
        }
        self.0.iter().all(|line| line.is_reached)
    }
}

/// Durations of one kind.
#[derive(Default, Clone)]
pub struct Times(Vec<Duration>);

impl Times {
    pub fn push(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// Takes the durations of others in.
    pub fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The time that this share of them does not exceed, by the nearest rank; zero when there are none.
    pub fn percentile(&self, percent: usize) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let rank = (sorted.len() * percent).div_ceil(100).max(1);
        sorted.get(rank - 1).copied().unwrap_or_default()
    }

    /// Median, 95th and 99th percentile and the longest, in milliseconds.
    pub fn summary(&self) -> String {
        let [p50, p95, p99, max] = [50, 95, 99, 100].map(|percent| milliseconds(self.percentile(percent)));
        format!("p50 {p50}, p95 {p95}, p99 {p99}, max {max} ({} times)", self.len())
    }
}

/// `12.3 ms`
pub fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_by_nearest_rank() {
        let mut times = Times::default();
        (1..=200).rev().for_each(|n| times.push(Duration::from_millis(n)));
        assert_eq!([50, 95, 99, 100].map(|p| times.percentile(p).as_millis()), [100, 190, 198, 200]);
        assert_eq!(Times::default().percentile(99), Duration::ZERO);
    }
}
