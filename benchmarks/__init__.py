"""Measurements of the product on data whose path is given on the command line."""
