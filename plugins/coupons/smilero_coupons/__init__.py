"""Coupons: a shop makes one, a customer claims it, the till redeems it."""
