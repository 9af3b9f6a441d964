"""The log of reads by hand: a row for each client on a page of 50."""

LOG_READS = """
INSERT INTO appointments_appointmentread
       (at, user_id, client_id, request_id, caller_request_id, address, path)
SELECT %(now)s, %(staff)s, client, %(request_id)s, %(caller_request_id)s, '127.0.0.1',
       '/api/v1/appointments'
  FROM generate_series(%(first_client)s, %(first_client)s + 49) client
"""
