//! What an office does with its notices: the powers are asked, findings looked for, commands given. Pages and the command line
//! go the same way, so they refuse alike.

mod edge;

use crate::app::App;
use crate::failure::Failure;
use crate::house::House;
use crate::people::{People, ours};
use city::City;
use decide::diff::Differences;
use forms::people::powers::{Act, Citation, Denied, Matter, Powers, Standing};
use forms::publish::{
    Concerning, DraftText, DropDraft, Dropping, Edition, Paper, Proof, Proposal, Publish,
    Publishing, Refusal, SaveDraft, Saving, Seen, Shelf, Sign, Signing, Withdraw, Withdrawing,
};
use jiff::Timestamp;
use ledger::name::{RequestId, TextVersion};
use notice::{Label, Notice, Slug};
use std::sync::Arc;

/// So many proofs are made at once; others wait for their turn.
pub(crate) const PROOFS_AT_ONCE: usize = 2;

/// Why something was not done; nothing was changed.
#[derive(Debug)]
pub enum Stopped {
    /// The powers do not give it.
    Denied(Box<Denied>),
    /// The ledger's form refuses it.
    Refused(Refusal),
    /// What was found speaks against it.
    Found(Box<Proof>),
    /// What was typed cannot be.
    Input(Label),
    /// It could not be decided.
    Failure(Failure),
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<Denied> for Stopped {
    fn from(denied: Denied) -> Self {
        Self::Denied(Box::new(denied))
    }
}

/// Somebody at the desk of their office.
pub struct Desk {
    /// The pages of now.
    pub(crate) app: Arc<App>,
    people: Arc<People>,
    /// Who it is, and their post.
    pub(crate) who: Standing,
}

/// A draft with its text.
pub struct Drafted {
    /// The draft.
    pub draft: DraftText,
    /// Its text.
    pub text: String,
}

/// What a proposal comes to.
pub struct Looked {
    /// What was found.
    pub proof: Proof,
    /// For whom what changes, if the text can be read and that can be told.
    pub changes: Option<Differences>,
}

/// Has the pages of an app follow what its ledger holds, before anything is looked at.
///
/// # Errors
/// [`Stopped`] when the ledger cannot be read.
pub async fn ready(app: &App) -> Result<(), Stopped> {
    match app.house() {
        Some(house) => Ok(House::renew(&house).await?),
        None => Ok(()),
    }
}

impl App {
    /// The city that is served.
    #[must_use]
    pub fn served_city(&self) -> &City {
        self.city()
    }

    /// The instant that the server's clock shows.
    #[must_use]
    pub fn clock_now(&self) -> Timestamp {
        self.clock.now()
    }

    fn may(
        &self,
        who: &Standing,
        act: Act,
        office: &str,
        interest: bool,
    ) -> Result<Citation, Denied> {
        let matter = Matter {
            interest,
            ..Matter::of(office)
        };
        Powers::of(&self.book).may(who, act, &matter, self.now())
    }

    /// Whether somebody may publish or countersign for their own office.
    pub(crate) fn may_work_at_desk(&self, who: &Standing) -> Result<(), Denied> {
        let own = who.post.as_ref().map_or("", |post| &post.office);
        let may = |act| self.may(who, act, own, false);
        match may(Act::PublishNotice) {
            Err(denied) if may(Act::CountersignNotice).is_err() => Err(denied),
            _ => Ok(()),
        }
    }

    /// What was last published of a notice, by the pages of now.
    #[must_use]
    pub fn last_edition(&self, slug: &str) -> Option<Edition> {
        let of = |app: &App| {
            app.editions
                .shelf
                .paper(slug)?
                .editions
                .last()?
                .edition
                .clone()
        };
        match self.house() {
            Some(house) => of(&house.app()),
            None => of(self),
        }
    }
}

impl Desk {
    /// The desk of somebody; refused to whom no clause of the powers lets publish or countersign for their own office.
    ///
    /// # Errors
    /// [`Stopped`].
    pub fn of(app: Arc<App>, who: Standing) -> Result<Desk, Stopped> {
        let people = app.people.clone().ok_or(Failure::NotFound)?;
        // Pages that were asked for before others came to stand go on with the new ones.
        let app = app.house().map_or(app, |house| house.app());
        app.may_work_at_desk(&who)?;
        Ok(Desk { app, people, who })
    }

    /// Id of the office in whose name somebody works here; empty for whoever holds no post, and that is nobody's office.
    pub fn own_office(&self) -> &str {
        self.who.post.as_ref().map_or("", |post| &post.office)
    }

    fn may(&self, act: Act, office: &str, interest: bool) -> Result<Citation, Denied> {
        self.app.may(&self.who, act, office, interest)
    }

    /// The texts of all times.
    pub(crate) fn shelf(&self) -> &Arc<Shelf> {
        &self.app.editions.shelf
    }

    /// A notice with its editions.
    pub fn paper(&self, slug: &str) -> Option<&Paper> {
        self.shelf().paper(slug)
    }

    /// Whose notice it is, or is to be.
    fn office(&self, slug: &str, draft: Option<&DraftText>) -> String {
        let paper = self.paper(slug).map(|paper| paper.office.clone());
        let drafted = || draft.map(|draft| draft.office.clone());
        paper
            .or_else(drafted)
            .unwrap_or_else(|| self.own_office().to_owned())
    }

    /// Whether somebody may write this notice: it is their own office's.
    ///
    /// # Errors
    /// [`Denied`], by its clause.
    pub fn may_write(&self, slug: &str, draft: Option<&DraftText>) -> Result<Citation, Denied> {
        let act = match self.paper(slug) {
            Some(_) => Act::CorrectNotice,
            None => Act::PublishNotice,
        };
        self.may(act, &self.office(slug, draft), false)
    }

    /// Whether somebody may sign this draft: whoever has written it has an interest of their own.
    ///
    /// # Errors
    /// [`Denied`], by its clause.
    pub fn may_sign(&self, draft: &DraftText) -> Result<Citation, Denied> {
        let own = draft.hands.contains(&self.who.person);
        let office = self.office(draft.slug.as_str(), Some(draft));
        self.may(Act::CountersignNotice, &office, own)
    }

    /// Whether somebody may withdraw this notice.
    ///
    /// # Errors
    /// [`Denied`], by its clause.
    pub fn may_withdraw(&self, slug: &str) -> Result<Citation, Denied> {
        self.may(Act::WithdrawNotice, &self.office(slug, None), false)
    }

    /// The drafts of this office.
    ///
    /// # Errors
    /// [`Failure`] when they cannot be read.
    pub(crate) async fn drafts(&self) -> Result<Vec<DraftText>, Failure> {
        let read = self
            .people
            .bookings
            .read(|reader| DraftText::load_all(reader).map_err(ours));
        let mut drafts = read.await?;
        drafts.retain(|draft| draft.office == self.own_office());
        Ok(drafts)
    }

    /// The draft of a notice, with its text.
    ///
    /// # Errors
    /// [`Failure`] when it cannot be read.
    pub(crate) async fn draft(&self, slug: &str) -> Result<Option<Drafted>, Failure> {
        self.people.drafted(slug).await
    }

    /// What there is to say of a text, or of withdrawing a notice, from `from` on, and for whom what changes.
    ///
    /// # Errors
    /// [`Failure`] when it breaks the proof, which is our fault and nobody's loss.
    pub async fn look(
        &self,
        slug: &str,
        text: Option<&str>,
        from: Timestamp,
    ) -> Result<Looked, Failure> {
        let office = match self.paper(slug) {
            Some(paper) => paper.office.clone(),
            None => self.own_office().to_owned(),
        };
        let (shelf, slug) = (self.shelf().clone(), Slug(slug.into()));
        let text = text.map(|text| text.as_bytes().to_vec());
        self.app
            .prove(move || {
                let proposal = Proposal {
                    slug: &slug,
                    text: text.as_deref(),
                    from,
                    office: &office,
                };
                let proof = forms::publish::prove(&shelf, &proposal);
                let readable = proof.notice.is_some() || text.is_none();
                let notice = proof.notice.as_ref();
                let changes = readable
                    .then(|| forms::publish::changes(&shelf, &slug, notice, from))
                    .flatten();
                Looked { proof, changes }
            })
            .await
    }

    /// Saves a draft that is to stand `from` a time on, or from its publication on; `over` is the saved text that the officer had
    /// before their eyes.
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn save(
        &self,
        slug: &str,
        text: &str,
        (over, from): (Option<TextVersion>, Option<Timestamp>),
        request: RequestId,
    ) -> Result<TextVersion, Stopped> {
        self.slug(slug)?;
        let version = TextVersion::of(text.as_bytes());
        if self.done::<SaveDraft>(request, slug).await? {
            return Ok(version);
        }
        let before = self.draft(slug).await?.map(|drafted| drafted.draft);
        let under = self.may_write(slug, before.as_ref())?;
        if text.trim().is_empty() || text.len() > forms::publish::TEXT_BYTES_MAX {
            return Err(Stopped::Input(Label::new(
                "文本是空的，或者太长",
                "the text is empty or too long",
            )));
        }
        self.people.keep_text(text).await?;
        let of = self.concerning(slug, version, before.as_ref(), self.shelf().seen, under);
        let saving = Saving { of, over, from };
        self.give(request, slug, version, SaveDraft, saving).await?;
        Ok(version)
    }

    /// Drops a draft.
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn drop_draft(
        &self,
        slug: &str,
        version: TextVersion,
        request: RequestId,
    ) -> Result<(), Stopped> {
        if self.done::<DropDraft>(request, slug).await? {
            return Ok(());
        }
        let before = self.drafted(slug, version).await?.draft;
        let under = self.may_write(slug, Some(&before))?;
        let of = self.concerning(slug, version, Some(&before), self.shelf().seen, under);
        self.give(request, slug, version, DropDraft, Dropping { of })
            .await
    }

    /// Signs a draft as the second officer.
    ///
    /// # Errors
    /// [`Stopped`]: a text that is refused cannot be signed either.
    pub async fn sign(
        &self,
        slug: &str,
        version: TextVersion,
        request: RequestId,
    ) -> Result<(), Stopped> {
        if self.done::<Sign>(request, slug).await? {
            return Ok(());
        }
        let Drafted { draft, text } = self.drafted(slug, version).await?;
        let under = self.may_sign(&draft)?;
        let seen = self
            .proved(slug, Some(&text), self.from(draft.from))
            .await?;
        let of = self.concerning(slug, version, Some(&draft), seen, under);
        self.give(request, slug, version, Sign, Signing { of })
            .await
    }

    /// Publishes a signed draft, for the time that it was signed for.
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn publish(
        &self,
        slug: &str,
        version: TextVersion,
        request: RequestId,
    ) -> Result<(), Stopped> {
        if self.done::<Publish>(request, slug).await? {
            return self.renewed().await;
        }
        let Drafted { draft, text } = self.drafted(slug, version).await?;
        let under = self.may_write(slug, Some(&draft))?;
        let seen = self
            .proved(slug, Some(&text), self.from(draft.from))
            .await?;
        self.keep_founding(slug).await?;
        let of = self.concerning(slug, version, Some(&draft), seen, under);
        let publishing = Publishing { of };
        self.give(request, slug, version, Publish, publishing)
            .await?;
        self.renewed().await
    }

    /// Withdraws a notice.
    ///
    /// # Errors
    /// [`Stopped`]: also when something else that stands would be wrong without it.
    pub async fn withdraw(
        &self,
        slug: &str,
        reason: &str,
        request: RequestId,
    ) -> Result<(), Stopped> {
        if self.done::<Withdraw>(request, slug).await? {
            return self.renewed().await;
        }
        let last = self.paper(slug).and_then(Paper::last_text);
        let last = last.ok_or(Failure::NotFound)?;
        let version = TextVersion(last.text_version.0);
        let under = self.may_withdraw(slug)?;
        let seen = self.proved(slug, None, self.app.clock.now()).await?;
        self.keep_founding(slug).await?;
        let withdrawing = Withdrawing {
            of: self.concerning(slug, version, None, seen, under),
            reason: reason.to_owned(),
        };
        self.give(request, slug, version, Withdraw, withdrawing)
            .await?;
        self.renewed().await
    }

    /// When a text that is to stand from then on comes to stand, as far as is known now.
    pub(crate) fn from(&self, from: Option<Timestamp>) -> Timestamp {
        let now = self.app.clock.now();
        from.map_or(now, |from| from.max(now))
    }

    fn slug(&self, slug: &str) -> Result<(), Stopped> {
        if forms::publish::is_slug(slug) {
            return Ok(());
        }
        Err(Stopped::Input(Label::new(
            "短名用小写字母、数字和连字符，最多 64 个，如 night-noise",
            "the short name has at most 64 lower-case letters, digits and hyphens, like night-noise",
        )))
    }

    /// The draft, if it still is the text that the officer has before their eyes.
    async fn drafted(&self, slug: &str, version: TextVersion) -> Result<Drafted, Stopped> {
        match self.draft(slug).await? {
            None => Err(Stopped::Refused(Refusal::NoDraft)),
            Some(drafted) if drafted.draft.text != version => {
                Err(Stopped::Refused(Refusal::DraftChanged))
            }
            Some(drafted) => Ok(drafted),
        }
    }

    /// Refuses what findings speak against; tells the texts that it was held against.
    async fn proved(
        &self,
        slug: &str,
        text: Option<&str>,
        from: Timestamp,
    ) -> Result<Seen, Stopped> {
        let proof = self.look(slug, text, from).await?.proof;
        if proof.refuses() {
            return Err(Stopped::Found(Box::new(proof)));
        }
        Ok(proof.seen)
    }

    fn concerning(
        &self,
        slug: &str,
        text: TextVersion,
        draft: Option<&DraftText>,
        seen: Seen,
        under: Citation,
    ) -> Concerning {
        let founding = self.founding(slug);
        Concerning {
            text,
            office: self.office(slug, draft),
            founding: founding.map(|notice| TextVersion(notice.text_version.0)),
            seen,
            under,
        }
    }

    /// The text that the city folder has of a notice of which nothing was published here.
    fn founding(&self, slug: &str) -> Option<&Arc<Notice>> {
        let first = self.paper(slug)?.editions.first()?;
        first.notice.as_ref().filter(|_| first.edition.is_none())
    }

    async fn keep_founding(&self, slug: &str) -> Result<(), Failure> {
        match self.founding(slug) {
            Some(notice) => self.people.keep_text(&notice.source).await,
            None => Ok(()),
        }
    }

    /// Other texts stand: the pages follow before the officer is answered.
    async fn renewed(&self) -> Result<(), Stopped> {
        ready(&self.app).await
    }
}
