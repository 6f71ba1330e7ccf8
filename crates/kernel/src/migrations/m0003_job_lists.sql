-- The administrator's list of jobs, newest first: of all states, and of one.
CREATE INDEX job_listed ON job (created_at, id);
CREATE INDEX job_listed_by_state ON job (state, created_at, id);
DROP INDEX job_dead;
