"""Pictures that people bring: told apart, read within limits, made gray."""
