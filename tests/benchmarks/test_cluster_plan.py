"""The arithmetic behind the plan for the human genome."""

from __future__ import annotations

from benchmarks.cluster import plan


def test_hours_of_the_human_genome():
    row = plan.table([1000.0])[-1]  # 31 million windows at 1,000 a second are 8.61 hours; 64 GPUs send 51.2 MB/s
    assert row == "| 1,000 | 8.6 | 8.6 h | 1.1 h | 8 min | 51 MB/s |"


def test_numbers_are_put_between_their_marks_and_can_be_put_again():
    page = plan.page(plan.PAGE.read_text(encoding="utf-8"), 1000.0)
    assert "| 1,000 | 8.6 | 8.6 h |" in page
    assert "31,000,000 windows; 11,826 shards" in page
    assert plan.page(page, 1000.0) == page
