use outbound::{IpNet, parse_networks};
use serde::{Deserialize, Deserializer, de::Error};

/// Networks as an operator writes them: `true` for all, `false` for none, or a list.
#[derive(Debug, Default)]
pub(super) struct Networks(pub(super) Vec<IpNet>);

#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    All(bool),
    Text(String),
    List(Vec<String>),
}

impl<'de> Deserialize<'de> for Networks {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = match Written::deserialize(deserializer)? {
            Written::All(true) => "0.0.0.0/0 ::/0".to_owned(),
            Written::All(false) => String::new(),
            Written::Text(text) => text,
            Written::List(list) => list.join(" "),
        };
        parse_networks(&text).map(Self).map_err(D::Error::custom)
    }
}
