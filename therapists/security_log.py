"""Triggers that record in the security log which account has which diary."""

import pgtrigger

from accounts.security_log import SecurityEventKind, record_changes


def _record_diary(name, operation, row, details, condition):
    return record_changes(
        name,
        operation,
        SecurityEventKind.RIGHTS_CHANGED,
        f"{row}.user_id",
        f"jsonb_build_object({details})",
        condition,
    )


_DIARY = "'therapist', NEW.id, 'is_active', NEW.is_active"
_NO_DIARY = "'removed', 'therapist ' || OLD.id"
_HAD_ACCOUNT = pgtrigger.Q(old__user__isnull=False)
# An account has its diary, and the names of clients, by its active row.
DIARY_TRIGGERS = [
    _record_diary(
        "record_new_diary",
        pgtrigger.Insert,
        "NEW",
        _DIARY,
        pgtrigger.Q(new__user__isnull=False),
    ),
    _record_diary(
        "record_diary",
        pgtrigger.Update,
        "NEW",
        _DIARY,
        pgtrigger.AnyChange("user", "is_active"),
    ),
    _record_diary(
        "record_former_diary",
        pgtrigger.Update,
        "OLD",
        _NO_DIARY,
        _HAD_ACCOUNT & pgtrigger.Q(old__user__df=pgtrigger.F("new__user")),
    ),
    _record_diary(
        "record_deleted_diary", pgtrigger.Delete, "OLD", _NO_DIARY, _HAD_ACCOUNT
    ),
]
