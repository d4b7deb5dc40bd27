"""Globs as users write them in the file of their rules: `*` stands for any text."""


def glob(pattern: str, text: str) -> bool:
    """Whether the whole text has the pattern's shape (`*` stands for any run).

    Each part between stars is looked for once, from left to right, which is enough for
    globs and takes no backtracking.
    """
    first, *rest = pattern.split("*")
    if not rest:
        return text == pattern
    *middle, last = rest
    position, end = len(first), len(text) - len(last)
    if position > end or not text.startswith(first) or not text.endswith(last):
        return False
    for part in middle:
        found = text.find(part, position, end)
        if found < 0:
            return False
        position = found + len(part)
    return True
