"""The specification's client, contract and stories under load: many people at the same time, on Locust."""
