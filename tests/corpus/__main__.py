"""`python -m tests.corpus record` writes what the service answers; `compare` says what differs from that.

Neither numbers of one edition nor bytes under one validator are recorded anew.
"""

import sys

from tests.conftest import running_server
from tests.corpus.editions import broken, own, read_bytes, read_values, said, write_bytes, write_values, written
from tests.corpus.recording import FILE, answered, differences, held, read, write


def main(arguments: list[str]) -> int:
    if arguments not in (["record"], ["compare"]):
        print(__doc__)
        return 2
    with running_server() as (address, _):
        answers = answered(address)
    found, values, digests = held(answers), said(answers), written(answers)
    if promised := list(broken(values, digests)):
        print(*promised, f"{len(promised)} broken promises: see core/edition.py, and Format.version", sep="\n")
        return 1
    if arguments == ["record"]:
        write(found)
        write_values(values)
        write_bytes(digests)
        print(f"{len(found)} answers are recorded in {FILE.name}, the numbers of {len(values.values)} beside it")
        return 0
    different = list(map(str, differences(read(), found)))
    different += ["values.txt is not what it would be recorded as"] * (values != read_values())
    different += ["bytes.txt lacks what is new"] * (own(digests) != own(read_bytes()))
    print(*different, f"{len(found)} answers, {len(different)} differences", sep="\n")
    return min(len(different), 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
