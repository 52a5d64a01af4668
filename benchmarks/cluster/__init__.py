"""The batch export on a cluster: what the coordinator bears, and what the human genome costs."""
