"""What the fork server imports before it forks its first worker.

Importing this module is its effect, which is why nothing else imports it: ``multiprocessing``
takes names of modules to import, and no call to make.
"""

import gc

gc.disable()  # nothing that is imported becomes garbage, and looking takes time

from slinb.batch.kernel import load_libraries, warm_libraries  # noqa: E402 - see above

load_libraries("papermill", "slinb.notebook", "slinb.show.notebook", "slinb.batch.gatekeeper")
warm_libraries()
gc.freeze()

from slinb.batch.warm import warm_pages  # noqa: E402 - its imports need the libraries

warm_pages()
# What is loaded now stays: no later collection looks at it, and forked pages stay shared.
gc.collect()
gc.freeze()
gc.enable()
