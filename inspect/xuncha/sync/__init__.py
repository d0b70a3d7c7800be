"""The interface for phones: photos by hash, filings by UUID, the pack for offline work, the service worker."""
