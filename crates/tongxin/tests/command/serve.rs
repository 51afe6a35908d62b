//! `tongxin serve`: it starts, says where, answers, and stops when told to.

use crate::run::{Run, here, project, tongxin};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// A server that ends with its owner.
pub struct Server {
    pub process: Child,
    pub address: SocketAddr,
    pub hello: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Server {
    /// Starts it on a free port and reads what it says first.
    pub fn start(run: Run, lines: usize) -> Server {
        let mut process = run.command().spawn().expect("the server starts");
        let mut out = BufReader::new(process.stdout.take().expect("an output"));
        let mut hello = String::new();
        for _ in 0..lines {
            out.read_line(&mut hello).expect("a line");
        }
        let address = hello
            .split("http://")
            .nth(1)
            .and_then(|rest| rest.split('/').next());
        let address = address
            .unwrap_or_else(|| panic!("no address in: {hello}"))
            .parse()
            .expect("an address");
        Server {
            process,
            address,
            hello,
        }
    }

    /// Status line and everything after it.
    pub fn get(&self, path: &str) -> String {
        self.get_as(path, "")
    }

    /// The same with a cookie.
    pub fn get_as(&self, path: &str, cookie: &str) -> String {
        self.send(&format!("GET {path} HTTP/1.1"), cookie, "")
    }

    pub fn post(&self, path: &str, cookie: &str, form: &str) -> String {
        self.send(&format!("POST {path} HTTP/1.1"), cookie, form)
    }

    /// Signs in as one of the demo city's people; gives the cookie.
    pub fn enter(&self, person: &str) -> String {
        let entered = self.post("/sign-in/demo", "", &format!("person={person}"));
        let cookie = entered.split("set-cookie: ").nth(1).unwrap_or_default();
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        assert!(cookie.starts_with("session="), "{entered}");
        cookie
    }

    fn send(&self, request: &str, cookie: &str, form: &str) -> String {
        let mut stream = TcpStream::connect(self.address).expect("a connection");
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        write!(
            stream,
            "{request}\r\nHost: {}\r\nConnection: close\r\nCookie: {cookie}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            self.address,
            form.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }

    /// Tells it to stop and waits; gives its exit code.
    pub fn stop(&mut self, signal: &str) -> Option<i32> {
        let told = Command::new("kill")
            .args([signal, &self.process.id().to_string()])
            .status()
            .unwrap();
        assert!(told.success());
        let from = Instant::now();
        while from.elapsed() < Duration::from_secs(20) {
            if let Some(status) = self.process.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("it did not stop within 20 s");
    }
}

#[test]
fn it_says_where_it_is_answers_and_stops_in_order() {
    let mut server = Server::start(tongxin(["serve", "--listen", "127.0.0.1:0"]), 4);
    let said = server.hello.replace(&server.address.to_string(), "ADDRESS");
    let kept = said.split("内嵌，在 ").nth(1);
    let kept = kept.and_then(|rest| rest.split('，').next()).unwrap();
    let said = said.replace(kept, "DATA");
    let kept = std::path::PathBuf::from(kept);
    assert!(kept.join("ledger.db").is_file());
    let expected = "同心 · 太原市  http://ADDRESS/\n\
                    时钟 2022-01-06 08:00。存储：内嵌，在 DATA，停止后删除；要留下，请用 --data。\n\
                    演示城市：未标明来源的名称与数字为演示数据。\n\
                    按 Ctrl-C 停止。\n";
    assert_eq!(said, expected);
    assert!(server.get("/healthz").starts_with("HTTP/1.1 200 "));
    let page = server.get("/");
    assert!(page.starts_with("HTTP/1.1 200 ") && page.contains("</html>"));
    // A connection that stands idle does not keep it from stopping.
    let idle = TcpStream::connect(server.address).unwrap();
    assert_eq!(server.stop("-TERM"), Some(0));
    drop(idle);
    assert!(TcpStream::connect(server.address).is_err());
    assert!(!kept.exists(), "a temporary directory goes with the server");
}

#[test]
fn a_data_directory_is_made_and_outlives_the_server() {
    let scratch = tempfile::tempdir().unwrap();
    let data = scratch.path().join("kept/data");
    let path = data.to_str().unwrap().to_owned();
    let serve = || {
        let words = ["serve", "--listen", "127.0.0.1:0", "--lang", "en", "--data"];
        tongxin(words.into_iter().map(str::to_owned).chain([path.clone()]))
    };
    let mut server = Server::start(serve(), 4);
    let said = format!("Storage: embedded, at {path}.\n");
    assert!(server.hello.contains(&said), "{}", server.hello);
    let cookie = server.enter("resident-li");
    // Told to stop, it has let the writer finish; what is kept is its owner's alone.
    assert_eq!(server.stop("-TERM"), Some(0));
    // Whoever still read at the end cannot take the emptied file away.
    let log = std::fs::metadata(data.join("ledger.db-wal"));
    assert_eq!(log.map_or(0, |log| log.len()), 0, "the ledger was closed");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&data), 0o700);
        for file in [
            "ledger.key",
            "sessions.db",
            "blind.key",
            "ticket.key",
            "certificate.key",
        ] {
            assert_eq!(mode(&data.join(file)), 0o600, "{file}");
        }
    }

    let mut server = Server::start(serve(), 4);
    let page = server.get_as("/me", &cookie);
    assert!(page.contains("李晓晨"), "{page}");
    assert_eq!(server.stop("-INT"), Some(0));

    // Without its key nobody could sign in by address, so it does not pretend.
    std::fs::remove_file(data.join("blind.key")).unwrap();
    let refused = serve().done();
    assert_eq!((refused.code, refused.out.as_str()), (1, ""));
    assert!(
        refused.err.contains("blind.key holds no key"),
        "{}",
        refused.err
    );
    std::fs::write(data.join("blind.key"), "not hexadecimal\n").unwrap();
    assert_eq!(serve().done().code, 1);
}

#[test]
fn a_folder_of_other_things_becomes_no_data_directory() {
    let scratch = tempfile::tempdir().unwrap();
    std::fs::write(scratch.path().join("letter.txt"), "dear city").unwrap();
    let path = scratch.path().to_str().unwrap();
    let words = ["serve", "--listen", "127.0.0.1:0", "--data", path];
    let refused = tongxin(words).done();
    assert_eq!((refused.code, refused.out.as_str()), (2, ""));
    assert!(refused.err.contains("不是空的"), "{}", refused.err);
    assert_eq!(std::fs::read_dir(scratch.path()).unwrap().count(), 1);
}

#[test]
fn a_city_that_is_no_demo_has_accounts_only_with_a_data_directory() {
    let scratch = tempfile::tempdir().unwrap();
    let city = scratch.path().join("city");
    let copied = Command::new("cp")
        .arg("-r")
        .arg(project().join("cities/taiyuan-2022"))
        .arg(&city)
        .status()
        .unwrap();
    assert!(copied.success());
    let settings = std::fs::read_to_string(city.join("city.toml")).unwrap();
    let real: Vec<_> = settings
        .lines()
        .filter(|line| !line.starts_with("clock "))
        .collect();
    std::fs::write(city.join("city.toml"), real.join("\n")).unwrap();
    let words = ["serve", "--city", "city", "--listen", "127.0.0.1:0"];
    let mut server = Server::start(tongxin(words).within(scratch.path()), 3);
    assert!(
        server.hello.contains("存储：无，没有账号"),
        "{}",
        server.hello
    );
    assert!(server.get("/sign-in").starts_with("HTTP/1.1 404 "));
    assert_eq!(server.stop("-TERM"), Some(0));
    let words = words.into_iter().chain(["--data", "data"]);
    let mut server = Server::start(tongxin(words).within(scratch.path()), 3);
    let page = server.get("/sign-in");
    assert!(page.starts_with("HTTP/1.1 200 ") && !page.contains("/sign-in/demo"));
    assert_eq!(server.stop("-TERM"), Some(0));
}

#[test]
fn its_clock_starts_where_it_is_told_to() {
    let words = [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--clock",
        "2022-01-09T23:00+08:00",
        "--lang",
        "en",
    ];
    let mut server = Server::start(tongxin(words), 4);
    assert!(
        server.hello.contains("Clock 2022-01-09 23:00."),
        "{}",
        server.hello
    );
    assert!(server.hello.ends_with("Ctrl-C stops it.\n"));
    assert_eq!(server.stop("-INT"), Some(0));
}

#[test]
fn a_port_in_use_is_said_to_be() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let zh = tongxin(["serve", "--listen", &address]).done();
    assert_eq!((zh.code, zh.out.as_str()), (1, ""));
    assert_eq!(
        zh.err,
        format!("错误：无法监听 {address}：地址已被占用；请用 --listen 换一个地址\n")
    );
    let en = tongxin(["serve", "--listen", &address, "--lang", "en"]).done();
    assert_eq!(
        en.err,
        format!(
            "error: cannot listen on {address}: the address is in use; choose another with --listen\n"
        )
    );
}

#[test]
fn a_city_with_a_faulty_notice_is_not_served() {
    for (notice, golden) in [
        ("unsound.md", "serve-syntax"),
        ("contrary.md", "serve-conflict"),
    ] {
        let scratch = tempfile::tempdir().unwrap();
        let city = scratch.path().join("city");
        let copied = Command::new("cp")
            .arg("-r")
            .arg(project().join("cities/taiyuan-2022"))
            .arg(&city)
            .status()
            .unwrap();
        assert!(copied.success());
        std::fs::copy(
            here().join("notices").join(notice),
            city.join("notices").join(notice),
        )
        .unwrap();
        let words = ["serve", "--city", "city", "--listen", "127.0.0.1:0"];
        tongxin(words).within(scratch.path()).golden(golden, 1);
    }
}
