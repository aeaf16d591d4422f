"""slinb: regional sector-led improvement in children's services, as a notebook suite."""

__version__ = "0.1.0"
