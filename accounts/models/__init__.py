from accounts.models.code import AccountMessage, Code, MessageKind, Purpose
from accounts.models.counter import ThrottleCounter
from accounts.models.rights import GroupMember, GroupPermission, UserPermission
from accounts.models.second_factor import RecoveryCode, SecondFactor
from accounts.models.session import Session
from accounts.models.user import User, get_languages, validate_time_zone
from accounts.security_log import SecurityEvent, SecurityEventKind

__all__ = [
    "AccountMessage",
    "Code",
    "GroupMember",
    "GroupPermission",
    "MessageKind",
    "Purpose",
    "RecoveryCode",
    "SecondFactor",
    "SecurityEvent",
    "SecurityEventKind",
    "Session",
    "ThrottleCounter",
    "User",
    "UserPermission",
    "get_languages",
    "validate_time_zone",
]
