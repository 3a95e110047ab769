use std::collections::{HashSet, VecDeque};

use outbound::{Client, Get, Robots};
use url::Url;

use super::links::Scope;

const MAX_SITEMAPS: usize = 100;

/// What the sitemaps of a site say.
pub(super) struct Sitemaps {
    /// Pages that belong to the crawl.
    pub pages: Vec<String>,
    /// Whether each was read or is not there. If not, pages that only a sitemap leads to may be missing.
    pub are_whole: bool,
}

/// Reads a site's sitemaps: those that robots.txt names, and `sitemap.xml` of the host and of the first page's folder.
pub(super) async fn read(client: &Client, scope: &Scope, first: &Url, robots: &Robots, most: usize) -> Sitemaps {
    let mut waiting: VecDeque<String> = robots.sitemaps().iter().cloned().collect();
    waiting.extend(["/sitemap.xml", "sitemap.xml"].iter().filter_map(|path| first.join(path).ok()).map(String::from));
    let mut seen = HashSet::new();
    let (mut pages, mut are_whole) = (Vec::new(), true);
    while let Some(address) = waiting.pop_front() {
        let Ok(url) = first.join(&address) else { continue };
        // A sitemap speaks for its own host only.
        if url.host_str() != first.host_str() || seen.len() >= MAX_SITEMAPS || !seen.insert(url.to_string()) {
            continue;
        }
        let fetched = match client.get(url.as_str(), Get::default()).await {
            Ok(fetched) if fetched.status == 200 => fetched,
            // There is none.
            Ok(fetched) if matches!(fetched.status, 400..500) && fetched.status != 429 => continue,
            _ => {
                are_whole = false;
                continue;
            }
        };
        let (scope, base, robots, more) = (scope.clone(), first.clone(), robots.clone(), most - pages.len());
        let read = move || {
            let map = text::sitemap(&fetched.bytes);
            let links = map.pages.iter().filter_map(|page| scope.link(&base, page));
            let pages: Vec<String> = links.filter(|page| robots.allows(page)).take(more).map(String::from).collect();
            (pages, map.sitemaps)
        };
        let Ok((found, further)) = tokio::task::spawn_blocking(read).await else { continue };
        waiting.extend(further);
        waiting.truncate(MAX_SITEMAPS);
        pages.extend(found);
        if pages.len() >= most {
            break;
        }
    }
    Sitemaps { pages, are_whole }
}
