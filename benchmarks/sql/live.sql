-- A foundation of its own for live pages: one stall with :pages clerks, a session each (`live0`, `live1`, …), and a coupon.
set session_replication_role = replica;

create temp table t as select uuidv7() as id, uuidv7() as market, uuidv7() as shop, uuidv7() as campaign;
create temp table p as select n, uuidv7() as id from generate_series(0, :pages - 1) n;

insert into core.tenant (id, slug, name, body_type, locale, timezone, status, seal, colour, sender)
  select id, 'live', '측정 재단', 'foundation', 'ko', 'Asia/Seoul', 'active', '측', '#123456', '{}' from t;
insert into core.plugin_activation (tenant_id, id, plugin, enabled) select id, uuidv7(), 'coupons', true from t;
insert into core.market (tenant_id, id, natural_key, name, kind, road_address, lot_address, market_days, goods, vouchers, homepage, phone, provider)
  select id, market, 'live', '측정시장', '상설장', '', '', '매일', '{}', '{}', '', '', '' from t;
insert into core.shop (tenant_id, id, market_id, name, stall, category, goods, phone, status)
  select id, shop, market, '1호', '1', 'food', '', '', 'open' from t;
insert into core.person (tenant_id, id, name, language) select t.id, p.id, '점원', 'ko' from t, p;
insert into core.membership (tenant_id, id, person_id, role, shop_id) select t.id, uuidv7(), p.id, 'clerk', shop from t, p;
insert into core.session (tenant_id, id, person_id, token_hash, expires_at)
  select t.id, uuidv7(), p.id, sha256(convert_to('live' || n, 'UTF8')), now() + interval '1 day' from t, p;
insert into plugin_coupons.campaign (tenant_id, id, shop_id, kind, value, stock, per_person, claimed, redeemed, ends_at)
  select id, campaign, shop, 'won', 1000, 1000000, 100, 10000, 0, now() + interval '30 day' from t;

reset session_replication_role;
drop table t, p;
