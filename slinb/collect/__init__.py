"""Reading what authorities and publishers send: one module an input format, all to observations."""
