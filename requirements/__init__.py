"""What looks at the locked dependencies: `make audit` and `make licences`."""
