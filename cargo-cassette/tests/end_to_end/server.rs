use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

/// A server that says pong to every request, but to that for `/held`, which waits for ever.
pub(crate) struct Server {
    pub(crate) origin: String,
    held: Receiver<()>,
}

impl Server {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let (sender, held) = channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let sender = sender.clone();
                thread::spawn(move || serve(&stream.unwrap(), &sender));
            }
        });
        Self { origin, held }
    }

    /// Waits until a request is held.
    pub(crate) fn wait_for_held(&self) {
        self.held.recv().unwrap();
    }
}

fn serve(mut stream: &TcpStream, held: &Sender<()>) {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let Some(first) = lines.next() else { return };
    lines.find(String::is_empty);
    if first.contains("/held") {
        held.send(()).unwrap();
        // Until the client is gone.
        lines.next();
        return;
    }
    let answer = "HTTP/1.1 200 OK\r\ncontent-length: 4\r\nconnection: close\r\n\r\npong";
    let _ = stream.write_all(answer.as_bytes());
}
