//! `/desk/season/{slug}/grant`: lets a partner make a product under the brand.

use super::field::{Sent, Wrong, day, day_after, yuan};
use super::{Of, denied, desk, give, may, of, words};
use crate::app::App;
use crate::failure::Failure;
use crate::layout;
use crate::pages::sign_in::faced;
use crate::pages::staff::by_clause;
use crate::params::Params;
use crate::people::{Asked, Visitor, led};
use crate::reader::Reader;
use axum::extract::{Path, State};
use axum::response::Response;
use forms::people::powers::{Act, Citation};
use forms::season::{BasisPoints, GrantLicence, Royalty, Title};
use maud::html;
use std::sync::Arc;

/// `GET /desk/season/{slug}/grant`
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    visitor: Visitor,
    Path(slug): Path<String>,
) -> Result<Response, Failure> {
    let of = of(&app, &slug)?;
    match may(
        &app,
        &visitor.standing(&app),
        Act::GrantLicence,
        &of.season,
        false,
    ) {
        Ok(under) => Ok(page(
            &app,
            &visitor,
            &of,
            &under,
            &Sent::fresh(&reader),
            &reader,
        )),
        Err(why) => Ok(denied(&app, &reader, of.notice, &why)),
    }
}

/// `POST /desk/season/{slug}/grant`
pub async fn grant(
    State(app): State<Arc<App>>,
    mut reader: Reader,
    Path(slug): Path<String>,
    Asked { visitor, fields }: Asked,
) -> Result<Response, Failure> {
    let of = of(&app, &slug)?;
    // Whoever does not say that they have no interest in it has one, for all that is known.
    let interest = fields.get("no-interest") != Some("yes");
    let under = match may(
        &app,
        &visitor.standing(&app),
        Act::GrantLicence,
        &of.season,
        interest,
    ) {
        Ok(under) => under,
        Err(why) => return Ok(denied(&app, &reader, of.notice, &why)),
    };
    let done = give(&app, &of, &visitor, read(&fields, under.clone())).await;
    match done {
        Ok(sequence) => Ok(led(&format!("/desk/season/{slug}/licences/{sequence:012}"))),
        Err(Wrong::Failure(failure)) => Err(failure),
        Err(Wrong::Said(field, why)) => {
            reader.here = format!("/desk/season/{slug}/grant");
            let status = Wrong::status(field);
            let sent = Sent::back(&reader, &fields, (field, &why));
            Ok(faced(
                page(&app, &visitor, &of, &under, &sent, &reader),
                status,
            ))
        }
    }
}

fn read(fields: &Params, under: Citation) -> Result<GrantLicence, Wrong> {
    Ok(GrantLicence {
        partner: Title::read(fields.typed("partner")).map_err(Wrong::typed("partner"))?,
        product: Title::read(fields.typed("product")).map_err(Wrong::typed("product"))?,
        from: day(fields, "from")?,
        until: day_after(fields, "last")?,
        royalty: royalty(fields)?,
        exclusive: fields.get("exclusive") == Some("yes"),
        under,
    })
}

fn royalty(fields: &Params) -> Result<Royalty, Wrong> {
    match fields.get("by") {
        Some("share") => {
            let share = BasisPoints::read(fields.typed("amount"));
            share.map(Royalty::Share).ok_or_else(|| {
                Wrong::at(
                    "amount",
                    "请填百分数，最多两位小数，如 8.5。",
                    "Give a percentage with at most two decimals, such as 8.5.",
                )
            })
        }
        Some("each") => yuan(fields, "amount").map(Royalty::Each),
        _ => Err(Wrong::at(
            "by",
            "请选授权费怎么收。",
            "Choose how the royalty is asked.",
        )),
    }
}

fn page(
    app: &App,
    visitor: &Visitor,
    of: &Of<'_>,
    under: &Citation,
    sent: &Sent<'_>,
    reader: &Reader,
) -> Response {
    let slug = &of.notice.slug;
    let title = reader.say("授予授权", "Grant a licence");
    let (from, until) = of.season.days();
    let season = match until {
        Some(until) => words::term(reader, from, until),
        None => crate::moments::full_day(from, reader.lang),
    };
    let most = of.season.royalty_most();
    let ways = [
        (
            "share".to_owned(),
            reader.say(
                format!("按销售额的百分比（不超过 {most}）"),
                format!("a share of what is sold, in percent ({most} at most)"),
            ),
        ),
        (
            "each".to_owned(),
            reader
                .say("按件，每件多少元", "so many yuan a piece")
                .to_owned(),
        ),
    ];
    let body = html! {
        div .narrow {
            (desk::crumbs(reader, of, &[desk::way(reader, slug)]))
            h1 { (title) }
            (sent.alert())
            form .desk-form action={ "/desk/season/" (slug) "/grant" } method="post" {
                input type="hidden" name="csrf" value=(visitor.csrf());
                (sent.input("partner", "text", reader.say("伙伴", "Partner"), reader.say("写单位或者店铺的名称；会公开，不写个人姓名", "the name of the shop or firm; it becomes public: no person’s name"), ""))
                (sent.input("product", "text", reader.say("产品", "Product"), reader.say("照产品上的写，一件产品一个授权", "as on the product; one licence for each"), ""))
                div .field-pair {
                    (sent.input("from", "date", reader.say("第一天", "First day"), "", &reader.now.date().max(from).to_string()))
                    (sent.input("last", "date", reader.say("最后一天", "Last day"), "", ""))
                }
                p .fine { (reader.say("期限在主题季以内：", "Within the season: ")) (season) (reader.say("。", ".")) }
                (sent.choice("by", reader.say("授权费怎么收", "How the royalty is asked"), &ways))
                (sent.input("amount", "decimal", reader.say("收多少", "How much"), reader.say("按百分比的填 8.5 这样，按件的填 1.50 这样", "8.5 for a percentage, 1.50 for yuan a piece"), ""))
                p .tick { label { input type="checkbox" name="exclusive" value="yes" checked[sent.typed("exclusive") == "yes"]; " " (reader.say("独家：期间这件产品不授权别家", "exclusive: nobody else gets this product meanwhile")) } }
                p .tick { label { input type="checkbox" name="no-interest" value="yes" required checked[sent.typed("no-interest") == "yes"]; " " (reader.say("我和这个伙伴没有利害关系", "I have no interest of my own in this partner")) } }
                (by_clause(app, reader, under))
                button .button type="submit" { (reader.say("授予", "Grant it")) }
            }
        }
    };
    layout::personal(app, reader, title, body)
}
