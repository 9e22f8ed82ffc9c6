"""A small internet on loopback: job boards with invented ads, an ATS that counts receipts, sinks for mail, SMS, push and Slack.

``make up`` starts it; :func:`sandbox.app.create_app` is the same as an ASGI app.
"""
