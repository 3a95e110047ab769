//! Names of strangers, who answer with one address when it is checked and with another when it is used.
//!
//! 127.0.0.2 stands for an address of the internet, which tests do not connect to: the operator allows it. At 127.0.0.1,
//! on the same port, is what nobody may reach.

use std::{
    collections::VecDeque,
    io::ErrorKind,
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use reqwest::{
    Method,
    dns::{Addrs, Name, Resolve, Resolving},
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::{Client, Error, Get, Policy, address::Guard, parse_networks};

const OUTSIDE: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
/// Allowed, but nobody is there.
const NOBODY: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 3));
const INSIDE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Answers in this order, whatever name is asked for; after the last one with what is inside.
struct Names {
    answers: Mutex<VecDeque<Vec<IpAddr>>>,
    asked: AtomicUsize,
}

impl Names {
    fn new(answers: &[&[IpAddr]]) -> Arc<Self> {
        let answers = answers.iter().map(|answer| answer.to_vec()).collect();
        Arc::new(Self { answers: Mutex::new(answers), asked: AtomicUsize::new(0) })
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Resolve for Names {
    fn resolve(&self, _: Name) -> Resolving {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let answer = self.answers.lock().unwrap().pop_front().unwrap_or_else(|| vec![INSIDE]);
        let addresses = answer.into_iter().map(|address| SocketAddr::new(address, 0));
        Box::pin(std::future::ready(Ok(Box::new(addresses) as Addrs)))
    }
}

/// A server outside, and one inside that notices who comes.
struct Servers {
    port: u16,
    inside: TcpListener,
}

impl Servers {
    async fn start() -> Self {
        let (outside, inside, port) = loop {
            let outside = tokio::net::TcpListener::bind((OUTSIDE, 0)).await.unwrap();
            let port = outside.local_addr().unwrap().port();
            // Somebody else may have the port there.
            if let Ok(inside) = TcpListener::bind((INSIDE, port)) {
                break (outside, inside, port);
            }
        };
        inside.set_nonblocking(true).unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = outside.accept().await {
                let mut request = vec![0; 8192];
                let read = stream.read(&mut request).await.unwrap_or(0);
                let head = match request[..read].starts_with(b"GET /elsewhere ") {
                    true => format!("302 Found\r\nlocation: http://second.test:{port}/"),
                    false => "200 OK".into(),
                };
                // Each request has a connection, and a question for the address, of its own.
                let answer = format!("HTTP/1.1 {head}\r\ncontent-length: 7\r\nconnection: close\r\n\r\noutside");
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        Self { port, inside }
    }

    fn url(&self, path: &str) -> String {
        format!("http://first.test:{}{path}", self.port)
    }

    /// The system takes connections before anybody asks for them: one that was made would wait here.
    #[track_caller]
    fn assert_nobody_came_inside(&self) {
        let came = self.inside.accept().map(|(_, from)| from);
        assert_eq!(came.unwrap_err().kind(), ErrorKind::WouldBlock);
    }
}

fn client(names: &Arc<Names>) -> Client {
    let policy = Policy {
        allowed_networks: parse_networks("127.0.0.2 127.0.0.3").unwrap(),
        total_timeout: Duration::from_secs(10),
        ..Policy::default()
    };
    Client::with_names(policy, names.clone()).unwrap()
}

#[tokio::test]
async fn a_name_is_asked_for_once_and_what_it_says_later_counts_for_nothing() {
    let servers = Servers::start().await;
    let names = Names::new(&[&[OUTSIDE], &[INSIDE]]);
    let (client, url) = (client(&names), servers.url("/"));
    assert!(client.check(&url).is_ok() && names.asked() == 0, "a check does not ask: the answer would be an old one");
    let fetched = client.get(&url, Get::default()).await.unwrap();
    assert_eq!((fetched.bytes.as_slice(), names.asked()), (&b"outside"[..], 1), "what is checked is connected to");
    let second = client.get(&url, Get::default()).await;
    assert!(matches!(second, Err(Error::Private(_))) && names.asked() == 2, "{second:?}");
    assert!(client.request(Method::POST, &url).unwrap().send().await.is_err());
    let streamed = client.post_json_stream(&url, Default::default(), "{}", Duration::from_secs(10)).await;
    assert!(matches!(streamed, Err(Error::Private(_))), "{streamed:?}");
    servers.assert_nobody_came_inside();
}

#[tokio::test]
async fn of_a_names_addresses_those_inside_are_never_tried() {
    let servers = Servers::start().await;
    let mapped = "::ffff:127.0.0.1".parse().unwrap();
    let names = Names::new(&[&[INSIDE, mapped, OUTSIDE], &[NOBODY, INSIDE, mapped]]);
    let (client, url) = (client(&names), servers.url("/"));
    let fetched = client.get(&url, Get::default()).await.unwrap();
    assert_eq!((fetched.bytes.as_slice(), names.asked()), (&b"outside"[..], 1));
    // Nor where the others fail.
    let second = client.get(&url, Get::default()).await;
    assert!(matches!(second, Err(Error::Connect { .. })), "{second:?}");
    servers.assert_nobody_came_inside();
}

#[tokio::test]
async fn a_redirect_to_such_a_name_leads_nowhere() {
    let servers = Servers::start().await;
    let names = Names::new(&[&[OUTSIDE], &[INSIDE], &[OUTSIDE], &[INSIDE, OUTSIDE]]);
    let (client, url) = (client(&names), servers.url("/elsewhere"));
    let refused = client.get(&url, Get::default()).await;
    assert!(matches!(&refused, Err(Error::Private(host)) if host == "second.test"), "{refused:?}");
    let fetched = client.get(&url, Get::default()).await.unwrap();
    assert_eq!((fetched.final_url.host_str(), fetched.bytes.as_slice()), (Some("second.test"), &b"outside"[..]));
    assert_eq!(names.asked(), 4);
    servers.assert_nobody_came_inside();
}

/// With no leave of an operator, and addresses of the internet: none is connected to.
#[tokio::test]
async fn only_addresses_of_the_internet_are_handed_on() {
    let public: [IpAddr; 2] = ["8.8.8.8".parse().unwrap(), "2606:4700::1111".parse().unwrap()];
    let private = ["10.0.0.1", "169.254.169.254", "::1", "fd00::1", "::ffff:192.168.1.1", "64:ff9b::7f00:1"];
    let private = private.map(|address| address.parse().unwrap());
    let mixed = [&private[..3], &public[..], &private[3..]].concat();
    let guard = Guard::new(&[], Names::new(&[&public, &mixed, &private, &[]]));
    let ask = async || match guard.resolve("first.test".parse().unwrap()).await {
        Ok(addresses) => Ok(addresses.map(|at| at.ip()).collect::<Vec<_>>()),
        Err(error) => Err(error.to_string()),
    };
    assert_eq!(ask().await.unwrap(), public);
    assert_eq!(ask().await.unwrap(), public);
    assert!(ask().await.unwrap_err().contains("private or reserved"));
    assert!(ask().await.unwrap_err().contains("no address"));
}
