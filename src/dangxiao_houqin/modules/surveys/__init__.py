"""Satisfaction: questionnaires, campaigns with a sealed ballot box, honest statistics, suggestions handled."""
