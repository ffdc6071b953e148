"""The practice organisation as a running server: two loopback origins, API and login."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import ssl
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from .accounts import make_accounts, make_clients, service_account
from .api import make_api
from .contacts import make_contacts
from .exchange import SeenRequest
from .faults import Faults, load_script
from .front import Front, TransportInScope
from .login import LoginHost
from .settings import PracticeSettings
from .tenants import ContactSource
from .tokens import CodeStore, TokenStore

_HOST = "127.0.0.1"
_TLS_HOST = "localhost"  # certificates name hosts; few name an address
_SHUTDOWN_S = 5
_WORKERS = 2


class TlsFilesError(Exception):
    """The certificate or its key can't be used; ``str()`` is a sentence."""


class PracticeServer:
    """A practice organisation served from a thread of its own.

    Ready when :meth:`start` returns; :meth:`stop` ends the thread and frees both ports.
    ``faults`` are the scripted faults in force, ``log`` the requests seen so far.
    """

    def __init__(
        self, settings: PracticeSettings, *, contacts: ContactSource | None = None
    ) -> None:
        until_ms = settings.until_ms or int(time.time() * 1000)
        self.settings = settings
        self.contacts: ContactSource = contacts or make_contacts(
            seed=settings.seed,
            conversations=settings.conversations,
            days=settings.days,
            until_ms=until_ms,
        )
        self.faults = Faults()
        if settings.faults_file is not None:
            self.faults.extend(load_script(settings.faults_file))
        self.log: list[SeenRequest] = []
        self._until_ms = until_ms
        self._accounts = make_accounts(self.contacts)
        self._clients = make_clients()
        self._services = {
            client.client_id: service_account(self.contacts, client)
            for client in self._clients.values()
            if client.acts_for_nobody
        }
        self._tokens = TokenStore(settings.token_lifetime_s, time.time)
        self._ready_token = self.issue_token()
        self._running: _Running | None = None

    def issue_token(self, role: str = "supervisor") -> str:
        """A new token, as if the account of that role had signed in with the implicit client."""
        account = next(a for a in self._accounts.values() if a.role == role)
        return self._tokens.issue(account, self._clients["implicit"]).text

    @property
    def api_url(self) -> str:
        return self._require().url(0)

    @property
    def login_url(self) -> str:
        return self._require().url(1)

    @property
    def description(self) -> dict[str, object]:
        """What ``practice-server`` prints: where to sign in, as whom, and what there is to see."""
        first, last = (
            datetime.fromtimestamp(ms / 1000, UTC)
            .isoformat(timespec="milliseconds")
            .replace("+00:00", "Z")
            for ms in self.contacts.interval
        )
        organization = self.contacts.directory.organization
        return {
            "login_url": self.login_url,
            "api_url": self.api_url,
            "interval": f"{first}/{last}",
            "clients": {
                name: {"client_id": client.client_id, "redirect_uri": client.redirect_uris[0]}
                for name, client in self._clients.items()
                if client.redirect_uris
            },
            "services": {
                name: {"client_id": client.client_id, "client_secret": client.secret}
                for name, client in self._clients.items()
                if client.secret
            },
            "users": [
                {"email": a.email, "password": a.password, "name": a.name, "role": a.role}
                for a in self._accounts.values()
            ],
            "token": self._ready_token,
            "organization": organization["name"],
            "org": organization.get("thirdPartyOrgName", organization["name"]),
        }

    def start(self) -> None:
        """Bind both ports and serve; OSError for a port that is taken, or TlsFilesError."""
        if self._running is not None:
            raise RuntimeError("the practice server is already running")
        self._running = _Running(self)
        try:
            self._running.start()
        except BaseException:
            self._running = None
            raise

    def stop(self) -> None:
        """Finish the requests in hand, close every socket, join the thread."""
        running, self._running = self._running, None
        if running is not None:
            running.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def make_app(self, closing: asyncio.Event, halt: threading.Event, api_port: int) -> ASGIApp:
        """Both hosts as one application, told apart by the port they were reached at."""
        api = make_api(
            self.settings,
            [*self._accounts.values(), *self._services.values()],
            self._tokens,
            self.faults,
            halt,
            data_end_ms=self._until_ms,
        )
        login = LoginHost(
            self._accounts,
            self._clients,
            self._tokens,
            CodeStore(time.time),
            self.contacts.directory.organization,
            self._services,
        ).app()
        fronts = [
            Front(
                name,
                app,
                faults=self.faults,
                latency_ms=self.settings.latency_ms,
                record=self.log.append,
                closing=closing,
            )
            for name, app in (("api", api), ("login", login))
        ]

        async def by_port(scope: Scope, receive: Receive, send: Send) -> None:
            await fronts[0 if scope["server"][1] == api_port else 1](scope, receive, send)

        return by_port

    def _require(self) -> _Running:
        if self._running is None:
            raise RuntimeError("the practice server is not running")
        return self._running


class _Running:
    """The sockets, the loop and the thread of one run."""

    def __init__(self, server: PracticeServer) -> None:
        self._server = server
        self._tls = _tls_context(server.settings)
        self._sockets: list[socket.socket] = []
        self._ports: list[int] = []
        self._halt = threading.Event()
        self._begun = threading.Event()
        self._failure: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing: asyncio.Event | None = None
        self._uvicorn: uvicorn.Server | None = None
        self._thread = threading.Thread(target=self._run, name="practice-server")

    def url(self, position: int) -> str:
        origin = f"https://{_TLS_HOST}" if self._tls else f"http://{_HOST}"
        return f"{origin}:{self._ports[position]}"

    def start(self) -> None:
        port = self._server.settings.port
        with ExitStack() as undo:
            for wanted in (port, port + 1 if port else 0):
                bound = socket.create_server((_HOST, wanted))
                undo.callback(bound.close)
                self._sockets.append(bound)
                self._ports.append(bound.getsockname()[1])
            self._thread.start()
            undo.pop_all()
        self._begun.wait()
        if self._failure is not None:
            self._thread.join()
            raise self._failure

    def stop(self) -> None:
        self._halt.set()
        if self._loop is not None and self._loop.is_running():
            self._loop.call_soon_threadsafe(self._end)
        self._thread.join()
        for bound in self._sockets:
            bound.close()

    def _end(self) -> None:
        if self._closing is not None and self._uvicorn is not None:
            self._closing.set()
            self._uvicorn.should_exit = True

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            self._failure = error
        finally:
            self._begun.set()

    async def _serve(self) -> None:
        self._closing = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        await _start_workers(self._loop)
        tls = self._tls
        config = uvicorn.Config(
            self._server.make_app(self._closing, self._halt, self._ports[0]),
            http=TransportInScope,
            ws="none",
            lifespan="off",
            loop="asyncio",
            interface="asgi3",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=60,
            timeout_graceful_shutdown=_SHUTDOWN_S,
            ssl_context_factory=(lambda *_: tls) if tls else None,
        )
        self._uvicorn = _TellingServer(config, self._begun)
        await self._uvicorn.serve(sockets=self._sockets)


def _tls_context(settings: PracticeSettings) -> ssl.SSLContext | None:
    if settings.tls_cert is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        # A key that is locked is refused: without a password here, OpenSSL asks at the terminal.
        context.load_cert_chain(settings.tls_cert, settings.tls_key, password="")
    except OSError as error:  # errors of TLS are among them
        raise TlsFilesError(
            f"The TLS certificate {settings.tls_cert} with the key {settings.tls_key} "
            f"can't be used: {error.strerror}."
        ) from None
    return context


async def _start_workers(loop: asyncio.AbstractEventLoop) -> None:
    """Begin the threads that compute answers, so that a running server never begins one."""
    loop.set_default_executor(ThreadPoolExecutor(_WORKERS, "practice-worker"))
    together = threading.Barrier(_WORKERS)
    await asyncio.gather(*(asyncio.to_thread(together.wait) for _ in range(_WORKERS)))


class _TellingServer(uvicorn.Server):
    """Says when it accepts connections."""

    def __init__(self, config: uvicorn.Config, begun: threading.Event) -> None:
        super().__init__(config)
        self._begun = begun

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._begun.set()


def serve(settings: PracticeSettings, *, stop_at_stdin_eof: bool = False) -> None:
    """Print one JSON line and serve until SIGINT, SIGTERM or, if asked, the end of stdin.

    Only from the main thread: signals are handled here.
    """
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with PracticeServer(settings) as server:
        sys.stdout.write(json.dumps(server.description, ensure_ascii=False) + "\n")
        sys.stdout.flush()
        if stop_at_stdin_eof:
            threading.Thread(target=_set_at_eof, args=(stop,), daemon=True).start()
        # In slices, because waiting without a limit can't be interrupted on Windows.
        while not stop.wait(0.5):
            pass


def _set_at_eof(stop: threading.Event) -> None:
    # Past sys.stdin: leaving while a thread holds the lock of its buffer aborts the interpreter.
    while os.read(sys.stdin.fileno(), 4096):
        pass
    stop.set()
