-- What the peers work on: the same claims in tables of their own, with narrow keys and no foreign keys, row security enabled and
-- forced. Claim n: tenant n % 3 + 1, coupon n % 300 + 1, customer n / 300, number 100000 + n / 3.
create table tenants (id int primary key, slug text unique not null, name text not null);
create table coupons (tenant_id int not null, id bigint not null, title text not null, valid_from timestamptz not null,
  valid_to timestamptz not null, stock int not null, redeemed int not null default 0, per_customer int not null,
  primary key (tenant_id, id)) with (fillfactor = 50);
create table claims (tenant_id int not null, id bigint not null, coupon_id bigint not null, customer_id bigint not null,
  code text not null, status smallint not null default 0, claimed_at timestamptz not null default now(),
  redeemed_at timestamptz, redeemed_by bigint, primary key (tenant_id, id)) with (fillfactor = 80);
-- nth makes the limit per person race free
create table redemptions (tenant_id int not null, claim_id bigint not null, coupon_id bigint not null, customer_id bigint not null,
  nth int not null, merchant_id bigint not null, at timestamptz not null default now(),
  primary key (tenant_id, claim_id), unique (tenant_id, coupon_id, customer_id, nth));
create table outbox (tenant_id int not null, id bigint generated always as identity, kind text not null, payload jsonb not null,
  at timestamptz not null default now(), primary key (tenant_id, id));

insert into tenants select i, 'm' || i, 'Market ' || i from generate_series(1, 3) i;
insert into coupons select i % 3 + 1, i + 1, 'coupon ' || i, now() - interval '1 day', now() + interval '30 day', 1000000, 0, 100
  from generate_series(0, 299) i;
insert into claims (tenant_id, id, coupon_id, customer_id, code)
  select n % 3 + 1, n, n % 300 + 1, n / 300, (100000 + n / 3)::text from generate_series(0, :claims - 1) n;
create unique index claims_code on claims (tenant_id, code);
create index claims_cust on claims (tenant_id, customer_id);
insert into redemptions (tenant_id, claim_id, coupon_id, customer_id, nth, merchant_id, at)
  select n % 3 + 1, :claims + n, n % 300 + 1, 1000000 + n / 300, 1, 7, now() - interval '10 day' from generate_series(0, :history - 1) n;
insert into outbox (tenant_id, kind, payload, at)
  select n % 3 + 1, 'redeemed', jsonb_build_object('claim', n, 'coupon', n % 300 + 1, 'customer', n / 300, 'merchant', 7), now() - interval '10 day'
  from generate_series(0, :history - 1) n;

do $$
declare t text;
begin
  foreach t in array array['coupons', 'claims', 'redemptions', 'outbox'] loop
    execute format('alter table %I enable row level security; alter table %I force row level security;
      create policy tenant on %I using (tenant_id = current_setting(''app.tenant_id'')::int)
      with check (tenant_id = current_setting(''app.tenant_id'')::int)', t, t, t);
  end loop;
end $$;
grant usage on schema public to :role;
grant select, insert, update on all tables in schema public to :role;
grant usage on all sequences in schema public to :role;
