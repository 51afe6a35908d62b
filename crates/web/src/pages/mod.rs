//! One file a page.

pub mod api;
pub mod ask;
pub mod enterprise;
pub mod feed;
pub mod front;
pub mod map;
pub mod notice;
pub mod notices;
pub mod place;
pub mod preferences;
pub mod register;
pub mod search;
