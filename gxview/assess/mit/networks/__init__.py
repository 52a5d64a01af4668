"""Scorers that ask a network: language models by likelihood, classifiers by logit, and plug-ins."""
