"""Writes that need no more than the right, the area and the trail."""

from alleviation.audit import entry as guarded

enter = guarded.enter


enter_many = guarded.enter_many
