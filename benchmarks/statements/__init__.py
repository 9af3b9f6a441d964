"""SQL written by hand to compare the service's PostgreSQL share with.

The statements read all that the rules are about, and write what the service writes. They
assume what is true of the dataset and what the service must not assume; each module says
what. Parameters are psycopg's; `pgbench.Script` makes pgbench's variables of them.
"""
