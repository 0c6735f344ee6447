"""`python -m tests.corpus record` writes what the service answers; `compare` says what differs from that."""

import sys

from tests.conftest import running_server
from tests.corpus.recording import FILE, answered, differences, read, write


def main(arguments: list[str]) -> int:
    if arguments not in (["record"], ["compare"]):
        print(__doc__)
        return 2
    with running_server() as (address, _):
        found = answered(address)
    if arguments == ["record"]:
        write(found)
        print(f"{len(found)} answers are recorded in {FILE.name}")
        return 0
    different = list(differences(read(), found))
    print(*different, f"{len(found)} answers, {len(different)} differences", sep="\n")
    return min(len(different), 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
