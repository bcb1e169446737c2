"""Named checks of one client: each gets a connection of its own and returns a value, printed as one JSON line."""

import json
import sys
import traceback

_checks = []


def check(name):
    """Registers a check under its name, which the suite finds in the source by `check("...")`."""

    def register(function):
        _checks.append((name, function))
        return function

    return register


def run(version, connect, describe_error):
    """Runs every check, or those named on the command line. describe_error(exception) is a value, or None for a fault of the check itself."""
    print(json.dumps({"version": version}), flush=True)
    wanted = sys.argv[1:]
    for name, function in _checks:
        if wanted and name not in wanted:
            continue
        connection = None
        try:
            connection = connect()
            outcome = show(function(connection))
        except Exception as error:  # a check that fails is an outcome too: both servers must agree on it
            described = describe_error(error)
            outcome = {"raised": show(described) if described is not None else traceback.format_exc()}
        finally:
            if connection is not None:
                try:
                    connection.close()
                except Exception:
                    pass
        print(json.dumps({"check": name, "outcome": outcome}), flush=True)


def show(value):
    """A value as JSON that keeps Python's types apart: containers by their items, the rest by repr."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, str):
        return value
    if type(value) in (list, tuple):
        return [show(item) for item in value]
    if type(value) is dict:
        return {str(key): show(item) for key, item in value.items()}
    return repr(value)
