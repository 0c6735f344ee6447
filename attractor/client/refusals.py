"""The exceptions that a caller gets in place of an answer."""

from attractor.api.problems import BadQuery, Fault, Problem, bad_query


class Refused(Exception):
    """The API's own refusal of a request, with every culprit at once."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__("\n".join(self.lines()))

    @property
    def status(self) -> int:
        """The HTTP status of the refusal."""
        return self.problem.status

    @property
    def faults(self) -> list[Fault]:
        """The offending parameters, each with its problem, the given value and the allowed ones."""
        return self.problem.errors or []

    def lines(self) -> list[str]:
        """The refusal in words, a line for each culprit."""
        if not self.faults:
            return [f"{self.problem.title}: {self.problem.detail}"]
        return [f"{self.problem.title}:", *(_line(fault) for fault in self.faults)]


class Unreachable(Exception):
    """A service does not answer, or what answers is no such service."""


def _line(fault: Fault) -> str:
    given = [fault.given] if isinstance(fault.given, str) else fault.given or []
    told = f" (given: {', '.join(given)})" if given else ""
    return f"  {fault.parameter} {fault.problem}{told}; allowed: {fault.allowed}"


def refusal_of(error: BadQuery) -> Refused:
    """The exception that tells the faults of a query."""
    return Refused(bad_query(error))
