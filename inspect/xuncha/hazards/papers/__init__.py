"""Papers about hazards: numbered once, their facts frozen when they are issued, and how they were delivered."""
