"""Mixup training for Keras classifiers whose confidence must be trusted."""

__version__ = "0.1.0"
