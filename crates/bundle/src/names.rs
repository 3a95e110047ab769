//! Short names for what the program imports from its script. wasm-bindgen ends each with a digest, which compression makes
//! no smaller: 16 digits for each of some 300, in both files.

use std::collections::HashMap;

/// Begins what wasm-bindgen has named.
const PREFIX: &str = "__wbg_";

/// Gives new names and says which are new for which.
pub fn shorten<'a>(names: impl Iterator<Item = &'a mut String>) -> HashMap<String, String> {
    let names = names.filter(|name| name.starts_with(PREFIX));
    names.enumerate().map(|(index, name)| (std::mem::replace(name, short(index)), short(index))).collect()
}

/// No other identifier of the script begins like that.
fn short(index: usize) -> String {
    format!("$w{index}")
}

/// Puts the new names into a script.
pub fn rename(script: &str, names: &HashMap<String, String>) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let mut renamed = String::with_capacity(script.len());
    let mut rest = script;
    while let Some(start) = rest.find(PREFIX) {
        let (before, from) = rest.split_at(start);
        let (name, after) = from.split_at(from.find(|c| !is_part(c)).unwrap_or(from.len()));
        renamed.push_str(before);
        renamed.push_str(names.get(name).map_or(name, String::as_str));
        rest = after;
    }
    renamed + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_and_script_have_the_same_new_names() {
        let mut imports = ["__wbg_new_07", "__wbindgen_throw", "__wbg_new_0712"].map(str::to_owned);
        let names = shorten(imports.iter_mut());
        assert_eq!(imports, ["$w0", "__wbindgen_throw", "$w1"]);
        let script = "{__wbg_new_07:()=>0,__wbg_new_0712:f(__wbindgen_throw),x:__wbg_other_free}";
        assert_eq!(rename(script, &names), "{$w0:()=>0,$w1:f(__wbindgen_throw),x:__wbg_other_free}");
    }
}
