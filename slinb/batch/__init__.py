"""The quarter: plan, execution, export, publication."""
