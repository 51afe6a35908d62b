//! The words of key pages, as read. Changed on purpose with `INSTA_UPDATE=always cargo test -p tongxin-web`.

use crate::{form, get, get_with};

#[tokio::test]
async fn front_page() {
    insta::assert_snapshot!("front", get("/").await.words());
}

#[tokio::test]
async fn notice() {
    insta::assert_snapshot!("notice-zh", get("/notices/air-order").await.words());
    let english = get_with("/notices/air-order", &[("accept-language", "en")]).await;
    insta::assert_snapshot!("notice-en", english.words());
}

#[tokio::test]
async fn verdict() {
    let question = [("q", "我的重型柴油货车拉渣土能驶入中环以内吗？")];
    insta::assert_snapshot!("verdict-zh", form("/ask", &question).await.words());
}

#[tokio::test]
async fn missing_page() {
    insta::assert_snapshot!("missing", get("/nothing").await.words());
}
