//! The local model on real sentences. Passes over when the model is not installed (`make setup` installs it), unless
//! `REQUIRE_MODEL` is set, as by `make test`.

use llm::{Embedder, LocalEmbedder, LocalFiles};

#[tokio::test]
async fn sentences_of_one_meaning_are_near() {
    let files = LocalFiles::find(db::embedded::cache_dir).unwrap();
    if let Err(missing) = files.check() {
        assert!(std::env::var_os("REQUIRE_MODEL").is_none(), "{missing}");
        eprintln!("{missing}");
        return;
    }
    let embedder = LocalEmbedder::new(files);
    let texts =
        ["How long can I return a product?", "The return period is thirty days.", "Our office dog is called Bora.", ""]
            .map(str::to_owned);
    let vectors = embedder.embed(&texts).await.unwrap();
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    assert!(vectors.iter().all(|vector| vector.len() == 384 && (dot(vector, vector) - 1.0).abs() < 1e-3));
    let (near, far) = (dot(&vectors[0], &vectors[1]), dot(&vectors[0], &vectors[2]));
    assert!(near > 0.5 && far < 0.2, "near {near}, far {far}");
    // Padding and order of a batch must not change a vector.
    let alone = embedder.embed(&texts[2..3]).await.unwrap();
    assert!(dot(&alone[0], &vectors[2]) > 0.99);
}
