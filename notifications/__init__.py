"""Word of what happened in the diary: to clients and therapists, by mail.

A trigger notes each change of the diary in `Change`, in the transaction of the change.
`relay.py` makes deliveries of them, one for each person who is to be told. `tasks.py` has
the jobs; `manage.py work` runs them. The diary knows nothing of this.
"""
