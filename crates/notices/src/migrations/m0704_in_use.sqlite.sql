INSERT INTO notice_proof (account, channel, address, proved_at)
    SELECT p.account, c.channel, json_extract(p.body, '$.addresses.' || c.channel), NULL
    FROM notice_preference p
    CROSS JOIN (SELECT 'mail' AS channel UNION ALL SELECT 'sms' UNION ALL SELECT 'wechat') c
    WHERE json_extract(p.body, '$.addresses.' || c.channel) IS NOT NULL;
