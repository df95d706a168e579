"""A load test on Locust: many users at the same time, with the specification's client, contract and stories."""
