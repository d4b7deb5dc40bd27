"""The commands' words, one module each: what `sfn-digest COMMAND --help` tells."""
