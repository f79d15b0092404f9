-- The site (scheme, host, port) that gave the validators when redirects lead away from the source's own: they are sent to nobody else.
ALTER TABLE source ADD COLUMN validated_by TEXT;

-- How long the last document asked not to be polled again, in seconds (RSS ttl): a 304 does not repeat it.
ALTER TABLE source ADD COLUMN ttl INTEGER;
