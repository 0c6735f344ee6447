"""The same answers as the service gives, in this process or from a service: for the command line and for Python."""
