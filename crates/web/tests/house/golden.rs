//! The words of key pages, as read. Changed on purpose with `INSTA_UPDATE=always cargo test -p tongxin-web`.

use crate::{Reply, form, get, get_with};

/// The words without the versions of texts: they change with every edit of a notice, and say nothing here.
fn words(reply: &Reply) -> String {
    let words = reply.words();
    let mut pieces = words.split("sha256:");
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        out.push_str("sha256:[…]");
        out.push_str(piece.trim_start_matches(|c: char| c.is_ascii_hexdigit()));
    }
    out
}

#[tokio::test]
async fn front_page() {
    insta::assert_snapshot!("front", words(&get("/").await));
}

#[tokio::test]
async fn notice() {
    insta::assert_snapshot!("notice-zh", words(&get("/notices/air-order").await));
    let english = get_with("/notices/air-order", &[("accept-language", "en")]).await;
    insta::assert_snapshot!("notice-en", words(&english));
}

#[tokio::test]
async fn verdict() {
    let question = [("q", "我的重型柴油货车拉渣土能驶入中环以内吗？")];
    insta::assert_snapshot!("verdict-zh", words(&form("/ask", &question).await));
}

#[tokio::test]
async fn missing_page() {
    insta::assert_snapshot!("missing", words(&get("/nothing").await));
}
