use std::collections::{HashSet, VecDeque};

use outbound::{Client, Get, Robots};
use url::Url;

use super::links::Scope;

const MAX_SITEMAPS: usize = 100;

/// The pages of a site's sitemaps that belong to the crawl: those that robots.txt names, and `sitemap.xml` of the host
/// and of the first page's folder. A sitemap that cannot be had is no fault: links lead to the pages as well.
pub(super) async fn pages(client: &Client, scope: &Scope, first: &Url, robots: &Robots, most: usize) -> Vec<String> {
    let mut waiting: VecDeque<String> = robots.sitemaps().iter().cloned().collect();
    waiting.extend(["/sitemap.xml", "sitemap.xml"].iter().filter_map(|path| first.join(path).ok()).map(String::from));
    let mut seen = HashSet::new();
    let mut pages = Vec::new();
    while let Some(address) = waiting.pop_front() {
        let Ok(url) = first.join(&address) else { continue };
        // A sitemap speaks for its own host only.
        if url.host_str() != first.host_str() || seen.len() >= MAX_SITEMAPS || !seen.insert(url.to_string()) {
            continue;
        }
        let fetched = match client.get(url.as_str(), Get::default()).await {
            Ok(fetched) if fetched.status == 200 => fetched,
            _ => continue,
        };
        let Ok(map) = tokio::task::spawn_blocking(move || text::sitemap(&fetched.bytes)).await else { continue };
        waiting.extend(map.sitemaps);
        waiting.truncate(MAX_SITEMAPS);
        pages.extend(
            map.pages
                .iter()
                .filter_map(|page| scope.link(first, page))
                .filter(|page| robots.allows(page))
                .map(String::from),
        );
        if pages.len() >= most {
            pages.truncate(most);
            break;
        }
    }
    pages
}
