"""The zone on one map: its outline, the place of each site, and how both are drawn."""
