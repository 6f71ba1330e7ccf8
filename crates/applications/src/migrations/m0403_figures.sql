-- What figures and the lists behind them ask for. Everything follows from the body and the calendar, so nothing of
-- it is sealed; `Applications::renew_projections` writes it anew for rows of before, and when calendar or lights
-- change.
ALTER TABLE application ADD COLUMN accepted_on {code};
ALTER TABLE application ADD COLUMN held BIGINT NOT NULL DEFAULT 0;     -- 1 while the clock stands still

ALTER TABLE application_task ADD COLUMN red_on {code};                 -- from this day on an open review is late
ALTER TABLE application_task ADD COLUMN ended_on {code};               -- day of the outcome of a review
ALTER TABLE application_task ADD COLUMN used BIGINT;                   -- days of its clock until then, where known
ALTER TABLE application_task ADD COLUMN late BIGINT NOT NULL DEFAULT 0;

-- Figures of what is under way read this index alone: the bodies stand in between.
CREATE INDEX application_open_figures ON application (region, state, officer, yellow_on, red_on, due_on, held, matter,
    industry, submitted_at, lead_body, acceptance_body, enterprise, id)
    WHERE state IN ('submitted','correcting','in_review','first_review','second_review','deciding');
CREATE INDEX application_open_due ON application (due_sort, id)
    WHERE state IN ('submitted','correcting','in_review','first_review','second_review','deciding');
CREATE INDEX application_open_sorted ON application (sorted_at, id)
    WHERE state IN ('submitted','correcting','in_review','first_review','second_review','deciding');
CREATE INDEX application_submitted_day ON application (submitted_at, region, matter, industry, lead_body,
    acceptance_body, id);
CREATE INDEX application_accepted_day ON application (accepted_on, region, matter, industry, submitted_at, lead_body,
    acceptance_body, id) WHERE accepted_on IS NOT NULL;
CREATE INDEX application_decided_day ON application (decided_on, state, region, officer, matter, industry,
    submitted_at, lead_body, acceptance_body, id) WHERE decided_on IS NOT NULL;
CREATE INDEX application_task_ended ON application_task (ended_on, department, used, late, region, industry,
    application) WHERE ended_on IS NOT NULL;
CREATE INDEX application_task_reviews ON application_task (department, red_on, region, industry, application)
    WHERE kind = 'review' AND state = 'open';
