"""nginx and HAProxy before a service, on a socket in a folder."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.waiting import until

NGINX = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/errors;
events {{ worker_connections 64; }}
http {{
    access_log off; client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3;
    uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
    upstream service {{ server {server}; keepalive 4; }}
    server {{
        listen unix:{folder}/socket;
        location / {{
            proxy_pass http://service; proxy_http_version 1.1; proxy_request_buffering off;
            proxy_set_header Host $http_host; proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $http_connection;
        }}
    }}
}}
"""
HAPROXY = """
defaults
    mode http
    timeout connect 300s
    timeout client 300s
    timeout server 300s
    http-reuse always
frontend all
    bind unix@{folder}/socket
    default_backend service
backend service
    server one {server}
"""
CACHE = """
env FAKETIME_TIMESTAMP_FILE; env FAKETIME_NO_CACHE; env FAKETIME_DONT_FAKE_MONOTONIC;
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/errors;
events {{ worker_connections 64; }}
http {{
    access_log off; client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3;
    uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
    proxy_cache_path {folder}/cache keys_zone=answers:1m inactive=10d use_temp_path=off;
    server {{
        listen unix:{folder}/socket;
        location / {{
            proxy_pass http://{server}; proxy_http_version 1.1; proxy_set_header Connection "";
            proxy_cache answers; proxy_cache_key $request_uri; proxy_cache_revalidate on;
            add_header X-Cache $upstream_cache_status always;
        }}
    }}
}}
"""
"""It keeps what it may, asks again by ETag for what it may no longer, and says in X-Cache where an answer is from."""
PROXIES = {"nginx": (NGINX, "-c"), "haproxy": (HAPROXY, "-f")}


@contextmanager
def proxy(name: str, address: str, folder: Path, configuration: str = "", **environment: str):
    """What connects to the proxy of this name before the service, by a configuration of its own if there is one."""
    program = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        missing = f"{name} is not on PATH: NOTHING WAS ASKED THROUGH IT"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    usual, option = PROXIES[name]
    place = folder / "configuration"
    place.write_text((configuration or usual).format(folder=folder, server=urlsplit(address).netloc))
    process = subprocess.Popen(
        [program, option, place], stderr=subprocess.PIPE, cwd=folder, env={**os.environ, **environment}
    )

    @contextmanager
    def connect() -> Iterator[socket.socket]:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(300)
            connection.connect(str(folder / "socket"))
            yield connection

    def listens() -> bool:
        assert process.poll() is None, process.stderr.read()
        with suppress(OSError), connect():
            return True
        return False

    try:
        until(listens)
        yield connect
    finally:
        process.terminate()
        process.communicate(timeout=300)
