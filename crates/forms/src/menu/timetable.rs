//! The timetable: which teacher gives which order in which room and when, so that the most wishes are met with the fewest
//! clashes. Pure search, the same under the same seed, bounded by steps and not by a clock.
//!
//! It begins with the largest orders first, then tries at random to give an order a place, taking it from others where need
//! be, and keeps what is no worse. Where that does not already meet everybody and the orders are few, it looks through all
//! that could be better, and knows then that there is nothing. `docs/menu.md` says why it is written here.

use std::collections::{BTreeMap, BTreeSet};

use super::AgeGroup;

/// Combinations of teacher, room and time that are looked at in all.
const CHOICES_MAX: usize = 2_000_000;
/// So many orders can be looked through whole.
const THROUGH_MAX: usize = 40;

/// What is to be timetabled. All others are positions in its lists.
#[derive(Clone, Debug, Default)]
pub struct Problem {
    /// What was ordered.
    pub orders: Vec<Order>,
    /// Who can give it.
    pub teachers: Vec<Teacher>,
    /// Where.
    pub rooms: Vec<Room>,
}

/// So many people of a community and an age group want a course.
#[derive(Clone, Debug)]
pub struct Order {
    /// How many wishes it has.
    pub people: u32,
    /// The course.
    pub course: usize,
    /// The community.
    pub community: usize,
    /// The age group.
    pub age: AgeGroup,
}

/// A teacher.
#[derive(Clone, Debug)]
pub struct Teacher {
    /// Courses they give.
    pub courses: BTreeSet<usize>,
    /// Times at which they are free.
    pub free: BTreeSet<usize>,
    /// Sessions they give at most.
    pub most: u32,
}

/// A room.
#[derive(Clone, Debug)]
pub struct Room {
    /// Of which community.
    pub community: usize,
    /// How many it holds.
    pub places: u32,
    /// Times at which it is free.
    pub free: BTreeSet<usize>,
}

/// Who gives an order, where and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Choice {
    /// The teacher.
    pub teacher: usize,
    /// The room.
    pub room: usize,
    /// The time.
    pub time: usize,
}

/// How good a timetable is: first by the wishes it meets, then by its clashes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// Wishes met: of an order as many as the room holds.
    pub met: u64,
    /// Pairs of sessions of one community and age group at one time, of which nobody can come to both.
    pub clashes: u32,
}

impl Ord for Score {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let clashes = other.clashes.cmp(&self.clashes);
        self.met.cmp(&other.met).then(clashes)
    }
}

impl PartialOrd for Score {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// A timetable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Solution {
    /// Of each order, what it was given.
    pub given: Vec<Option<Choice>>,
    /// How good it is.
    pub score: Score,
    /// Whether it is certain that there is no better one.
    pub is_best: bool,
}

/// Why an order was given nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unmet {
    /// No teacher gives the course.
    NoTeacher,
    /// The community has no room.
    NoRoom,
    /// No teacher of the course is free when a room is.
    NoTime,
    /// Whatever could be has been given to these orders, or its teachers give as many sessions as they can.
    Taken {
        /// Orders that have the teacher or the room, at one time or another; empty if only the teachers' number stands against it.
        by: BTreeSet<usize>,
    },
}

/// The problem is larger than what is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "more than {CHOICES_MAX} combinations of teachers, rooms and times: plan fewer weeks or fewer communities at once"
)]
pub struct TooLarge;

/// Looks for the best timetable, in at most so many steps of each of its two searches.
///
/// # Errors
/// [`TooLarge`].
pub fn solve(problem: &Problem, seed: u64, steps: u64) -> Result<Solution, TooLarge> {
    let choices = problem.choices()?;
    let mut best = Table::new(problem, &choices);
    best.fill();
    best = wander(best, &mut Chance(seed), steps);
    let reached = best.score.clashes == 0 && best.score.met == best.most_worth(0);
    let through = !reached && problem.orders.len() <= THROUGH_MAX;
    let is_best = reached || (through && look_through(&mut best, steps));
    Ok(Solution {
        given: best.given,
        score: best.score,
        is_best,
    })
}

/// Why each order that was given nothing was given nothing.
///
/// # Errors
/// [`TooLarge`], as [`solve`].
pub fn unmet(problem: &Problem, solution: &Solution) -> Result<BTreeMap<usize, Unmet>, TooLarge> {
    let choices = problem.choices()?;
    let mut teacher_at = BTreeMap::new();
    let mut room_at = BTreeMap::new();
    for (order, choice) in solution.given.iter().enumerate() {
        if let Some(choice) = choice {
            teacher_at.insert((choice.teacher, choice.time), order);
            room_at.insert((choice.room, choice.time), order);
        }
    }
    let mut all = BTreeMap::new();
    for (at, order) in problem.orders.iter().enumerate() {
        if solution.given.get(at).is_none_or(Option::is_some) {
            continue;
        }
        let mut teachers = problem.teachers.iter();
        let mut rooms = problem.rooms.iter();
        let possible = choices.get(at).map_or(&[][..], Vec::as_slice);
        let why = if !teachers.any(|teacher| teacher.courses.contains(&order.course)) {
            Unmet::NoTeacher
        } else if !rooms.any(|room| room.community == order.community) {
            Unmet::NoRoom
        } else if possible.is_empty() {
            Unmet::NoTime
        } else {
            let by = possible.iter().flat_map(|(choice, _)| {
                let teacher = teacher_at.get(&(choice.teacher, choice.time));
                let room = room_at.get(&(choice.room, choice.time));
                teacher.into_iter().chain(room).copied()
            });
            Unmet::Taken { by: by.collect() }
        };
        all.insert(at, why);
    }
    Ok(all)
}

/// Of each order, what it could be given and how many wishes that meets, the most first.
type Choices = Vec<Vec<(Choice, u64)>>;

impl Problem {
    fn choices(&self) -> Result<Choices, TooLarge> {
        let mut all = Choices::with_capacity(self.orders.len());
        let mut count = 0;
        for order in &self.orders {
            let mut some = Vec::new();
            for (teacher, who) in self.teachers.iter().enumerate() {
                if order.people == 0 || who.most == 0 || !who.courses.contains(&order.course) {
                    continue;
                }
                for (room, place) in self.rooms.iter().enumerate() {
                    if place.community != order.community || place.places == 0 {
                        continue;
                    }
                    for &time in who.free.intersection(&place.free) {
                        let choice = Choice {
                            teacher,
                            room,
                            time,
                        };
                        some.push((choice, u64::from(order.people.min(place.places))));
                    }
                }
            }
            count += some.len();
            if count > CHOICES_MAX {
                return Err(TooLarge);
            }
            some.sort_by_key(|(choice, worth)| (std::cmp::Reverse(*worth), choice.time, *choice));
            all.push(some);
        }
        Ok(all)
    }
}

/// A timetable being made.
#[derive(Clone)]
struct Table<'p> {
    problem: &'p Problem,
    choices: &'p Choices,
    /// Orders, the largest first.
    order: Vec<usize>,
    given: Vec<Option<Choice>>,
    score: Score,
    teacher_at: BTreeMap<(usize, usize), usize>,
    room_at: BTreeMap<(usize, usize), usize>,
    /// How many sessions each teacher gives.
    load: Vec<u32>,
    /// How many sessions a community's age group has at a time.
    group_at: BTreeMap<(usize, AgeGroup, usize), u32>,
}

impl<'p> Table<'p> {
    fn new(problem: &'p Problem, choices: &'p Choices) -> Self {
        let mut order: Vec<usize> = (0..problem.orders.len()).collect();
        order.sort_by_key(|at| std::cmp::Reverse(problem.orders[*at].people));
        Self {
            problem,
            choices,
            order,
            given: vec![None; problem.orders.len()],
            score: Score::default(),
            teacher_at: BTreeMap::new(),
            room_at: BTreeMap::new(),
            load: vec![0; problem.teachers.len()],
            group_at: BTreeMap::new(),
        }
    }

    fn worth(&self, order: usize, choice: Choice) -> u64 {
        let people = self.problem.orders[order].people;
        u64::from(people.min(self.problem.rooms[choice.room].places))
    }

    /// The most that the orders from this one on, in their order, can be worth.
    fn most_worth(&self, from: usize) -> u64 {
        let left = self.order.iter().skip(from);
        left.map(|at| self.choices[*at].first().map_or(0, |(_, worth)| *worth))
            .sum()
    }

    fn is_free(&self, choice: Choice) -> bool {
        self.load[choice.teacher] < self.problem.teachers[choice.teacher].most
            && !self.teacher_at.contains_key(&(choice.teacher, choice.time))
            && !self.room_at.contains_key(&(choice.room, choice.time))
    }

    fn group(&self, order: usize, time: usize) -> (usize, AgeGroup, usize) {
        let order = &self.problem.orders[order];
        (order.community, order.age, time)
    }

    /// Clashes that this would add.
    fn clashes(&self, order: usize, choice: Choice) -> u32 {
        let group = self.group(order, choice.time);
        self.group_at.get(&group).copied().unwrap_or(0)
    }

    fn give(&mut self, order: usize, choice: Choice) {
        self.score.met += self.worth(order, choice);
        self.score.clashes += self.clashes(order, choice);
        let group = self.group(order, choice.time);
        *self.group_at.entry(group).or_default() += 1;
        self.teacher_at.insert((choice.teacher, choice.time), order);
        self.room_at.insert((choice.room, choice.time), order);
        self.load[choice.teacher] += 1;
        self.given[order] = Some(choice);
    }

    fn take(&mut self, order: usize) -> Option<Choice> {
        let choice = self.given[order].take()?;
        let group = self.group(order, choice.time);
        if let Some(count) = self.group_at.get_mut(&group) {
            *count -= 1;
        }
        self.score.met -= self.worth(order, choice);
        self.score.clashes -= self.clashes(order, choice);
        self.teacher_at.remove(&(choice.teacher, choice.time));
        self.room_at.remove(&(choice.room, choice.time));
        self.load[choice.teacher] -= 1;
        Some(choice)
    }

    /// Gives an order the best of what is free.
    fn fit(&mut self, order: usize) {
        let choices = self.choices;
        let free = choices[order]
            .iter()
            .filter(|(choice, _)| self.is_free(*choice));
        // The most wishes, then the fewest clashes, then the first.
        let best = free.min_by_key(|(choice, worth)| {
            (std::cmp::Reverse(*worth), self.clashes(order, *choice))
        });
        if let Some((choice, _)) = best {
            self.give(order, *choice);
        }
    }

    /// Gives every order without anything the best of what is free, the largest first.
    fn fill(&mut self) {
        for at in 0..self.order.len() {
            let order = self.order[at];
            if self.given[order].is_none() {
                self.fit(order);
            }
        }
    }

    /// Who stands against giving an order this choice: at most three others.
    fn against(&self, order: usize, choice: Choice) -> Vec<usize> {
        let teacher = self.teacher_at.get(&(choice.teacher, choice.time));
        let room = self.room_at.get(&(choice.room, choice.time));
        let mut against: BTreeSet<usize> = teacher.into_iter().chain(room).copied().collect();
        against.remove(&order);
        let theirs =
            |at: &&usize| self.given[**at].is_some_and(|given| given.teacher == choice.teacher);
        let freed = against.iter().filter(theirs).count()
            + usize::from(self.given[order].is_some_and(|own| own.teacher == choice.teacher));
        let most = self.problem.teachers[choice.teacher].most;
        if freed == 0 && self.load[choice.teacher] >= most {
            // The teacher's smallest session.
            let all = self
                .teacher_at
                .range((choice.teacher, 0)..(choice.teacher + 1, 0));
            let smallest = all.min_by_key(|(_, at)| (self.problem.orders[**at].people, **at));
            against.extend(smallest.map(|(_, at)| *at));
        }
        against.into_iter().collect()
    }
}

/// Tries random changes and keeps what is no worse; gives the best that was seen.
fn wander<'p>(mut table: Table<'p>, chance: &mut Chance, steps: u64) -> Table<'p> {
    let orders = table.problem.orders.len();
    let (most, mut best) = (table.most_worth(0), table.clone());
    for _ in 0..steps {
        if orders == 0 || (best.score.clashes == 0 && best.score.met == most) {
            break;
        }
        let order = chance.below(orders);
        let choices = &table.choices[order];
        if choices.is_empty() {
            continue;
        }
        let (choice, _) = choices[chance.below(choices.len())];
        if table.given[order] == Some(choice) {
            continue;
        }
        let before = table.score;
        let moved: Vec<usize> = std::iter::once(order)
            .chain(table.against(order, choice))
            .collect();
        let had: Vec<(usize, Option<Choice>)> =
            moved.iter().map(|at| (*at, table.take(*at))).collect();
        table.give(order, choice);
        for other in &moved[1..] {
            table.fit(*other);
        }
        if table.score < before {
            for at in &moved {
                table.take(*at);
            }
            for (at, choice) in had {
                if let Some(choice) = choice {
                    table.give(at, choice);
                }
            }
        } else if table.score > best.score {
            // What was given up may have made room for somebody else.
            table.fill();
            best = table.clone();
        }
    }
    best.fill();
    best
}

/// Looks through everything that could be better than `best`. Whether it came to the end.
fn look_through(best: &mut Table<'_>, steps: u64) -> bool {
    let mut table = Table::new(best.problem, best.choices);
    let left: Vec<u64> = (0..=table.order.len())
        .map(|from| table.most_worth(from))
        .collect();
    let mut steps = steps;
    through(&mut table, best, &left, 0, &mut steps)
}

fn through<'p>(
    table: &mut Table<'p>,
    best: &mut Table<'p>,
    left: &[u64],
    at: usize,
    steps: &mut u64,
) -> bool {
    if *steps == 0 {
        return false;
    }
    *steps -= 1;
    if table.score > best.score {
        *best = table.clone();
    }
    let most = Score {
        met: table.score.met + left.get(at).copied().unwrap_or(0),
        clashes: table.score.clashes,
    };
    let Some(&order) = table.order.get(at).filter(|_| most > best.score) else {
        return true;
    };
    let choices = table.choices;
    for (choice, _) in &choices[order] {
        if table.is_free(*choice) {
            table.give(order, *choice);
            let whole = through(table, best, left, at + 1, steps);
            table.take(order);
            if !whole {
                return false;
            }
        }
    }
    through(table, best, left, at + 1, steps)
}

/// Numbers that look like chance and are the same under the same seed (SplitMix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        let end = end.max(1) as u128;
        usize::try_from((u128::from(mixed) * end) >> 64).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests;
