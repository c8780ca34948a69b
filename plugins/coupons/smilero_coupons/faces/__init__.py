"""The plugin's pages: merchants make and check coupons, customers take and show them, the foundation looks on."""

from smilero_sdk.pages import Pages

pages = Pages()
