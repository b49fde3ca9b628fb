"""Damaged inputs of all kinds, through the steps and the database."""
