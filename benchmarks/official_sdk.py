"""The peer of ``b1_ingest``: the official SDK pages the practice organisation, models only.

A process of its own: address, token and interval come as JSON on standard input, what it took
goes out the same way.  The SDK reads a folder in the home and watches it unless told not to, so
it gets a home of its own.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

PAGE_SIZE = 100


def _sdk() -> Any:
    with tempfile.TemporaryDirectory() as home:
        config = Path(home, ".genesyscloudpython", "config")
        config.parent.mkdir()
        config.write_text("[general]\nlive_reload_config = false\n", encoding="utf-8")
        os.environ["HOME"] = os.environ["USERPROFILE"] = home
        import PureCloudPlatformClientV2

        return PureCloudPlatformClientV2


def main() -> None:
    asked = json.load(sys.stdin)
    sdk = _sdk()
    client = sdk.api_client.ApiClient(host=asked["api_url"])
    client.access_token = asked["token"]
    api = sdk.ConversationsApi(client)
    conversations = 0
    began = time.perf_counter()
    for interval in asked["intervals"]:
        page = 1
        while conversations < asked["most"]:
            query = sdk.ConversationQuery()
            query.interval = interval
            query.order, query.order_by = "asc", "conversationStart"
            query.paging = {"pageSize": PAGE_SIZE, "pageNumber": page}
            found = api.post_analytics_conversations_details_query(query).conversations or []
            conversations += len(found)
            if len(found) < PAGE_SIZE:
                break
            page += 1
    taken = time.perf_counter() - began
    print(json.dumps({"conversations": conversations, "seconds": taken}))


if __name__ == "__main__":
    main()
