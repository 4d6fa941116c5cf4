"""What `ivr bench queue` measures: a full database, questions of the line, workers that claim from it."""
