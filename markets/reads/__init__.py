"""The reads beyond spot prices: contracts, funding, options, listings, history, copy trading, and what an exchange offers.

Each module answers one address of the API and the page of the same name, so their numbers cannot differ. What changes every
few seconds and is asked for whole is kept in memory per exchange until its change number moves; the rest is read as asked.
"""
