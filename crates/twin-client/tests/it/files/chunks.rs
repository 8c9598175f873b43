//! How much of a file is in memory at a time: counted, not timed.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use twin_client::{Existing, FileSource};
use twin_emulator::Emulator;
use twin_transport::Body;

use super::{disk::downloading, emulator::client};

const CHUNK: usize = 64 << 10;
const CHUNKS: usize = 1024;
/// What a connection may hold before it is written: hyper takes in up to 400 KiB, and 16 pieces.
const ALIVE: usize = 24;

/// A chunk that is counted for as long as anyone has it.
struct Counted {
    bytes: Vec<u8>,
    alive: Arc<AtomicUsize>,
}

impl Counted {
    fn new(number: usize, alive: &Arc<AtomicUsize>, most: &AtomicUsize) -> Self {
        let now = alive.fetch_add(1, Ordering::SeqCst) + 1;
        most.fetch_max(now, Ordering::SeqCst);
        Self {
            bytes: vec![number as u8; CHUNK],
            alive: Arc::clone(alive),
        }
    }
}

impl AsRef<[u8]> for Counted {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.alive.fetch_sub(1, Ordering::SeqCst);
    }
}

/// So many chunks, the counts of those that are alive now, and of the most that ever were.
fn counted<E>() -> (
    impl Stream<Item = Result<Bytes, E>>,
    Arc<AtomicUsize>,
    Arc<AtomicUsize>,
) {
    let (alive, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (now, greatest) = (Arc::clone(&alive), Arc::clone(&most));
    let chunks = stream::iter(0..CHUNKS)
        .map(move |number| Ok(Bytes::from_owner(Counted::new(number, &now, &greatest))));
    (chunks, alive, most)
}

#[tokio::test]
async fn an_upload_holds_a_few_chunks_whatever_its_size() {
    let emulator = Emulator::start().await.unwrap();
    let (chunks, alive, most) = counted();
    let length = (CHUNKS * CHUNK) as u64;
    let file = FileSource::stream("large", chunks, Some(length));
    let file = client(&emulator).files().upload(file).await.unwrap();
    assert_eq!(emulator.file(file.id.as_str()).unwrap().size, length);
    assert_eq!(alive.load(Ordering::SeqCst), 0);
    let most = most.load(Ordering::SeqCst);
    assert!(
        (1..=ALIVE).contains(&most),
        "{most} chunks were alive at once"
    );
}

#[tokio::test]
async fn a_download_holds_the_chunk_that_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let (chunks, alive, most) = counted();
    let client = downloading(Body::stream(chunks, None));
    let download = client.files().download("f").await.unwrap();
    let path = folder.path().join("large");
    let written = download.save(&path, Existing::Keep).await.unwrap();
    assert_eq!(written, (CHUNKS * CHUNK) as u64);
    assert_eq!(alive.load(Ordering::SeqCst), 0);
    assert_eq!(most.load(Ordering::SeqCst), 1);
}
