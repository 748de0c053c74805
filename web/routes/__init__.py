"""The pages people see; the JSON API is in `web/api`."""
