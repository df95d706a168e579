"""The way to one server over HTTP: the adapter of requests, which keeps connections, without the Session above it."""

from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import default_headers
from urllib3.util import Retry

# Seconds until a connection stands.
CONNECT_TIMEOUT = 3.05

USER_AGENT = "ragflow-session-deletion-specification"

# What is said by whoever is busy.
BUSY = (429, 503)

# They are asked again, five times within half a minute or so; but only for what is read: a creation or a
# deletion that is repeated unseen falsifies what is learnt.
RETRY_READS = Retry(
    total=None,
    connect=0,
    read=False,
    redirect=0,
    status=5,
    other=0,
    allowed_methods=["GET"],
    status_forcelist=BUSY,
    backoff_factor=0.5,
    retry_after_max=10,
    raise_on_status=False,
)


# Connections that are kept open for further requests. Where there are more at a time, the others are closed.
KEPT = 128


class Connection:
    """What requests are sent over, also by several threads at once: each takes a connection that is free.

    What a Session of requests does besides is unwanted here, and takes its time: it keeps cookies (RAGFlow 0.25.3 and
    later take one where the key is missing), follows redirects, and looks for passwords in ``.netrc``.
    """

    def __init__(self, url: str) -> None:
        """A RequestException where it is no address."""
        address = requests.PreparedRequest()
        address.prepare_url(url, None)
        self._url = (address.url or url).rstrip("/")
        self._adapter = HTTPAdapter(pool_maxsize=KEPT, max_retries=RETRY_READS)
        self._headers = {**default_headers(), "User-Agent": USER_AGENT}
        with requests.Session() as session:
            # A proxy of the environment is for other machines than this one.
            session.trust_env = urlsplit(url).hostname not in ("localhost", "127.0.0.1", "::1")
            settings = session.merge_environment_settings(self._url, {}, stream=True, verify=None, cert=None)
        self._proxies, self._verify = settings["proxies"], settings["verify"] or True

    def send(
        self, method: str, path: str, headers: dict[str, str], data: bytes | None, read_timeout: float
    ) -> requests.Response:
        """The answer, of which only the headers are read. ``path`` is quoted; the limit is in seconds.

        Raises what requests raises where there is none, and nothing for any status.
        """
        request = requests.PreparedRequest()
        request.method, request.url = method, f"{self._url}{path}"
        request.prepare_headers(self._headers | headers)
        request.prepare_body(data, None)
        timeout = (CONNECT_TIMEOUT, read_timeout)
        return self._adapter.send(request, stream=True, timeout=timeout, verify=self._verify, proxies=self._proxies)
