//! One file a page.

pub mod api;
pub mod ask;
pub mod certificates;
pub mod desk;
pub mod devices;
pub mod enterprise;
pub mod feed;
pub mod forget;
pub mod front;
pub mod map;
pub mod me;
pub mod menu;
pub mod mine;
pub mod notice;
pub mod notices;
pub mod offers;
pub mod open_account;
pub mod place;
pub mod preferences;
pub mod register;
pub mod search;
pub mod sign_in;
pub mod staff;
pub mod timetable;
pub mod versions;
