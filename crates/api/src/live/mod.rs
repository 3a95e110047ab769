//! What the sockets of members and visitors have in common: how they open, what is sent, how long they live.

mod places;
mod run;
mod sender;

use axum::{extract::ws::WebSocketUpgrade, http::HeaderMap};
use domain::Error;

pub(crate) use places::{Place, Places};
pub(crate) use run::{Peer, run};

use crate::{csrf::origin_is_host, error::ApiResult};

/// What browsers send is short (longer frames make the buffer grow), and each socket keeps this much for as long as it is
/// open: ten thousand are to cost 8 kB each with all that belongs to them. The default is 128 KiB.
const READ_BUFFER: usize = 512;
const WRITE_BUFFER: usize = 4 * 1024;
const MAX_MESSAGE: usize = 64 * 1024;
/// What may wait for a slow reader; the longest frame (a message with its citations) fits.
const MAX_WAITING: usize = 1024 * 1024;

/// Prepares an upgrade: only from our own pages, with small buffers.
///
/// # Errors
/// Refused when the page is another site's: browsers send cookies with sockets whoever asks for them.
pub(crate) fn prepare(socket: WebSocketUpgrade, headers: &HeaderMap) -> ApiResult<WebSocketUpgrade> {
    if !origin_is_host(headers) {
        return Err(Error::Refused("sockets can only be opened from our own pages").into());
    }
    Ok(socket
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(MAX_WAITING)
        .max_message_size(MAX_MESSAGE)
        .max_frame_size(MAX_MESSAGE))
}
