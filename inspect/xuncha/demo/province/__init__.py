"""A province-size data set, written in bulk: rows such as the product's own actions write them, without photos."""
