"""The database backend, as Django looks for one: `ENGINE` names this package."""
