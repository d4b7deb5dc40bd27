"""The Resource Groups Tagging API: which resources carry which tags."""

from collections.abc import Mapping, Sequence

from simulator.records import World
from simulator.server.api import ApiError, Operation, Params, Result, only_known
from simulator.server.tokens import BadTokenError, ExpiredTokenError, Timing

_TOKEN_LIFETIME = 15 * 60.0
"""Seconds; a PaginationToken is valid for 15 minutes."""

TaggedResources = Mapping[str, Mapping[str, str]]
"""ARN to tags; empty tags are those of a resource that once had some."""

_LARGEST_PAGE = 100
_DEFAULT_PAGE = 50
_MOST_FILTERS = 50
_MOST_VALUES = 20


class TaggingOperations:
    """GetResources over the world's machines and what else the account has tagged."""

    def __init__(self, world: World, others: TaggedResources, timing: Timing) -> None:
        machines = {machine.arn: machine.tags for machine in world.machines if machine.tags}
        self._resources: Sequence[tuple[str, Mapping[str, str]]] = sorted(
            {**machines, **others}.items()
        )
        self._tokens = timing.tokens("PaginationToken", _TOKEN_LIFETIME)

    def table(self) -> Mapping[str, Operation]:
        """Each operation by its API name."""
        return {"GetResources": self._get}

    def _get(self, params: Params) -> Result:
        only_known(
            params, "TagFilters", "ResourceTypeFilters", "ResourcesPerPage", "PaginationToken"
        )
        size, offset = _page_size(params), self._offset(params)
        filters, types = _filters(params), params.get("ResourceTypeFilters") or []
        found = [
            (arn, tags)
            for arn, tags in self._resources
            if _has_type(arn, types) and _has_tags(tags, filters)
        ]
        end = offset + size
        return {
            "ResourceTagMappingList": [_mapping(*resource) for resource in found[offset:end]],
            "PaginationToken": self._tokens.issue(params, end) if end < len(found) else "",
        }

    def _offset(self, params: Params) -> int:
        try:
            return self._tokens.offset(params)
        except BadTokenError as error:
            raise _invalid("The PaginationToken is not valid for this request") from error
        except ExpiredTokenError as error:
            raise ApiError(
                "PaginationTokenExpiredException", "The PaginationToken has expired"
            ) from error


def _page_size(params: Params) -> int:
    size = params.get("ResourcesPerPage", _DEFAULT_PAGE)
    if not isinstance(size, int) or not 1 <= size <= _LARGEST_PAGE:
        raise _invalid(f"ResourcesPerPage must be between 1 and {_LARGEST_PAGE}")
    return size


def _filters(params: Params) -> Mapping[str, Sequence[str]]:
    """Values asked for by key; a key without values asks for any."""
    given = params.get("TagFilters") or []
    if len(given) > _MOST_FILTERS:
        raise _invalid(f"TagFilters takes at most {_MOST_FILTERS} keys")
    filters: dict[str, Sequence[str]] = {}
    for item in given:
        values = item.get("Values") or []
        if len(values) > _MOST_VALUES:
            raise _invalid(f"A key of TagFilters takes at most {_MOST_VALUES} values")
        if not item.get("Key") or item["Key"] in filters:
            raise _invalid("Each of TagFilters needs a Key of its own")
        filters[item["Key"]] = values
    return filters


def _has_type(arn: str, types: Sequence[str]) -> bool:
    _, _, service, _, _, resource = arn.split(":", maxsplit=5)
    kind = resource.replace("/", ":").partition(":")[0]
    return not types or service in types or f"{service}:{kind}" in types


def _has_tags(tags: Mapping[str, str], filters: Mapping[str, Sequence[str]]) -> bool:
    return all(
        key in tags and (not values or tags[key] in values) for key, values in filters.items()
    )


def _mapping(arn: str, tags: Mapping[str, str]) -> Result:
    pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
    return {"ResourceARN": arn, "Tags": pairs}


def _invalid(reason: str) -> ApiError:
    return ApiError("InvalidParameterException", reason)
