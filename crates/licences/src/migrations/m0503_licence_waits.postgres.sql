UPDATE licence_filing SET waits = CASE
    WHEN kind = 'damage' AND (body::jsonb #>> '{matter,disaster}') = 'true'
         AND (body::jsonb #>> '{matter,stand_in}') IS NULL THEN 'issue_stand_in'
    WHEN kind <> 'recall' THEN NULL
    WHEN (body::jsonb #>> '{matter,returned}') IS NULL THEN 'take_back'
    WHEN (body::jsonb #>> '{matter,destruction}') IS NULL THEN 'destroy'
    WHEN (body::jsonb #>> '{matter,destruction,witness}') IS NULL THEN 'witness' END
WHERE kind IN ('damage', 'recall');
UPDATE licence_filing SET not_by = (body::jsonb #>> '{matter,destruction,by,account}')::uuid
WHERE waits = 'witness';
UPDATE licence_case SET unserved = 1 WHERE EXISTS (SELECT 1 FROM jsonb_array_elements(body::jsonb -> 'papers') paper
    WHERE (paper ->> 'service_due') IS NOT NULL
      AND (paper ->> 'served') IS NULL
      AND (paper ->> 'file') IS NOT NULL);
UPDATE licence_case SET not_by = (body::jsonb #>> '{stage,by,account}')::uuid
WHERE state = 'proposed';
