"""The batch export: many regions, several models, safe to stop at any moment; see ``docs/batch-export.md``."""
