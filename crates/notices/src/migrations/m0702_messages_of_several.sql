-- The notices of which a message consists, and what several like each of them are called.
CREATE TABLE notice_part (
    delivery {uuid}  NOT NULL REFERENCES notice_delivery (id),
    notice   {uuid}  NOT NULL REFERENCES notice (id),
    label    TEXT    NOT NULL,
    PRIMARY KEY (delivery, notice)
);
INSERT INTO notice_part (delivery, notice, label)
    SELECT id, notice, '通知' FROM notice_delivery WHERE notice IS NOT NULL;
