-- The limit, after shop.sql: one call that writes every row of a redemption, with a stored answer of the product's length.
create table idempotency (tenant_id int not null, id bigint generated always as identity, caller text not null, operation text not null,
  key text not null, request_hash bytea not null, status int not null, content_type text not null, body bytea not null,
  created_at timestamptz not null default now(), primary key (tenant_id, id), unique (tenant_id, caller, operation, key));
create table audit (tenant_id int not null, id bigint generated always as identity, actor text not null, action text not null,
  subject text not null, detail jsonb not null, at timestamptz not null default now(), primary key (tenant_id, id));

insert into idempotency (tenant_id, caller, operation, key, request_hash, status, content_type, body, created_at)
  select n % 3 + 1, 'merchant:' || lpad(n::text, 36, '0'), 'coupons.redeem_coupon /api/v1/coupons/redemptions', gen_random_uuid()::text,
    sha256(convert_to(n::text, 'UTF8')), 201, 'application/json', convert_to(repeat('x', 241), 'UTF8'), now() - interval '1 day'
  from generate_series(0, :history - 1) n;
insert into audit (tenant_id, actor, action, subject, detail, at)
  select n % 3 + 1, 'merchant:7', 'coupons.redeem', 'claim:' || n, jsonb_build_object('coupon', n % 300 + 1), now() - interval '10 day'
  from generate_series(0, :history - 1) n;

do $$
declare t text;
begin
  foreach t in array array['idempotency', 'audit'] loop
    execute format('alter table %I enable row level security; alter table %I force row level security;
      create policy tenant on %I using (tenant_id = current_setting(''app.tenant_id'')::int)
      with check (tenant_id = current_setting(''app.tenant_id'')::int)', t, t, t);
  end loop;
end $$;
grant select, insert, update on all tables in schema public to :role;
grant usage on all sequences in schema public to :role;

-- One round trip: it binds the tenant for the transaction, then runs the one statement, as the caller, so that row security holds.
create function redeem(p_tenant int, p_code text, p_merchant bigint) returns bigint language plpgsql volatile as $$
declare r bigint;
begin
  perform set_config('app.tenant_id', p_tenant::text, true);
  with c as (
    select tenant_id, id, coupon_id, customer_id from claims where tenant_id = p_tenant and code = p_code and status = 0 for update
  ), k as (
    update coupons o set redeemed = redeemed + 1 from c
    where o.tenant_id = c.tenant_id and o.id = c.coupon_id and now() between o.valid_from and o.valid_to and o.redeemed < o.stock
      and (select count(*) from redemptions x
           where x.tenant_id = p_tenant and x.coupon_id = c.coupon_id and x.customer_id = c.customer_id) < o.per_customer
    returning c.tenant_id, c.id, c.coupon_id, c.customer_id
  ), u as (
    update claims m set status = 1, redeemed_at = now(), redeemed_by = p_merchant from k where m.tenant_id = k.tenant_id and m.id = k.id
  ), w as (
    insert into redemptions (tenant_id, claim_id, coupon_id, customer_id, nth, merchant_id)
    select k.tenant_id, k.id, k.coupon_id, k.customer_id, 1 + (select count(*) from redemptions x
      where x.tenant_id = p_tenant and x.coupon_id = k.coupon_id and x.customer_id = k.customer_id), p_merchant from k
  ), i as (
    insert into idempotency (tenant_id, caller, operation, key, request_hash, status, content_type, body)
    select k.tenant_id, 'merchant:' || lpad(p_merchant::text, 36, '0'), 'coupons.redeem_coupon /api/v1/coupons/redemptions',
      gen_random_uuid()::text, sha256(convert_to(p_code, 'UTF8')), 201, 'application/json', convert_to(format(
        '{"id":"%s","claim_id":"%s","campaign_id":"%s","shop_id":"%s","redeemed_at":"2026-01-01T00:00:00.000000Z"}',
        lpad(k.id::text, 36, '0'), lpad(k.id::text, 36, '0'), lpad(k.coupon_id::text, 36, '0'), lpad(k.coupon_id::text, 36, '0')), 'UTF8')
    from k
  ), a as (
    insert into audit (tenant_id, actor, action, subject, detail)
    select k.tenant_id, 'merchant:' || p_merchant, 'coupons.redeem', 'claim:' || k.id, jsonb_build_object('coupon', k.coupon_id) from k
  )
  insert into outbox (tenant_id, kind, payload)
  select k.tenant_id, 'redeemed', jsonb_build_object('claim', k.id, 'coupon', k.coupon_id, 'customer', k.customer_id, 'merchant', p_merchant)
  from k returning id into r;
  if r is null then
    raise exception 'number % of tenant % is not redeemable', p_code, p_tenant;
  end if;
  return r;
end $$;
