"""Attractor over HTTP, in rooms whose imports run downwards only (docs/architecture.md).

- A URL: `endpoints/`, a module each; its parameters and refusals: `queries/`, `problems`.
- A format: `formats/` for records, `pictures/` for images.
- A header, a status, a coding: `http/`; framing and connections: `server/`.
- A limit: `limits/` for threads, memory and turns; its setting: `settings`, of a kind in `setting_kinds`.
- A page: `explorer/`; the document of the API: `openapi`; metrics, logs and traces: `telemetry/`.

`app` puts them together, and `serve` runs that. `resource` has the protocols of an endpoint, `asgi` the types of ASGI,
`host` the CPUs and memory of this machine; `warmup` compiles kernels, and `healthcheck` is `attractor health`.
"""
