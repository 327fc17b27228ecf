"""The studies: one module for each figure and table of the paper."""
