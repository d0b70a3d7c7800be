"""Campaigns: special drives over many sites (holiday patrols, crackdown on illegal acts), and the cases they uncover."""
