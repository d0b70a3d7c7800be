"""The shipped server, whose process of jobs ends after a second without any."""

from wsgi import app

from xuncha.serving import job_process

__all__ = ["app"]

job_process.IDLE_S = 1.0
