"""Where alarms go in these tests."""

from tests.reminders.conftest import receiver, set_channel

__all__ = ["receiver", "set_channel"]
