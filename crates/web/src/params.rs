//! Fields of a query or form, bounded in number and length.

use crate::failure::Failure;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{Method, header};
use notice::Label;

const MAX_FIELDS: usize = 200;
const MAX_QUERY_BYTES: usize = 8 * 1024;

/// Fields in the order sent: those of the query, then those of a form body.
#[derive(Debug, Default)]
pub struct Params(Vec<(String, String)>);

impl Params {
    /// The last value of `name`, trimmed; `None` if absent or empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .rev()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.trim())
            .filter(|value| !value.is_empty())
    }

    /// The last value of `name` as it was typed, for passwords: spaces are part of them.
    pub fn typed(&self, name: &str) -> &str {
        let mut all = self.0.iter().rev();
        all.find(|(key, _)| key == name)
            .map_or("", |(_, value)| value)
    }

    /// Every field.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(k, v)| (k.as_str(), v.as_str()))
    }

    fn add(&mut self, encoded: &[u8]) -> Result<(), Failure> {
        for (key, value) in form_urlencoded::parse(encoded) {
            if self.0.len() == MAX_FIELDS {
                return Err(Failure::BadInput(Label::new(
                    format!("字段太多：最多{MAX_FIELDS}个。"),
                    format!("Too many fields: at most {MAX_FIELDS}."),
                )));
            }
            self.0.push((key.into_owned(), value.into_owned()));
        }
        Ok(())
    }

    fn of_query(parts: &Parts) -> Result<Params, Failure> {
        let mut params = Params::default();
        let query = parts.uri.query().unwrap_or_default();
        if query.len() > MAX_QUERY_BYTES {
            return Err(Failure::TooLarge);
        }
        params.add(query.as_bytes())?;
        Ok(params)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        Params::of_query(parts)
    }
}

/// Fields of the query and, if the request has one, of its form body.
#[derive(Debug, Default)]
pub struct Form(pub Params);

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        let mut params = Params::of_query(&parts)?;
        if parts.method == Method::POST {
            let form = parts
                .headers
                .get(header::CONTENT_TYPE)
                .and_then(|v| v.to_str().ok())
                .is_some_and(|v| v.starts_with("application/x-www-form-urlencoded"));
            if !form {
                return Err(Failure::WrongType);
            }
            let body = Bytes::from_request(Request::from_parts(parts, body), state)
                .await
                .map_err(|_| Failure::TooLarge)?;
            params.add(&body)?;
        }
        Ok(Form(params))
    }
}

/// A path with one field changed, added or (with an empty value) taken away; other fields stay in order.
pub fn link_with(path: &str, params: &Params, changes: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (key, value) in params.iter() {
        if !value.is_empty() && !changes.iter().any(|(changed, _)| *changed == key) {
            query.append_pair(key, value);
        }
    }
    for (key, value) in changes.iter().filter(|(_, value)| !value.is_empty()) {
        query.append_pair(key, value);
    }
    let query = query.finish();
    if query.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{query}")
    }
}

/// A path with these fields.
pub fn link(path: &str, fields: &[(&str, &str)]) -> String {
    link_with(path, &Params::default(), fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_counted_and_changed() -> Result<(), Failure> {
        let mut params = Params::default();
        params.add("a=1&b=%E8%BD%A6&a=2&bad=%FF".as_bytes())?;
        assert_eq!(params.get("a"), Some("2"));
        assert_eq!(params.get("bad"), Some("\u{fffd}"));
        assert_eq!(
            link_with("/x", &params, &[("a", "")]),
            "/x?b=%E8%BD%A6&bad=%EF%BF%BD"
        );
        assert_eq!(link("/x", &[]), "/x");
        assert!(
            Params::default()
                .add("a=1&".repeat(500).as_bytes())
                .is_err()
        );
        Ok(())
    }
}
