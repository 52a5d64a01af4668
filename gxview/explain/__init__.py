"""Why: rules, methods, transfer, windows and the device engine."""
