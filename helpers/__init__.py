"""Everything the lessons share: real text, models, widgets, checks."""
