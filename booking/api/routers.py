from rest_framework.routers import SimpleRouter


class Router(SimpleRouter):
    """Routes without a trailing slash; with one they work too."""

    def __init__(self):
        super().__init__()
        self.trailing_slash = "/?"
