"""Telephones in browsers: a WebSocket of the carrier instead of WebRTC, so that a call needs nothing but a page.

    GET  /softphone        WebSocket; subprotocols `softphone.v1`, `token.<JWT>`, and to come back `session.<id>`
    POST /softphone/bye    body: the session's id; the page is being closed (`navigator.sendBeacon`)

The token is the carrier's access token (rest.md section 8; `tokens`). A page that is only an agent's phone has a voice
grant; one that may ring up as anybody's telephone has the grant `simulator`, which the real carrier does not know.

Texts are JSON with a `type`; a binary message is one 20 ms frame (160 bytes mu-law, 8 kHz), both ways.

    phone -> carrier   register [address] · unregister · call to [from] [params] [line] · accept · reject · hang_up
                       press digits · mute on · say text [language] · line quality
    carrier -> phone   ready · registered · unregistered · calling · incoming · ringing · connected · keys · clear
                       said · ended reason · error code

A phone whose socket is lost keeps its call for `GRACE_MS`; coming back with its session's id it goes on where it was.
"""
