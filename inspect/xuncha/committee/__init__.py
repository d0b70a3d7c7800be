"""The work safety committee: members, meetings, minutes, decisions that become tasks; and the plans by sector."""
