"""Who may do what: roles, the registry of actions, VIPs. Deny by default; decided here and nowhere else."""
