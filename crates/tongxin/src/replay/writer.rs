//! Writing verdicts: one row for each row read, in the same order.

use decide::batch::Outcome;
use notice::ask::Verdict;
use parquet::basic::{Compression, Encoding};
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::errors::Result;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::ColumnPath;
use std::collections::HashMap;
use std::io::Write;
use std::sync::Arc;

const SCHEMA: &str = "message verdicts {
    required int64 row;
    optional binary verdict (UTF8);
    optional binary clause (UTF8);
}";

/// Rows of one row group written.
const GROUP_ROWS: usize = 1 << 20;

/// Writes the file of verdicts and counts them.
pub struct VerdictWriter<W: Write + Send> {
    file: SerializedFileWriter<W>,
    /// Outcomes waiting for their row group.
    waiting: Vec<u32>,
    written: i64,
    /// Every outcome, in the order first met; number 0 is "no question could be asked".
    known: Vec<Known>,
    numbers: HashMap<Outcome, u32>,
}

struct Known {
    outcome: Option<Outcome>,
    verdict: Option<ByteArray>,
    clause: Option<ByteArray>,
    rows: u64,
}

/// The name of a verdict in files.
pub fn name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allowed => "allowed",
        Verdict::Forbidden => "forbidden",
        Verdict::Required => "required",
        Verdict::Limited => "limited",
        Verdict::Depends => "depends",
        Verdict::Conflict => "conflict",
    }
}

impl<W: Write + Send> VerdictWriter<W> {
    /// Begins a file.
    pub fn new(to: W) -> Result<Self> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_statistics_enabled(EnabledStatistics::None)
            .set_column_dictionary_enabled(ColumnPath::from("row"), false)
            .set_column_encoding(ColumnPath::from("row"), Encoding::DELTA_BINARY_PACKED)
            .build();
        let schema = Arc::new(parse_message_type(SCHEMA)?);
        Ok(VerdictWriter {
            file: SerializedFileWriter::new(to, schema, Arc::new(properties))?,
            waiting: Vec::with_capacity(GROUP_ROWS),
            written: 0,
            known: vec![Known {
                outcome: None,
                verdict: None,
                clause: None,
                rows: 0,
            }],
            numbers: HashMap::new(),
        })
    }

    /// The writer's number of an outcome.
    pub fn number(&mut self, outcome: Outcome) -> u32 {
        if let Some(number) = self.numbers.get(&outcome) {
            return *number;
        }
        let clauses: Vec<String> = outcome.clauses.iter().map(ToString::to_string).collect();
        let number = self.known.len() as u32;
        self.known.push(Known {
            verdict: Some(ByteArray::from(name(outcome.verdict))),
            clause: (!clauses.is_empty()).then(|| ByteArray::from(clauses.join(" ").into_bytes())),
            outcome: Some(outcome.clone()),
            rows: 0,
        });
        self.numbers.insert(outcome, number);
        number
    }

    /// Takes the outcomes of the next rows, as the writer's numbers.
    pub fn push(&mut self, numbers: impl Iterator<Item = u32>) -> Result<()> {
        self.waiting.extend(numbers);
        while self.waiting.len() >= GROUP_ROWS {
            self.group(GROUP_ROWS)?;
        }
        Ok(())
    }

    fn group(&mut self, rows: usize) -> Result<()> {
        let taken: Vec<u32> = self.waiting.drain(..rows).collect();
        let mut group = self.file.next_row_group()?;
        if let Some(mut column) = group.next_column()? {
            let rows: Vec<i64> = (self.written..self.written + taken.len() as i64).collect();
            column.typed::<Int64Type>().write_batch(&rows, None, None)?;
            column.close()?;
        }
        for text in [
            |known: &Known| known.verdict.clone(),
            |known: &Known| known.clause.clone(),
        ] {
            let Some(mut column) = group.next_column()? else {
                break;
            };
            let texts: Vec<Option<ByteArray>> = self.known.iter().map(text).collect();
            let of = |number: &u32| texts.get(*number as usize).and_then(Option::as_ref);
            let levels: Vec<i16> = taken
                .iter()
                .map(|number| i16::from(of(number).is_some()))
                .collect();
            let values: Vec<ByteArray> = taken
                .iter()
                .filter_map(|number| of(number).cloned())
                .collect();
            column
                .typed::<ByteArrayType>()
                .write_batch(&values, Some(&levels), None)?;
            column.close()?;
        }
        group.close()?;
        for number in &taken {
            if let Some(known) = self.known.get_mut(*number as usize) {
                known.rows += 1;
            }
        }
        self.written += taken.len() as i64;
        Ok(())
    }

    /// Writes what waits and ends the file; gives the counts: no outcome, and each outcome with its rows.
    pub fn finish(mut self) -> Result<(u64, Vec<(Outcome, u64)>)> {
        if !self.waiting.is_empty() {
            self.group(self.waiting.len())?;
        }
        self.file.close()?;
        let mut undecided = 0;
        let mut counts = Vec::new();
        for known in self.known {
            match known.outcome {
                Some(outcome) => counts.push((outcome, known.rows)),
                None => undecided += known.rows,
            }
        }
        Ok((undecided, counts))
    }
}
