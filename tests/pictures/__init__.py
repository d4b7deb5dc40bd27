"""The pictures of the README are drawn from what the product shows today."""
