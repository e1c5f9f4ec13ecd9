"""Client for the CrankWheel reseller API.

>>> from crankwheel import CrankWheel
>>> cw = CrankWheel("my-reseller-key")  # or leave the key to CRANKWHEEL_API_KEY
>>> cw
CrankWheel(base_url='https://meeting.is')

Start with `CrankWheel`, or with `AsyncCrankWheel` for asyncio. `crankwheel.sandbox` is the API itself, in memory, to
test against.
"""

from __future__ import annotations

from ._client import AsyncCrankWheel, CrankWheel
from ._clients import AsyncClients, Clients
from ._errors import (
    APIConnectionError,
    APIResponseError,
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    BadRequestError,
    ConfigurationError,
    ConflictError,
    CrankWheelError,
    InternalServerError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    UnprocessableEntityError,
)
from ._fields import NOT_GIVEN, NotGiven
from ._native import (
    BillingOverview,
    BillingPeriod,
    BillingPeriodList,
    Client,
    ClientBilling,
    ClientBillingList,
    ClientList,
    ClientUsage,
    DryRun,
    ImpersonationKey,
    LoginLink,
    LoginOption,
    LoginOptionList,
    Period,
    Plan,
    PlanList,
    PlanProRata,
    RawBody,
    RawResponse,
    Session,
    SessionList,
    Settings,
    UsageHistory,
    UsageStats,
    UserStats,
    UserStatsList,
    __version__,
)
from ._request import AsyncImpersonation, Impersonation
from ._reseller import AsyncReseller, Reseller
from ._sso import AsyncSso, Sso

__all__ = [
    "NOT_GIVEN",
    "APIConnectionError",
    "APIResponseError",
    "APIStatusError",
    "APITimeoutError",
    "AsyncClients",
    "AsyncCrankWheel",
    "AsyncImpersonation",
    "AsyncReseller",
    "AsyncSso",
    "AuthenticationError",
    "BadRequestError",
    "BillingOverview",
    "BillingPeriod",
    "BillingPeriodList",
    "Client",
    "ClientBilling",
    "ClientBillingList",
    "ClientList",
    "ClientUsage",
    "Clients",
    "ConfigurationError",
    "ConflictError",
    "CrankWheel",
    "CrankWheelError",
    "DryRun",
    "Impersonation",
    "ImpersonationKey",
    "InternalServerError",
    "InvalidRequestError",
    "LoginLink",
    "LoginOption",
    "LoginOptionList",
    "NotFoundError",
    "NotGiven",
    "Period",
    "PermissionDeniedError",
    "Plan",
    "PlanList",
    "PlanProRata",
    "RateLimitError",
    "RawBody",
    "RawResponse",
    "Reseller",
    "Session",
    "SessionList",
    "Settings",
    "Sso",
    "UnprocessableEntityError",
    "UsageHistory",
    "UsageStats",
    "UserStats",
    "UserStatsList",
    "__version__",
]
