//! The static server: nginx where it is installed, else the bench crate's, in a separate process.

use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::install::{folder, program};
use crate::run::Result;

/// A running server; it is killed when this is dropped.
pub struct Server {
    /// The name and version.
    pub name: String,
    port: u16,
    child: Child,
}

impl Server {
    /// Starts the server on the data below `data`.
    pub fn start(data: &Path) -> Result<Self> {
        let port = free_port()?;
        let (name, mut command) = match version_of_nginx() {
            Some(version) => (version, nginx(data, port)?),
            None => {
                let mut command = Command::new(program("bench-server"));
                command.arg("serve").arg(data).arg(port.to_string());
                ("bench-server".to_owned(), command)
            }
        };
        let child = command.stdin(Stdio::null()).spawn();
        let child = child.map_err(|error| format!("cannot start {name}: {error}"))?;
        let mut server = Server { name, port, child };
        server.wait_until_ready()?;
        Ok(server)
    }

    /// The base URL of a data set.
    pub fn url(&self, dataset: &str) -> String {
        format!("http://127.0.0.1:{}/{dataset}", self.port)
    }

    fn wait_until_ready(&mut self) -> Result {
        let began = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(format!("{} ended at once ({status})", self.name));
            }
            if began.elapsed() > Duration::from_secs(10) {
                return Err(format!("{} does not listen after 10 s", self.name));
            }
            sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> Result<u16> {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
    port.map(|address| address.port()).map_err(|error| format!("no free port: {error}"))
}

fn version_of_nginx() -> Option<String> {
    let output = Command::new("nginx").arg("-v").output().ok()?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    Some(text.trim().rsplit(' ').next()?.to_owned())
}

/// nginx in one process, with its own configuration.
fn nginx(data: &Path, port: u16) -> Result<Command> {
    let folder = folder("nginx");
    let written = fs::create_dir_all(&folder).and_then(|()| {
        fs::write(
            folder.join("nginx.conf"),
            CONFIGURATION.replace("PORT", &port.to_string()).replace("DATA", &data.to_string_lossy()),
        )
    });
    written.map_err(|error| format!("cannot write nginx's configuration: {error}"))?;
    let mut command = Command::new("nginx");
    command
        .arg("-p")
        .arg(&folder)
        .arg("-c")
        .arg(folder.join("nginx.conf"))
        .arg("-e")
        .arg(folder.join("errors.log"));
    Ok(command)
}

// `gzip_static always` serves `clients_usage.gz` for a data set that has only that.
const CONFIGURATION: &str = "\
daemon off;
master_process off;
pid nginx.pid;
error_log errors.log;
events { worker_connections 1024; }
http {
    access_log off;
    default_type application/json;
    sendfile on;
    tcp_nopush on;
    keepalive_timeout 300s;
    keepalive_requests 1000000000;
    open_file_cache max=100;
    client_body_temp_path temporary;
    proxy_temp_path temporary;
    fastcgi_temp_path temporary;
    uwsgi_temp_path temporary;
    scgi_temp_path temporary;
    server {
        listen 127.0.0.1:PORT;
        root DATA;
        gzip_static always;
    }
}
";
