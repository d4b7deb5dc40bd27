"""S3, of which only GetObject is asked."""

import re
from collections.abc import Mapping

from simulator.server.api import ApiError, Operation, Params, Result


def object_operations(objects: Mapping[tuple[str, str], bytes]) -> Mapping[str, Operation]:
    """GetObject of what lies under a bucket and a key, whole or from its beginning."""

    def get_object(params: Params) -> Result:
        place = params["Bucket"], params["Key"]
        if place not in objects:
            raise ApiError("NoSuchKey", "The specified key does not exist.", http_status=404)
        part = re.fullmatch(r"bytes=0-(\d+)", params["Range"])
        if part is None:
            return {"Status": 200, "Body": objects[place]}
        return {"Status": 206, "Body": objects[place][: int(part[1]) + 1]}

    return {"GetObject": get_object}
