"""What the steps of the specification stand on: settings, the API, the workspace, the contract, the matchers."""
