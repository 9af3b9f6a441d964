"""Telling other systems of changes, as https://www.standardwebhooks.com has it.

events.py     what a change means to an endpoint
endpoints.py  adding an endpoint, its secrets, replaying
addresses.py  which addresses an endpoint may have
posting.py    one POST to an address that was checked
sending.py    one attempt, and what follows from it
"""
