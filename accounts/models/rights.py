"""The rows that give staff their rights, with the triggers that log them."""

from django.contrib.auth.models import Group

from accounts.models.user import User
from accounts.security_log import (
    GROUP_MEMBER_TRIGGERS,
    GROUP_PERMISSION_TRIGGERS,
    USER_PERMISSION_TRIGGERS,
)


class GroupMember(User.groups.through):
    """A row that puts staff in a group."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = GROUP_MEMBER_TRIGGERS


class UserPermission(User.user_permissions.through):
    """A row that gives staff a permission of their own."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = USER_PERMISSION_TRIGGERS


class GroupPermission(Group.permissions.through):
    """A row that gives a group a permission."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = GROUP_PERMISSION_TRIGGERS
