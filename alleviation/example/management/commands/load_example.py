"""Load the facts of two published documents and a made-up county beside them."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from alleviation.example.loading import Loaded, current_batch, load
from alleviation.example.people import EXAMPLE_PASSWORD, sign_ins
from alleviation.example.texts import Texts, add_texts, without_text


class Command(BaseCommand):
    """manage.py load_example [--documents DIR]"""

    help = "Load the example: the facts of two published documents and a made-up county."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--documents", type=Path, metavar="DIR", help=_("A folder with the documents' texts, to be added to them.")
        )

    def handle(self, *args: Any, **options: Any) -> None:
        batch = current_batch()
        if batch:
            self.stdout.write(_("The example is loaded already."))
        else:
            loaded = load()
            if options["verbosity"]:
                self.tell(loaded)
            batch = current_batch()
        if options["documents"] and batch:
            self.tell_texts(add_texts(options["documents"], batch))
            for document in without_text():
                self.stdout.write(_("Still without its text: %(title)s") % {"title": document.title})

    def tell(self, loaded: Loaded) -> None:
        for label, number in loaded.records.items():
            self.stdout.write(f"{number:>6} {apps.get_model(label)._meta.verbose_name_plural}")
        for name in loaded.taken:
            self.stdout.write(_("%(name)s is someone of yours, so the example has no such sign-in.") % {"name": name})
        self.stdout.write(
            _("Sign in from this machine as %(names)s with the password %(password)s.")
            % {"names": ", ".join(sign_ins()), "password": EXAMPLE_PASSWORD}
        )

    def tell_texts(self, texts: Texts) -> None:
        words = (
            (texts.added, _("Text added: %(name)s")),
            (texts.there_already, _("Added before: %(name)s")),
            (texts.not_wanted, _("The text of no document here, not stored: %(name)s")),
        )
        for names, sentence in words:
            for name in names:
                self.stdout.write(sentence % {"name": name})
