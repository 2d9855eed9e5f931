"""Gin files, their bindings, checked arguments, and the command line."""
