"""The reseller as a whole: ``cw.reseller``."""

from __future__ import annotations

from . import _native
from ._resource import AsyncResource, Resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._fields import PeriodArgument
    from ._native import BillingOverview, PlanList, UsageHistory


class Reseller(Resource):
    """What concerns the reseller as a whole: ``cw.reseller``."""

    __slots__ = ()

    def billing(self, period: PeriodArgument | None = None) -> BillingOverview:
        """The bill of all clients (``GET /ss/rsapi/reseller/billing``), by default of the last 28 days.

        For a whole month ``total_pro_rata`` holds the units owed for each plan.
        """
        return self._run(_native.reseller_billing(self._session(), period))

    def usage(self, period: PeriodArgument | None = None) -> UsageHistory:
        """Every screen share of every client (``GET /ss/rsapi/clients_usage``), by default of the last 28 days."""
        return self._run(_native.reseller_usage(self._session(), period))

    def plans(self) -> PlanList:
        """The plans that the reseller may set (``GET /ss/rsapi/reseller/plans``)."""
        return self._run(_native.reseller_plans(self._session()))


class AsyncReseller(AsyncResource):
    """What concerns the reseller as a whole: ``cw.reseller``. Its methods are awaited."""

    __slots__ = ()

    async def billing(self, period: PeriodArgument | None = None) -> BillingOverview:
        """The bill of all clients (``GET /ss/rsapi/reseller/billing``), by default of the last 28 days.

        For a whole month ``total_pro_rata`` holds the units owed for each plan.
        """
        return await self._run(_native.reseller_billing(self._session(), period))

    async def usage(self, period: PeriodArgument | None = None) -> UsageHistory:
        """Every screen share of every client (``GET /ss/rsapi/clients_usage``), by default of the last 28 days."""
        return await self._run(_native.reseller_usage(self._session(), period))

    async def plans(self) -> PlanList:
        """The plans that the reseller may set (``GET /ss/rsapi/reseller/plans``)."""
        return await self._run(_native.reseller_plans(self._session()))
