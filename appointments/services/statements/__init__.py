"""The SQL of the diary, each statement with what it promises.

Written by hand because each is one round trip with one plan, and because locking,
taking and inserting in one statement leave no gap between looking and writing.
"""
