"""The dialog of batch exports."""
