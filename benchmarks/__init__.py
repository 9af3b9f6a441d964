"""The service measured beside a bare server and beside SQL written by hand.

    cases/       what is measured: list and add, operations, search, series
    floor/       the bare server and its statements
    statements/  SQL written by hand, which pgbench runs
    dataset/     the practice, and the state in which each case starts
    case         what a case is: requests, and what must come back
    run          the cases on both servers and under pgbench, in turn
    equality     whether both servers respond alike
    figures      what was measured
    report       figures and targets as text
    database, servers, load, pgbench, measuring, effort
                 what runs and counts all this, and for how long

The service is reached by HTTP only. Nothing here is imported from its apps but the
model of users, whose tokens the clients send.
"""
