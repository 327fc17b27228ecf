from . import backup as backup
from . import calibrators as calibrators
from . import callbacks as callbacks
from . import datasets as datasets
from . import diagrams as diagrams
from . import distribution as distribution
from . import export as export
from . import layers as layers
from . import losses as losses
from . import metrics as metrics
from . import mixing as mixing
from . import models as models
from . import predictions as predictions
from . import report as report
from . import schedules as schedules
from . import tensorboard as tensorboard
from . import uncertainty as uncertainty

__version__: str
