"""Ten thousand questions to a running market: what is asked, what it means, and whether every number of the answer is the API's."""
