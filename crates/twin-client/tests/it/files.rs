//! Files: uploads and downloads, over transports in memory and over an emulator.

mod chunks;
mod disk;
mod download;
mod emulator;
mod upload;
