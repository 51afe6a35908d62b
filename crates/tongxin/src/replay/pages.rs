//! Pages of words turned into pages of numbers, so that a word costs a row no more than a number does.
//!
//! A column of words nearly always has a dictionary, and its rows are positions in that. Only the dictionary is turned: each
//! of its words becomes the number of its meaning, and the column is then read as if it had been one of numbers.

use super::lexicon::Lexicon;
use parquet::basic::{Encoding, Repetition, Type as Physical};
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::column::reader::ColumnReaderImpl;
use parquet::data_type::{ByteArray, ByteArrayType, Int32Type};
use parquet::errors::{ParquetError, Result};
use parquet::schema::types::{ColumnDescPtr, ColumnDescriptor, Type};
use std::sync::{Arc, Mutex, PoisonError};

/// Words of one page at most; writers make pages of some ten thousand.
const WORDS_MAX: u32 = 1 << 24;

/// Reads a column of words as the numbers of their meanings.
pub fn numbered(
    words: ColumnDescPtr,
    pages: Box<dyn PageReader>,
    lexicon: Arc<Mutex<Lexicon>>,
) -> Result<ColumnReaderImpl<Int32Type>> {
    let numbers = Arc::new(like(&words, Physical::INT32, words.max_def_level())?);
    let dictionary = Arc::new(like(&words, Physical::BYTE_ARRAY, 0)?);
    let pages = Numbered {
        pages,
        words,
        dictionary,
        lexicon,
    };
    Ok(ColumnReaderImpl::new(numbers, Box::new(pages)))
}

/// A flat column in the place of another.
fn like(column: &ColumnDescriptor, of: Physical, levels: i16) -> Result<ColumnDescriptor> {
    let repetition = match levels {
        0 => Repetition::REQUIRED,
        _ => Repetition::OPTIONAL,
    };
    let one = Type::primitive_type_builder(column.name(), of)
        .with_repetition(repetition)
        .build()?;
    let path = column.path().clone();
    Ok(ColumnDescriptor::new(Arc::new(one), levels, 0, path))
}

/// The pages of a column, with numbers for its words.
struct Numbered {
    pages: Box<dyn PageReader>,
    /// The column.
    words: ColumnDescPtr,
    /// What its dictionary is like: words, none of them missing.
    dictionary: ColumnDescPtr,
    lexicon: Arc<Mutex<Lexicon>>,
}

impl Numbered {
    fn turn(&self, page: Page) -> Result<Page> {
        match page {
            Page::DictionaryPage {
                buf,
                num_values,
                encoding,
                is_sorted: _,
            } => {
                // Before each word stands its length, in four bytes.
                if buf.len() / 4 < num_values as usize {
                    return Err(short());
                }
                let words = Page::DataPage {
                    buf,
                    num_values,
                    encoding: Encoding::PLAIN,
                    def_level_encoding: Encoding::RLE,
                    rep_level_encoding: Encoding::RLE,
                    statistics: None,
                };
                Ok(Page::DictionaryPage {
                    buf: self.numbers(Vec::new(), words, &self.dictionary)?.into(),
                    num_values,
                    encoding,
                    is_sorted: false,
                })
            }
            page if matches!(
                page.encoding(),
                Encoding::PLAIN_DICTIONARY | Encoding::RLE_DICTIONARY
            ) =>
            {
                Ok(page)
            }
            // A page beside the dictionary: its levels stay, its words become numbers.
            mut page => {
                let levels = levels(&page, self.words.max_def_level())?;
                let numbers = self.numbers(levels, page.clone(), &self.words)?;
                if let Page::DataPage { buf, encoding, .. }
                | Page::DataPageV2 { buf, encoding, .. } = &mut page
                {
                    *buf = numbers.into();
                    *encoding = Encoding::PLAIN;
                }
                Ok(page)
            }
        }
    }

    /// Writes the numbers of a page's words behind what is there.
    fn numbers(&self, mut to: Vec<u8>, page: Page, column: &ColumnDescPtr) -> Result<Vec<u8>> {
        let count = page.num_values();
        if count > WORDS_MAX {
            return Err(ParquetError::General(format!(
                "a page of column {} has {count} words, more than {WORDS_MAX}; write smaller pages",
                column.name()
            )));
        }
        let (mut words, mut levels) = (Vec::<ByteArray>::new(), Vec::new());
        let mut reader =
            ColumnReaderImpl::<ByteArrayType>::new(column.clone(), Box::new(Single(Some(page))));
        let (read, _, _) =
            reader.read_records(count as usize, Some(&mut levels), None, &mut words)?;
        if read != count as usize {
            return Err(short());
        }
        let mut lexicon = self.lexicon.lock().unwrap_or_else(PoisonError::into_inner);
        for word in &words {
            to.extend(i32::from(lexicon.number(word.data())).to_le_bytes());
        }
        Ok(to)
    }
}

/// The part of a data page that says which values are missing.
fn levels(page: &Page, max_level: i16) -> Result<Vec<u8>> {
    let length = match page {
        Page::DataPageV2 {
            def_levels_byte_len,
            rep_levels_byte_len,
            ..
        } => (*def_levels_byte_len as usize).saturating_add(*rep_levels_byte_len as usize),
        _ if max_level == 0 => 0,
        Page::DataPage {
            buf,
            def_level_encoding: Encoding::RLE,
            ..
        } => {
            let length = buf.first_chunk().ok_or_else(short)?;
            (u32::from_le_bytes(*length) as usize).saturating_add(4)
        }
        // One bit for each value.
        page => (page.num_values() as usize).div_ceil(8),
    };
    Ok(page.buffer().get(..length).ok_or_else(short)?.to_vec())
}

fn short() -> ParquetError {
    ParquetError::EOF("a page of words is shorter than its head says".into())
}

impl PageReader for Numbered {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let page = self.pages.get_next_page()?;
        page.map(|page| self.turn(page)).transpose()
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.pages.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.pages.skip_next_page()
    }
}

impl Iterator for Numbered {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

/// One page read by itself.
struct Single(Option<Page>);

impl PageReader for Single {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        Ok(self.0.take())
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        Ok(None)
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.0 = None;
        Ok(())
    }
}

impl Iterator for Single {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.take().map(Ok)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replay::lexicon::UNKNOWN_WORD;
    use parquet::column::reader::ColumnReader;
    use parquet::file::properties::{WriterProperties, WriterVersion};
    use parquet::file::reader::{FileReader as _, RowGroupReader, SerializedFileReader};
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;
    use std::fs::File;

    /// The meaning of a word is the number at its end.
    fn lexicon() -> Arc<Mutex<Lexicon>> {
        let code = |word: &str| {
            vec![
                word.rsplit(' ')
                    .next()
                    .unwrap()
                    .parse()
                    .unwrap_or(UNKNOWN_WORD),
            ]
        };
        Arc::new(Mutex::new(Lexicon::new(Box::new(code))))
    }

    fn file(
        optional: bool,
        rows: usize,
        properties: WriterProperties,
    ) -> SerializedFileReader<File> {
        let repetition = if optional { "optional" } else { "required" };
        let schema = format!("message words {{ {repetition} binary word (UTF8); }}");
        let schema = Arc::new(parse_message_type(&schema).unwrap());
        let mut file = tempfile::tempfile().unwrap();
        let mut writer =
            SerializedFileWriter::new(&mut file, schema, Arc::new(properties)).unwrap();
        let mut group = writer.next_row_group().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let said = |row: usize| !optional || !row.is_multiple_of(7);
        let levels: Vec<i16> = (0..rows).map(|row| i16::from(said(row))).collect();
        let words: Vec<ByteArray> = (0..rows)
            .filter(|row| said(*row))
            .map(|row| match row % 5 {
                0 => ByteArray::from(""),
                1 => ByteArray::from(vec![0xff, 0xfe]),
                _ => ByteArray::from(format!("word {}", row * row % 300).into_bytes()),
            })
            .collect();
        column
            .typed::<ByteArrayType>()
            .write_batch(&words, optional.then_some(&levels), None)
            .unwrap();
        column.close().unwrap();
        group.close().unwrap();
        writer.close().unwrap();
        SerializedFileReader::new(file).unwrap()
    }

    /// What the library itself reads, turned word by word.
    fn expected(group: &dyn RowGroupReader, rows: usize) -> (Vec<i16>, Vec<i32>) {
        let ColumnReader::ByteArrayColumnReader(mut reader) = group.get_column_reader(0).unwrap()
        else {
            panic!("no words");
        };
        let (mut levels, mut words) = (Vec::new(), Vec::new());
        reader
            .read_records(rows, Some(&mut levels), None, &mut words)
            .unwrap();
        let lexicon = lexicon();
        let number = |word: &ByteArray| i32::from(lexicon.lock().unwrap().number(word.data()));
        (levels, words.iter().map(number).collect())
    }

    #[test]
    fn whatever_the_encoding_a_column_reads_as_the_numbers_of_its_words() {
        const ROWS: usize = 10_000;
        let plain = || {
            WriterProperties::builder()
                .set_dictionary_enabled(false)
                .set_data_page_row_count_limit(3000)
        };
        let properties = [
            WriterProperties::builder(),
            // A dictionary that fills up, and plain words from there.
            WriterProperties::builder()
                .set_dictionary_page_size_limit(1000)
                .set_write_batch_size(64),
            plain().set_encoding(Encoding::PLAIN),
            plain().set_encoding(Encoding::DELTA_LENGTH_BYTE_ARRAY),
            plain().set_encoding(Encoding::DELTA_BYTE_ARRAY),
        ];
        for (number, properties) in properties.into_iter().enumerate() {
            for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
                for optional in [false, true] {
                    let properties = properties.clone().set_writer_version(version).build();
                    let file = file(optional, ROWS, properties);
                    let group = file.get_row_group(0).unwrap();
                    let described = group.metadata().column(0).column_descr_ptr();
                    let pages = group.get_column_page_reader(0).unwrap();
                    let mut reader = numbered(described, pages, lexicon()).unwrap();
                    let (mut levels, mut numbers) = (Vec::new(), Vec::new());
                    for _ in 0..ROWS / 1000 {
                        let (read, _, _) = reader
                            .read_records(1000, Some(&mut levels), None, &mut numbers)
                            .unwrap();
                        assert_eq!(read, 1000);
                    }
                    let case = (number, version, optional);
                    assert_eq!((levels, numbers), expected(&*group, ROWS), "{case:?}");
                }
            }
        }
    }

    #[test]
    fn a_page_that_claims_more_words_than_it_has_is_refused() {
        let file = file(false, 10, WriterProperties::builder().build());
        let group = file.get_row_group(0).unwrap();
        let words = group.metadata().column(0).column_descr_ptr();
        let dictionary = |num_values| Page::DictionaryPage {
            buf: vec![1, 0, 0, 0, b'a', 0, 0, 0, 0].into(),
            num_values,
            encoding: Encoding::PLAIN,
            is_sorted: false,
        };
        let data = |num_values, encoding| Page::DataPage {
            buf: vec![0; 8].into(),
            num_values,
            encoding,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        };
        let numbered = |page| Numbered {
            pages: Box::new(Single(Some(page))),
            dictionary: words.clone(),
            words: words.clone(),
            lexicon: lexicon(),
        };
        assert!(numbered(dictionary(2)).get_next_page().is_ok());
        for page in [
            dictionary(3),
            dictionary(u32::MAX),
            data(u32::MAX, Encoding::PLAIN),
            data(u32::MAX, Encoding::DELTA_LENGTH_BYTE_ARRAY),
        ] {
            assert!(numbered(page.clone()).get_next_page().is_err(), "{page:?}");
        }
    }
}
