//! JSON read so that every program reads the same of it, and written in the one form that is signed (RFC 8785).

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Whole numbers beyond this are not the same in all programs (RFC 7493).
const WHOLE_MAX: u64 = (1 << 53) - 1;

/// JSON without what programs read in different ways: names that come twice, numbers that are not whole or too large.
pub struct Plain(pub Value);

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader).map(Plain)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        if value > WHOLE_MAX {
            return Err(E::custom(format!("{value} is more than 2^53 - 1")));
        }
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        if value.unsigned_abs() > WHOLE_MAX {
            return Err(E::custom(format!("{value} is less than -(2^53 - 1)")));
        }
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Err(E::custom(format!("{value} is not a whole number")))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut all = Vec::new();
        while let Some(Plain(value)) = seq.next_element()? {
            all.push(value);
        }
        Ok(Value::Array(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut all = Map::new();
        while let Some((name, Plain(value))) = map.next_entry::<String, Plain>()? {
            if all.contains_key(&name) {
                let start: String = name.chars().take(64).collect();
                return Err(A::Error::custom(format!("`{start}` stands here twice")));
            }
            all.insert(name, value);
        }
        Ok(Value::Object(all))
    }
}

/// The form that is signed: names in the order of their UTF-16, no white space.
pub fn canonical(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Object(map) => {
            let mut names: Vec<&String> = map.keys().collect();
            names.sort_by(|a, b| a.encode_utf16().cmp(b.encode_utf16()));
            text.push('{');
            for (n, name) in names.into_iter().enumerate() {
                if n > 0 {
                    text.push(',');
                }
                string(name, text);
                text.push(':');
                write(&map[name], text);
            }
            text.push('}');
        }
        Value::Array(all) => {
            text.push('[');
            for (n, value) in all.iter().enumerate() {
                if n > 0 {
                    text.push(',');
                }
                write(value, text);
            }
            text.push(']');
        }
        Value::String(own) => string(own, text),
        // Whole numbers, `true`, `false` and `null` are written alike.
        other => text.push_str(&other.to_string()),
    }
}

/// RFC 8785 §3.2.2.2: serde writes strings just so.
fn string(own: &str, text: &mut String) {
    text.push_str(&Value::String(own.to_owned()).to_string());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_strings_escaped_as_the_standard_says() {
        // The example of RFC 8785 §3.2.3, without its numbers.
        let text = r#"{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}"#;
        let Plain(value) = serde_json::from_str(text).unwrap();
        let order = [
            "Carriage", "One", "Control", "Latin", "Euro", "Emoji", "Hebrew",
        ];
        let written = canonical(&value);
        let places: Vec<_> = order
            .iter()
            .map(|word| written.find(word).unwrap())
            .collect();
        assert!(places.is_sorted(), "{written}");
        let Plain(value) =
            serde_json::from_str(r#"{"b":[ 1,-2,true,null ],"a":"\u20ac$\u000F\u000aA'B\"\\\/"}"#)
                .unwrap();
        assert_eq!(
            canonical(&value),
            "{\"a\":\"€$\\u000f\\nA'B\\\"\\\\/\",\"b\":[1,-2,true,null]}"
        );
    }

    #[test]
    fn what_programs_read_differently_is_not_read() {
        for wrong in [
            r#"{"a":1,"a":2}"#,
            r#"{"a":{"b":1,"\u0062":1}}"#,
            "1.5",
            "1e3",
            "9007199254740992",
            "-9007199254740992",
        ] {
            assert!(serde_json::from_str::<Plain>(wrong).is_err(), "{wrong}");
        }
        assert!(serde_json::from_str::<Plain>("9007199254740991").is_ok());
        let deep = "[".repeat(100_000);
        assert!(serde_json::from_str::<Plain>(&deep).is_err());
    }
}
