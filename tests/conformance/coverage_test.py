"""The catalogue has every public class, and no class that is not public."""

import ast
import importlib
import inspect
import pathlib
import pkgutil

import keras
import pytest

import tfmixup
from tests import catalogue
from tests.offered import offered_by
from tfmixup.calibrators.calibrator import Calibrator

# Public classes without a contract that could be tested by looping.
ALLOWED = {
    "tfmixup.backup.Position": "a tuple of numbers",
    "tfmixup.callbacks.AdaptiveAlpha": "steers a stage; its own tests",
    "tfmixup.callbacks.TrainingDiverged": "an exception",
    "tfmixup.datasets.DatasetNotAvailable": "an exception",
    "tfmixup.datasets.EncodedExamples": "a data source with tests of its own",
    "tfmixup.datasets.RandomCrops": "a function of examples; its own tests",
    "tfmixup.datasets.Examples": "a data source with tests of its own",
    "tfmixup.datasets.TextExamples": "a data source with tests of its own",
    "tfmixup.datasets.Vocabulary": "a list of words, with tests of its own",
    "tfmixup.diagrams.Reliability": "a tuple of arrays",
    "tfmixup.diagrams.SeedSummary": "a tuple of numbers",
    "tfmixup.distribution.ClusterError": "an exception",
    "tfmixup.distribution.MultiWorkerStrategy": "needs a process for each of "
    "its workers",
    "tfmixup.distribution.ReplicaValues": "reads and writes, by replica",
    "tfmixup.distribution.StartUpDeadline": "ends the process it is in",
    "tfmixup.distribution.Worker": "a tuple of numbers",
    "tfmixup.distribution.WorkersDisagree": "an exception",
    "tfmixup.layers.MixingModel": "a model, with tests of its own",
    "tfmixup.layers.MonteCarloDropout": "Keras' own, always on; its own tests",
    "tfmixup.layers.WordVectors": "Keras' own, another gradient; its own tests",
    "tfmixup.metrics.Bins": "a tuple of tensors",
    "tfmixup.metrics.BrierDecomposition": "a tuple of numbers",
    "tfmixup.metrics.Winners": "a tuple of tensors",
    "tfmixup.mixing.CosineAlpha": "a function of the epoch; its own tests",
    "tfmixup.mixing.Draw": "a tuple of tensors",
    "tfmixup.mixing.LinearAlpha": "a function of the epoch; its own tests",
    "tfmixup.mixing.OffAfter": "a function of the epoch; its own tests",
    "tfmixup.mixing.Stage": "the base of the stages",
    "tfmixup.mixing.Plan": "a tuple of tensors",
    "tfmixup.mixing.Planned": "a tuple of features and a plan",
    "tfmixup.report.CalibrationReport": "a table and what it was made of",
    "tfmixup.report.PairedComparison": "a table and what it was made of",
    "tfmixup.uncertainty.DetectionMetrics": "a tuple of numbers",
    "tfmixup.uncertainty.EnsembleGaps": "a tuple of numbers",
    "tfmixup.uncertainty.SelectivePrediction": "a tuple of arrays",
}

# The doors: a public name is in the `__all__` of one of these.
MODULES = sorted(
    f"tfmixup.{info.name}" for info in pkgutil.iter_modules(tfmixup.__path__)
)

KINDS = {
    keras.losses.Loss: catalogue.LOSSES,
    keras.metrics.Metric: catalogue.METRICS,
    keras.optimizers.schedules.LearningRateSchedule: catalogue.SCHEDULES,
    keras.callbacks.Callback: catalogue.CALLBACKS,
    keras.layers.Layer: catalogue.LAYERS,
    Calibrator: catalogue.CALIBRATORS,
}


def public_classes():
    """{dotted name: class} of every class that a door offers."""
    found = {}
    for module_name in MODULES:
        module = importlib.import_module(module_name)
        for name in offered_by(module):
            value = getattr(module, name)
            if inspect.isclass(value) and value.__module__.startswith(
                "tfmixup"
            ):
                found[f"{module_name}.{name}"] = value
    return found


def catalogued():
    kinds = [*KINDS.values(), catalogue.STAGES]
    return [case.cls for kind in kinds for case in kind]


@pytest.mark.parametrize("module_name", MODULES)
def test_public_names_are_listed_literally_and_exist(module_name):
    module = importlib.import_module(module_name)
    path = pathlib.Path(module.__file__)
    body = ast.parse(path.read_text(encoding="utf-8")).body
    lists = [
        ast.literal_eval(node.value)
        for node in body
        if isinstance(node, ast.Assign)
        and [ast.unparse(target) for target in node.targets] == ["__all__"]
    ]
    assert lists == [module.__all__], "`__all__` must be one literal list"
    assert set(module.__all__) <= set(offered_by(module))
    assert [n for n in module.__all__ if not hasattr(module, n)] == []
    assert len(set(module.__all__)) == len(module.__all__)


def test_the_public_names_fit_in_a_head():
    doors = [f"tfmixup.{name}" for name in tfmixup.__all__]
    modules = [importlib.import_module(name) for name in doors]
    names = [name for module in modules for name in module.__all__]
    assert len(names) <= 90
    # One meaning a name, wherever it is met.
    assert len(set(names)) == len(names)


def test_every_public_class_is_in_the_catalogue_or_allowed():
    known = set(catalogued())
    missing = [
        name
        for name, cls in public_classes().items()
        if cls not in known and name not in ALLOWED
    ]
    assert missing == [], "add them to tests/catalogue.py"


def test_every_class_of_the_catalogue_is_public_and_there_once():
    classes = catalogued()
    assert set(classes) <= set(public_classes().values())
    assert len(classes) == len(set(classes))


def test_every_allowed_class_exists_and_is_not_in_the_catalogue():
    public = public_classes()
    assert sorted(set(ALLOWED) - set(public)) == [], "no such public class"
    stale = [name for name in ALLOWED if public[name] in catalogued()]
    assert stale == [], "in the catalogue: need not be allowed"
    assert all(reason.strip() for reason in ALLOWED.values())


def test_every_class_is_under_its_kind():
    for base, cases in KINDS.items():
        of_kind = {
            cls
            for name, cls in public_classes().items()
            if issubclass(cls, base) and name not in ALLOWED
        }
        assert {case.cls for case in cases} == of_kind
    stages = {
        cls
        for name, cls in public_classes().items()
        if hasattr(cls, "mix") and name not in ALLOWED
    }
    assert {case.cls for case in catalogue.STAGES} == stages


@pytest.mark.parametrize(
    "case",
    [
        *catalogue.CALIBRATORS,
        *catalogue.LAYERS,
        *catalogue.LOSSES,
        *catalogue.METRICS,
        *catalogue.SCHEDULES,
        *catalogue.STAGES,
    ],
    ids=lambda case: case.cls.__name__,
)
def test_every_argument_is_given_another_value_than_its_default(case):
    parameters = dict(inspect.signature(case.cls).parameters)
    # Keras' own losses leave the dtype out of their configs too.
    parameters.pop("dtype", None)
    parameters.pop("kwargs", None)  # Those of all layers.
    assert set(case.arguments) == set(parameters)
    for name, parameter in parameters.items():
        assert case.arguments[name] != parameter.default, name
