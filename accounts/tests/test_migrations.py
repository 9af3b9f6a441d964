from importlib import import_module

import pytest
from django.db import connection

from accounts.models import User
from accounts.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

sessions = import_module("accounts.migrations.0003_sessions")
# As Simple JWT's migrations made it, as far as it refers to users.
MAKE_FORMER_TABLE = """
CREATE TABLE token_blacklist_outstandingtoken (
    user_id bigint CONSTRAINT token_blacklist_outs_user_id_83bc629a_fk_accounts_
        REFERENCES accounts_user DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO token_blacklist_outstandingtoken SELECT id FROM accounts_user;
SET CONSTRAINTS ALL IMMEDIATE
"""


def test_users_of_former_tokens_can_be_deleted():
    user = UserFactory()

    with connection.cursor() as cursor:
        cursor.execute(MAKE_FORMER_TABLE)
        cursor.execute(sessions.LET_USERS_BE_DELETED)
        user.delete()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SELECT count(*) FROM token_blacklist_outstandingtoken")
        assert cursor.fetchone() == (1,)

    assert not User.objects.exists()
