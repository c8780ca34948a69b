"""Figures of the plugins, for reports and analytics."""
