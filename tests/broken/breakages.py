"""What a careless change could do to each promise of SECURITY.md and of README's chapters on operation.

`make broken` does each in a copy and runs the tests that show the promise, which must fail; tests/test_promises.py sees
that every promise has such tests, and that the texts to replace are still there. To add one, add a line.
"""

from typing import NamedTuple


class Breakage(NamedTuple):
    """The one occurrence of `old` in `file` becomes `new`; each of `tests` must then fail."""

    promise: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    needs: str = ""
    """What `make broken BROKEN=…` must say for it to be run; it then runs only those."""


ANALYSES = "tests/api/test_analyses.py::"
FAULTS = "tests/api/test_faults.py::"
IMAGE_FAULTS = "tests/image/test_faults.py::"
BUDGET = "tests/api/test_budget.py::"
JOBS = "tests/api/test_jobs.py::"
OVERLOAD = "tests/api/test_overload.py::"
READERS = "tests/api/test_readers.py::"
BOUNDS = "tests/api/test_bounds.py::"
CACHE = "tests/core/test_kernel_cache.py::"
COMPOSE = "tests/test_compose.py::"
HEADERS = "tests/api/test_headers.py::"
HOSTILE = "tests/api/test_hostile.py::"
LOGS = "tests/api/test_logs.py::"
MAIN = "tests/api/test_main.py::"
METRICS = "tests/api/test_metrics.py::"
QUERY = "tests/api/test_query.py::"
RESOURCES = "tests/api/test_resources.py::"
SETTINGS = "tests/api/test_settings.py::"
SIGNALS = "tests/api/test_signals.py::"
STDERR = "tests/api/test_stderr.py::"
STREAMING = "tests/api/test_streaming.py::"
SUPPLY = "tests/test_supply.py::"
BUILD = "tests/image/test_build.py::"
KERNELS = "tests/image/test_kernels.py::"
RUN = "tests/image/test_run.py::"

PROVEN_BY = {
    "make fuzz": "tests/fuzz/test_document.py::test_every_answer_is_as_the_document_says",
    "make audit": f"{SUPPLY}test_an_audit_fails_for_what_is_vulnerable_and_where_required_for_what_is_not_known",
    "make licences": f"{SUPPLY}test_whatever_has_one_makes_it_fail",
}
"""The test that breaks where what such a target does is broken."""

BREAKAGES = [
    # Queries
    Breakage(
        "a query is refused, with no other exception",
        "api/query_string.py",
        "    except UnicodeDecodeError:",
        "    except UnicodeEncodeError:",
        (
            "tests/api/test_reading.py::test_any_bytes_are_refused_with_a_culprit",
            f"{QUERY}test_every_culprit_is_named_and_nothing_else",
        ),
    ),
    Breakage(
        "a query reads back to itself",
        "api/analysis_query.py",
        ', **self.texts, "format": self.format}',
        ", **self.texts}",
        ("tests/api/test_reading.py::test_any_query_reads_back_to_itself_or_is_refused_with_a_culprit",),
    ),
    Breakage(
        "every culprit is named",
        "api/options.py",
        "        if name not in given:",
        "        if name not in given and not faults:",
        (f"{QUERY}test_every_culprit_is_named_and_nothing_else",),
    ),
    Breakage(
        "what is no range says why",
        "api/values.py",
        "if not (count.isascii() and count.isdecimal())",
        "if not count.isdecimal()",
        ("tests/api/test_values.py::test_what_is_none_says_why",),
    ),
    Breakage(
        "an answer as the document says",
        "api/app.py",
        'method_not_allowed(request.method), {"allow": METHODS}',
        "method_not_allowed(request.method), None",
        ("tests/fuzz/test_document.py::test_every_answer_is_as_the_document_says",),
    ),
    Breakage(
        "a query string has at most so many bytes",
        "api/query_string.py",
        "MAX_QUERY_BYTES = 16_384",
        "MAX_QUERY_BYTES = 65_536",
        (f"{QUERY}test_a_query_string_has_at_most_16384_bytes_and_100_parameters",),
    ),
    Breakage(
        "a query string has at most so many parameters",
        "api/query_string.py",
        "    if len(parts) > MAX_PARAMETERS:",
        "    if len({part.partition('=')[0] for part in parts}) > MAX_PARAMETERS:",
        (f"{QUERY}test_a_query_string_has_at_most_16384_bytes_and_100_parameters",),
    ),
    Breakage(
        "what a refusal repeats is bounded: names",
        "api/options.py",
        "return Fault(shown(name), problem,",
        "return Fault(name, problem,",
        (f"{QUERY}test_what_is_repeated_in_a_refusal_is_bounded",),
    ),
    Breakage(
        "what a refusal repeats is bounded: values given twice",
        "api/options.py",
        "[shown(v) for v in values]",
        "values",
        (f"{QUERY}test_what_is_repeated_in_a_refusal_is_bounded",),
    ),
    # Bytes
    Breakage(
        "whatever the bytes, no failure",
        "api/negotiation.py",
        'header.decode("latin-1")',
        "header.decode()",
        (f"{HOSTILE}test_no_bytes_make_the_server_fail",),
    ),
    Breakage(
        "whatever the bytes, nothing in the log",
        "api/endpoint.py",
        "            await exchange.refuse(bad_query(error))",
        '            _log.warning("refused: %s", error)\n            await exchange.refuse(bad_query(error))',
        (f"{HOSTILE}test_no_bytes_make_the_server_fail",),
    ),
    Breakage(
        "many half requests keep nobody waiting",
        "api/settings.py",
        "max_connections: Positive = 4_096",
        "max_connections: Positive = 128",
        (f"{HOSTILE}test_many_half_requests_at_once_do_not_keep_others_waiting",),
    ),
    Breakage(
        "it writes nothing but its caches",
        "api/tables.py",
        "    sink, schema = _Sink(), _schema(answer)\n",
        '    open("/tmp/attractor.parquet", "wb").close()\n    sink, schema = _Sink(), _schema(answer)\n',
        (f"{HOSTILE}test_it_reaches_for_nothing_runs_nothing_and_writes_nothing_but_kernels",),
    ),
    # Bounds on what is asked for
    Breakage(
        "steps are bounded by a setting",
        "api/query.py",
        "    if not 1 <= steps <= settings.max_steps:",
        "    if steps < 1:",
        ("tests/api/test_calculation.py::test_settings_move_the_bounds",),
    ),
    Breakage(
        "digits are bounded by a setting",
        "api/query.py",
        "    if not 1 <= query.digits <= settings.max_digits:",
        "    if query.digits < 1:",
        ("tests/api/test_calculation.py::test_settings_move_the_bounds",),
    ),
    Breakage(
        "decimal work is bounded",
        "api/query.py",
        "            yield from too_much_decimal(query, settings)",
        "            pass",
        (f"{QUERY}test_the_bound_on_decimal_work_is_the_largest_number_of_steps_that_is_accepted",),
    ),
    Breakage(
        "records are bounded",
        "api/query.py",
        "    elif selection.records > (bound",
        "    elif selection.records > 2 * (bound",
        (f"{QUERY}test_too_many_records_are_refused_with_what_fits",),
    ),
    Breakage(
        "points are bounded",
        "api/analysis.py",
        "        if query.points > settings.max_points:",
        "        if max(values.count for values in query.inputs.values()) > settings.max_points:",
        ("tests/api/test_calculation.py::test_settings_move_the_bounds",),
    ),
    Breakage(
        "the records of an analysis are bounded",
        "api/analysis.py",
        "        if (records := self.records(query)) > (most",
        "        if (records := self.records(query)) > 100 * (most",
        (f"{ANALYSES}test_what_cannot_be_had_is_refused_with_its_culprit",),
    ),
    Breakage(
        "a wrong setting is told, not overlooked",
        "api/settings.py",
        "if name in kinds or name.startswith(PREFIX)}",
        "if name in kinds}",
        (f"{SETTINGS}test_a_wrong_setting_is_named",),
    ),
    Breakage(
        "settings are read",
        "api/settings.py",
        "rename=lambda name: PREFIX + name.upper()",
        "rename=lambda name: PREFIX + name",
        (f"{SETTINGS}test_each_is_set_by_its_variable",),
    ),
    Breakage(
        "the CPU seconds of an orbit are bounded",
        "api/query.py",
        "(cost := seconds(system, selection, form)) > settings.max_seconds:",
        "(cost := seconds(system, selection, form)) > 100 * settings.max_seconds:",
        (f"{BOUNDS}test_what_would_take_too_long_is_refused_before_it_begins",),
    ),
    Breakage(
        "the CPU seconds of an analysis are bounded",
        "api/analysis.py",
        "if query.seconds > settings.max_seconds:",
        "if self.records(query) * 1e-6 > settings.max_seconds:",
        (f"{BOUNDS}test_what_would_take_too_long_is_refused_before_it_begins",),
    ),
    Breakage(
        "who waits for a kernel is not charged with it",
        "core/slicing.py",
        "_besides.seconds -= thread_time() - began",
        "_besides.seconds -= 0",
        ("tests/core/test_kernel.py::test_who_waits_for_a_kernel_is_not_charged_with_its_compilation",),
    ),
    # Long answers
    Breakage(
        "no faster than it is read",
        "api/endpoint.py",
        '                await send({"type": "http.response.body", "body": chunk, "more_body": True})',
        '                asyncio.ensure_future(send({"type": "http.response.body", "body": chunk, "more_body": True}))',
        (f"{STREAMING}test_a_slow_reader_slows_the_computation",),
    ),
    Breakage(
        "work stops when the client leaves",
        "api/jobs.py",
        "            if not gone.done():\n                item",
        "            if True:\n                item",
        (
            f"{STREAMING}test_the_computation_stops_when_the_client_leaves",
            f"{FAULTS}test_clients_that_leave_in_the_middle_of_any_format_leave_nothing_behind",
        ),
    ),
    Breakage(
        "work on an analysis stops when the client leaves",
        "api/endpoint.py",
        "await job.result(work, gone)",
        "await job.result(work, asyncio.Future())",
        (f"{STREAMING}test_an_analysis_stops_when_the_client_leaves",),
    ),
    Breakage(
        "a long answer is held in memory nowhere",
        "api/endpoint.py",
        "            chunks = form.write(answer)\n            if coding:",
        "            chunks = iter([*form.write(answer)])\n            if coding:",
        (f"{STREAMING}test_memory_does_not_grow_with_the_answer",),
    ),
    # Pages
    Breakage(
        "no inline script runs",
        "api/explorer/assets.py",
        "script-src 'self';",
        "script-src 'self' 'unsafe-inline';",
        (
            "tests/explorer/test_site.py::test_the_policy_allows_only_what_the_service_itself_serves",
            "tests/explorer/test_page.py::test_an_inline_script_does_not_run",
        ),
    ),
    Breakage(
        "no policy lets pages load pictures from elsewhere",
        "api/explorer/assets.py",
        "img-src 'self' blob: data:;",
        "img-src * blob: data:;",
        ("tests/explorer/test_site.py::test_the_policy_allows_only_what_the_service_itself_serves",),
    ),
    Breakage(
        "pages load nothing from elsewhere",
        "api/explorer/pages/index.html",
        "</head>",
        '<script src="https://cdn.example/statistics.js"></script>\n</head>',
        ("tests/explorer/test_site.py::test_nothing_in_the_pages_names_another_host",),
    ),
    # What is installed
    Breakage(
        "what is installed is locked by hashes",
        "Dockerfile",
        " --require-hashes",
        "",
        (f"{SUPPLY}test_whatever_is_installed_is_locked_by_hashes",),
    ),
    Breakage(
        "licences allow it",
        "requirements/licences.py",
        "any(all(map(PERMISSIVE.fullmatch",
        "any(any(map(PERMISSIVE.fullmatch",
        (f"{SUPPLY}test_a_licence_that_is_not_known_is_refused",),
    ),
    Breakage(
        "make licences fails for one that does not",
        "requirements/licences.py",
        "    return int(bool(refused) or not listed)",
        "    return int(not listed)",
        (f"{SUPPLY}test_whatever_has_one_makes_it_fail",),
    ),
    Breakage(
        "what the service runs with is under licences that are known",
        "requirements/licences.py",
        "|Apache-2\\.0 WITH LLVM-exception|Zlib|CC0-1\\.0|PSF-2\\.0",
        "",
        (f"{SUPPLY}test_no_runtime_dependency_has_a_licence_that_forbids_our_use",),
    ),
    Breakage(
        "make audit fails for what is vulnerable",
        "requirements/audit.py",
        "    return int(bool(vulnerable or (required",
        "    return int(bool(required and vulnerable or (required",
        (f"{SUPPLY}test_an_audit_fails_for_what_is_vulnerable_and_where_required_for_what_is_not_known",),
    ),
    # Under load
    Breakage(
        "what does not fit is refused",
        "api/budget.py",
        "        if not self._fits(client, size):",
        "        if self.used > self._room:",
        (
            f"{BOUNDS}test_what_does_not_fit_is_refused_at_once_and_the_light_is_still_answered",
            f"{BOUNDS}test_what_takes_nearly_all_the_room_is_answered_alone",
        ),
    ),
    Breakage(
        "what takes nearly all the room is answered alone",
        "api/budget.py",
        "            return size <= self._room",
        "            return 2 * size <= self._room",
        (f"{BOUNDS}test_what_takes_nearly_all_the_room_is_answered_alone",),
    ),
    Breakage(
        "one client leaves room for another",
        "api/budget.py",
        "    left = ALONE * (room - others)",
        "    left = room - others",
        (
            f"{BOUNDS}test_clients_share_the_room_and_none_leaves_nothing_for_another",
            f"{BUDGET}test_another_that_arrives_finds_room_and_so_does_the_next",
        ),
    ),
    Breakage(
        "while another waits, one client has a quarter",
        "api/budget.py",
        "AWAITED = 0.25",
        "AWAITED = 0.75",
        (f"{BUDGET}test_while_another_waits_a_client_holds_at_most_a_quarter",),
    ),
    Breakage(
        "an IPv6 client is its /64",
        "api/clients.py",
        "int(parsed) >> 64 << 64",
        "int(parsed)",
        (f"{BOUNDS}test_clients_share_the_room_and_none_leaves_nothing_for_another",),
    ),
    Breakage(
        "clients take turns",
        "api/turns.py",
        "            self._clients.move_to_end(client)\n",
        "            pass\n",
        (f"{JOBS}test_clients_take_turns_whatever_each_has_waiting",),
    ),
    Breakage(
        "many trifles are no overload",
        "api/endpoint.py",
        "        self._jobs.load.came(client)\n",
        "        self._jobs.load.came(client)\n        self._jobs.load._until = 1e9\n",
        (f"{OVERLOAD}test_a_thousand_trifles_at_once_refuse_nobody",),
    ),
    Breakage(
        "who does not overload the loop is let in",
        "api/overload.py",
        "        return 1.0 if own * len(counts) < sum(counts) else calm",
        "        return calm",
        (f"{OVERLOAD}test_who_asks_less_than_others_is_let_in_while_they_overload_the_loop",),
    ),
    Breakage(
        "a loop that does not keep up is overloaded",
        "api/overload.py",
        "_LASTING = 0.200",
        "_LASTING = 60",
        (f"{OVERLOAD}test_an_overloaded_loop_lets_nothing_in_that_needs_a_thread",),
    ),
    Breakage(
        "room is given back",
        "api/budget.py",
        "            self.used -= size\n",
        "",
        (f"{BOUNDS}test_what_does_not_fit_is_refused_at_once_and_the_light_is_still_answered",),
    ),
    Breakage(
        "room is given back by what fails, too",
        "api/budget.py",
        "            yield\n        finally:\n            self.used -= size\n",
        "            yield\n            self.used -= size\n        finally:\n",
        (f"{BOUNDS}test_what_is_refused_once_it_is_computed_gives_its_room_back",),
    ),
    Breakage(
        "short orbits are still answered",
        "api/orbit_query.py",
        "_SHORT = 1_000",
        "_SHORT = 10",
        (f"{BOUNDS}test_what_does_not_fit_is_refused_at_once_and_the_light_is_still_answered",),
    ),
    Breakage(
        "a refusal says when to come back",
        "api/endpoint.py",
        "busy(), RETRY",
        "busy()",
        (f"{BOUNDS}test_what_does_not_fit_is_refused_at_once_and_the_light_is_still_answered",),
    ),
    Breakage(
        "the page asks a busy service again",
        "api/explorer/pages/ask.js",
        "const TRIES = 5;",
        "const TRIES = 1;",
        (
            "tests/explorer/test_page.py::"
            "test_a_panel_that_a_busy_service_refuses_asks_again_until_it_is_answered_or_cancelled",
        ),
    ),
    Breakage(
        "what takes too long all the same is given up",
        "api/app.py",
        ", _OVERRUN * settings.max_seconds)",
        ")",
        (f"{BOUNDS}test_what_takes_longer_than_was_estimated_is_given_up",),
    ),
    Breakage(
        "only so much waits for a thread",
        "api/jobs.py",
        "_QUEUE = 16",
        "_QUEUE = 160",
        (f"{BOUNDS}test_where_too_many_wait_for_a_thread_another_is_refused_at_once",),
    ),
    Breakage(
        "long work pauses, for other work and to be stopped",
        "api/jobs.py",
        "_SLICE = 0.010",
        "_SLICE = 60",
        (f"{STREAMING}test_an_analysis_stops_when_the_client_leaves",),
    ),
    Breakage(
        "connections are bounded",
        "api/__main__.py",
        '        "limit_concurrency": settings.max_connections,\n',
        "",
        (f"{BOUNDS}test_past_the_bound_on_connections_requests_are_refused",),
    ),
    Breakage(
        "who sends nothing is cut off",
        "api/protocol.py",
        "        self._slow = self.loop.call_later(REQUEST_SECONDS, transport.abort)\n",
        "",
        (
            f"{BOUNDS}test_who_does_not_end_a_head_is_cut_off",
            f"{BOUNDS}test_idle_connections_are_bounded_and_leave",
        ),
    ),
    Breakage(
        "who sends drop by drop is cut off",
        "api/protocol.py",
        "        if self._slow is None:  # most come whole, and need no timer",
        "        if self._slow:\n            self._slow.cancel()\n        if self._is_in_head:",
        (f"{BOUNDS}test_who_sends_a_head_drop_by_drop_is_cut_off",),
    ),
    Breakage(
        "a second request has no more time than the first",
        "api/protocol.py",
        "            self._slow = self.loop.call_later(REQUEST_SECONDS, self.transport.abort)",
        "            return",
        (f"{BOUNDS}test_a_second_request_has_no_more_time_than_the_first",),
    ),
    Breakage(
        "who does not end a body is cut off",
        "api/protocol.py",
        "not (cycle.more_body or cycle.response_complete)",
        "not (cycle.response_complete and not cycle.more_body)",
        (f"{BOUNDS}test_who_does_not_end_a_body_is_cut_off",),
    ),
    Breakage(
        "who sends blank lines is cut off",
        "api/protocol.py",
        "not (cycle.more_body or cycle.response_complete)",
        "not cycle.more_body",
        (f"{BOUNDS}test_who_sends_nothing_but_blank_lines_is_cut_off",),
    ),
    Breakage(
        "a head may have 64 KiB",
        "api/protocol.py",
        "MAX_HEAD_BYTES = 65_536",
        "MAX_HEAD_BYTES = 131_072",
        (f"{BOUNDS}test_a_head_that_is_not_whole_may_have_64_kib",),
    ),
    Breakage(
        "a huge head is refused",
        "api/protocol.py",
        "            self._head += len(data)\n",
        "",
        (f"{BOUNDS}test_a_huge_head_is_refused",),
    ),
    Breakage(
        "who reads slowly is cut off",
        "api/readers.py",
        "                self._transport.abort()\n",
        "                pass\n",
        (
            f"{READERS}test_the_room_of_who_reads_slowly_is_given_to_others",
            f"{READERS}test_so_is_who_asks_for_many_small_answers_and_pages_and_does_not_read_them",
        ),
    ),
    Breakage(
        "the bounds are those that README tells",
        "api/readers.py",
        "SECONDS = 30.0",
        "SECONDS = 300.0",
        ("tests/test_readme.py::test_the_bounds_that_it_tells_are_those_in_force",),
    ),
    Breakage(
        "nobody but a trusted proxy names an address",
        "api/__main__.py",
        '"forwarded_allow_ips": settings.trusted_proxies',
        '"forwarded_allow_ips": "*"',
        (
            f"{BOUNDS}test_who_is_no_trusted_proxy_is_itself",
            f"{BOUNDS}test_a_client_is_limited_by_its_own_address_and_by_no_forged_one",
        ),
    ),
    Breakage(
        "every answer tells the limit",
        "api/rate_limit.py",
        "            *exchange.added,\n",
        "            *exchange.added,\n        ]\n        _ = [\n",
        (f"{BOUNDS}test_a_client_is_limited_by_its_own_address_and_by_no_forged_one",),
    ),
    Breakage(
        "health checks are not limited",
        "api/rate_limit.py",
        ' or scope["path"].startswith("/health/")',
        "",
        (f"{BOUNDS}test_a_client_is_limited_by_its_own_address_and_by_no_forged_one",),
    ),
    Breakage(
        "there is no limit unless it is set",
        "api/settings.py",
        "    rate_limit: Annotated[str | None, RATE] = None",
        '    rate_limit: Annotated[str | None, RATE] = "1000/minute"',
        (f"{BOUNDS}test_without_a_limit_there_is_none", f"{SETTINGS}test_defaults"),
    ),
    # The end
    Breakage(
        "not ready as soon as it is told to stop",
        "api/stopping.py",
        "        announce()\n        loop",
        "        loop",
        (f"{BOUNDS}test_it_is_not_ready_as_soon_as_it_is_told_to_stop_and_answers_all_the_same",),
    ),
    Breakage(
        "it listens while it is not ready",
        "api/stopping.py",
        "await asyncio.sleep(seconds)",
        "await asyncio.sleep(0)",
        (f"{BOUNDS}test_it_is_not_ready_as_soon_as_it_is_told_to_stop_and_answers_all_the_same",),
    ),
    Breakage(
        "a killed worker is replaced",
        "api/workers.py",
        "if code == STARTUP_FAILURE:",
        "if code:",
        (f"{FAULTS}test_a_killed_worker_takes_nothing_along_but_what_it_was_answering",),
    ),
    Breakage(
        "answers on their way are broken off after the drain",
        "api/__main__.py",
        '        "timeout_graceful_shutdown": settings.drain_seconds,\n',
        "",
        (f"{MAIN}test_an_answer_on_its_way_holds_a_stopping_server_no_longer_than_the_drain",),
    ),
    Breakage(
        "answers on their way may end",
        "api/__main__.py",
        '"timeout_graceful_shutdown": settings.drain_seconds',
        '"timeout_graceful_shutdown": 0',
        (f"{MAIN}test_an_answer_that_ends_within_the_drain_is_whole",),
    ),
    Breakage(
        "a stop exits with 0",
        "api/stopping.py",
        "        yield\n        ignore()",
        "        yield\n        os._exit(1)",
        (f"{MAIN}test_it_serves_with_several_workers_and_stops_on_sigterm",),
    ),
    Breakage(
        "the drain is 20 seconds by default",
        "api/settings.py",
        "drain_seconds: Annotated[int, whole(0, 86_400)] = 20",
        "drain_seconds: Annotated[int, whole(0, 86_400)] = 5",
        (f"{SETTINGS}test_defaults",),
    ),
    # Metrics
    Breakage(
        "the public port has no metrics",
        "api/app.py",
        "[welcome, systems, system, live, ready],",
        "[welcome, systems, system, live, ready,"
        ' __import__("litestar.plugins.prometheus", fromlist=["api"]).PrometheusController],',
        (f"{METRICS}test_the_public_port_has_no_metrics",),
    ),
    Breakage(
        "nothing listens for metrics unless asked for",
        "api/app.py",
        "if settings.metrics_port is not None:",
        "if True:",
        (f"{METRICS}test_nothing_is_loaded_unless_asked_for",),
    ),
    Breakage(
        "metrics are served on an address",
        "api/metrics.py",
        "start_http_server(port, host, registry)",
        "start_http_server(port, registry=registry)",
        (f"{METRICS}test_they_are_served_on_the_address_that_is_set_and_on_no_other",),
    ),
    Breakage(
        "metrics are served on loopback by default",
        "api/settings.py",
        'metrics_host: Annotated[str, HOST] = "127.0.0.1"',
        'metrics_host: Annotated[str, HOST] = "0.0.0.0"',
        (f"{SETTINGS}test_defaults",),
    ),
    Breakage(
        "each worker has a port for metrics",
        "api/metrics.py",
        "range(first, first + settings.workers)",
        "range(first, first + 1)",
        (f"{METRICS}test_each_worker_has_a_port",),
    ),
    Breakage(
        "a worker gets the port of the one it replaces",
        "api/metrics.py",
        "        await asyncio.sleep(_RETRY)",
        "        return",
        (f"{METRICS}test_a_worker_waits_for_the_port_of_the_one_it_replaces",),
    ),
    Breakage(
        "steps are counted",
        "api/observed.py",
        "                tally.steps += exchange.query.steps\n",
        "",
        (f"{METRICS}test_what_was_sent_and_computed_is_counted",),
    ),
    Breakage(
        "bytes are counted as they are sent",
        "api/exchange.py",
        "            self.sent += size\n            tally.bytes += size",
        "            self.sent += size\n            tally.bytes += 0 if message.get('more_body') else self.sent",
        (f"{METRICS}test_a_stream_counts_as_it_is_sent_and_its_client_is_missed",),
    ),
    Breakage(
        "clients that leave are counted",
        "api/observed.py",
        "                tally.left += not has_failed\n",
        "",
        (
            f"{METRICS}test_a_stream_counts_as_it_is_sent_and_its_client_is_missed",
            f"{METRICS}test_so_is_one_that_leaves_before_the_answer_begins",
        ),
    ),
    Breakage(
        "answers that fail midway are counted",
        "api/observed.py",
        "                tally.broken_off += has_failed\n                tally.left += not has_failed",
        "                tally.left += 1",
        (f"{METRICS}test_an_answer_that_fails_midway_is_told_from_one_whose_client_left",),
    ),
    Breakage(
        "refusals are counted",
        "api/metrics.py",
        "(400 <= status != 499)",
        "(400 < status != 499)",
        (f"{METRICS}test_refusals_fallbacks_and_what_the_client_had_are_counted",),
    ),
    Breakage(
        "only known paths are told",
        "api/observed.py",
        "route = path if path in paths else _folder(path)",
        "route = path",
        (f"{METRICS}test_only_known_paths_are_told",),
    ),
    Breakage(
        "metrics say what runs",
        "api/metrics.py",
        '{"version": VERSION, "python"',
        '{"python"',
        (f"{METRICS}test_it_says_what_runs",),
    ),
    # Logs
    Breakage(
        "no client forges a line on a terminal",
        "api/logs.py",
        "{_printable(said)}",
        "{said}",
        (f"{LOGS}test_on_a_terminal_lines_are_readable_and_stay_lines",),
    ),
    Breakage(
        "a line is ASCII",
        "api/logs.py",
        "        return text if text.isascii() else json.dumps(msgspec.json.decode(text))",
        "        return text",
        (f"{LOGS}test_every_line_is_an_object_whoever_logs_it",),
    ),
    Breakage(
        "each request has a line",
        "api/observed.py",
        "            if note:\n",
        "            if note and exchange.query:\n",
        (f"{LOGS}test_each_request_has_one_line_whatever_it_holds",),
    ),
    Breakage(
        "a line says what was asked for",
        "api/observed.py",
        'if query else scope["query_string"].decode("latin-1")',
        'if query else ""',
        (f"{LOGS}test_it_says_what_was_asked_for_and_what_it_cost",),
    ),
    Breakage(
        "a failure is one line, and names the request",
        "api/endpoint.py",
        'scope["query_string"][:200], extra=said)',
        'scope["query_string"][:200])',
        (f"{LOGS}test_a_failure_is_one_line_with_its_traceback_and_the_request",),
    ),
    Breakage(
        "requests need not be logged",
        "api/logs.py",
        '{"level": "INFO" if requests else "CRITICAL"}',
        '{"level": "INFO"}',
        (f"{LOGS}test_requests_need_not_be_logged",),
    ),
    Breakage(
        "an id is taken where it is safe",
        "api/observed.py",
        "{1,64}",
        "{1,640}",
        (f"{HEADERS}test_a_request_id_is_taken_where_it_is_of_a_safe_form",),
    ),
    Breakage(
        "no two requests are given one id",
        "api/observed.py",
        "count(getrandbits(63))",
        "count(getrandbits(63), 0)",
        (f"{HEADERS}test_no_two_requests_are_given_one_id",),
    ),
    # Traces
    Breakage(
        "a span is below its client's",
        "api/tracing.py",
        "extract({name.decode",
        "extract({} and {name.decode",
        ("tests/api/test_tracing.py::test_each_request_is_a_span_below_its_clients",),
    ),
    Breakage(
        "the last spans are exported",
        "api/app.py",
        "        if trace:\n            await to_thread(trace.close)\n",
        "",
        ("tests/api/test_tracing.py::test_each_request_is_a_span_below_its_clients",),
    ),
    Breakage(
        "any of the standard variables asks for traces",
        "api/tracing.py",
        ', "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")',
        ")",
        ("tests/api/test_tracing.py::test_each_of_the_standard_variables_asks_for_it",),
    ),
    Breakage(
        "nothing is traced unless asked for",
        "api/tracing.py",
        "    if is_off or environment",
        "    if environment",
        ("tests/api/test_tracing.py::test_nothing_is_traced_unless_asked_for",),
    ),
    Breakage(
        "nothing of the SDK is imported unless asked for",
        "api/tracing.py",
        "from api import VERSION\n\n_ASKING",
        "import opentelemetry.sdk\n\nfrom api import VERSION\n\n_ASKING",
        (f"{METRICS}test_nothing_is_loaded_unless_asked_for",),
    ),
    # Headers
    Breakage(
        "every answer has security headers",
        "api/observed.py",
        '    ("referrer-policy", "no-referrer"),\n',
        "",
        (f"{HEADERS}test_every_answer_has_them",),
    ),
    Breakage(
        "what is no HTTP is answered with some too",
        "api/__main__.py",
        '        "headers": EVERYWHERE,\n',
        "",
        (f"{HEADERS}test_what_is_no_http_is_answered_with_some_too",),
    ),
    Breakage(
        "every answer has a policy",
        "api/exchange.py",
        '(b"x-request-id", self.id), POLICY]',
        '(b"x-request-id", self.id)]',
        (f"{HEADERS}test_every_answer_has_them", f"{HEADERS}test_so_has_what_is_not_sent_again"),
    ),
    Breakage(
        "under the policy nothing is loaded",
        "api/exchange.py",
        "default-src 'none'; img-src data:;",
        "default-src 'self'; img-src data:;",
        (f"{HEADERS}test_every_answer_has_them",),
    ),
    Breakage(
        "a page keeps its own policy",
        "api/exchange.py",
        "[] if any(name == POLICY[0] for name, _ in headers) else [POLICY]",
        "[POLICY]",
        (f"{HEADERS}test_every_answer_has_them",),
    ),
    Breakage(
        "a page has no use for a camera",
        "api/explorer/assets.py",
        '            (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),\n',
        "",
        (f"{HEADERS}test_a_page_keeps_its_own_policy_and_has_no_use_for_a_camera",),
    ),
    Breakage(
        "a preflight is answered",
        "api/observed.py",
        '    (b"access-control-allow-headers", b"*"),\n',
        "",
        (f"{HEADERS}test_a_preflight_is_answered",),
    ),
    Breakage(
        "only named origins may read",
        "api/observed.py",
        "if origin and origin in origins else [vary]",
        "if origin else [vary]",
        (f"{HEADERS}test_the_origins_may_be_named",),
    ),
    Breakage(
        "an empty setting names none",
        "api/observed.py",
        " if allowed else []\n",
        "\n",
        (f"{HEADERS}test_no_origin_may_be_named",),
    ),
    # The container, as far as it is seen without building it
    Breakage(
        "compose listens on loopback",
        "compose.yaml",
        "${BIND:-127.0.0.1:8000}:8000",
        "${BIND:-8000}:8000",
        (f"{COMPOSE}test_it_builds_this_folder_and_listens_on_loopback_only",),
    ),
    Breakage(
        "compose has a read-only root",
        "compose.yaml",
        "    read_only: true\n",
        "    read_only: false\n",
        (f"{COMPOSE}test_it_may_do_no_more_than_it_needs",),
    ),
    Breakage(
        "compose's CPUs can be moved",
        "compose.yaml",
        "cpus: ${CPUS:-2}",
        "cpus: 2",
        (f"{COMPOSE}test_it_may_do_no_more_than_it_needs",),
    ),
    Breakage(
        "compose leaves time for the drain",
        "compose.yaml",
        "stop_grace_period: 30s",
        "stop_grace_period: 10s",
        (f"{COMPOSE}test_a_stop_leaves_time_for_the_drain",),
    ),
    Breakage(
        "a build argument moves the base image",
        "Dockerfile",
        "FROM python:${PYTHON}-slim",
        "FROM python:3.11.14-slim",
        (f"{BUILD}test_build_arguments_name_the_base_image_and_the_cpu",),
    ),
    Breakage(
        "the baseline is one that every host has",
        "Dockerfile",
        "ARG CPU_NAME=x86-64-v3",
        "ARG CPU_NAME=x86-64-v4",
        (f"{BUILD}test_build_arguments_name_the_base_image_and_the_cpu",),
    ),
    Breakage(
        "workers have memory",
        "api/resources.py",
        "int(min(cpus, memory / WORKER_MEMORY))",
        "int(cpus)",
        (f"{RESOURCES}test_workers_and_their_threads_share_what_there_is",),
    ),
    Breakage(
        "cgroups of version 1 limit",
        "api/resources.py",
        '"memory.max", "memory.limit_in_bytes"',
        '"memory.max"',
        (f"{RESOURCES}test_version_1",),
    ),
    Breakage(
        "cgroups of version 2 limit, whichever is narrowest",
        "api/resources.py",
        "for group in (below, *below.parents):",
        "for group in (below,):",
        (f"{RESOURCES}test_version_2_the_narrowest_of_the_ancestors_holds",),
    ),
    Breakage(
        "the health check tells",
        "api/healthcheck.py",
        "return None if status == 200 else",
        "return None if status else",
        ("tests/api/test_healthcheck.py::test_it_fails_where_the_answer_is_another",),
    ),
    # Faults
    Breakage(
        "what is on its way to an idle connection is answered before a stop",
        "api/protocol.py",
        "        if self._is_idle():\n            self._linger()\n        elif",
        "        if self._is_idle():\n            self.transport.close()\n        elif",
        (f"{FAULTS}test_told_to_stop_under_load_it_loses_nothing",),
    ),
    Breakage(
        "what waits to be accepted is answered before a stop",
        "api/stopping.py",
        "waiting += _completed(listening)",
        "pass",
        (f"{FAULTS}test_what_was_sent_before_it_stops_listening_is_answered",),
    ),
    Breakage(
        "a cache that cannot be written stops nothing",
        "core/kernel_files.py",
        "    except OSError as error:\n        _warn",
        "    except TimeoutError as error:\n        _warn",
        (f"{FAULTS}test_where_nothing_can_be_written_kernels_are_compiled_all_the_same_and_that_is_said_once",),
    ),
    Breakage(
        "a damaged kernel is replaced",
        "core/kernel_files.py",
        "    if content[:_HEAD] != _head(key, payload := content[_HEAD:]):",
        "    if not (payload := content[_HEAD:]):",
        (f"{CACHE}test_a_bit_that_is_another_is_noticed_wherever_it_is",),
    ),
    Breakage(
        "what another user can write is no kernel",
        "core/kernel_files.py",
        "    if found.st_mode & _OTHERS:",
        "    if False:",
        (f"{CACHE}test_what_another_user_can_write_is_neither_read_nor_written_and_that_is_said_once",),
    ),
    Breakage(
        "kernels are compiled in a process that ends",
        "core/compiling.py",
        "            payload = COMPILER.compile(self._dispatcher, signature)",
        '            raise Unavailable("not today")',
        (f"{CACHE}test_a_kernel_is_compiled_in_another_process",),
    ),
    Breakage(
        "a second signal changes nothing",
        "api/stopping.py",
        "        if len(heard) > 1:\n            return\n",
        "",
        (f"{SIGNALS}test_repeated_signals_lose_nothing_and_log_no_error",),
    ),
    Breakage(
        "SIGHUP drains one worker",
        "api/stopping.py",
        "    for each in SIGNALS:\n        signal.signal(each, told)",
        "    for each in SIGNALS[:2]:\n        signal.signal(each, told)",
        (f"{SIGNALS}test_sighup_drains_the_one_worker",),
    ),
    Breakage(
        "workers end with their parent",
        "api/workers.py",
        "    os.kill(os.getpid(), signal.SIGTERM)\n    time.sleep(_ORPHAN_END)\n    os._exit(1)\n",
        "",
        (f"{SIGNALS}test_workers_end_with_a_parent_that_is_killed_and_leave_its_port",),
    ),
    Breakage(
        "a stop while kernels are compiled ends every process",
        "api/stopping.py",
        "            signal.signal(each, self.end_at_once)",
        "            signal.signal(each, self.handle_exit)",
        (f"{SIGNALS}test_a_stop_while_kernels_are_compiled_ends_every_process",),
    ),
    Breakage(
        "each line on stderr is a record",
        "api/logs.py",
        "        sys.stderr = _Stderr()",
        "        pass",
        (f"{STDERR}test_whoever_says_it",),
    ),
    Breakage(
        "whole settings are digits",
        "api/setting_kinds.py",
        'number = int(_matching(r"[0-9]{1,18}", text))',
        "number = int(text)",
        (f"{SETTINGS}test_whole_numbers_are_digits_only",),
    ),
    Breakage(
        "more workers than the machine carries are refused",
        "api/settings.py",
        "if settings.workers > (most := most_workers(available, room)):",
        "if settings.workers > (most := 1_000_000):",
        (f"{SETTINGS}test_more_workers_than_cpus_or_memory_carry_are_refused_with_both",),
    ),
    Breakage(
        "a clock that jumps shuts nobody out",
        "api/rate_limit.py",
        "from time import monotonic",
        "from time import time as monotonic",
        (f"{FAULTS}test_a_clock_that_jumps_moves_no_timer_and_shuts_nobody_out",),
    ),
    Breakage(
        "a step that divides by zero is answered",
        "core/fixed_points.py",
        "except ZeroDivisionError:  # at a pole",
        "except MemoryError:",
        ("tests/api/test_poles.py::test_analyses_through_a_pole",),
    ),
    Breakage(
        "at a pole there is no number",
        "core/decimals.py",
        "if not all(value.is_finite() for value in state):",
        "if any(value.is_nan() for value in state):",
        ("tests/api/test_poles.py::test_the_values_at_a_pole",),
    ),
    # The image
    Breakage(
        "the container is a user without rights",
        "Dockerfile",
        "USER 10001:10001",
        "USER 0:0",
        (
            f"{RUN}test_it_is_user_10001_without_any_capability",
            f"{BUILD}test_it_runs_the_service_itself_as_a_user_of_fixed_id",
        ),
        "image",
    ),
    Breakage(
        "the root need not be writable",
        "api/tables.py",
        "    sink, schema = _Sink(), _schema(answer)\n",
        '    open("answer.parquet", "wb").close()\n    sink, schema = _Sink(), _schema(answer)\n',
        (f"{RUN}test_every_format_is_had_from_a_read_only_root",),
        "image",
    ),
    Breakage(
        "the root is not writable",
        "tests/image/runc.py",
        '"readonly": True',
        '"readonly": False',
        (f"{RUN}test_the_root_refuses_writes_and_tmp_takes_them",),
        "image",
    ),
    Breakage(
        "no pip is left",
        "Dockerfile",
        "RUN pip uninstall --quiet --yes --root-user-action ignore pip setuptools wheel\n",
        "",
        (f"{BUILD}test_no_compiler_and_no_pip_is_left_in_it",),
        "image",
    ),
    Breakage(
        "kernels are compiled while it is built",
        "Dockerfile",
        "RUN python -m api compile && python",
        "RUN python",
        (
            f"{BUILD}test_it_holds_the_service_and_no_more",
            f"{RUN}test_it_is_ready_soon_on_one_cpu",
            f"{IMAGE_FAULTS}test_without_anything_writable_it_does_all_that_it_does",
        ),
        "image",
    ),
    Breakage(
        "no host compiles any, whatever its CPU",
        "Dockerfile",
        "\n\nFROM base-${TARGETARCH}\nRUN pip",
        "\n\nFROM base\nRUN pip",
        (
            f"{KERNELS}test_nothing_is_compiled_on_another_cpu",
            f"{BUILD}test_build_arguments_name_the_base_image_and_the_cpu",
        ),
        "image",
    ),
    Breakage(
        "the baseline has vectors",
        "Dockerfile",
        "ARG CPU_NAME=x86-64-v3",
        "ARG CPU_NAME=x86-64",
        (f"{KERNELS}test_the_baseline_has_vectors_but_none_that_some_hosts_lack",),
        "image",
    ),
    Breakage(
        "the image holds nothing twice",
        "Dockerfile",
        "COPY --from=build /app /app\n",
        "COPY --from=build /app /app\nCOPY --from=build /venv /app/core/venv\n",
        (f"{BUILD}test_its_size",),
        "image",
    ),
    Breakage(
        "workers follow the limits in force",
        "api/resources.py",
        "    return min(usable, cpu_quota())",
        "    return usable",
        (f"{RUN}test_workers_follow_the_limits_in_force",),
        "image",
    ),
    Breakage(
        "the image has a health check",
        "Dockerfile",
        '"python", "-m", "api.healthcheck"',
        '"python", "-c", "import api.healthcheck"',
        (
            f"{RUN}test_the_health_check_tells_whether_the_service_is_there",
            f"{BUILD}test_it_runs_the_service_itself_as_a_user_of_fixed_id",
        ),
        "image",
    ),
    Breakage(
        "a container stops when told to: no shell keeps the signal to itself",
        "Dockerfile",
        'CMD ["python", "-m", "api"]',
        "CMD python -m api; exit $?",
        (
            "tests/image/test_stop.py::test_told_to_stop_while_it_starts_it_stops",
            f"{BUILD}test_it_runs_the_service_itself_as_a_user_of_fixed_id",
        ),
        "image",
    ),
    Breakage(
        "a container stops within the drain",
        "api/__main__.py",
        '        "timeout_graceful_shutdown": settings.drain_seconds,\n',
        "",
        (
            "tests/image/test_stop.py::test_it_stops_within_the_drain_though_an_answer_is_on_its_way",
            f"{IMAGE_FAULTS}test_half_a_core_is_enough_to_be_right_alive_and_to_stop_in_time",
        ),
        "image",
    ),
    Breakage(
        "all in flight fits into the least memory",
        "api/settings.py",
        "max_memory: Annotated[int, whole(1, 1 << 50)] = 160 << 20",
        "max_memory: Annotated[int, whole(1, 1 << 50)] = 160 << 30",
        (f"{IMAGE_FAULTS}test_with_the_least_memory_it_refuses_what_does_not_fit_and_is_never_killed",),
        "image",
    ),
]
