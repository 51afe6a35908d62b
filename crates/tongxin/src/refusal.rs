//! Why the system refused to read, write or listen, in both languages.

use notice::Label;
use std::io::{Error, ErrorKind};

/// The reasons people meet, in words; any other as the system says it.
pub fn reason(error: &Error) -> Label {
    match error.kind() {
        ErrorKind::NotFound => Label::new("没有这个文件或文件夹", "no such file or folder"),
        ErrorKind::PermissionDenied => Label::new("没有权限", "permission denied"),
        ErrorKind::IsADirectory => Label::new("这是文件夹，不是文件", "it is a folder, not a file"),
        ErrorKind::NotADirectory => Label::new(
            "路径中有一段不是文件夹",
            "a part of the path is not a folder",
        ),
        ErrorKind::AddrInUse => Label::new("地址已被占用", "the address is in use"),
        ErrorKind::AddrNotAvailable => {
            Label::new("本机没有这个地址", "this machine has no such address")
        }
        ErrorKind::StorageFull => Label::new("磁盘已满", "the disk is full"),
        ErrorKind::ReadOnlyFilesystem => Label::new("文件系统只读", "the file system is read-only"),
        _ => Label::new(error.to_string(), error.to_string()),
    }
}
