INSERT INTO notice_proof (account, channel, address, proved_at)
    SELECT p.account, c.channel, p.body::json -> 'addresses' ->> c.channel, NULL
    FROM notice_preference p
    CROSS JOIN (SELECT 'mail' AS channel UNION ALL SELECT 'sms' UNION ALL SELECT 'wechat') c
    WHERE p.body::json -> 'addresses' ->> c.channel IS NOT NULL;
