//! Measures the local embedding model: `cargo run --release -p llm --example embed_speed`.

use std::time::Instant;

use llm::{Embedder, LocalEmbedder, LocalFiles};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let memory = || -> String {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        status
            .lines()
            .filter(|line| line.starts_with("VmRSS") || line.starts_with("VmHWM"))
            .collect::<Vec<_>>()
            .join(" ")
    };
    println!("before: {}", memory());
    let embedder = LocalEmbedder::new(LocalFiles::find(db::embedded::cache_dir)?);
    let begin = Instant::now();
    embedder.embed(&["hello".to_owned()]).await?;
    println!("first text, with loading: {:?}; {}", begin.elapsed(), memory());

    let words = "You can return any product within thirty days of delivery and we refund the price once it has arrived at our warehouse ";
    let passages: Vec<String> = (0..100).map(|i| format!("{i} {}", words.repeat(7))).collect();
    let begin = Instant::now();
    embedder.embed(&passages).await?;
    let seconds = begin.elapsed().as_secs_f64();
    println!("passages of about 150 tokens: {:.1}/s; {}", passages.len() as f64 / seconds, memory());

    let mut times = Vec::new();
    for i in 0..100 {
        let question = [format!("how long do I have to return order {i}?")];
        let begin = Instant::now();
        embedder.embed(&question).await?;
        times.push(begin.elapsed());
    }
    times.sort();
    println!("question: median {:?}, p95 {:?}; {}", times[50], times[95], memory());
    Ok(())
}
