-- Who is named for a piece of work; a site check belongs to the officers who go there.
ALTER TABLE application_task ADD COLUMN assigned {code} NOT NULL DEFAULT '|';
CREATE INDEX application_task_visits ON application_task (due_sort, seq) WHERE state = 'open' AND kind = 'site_check';
