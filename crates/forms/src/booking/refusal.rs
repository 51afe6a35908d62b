//! Why a command is not carried out, and by which clause.

use jiff::civil::DateTime;
use ledger::name::Key;
use notice::Label;
use notice::rule::ClauseAddress;

use super::rows::Number;
use super::words::{english, english_end, what};

/// A refusal: the reason, and the clause that gives it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why} ({clause})")]
pub struct Refused {
    /// The reason.
    pub why: Why,
    /// The offer, or its project: `library-volunteers#volunteers/reading`.
    pub clause: ClauseAddress,
}

/// Reasons. Times are the city's civil time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// The command was made by another version of the text.
    #[error(
        "The notice has been changed since you opened it: read it again, then send this again."
    )]
    OtherText,
    /// Given by somebody who is neither the person nor an accepted guardian.
    #[error(
        "You can do this only for yourself or for a child whose accepted guardian you are: let the person do it, or have the guardianship confirmed first."
    )]
    NotYours,
    /// The clause of the powers is for something else, or was given to somebody else.
    #[error(
        "The power that was cited is for something else or not yours: start again from your own desk."
    )]
    OtherPower,
    /// The text has no such slot.
    #[error("There is no such time slot: choose one from the notice's list.")]
    NoSuchSlot,
    /// Before the sign-up window.
    #[error("Sign-up has not begun: come back at {}.", english(.opens))]
    NotYetOpen {
        /// When it begins.
        opens: DateTime,
    },
    /// After the sign-up window, or the session has begun.
    #[error("Sign-up for this slot ended at {}: choose another slot that is still open.", english_end(.closed))]
    Closed {
        /// When it ended.
        closed: DateTime,
    },
    /// The conditions exclude the person.
    #[error(
        "By what you have told us you do not meet the conditions: read the clause, and correct what you told us if it is wrong."
    )]
    NotEligible,
    /// Something was not told that decides.
    #[error("Whether you may sign up depends on one thing you have not told us, `{}`: answer it and send this again.", .0.en)]
    FactMissing(Label),
    /// What was told does not settle it.
    #[error(
        "What you have told us does not settle whether you may sign up: ask the office that issued the notice."
    )]
    Unclear,
    /// Facts or reasons are of somebody else.
    #[error("What was sent with this is about another person: start again from your own page.")]
    OtherPerson,
    /// The offer asks something that was not answered.
    #[error(
        "The office asks a few things of whoever signs up, and not all are answered: answer them and send this again."
    )]
    Unanswered,
    /// The consent that is asked for is a guardian's.
    #[error(
        "A guardian must agree to this: let a parent or guardian sign you up from their own account."
    )]
    GuardianConsent,
    /// For nobody, or for more than one booking may be for.
    #[error(
        "One booking here is for 1 to {most} people: change the number, or book twice, each under the name of somebody who comes."
    )]
    PartySize {
        /// How many it may be for.
        most: u32,
    },
    /// Not having come too often.
    #[error("You have missed too many sessions and can sign up again from {} on: until then you can still go to what you have booked, or cancel it.", english(.until))]
    Barred {
        /// From when on they may again.
        until: DateTime,
    },
    /// Signed up for the slot already.
    #[error(
        "You have signed up for this slot already, as booking {booking}: find it under My things."
    )]
    Already {
        /// The booking.
        booking: Number,
    },
    /// Signed up for another project of the same session.
    #[error(
        "You can take only one project in the same session and have signed up for {}: cancel that first, or choose another session.", what(.slot)
    )]
    OneProject {
        /// The other slot.
        slot: Key,
    },
    /// A booking overlaps.
    #[error("You have booked {}, from {} to {}, which overlaps with this: cancel that first, or choose another time.", what(.slot), english(.from), english_end(.to))]
    Clash {
        /// The other slot.
        slot: Key,
        /// When it begins.
        from: DateTime,
        /// When it ends.
        to: DateTime,
    },
    /// As many slots as one may hold.
    #[error(
        "You hold {limit} slots here, which is as many as one person may: cancel one first, or wait until one is over."
    )]
    Limit {
        /// How many.
        limit: u32,
    },
    /// No place left and no waiting list.
    #[error("All places of this slot are taken and there is no waiting list: choose another slot.")]
    Full,
    /// Fewer places left than there are people, and no waiting list.
    #[error(
        "Only {left} places of this slot are left, which is fewer than you are, and there is no waiting list: come with fewer people, or choose another slot."
    )]
    TooFewLeft {
        /// How many.
        left: u32,
    },
    /// No place left, and the waiting list is full.
    #[error(
        "All places of this slot are taken, and so are the {places} places of its waiting list: choose another slot."
    )]
    WaitingFull {
        /// How many may wait.
        places: u32,
    },
    /// No such booking of this person in this offer.
    #[error("There is no such booking here: look its number up under My things.")]
    NoSuchBooking,
    /// After the time to cancel.
    #[error("It could be cancelled until {}, which is past: tell the office if you cannot come.", english_end(.until))]
    TooLateToCancel {
        /// Until when it could.
        until: DateTime,
    },
    /// It has ended already.
    #[error(
        "This booking has ended already, there is nothing left to cancel: look under My things how it stands."
    )]
    NothingToCancel,
    /// The notice stands.
    #[error("The notice stands, so nothing under it is called off: withdraw it first.")]
    NotWithdrawn,
    /// No place is kept.
    #[error("No place is being kept for this booking: look under My things how it stands.")]
    NothingOffered,
    /// The time to take the place is over.
    #[error(
        "The place was kept for you, but the time to take it is over: sign up again if you still want to come."
    )]
    OfferLapsed,
    /// Nobody can move up.
    #[error(
        "Nobody can move up: no offered place has run out and none is free for those who wait; nothing needs doing."
    )]
    NothingToMoveUp,
    /// Seen at a time that is yet to come.
    #[error("The time given is still to come: set this device's clock right and try again.")]
    InFuture,
    /// Before one can check in.
    #[error("Check-in begins at {}: try again then.", english(.from))]
    TooEarly {
        /// When it begins.
        from: DateTime,
    },
    /// After one can check in.
    #[error("Check-in ended at {}: if the person was there, staff can grant the hours.", english_end(.until))]
    TooLate {
        /// When it ended.
        until: DateTime,
    },
    /// The booking gives no place.
    #[error("This booking gives no place now: sign the person up, if a place is free.")]
    NoPlace,
    /// Checked in already.
    #[error(
        "This booking has been checked in already and admits once: look at the name on the list."
    )]
    AlreadyIn,
    /// Not checked in.
    #[error(
        "This booking has not been checked in: check it in first, or let staff grant the hours."
    )]
    NotIn,
    /// Checked out already.
    #[error("This booking has been checked out already: nothing needs doing.")]
    AlreadyOut,
    /// Went before they came.
    #[error("The check-out lies before the check-in: correct the time and try again.")]
    OutBeforeIn,
    /// The session is not over.
    #[error("The session is not over until {}: check the person out, or wait.", english_end(.to))]
    NotOver {
        /// When it is.
        to: DateTime,
    },
    /// Nobody saw that they came.
    #[error(
        "Only who was checked in can say how it was: if you were there, ask the staff to look at the record."
    )]
    WasNotThere,
    /// The session is not over, so nobody can say how it was.
    #[error("The session is not over until {}: say how it was after that.", english_end(.to))]
    FeedbackNotYet {
        /// When it is.
        to: DateTime,
    },
    /// The time to say it is over.
    #[error("How it was could be said until {}, which is past: tell the office directly.", english_end(.until))]
    FeedbackClosed {
        /// Until when it could.
        until: DateTime,
    },
    /// Nothing was said.
    #[error("Nothing was said of this session here: there is nothing to take back.")]
    NoFeedback,
    /// The session has not begun.
    #[error("The session begins at {}: hours can be granted from then on.", english(.from))]
    NotBegun {
        /// When it does.
        from: DateTime,
    },
    /// None, or more than the session leaves.
    #[error(
        "Between 1 and {left} minutes can be granted for this session, which is what it lasts less what is counted already: correct the number."
    )]
    GrantMinutes {
        /// What is left.
        left: u32,
    },
    /// The whole session is counted.
    #[error(
        "The whole session is counted already, so nothing can be granted for it: nothing needs doing."
    )]
    HoursFull,
    /// A correction that would add.
    #[error(
        "A correction only takes away what was written by mistake: put a stay within the one on record, or let staff grant what is missing."
    )]
    CorrectsMore,
    /// A correction that changes nothing.
    #[error("This is what the record says already: change what is wrong in it, or leave it.")]
    CorrectsNothing,
    /// The offer says nothing of not coming.
    #[error("The notice lets nothing follow from not coming: leave the booking as it is.")]
    NoRule,
    /// They came, or had no place.
    #[error(
        "Nobody is missing here: the person came, or had no place, so leave the booking as it is."
    )]
    NotMissing,
    /// They may still come.
    #[error("The person may still come until {}: mark the absence after that.", english_end(.until))]
    MayStillCome {
        /// Until when.
        until: DateTime,
    },
    /// Places go in the order of signing up.
    #[error("These places go in the order of signing up, not by a draw: nothing needs drawing.")]
    NotByDraw,
    /// The list is not closed.
    #[error("One can enter the draw until {}: carry it out after that.", english_end(.closes))]
    StillOpen {
        /// Until when.
        closes: DateTime,
    },
    /// The terms are not the text's.
    #[error(
        "The draw's terms are not this slot's: hold one with its notice, its number of places and its closing time."
    )]
    DrawTerms,
    /// The list is not the entrants.
    #[error(
        "The draw's list is not those who were in the draw at its close: close a new list with exactly their numbers."
    )]
    DrawList,
    /// Another draw is being carried out.
    #[error("Another draw decides over this slot already: carry on with that one.")]
    OtherDraw,
    /// All ranks are carried out.
    #[error("All ranks of this draw have been carried out: nothing needs doing.")]
    AllSettled,
    /// The side has promised.
    #[error(
        "This side has promised its secret already, and a promise cannot be changed: keep the secret until the list is fixed."
    )]
    PromisedAlready,
    /// The same person on both sides.
    #[error(
        "You have promised for the other side of this draw: somebody else must promise for this one."
    )]
    BothSides,
    /// The list has closed.
    #[error("Secrets were to be promised before {}, when the list closed: fix the list and start the draw anew.", english_end(.closes))]
    TooLateToPromise {
        /// When.
        closes: DateTime,
    },
    /// Not all sides have promised.
    #[error(
        "Not both sides have promised a secret: start the draw anew, or wait for the promise that is missing."
    )]
    NotPromised,
    /// There is a list.
    #[error("The list is fixed already and cannot be changed: reveal the secrets.")]
    ListFixed,
    /// There is no list.
    #[error("The list is not fixed yet: fix it before anything is revealed or drawn.")]
    ListNotFixed,
    /// The list would be empty.
    #[error("Nobody is in this draw: nothing needs drawing.")]
    NobodyEntered,
    /// Not the secret promised.
    #[error("This is not the secret that was promised: reveal the one that was kept.")]
    OtherSecret,
    /// The secret is known.
    #[error("This side has revealed its secret already: nothing needs doing.")]
    RevealedAlready,
    /// The draw goes on.
    #[error(
        "Nothing is withheld, or there is still time to reveal it: the draw goes on as it was promised."
    )]
    NothingWithheld,
    /// No public randomness decides here.
    #[error("The terms of this draw name no public randomness: the secrets alone decide.")]
    NoBeacon,
    /// The round is had.
    #[error("The public randomness of this draw is in already: nothing needs doing.")]
    BeaconIn,
    /// The round is yet to come.
    #[error("The round of public randomness comes at {}: put it in after that.", english(.at))]
    BeaconToCome {
        /// When.
        at: DateTime,
    },
    /// Not signed so.
    #[error(
        "The beacon did not sign round {round} so: take the signature of that very round, and the whole of it."
    )]
    OtherSignature {
        /// The round that the terms name.
        round: u64,
    },
    /// Not the rank that is next.
    #[error("Rank {next} is the next to be carried out: carry on from there.")]
    OtherRank {
        /// The next, the first being 1.
        next: u32,
    },
}
