"""Threads, jobs and notices."""
