"""What a scraper of measures (Prometheus) is told: docs/metrics.md."""
