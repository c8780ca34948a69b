-- A foundation as large as the largest of the demo: 160 markets, :shops shops, one of its staff signed in as `export`, a second factor given.
insert into core.tenant (id, slug, name, body_type, locale, timezone, status, seal, colour, sender)
  values (uuidv7(), 'export', '측정 재단', 'foundation', 'ko', 'Asia/Seoul', 'active', '측', '#123456', '{}');
insert into core.market (tenant_id, id, natural_key, name, kind, road_address, lot_address, market_days, goods, vouchers, homepage, phone, provider)
  select t.id, uuidv7(), 'export' || n, '측정시장 ' || n, '상설장', '', '', '매일', '{}', '{}', '', '', ''
  from core.tenant t, generate_series(0, 159) n where t.slug = 'export';
insert into core.shop (tenant_id, id, market_id, name, stall, category, goods, phone, business_number, status)
  select m.tenant_id, uuidv7(), m.id, '부평 할머니 손두부 ' || n, '가-' || n,
    (array['vegetable', 'fish', 'meat', 'sidedish', 'bakery', 'clothes', 'snack', 'other'])[1 + n % 8], '두부, 순두부, 콩국', '0512431128', null, 'open'
  from core.market m, generate_series(0, :shops - 1) n where m.natural_key = 'export' || n % 160;
with person as (
  insert into core.person (tenant_id, id, name, language) select id, uuidv7(), '직원', 'ko' from core.tenant where slug = 'export' returning *
), role as (
  insert into core.membership (tenant_id, id, person_id, role) select tenant_id, uuidv7(), id, 'staff' from person
)
insert into core.session (tenant_id, id, person_id, token_hash, expires_at, device, factor_at)
  select tenant_id, uuidv7(), id, sha256('export'), now() + interval '1 day', '', now() from person;
