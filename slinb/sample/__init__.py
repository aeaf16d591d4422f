"""The synthetic quarter: a region's returns as they might come, with planted defects."""
