"""Driving a carrier from another process: behaviours, texts, faults and calls as JSON, and the same as a file."""
