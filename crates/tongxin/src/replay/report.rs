//! What came out of a replay: counts by verdict and clause.

use super::writer::name;
use crate::answer;
use decide::batch::Outcome;
use notice::Lang;
use notice::ask::Verdict;
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// Counts of a replay.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Rows read.
    pub rows: u64,
    /// Rows without a usable time: no question could be asked.
    pub undecided: u64,
    /// Rows by verdict.
    pub verdicts: BTreeMap<&'static str, u64>,
    /// Rows by clause cited; a row may cite several.
    pub clauses: BTreeMap<String, u64>,
    /// Values that the vocabulary does not know, by column; they count as unknown facts.
    pub unknown_words: BTreeMap<String, u64>,
    /// Columns that the vocabulary does not know.
    pub ignored_columns: Vec<String>,
    /// From the first row to the last.
    pub seconds: f64,
    #[serde(skip)]
    by_verdict: BTreeMap<Verdict, u64>,
}

impl Report {
    /// Adds up the outcomes.
    pub fn new(
        rows: u64,
        undecided: u64,
        outcomes: Vec<(Outcome, u64)>,
        unknown_words: BTreeMap<String, u64>,
        ignored_columns: Vec<String>,
        took: Duration,
    ) -> Self {
        let (mut by_verdict, mut clauses) = (BTreeMap::new(), BTreeMap::new());
        for (outcome, count) in outcomes {
            *by_verdict.entry(outcome.verdict).or_default() += count;
            for clause in outcome.clauses {
                *clauses.entry(clause.to_string()).or_default() += count;
            }
        }
        Report {
            rows,
            undecided,
            verdicts: by_verdict
                .iter()
                .map(|(verdict, count)| (name(*verdict), *count))
                .collect(),
            clauses,
            unknown_words,
            ignored_columns,
            seconds: took.as_secs_f64(),
            by_verdict,
        }
    }

    /// For people.
    pub fn text(&self, lang: Lang) -> String {
        let zh = lang == Lang::Zh;
        let mut out = String::new();
        for (verdict, count) in &self.by_verdict {
            out += &format!("{count:>14}  {}\n", answer::verdict(*verdict, lang));
        }
        if self.undecided > 0 {
            let what = if zh {
                "时间缺失或超出范围，无法判断"
            } else {
                "no usable time, not decided"
            };
            out += &format!("{:>14}  {what}\n", self.undecided);
        }
        if !self.clauses.is_empty() {
            out += if zh {
                "\n依据条款的行数\n"
            } else {
                "\nRows by clause\n"
            };
        }
        for (clause, count) in &self.clauses {
            out += &format!("{count:>14}  {clause}\n");
        }
        for (column, count) in &self.unknown_words {
            out += &if zh {
                format!("\n列“{column}”有 {count} 个值不在词汇表中，按未知处理")
            } else {
                format!(
                    "\n{count} values of column '{column}' are not in the vocabulary and count as unknown"
                )
            };
        }
        if !self.ignored_columns.is_empty() {
            let names = self.ignored_columns.join(if zh { "、" } else { ", " });
            out += &if zh {
                format!("\n未使用的列：{names}")
            } else {
                format!("\nColumns not used: {names}")
            };
        }
        let speed = self.rows as f64 / self.seconds.max(1e-9) / 1e6;
        out += &if zh {
            format!(
                "\n共 {} 行，{:.2} 秒，每秒 {speed:.1} 百万行\n",
                self.rows, self.seconds
            )
        } else {
            format!(
                "\n{} rows in {:.2} s, {speed:.1} million a second\n",
                self.rows, self.seconds
            )
        };
        out
    }

    /// For programs; see `docs/commands.md`.
    pub fn json(&self) -> String {
        // Serialising strings and numbers to memory cannot fail.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}
