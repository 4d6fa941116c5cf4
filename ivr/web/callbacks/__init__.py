"""The supervisors' page of callbacks, and the JSON interface beside it."""
