"""What TypeScript makes of the document: types that answers have, and a client that returns every number."""

import json
import os
import subprocess

import pytest

from tests.clients.test_generated import QUESTIONS
from tests.conftest import ROOT

TOOLS = ROOT / "node_modules/.bin"
ASKING = """
import createClient from "openapi-fetch";
import type { paths } from "./schema";

declare const process: { argv: string[]; stdout: { write(text: string): void } };
const client = createClient<paths>({ baseUrl: process.argv[2] });
const headers = { "Content-Type": "application/x-www-form-urlencoded" };
const found: unknown[] = [];
for (const ask of [ASKED]) {
  const { data, error } = await ask();
  if (data === undefined) throw new Error(JSON.stringify(error));
  found.push(data);
}
process.stdout.write(JSON.stringify(found));

// @ts-expect-error There is no such option.
client.GET("/calculation", { params: { query: { nothing: 1 } } });
// @ts-expect-error The format is another one's.
client.GET("/picture", { params: { query: { format: "csv" } } });
"""
ANSWERS = """
import type { paths } from "./schema";

type Answer<P extends "PATHS"> = paths[P]["get"]["responses"][200]["content"]["application/json"];

// @ts-expect-error A point has no such coordinate.
const wrong: Answer<"/ensemble"> = { query: {}, edition: 1, records: [{ w: 1 }] };
// @ts-expect-error An exponent is no other word.
const other: Answer<"/lyapunov"> = { query: {}, edition: 1, records: [{ exponent1: true }] };
"""


@pytest.fixture(scope="module")
def folder(client, tmp_path_factory):
    """Where there are the document, and what is installed."""
    if not (TOOLS / "openapi-typescript").exists():
        missing = "npm is not on PATH, or node_modules is not installed: NO CLIENT WAS GENERATED IN TYPESCRIPT"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    folder = tmp_path_factory.mktemp("typescript")
    (folder / "openapi.json").write_bytes(client.get("/openapi.json").content)
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    return folder


def done(*command: object) -> str:
    ended = subprocess.run([str(each) for each in command], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout[-3000:] + ended.stderr[-3000:]
    return ended.stdout


def test_a_generated_client_returns_every_number_in_the_type_that_it_says(address, client, folder):
    done(TOOLS / "openapi-typescript", folder / "openapi.json", "--output", folder / "schema.d.ts")
    asked, typed, plain = [], [], []
    for i, (_, name, values, is_posted) in enumerate(QUESTIONS):
        path, given = f"/{name.replace('_', '-')}", json.dumps(values)
        plain.append(client.get(path, params=values).raise_for_status())
        asked.append(
            f"() => client.POST({path!r}, {{ body: {given}, headers }})"
            if is_posted
            else f"() => client.GET({path!r}, {{ params: {{ query: {given} }} }})"
        )
        if not is_posted:
            typed.append(f'export const answer{i}: Answer<"{path}"> = {plain[-1].text};')
    paths = '" | "'.join(sorted({answer.request.url.path for answer in plain}))
    (folder / "asking.ts").write_text(ASKING.replace("ASKED", ",\n".join(asked)))
    (folder / "answers.ts").write_text(ANSWERS.replace("PATHS", paths) + "\n".join(typed))
    options = [
        "--strict",
        "--noEmitOnError",
        "--target",
        "es2022",
        "--module",
        "es2022",
        "--moduleResolution",
        "bundler",
    ]
    done(TOOLS / "tsc", *options, "--outDir", folder / "out", folder / "asking.ts", folder / "answers.ts")
    assert json.loads(done("node", folder / "out/asking.js", address)) == [answer.json() for answer in plain]


def test_redocly_finds_no_fault_in_the_document(folder):
    assert json.loads(done("node", ROOT / "tests/clients/programs/linting.mjs", folder / "openapi.json")) == []
