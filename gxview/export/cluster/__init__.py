"""The batch export on a cluster of dask.distributed: its shards are tasks, everything else is the local job."""
