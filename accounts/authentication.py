from rest_framework_simplejwt.authentication import JWTAuthentication


class TokenAuthentication(JWTAuthentication):
    """Simple JWT's, for an account that is still active and has the same password."""
