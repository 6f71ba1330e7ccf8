UPDATE licence_filing SET waits = CASE
    WHEN kind = 'damage' AND json_extract(body, '$.matter.disaster') = 1
         AND json_extract(body, '$.matter.stand_in') IS NULL THEN 'issue_stand_in'
    WHEN kind <> 'recall' THEN NULL
    WHEN json_extract(body, '$.matter.returned') IS NULL THEN 'take_back'
    WHEN json_extract(body, '$.matter.destruction') IS NULL THEN 'destroy'
    WHEN json_extract(body, '$.matter.destruction.witness') IS NULL THEN 'witness' END
WHERE kind IN ('damage', 'recall');
UPDATE licence_filing SET not_by = unhex(replace(json_extract(body, '$.matter.destruction.by.account'), '-', ''))
WHERE waits = 'witness';
UPDATE licence_case SET unserved = 1 WHERE EXISTS (SELECT 1 FROM json_each(body, '$.papers') paper
    WHERE json_extract(paper.value, '$.service_due') IS NOT NULL
      AND json_extract(paper.value, '$.served') IS NULL
      AND json_extract(paper.value, '$.file') IS NOT NULL);
UPDATE licence_case SET not_by = unhex(replace(json_extract(body, '$.stage.by.account'), '-', ''))
WHERE state = 'proposed';
