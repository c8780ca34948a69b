-- Three foundations with 100 stalls each in the product's own tables, as its superuser. :claims open claims, :history redeemed ones:
-- a plan made on an empty table is a sequential scan. Claim n is at stall n % 300, of tenant n % 3 (stall's and claim's alike),
-- in the hand of person n / 300, and its number is 100000 + n / 3. Foreign keys are not looked at row by row: all rows are right by making.
set session_replication_role = replica;

create temp table t as select n, uuidv7() as id from generate_series(0, 2) n;
create temp table m as select n, uuidv7() as id from generate_series(0, 2) n;
create temp table s as
  select g.n, t.id as tenant, uuidv7() as id, uuidv7() as campaign, uuidv7() as merchant
  from generate_series(0, 299) g (n) join t on t.n = g.n % 3;
create temp table p as
  select g.n, t.n as tenant_n, t.id as tenant, uuidv7() as id from t, generate_series(0, greatest(:claims, :history) / 300 - 1) g (n);
create unique index on p (tenant_n, n);
analyze p;

insert into core.tenant (id, slug, name, body_type, locale, timezone, status, seal, colour, sender)
  select id, 'bench' || n, '측정 재단', 'foundation', 'ko', 'Asia/Seoul', 'active', '측', '#123456', '{}' from t;
insert into core.plugin_activation (tenant_id, id, plugin, enabled) select id, uuidv7(), 'coupons', true from t;
insert into core.market (tenant_id, id, natural_key, name, kind, road_address, lot_address, market_days, goods, vouchers, homepage, phone, provider)
  select t.id, m.id, 'bench', '측정시장', '상설장', '', '', '매일', '{}', '{}', '', '', '' from t join m using (n);
insert into core.shop (tenant_id, id, market_id, name, stall, category, goods, phone, status)
  select s.tenant, s.id, m.id, s.n || '호', s.n::text, 'food', '', '', 'open' from s join m on m.n = s.n % 3;
insert into core.person (tenant_id, id, name, language) select tenant, merchant, '상인', 'ko' from s union all select tenant, id, '손님', 'ko' from p;
insert into core.membership (tenant_id, id, person_id, role, shop_id)
  select tenant, uuidv7(), merchant, 'merchant', id from s union all select tenant, uuidv7(), id, 'customer', null from p;
insert into core.api_token (tenant_id, id, person_id, role, token_hash, expires_at)
  select tenant, uuidv7(), merchant, 'merchant', sha256(convert_to(':token' || n, 'UTF8')), now() + interval '1 day' from s;

insert into plugin_coupons.campaign (tenant_id, id, shop_id, kind, value, stock, per_person, claimed, redeemed, ends_at)
  select tenant, campaign, id, 'won', 1000, 1000000, 100, :claims / 300 + :history / 300, :history / 300, now() + interval '30 day' from s;
insert into plugin_coupons.claim (tenant_id, id, campaign_id, shop_id, person_id, nth, code)
  select s.tenant, uuidv7(), s.campaign, s.id, p.id, 1, (100000 + g.n / 3)::text
  from generate_series(0, :claims - 1) g (n) join s on s.n = g.n % 300 join p on p.tenant_n = g.n % 3 and p.n = g.n / 300;

create temp table h as
  select g.n, s.tenant, s.id as shop, s.campaign, s.merchant, p.id as person, uuidv7('-10 day') as claim, uuidv7('-10 day') as redemption
  from generate_series(0, :history - 1) g (n) join s on s.n = g.n % 300 join p on p.tenant_n = g.n % 3 and p.n = g.n / 300;
insert into plugin_coupons.claim (tenant_id, id, campaign_id, shop_id, person_id, nth, code, claimed_at, redeemed_at)
  select tenant, claim, campaign, shop, person, 2, (100000 + n / 3)::text, now() - interval '11 day', now() - interval '10 day' from h;
insert into plugin_coupons.redemption (tenant_id, id, claim_id, campaign_id, shop_id, redeemed_by, redeemed_at)
  select tenant, redemption, claim, campaign, shop, merchant, now() - interval '10 day' from h;
insert into core.outbox (tenant_id, id, name, version, payload, occurred_at)
  select tenant, uuidv7('-10 day'), 'coupons.redeemed', 1,
    jsonb_build_object('campaign_id', campaign, 'claim_id', claim, 'shop_id', shop, 'redemption_id', redemption), now() - interval '10 day' from h;
insert into core.idempotency (tenant_id, id, caller, operation, key, request_hash, status, content_type, body, created_at)
  select tenant, uuidv7('-1 day'), 'merchant:' || merchant, 'coupons.redeem_coupon /api/v1/coupons/redemptions', gen_random_uuid()::text,
    sha256(convert_to(n::text, 'UTF8')), 201, 'application/json', convert_to(format(
      '{"id":"%s","claim_id":"%s","campaign_id":"%s","shop_id":"%s","redeemed_at":"2026-01-01T00:00:00.000000Z"}',
      redemption, claim, campaign, shop), 'UTF8'), now() - interval '1 day' from h;

reset session_replication_role;
drop table t, m, s, p, h;
