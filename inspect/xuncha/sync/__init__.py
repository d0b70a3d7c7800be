"""The phone's door: photos by hash, filings by UUID, the pack for offline work, the service worker."""
