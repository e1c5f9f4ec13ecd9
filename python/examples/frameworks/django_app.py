"""Django: a synchronous and an asynchronous view, in one file.

Serve it with `gunicorn django_app:application`, or with `uvicorn django_app:asgi_application` for the
asynchronous view. In your project, the clients belong into the module of the views.
"""

from __future__ import annotations

import django
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

from crankwheel import AsyncCrankWheel, CrankWheel

if not settings.configured:
    settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="only-for-this-example")
    django.setup()

# They open no connection before the first call, and all threads and event loops can use them.
cw = CrankWheel()
async_cw = AsyncCrankWheel()


def list_clients(request: HttpRequest) -> HttpResponse:
    return JsonResponse({client.sname: client.lname for client in cw.clients.list()})


async def units(request: HttpRequest, month: str) -> HttpResponse:
    overview = await async_cw.reseller.billing(month)
    return JsonResponse({name: plan.units for name, plan in overview.total_pro_rata.items()})


urlpatterns = [path("clients", list_clients), path("units/<month>", units)]
application = get_wsgi_application()
asgi_application = get_asgi_application()
