-- A foundation with one market of :shops shops, in categories as mixed as those of the demo's largest market.
insert into core.tenant (id, slug, name, body_type, locale, timezone, status, seal, colour, sender)
  values (uuidv7(), 'page', '측정 재단', 'foundation', 'ko', 'Asia/Seoul', 'active', '측', '#123456', '{}');
insert into core.plugin_activation (tenant_id, id, plugin, enabled)
  select id, uuidv7(), 'storefront', true from core.tenant where slug = 'page';
insert into core.market (tenant_id, id, natural_key, name, kind, road_address, lot_address, market_days, goods, vouchers, homepage, phone, provider)
  select id, uuidv7(), 'page', '측정시장', '상설장', '부산광역시 중구 부평1길 39', '', '매일', '{}', '{}', '', '0512431128', ''
  from core.tenant where slug = 'page';
insert into core.shop (tenant_id, id, market_id, name, stall, category, goods, phone, status)
  select m.tenant_id, uuidv7(), m.id, '부평 할머니 손두부 ' || n, '가-' || n,
    (array['vegetable', 'fish', 'meat', 'sidedish', 'bakery', 'clothes', 'snack', 'other'])[1 + n % 8], '두부', '', 'open'
  from core.market m, generate_series(1, :shops) n where m.natural_key = 'page';
