"""S3, of which only GetObject is asked."""

from collections.abc import Mapping

from simulator.server.api import ApiError, Operation, Params, Result


def object_operations(objects: Mapping[tuple[str, str], bytes]) -> Mapping[str, Operation]:
    """GetObject of what lies under a bucket and a key."""

    def get_object(params: Params) -> Result:
        place = params["Bucket"], params["Key"]
        if place not in objects:
            raise ApiError("NoSuchKey", "The specified key does not exist.", http_status=404)
        return {"Body": objects[place]}

    return {"GetObject": get_object}
