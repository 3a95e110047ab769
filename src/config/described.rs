//! The settings as docs/operations.md describes them are those that there are.

use figment::{Figment, Jail, error::Kind};

use super::Config;

/// The rows of the table in docs/operations.md: a setting and its default.
fn described() -> Vec<(&'static str, &'static str)> {
    let page = include_str!("../../docs/operations.md");
    let (_, table) = page.split_once("| setting | default | |\n|---|---|---|\n").unwrap();
    let rows = table.lines().take_while(|line| line.starts_with("| `"));
    rows.map(|row| {
        let mut cells = row.trim_start_matches("| ").split(" | ");
        (cells.next().unwrap().trim_matches('`'), cells.next().unwrap())
    })
    .collect()
}

#[test]
fn every_setting_is_described_once_and_nothing_else() {
    let error = Figment::from(("none", true)).extract::<Config>().unwrap_err();
    let Kind::UnknownField(_, known) = error.kind else { panic!("{error}") };
    let mut names: Vec<_> = described().into_iter().map(|(name, _)| name).collect();
    let mut known = known.to_vec();
    names.sort_unstable();
    known.sort_unstable();
    assert_eq!(names, known);
}

#[test]
#[expect(clippy::result_large_err, reason = "figment's Jail asks for its error")]
fn defaults_are_those_that_are_described() {
    Jail::expect_with(|jail| {
        jail.clear_env();
        let default = format!("{:?}", Config::load(None).unwrap());
        let mut compared = 0;
        for (name, cell) in described() {
            let words = cell.strip_prefix('`').and_then(|rest| rest.strip_suffix('`'));
            let Some(literal) = words.filter(|words| !words.contains('`') && *words != "database_url") else {
                continue;
            };
            jail.clear_env();
            jail.set_env(format!("BISEDA_{}", name.to_uppercase()), literal);
            assert_eq!(format!("{:?}", Config::load(None).unwrap()), default, "{name}");
            compared += 1;
        }
        assert_eq!(compared, 11);
        Ok(())
    });
}
