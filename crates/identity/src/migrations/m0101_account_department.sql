-- Officers by department: who hears of what comes to it.
CREATE INDEX account_department ON account (department, id) WHERE enterprise IS NULL;
