-- Two more kinds of work: site checks, and materials that follow later.
CREATE TABLE application_task_new (
    seq         {serial},
    application {uuid}  NOT NULL REFERENCES application (id),
    kind        {code}  NOT NULL CHECK (kind IN ('accept','correct','review','first_review','second_review',
                    'decide','resume','deliver','site_check','supply')),
    department  {code},
    region      {code}  NOT NULL,
    industry    {code}  NOT NULL,
    enterprise  {uuid}  NOT NULL,
    state       {code}  NOT NULL CHECK (state IN ('open','done')),
    since       BIGINT  NOT NULL,
    due_on      {code},
    due_sort    {code}  NOT NULL,
    excluded    {code}  NOT NULL
);
INSERT INTO application_task_new (application, kind, department, region, industry, enterprise, state, since, due_on,
        due_sort, excluded)
    SELECT application, kind, department, region, industry, enterprise, state, since, due_on, due_sort, excluded
    FROM application_task;
DROP TABLE application_task;
ALTER TABLE application_task_new RENAME TO application_task;
CREATE INDEX application_task_application ON application_task (application);
CREATE INDEX application_task_open ON application_task (due_sort, seq) WHERE state = 'open';
CREATE INDEX application_task_department ON application_task (department, application);
CREATE INDEX application_task_enterprise ON application_task (enterprise, due_sort) WHERE state = 'open';
-- From which day on a list shows yellow and red; derived from body and calendar, not sealed.
ALTER TABLE application ADD COLUMN yellow_on {code};
ALTER TABLE application ADD COLUMN red_on {code};
CREATE INDEX application_red ON application (red_on, id) WHERE red_on IS NOT NULL;
CREATE INDEX application_yellow ON application (yellow_on, id) WHERE yellow_on IS NOT NULL;
