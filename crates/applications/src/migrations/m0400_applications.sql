-- Applications: columns to find them by, and the typed aggregate as JSON.
CREATE TABLE application (
    id              {uuid}  NOT NULL PRIMARY KEY,
    version         BIGINT  NOT NULL,
    reference       {code}  UNIQUE,
    matter          {code}  NOT NULL,
    matter_version  BIGINT  NOT NULL,
    industry        {code}  NOT NULL,
    enterprise      {uuid}  NOT NULL,
    applicant       TEXT    NOT NULL,
    region          {code}  NOT NULL,
    lead_body       {code}  NOT NULL,  -- keeps and decides it
    acceptance_body {code}  NOT NULL,  -- takes it in
    state           {code}  NOT NULL CHECK (state IN ('draft','submitted','correcting','in_review','first_review',
                        'second_review','deciding','granted','refused','not_accepted','withdrawn')),
    officer         {uuid},            -- first-contact officer
    corrected       BIGINT  NOT NULL,
    created_at      BIGINT  NOT NULL,
    submitted_at    BIGINT,
    sorted_at       BIGINT  NOT NULL,  -- submitted, or begun
    decided_on      {code},
    due_on          {code},            -- derived from body and calendar, not sealed
    due_sort        {code}  NOT NULL,  -- never later than the true last day
    due_unknown     BIGINT  NOT NULL,  -- 1 while the holidays of a year are missing
    demo            BIGINT  NOT NULL,
    body            TEXT    NOT NULL,
    CHECK (state IN ('draft','withdrawn') OR reference IS NOT NULL),
    CHECK ((reference IS NULL) = (submitted_at IS NULL)),
    CHECK ((state IN ('granted','refused','not_accepted')) = (decided_on IS NOT NULL))
);
CREATE INDEX application_sorted ON application (sorted_at, id);
CREATE INDEX application_due ON application (due_sort, id);
CREATE INDEX application_state_sorted ON application (state, sorted_at, id);
CREATE INDEX application_state_due ON application (state, due_sort, id);
CREATE INDEX application_enterprise ON application (enterprise, sorted_at);
CREATE INDEX application_region ON application (region, sorted_at);
CREATE INDEX application_officer ON application (officer, sorted_at);
CREATE INDEX application_unknown ON application (id) WHERE due_unknown = 1;
CREATE INDEX application_decided ON application (decided_on, id) WHERE state IN ('granted','refused');

-- What has to be done now, by whom, by when: a projection of the aggregate, written with it.
CREATE TABLE application_task (
    seq         {serial},
    application {uuid}  NOT NULL REFERENCES application (id),
    kind        {code}  NOT NULL CHECK (kind IN ('accept','correct','review','first_review','second_review',
                    'decide','resume','deliver')),
    department  {code},
    region      {code}  NOT NULL,
    industry    {code}  NOT NULL,
    enterprise  {uuid}  NOT NULL,
    state       {code}  NOT NULL CHECK (state IN ('open','done')),
    since       BIGINT  NOT NULL,
    due_on      {code},
    due_sort    {code}  NOT NULL,
    excluded    {code}  NOT NULL  -- |account|account|: may not do it (segregation of duties)
);
CREATE INDEX application_task_application ON application_task (application);
CREATE INDEX application_task_open ON application_task (due_sort, seq) WHERE state = 'open';
CREATE INDEX application_task_department ON application_task (department, application);
CREATE INDEX application_task_enterprise ON application_task (enterprise, due_sort) WHERE state = 'open';
