"""TwiML verbs, one per file; `registry` names them all."""
