-- When a subscription has deliveries to make, and who is at it; read across organizations. One row a subscription, so
-- that a dead endpoint keeps nobody waiting but itself.
create table webhook_lanes (
  subscription_id uuid primary key,
  organization_id uuid not null,
  -- When the next delivery is due; null when none waits.
  due_at timestamptz,
  claimed_until timestamptz,
  foreign key (organization_id, subscription_id) references webhook_subscriptions on delete cascade
);
create index webhook_lanes_due on webhook_lanes (due_at) where due_at is not null;

create index webhook_deliveries_due on webhook_deliveries (organization_id, subscription_id, next_attempt_at)
  where status = 'pending';
