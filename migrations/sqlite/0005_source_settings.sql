-- What of feeds.toml the last document was read by: when that changes, the next poll asks for the document whole and reads it again.
ALTER TABLE source ADD COLUMN settings BLOB; -- SHA-256
