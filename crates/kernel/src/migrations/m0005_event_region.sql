-- Where it happened: who supervises a region reads the events of that region.
ALTER TABLE event ADD COLUMN region {code};
CREATE INDEX event_region ON event (region, seq);
