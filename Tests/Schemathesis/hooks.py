"""Lets every connection come from another loopback address: wrong credentials are tried all the time, and an address that has tried
too many gets 429 in the place of 401."""
import random

import urllib3.util.connection

connect = urllib3.util.connection.create_connection


def connect_from_anywhere(address, *arguments, **keywords):
    keywords["source_address"] = (f"127.{random.randint(1, 254)}.{random.randint(1, 254)}.{random.randint(1, 254)}", 0)
    return connect(address, *arguments, **keywords)


urllib3.util.connection.create_connection = connect_from_anywhere
