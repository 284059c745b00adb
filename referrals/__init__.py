"""Who and what: organizations, employers, statements, workers, requests, letters and screens."""
