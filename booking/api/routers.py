from rest_framework.routers import SimpleRouter


class Router(SimpleRouter):
    """Makes routes without a trailing slash, which also work with one."""

    def __init__(self):
        super().__init__()
        self.trailing_slash = "/?"
