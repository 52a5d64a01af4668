"""How far explanations of models of real promoters can be trusted: tables, runs of ``gxview evaluate``, results."""
