"""The login host: authorize page, identity provider, token endpoint, log-out (contract §1)."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from . import login_pages as pages
from .accounts import Account, OAuthClient
from .authorize import (
    AuthorizeRequest,
    RefusedOnPage,
    RefusedToClient,
    read_authorize_request,
)
from .exchange import exchange_of
from .tokens import AccessToken, CodeStore, GrantRefused, TokenStore

_COOKIE = "practice_session"
_PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}
_FORM = "application/x-www-form-urlencoded"


def _form_fields(body: bytes) -> dict[str, str]:
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _basic(authorization: str) -> tuple[str, str]:
    """Name and password of an ``Authorization: Basic`` header; empty ones for any other."""
    scheme, _, coded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        name, _, password = base64.b64decode(coded, validate=True).decode("ascii").partition(":")
    except ValueError:
        return "", ""
    return unquote(name), unquote(password)


@dataclass(frozen=True)
class _Form:
    """One of the two places where a person types their password."""

    template: str
    title: str


_LOGIN = _Form("login.html", "Sign in")
_PROVIDER = _Form("provider.html", "Company sign-in")


class LoginHost:
    """Signs people in and gives applications their grants."""

    def __init__(
        self,
        accounts: Mapping[str, Account],
        clients: Mapping[str, OAuthClient],
        tokens: TokenStore,
        codes: CodeStore,
        organization: Mapping[str, object],
        services: Mapping[str, Account],
    ) -> None:
        """``services`` are the accounts of clients that act for nobody, by client id."""
        self._accounts = accounts
        self._services = services
        self._clients = list(clients.values())
        self._tokens = tokens
        self._codes = codes
        self._organization = str(organization["name"])
        self._org_names = {
            str(organization[key]) for key in ("name", "thirdPartyOrgName") if organization.get(key)
        }
        self._sessions: dict[str, Account] = {}

    def app(self) -> Starlette:
        both = ["GET", "POST"]
        return Starlette(
            routes=[
                Route("/", self._front_page),
                Route("/oauth/authorize", self._authorize, methods=both),
                Route("/idp/{provider}", self._identity_provider, methods=both),
                Route("/oauth/token", self._token, methods=["POST"]),
                Route("/logout", self._log_out),
                Route("/style.css", self._style),
                Route("/favicon.ico", self._no_icon),
            ]
        )

    # --- the authorize page -----------------------------------------------------------------

    async def _authorize(self, request: Request) -> Response:
        asked = self._read(request)
        if isinstance(asked, Response):
            return asked
        if asked.provider:
            return self._go(f"/idp/{quote(asked.provider)}?{request.url.query}")
        return await self._sign_in(request, asked, _LOGIN)

    async def _identity_provider(self, request: Request) -> Response:
        asked = self._read(request)
        if isinstance(asked, Response):
            return asked
        if asked.provider != request.path_params["provider"]:
            return self._go("/#/error?errorKey=invalidProvider")
        return await self._sign_in(request, asked, _PROVIDER)

    def _read(self, request: Request) -> AuthorizeRequest | Response:
        query = parse_qsl(request.url.query, keep_blank_values=True)
        try:
            return read_authorize_request(query, self._clients, self._org_names)
        except RefusedOnPage as refusal:
            return self._go(f"/#/error?errorKey={refusal.error_key}")
        except RefusedToClient as refusal:
            return self._go(refusal.location)

    async def _sign_in(self, request: Request, asked: AuthorizeRequest, form: _Form) -> Response:
        if request.method == "GET":
            account = self._sessions.get(request.cookies.get(_COOKIE, ""))
            if account is not None and not asked.must_type:
                return self._grant(request, asked, account)
            return self._form_page(request, form, asked.login_hint, "")
        fields = _form_fields(await request.body())
        if fields.get("do") == "cancel":
            return self._go(asked.to.failure("access_denied", "The user denied the request"))
        email = fields.get("email", "").strip()
        account = self._accounts.get(email.casefold())
        password = fields.get("password", "").encode()
        if account is None or not secrets.compare_digest(account.password.encode(), password):
            return self._form_page(request, form, email, "The e-mail or password is incorrect.")
        response = self._grant(request, asked, account)
        session = secrets.token_urlsafe(32)
        self._sessions[session] = account
        response.set_cookie(_COOKIE, session, httponly=True, samesite="lax", path="/")
        return response

    def _form_page(self, request: Request, form: _Form, email: str, problem: str) -> Response:
        page = pages.sign_in_page(
            form.template,
            form.title,
            self._organization,
            action=f"{request.url.path}?{request.url.query}",
            email=email,
            problem=problem,
            accounts=self._accounts.values(),
        )
        return self._html(page)

    def _grant(self, request: Request, asked: AuthorizeRequest, account: Account) -> Response:
        exchange_of(request.scope).user = account.email
        if asked.target not in ("", account.organization["id"]):
            return self._go(asked.to.failure("access_denied", "No access to that organization"))
        if asked.to.implicit:
            token = self._tokens.issue(account, asked.client, asked.scopes)
            fields = {
                "access_token": token.text,
                "expires_in": str(self._tokens.lifetime_s),
                "token_type": "bearer",
            }
        else:
            fields = {
                "code": self._codes.issue(
                    account,
                    asked.client,
                    redirect_uri=asked.to.redirect_uri,
                    challenge=asked.challenge,
                    scopes=asked.scopes,
                )
            }
        return self._go(asked.to.success(fields))

    # --- the token endpoint -------------------------------------------------------------------

    async def _token(self, request: Request) -> Response:
        try:
            answer = self._redeem(request, await request.body())
        except GrantRefused as refusal:
            body = {
                "error": refusal.error,
                "description": refusal.description,
                "error_description": refusal.description,
            }
            status = 401 if refusal.error == "invalid_client" else 400
            return JSONResponse(body, status, {"Cache-Control": "no-store"})
        return JSONResponse(answer, headers={"Cache-Control": "no-store"})

    def _redeem(self, request: Request, body: bytes) -> dict[str, object]:
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != _FORM:
            raise GrantRefused("invalid_request", f"The body must be {_FORM}")
        shown = request.headers.get("authorization")
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
        fields = dict(pairs)
        if len(fields) != len(pairs):
            raise GrantRefused("invalid_request", "A parameter is repeated")
        grant_type = fields.get("grant_type", "")
        if grant_type == "client_credentials":
            return self._service_grant(request, shown or "")
        if shown is not None:
            # Clients that act for people are public ones (contract §1): they show no credentials.
            raise GrantRefused("invalid_client", "client authentication failed")
        if grant_type == "refresh_token":
            raise GrantRefused("invalid_client", "The grant needs client credentials")
        if grant_type != "authorization_code":
            raise GrantRefused("unsupported_grant_type", "grant_type must be authorization_code")
        names = ("code", "code_verifier", "client_id", "redirect_uri")
        missing = [name for name in names if not fields.get(name)]
        if missing:
            raise GrantRefused("invalid_request", f"{', '.join(missing)} required")
        account, client, scopes = self._codes.redeem(
            fields["code"],
            client_id=fields["client_id"],
            redirect_uri=fields["redirect_uri"],
            verifier=fields["code_verifier"],
        )
        exchange_of(request.scope).user = account.email
        return self._told(self._tokens.issue(account, client, scopes))

    def _service_grant(self, request: Request, shown: str) -> dict[str, object]:
        """A token of the client's own, for its id and secret by HTTP Basic (RFC 6749 §4.4)."""
        client_id, secret = _basic(shown)
        client = next((each for each in self._clients if each.client_id == client_id), None)
        known = client.secret if client is not None else ""
        if client is None or not known or not secrets.compare_digest(known, secret):
            raise GrantRefused("invalid_client", "authentication failed")
        exchange_of(request.scope).user = client.name
        return self._told(self._tokens.issue(self._services[client_id], client))

    def _told(self, token: AccessToken) -> dict[str, object]:
        return {
            "access_token": token.text,
            "token_type": "bearer",
            "expires_in": self._tokens.lifetime_s,
        }

    # --- the rest -----------------------------------------------------------------------------

    async def _log_out(self, request: Request) -> Response:
        self._sessions.pop(request.cookies.get(_COOKIE, ""), None)
        query = request.query_params
        uri = query.get("redirect_uri", "")
        client = next((c for c in self._clients if c.client_id == query.get("client_id")), None)
        if uri and client is not None and client.allows_redirect(uri):
            response: Response = self._go(uri)
        else:
            sentence = "You are signed out of the practice organisation."
            page = pages.message_page(self._organization, "Signed out", sentence)
            response = self._html(page)
        response.delete_cookie(_COOKIE, path="/", httponly=True, samesite="lax")
        return response

    async def _front_page(self, request: Request) -> Response:
        return self._html(pages.error_page(self._organization))

    async def _style(self, request: Request) -> Response:
        return Response(pages.asset("style.css"), media_type="text/css")

    async def _no_icon(self, request: Request) -> Response:
        return Response(status_code=204)

    @staticmethod
    def _html(page: str) -> Response:
        return HTMLResponse(page, headers=_PAGE_HEADERS)

    @staticmethod
    def _go(location: str) -> Response:
        # Set as it is: RedirectResponse would quote the fragment once more.
        response = RedirectResponse("/", status_code=302, headers={"Cache-Control": "no-store"})
        response.headers["location"] = location
        return response
