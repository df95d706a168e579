"""RAGFlow v0.26."""

from embedded_ragflow.listing import Arguments, Page
from embedded_ragflow.releases.v0_25 import Release0256


class Release0260(Release0256):
    """v0.26.0 gives no more than 100 rows at once."""

    since = "0.26"

    def page(self, asked: Arguments, number: int = 1, size: int = 30) -> Page:
        page = super().page(asked, number, size)
        if page.size is not None and page.size > 100:
            raise ValueError("page_size must be less than or equal to 100")
        return page
