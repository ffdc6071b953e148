"""How this computer reaches the outside: proxies and certificate authorities, for both stacks."""
