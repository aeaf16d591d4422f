"""What the fork server imports before it forks its first worker.

Importing this module is its effect, which is why nothing else imports it: ``multiprocessing``
takes names of modules to import, and no call to make.
"""

import gc

from slinb.batch.kernel import load_libraries, warm_libraries
from slinb.catalogue.areas import load_areas
from slinb.catalogue.measures import load_measures

load_libraries("papermill", "nbconvert.exporters.templateexporter", "slinb.batch.engine")
warm_libraries()
load_areas()
load_measures()
# What is loaded now stays: no later collection looks at it, and forked pages stay shared.
gc.collect()
gc.freeze()
