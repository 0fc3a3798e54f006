"""Interactive pictures, one module per widget; import each from its own module."""
