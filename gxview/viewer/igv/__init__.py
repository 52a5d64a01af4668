"""Handing over to a running IGV."""
