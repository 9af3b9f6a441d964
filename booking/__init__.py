"""The project: settings, routes, and the ground of the API. It has no domain."""

__version__ = "0.1.0"
