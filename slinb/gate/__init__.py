"""The last gate: reads each finished public file and refuses one that shows a protected value.

It knows nothing of how a page was made. It takes the files as a reader gets them and the list
of the numbers that must not be there (:class:`~slinb.gate.secrets.Secret`), and reports where
one can be found in the context of its cell (:func:`~slinb.gate.folder.check_folder`).
"""
