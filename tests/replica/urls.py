"""The app's addresses, and one that renames an organisation by an action: thousands of forms take too long."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from alleviation.audit import trail
from projects.models import Organisation


def rename(request: HttpRequest, pk: int) -> HttpResponse:
    """Write through the trail, as a form does."""
    organisation = Organisation.objects.visible_to(request.user).get(pk=pk)
    organisation.name = request.POST["name"]
    trail.write(organisation, by=request.user)
    return HttpResponse(status=204)


urlpatterns = [path("rename/<int:pk>/", rename), path("", include("alleviation.urls"))]
