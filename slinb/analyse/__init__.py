"""One module a question: observations in, result tables out. Draws nothing, reads no file."""
