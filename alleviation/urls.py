"""The front door: which address leads to which room."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from alleviation.api.programs import opened
from alleviation.entrance.sign_in import SignIn, SignOut
from alleviation.operations.metrics.readiness import healthz
from alleviation.operations.metrics.views import metrics

# They ask neither the database nor a session.
handler400 = "alleviation.common.failing.request_refused"
handler403 = "alleviation.common.failing.forbidden"
handler404 = "alleviation.common.failing.not_found"
handler500 = "alleviation.common.failing.server_failed"

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("metrics", metrics, name="metrics"),
    path("sign-in/", SignIn.as_view(), name="login"),
    path("sign-out/", SignOut.as_view(), name="logout"),
    path("language/setlang/", login_not_required(set_language), name="set_language"),
    path("", include("alleviation.entrance.urls")),
    path("admin/", admin.site.urls),
    path("reports/", include("alleviation.reports.urls")),
    path("approvals/", include("alleviation.reports.approvals.urls")),
    path("imports/", include("alleviation.imports.urls")),
    path("api/v1/", opened()),
    path("api/", include("alleviation.api.urls")),
    path("closings/", include("alleviation.reports.closings.urls")),
    path("audit/", include("alleviation.reports.trail_pages.urls")),
    path("", include("alleviation.dashboards.urls")),
]
