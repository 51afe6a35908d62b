//! The threads of a replay: some read and decide, one writes in order.

use super::columns::Plan;
use super::lexicon::{Lexicon, UNKNOWN_WORD};
use super::points::PlaceNumbers;
use super::reader::{Chunk, FactValues, GroupReader};
use super::writer::VerdictWriter;
use super::{contradicts, open};
use crate::fault::Fault;
use crate::progress::Progress;
use decide::Book;
use decide::batch::{Batch, Misfit, Outcome, Places, Rows, Times, Values};
use notice::vocabulary::words::Words;
use notice::{ActionId, Facts};
use parquet::errors::ParquetError;
use parquet::file::reader::FileReader as _;
use std::io::Write;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;

/// Rows read and decided in one go: what a core's own cache holds.
const CHUNK_ROWS: usize = 1 << 13;
/// Chunks that may wait for the writer, for each thread: 16 MiB of outcomes.
const QUEUE_CHUNKS: usize = 512;

/// What is to be replayed.
pub struct Job<'a> {
    /// The rules.
    pub book: &'a Book,
    /// What every passage does.
    pub action: ActionId,
    /// What is known of every passage alike.
    pub facts: &'a Facts,
    /// The columns.
    pub plan: &'a Plan,
    /// The file.
    pub input: &'a Path,
    /// Rows of its row groups.
    pub groups: &'a [usize],
}

/// A chunk decided: numbers of outcomes, and those outcomes that this thread met first in it.
struct Decided {
    outcomes: Vec<u32>,
    fresh: Vec<Outcome>,
}

impl Job<'_> {
    /// Decides every row and hands it to the writer; tells how many unknown words each column had.
    pub fn run<W: Write + Send>(
        &self,
        writer: &mut VerdictWriter<W>,
        progress: &mut Progress,
    ) -> Result<Vec<u64>, Fault> {
        let cores = thread::available_parallelism().map_or(2, usize::from);
        let threads = cores.min(self.groups.len()).max(1);
        thread::scope(|scope| {
            let (mut queues, mut workers) = (Vec::new(), Vec::new());
            for first in 0..threads {
                let (send, receive) = sync_channel(QUEUE_CHUNKS);
                queues.push(receive);
                workers.push(scope.spawn(move || self.work(first, threads, &send)));
            }
            let written = self.write(queues, writer, progress);
            let mut unknown = vec![0; self.plan.facts.len()];
            for worker in workers {
                // A reader that panics has met a file that contradicts itself.
                let counts = worker.join().map_err(|_| self.fault(contradicts()))??;
                unknown
                    .iter_mut()
                    .zip(counts)
                    .for_each(|(sum, count)| *sum += count);
            }
            written.map_err(|error| self.fault(error))?;
            Ok(unknown)
        })
    }

    /// Takes the chunks in the order of the rows. Ends early if a worker ends early: its fault is told by the worker.
    fn write<W: Write + Send>(
        &self,
        queues: Vec<Receiver<Decided>>,
        writer: &mut VerdictWriter<W>,
        progress: &mut Progress,
    ) -> Result<(), ParquetError> {
        let mut numbers: Vec<Vec<u32>> = vec![vec![0]; queues.len()];
        for (group, rows) in self.groups.iter().enumerate() {
            let thread = group % queues.len();
            let (Some(queue), Some(numbers)) = (queues.get(thread), numbers.get_mut(thread)) else {
                break;
            };
            let mut left = *rows;
            while left > 0 {
                let Ok(decided) = queue.recv() else {
                    return Ok(());
                };
                numbers.extend(
                    decided
                        .fresh
                        .into_iter()
                        .map(|outcome| writer.number(outcome)),
                );
                let known = |number: &u32| numbers.get(*number as usize).copied().unwrap_or(0);
                writer.push(decided.outcomes.iter().map(known))?;
                left = left.saturating_sub(decided.outcomes.len());
                progress.add(decided.outcomes.len());
            }
        }
        Ok(())
    }

    /// Reads and decides every `step`th row group.
    fn work(
        &self,
        first: usize,
        step: usize,
        send: &SyncSender<Decided>,
    ) -> Result<Vec<u64>, Fault> {
        let city = self.book.city();
        let words = Arc::new(Words::of(&city.vocabulary));
        let lexicons: Vec<Arc<Mutex<Lexicon>>> = self
            .plan
            .columns_of_facts()
            .map(|column| {
                let (city, words) = (city.clone(), words.clone());
                let readings: Vec<_> = column.iter().map(|fact| fact.reading.clone()).collect();
                Lexicon::new(Box::new(move |word| {
                    let codes = readings
                        .iter()
                        .map(|reading| reading.code(word, &city, &words));
                    codes.map(|code| code.unwrap_or(UNKNOWN_WORD)).collect()
                }))
            })
            .map(|lexicon| Arc::new(Mutex::new(lexicon)))
            .collect();
        let file = open(self.input)?;
        let mut batch = Batch::new(
            self.book,
            self.action,
            self.facts.clone(),
            self.plan.columns(city),
        );
        let mut places = PlaceNumbers::new(&mut batch);
        let mut unknown = vec![0; self.plan.facts.len()];
        let (mut chunk, mut numbers) = (Chunk::default(), Vec::new());
        let mut told = 0;
        for (group, rows) in self.groups.iter().enumerate().skip(first).step_by(step) {
            let group = file
                .get_row_group(group)
                .map_err(|error| self.fault(error))?;
            let mut reader = GroupReader::new(&*group, self.plan, &lexicons)
                .map_err(|error| self.fault(error))?;
            let mut left = *rows;
            while left > 0 {
                let count = left.min(CHUNK_ROWS);
                reader
                    .read(count, &mut chunk)
                    .map_err(|error| self.fault(error))?;
                places.number(&chunk.lons, &chunk.lats, &mut batch, &mut numbers);
                let mut outcomes = vec![0; count];
                run(&mut batch, &chunk, &places, &numbers, &mut outcomes)
                    .map_err(|error| self.fault(ParquetError::General(error.to_string())))?;
                let fresh = batch.outcomes().get(told..).unwrap_or_default().to_vec();
                told += fresh.len();
                if send.send(Decided { outcomes, fresh }).is_err() {
                    // The writer has failed, and tells why.
                    return Ok(unknown);
                }
                left -= count;
            }
            unknown
                .iter_mut()
                .zip(&reader.unknown)
                .for_each(|(sum, count)| *sum += count);
        }
        Ok(unknown)
    }

    fn fault(&self, error: ParquetError) -> Fault {
        Fault::Passages {
            path: self.input.to_owned(),
            error,
        }
    }
}

fn run(
    batch: &mut Batch<'_>,
    chunk: &Chunk,
    places: &PlaceNumbers,
    numbers: &[u32],
    outcomes: &mut [u32],
) -> Result<(), Misfit> {
    let columns: Vec<Values<'_>> = chunk
        .facts
        .iter()
        .map(|values| match values {
            FactValues::Codes(codes) => Values::Shorts(codes),
            FactValues::Numbers(numbers) => Values::Numbers(numbers),
        })
        .collect();
    let rows = Rows {
        columns: &columns,
        places: if chunk.lons.is_empty() {
            Places::All(places.unsaid)
        } else {
            Places::Each(numbers)
        },
        times: Times::Each(&chunk.times),
    };
    batch.run(&rows, outcomes)
}
