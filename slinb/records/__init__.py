"""What runs inside an authority, offline: SSDA903 and Annex A records in, counts out.

Only :mod:`slinb.records.prepare` is meant for callers: it returns tables of counts that carry no
child-level row, identifier, date of birth or postcode. Nothing regional imports this package.
"""
