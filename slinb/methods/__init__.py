"""Published statistics as pure functions of arrays. This package imports nothing of ours."""
