"""The calls of the API, by topic. A call takes the release, the id of the tenant and the arguments in the path.

The order of checks is: route, API key, ownership of the assistant, body, ids. Until 0.24, calls that create or change
something read the body before they check the assistant.
"""
