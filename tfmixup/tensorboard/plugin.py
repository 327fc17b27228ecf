"""The server side of the calibration plugin."""

import importlib.resources
import json

import werkzeug
from tensorboard import errors
from tensorboard import plugin_util
from tensorboard.backend import http_util
from tensorboard.plugins import base_plugin

from tfmixup.tensorboard import metadata
from tfmixup.tensorboard.reader import payload
from tfmixup.tensorboard.reader import spreadsheet
from tfmixup.tensorboard.reader.series import Source

_TYPES = {".js": "application/javascript", ".css": "text/css"}
# One request reads at most so many runs; the front end asks several times.
MAX_RUNS = 500


class CalibrationPlugin(base_plugin.TBPlugin):
    """Serves bins to the front end, and the front end itself.

    Args:
        context: `base_plugin.TBContext` with a data provider.
    """

    plugin_name = metadata.PLUGIN_NAME

    def __init__(self, context):
        self._provider = context.data_provider
        hints = context.sampling_hints or {}
        limit = hints.get(metadata.PLUGIN_NAME, metadata.STEPS_KEPT)
        # 0 is TensorBoard's word for all points, and a reader's for none.
        self._limit = limit or 10**6
        folder = importlib.resources.files(__package__) / "static"
        # A request names a key of this dict, and never a path.
        self._files = {
            file.name: file
            for file in folder.iterdir()
            if file.name.endswith(tuple(_TYPES))
        }

    def get_plugin_apps(self):
        """Routes, relative to the plugin's own.

        Returns:
            dict from route to WSGI application.
        """
        return {
            "/index": self.serve_index,
            "/bins": self.serve_bins,
            "/csv": self.serve_csv,
            "/static/*": self.serve_static,
        }

    def is_active(self):
        """False: TensorBoard knows whether there is data of this name."""
        return False

    def frontend_metadata(self):
        """What TensorBoard shows the plugin with."""
        return base_plugin.FrontendMetadata(
            es_module_path="/static/index.js", tab_name="Calibration"
        )

    @werkzeug.Request.application
    def serve_index(self, request):
        """JSON: the series that exist, and what was left out."""
        found, skipped = self._source(request).list()
        answer = {
            "series": found,
            "skipped": [reason._asdict() for reason in skipped],
            "steps_kept": self._limit,
        }
        text = json.dumps(answer, allow_nan=False)
        return http_util.Respond(request, text, "application/json")

    @werkzeug.Request.application
    def serve_bins(self, request):
        """Bytes of `reader.payload`: the points of `?tag=T&run=A&run=B`."""
        series, skipped = self._read(request)
        packed = payload.pack(series, skipped)
        return http_util.Respond(request, packed, "application/octet-stream")

    @werkzeug.Request.application
    def serve_csv(self, request):
        """The same points as a file for a spreadsheet."""
        series, _ = self._read(request)
        headers = [
            ("Content-Disposition", 'attachment; filename="calibration.csv"')
        ]
        # A folder may have a name that is no UTF-8.
        text = spreadsheet.write(series).encode("utf-8", "replace")
        return http_util.Respond(request, text, "text/csv", headers=headers)

    @werkzeug.Request.application
    def serve_static(self, request):
        """A file of the front end."""
        name = request.path.rpartition("/static/")[2]
        if name not in self._files:
            raise errors.NotFoundError(
                "The calibration plugin has no file of that name."
            )
        content_type = _TYPES[name[name.rindex(".") :]]
        content = self._files[name].read_bytes()
        return http_util.Respond(request, content, content_type)

    def _source(self, request):
        return Source(
            self._provider,
            plugin_util.context(request.environ),
            plugin_util.experiment_id(request.environ),
            self._limit,
        )

    def _read(self, request):
        tags = request.args.getlist("tag")
        runs = request.args.getlist("run")
        if len(tags) != 1:
            raise errors.InvalidArgumentError(
                "The query must name one tag: ?tag=TAG&run=RUN. "
                f"Received: {len(tags)} tags."
            )
        if not 1 <= len(runs) <= MAX_RUNS:
            raise errors.InvalidArgumentError(
                f"The query must name 1 to {MAX_RUNS} runs: ?tag=TAG&run=RUN. "
                f"Received: {len(runs)} runs."
            )
        source = self._source(request)
        found, _ = source.list()
        known = {one["run"] for one in found if one["tag"] == tags[0]}
        wanted = sorted(known.intersection(runs))
        if not wanted:
            raise errors.NotFoundError(
                "No run of the query has calibration data under its tag. The "
                "log directory may have changed; reload the page."
            )
        return source.read(wanted, tags[0])
