-- Filters and counts of the work in hand are answered from the index; a row is read only to be shown.
DROP INDEX application_task_open;
CREATE INDEX application_task_open ON application_task (due_sort, seq, department, region, yellow_on, due_on, kind,
    industry, enterprise) WHERE state = 'open';
DROP INDEX application_task_held;
CREATE INDEX application_task_held ON application_task (department, due_sort, seq, region, yellow_on, due_on, kind,
    industry, enterprise) WHERE state = 'open';
