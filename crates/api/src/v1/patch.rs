use domain::Error;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// What a thing becomes by a change of some of its fields: a JSON merge patch (RFC 7396).
///
/// # Errors
/// Validation when the result has not the shape of the thing.
pub(super) fn merged<T: Serialize + DeserializeOwned>(current: &T, patch: Value) -> domain::Result<T> {
    if !patch.is_object() {
        return Err(Error::invalid("body", "must be an object with the fields to change"));
    }
    let mut value = serde_json::to_value(current)?;
    merge(&mut value, patch);
    serde_json::from_value(value).map_err(|error| Error::invalid("body", error.to_string()))
}

fn merge(target: &mut Value, patch: Value) {
    match (target, patch) {
        (Value::Object(target), Value::Object(patch)) => {
            for (name, value) in patch {
                merge(target.entry(name).or_insert(Value::Null), value);
            }
        }
        // Fields keep their place with null: the shape says which of them may be empty.
        (target, patch) => *target = patch,
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};
    use serde_json::{Value, json};

    #[test]
    fn only_the_fields_that_are_given_change() {
        let current = json!({"name": "A", "settings": {"color": "red", "sound": true}, "tags": ["x"], "agent": 1});
        let patch = json!({"settings": {"sound": false}, "tags": [], "agent": null});
        let changed: serde_json::Value = super::merged(&current, patch).unwrap();
        let expected = json!({"name": "A", "settings": {"color": "red", "sound": false}, "tags": [], "agent": null});
        assert_eq!(changed, expected);
        assert!(super::merged(&current, json!([])).is_err());
    }

    #[test]
    fn patches_take_hostile_bytes() {
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        struct Thing {
            name: String,
            settings: Settings,
            tags: Vec<String>,
            agent: Option<u8>,
        }
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        struct Settings {
            color: String,
            sound: bool,
        }
        let settings = Settings { color: "red".into(), sound: true };
        let thing = Thing { name: "A".into(), settings, tags: vec!["x".into()], agent: Some(1) };
        let examples =
            [r#"{"settings":{"sound":false},"tags":[],"agent":null}"#, r#"{"name":"B","__proto__":{"name":1}}"#];
        let words =
            ["null", "{}", "[]", "\"name\":", "\"settings\":", "\"color\":", "1e999", "\"", ",", ":", "{\"a\":"];
        fuzz::bytes(&[examples[0].as_bytes(), examples[1].as_bytes()], &words, |patch| {
            let Ok(patch) = serde_json::from_slice::<Value>(patch) else { return };
            let Ok(changed) = super::merged(&thing, patch.clone()) else { return };
            // What is not named stays, what is named is as the patch says.
            assert!(patch.get("name").is_some() || changed.name == thing.name);
            assert!(patch.get("tags").is_some() || changed.tags == thing.tags);
            assert!(patch.get("agent").is_none_or(|agent| json!(changed.agent) == *agent));
            assert!(patch["settings"].get("color").is_some() || changed.settings.color == thing.settings.color);
            assert_eq!(super::merged(&changed, patch).unwrap(), changed, "the same patch again changes nothing");
        });
    }
}
