"""Call scripts: simulated calls as testers write them, run as dialogue only or over the wire."""
