"""The carrier's edge: webhooks, TwiML, Media Streams sockets, REST. The carrier's words end here."""
