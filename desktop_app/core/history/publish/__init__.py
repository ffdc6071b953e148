"""A data set of Parquet files, kept up to date for what reads history of any size."""
