"""What terraform-compliance does with `--basedir` here: one run for each plan of a folder, in a fork of its own.

To start costs a second and more, a run a tenth of that. `SCENARIO.json` is a plan that SCENARIO must fail; the feature
that it belongs to is run, and what failed is in `SCENARIO.failures` then: messages by scenario.
"""

import json
import os
from pathlib import Path
from tempfile import mkdtemp

from radish import after, before, world
from terraform_compliance.common.defaults import Defaults

failures: dict[str, list[str]] = {}


@before.all
def a_fork_for_each_plan(features, marker):  # noqa: ARG001
    for plan in Path(world.config.user_data["faults"]).glob("*.json"):
        child = os.fork()
        if child == 0:
            world.config.user_data["plan_file"] = str(plan)
            Defaults.cache_dir = mkdtemp(dir=plan.parent)
            features[:] = [f for f in features if any(s.sentence == plan.stem for s in f.all_scenarios)]
            return
        os.waitpid(child, 0)
    os._exit(0)


@after.each_step
def note(step):
    if step.state == step.State.FAILED:
        failures.setdefault(step.parent.sentence, []).append(step.failure.traceback)


@after.all
def write(features, marker):  # noqa: ARG001
    Path(world.config.user_data["plan_file"]).with_suffix(".failures").write_text(json.dumps(failures))
    os._exit(0)
