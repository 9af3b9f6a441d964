-- The model permissions of a user and of the user's groups. Only staff need these, so a
-- client's request does not pay for them.
SELECT type.app_label || '.' || permission.codename AS name
  FROM auth_permission permission
  JOIN django_content_type type ON type.id = permission.content_type_id
 WHERE permission.id IN (
       SELECT permission_id FROM accounts_user_user_permissions WHERE user_id = %(id)s
       UNION ALL
       SELECT of_group.permission_id
         FROM accounts_user_groups member
         JOIN auth_group_permissions of_group USING (group_id)
        WHERE member.user_id = %(id)s)
