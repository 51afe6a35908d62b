//! What speaks against publishing a text, or against withdrawing one: found against the texts that will stand beside it, at
//! the moment it comes into force and at every change that is planned after that.

use std::collections::BTreeSet;
use std::sync::Arc;

use decide::diff::{Differences, diff};
use decide::prove::prove as prove_book;
use decide::{Book, Question};
use jiff::Timestamp;
use notice::{Diagnostic, DiagnosticKind, Label, Notice, Severity, Slug};

use super::guard::{self, Beside};
use super::rows::Seen;
use super::shelf::Shelf;
use super::{TEXT_BYTES_MAX, is_slug};

/// Changes that may be planned after a text comes into force; each is proved.
const PLANNED_MAX: usize = 12;

/// What is to be published, or withdrawn.
#[derive(Clone, Copy, Debug)]
pub struct Proposal<'a> {
    /// The notice.
    pub slug: &'a Slug,
    /// Its text; nothing to withdraw it.
    pub text: Option<&'a [u8]>,
    /// From when on.
    pub from: Timestamp,
    /// Id of the office whose notice it is to be.
    pub office: &'a str,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Proof {
    /// Everything found, the text's own first; of other notices only what this would break.
    pub findings: Vec<Diagnostic>,
    /// The text as it was read, if it can be.
    pub notice: Option<Arc<Notice>>,
    /// The texts that it was proved against.
    pub seen: Seen,
}

impl Proof {
    /// Whether any finding refuses it.
    #[must_use]
    pub fn refuses(&self) -> bool {
        let mut findings = self.findings.iter();
        findings.any(|one| one.severity == Severity::Error)
    }
}

/// The texts before and after, at one moment.
pub struct Moments {
    /// As they stand without it.
    pub before: Book,
    /// As they stand with it.
    pub after: Book,
}

/// Proves a proposal. Pure, and bounded like every proof of `decide`; still it takes its time, so never in the ledger's writer.
#[must_use]
pub fn prove(shelf: &Shelf, proposal: &Proposal<'_>) -> Proof {
    let mut proof = Proof {
        findings: Vec::new(),
        notice: None,
        seen: shelf.seen,
    };
    if let Some(text) = proposal.text {
        proof.notice = read(shelf, proposal, text, &mut proof.findings);
        if proof.refuses() {
            return proof;
        }
    }
    let changes = shelf.changes();
    let later: Vec<Timestamp> = changes
        .into_iter()
        .filter(|change| *change > proposal.from)
        .collect();
    if later.len() > PLANNED_MAX {
        proof.findings.push(too_many(shelf, proposal, later.len()));
        return proof;
    }
    for at in std::iter::once(proposal.from).chain(later) {
        let found = at_moment(shelf, proposal, proof.notice.as_ref(), at);
        for one in found {
            if !proof.findings.contains(&one) {
                proof.findings.push(one);
            }
        }
        if proof.refuses() {
            break;
        }
    }
    // The text's own findings first, each part in its order.
    let file = format!("notices/{}.md", proposal.slug);
    proof.findings.sort_by_key(|one| *one.place.file != *file);
    proof
}

/// For whom what changes, at the moment the text comes into force; nothing if that cannot be told.
#[must_use]
pub fn changes(
    shelf: &Shelf,
    slug: &Slug,
    notice: Option<&Arc<Notice>>,
    from: Timestamp,
) -> Option<Differences> {
    let moments = Moments::at(shelf, slug, notice, from);
    let of = |book: &Book| from_then_on(book, slug, from);
    diff(&of(&moments.before), &of(&moments.after)).ok()
}

/// For whom what changes between two editions of a notice, among the other texts that stand at a moment.
#[must_use]
pub fn between(
    shelf: &Shelf,
    slug: &Slug,
    (old, new): (Option<&Arc<Notice>>, Option<&Arc<Notice>>),
    at: Timestamp,
) -> Option<Differences> {
    let with = |notice| from_then_on(&Moments::at(shelf, slug, notice, at).after, slug, at);
    diff(&with(old), &with(new)).ok()
}

/// The same book where a notice acts only from a moment on: before that it is neither gained nor lost.
fn from_then_on(book: &Book, slug: &Slug, from: Timestamp) -> Book {
    let from = book.city().zone.to_datetime(from);
    let notices = book.notices().iter().filter_map(|notice| {
        if notice.slug != *slug || from <= notice.in_force.from {
            return Some(notice.clone());
        }
        if notice.in_force.until.is_some_and(|until| until <= from) {
            return None;
        }
        let mut clipped = Notice::clone(notice);
        clipped.in_force.from = from;
        Some(Arc::new(clipped))
    });
    Book::compile(book.city().clone(), notices.collect())
}

impl Moments {
    /// The texts that stand at a moment, without a proposal and with it.
    #[must_use]
    pub fn at(shelf: &Shelf, slug: &Slug, notice: Option<&Arc<Notice>>, at: Timestamp) -> Moments {
        let before = shelf.at(at);
        let mut after: Vec<_> = before.iter().filter(|n| n.slug != *slug).cloned().collect();
        if let Some(notice) = notice {
            let place = after.partition_point(|n| n.slug < notice.slug);
            after.insert(place, notice.clone());
        }
        let city = shelf.city();
        Moments {
            before: Book::compile(city.clone(), before),
            after: Book::compile(city.clone(), after),
        }
    }
}

/// Reads the text beside those that will stand.
fn read(
    shelf: &Shelf,
    proposal: &Proposal<'_>,
    text: &[u8],
    findings: &mut Vec<Diagnostic>,
) -> Option<Arc<Notice>> {
    let Proposal { slug, from, .. } = *proposal;
    let city = shelf.city();
    let file: Arc<str> = format!("notices/{slug}.md").into();
    let of_file = |span, kind, message, hint| {
        let text: Arc<str> = String::from_utf8_lossy(text).into();
        guard::error(kind, &file, &text, span, message, hint)
    };
    if text.len() > TEXT_BYTES_MAX {
        findings.push(of_file(
            0..0,
            DiagnosticKind::Limit,
            Label::new(
                format!("文本有 {} 字节，太长了", text.len()),
                format!("the text has {} bytes, which is too long", text.len()),
            ),
            Label::new(
                format!("一份公告最多 {TEXT_BYTES_MAX} 字节，请分成几份"),
                format!("a notice has at most {TEXT_BYTES_MAX} bytes: make several of it"),
            ),
        ));
        return None;
    }
    if !is_slug(&slug.0) {
        findings.push(of_file(
            0..0,
            DiagnosticKind::Type,
            Label::new(
                format!("“{slug}”不能作公告的短名"),
                format!("`{slug}` cannot be a notice's short name"),
            ),
            Label::new(
                "用小写字母、数字和连字符，最多 64 个，如 night-noise",
                "use at most 64 lower-case letters, digits and hyphens, like night-noise",
            ),
        ));
        return None;
    }
    let mut others = shelf.at(from);
    others.retain(|notice| notice.slug != *slug);
    // A text may name its own rules too: what it names of itself is looked at when it is compiled.
    let beside = Beside {
        city,
        others: Some(&others),
    };
    let reading = beside.read(&slug.0, text);
    findings.extend(reading.diagnostics);
    let notice = Arc::new(reading.notice?);
    findings.extend(guard::issuer(city, &notice, proposal.office));
    findings.extend(guard::powers(city, &notice));
    Some(notice)
}

/// Everything against it at one moment.
fn at_moment(
    shelf: &Shelf,
    proposal: &Proposal<'_>,
    notice: Option<&Arc<Notice>>,
    at: Timestamp,
) -> Vec<Diagnostic> {
    let Moments { before, after } = Moments::at(shelf, proposal.slug, notice, at);
    let mut looked_at: BTreeSet<Slug> = notice.iter().map(|notice| notice.slug.clone()).collect();
    let mut findings = Vec::new();
    // Other notices may name rules of this one that are no longer there.
    let standing = after.notices();
    let names = |other: &&Arc<Notice>| {
        let mut over = other.rules.iter().flat_map(|rule| &rule.over);
        other.slug != *proposal.slug && over.any(|over| over.notice == *proposal.slug)
    };
    for other in standing.iter().filter(names) {
        let beside = Beside {
            city: shelf.city(),
            others: Some(standing),
        };
        let reading = beside.read(&other.slug.0, other.source.as_bytes());
        findings.extend(errors(reading.diagnostics));
        looked_at.insert(other.slug.clone());
    }
    // Rules that this one outranked until now may contradict each other again.
    let was = before.notices().iter().find(|n| n.slug == *proposal.slug);
    let over = was.into_iter().flat_map(|was| &was.rules);
    looked_at.extend(
        over.flat_map(|rule| &rule.over)
            .map(|over| over.notice.clone()),
    );
    // Questions that others answer otherwise by then. One about an earlier time is answered by the texts of that time.
    let moment = shelf.city().zone.to_datetime(at);
    let mut earlier: Vec<(Slug, usize)> = Vec::new();
    for other in standing.iter().filter(|n| n.slug != *proposal.slug) {
        let mut changed = false;
        for ask in &other.asks {
            let question = Question::of(ask, other, shelf.city());
            if question.at < moment {
                earlier.push((other.slug.clone(), ask.answer_span.start));
                continue;
            }
            let (was, is) = (before.answer(&question), after.answer(&question));
            changed |=
                (was.verdict, &was.because, &was.needs) != (is.verdict, &is.because, &is.needs);
        }
        if changed {
            looked_at.insert(other.slug.clone());
        }
    }
    let looked_at: Vec<Slug> = looked_at.into_iter().collect();
    let counts = |one: &Diagnostic| {
        let of = Slug::of_file(&one.place.file);
        let past = one.kind == DiagnosticKind::FailedAsk
            && earlier
                .iter()
                .any(|(slug, ask)| &*slug.0 == of && *ask == one.place.span.start);
        of == &*proposal.slug.0 || (one.severity == Severity::Error && !past)
    };
    let found = prove_book(&after, Some(&looked_at)).into_iter();
    findings.extend(found.filter(counts));
    findings
}

fn errors(found: Vec<Diagnostic>) -> impl Iterator<Item = Diagnostic> {
    let found = found.into_iter();
    found.filter(|one| one.severity == Severity::Error)
}

fn too_many(shelf: &Shelf, proposal: &Proposal<'_>, planned: usize) -> Diagnostic {
    let text: Arc<str> = String::from_utf8_lossy(proposal.text.unwrap_or_default()).into();
    let last = shelf.changes().last().copied().unwrap_or(proposal.from);
    let last = shelf.city().zone.to_datetime(last);
    guard::error(
        DiagnosticKind::Limit,
        &format!("notices/{}.md", proposal.slug).into(),
        &text,
        0..0,
        Label::new(
            format!("在它之后还排了 {planned} 次发布，多于能逐一检验的 {PLANNED_MAX} 次"),
            format!(
                "{planned} changes are planned after it, more than the {PLANNED_MAX} that are proved"
            ),
        ),
        Label::new(
            format!("写晚一些的时间，最后一次在 {last}"),
            format!("name a later time: the last is at {last}"),
        ),
    )
}
