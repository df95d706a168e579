"""The calls of the API, by topic. A call gets the release, the id of the tenant who asks, and what stands in the
address.

Every call checks in this order: the route, the API key, the ownership of the assistant, the body, the ids. But up to
v0.24 what creates or changes something reads the body before it looks at the assistant.
"""
