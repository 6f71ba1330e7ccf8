-- All work in hand, for the ledger of collaboration: by light, by holder, by age.
ALTER TABLE application_task ADD COLUMN yellow_on {code};
CREATE INDEX application_task_held ON application_task (department, due_sort, seq) WHERE state = 'open';
CREATE INDEX application_task_since ON application_task (since, seq) WHERE state = 'open';
