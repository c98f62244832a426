use std::fs::{File, read_dir, read_to_string};
use std::io::{Read, Seek};
use std::time::Duration;

use tokio::task::yield_now;

/// What the thread of this process's only proxy has worked: unlike the time that passes, it does not depend on
/// what else the machine does.
pub(crate) struct Work(File);

impl Work {
    /// A thread takes its name when it first runs.
    pub(crate) async fn of_the_proxy() -> Self {
        loop {
            let tasks = read_dir("/proc/self/task").unwrap();
            let mut tasks = tasks.map(|task| task.unwrap().path());
            let is_proxy = |name: &str| name.trim() == "cassette-proxy";
            let task = tasks.find(|task| is_proxy(&read_to_string(task.join("comm")).unwrap()));
            if let Some(task) = task {
                return Self(File::open(task.join("schedstat")).unwrap());
            }
            yield_now().await;
        }
    }

    pub(crate) fn done(&mut self) -> Duration {
        let mut text = String::new();
        self.0.rewind().unwrap();
        self.0.read_to_string(&mut text).unwrap();
        let nanoseconds = text.split(' ').next().unwrap();
        Duration::from_nanos(nanoseconds.parse().unwrap())
    }
}
