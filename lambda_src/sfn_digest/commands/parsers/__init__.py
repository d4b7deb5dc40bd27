"""The commands' words, by what a person is about: what `sfn-digest COMMAND --help` tells."""
