use std::fs;

/// What the server is started with.
pub(super) fn settings(port: u16, durable: bool) -> Vec<(&'static str, String)> {
    let durable = if durable { "on" } else { "off" };
    [
        ("listen_addresses", "127.0.0.1"),
        ("port", &port.to_string()),
        ("unix_socket_directories", ""),
        ("max_connections", "100"),
        ("shared_buffers", &format!("{}MB", shared_buffers())),
        ("work_mem", "8MB"),
        ("maintenance_work_mem", "128MB"),
        ("effective_cache_size", "1GB"),
        ("random_page_cost", "1.1"),
        ("max_wal_size", "1GB"),
        ("fsync", durable),
        ("synchronous_commit", durable),
        ("full_page_writes", durable),
        // Compiling costs more than the short queries of the product gain.
        ("jit", "off"),
        ("timezone", "UTC"),
        ("log_timezone", "UTC"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .into()
}

/// Megabytes of the database's own cache: an eighth of the machine's memory, from 128 MB to 1 GB. Taken as it fills.
fn shared_buffers() -> u64 {
    let information = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let total = information.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    let kilobytes = total.and_then(|words| words.split_whitespace().next()?.parse::<u64>().ok());
    (kilobytes.unwrap_or_default() / 1024 / 8).clamp(128, 1024)
}
