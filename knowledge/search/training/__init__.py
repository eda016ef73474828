"""How `coefficients.json` and `offtopic.npz` came about; nothing here runs in the product.

EVAL_DATA=<folder with the public data sets> python -m knowledge.search.training.fit
"""
