"""What Cap Soin knows: reviewed YAML files, their types and the code that reads them."""
