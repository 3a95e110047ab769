//! Real text: the documentation's pages, read and cut into passages as the product does.

use std::{collections::HashSet, path::Path};

use anyhow::{Context, ensure};
use text::ChunkPiece;

/// A page of the documentation.
pub struct Page {
    pub name: String,
    pub title: String,
    pub content: String,
    pub pieces: Vec<ChunkPiece>,
}

impl Page {
    /// What is embedded of each passage.
    pub fn contexts(&self) -> impl Iterator<Item = String> {
        self.pieces.iter().map(|piece| piece.in_context(&self.title))
    }
}

/// Pages in the order of their names, until they hold so many passages.
pub fn read(folder: &Path, passages: usize) -> anyhow::Result<Vec<Page>> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .with_context(|| format!("cannot read {}", folder.display()))?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".html"))
        .collect();
    names.sort();
    let (mut pages, mut count) = (Vec::new(), 0);
    for name in names {
        let bytes = std::fs::read(folder.join(&name))?;
        let Ok(document) = text::extract(&bytes, "text/html", &name) else { continue };
        let (content, pieces) = text::chunk(&document);
        count += pieces.len();
        pages.push(Page { name, title: document.title, content, pieces });
        if count >= passages {
            return Ok(pages);
        }
    }
    ensure!(count >= passages, "{} holds {count} passages; {passages} are needed", folder.display());
    Ok(pages)
}

/// Different questions about the pages, spread over all of them, made of their sections' headings.
pub fn questions(pages: &[Page], count: usize) -> Vec<String> {
    let mut seen = HashSet::new();
    let pieces = pages.iter().flat_map(|page| &page.pieces);
    let headings: Vec<&String> =
        pieces.filter_map(|piece| piece.heading_path.last()).filter(|heading| seen.insert(*heading)).collect();
    let forms = ["How do I use", "What is", "When should I change", "What does it mean when it says"];
    let spread = headings.iter().step_by((headings.len() / count).max(1)).take(count);
    spread.zip(forms.iter().cycle()).map(|(heading, form)| format!("{form} {heading}?")).collect()
}
