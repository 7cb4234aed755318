"""Names the site that Django's admin is to be; a module of its own, so that no other app config is found beside it."""

from django.contrib.admin import apps


class RecordsAdminConfig(apps.AdminConfig):
    """Django's admin with our rights, our trail and our order."""

    default_site = "alleviation.audit.admin_site.RecordsSite"
