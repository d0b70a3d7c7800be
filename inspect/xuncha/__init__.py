"""Xuncha 巡查: safety inspection for a development zone."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask
from flask_compress import Compress
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

from . import cli, config, navigation
from .accounts import signing_in
from .accounts.views import pages as accounts
from .appraisal.views import pages as appraisal
from .campaigns.views import pages as campaigns
from .checklists.views import pages as checklists
from .checks.views import pages as checks
from .committee.views import pages as committee
from .core import assets, i18n, metrics, replica, request_log, web
from .core.addresses import KnownAddresses
from .core.db import db
from .core.health import pages as health
from .core.paths import ROOT
from .core.templates import SharedGlobals
from .enterprises.views import pages as enterprises
from .flask_config import flask_config
from .hazards.public.link_views import pages as links
from .hazards.public.plaque_views import public_pages as plaques
from .hazards.public.poster_views import pages as posters
from .hazards.views import pages as hazards
from .jobs.views import pages as jobs
from .lists.saved_view_pages import pages as saved_views
from .lists.upstream_pages import pages as upstream
from .office.map_views import pages as zone_map
from .office.views import pages as office
from .photos.views import pages as photos
from .province.commands import exchange
from .province.entry_views import pages as entries
from .province.views import pages as province
from .reminders.views import pages as reminders
from .reports.proof_views import pages as proofs
from .reports.views import pages as reports
from .schedule.views import pages as schedule
from .search.views import pages as search
from .stats.coverage_views import pages as coverage
from .stats.profile_views import pages as profiles
from .stats.totals import upkeep
from .stats.views import pages as stats
from .sync.views import pages as sync
from .trainings.exam_sitting_views import pages as exams
from .trainings.sign_in_views import pages as sign_ins
from .trainings.views import pages as trainings
from .watching.views import pages as watching
from .zones import installation

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

BLUEPRINTS = (
    health,
    watching,
    accounts,
    enterprises,
    photos,
    checklists,
    schedule,
    checks,
    hazards,
    links,
    posters,
    plaques,
    campaigns,
    trainings,
    sign_ins,
    exams,
    stats,
    profiles,
    coverage,
    committee,
    reports,
    proofs,
    appraisal,
    reminders,
    jobs,
    sync,
    office,
    zone_map,
    search,
    saved_views,
    upstream,
)


class BehindProxies(KnownAddresses):
    """An application that believes as many reverse proxies in front of it as it is told of (XUNCHA_PROXIES)."""

    jinja_environment = SharedGlobals

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself: nothing here is asynchronous, and Flask asks a dozen times for each request."""
        return func

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request as the client sent it to the outermost proxy."""
        answer, hops = super().wsgi_app, self.config["PROXIES"]
        if hops:
            return ProxyFix(answer, x_for=hops, x_proto=hops, x_host=hops)(environ, start_response)
        return answer(environ, start_response)


def create_app(**overrides: object) -> Flask:
    """Build the application from the environment, or that of many zones where XUNCHA_ZONES names their file.

    Overrides are for tests.
    """
    if not overrides and config.read("XUNCHA_ZONES"):
        return installation.application(build)
    return build(os.environ, **overrides)


def build(environment: config.Environment, **overrides: object) -> Flask:
    """Build the application of one zone from the settings of an environment."""
    cli.demand_settings(environment)
    static = ROOT / "static"
    app = BehindProxies(
        __name__,
        template_folder=str(ROOT / "templates"),
        static_folder=str(static),
        static_url_path=f"/static/{assets.version_of(static)}",
    )
    app.config.from_mapping(flask_config(environment))
    app.config.from_mapping(overrides)
    app.view_functions["static"] = assets.send
    app.jinja_env.lstrip_blocks = True  # a twentieth of what a page weighs before it is compressed
    app.jinja_env.globals["icon_address"] = assets.inlined(static / "img" / "icon.svg")
    request_log.set_up(app)
    metrics.set_up(app)
    db.init_app(app)
    Compress(app)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    signing_in.set_up(app)
    i18n.set_up(app)
    web.set_up(app)
    navigation.set_up(app)
    upkeep.listen()
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    if app.config["ZONE"]:
        app.register_blueprint(entries)
    if app.config.get("PROVINCE"):
        app.register_blueprint(province)
    replica.set_up(app)
    cli.set_up(app)
    app.cli.add_command(exchange)
    return app
