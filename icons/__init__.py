"""Icons of the application and its actions."""
