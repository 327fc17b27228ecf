"""What all studies share: their lines, runs, scales, tables and pages."""
