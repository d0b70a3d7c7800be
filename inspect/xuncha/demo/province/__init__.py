"""A province-size data set, written in bulk: rows such as the product's own actions write them, without photos."""

SEED = 1949  # of the dice, unless another is named
