"""``gxview evaluate``: everything about the explanations of a data set, resumable, as tables and one report."""
