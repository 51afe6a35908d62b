//! Reading a city folder: the only I/O of this crate.

use crate::findings::{File, Findings};
use crate::menu::{self, Menu};
use crate::place::{PlaceFiles, Places};
use crate::register::{self, Register};
use crate::settings::{RegisterSetting, Settings};
use crate::{City, calendar, office, people, place, state, together};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use notice::{Diagnostic, DiagnosticKind, Vocabulary};
use std::io::{self, Read};
use std::path::{Component, Path};
use std::sync::Arc;

/// No file of a city is larger; notices bring their own, narrower bound.
const FILE_BYTES_MAX: u64 = 64 << 20;
/// More notices than a folder holds, and more text than they hold together.
const NOTICES_MAX: usize = 20_000;
const NOTICES_BYTES_MAX: usize = 256 << 20;
const SETTINGS: &str = "city.toml";

/// Loads a city folder: the city and warnings, or everything that is wrong.
pub(crate) fn load(folder: &Path) -> Result<(City, Vec<Diagnostic>), Vec<Diagnostic>> {
    let mut reader = Folder {
        folder,
        findings: Findings::default(),
    };
    let city = reader.load();
    let (errors, found) = (reader.findings.errors(), reader.findings.finish());
    match city {
        Some(city) if errors == 0 => Ok((city, found)),
        _ => Err(found),
    }
}

struct Folder<'a> {
    folder: &'a Path,
    findings: Findings,
}

impl Folder<'_> {
    fn load(&mut self) -> Option<City> {
        let nowhere = File {
            name: SETTINGS.into(),
            text: "".into(),
        };
        let file = self.file(&nowhere, 0..0, SETTINGS)?;
        let settings: Settings = match toml::from_str(&file.text) {
            Ok(settings) => settings,
            Err(error) => {
                let span = error.span().unwrap_or(0..0);
                let message = error
                    .message()
                    .lines()
                    .next()
                    .unwrap_or_default()
                    .to_owned();
                self.findings.error(
                    &file,
                    span,
                    DiagnosticKind::Syntax,
                    format!("城市设置有误：{message}"),
                    format!("the city's settings are wrong: {message}"),
                );
                return None;
            }
        };
        let vocabulary = self.vocabulary(&file, &settings);
        let places = self.places(&file, &settings);
        let calendar = match &settings.files.calendar {
            Some(path) => {
                let read = self.named(&file, path);
                read.map(|read| calendar::read(&read, &mut self.findings))
            }
            None => Some(calendar::Calendar::default()),
        };
        let zone = self.zone(&file, &settings);
        let clock = self.clock(&file, &settings);
        self.locales(&file, &settings);
        let states = vocabulary
            .as_ref()
            .map(|words| state::read(&file, &settings.states, words, &mut self.findings));
        let (places, lines) = places?;
        let offices = office::read(
            &file,
            &settings.offices,
            &settings.roles,
            &places,
            &mut self.findings,
        );
        let vocabulary = vocabulary?;
        let registers = self.registers(&file, &settings.registers, &vocabulary, &places);
        let mut city = City {
            name: settings.name.label(),
            zone: zone?,
            clock: clock?,
            vocabulary,
            places,
            lines,
            calendar: calendar?,
            offices,
            states: states?,
            registers,
            topics: settings.topics,
            menu: Menu::default(),
            people: Vec::new(),
            notices: Vec::new(),
        };
        if let Some(setting) = &settings.menu {
            let tables = [&setting.courses, &setting.teachers, &setting.rooms];
            if let [Some(courses), Some(teachers), Some(rooms)] =
                tables.map(|path| self.named(&file, path))
            {
                let notice = setting.notice.get_ref();
                let tables = [courses, teachers, rooms];
                city.menu = menu::read(notice, &tables, &city, &mut self.findings);
            }
        }
        if let Some(path) = &settings.files.people
            && let Some(rows) = self.named(&file, path)
        {
            city.people = people::read(&rows, &city, &mut self.findings);
        }
        if let Some(path) = &settings.files.notices {
            let files = self.notices(&file, path);
            let readings = together::read(&city, &files);
            for reading in readings {
                self.findings.extend(reading.diagnostics);
                city.notices.extend(reading.notice.map(Arc::new));
            }
        }
        if let Some(setting) = &settings.menu
            && city.notice(setting.notice.get_ref()).is_none()
        {
            let notice = setting.notice.get_ref();
            self.findings.error(
                &file,
                setting.notice.span(),
                DiagnosticKind::UnknownWord,
                format!("没有公告“{notice}”"),
                format!("there is no notice `{notice}`"),
            );
        }
        Some(city)
    }

    fn vocabulary(&mut self, file: &File, settings: &Settings) -> Option<Vocabulary> {
        let words = self.named(file, &settings.files.vocabulary)?;
        match Vocabulary::read(&words.name, &words.text) {
            Ok(vocabulary) => Some(vocabulary),
            Err(found) => {
                self.findings.extend(found);
                None
            }
        }
    }

    fn places(&mut self, file: &File, settings: &Settings) -> Option<(Places, Vec<place::Line>)> {
        let divisions = self.named(file, &settings.files.divisions);
        let errors = self.findings.errors();
        let mut all = |paths: &[toml::Spanned<String>]| -> Vec<File> {
            paths
                .iter()
                .filter_map(|path| self.named(file, path))
                .collect()
        };
        let shapes = all(&settings.files.shapes);
        let lines = all(&settings.files.lines);
        if self.findings.errors() > errors {
            return None;
        }
        let files = PlaceFiles {
            settings: file,
            city: &settings.code,
            divisions: &divisions?,
            shapes: &shapes,
            lines: &lines,
            areas: &settings.areas,
            words: &settings.places,
        };
        place::read(&files, &mut self.findings)
    }

    fn registers(
        &mut self,
        file: &File,
        settings: &[RegisterSetting],
        vocabulary: &Vocabulary,
        places: &Places,
    ) -> Vec<Register> {
        let known = register::Known { vocabulary, places };
        let mut registers: Vec<Register> = Vec::new();
        for setting in settings {
            let name = setting.name.get_ref();
            if registers.iter().any(|known| known.name == *name) {
                self.findings.error(
                    file,
                    setting.name.span(),
                    DiagnosticKind::Duplicate,
                    format!("登记册“{name}”写了两次"),
                    format!("the register `{name}` is given twice"),
                );
                continue;
            }
            if let Some(rows) = self.named(file, &setting.file) {
                registers.extend(register::read(
                    file,
                    setting,
                    &rows,
                    &known,
                    &mut self.findings,
                ));
            }
        }
        registers
    }

    /// `None` after reporting; `Some(None)` for a city that follows the real time.
    fn clock(&mut self, file: &File, settings: &Settings) -> Option<Option<DateTime>> {
        let Some(clock) = &settings.clock else {
            return Some(None);
        };
        let read = clock.get_ref().to_string().parse::<DateTime>().ok();
        let read = read.filter(|_| clock.get_ref().offset.is_none());
        if read.is_none() {
            self.findings
                .error(
                    file,
                    clock.span(),
                    DiagnosticKind::Type,
                    "不是本地日期和时间",
                    "this is no local date and time",
                )
                .hint("写成 2022-01-06T08:00", "write 2022-01-06T08:00");
        }
        read.map(Some)
    }

    fn zone(&mut self, file: &File, settings: &Settings) -> Option<TimeZone> {
        let name = settings.zone.get_ref();
        let zone = TimeZone::get(name).ok();
        if zone.is_none() {
            self.findings
                .error(
                    file,
                    settings.zone.span(),
                    DiagnosticKind::UnknownWord,
                    format!("没有叫“{name}”的时区"),
                    format!("there is no time zone `{name}`"),
                )
                .hint("写成 Asia/Shanghai", "write it like Asia/Shanghai");
        }
        zone
    }

    fn locales(&mut self, file: &File, settings: &Settings) {
        for locale in &settings.locales {
            let name = locale.get_ref();
            if !["zh-CN", "en"].contains(&name.as_str()) {
                self.findings
                    .error(
                        file,
                        locale.span(),
                        DiagnosticKind::UnknownWord,
                        format!("页面没有“{name}”这种语言"),
                        format!("the pages do not speak `{name}`"),
                    )
                    .hint("可写：zh-CN、en", "one of: zh-CN, en");
            }
        }
    }

    /// Every `*.md` of the folder, by name.
    fn notices(&mut self, file: &File, path: &toml::Spanned<String>) -> Vec<(String, Vec<u8>)> {
        let folder = path.get_ref();
        if !self.stays_inside(file, path) {
            return Vec::new();
        }
        let mut names = Vec::new();
        let entries = match std::fs::read_dir(self.folder.join(folder)) {
            Ok(entries) => entries,
            Err(error) => {
                self.unreadable(file, path.span(), folder, &error);
                return Vec::new();
            }
        };
        for entry in entries.flatten() {
            if let Ok(name) = entry.file_name().into_string()
                && name.ends_with(".md")
            {
                names.push(name);
            }
        }
        names.sort_unstable();
        if names.len() > NOTICES_MAX {
            self.findings.error(
                file,
                path.span(),
                DiagnosticKind::Limit,
                format!("公告超过 {NOTICES_MAX} 份"),
                format!("more than {NOTICES_MAX} notices"),
            );
            return Vec::new();
        }
        let mut files = Vec::with_capacity(names.len());
        let mut total = 0;
        for name in names {
            if total > NOTICES_BYTES_MAX {
                let limit = NOTICES_BYTES_MAX >> 20;
                self.findings.error(
                    file,
                    path.span(),
                    DiagnosticKind::Limit,
                    format!("公告合起来超过 {limit} MB"),
                    format!("the notices together are larger than {limit} MB"),
                );
                return Vec::new();
            }
            let path_inside = format!("{}/{name}", folder.trim_end_matches('/'));
            match self.bytes(&path_inside) {
                Ok(bytes) => {
                    total += bytes.len();
                    files.push((path_inside, bytes));
                }
                Err(error) => self.unreadable(file, path.span(), &path_inside, &error),
            }
        }
        files
    }

    /// A file that the settings name.
    fn named(&mut self, file: &File, path: &toml::Spanned<String>) -> Option<File> {
        self.stays_inside(file, path)
            .then(|| self.file(file, path.span(), path.get_ref()))
            .flatten()
    }

    /// Paths lead nowhere but into the folder.
    fn stays_inside(&mut self, file: &File, path: &toml::Spanned<String>) -> bool {
        let mut parts = Path::new(path.get_ref()).components();
        let inside = parts.all(|part| matches!(part, Component::Normal(_)));
        if !inside {
            self.findings
                .error(
                    file,
                    path.span(),
                    DiagnosticKind::City,
                    format!("“{}”不在城市文件夹里", path.get_ref()),
                    format!("`{}` is not inside the city folder", path.get_ref()),
                )
                .hint("写相对路径，不用“..”", "write a relative path without `..`");
        }
        inside
    }

    /// A UTF-8 file of the folder; `span` of `asker` is where it was asked for.
    fn file(&mut self, asker: &File, span: std::ops::Range<usize>, path: &str) -> Option<File> {
        let bytes = match self.bytes(path) {
            Ok(bytes) => bytes,
            Err(error) => {
                self.unreadable(asker, span, path, &error);
                return None;
            }
        };
        match String::from_utf8(bytes) {
            Ok(text) => Some(File {
                name: path.into(),
                text: text.strip_prefix('\u{feff}').unwrap_or(&text).into(),
            }),
            Err(error) => {
                let fine = error.utf8_error().valid_up_to();
                let bytes = error.into_bytes();
                let text = String::from_utf8_lossy(bytes.get(..fine).unwrap_or_default());
                let file = File {
                    name: path.into(),
                    text: text.into(),
                };
                self.findings
                    .error(
                        &file,
                        fine..fine,
                        DiagnosticKind::Limit,
                        "从这里起不是 UTF-8",
                        "from here on this is not UTF-8",
                    )
                    .hint("另存为 UTF-8 编码", "save the file as UTF-8");
                None
            }
        }
    }

    fn bytes(&self, path: &str) -> io::Result<Vec<u8>> {
        let file = std::fs::File::open(self.folder.join(path))?;
        let mut bytes = Vec::new();
        file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > FILE_BYTES_MAX {
            let limit = FILE_BYTES_MAX >> 20;
            return Err(io::Error::other(format!("larger than {limit} MB")));
        }
        Ok(bytes)
    }

    fn unreadable(
        &mut self,
        file: &File,
        span: std::ops::Range<usize>,
        path: &str,
        error: &io::Error,
    ) {
        self.findings.error(
            file,
            span,
            DiagnosticKind::City,
            format!("读不了“{path}”：{error}"),
            format!("cannot read `{path}`: {error}"),
        );
    }
}
